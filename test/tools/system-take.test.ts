// The memory of a whole machine, as each kind of target tells it: what a program of ours holds must be found there, with its holder.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNextVictims } from '../../src/app/oom/next-victim.js';
import type { CaptureOptions, Command, Log } from '../../src/app/ports.js';
import { factsOfTexts } from '../../src/app/system/facts-of-texts.js';
import { lookAtProcesses, type SumsFile } from '../../src/app/system/look-processes.js';
import { processesOfTexts } from '../../src/app/system/process-shares.js';
import { SystemLook } from '../../src/app/system/system-look.js';
import { MAIN_SCRIPT } from '../../src/app/system/system-scripts.js';
import { readFrames } from '../../src/app/system/system-texts.js';
import { takeSystem } from '../../src/app/system/take-system.js';
import { parseTargetName } from '../../src/app/target-names.js';
import { CancelSource, neverCancelled } from '../../src/base/cancel.js';
import { accountMachine } from '../../src/insight/system/accounting.js';
import { systemFindings } from '../../src/insight/system/rules.js';
import type { MemoryFile, SystemState } from '../../src/model/system-state.js';
import { createTarget } from '../../src/node/targets.js';
import { named } from '../named.js';
import { until } from './processes.js';
import { type BusyBoxRoot, busyboxRoot, noChroot, noSshd, programsRoot, type SshServer, startSshd } from './servers.js';
import { value } from './target-cases.js';

const isRoot = process.getuid?.() === 0;
const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const MIB = 1 << 20;

/** Holds a memfd, a deleted file and a file of tmpfs, and has left a System V segment that nobody has attached; tells its number. */
const SOURCE = `
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>
static char block[1 << 20];
static int filled(int fd, int mib) {
  memset(block, 1, sizeof block);
  for (int i = 0; i < mib; i++) if (write(fd, block, sizeof block) != sizeof block) exit(1);
  return fd;
}
int main(int argc, char **argv) {
  filled(memfd_create("of the test", 0), 3);
  filled(open(argv[1], O_CREAT | O_EXCL | O_RDWR, 0644), 5);
  filled(open(argv[2], O_CREAT | O_EXCL | O_RDWR, 0644), 4);
  unlink(argv[2]);
  int id = shmget(IPC_PRIVATE, 2 << 20, IPC_CREAT | 0600);
  void *at = shmat(id, 0, 0);
  memset(at, 1, 2 << 20);
  shmdt(at);
  char *heap = malloc(20 << 20);
  memset(heap, 1, 20 << 20);
  printf("%d\\n", id);
  fflush(stdout);
  getchar();
  shmctl(id, IPC_RMID, 0);
  return 0;
}
`;

/** Becomes root, and then the program of its words: a set-uid program stands in for sudo. */
const ROOT_SOURCE = `
#include <unistd.h>
int main(int argc, char **argv) { return setgid(0) || setuid(0) || execvp(argv[1], argv + 1); }
`;

const folder = mkdtempSync(join(tmpdir(), 'memlens-system-'));
chmodSync(folder, 0o755);
const kept = `/dev/shm/memlens system ${process.pid} ü`;
const deleted = `/dev/shm/memlens deleted ${process.pid}`;
let holder: ChildProcess;
let segment = 0;

beforeAll(async () => {
  writeFileSync(join(folder, 'holder.c'), SOURCE);
  execFileSync('gcc', ['-O0', '-w', '-o', join(folder, 'holder'), join(folder, 'holder.c')]);
  holder = spawn(join(folder, 'holder'), [kept, deleted], { stdio: ['pipe', 'pipe', 'inherit'] });
  segment = await new Promise((resolve, reject) => {
    holder.stdout?.once('data', (text: Buffer) => resolve(Number(text)));
    holder.once('exit', () => reject(new Error('the program ended')));
  });
});
afterAll(async () => {
  const ended = new Promise((resolve) => holder.once('exit', resolve));
  // It is stopped when a test that has stopped it did not come to its end.
  holder.kill('SIGCONT');
  holder.stdin?.end('\n');
  await ended;
  rmSync(kept, { force: true });
  rmSync(folder, { recursive: true, force: true });
});

