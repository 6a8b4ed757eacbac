// The host's side of the page System Memory: the host's own code from the feed up, over files that a kernel has written.
import { fileURLToPath } from 'node:url';
import { openSystem } from '../../src/app/system/open-system.ts';
import { SystemFeed } from '../../src/app/system/system-feed.ts';
import { neverCancelled } from '../../src/base/cancel.ts';
import { ok } from '../../src/base/result.ts';
import { LocalTarget } from '../../src/node/local-target.ts';

export const START = Date.UTC(2026, 0, 15, 10, 0, 0);
const MIB = 1024 * 1024;

/** The state of a folder of test/fixtures/linux, or of a file in it: `6.18-root`, `6.18-root/slabinfo`. */
export async function systemFixture(name) {
  const path = fileURLToPath(new URL(`../fixtures/linux/${name}`, import.meta.url));
  const opened = await openSystem(path, new LocalTarget(), neverCancelled, { tables: true });
  if (!opened.ok) throw new Error(`${name}: ${opened.error.code}`);
  return opened.value;
}

/** The same with other amounts, in bytes, of fields of meminfo; absent ones are added. */
export function withFields(state, fields) {
  const known = state.facts.meminfo.map((field) =>
    Object.hasOwn(fields, field.name) ? { ...field, value: fields[field.name] } : field,
  );
  const names = new Set(known.map(({ name }) => name));
  const more = Object.entries(fields).flatMap(([name, value]) => (names.has(name) ? [] : [{ name, value, unit: 'bytes' }]));
  return { ...state, facts: { ...state.facts, meminfo: [...known, ...more] } };
}

/** A machine that has a bit of everything: the files of a real kernel, and owners as a target tells them. */
export async function busyMachine() {
  const real = await systemFixture('6.18-root');
  // A smaller one, of which less is free.
  const less = 20 * 1024 * MIB;
  const of = (name) => real.facts.meminfo.find((field) => field.name === name).value;
  const state = withFields(real, {
    MemTotal: of('MemTotal') - less,
    MemFree: of('MemFree') - less,
    MemAvailable: of('MemAvailable') - less,
  });
  const total = state.facts.meminfo.find(({ name }) => name === 'MemTotal').value;
  const anonymous = state.facts.meminfo.find(({ name }) => name === 'AnonPages').value;
  const process = (pid, name, share, threads) => ({
    pid,
    name,
    user: pid < 100 ? 'root' : 'ada',
    rss: Math.round(anonymous * share * 1.4),
    pss: Math.round(anonymous * share * 1.1),
    pssAnon: Math.round(anonymous * share),
    pssFile: Math.round(anonymous * share * 0.1),
    pssShmem: 0,
    uss: Math.round(anonymous * share * 0.9),
    swap: 0,
    pageTables: Math.round(anonymous * share * 0.004),
    threads,
  });
  return {
    ...state,
    source: 'local',
    procps: '4.0.2',
    facts: {
      ...state.facts,
      at: START,
      pageSize: 4096,
      kernelRelease: '6.18.5',
      architecture: 'x86_64',
      swaps: [{ name: '/dev/zram0', type: 'partition', size: 4096 * MIB, used: 300 * MIB, priority: 100 }],
      cgroups: [
        { group: '/system.slice/db.service', usage: Math.round(total * 0.1), limit: Math.round(total * 0.105) },
        { group: '/user.slice', usage: Math.round(total * 0.2), limit: 'max' },
      ],
      modules: [
        { name: 'nf_conntrack', size: 180_224, users: 2, usedBy: ['nf_nat', 'xt_conntrack'], state: 'Live' },
        { name: 'leakmod', size: 16_384, users: 0, usedBy: [], state: 'Live', taints: 'OE' },
      ],
      shm: [
        { key: 0x2a, id: 3, size: 64 * MIB, creator: 900, last: 901, attached: 0, uid: 1000, resident: 48 * MIB, removed: false },
      ],
    },
    owners: {
      ...state.owners,
      processes: {
        withoutPss: 0,
        rows: [
          process(4711, 'postgres', 0.42, 34),
          process(812, 'web-server', 0.31, 120),
          process(1200, 'evil\nname\u202e', 0.12, 2),
          process(1, 'systemd', 0.04, 1),
        ],
      },
      mounts: [
        { type: 'tmpfs', mountPoint: '/dev/shm', source: 'tmpfs', device: '0:24', used: 40 * MIB, size: 2048 * MIB },
        {
          type: 'tmpfs',
          mountPoint: '/run',
          source: 'tmpfs',
          device: '0:25',
          used: 3 * MIB,
          size: 400 * MIB,
          sizeLimit: '409600k',
        },
      ],
      files: [
        {
          kind: 'posix',
          path: '/dev/shm/cache.bin',
          bytes: 32 * MIB,
          length: 32 * MIB,
          holders: [{ pid: 812, name: 'web-server' }],
        },
        { kind: 'memfd', path: '/memfd:wayland', bytes: 4 * MIB, length: 4 * MIB },
      ],
    },
    missing: [
      { path: '/proc/pressure/memory', why: 'absent' },
      { path: '/proc/PID/fd', why: 'permission' },
    ],
  };
}

/**
 * @param options.states what the machine is, one for each reading; the last one stays
 * @param options.files states of files, instead of a machine
 */
export function createSystemFeed({ states = [], files, saved, dropCaches, fault, description = 'this machine' } = {}) {
  const posted = [];
  let kept = saved;
  let readings = 0;
  let now = START;
  const feed = new SystemFeed({
    post: (message) => posted.push(message),
    saved: () => kept,
    now: () => now,
    subject: { title: 'System: local', description, isLive: files === undefined },
    ...(files === undefined
      ? {
          port: {
            take: () => {
              now += 60_000;
              if (fault !== undefined) return Promise.resolve({ ok: false, error: fault });
              return Promise.resolve(ok(states[Math.min(readings++, states.length - 1)]));
            },
          },
          dropCaches: dropCaches ?? (() => Promise.resolve(ok(undefined))),
        }
      : {}),
  });
  if (files !== undefined) feed.load(files);
  const answers = async () => {
    // What is read is told a moment later.
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    return posted.splice(0);
  };
  return {
    feed,
    hear(message) {
      if (message.kind === 'save') kept = message.state;
      else if (message.kind === 'drop-caches') void feed.dropAndCompare();
      else feed.receive(message);
      // An array when nothing can come.
      return message.kind === 'save' ? [] : answers();
    },
    /** What the host tells by itself. To be posted. */
    tell(what) {
      what(feed);
      return answers();
    },
    get kept() {
      return kept;
    },
  };
}
