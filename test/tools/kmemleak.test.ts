// kmemleak and the other files of a kernel, laid out as a kernel does, on real targets. What answers as the kernel's own file does are other files of /proc: they refuse
// a word with EINVAL or EPERM. A kernel with kmemleak itself is in test/uml.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openHeapProfile } from '../../src/app/heap/open-heap.js';
import { scanKmemleak } from '../../src/app/kmemleak/commands.js';
import { readKmemleak } from '../../src/app/kmemleak/read.js';
import { type KmemleakState, readKmemleakState } from '../../src/app/kmemleak/state.js';
import type { Target } from '../../src/app/ports.js';
import { SourceLocator } from '../../src/app/source-locator.js';
import { listKernelSources } from '../../src/app/system/kernel-allocations.js';
import { chunksAsRoot } from '../../src/app/system/root-stream.js';
import { parseTargetName } from '../../src/app/target-names.js';
import { CancelSource, neverCancelled } from '../../src/base/cancel.js';
import { nodeClock } from '../../src/node/node-clock.js';
import { createTarget } from '../../src/node/targets.js';
import { nodeUnpackers } from '../../src/node/unpack.js';
import { named } from '../named.js';
import { silentLog as log } from '../silent-log.js';
import { until } from './processes.js';
import { memlens } from './program-cases.js';
import { type BusyBoxRoot, busyboxRoot, noChroot, noSshd, programsRoot, type SshServer, startSshd } from './servers.js';
import { value } from './target-cases.js';

const fixtures = join(import.meta.dirname, '../fixtures');
const REPORT = readFileSync(join(fixtures, 'linux/6.1-uml/kmemleak'), 'utf8');
const KMEMLEAK = '/sys/kernel/debug/kmemleak';