/** A program that makes a command root's. */
function asRoot(): string {
  const path = join(folder, 'as-root');
  if (existsSync(path)) return path;
  writeFileSync(`${path}.c`, ROOT_SOURCE);
  execFileSync('gcc', ['-w', '-o', path, `${path}.c`]);
  chmodSync(path, 0o4755);
  return path;
}

function open(name: string) {
  return createTarget({ name, config: value(parseTargetName(name)) }, { log });
}

async function take(target: ReturnType<typeof open>, rootCommand: readonly string[] = []): Promise<SystemState> {
  return value(await takeSystem({ target, rootCommand }, { source: 'the test', cancel: neverCancelled }));
}

function expectExact({ facts }: SystemState): void {
  const accounting = accountMachine(facts);
  if (accounting === undefined) throw new Error('no MemTotal');
  const { items, unexplained, total } = accounting;
  expect(items.reduce((sum, { bytes, inside }) => sum + (inside === undefined ? bytes : 0), unexplained)).toBe(total);
  // All of it is of one moment, as nearly as can be: nothing is far off on a machine that works.
  expect(Math.abs(unexplained) / total).toBeLessThan(0.1);
  expect(systemFindings({ now: facts }).map(({ rule }) => rule)).not.toContain('counted-twice');
}

const fileOf = ({ owners }: SystemState, path: string): MemoryFile | undefined =>
  owners.files?.find((file) => file.path === path);
const held = () => [{ pid: holder.pid, name: 'holder' }];
const missed = ({ missing }: SystemState, path: string): string | undefined => missing.find((file) => file.path === path)?.why;

/** What every target tells of this machine, whatever of it is seen from there. */
function expectMachine(state: SystemState): void {
  expectExact(state);
  const { facts, owners } = state;
  expect(facts.zones?.length).toBeGreaterThan(0);
  expect(facts.buddy?.length).toBeGreaterThan(0);
  expect(Math.abs((facts.at ?? 0) - Date.now())).toBeLessThan(60_000);
  expect(facts.kernelRelease).toBe(execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim());
  expect(facts.architecture).toBe(execFileSync('uname', ['-m'], { encoding: 'utf8' }).trim());
  expect(facts.overcommitMode).toBe(Number(execFileSync('cat', ['/proc/sys/vm/overcommit_memory'], { encoding: 'utf8' })));
  expect(facts.threads).toBeGreaterThan(owners.processes?.rows.length ?? 0);
  expect(facts.mostPageTables?.bytes).toBeGreaterThan(0);
  expect(facts.shm?.find(({ id }) => id === segment)).toMatchObject({ size: 2 * MIB, attached: 0, resident: 2 * MIB });
}

/** What the program of ours holds, where it may be looked into. */
function expectHolder(state: SystemState): void {
  const process = state.owners.processes?.rows.find(({ pid }) => pid === holder.pid);
  expect(process?.name).toBe('holder');
  expect(process?.uss).toBeGreaterThanOrEqual(21 * MIB);
  expect(process?.pss).toBeGreaterThanOrEqual(process?.uss ?? 0);
  expect(process?.pss).toBeLessThan(30 * MIB);
  expect(process).toMatchObject({ threads: 1 });
  // Others may have one of this name.
  expect(state.owners.files).toContainEqual(
    expect.objectContaining({ path: '/memfd:of the test', kind: 'memfd', bytes: 3 * MIB, length: 3 * MIB, holders: held() }),
  );
}

