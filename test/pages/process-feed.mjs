// A deterministic host for the page Processes: processes as a machine has them, and what the host sends of them.
import { TRENDS_PROTOCOL } from '../../src/protocol/trends.ts';

/** When the values were read. */
const START = Date.UTC(2026, 0, 15, 10, 0, 0);

const MIB = 2 ** 20;
const MEM_TOTAL = 16 * 2 ** 30;

const PROGRAMS = [
  ['web-server', '/opt/shop/bin/web-server --listen 0.0.0.0:8443 --workers 8', 'www-data', 640],
  ['postgres', 'postgres: 15/main: checkpointer', 'postgres', 310],
  ['java', '/usr/lib/jvm/bin/java -Xmx2g -jar /srv/search/search.jar', 'search', 1840],
  ['node', 'node /srv/api/dist/server.js', 'api', 220],
  ['clangd', '/usr/bin/clangd --background-index --pch-storage=memory', 'ada', 910],
  ['bash', '-bash', 'ada', 6],
  ['systemd-journal', '/lib/systemd/systemd-journald', 'root', 48],
  ['redis-server', '/usr/bin/redis-server 127.0.0.1:6379', 'redis', 150],
  ['sshd', 'sshd: ada@pts/0', 'root', 9],
  ['python3', 'python3 -m training.run --epochs 40', 'ada', 1220],
];

/** Numbers that look like chance and are the same each time. */
function createRandom(seed = 1) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const growthOf = (state, ratePerHour, text) => ({ state, ratePerHour, text });

/** @returns ProcessEntry */
export function makeProcess(pid, fields = {}) {
  const memory = fields.uss ?? 10 * MIB;
  return {
    pid,
    startTicks: 1000 + pid,
    id: `${pid}:${1000 + pid}`,
    parent: 1,
    command: 'program',
    commandLine: '/usr/bin/program',
    state: 'S',
    uid: 1000,
    user: 'ada',
    cgroup: '/user.slice/user-1000.slice/session-2.scope',
    kernelThread: false,
    vsz: memory * 6,
    rss: Math.round(memory * 1.3),
    threads: 1,
    minorFaultsPerSecond: 0,
    majorFaultsPerSecond: 0,
    pss: Math.round(memory * 1.1),
    uss: memory,
    swap: 0,
    code: 2 * MIB,
    data: memory * 2,
    shared: Math.round(memory * 0.3),
    oomScore: 667,
    memPercent: (memory * 1.3 * 100) / MEM_TOTAL,
    rollupAt: START,
    watched: false,
    ...fields,
  };
}

/** Without PSS, USS and swap, and why. */
export function unread(entry, reason) {
  const { pss, uss, swap, rollupAt, ...rest } = entry;
  return { ...rest, rollupUnknown: reason };
}

export const kernelThread = (pid, command) =>
  unread(
    {
      ...makeProcess(pid, { uss: 0, command, user: 'root', uid: 0, parent: 2, kernelThread: true, cgroup: '/', oomScore: 0 }),
      commandLine: '',
      vsz: 0,
      rss: 0,
      memPercent: 0,
    },
    'no-memory-map',
  );

/** A machine as it may be: programs, kernel threads, some that may not be read, and watched ones with their verdicts. */
export function typicalProcesses(count = 60) {
  const random = createRandom(7);
  const entries = [];
  for (let at = 0; at < count; at++) {
    const [command, commandLine, user, size] = PROGRAMS[at % PROGRAMS.length];
    if (at % 6 === 5) {
      entries.push(kernelThread(20 + at, `kworker/${at % 4}:${at}`));
      continue;
    }
    const uss = Math.round(size * MIB * (at < 10 ? 1 : 0.05 + random() * 0.3));
    const entry = makeProcess(1200 + at * 37, {
      command,
      commandLine,
      user,
      uid: user === 'root' ? 0 : 1000 + (at % PROGRAMS.length),
      uss,
      swap: random() < 0.3 ? Math.round(random() * 40 * MIB) : 0,
      threads: 1 + Math.floor(random() * 30),
      minorFaultsPerSecond: Math.round(random() * 3000) / 10,
      majorFaultsPerSecond: random() < 0.2 ? Math.round(random() * 20) / 10 : 0,
      cgroup: user === 'ada' ? '/user.slice/user-1000.slice/session-2.scope' : `/system.slice/${command}.service`,
    });
    entries.push(
      user === 'root' && at % 4 === 0 ? unread(entry, 'permission') : at % 13 === 12 ? unread(entry, 'not-yet') : entry,
    );
  }
  const verdicts = [
    growthOf('leak', 14.2 * MIB, 'Leak: USS grows by 14.2 MiB ± 0.3 MiB an hour'),
    growthOf('levelled-off', 0.1 * MIB, 'Grew, then levelled off'),
    growthOf('saw-tooth', -0.4 * MIB, 'Saw-tooth: no growth between the lows'),
    growthOf('suspected-leak', 3.6 * MIB, 'Suspected leak: USS grows by 3.6 MiB ± 0.8 MiB an hour'),
    growthOf('growing', 88 * MIB, 'Growing by 88 MiB ± 12 MiB an hour, over 8 minutes'),
  ];
  verdicts.forEach((growth, at) => {
    entries[at] = { ...entries[at], watched: true, vmas: 210 + at * 31, growth };
  });
  const last = entries.findIndex(({ command }) => command === 'redis-server');
  entries[last] = {
    ...entries[last],
    watched: true,
    growth: { state: 'undecided', text: 'No verdict yet: about 4 more minutes are needed' },
  };
  return entries;
}

/** The host's side of the page. Whatever differs from a live local target is an option. */
export function createProcessFeed({
  entries = [],
  connection = { kind: 'live', intervalMs: 1000 },
  saved,
  memFree = 3 * 2 ** 30,
  label = 'local',
} = {}) {
  const source = {
    id: 'local',
    kind: 'machine',
    label,
    description: 'build-host, Linux 6.1.0-18-amd64',
    target: 'local',
    measures: [],
    span: undefined,
    memTotal: MEM_TOTAL,
  };
  const sources = (state) => ({ kind: 'sources', sources: [{ ...source, connection: state }] });
  return {
    sources,
    reset: (list) => ({ kind: 'processes', mode: 'reset', changed: list, gone: [] }),
    delta: (changed, gone = []) => ({ kind: 'processes', mode: 'delta', changed, gone }),
    hear(message) {
      if (message.kind !== 'ready') return [];
      const values = { 'meminfo.MemTotal': MEM_TOTAL, 'meminfo.MemFree': memFree };
      return [
        { kind: 'hello', version: TRENDS_PROTOCOL, page: 'processes', saved },
        sources(connection),
        { kind: 'now', now: { source: 'local', at: START + 4000, values, readAt: {}, unknown: {} } },
        ...(entries ? [{ kind: 'processes', mode: 'reset', changed: entries, gone: [] }] : []),
      ];
    },
  };
}