/** A folder with the files of a kernel. */
function layOut(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
const MOUNTS = 'proc /proc proc rw 0 0\ndebugfs /sys/kernel/debug debugfs rw 0 0\n';
const PLAIN = {
  '/proc/mounts': MOUNTS,
  '/proc/filesystems': 'nodev\tproc\nnodev\tdebugfs\n',
  '/proc/cmdline': 'quiet\n',
  '/proc/sys/kernel/osrelease': '6.1.192\n',
  '/proc/2/stat': '2 (kthreadd) S 0 0 0 0\n',
  '/proc/60/stat': '60 (kmemleak) S 2 0 0 0\n',
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ml-kmemleak-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function cases(get: () => Target): void {
  const access = (rootCommand: readonly string[] = []) => ({ target: get(), rootCommand, root });
  const state = async (): Promise<KmemleakState> => value(await readKmemleakState(access(), neverCancelled));

  test('a file that takes no other words is on; its thread is seen', async () => {
    layOut(root, PLAIN);
    mkdirSync(join(root, dirname(KMEMLEAK)), { recursive: true });
    symlinkSync('/proc/self/oom_score_adj', join(root, KMEMLEAK));
    expect(await state()).toMatchObject({ standing: 'on', kernel: '6.1.192', scansItself: true });
  });

  test('one that takes none at all is off, by the kernel’s command line', async () => {
    layOut(root, {
      ...PLAIN,
      '/proc/cmdline': 'root=/dev/sda1 kmemleak=off quiet\n',
      '/proc/60/stat': '60 (kmemleak) S 1 0 0 0\n',
    });
    mkdirSync(join(root, dirname(KMEMLEAK)), { recursive: true });
    symlinkSync('/proc/self/uid_map', join(root, KMEMLEAK));
    // A process of this name is no thread of the kernel.
    expect(await state()).toMatchObject({ standing: 'off', offBy: 'boot', scansItself: false });
  });

  test('debugfs that is mounted elsewhere, at a path with a space', async () => {
    layOut(root, { ...PLAIN, '/proc/mounts': 'none /my\\040debug debugfs rw 0 0\n', '/my debug/kmemleak': '' });
    expect(await state()).toMatchObject({ standing: 'on', file: `${root}/my debug/kmemleak` });
  });

  test('without debugfs, and without the file', async () => {
    layOut(root, { ...PLAIN, '/proc/mounts': 'proc /proc proc rw 0 0\n' });
    expect(await state()).toMatchObject({ standing: 'not-mounted', debugfs: `${root}/sys/kernel/debug` });
    layOut(root, { '/proc/filesystems': 'nodev\tproc\n' });
    expect(await state()).toMatchObject({ standing: 'no-debugfs' });
    layOut(root, PLAIN);
    mkdirSync(join(root, '/sys/kernel/debug'), { recursive: true });
    expect(await state()).toMatchObject({ standing: 'not-built' });
  });

  test('why it is off, by the configuration and the log', async () => {
    layOut(root, { ...PLAIN, '/boot/config-6.1.192': 'CONFIG_DEBUG_KMEMLEAK=y\nCONFIG_DEBUG_KMEMLEAK_DEFAULT_OFF=y\n' });
    mkdirSync(join(root, dirname(KMEMLEAK)), { recursive: true });
    symlinkSync('/proc/self/uid_map', join(root, KMEMLEAK));
    expect(await state()).toMatchObject({ standing: 'off', offBy: 'configuration' });
    layOut(root, {
      '/boot/config-6.1.192': 'CONFIG_DEBUG_KMEMLEAK=y\n',
      '/dmesg': 'x\nkmemleak: Kernel memory leak detector disabled\n',
    });
    expect(await state()).toMatchObject({ offBy: 'itself', log: ['kmemleak: Kernel memory leak detector disabled'] });
  });

  test.each([[[]], [['env', 'A=b']]])('a report is read, by the root command %j', async (rootCommand) => {
    layOut(root, { ...PLAIN, [KMEMLEAK]: REPORT });
    const locator = new SourceLocator(get(), { workspaceFolders: [], mappings: [], baseDirectories: [] });
    const read = value(await readKmemleak(access(rootCommand), { clock: nodeClock, cancel: neverCancelled, locator }));
    const { findings } = read.report;
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.every(({ engine, kind }) => engine === 'kmemleak' && kind === 'leak')).toBe(true);
  });

  test('both scans are written, as a word each', async () => {
    layOut(root, { ...PLAIN, [KMEMLEAK]: '' });
    value(await scanKmemleak(access(['env', 'A=b']), { clock: nodeClock, cancel: neverCancelled, clearFirst: true }));
    // After the question for the state.
    expect(readFileSync(join(root, KMEMLEAK), 'utf8')).toBe('?clearscanscan');
  });

  test('what the target has is listed, and each is read', async () => {
    const page =
      'Page allocated via order 0, mask 0xcc0(GFP_KERNEL), pid 1, ts 1 ns\nPFN 1 type Unmovable Block 0 type Unmovable Flags 0x0()\n leak_pages+0x1e/0x41 [leakmod]\n\n';
    const traces = '      3 cdev_alloc+0x29/0x5d waste=72/24 age=1/2/3 pid=1\n        cdev_alloc+0x29/0x5d\n\n';
    layOut(root, {
      ...PLAIN,
      '/proc/allocinfo': 'allocinfo - version: 1.0\n#     <size>  <calls> <tag info>\n 4096 1 mm/page.c:10 func:get\n',
      '/proc/vmallocinfo': '',
      '/sys/kernel/debug/page_owner': page,
      '/sys/kernel/debug/slab/kmalloc-32/alloc_traces': traces,
      '/sys/kernel/slab/kmalloc-64/alloc_calls': traces,
      '/sys/kernel/slab/kmalloc-64/store_user': '1\n',
      '/sys/kernel/slab/kmalloc-96/alloc_calls': traces,
      '/sys/kernel/slab/kmalloc-96/store_user': '0\n',
    });
    const { sources, debugfs } = value(await listKernelSources(access(), neverCancelled));
    expect(debugfs).toBe('seen');
    expect(sources.map(({ kind, cache }) => `${kind} ${cache ?? ''}`.trim())).toEqual([
      'allocinfo',
      'page-owner',
      'vmallocinfo',
      'slab-traces kmalloc-32',
      'slab-traces kmalloc-64',
    ]);
    for (const { kind, path } of sources.filter((source) => source.kind !== 'vmallocinfo')) {
      for (const rootCommand of [[], ['env', 'A=b']]) {
        const chunks = chunksAsRoot(access(rootCommand), path, { clock: nodeClock, cancel: neverCancelled });
        const profile = value(await openHeapProfile(chunks, path, await nodeUnpackers()));
        expect(profile.format).toBe(kind);
      }
    }
  });

  test('what is not there, or may not be run, is a fault', async () => {
    layOut(root, PLAIN);
    const pieces = async (rootCommand: readonly string[]): Promise<unknown> => {
      const opened = await openHeapProfile(
        chunksAsRoot(access(rootCommand), `${root}/none`, { clock: nodeClock, cancel: neverCancelled }),
        'none',
        await nodeUnpackers(),
      );
      return opened.ok ? 'opened' : opened.error;
    };
    expect(await pieces([])).toMatchObject({ code: 'not-found' });
    expect(await pieces(['env', 'A=b'])).toMatchObject({ code: 'not-found' });
    expect(await pieces(['false'])).toMatchObject({
      code: 'unreadable',
      detail: expect.stringContaining('did not run') as string,
    });
    expect(await readKmemleakState(access(['false']), neverCancelled)).toMatchObject({
      error: { code: 'engine-unfit', engine: 'false' },
    });
  });

  test.skipIf(!isRoot)('root does without a command for root that is not there', async () => {
    layOut(root, { ...PLAIN, [KMEMLEAK]: REPORT });
    value(
      await scanKmemleak(access(['/no/such/sudo', '-n', 'a b']), { clock: nodeClock, cancel: neverCancelled, clearFirst: false }),
    );
    expect(readFileSync(join(root, KMEMLEAK), 'utf8')).toMatch(/scanscan$/);
  });
}

const isRoot = process.getuid?.() === 0;

test.skipIf(!isRoot)('another user is told that the command for root is not there', async () => {
  const target = createTarget(
    { name: 'nobody', config: value(parseTargetName('command:setpriv --reuid=65534 --regid=65534 --clear-groups sh')) },
    { log },
  );
  try {
    expect(await readKmemleakState({ target, rootCommand: ['/no/such/sudo', '-n'] }, neverCancelled)).toMatchObject({
      error: { code: 'engine-unfit', engine: '/no/such/sudo -n', reason: expect.stringContaining('/no/such/sudo') as string },
    });
  } finally {
    target.dispose();
  }
});

describe('local', () => cases(() => createTarget({ name: 'local', config: { kind: 'local' } }, { log })));

describe('command:busybox sh', () => {
  const target = createTarget({ name: 'box', config: value(parseTargetName('command:busybox sh')) }, { log });
  cases(() => target);
  afterAll(() => target.dispose());
});

describe.skipIf(noSshd !== undefined)(`ssh${noSshd === undefined ? '' : ` (${noSshd})`}`, () => {
  let server: SshServer;
  let target: ReturnType<typeof createTarget>;
  beforeAll(async () => {
    server = await startSshd();
    target = createTarget(
      { name: 'ssh', config: { kind: 'ssh', host: server.alias } },
      { log, sshConfigFile: server.configFile },
    );
  });
  afterAll(async () => {
    target.dispose();
    await server.stop();
  });
  cases(() => target);
});

test('a long read is ended on the target when it is cancelled, as root too', async () => {
  const target = createTarget({ name: 'local', config: { kind: 'local' } }, { log });
  const cancel = new CancelSource();
  const fifo = join(root, 'never');
  const { execFileSync } = await import('node:child_process');
  execFileSync('mkfifo', [fifo]);
  const read = (async () => {
    for await (const _ of chunksAsRoot({ target, rootCommand: ['env', 'A=b'] }, fifo, { clock: nodeClock, cancel })) void _;
  })().catch((error: unknown) => String(error));
  const catsOf = (): string => {
    try {
      return execFileSync('pgrep', ['-f', fifo], { encoding: 'utf8' });
    } catch {
      return '';
    }
  };
  await until(() => catsOf() !== '', 30_000);
  cancel.cancel();
  expect(await read).toContain('cancelled');
  await until(() => catsOf() === '', 30_000);
});

describe.skipIf(noChroot !== undefined)(named('memlens kmemleak', noChroot), () => {
  let box: BusyBoxRoot;
  beforeAll(() => {
    box = busyboxRoot();
  });
  afterAll(() => box.stop());

  test('of a root directory that is laid out so: state, read, clear', async () => {
    layOut(box.directory, { [KMEMLEAK]: REPORT });
    const target = ['--target', `command:chroot ${box.directory} /bin/sh`];
    const state = await memlens(['kmemleak', '--format', 'json', ...target], { cwd: root });
    expect(JSON.parse(state.stdout)).toMatchObject({ standing: 'on', file: KMEMLEAK });
    const read = await memlens(['kmemleak', 'read', ...target], { cwd: root });
    expect(read.status).toBe(1);
    expect(read.stdout).toContain('leak_kmalloc');
    const sarif = await memlens(['kmemleak', 'read', '--format', 'sarif', ...target], { cwd: root });
    expect(JSON.parse(sarif.stdout)).toMatchObject({ version: '2.1.0' });
    expect(await memlens(['kmemleak', 'clear', ...target], { cwd: root })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--yes') as string,
    });
    expect(await memlens(['kmemleak', 'clear', '--yes', ...target], { cwd: root })).toMatchObject({ status: 0 });
    expect(readFileSync(join(box.directory, KMEMLEAK), 'utf8').endsWith('clear')).toBe(true);
  });
});