describe.each([
  ['this machine', 'local'],
  ['a command that gives a shell', 'command:sh'],
])('%s', (_, name) => {
  test('tells where its memory is, who holds it, and which files are in it', async () => {
    const target = open(name);
    try {
      const state = await take(target);
      expectMachine(state);
      expectHolder(state);
      expect(state.facts.pageSize).toBe(Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' })));
      expect(fileOf(state, kept)).toMatchObject({ kind: 'posix', bytes: 5 * MIB, length: 5 * MIB, holders: held() });
      expect(fileOf(state, deleted)).toMatchObject({ kind: 'deleted', bytes: 4 * MIB, holders: held() });
      const shm = state.owners.mounts?.find(({ mountPoint }) => mountPoint === '/dev/shm');
      // The file and the one that is deleted.
      expect(shm?.used).toBeGreaterThanOrEqual(9 * MIB);
      expect(shm?.size).toBeGreaterThan(shm?.used ?? 0);
      if (isRoot)
        for (const told of [state.facts.vmalloc, state.facts.slab, state.owners.blockTypes])
          expect(told?.length).toBeGreaterThan(0);
    } finally {
      target.dispose();
    }
  });
});

describe.skipIf(noSshd !== undefined)(`over ssh${noSshd === undefined ? '' : ` (${noSshd})`}`, () => {
  let server: SshServer;
  beforeAll(async () => {
    server = await startSshd();
  });
  afterAll(() => server.stop());

  test('the same is told', async () => {
    const name = `ssh:${server.alias}`;
    const target = createTarget({ name, config: value(parseTargetName(name)) }, { log, sshConfigFile: server.configFile });
    try {
      const state = await take(target);
      expectMachine(state);
      expectHolder(state);
      expect(fileOf(state, kept)?.holders).toEqual(held());
    } finally {
      target.dispose();
    }
  });
});

describe.skipIf(noChroot !== undefined)(named('BusyBox alone', noChroot), () => {
  test('the same is told, but for what its root directory hides', async () => {
    const root: BusyBoxRoot = busyboxRoot();
    const target = open(`command:chroot ${root.directory} /bin/sh`);
    try {
      const state = await take(target);
      expectMachine(state);
      expect(state.procps).toBeUndefined();
      expectHolder(state);
      expect(missed(state, '/proc/slabinfo')).toBeUndefined();
    } finally {
      target.dispose();
      root.stop();
    }
  });
});

const noToybox =
  noChroot ?? (['/usr/bin/toybox', '/usr/bin/mksh'].every((path) => existsSync(path)) ? undefined : 'no toybox, or no mksh');
describe.skipIf(noToybox !== undefined)(named('toybox and mksh alone, as on Android', noToybox), () => {
  test('the same is told, with the files in memory and who has them open', async () => {
    const root = programsRoot({ toybox: 'toybox', sh: 'mksh' });
    // Applets that it has not are not there: awk, gzip, tr.
    for (const name of execFileSync('toybox', { encoding: 'utf8' }).split(/\s+/)) {
      if (name !== '' && name !== 'sh') symlinkSync('toybox', join(root.directory, 'bin', name));
    }
    const target = open(`command:chroot ${root.directory} /bin/sh`);
    try {
      const state = await take(target);
      expectMachine(state);
      expect(state.procps).toBeUndefined();
      expectHolder(state);
      expect(missed(state, '/proc/slabinfo')).toBeUndefined();
      expect(missed(state, 'ls /proc/PID/fd')).toBeUndefined();
    } finally {
      target.dispose();
      root.stop();
    }
  });
});

describe.skipIf(noChroot !== undefined)(named('a user of a machine whose /proc hides the processes of others', noChroot), () => {
  // In a mount namespace of its own, with a /proc of its own.
  const hiding = (options: string) =>
    `command:unshare -m sh -c 'mount -t proc -o ${options} proc /proc && exec setpriv --reuid=65534 --regid=65534 --clear-groups sh'`;

  test.each(['hidepid=1', 'hidepid=2', 'hidepid=4'])(
    '%s: is told that they are hidden, and no share of theirs',
    async (options) => {
      const own = spawn('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', 'sleep', '1000']);
      const target = open(hiding(options));
      try {
        await until(() => readFileSync(`/proc/${own.pid}/comm`, 'utf8') === 'sleep\n');
        const state = await take(target);
        expectExact(state);
        expect(missed(state, '/proc/PID')).toBe('permission');
        expect(state.owners.processes?.rows.find(({ pid }) => pid === own.pid)?.pss).toBeGreaterThan(0);
        expect(state.owners.processes?.rows.filter(({ user }) => user !== 'nobody')).toEqual([]);
        expect(missed(await take(target, [asRoot()]), '/proc/PID')).toBeUndefined();
      } finally {
        target.dispose();
        own.kill();
      }
    },
  );

  test('a group that sees all of them is told nothing else', async () => {
    const target = open(hiding('hidepid=2,gid=65534'));
    const state = await take(target);
    target.dispose();
    expect(missed(state, '/proc/PID')).toBeUndefined();
    expect(state.owners.processes?.withoutPss).toBeGreaterThan(0);
  });

  test('a /proc of processes alone says so', async () => {
    const target = open(hiding('subset=pid'));
    const taken = await takeSystem({ target, rootCommand: [] }, { source: 'the test', cancel: neverCancelled });
    const victims = await readNextVictims({ target, rootCommand: [] }, neverCancelled);
    target.dispose();
    for (const { ok, error } of [taken, victims] as { ok: boolean; error?: { detail?: string } }[]) {
      expect(ok).toBe(false);
      expect(error?.detail).toMatch(/mounted with subset=pid/);
    }
  });
});

