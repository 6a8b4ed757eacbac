import fc from 'fast-check';
import { expect, test } from 'vitest';
import { probeProcess } from '../../../../src/app/live/probe-process.js';
import type { Captured } from '../../../../src/app/ports.js';
import { neverCancelled } from '../../../../src/base/cancel.js';
import type { Fault } from '../../../../src/base/fault.js';
import { ok, type Result } from '../../../../src/base/result.js';
import { MemoryTarget } from '../memory-target.js';

class Answering extends MemoryTarget {
  constructor(private readonly answer: string) {
    super({});
  }
  override capture(): Promise<Result<Captured, Fault>> {
    return Promise.resolve(ok({ exitCode: 0, stdout: this.answer, stderr: '' }));
  }
}

const STAT =
  '7 (a) b\n(c) S 1 7 7 0 -1 4194304 100 0 0 0 5 6 0 0 20 0 3 0 4242 1000 50 18446744073709551615 1 1 1 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 1 1 1 1 1 1 1 0';
const PARTS: Readonly<Record<string, string>> = {
  tools:
    'perf\t/usr/bin/perf\tperf version 6.1.76\ncc\t/usr/bin/cc\t\ngdb\t/usr/bin/gdb\tGNU gdb (Debian 13.1-3) 13.1\npython\t-\tyes\nheaptrack_inject\t/usr/lib/heaptrack/libheaptrack_inject.so\t\n',
  uname: '6.1.0-18-amd64 x86_64\n',
  processors: '4\n',
  user: '1000\n',
  paranoid: '2\n',
  scope: '1\n',
  capabilities: 'Name:\tcat\nCapEff:\t0000000000000000\n',
  mounts: '',
  ours: 'mnt:[1]\npid:[2]\nuser:[3]\n',
  own: '50 51\n',
  cache: '/home/dev/.cache/memlens\n',
  stat: `${STAT}\n`,
  status: 'Name:\ta\nUid:\t1000\t1000\t1000\t1000\nThreads:\t3\nTracerPid:\t9\nNSpid:\t7\t1\n',
  theirs: 'mnt:[8]\npid:[9]\nuser:[3]\n',
  exe: '/opt/a b (deleted)\n',
  header: ' 7f 45 4c 46 02 01 01 00 00 00 00 00 00 00 00 00\n 03 00 b7 00\n',
  strings: '',
  maps: '5-6 r-xp 00000000 08:01 5 /opt/a b (deleted)\n6-7 r-xp 00000000 08:01 6 /usr/lib/libc.so.6\n7-8 r-xp 00000000 00:00 0 [vdso]\nreadable\n',
  environ: 'LD_PRELOAD=/a b=c\nMALLOC_CONF=prof:true\n',
};
const answer = (more: Readonly<Record<string, string>> = {}): string =>
  Object.entries({ ...PARTS, ...more })
    .map(([name, text]) => `\0${name}\0${text}`)
    .join('');
const probe = (more?: Readonly<Record<string, string>>, pid = 7) =>
  probeProcess(new Answering(answer(more)), pid, neverCancelled);

test('what a process is, and what its machine has', async () => {
  const probed = await probe();
  expect(probed).toEqual({
    ok: true,
    value: {
      process: {
        pid: 7,
        startTicks: 4242,
        command: 'a) b\n(c',
        state: 'S',
        uid: 1000,
        threads: 3,
        tracerPid: 9,
        executable: '/opt/a b',
        isDeleted: true,
        bits: 64,
        machine: 'aarch64',
        modules: ['/opt/a b', '/usr/lib/libc.so.6'],
        libc: 'glibc',
        allocator: 'libc',
        environment: { LD_PRELOAD: '/a b=c', MALLOC_CONF: 'prof:true' },
        isInContainer: true,
        ownPid: 1,
      },
      machine: {
        uid: 1000,
        kernel: '6.1.0-18-amd64',
        machine: 'x86_64',
        processors: 4,
        tools: {
          perf: { path: '/usr/bin/perf', version: '6.1.76' },
          cc: { path: '/usr/bin/cc' },
          gdb: { path: '/usr/bin/gdb', version: '13.1' },
          heaptrack_inject: { path: '/usr/lib/heaptrack/libheaptrack_inject.so' },
        },
        perfParanoid: 2,
        ptraceScope: 1,
        capabilities: 0n,
        gdbPython: true,
      },
      cache: '/home/dev/.cache/memlens',
    },
  });
});

const text = (module: string): string => `6-7 r-xp 00000000 08:01 6 ${module}\nreadable\n`;
test.each([
  ['/lib/ld-musl-x86_64.so.1', 'musl', 'libc'],
  ['/usr/lib/libc-2.31.so', 'glibc', 'libc'],
  ['/lib/libuClibc-1.0.34.so', 'other', 'unknown'],
  ['/opt/static', 'none', 'unknown'],
  ['/opt/libplugin.so.1', 'unknown', 'unknown'],
])('the C library of %s', async (module, libc, allocator) => {
  expect(await probe({ maps: text(module) })).toMatchObject({ value: { process: { libc, allocator } } });
});

test.each([
  [{ maps: text('/usr/lib/libjemalloc.so.2') }, { allocator: 'jemalloc' }],
  [{ maps: text('/usr/lib/libtcmalloc_minimal.so.4') }, { allocator: 'tcmalloc' }],
  [{ strings: '<jemalloc>: \n' }, { allocator: 'jemalloc' }],
  [{ strings: 'MallocExtension\n' }, { allocator: 'unknown' }],
  [{ maps: text('/usr/lib/libasan.so.8') }, { sanitizer: 'asan' }],
  [{ maps: text('/usr/lib/clang/14/lib/linux/libclang_rt.lsan-x86_64.so') }, { sanitizer: 'lsan' }],
])('%j: %j', async (parts, expected) => {
  expect(await probe(parts)).toMatchObject({ value: { process: expected } });
});

test.each([
  ['of another user', { maps: '' }, 7, 'foreign'],
  ['a zombie', { stat: STAT.replace(' S ', ' Z ') }, 7, 'zombie'],
  ['of the kernel', { stat: STAT.replace('4194304', '2129984') }, 7, 'kernel'],
  ['our own', {}, 50, 'own'],
  ['hidden', { stat: '', mounts: '22 1 0:20 / /proc rw - proc proc rw,hidepid=2\n' }, 7, 'hidden'],
])('%s', async (_, parts, pid, why) => {
  expect(await probe(parts, pid)).toEqual({ ok: false, error: { code: 'no-process', pid, why } });
});

test('one that is not there', async () => {
  expect(await probe({ stat: '' })).toMatchObject({ ok: false, error: { code: 'not-found', path: '/proc/7' } });
});

test('cut anywhere, and whatever is said, it answers', async () => {
  const whole = answer();
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length), fc.string(), async (cut, noise) => {
      const probed = await probeProcess(new Answering(whole.slice(0, cut) + noise), 7, neverCancelled);
      expect(typeof probed.ok).toBe('boolean');
    }),
  );
});