describe.skipIf(noChroot !== undefined)(named('a target with a shell, cat and grep alone', noChroot), () => {
  test('tells the state with the words of the kernel, reads and clears', async () => {
    const box = programsRoot({ sh: 'sh', cat: 'cat', grep: 'grep' });
    const target = createTarget(
      { name: 'few', config: value(parseTargetName(`command:chroot ${box.directory} /bin/sh`)) },
      { log },
    );
    const access = { target, rootCommand: [] };
    try {
      // No file that can be opened is there.
      mkdirSync(join(box.directory, dirname(KMEMLEAK)), { recursive: true });
      const server = createServer().listen(join(box.directory, KMEMLEAK));
      await until(() => server.listening);
      const refused = value(await readKmemleakState(access, neverCancelled));
      await new Promise((done) => server.close(done));
      expect(refused).toMatchObject({ standing: 'unclear', said: expect.stringMatching(/no such device/i) as string });
      layOut(box.directory, { [KMEMLEAK]: REPORT });
      expect(value(await readKmemleakState(access, neverCancelled))).toMatchObject({ standing: 'on', file: KMEMLEAK });
      const words = ['--target', `command:chroot ${box.directory} /bin/sh`];
      expect((await memlens(['kmemleak', 'read', ...words], { cwd: root })).stdout).toContain('leak_kmalloc');
      expect(await memlens(['kmemleak', 'clear', '--yes', ...words], { cwd: root })).toMatchObject({ status: 0 });
      expect(readFileSync(join(box.directory, KMEMLEAK), 'utf8').endsWith('clear')).toBe(true);
    } finally {
      target.dispose();
      box.stop();
    }
  });
});