describe.skipIf(noChroot !== undefined)(named('kernels that tell less, as files laid out where /proc is', noChroot), () => {
  const PROCESS = 'Name:\tshop\nUid:\t0\t0\t0\t0\nVmRSS:\t  800 kB\nVmPTE:\t  8 kB\nThreads:\t1\n';
  const MAPPING = ['Size', 'Rss', 'Pss', 'Shared_Clean', 'Shared_Dirty', 'Private_Clean', 'Private_Dirty', 'Swap'];
  const SMAPS = `00400000-00401000 r-xp 00000000 08:01 9 /bin/shop\n${MAPPING.map((name) => `${name}:  4 kB\n`).join('')}`;
  const mount = (options: string) => `1 0 0:1 / / rw - ext4 /dev/x rw\n2 1 0:2 / /proc rw - proc proc rw\n${options}`;
  const V1 = '3 1 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n';
  const EMPTY_V2 = '4 1 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n';
  const GROUPS_V1 = {
    '/sys/fs/cgroup/memory/box/memory.usage_in_bytes': '3145728\n',
    '/sys/fs/cgroup/memory/box/memory.limit_in_bytes': '4194304\n',
    '/sys/fs/cgroup/memory/box/memory.stat':
      'cache 1\ninactive_file 1\nactive_file 1\ntotal_inactive_file 1048576\ntotal_active_file 524288\n',
  };

  async function laidOut(files: Readonly<Record<string, string>>): Promise<SystemState> {
    const root = busyboxRoot();
    execFileSync('umount', ['-l', join(root.directory, 'proc')]);
    const all = {
      '/proc/meminfo':
        'MemTotal: 65536 kB\nMemFree: 8192 kB\nBuffers: 1024 kB\nCached: 20480 kB\nAnonPages: 12000 kB\nSlab: 4000 kB\nPageTables: 300 kB\n',
      '/proc/self/stat': '1 (sh) S 0 1 1 0\n',
      '/proc/self/status': 'Name:\tsh\nUid:\t0\t0\t0\t0\nThreads:\t1\n',
      '/proc/self/mountinfo': mount(''),
      '/proc/sys/kernel/random/uuid': '0f2e4a1c-1111-4222-8333-123456789abc\n',
      '/proc/sys/kernel/osrelease': '2.6.32\n',
      '/proc/70/status': PROCESS,
      ...files,
    };
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(join(root.directory, path, '..'), { recursive: true });
      writeFileSync(join(root.directory, path), text);
    }
    const target = open(`command:chroot ${root.directory} /bin/sh`);
    try {
      const state = await take(target);
      const { total, items, unexplained } = accountMachine(state.facts) ?? { total: 0, items: [], unexplained: 0 };
      expect(items.reduce((sum, { bytes, inside }) => sum + (inside === undefined ? bytes : 0), unexplained)).toBe(total);
      return state;
    } finally {
      target.dispose();
      // It is unmounted by stop, too.
      execFileSync('mount', ['-t', 'tmpfs', 'none', join(root.directory, 'proc')]);
      root.stop();
    }
  }

  test('no smaps, no zoneinfo, no cgroups: all that is missing is named, and there is no PSS', async () => {
    const state = await laidOut({});
    expect(state.owners.processes).toEqual({
      rows: [{ pid: 70, name: 'shop', user: '0', rss: 800 * 1024, pageTables: 8192, threads: 1 }],
      withoutPss: 1,
    });
    for (const path of [
      '/proc/zoneinfo',
      '/proc/vmallocinfo',
      '/proc/slabinfo',
      '/proc/PID/smaps',
      '/sys/fs/cgroup/*/memory.*',
    ]) {
      expect(missed(state, path), path).toBe('absent');
    }
  });

  test('smaps without smaps_rollup, cgroups of version 1 and an empty version 2', async () => {
    const state = await laidOut({
      '/proc/self/smaps': SMAPS,
      '/proc/70/smaps': SMAPS + SMAPS,
      '/proc/self/mountinfo': mount(V1 + EMPTY_V2),
      ...GROUPS_V1,
    });
    expect(state.owners.processes?.rows[0]).toMatchObject({ rss: 8192, pss: 8192, uss: 16_384 });
    expect(state.facts.cgroups).toEqual([{ group: '/box', usage: 3 * MIB, limit: 4 * MIB, reclaimable: 1.5 * MIB }]);
    expect(missed(state, '/sys/fs/cgroup/*/memory.*')).toBeUndefined();
    expect(missed(state, '/proc/PID/smaps')).toBeUndefined();
  });
});

describe.skipIf(!isRoot)('a user who may read little', () => {
  const nobody = 'command:setpriv --reuid=65534 --regid=65534 --clear-groups sh';

  test('is told what all may read, and what is missing', async () => {
    const target = open(nobody);
    try {
      const state = await take(target);
      expectMachine(state);
      expect(state.facts.vmalloc).toBeUndefined();
      expect(state.owners.processes?.rows.find(({ pid }) => pid === holder.pid)?.pss).toBeUndefined();
      expect(state.owners.processes?.withoutPss).toBeGreaterThan(0);
      for (const path of ['/proc/vmallocinfo', '/proc/slabinfo', '/proc/PID/smaps_rollup', '/proc/PID/fd']) {
        expect(missed(state, path), path).toBe('permission');
      }
      expect(fileOf(state, kept)).toMatchObject({ bytes: 5 * MIB });
      expect(state.rootRefused).toBeUndefined();
    } finally {
      target.dispose();
    }
  });

  test('is told all of it with a command for root', async () => {
    const target = open(nobody);
    try {
      const state = await take(target, [asRoot()]);
      expectMachine(state);
      expectHolder(state);
      expect(fileOf(state, deleted)?.holders).toEqual(held());
      expect(state.facts.slab?.length).toBeGreaterThan(0);
      expect(missed(state, '/proc/vmallocinfo')).toBeUndefined();
    } finally {
      target.dispose();
    }
  });

  test.each([
    [['/no/such/sudo'], /no\/such\/sudo/],
    [['sh', '-c', 'echo a password is required >&2; exit 1'], /^a password is required$/],
  ])('is told why the command for root did not work: %j', async (rootCommand, said) => {
    const target = open(nobody);
    try {
      const state = await take(target, rootCommand);
      expect(state.rootRefused).toMatch(said);
      expect(missed(state, '/proc/slabinfo')).toBe('permission');
    } finally {
      target.dispose();
    }
  });
});

test.skipIf(noChroot !== undefined)(named('mounts with odd names, one over the other, and of ramfs', noChroot), async () => {
  const point = join(folder, 'a mount\\with ü\nline');
  const mounted: string[] = [];
  const mount = (type: string, path: string): void => {
    execFileSync('mount', ['-t', type, 'none', path]);
    mounted.push(path);
  };
  try {
    for (const path of [point, join(folder, 'ram')]) mkdirSync(path);
    mount('tmpfs', point);
    writeFileSync(join(point, 'hidden'), Buffer.alloc(2 * MIB, 1));
    mount('tmpfs', point);
    writeFileSync(join(point, 'fi\nle ü'), Buffer.alloc(6 * MIB, 1));
    mount('ramfs', join(folder, 'ram'));
    writeFileSync(join(folder, 'ram/file'), Buffer.alloc(7 * MIB, 1));
    const target = open('local');
    const state = await take(target);
    target.dispose();
    expect(state.owners.mounts?.filter(({ mountPoint }) => mountPoint === point)).toMatchObject([
      { type: 'tmpfs', used: 6 * MIB },
    ]);
    expect(fileOf(state, join(point, 'fi\nle ü'))).toMatchObject({ bytes: 6 * MIB });
    expect(fileOf(state, join(point, 'hidden'))).toBeUndefined();
    expect(fileOf(state, join(folder, 'ram/file'))).toMatchObject({ bytes: 7 * MIB });
    const busybox = open('command:busybox sh');
    const there = await take(busybox);
    busybox.dispose();
    expect(there.owners.files?.find(({ bytes, path }) => bytes === 6 * MIB && path.startsWith(`${point}/`))).toBeDefined();
  } finally {
    for (const path of mounted.reverse()) execFileSync('umount', [path]);
  }
});

test('a machine with hardly any programs: what could not be looked for is said', async () => {
  const few = join(folder, 'few');
  execFileSync('sh', ['-c', 'mkdir "$1" && for w in cat sed; do ln -s "$(command -v $w)" "$1/$w"; done', 'sh', few]);
  const local = open('local');
  const target = Object.assign(Object.create(local) as ReturnType<typeof open>, {
    capture: ({ argv }: Command, options?: CaptureOptions) =>
      local.capture({ argv: ['/bin/sh', ...argv.slice(1)], env: { PATH: few } }, options),
  });
  const state = await take(target);
  expectExact(state);
  const process = state.owners.processes?.rows.find(({ pid }) => pid === holder.pid);
  expect(process?.uss).toBeGreaterThanOrEqual(21 * MIB);
  expect(state.facts.shm?.find(({ id }) => id === segment)?.attached).toBe(0);
  expect(state.owners.files).toEqual([]);
  for (const path of ['df -Pk', 'ls /proc/PID/fd', 'find /dev/shm']) expect(missed(state, path), path).toBe('unreadable');
});

test('kernels without smaps_rollup: smaps is added up on the target, or here, to the same', async () => {
  holder.kill('SIGSTOP');
  const told = async (sums: SumsFile, env?: Readonly<Record<string, string>>) => {
    const local = open('local');
    const target = Object.assign(Object.create(local) as ReturnType<typeof open>, {
      capture: (command: Command, options?: CaptureOptions) =>
        local.capture(
          { ...command, ...(env === undefined ? {} : { argv: ['/bin/sh', ...command.argv.slice(1)], env }) },
          options,
        ),
    });
    const look = new SystemLook({ target, rootCommand: [] }, { cancel: neverCancelled });
    const read = value(await lookAtProcesses(look, [String(holder.pid)], sums));
    expect(look.missing.filter(({ path }) => !path.startsWith('ls '))).toEqual([]);
    return processesOfTexts(read.texts, new Map())?.shares.rows[0];
  };
  try {
    const rollup = await told('smaps_rollup');
    for (const env of [undefined, { PATH: join(folder, 'few') }]) {
      const row = await told('smaps', env);
      expect(row).toMatchObject({ rss: rollup?.rss, uss: rollup?.uss, swap: rollup?.swap, threads: 1 });
      // Its share of what others have mapped, too, changes as they come and go.
      expect(row?.pss).toBeGreaterThanOrEqual(row!.uss!);
      expect(row?.pss).toBeLessThan(row!.rss!);
    }
  } finally {
    holder.kill('SIGCONT');
  }
});

test('what is swapped in during the look is told, where swap is in use', async () => {
  const bin = join(folder, 'swapping');
  mkdirSync(bin);
  const count = join(bin, 'count');
  writeFileSync(count, '1000\n');
  // 5,000 pages more each time that vmstat is read.
  const shim = `#!/bin/sh
for p do
  case $p in
    --) ;;
    /proc/vmstat) read n < ${count}; echo $((n + 5000)) > ${count}; sed -e "s/^pswpin .*/pswpin $n/" /proc/vmstat ;;
    /proc/meminfo) sed -e 's/^SwapTotal:.*/SwapTotal: 1000 kB/' -e 's/^SwapFree:.*/SwapFree: 400 kB/' /proc/meminfo ;;
    *) /bin/cat -- "$p" ;;
  esac
done
`;
  writeFileSync(join(bin, 'cat'), shim, { mode: 0o755 });
  const local = open('local');
  try {
    const capture = (command: Command, options?: CaptureOptions) =>
      local.capture({ ...command, env: { ...command.env, PATH: `${bin}:${process.env['PATH']}` } }, options);
    const state = await take(Object.assign(Object.create(local) as typeof local, { capture }));
    expect(state.facts.swapping).toMatchObject({ pagesIn: 5000, pagesOut: 0 });
    expect(state.facts.swapping?.duringMs).toBeGreaterThan(0);
    expect(state.facts.swapping?.duringMs).toBeLessThan(60_000);
  } finally {
    local.dispose();
  }
});

test('a look that is cancelled ends with that, at whatever it was', async () => {
  const cancel = new CancelSource();
  const seen: string[] = [];
  const target = open('local');
  const progress = (what: string): void => {
    seen.push(what);
    if (what.startsWith('processes')) cancel.cancel();
  };
  expect(await takeSystem({ target, rootCommand: [] }, { source: 'x', cancel, progress })).toMatchObject({
    error: { code: 'cancelled' },
  });
  expect(seen).toEqual(['the files of the kernel', expect.stringMatching(/^processes, 0 of \d+$/)]);
  target.dispose();
});

describe('groups of version 2, as they are laid out, read by', () => {
  const root = mkdtempSync(join(tmpdir(), 'memlens-cgroup2-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const group = (name: string, files: Readonly<Record<string, string>>): void => {
    mkdirSync(join(root, name), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(root, name, `memory.${file}`), `${text}\n`);
  };

  test.each(['sh', 'bash', 'busybox sh'])('%s', (shell) => {
    // The group at the root of a container has a limit; that of the machine has no such files.
    group('', { current: '99', max: '200', high: 'max', stat: 'inactive_file 5\nactive_file 6', events: 'max 1' });
    group('pod', {
      current: '95',
      max: '100',
      high: 'max',
      events: 'low 0\nhigh 0\nmax 3\noom 1\noom_kill 2\noom_group_kill 0',
      stat: 'anon 4\ninactive_file 1\nactive_file 2\nslab_reclaimable 3',
    });
    group('pod/app', { current: '90', max: 'max', high: 'max', events: 'max 9', stat: 'inactive_file 9\nactive_file 9' });
    group('hi lo', { current: '77', max: 'max', high: '80', events: 'high 44\nmax 0' });
    const mounts = join(root, 'mountinfo');
    writeFileSync(mounts, `41 31 0:38 / ${root} rw,relatime - cgroup2 cgroup2 rw\n`);
    const script = MAIN_SCRIPT.replaceAll('/proc/self/mountinfo', mounts);
    const [program = '', ...words] = shell.split(' ');
    const output = execFileSync(program, [...words, '-c', script], { encoding: 'utf8', maxBuffer: 64 * MIB, stdio: 'pipe' });
    const texts = readFrames(output)?.texts ?? new Map<string, string>();
    const { cgroups } = factsOfTexts(new Map([...texts, ['/proc/self/mountinfo', texts.get(mounts) ?? '']])).facts;
    const of = (name: string) => cgroups?.find((one) => one.group === name);
    expect(cgroups).toHaveLength(4);
    expect(of('/')).toEqual({ group: '/', usage: 99, limit: 200, high: 'max', reclaimable: 11, events: { max: 1 } });
    expect(of('/pod')).toEqual({
      group: '/pod',
      usage: 95,
      limit: 100,
      high: 'max',
      reclaimable: 6,
      events: { high: 0, max: 3, oom: 1, oomKill: 2 },
    });
    // Of a group without a limit nothing more is read.
    expect(of('/pod/app')).toEqual({ group: '/pod/app', usage: 90, limit: 'max', high: 'max' });
    expect(of('/hi lo')).toEqual({ group: '/hi lo', usage: 77, limit: 'max', high: 80, events: { high: 44, max: 0 } });
  });
});
