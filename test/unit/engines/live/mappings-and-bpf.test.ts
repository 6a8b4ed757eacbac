import { expect, test } from 'vitest';
import { bpfObstacles, bpftraceWords, memleakPrice, memleakWords } from '../../../../src/engines/live/bpf.js';
import { ALLOCATOR_FUNCTIONS, memleakScript } from '../../../../src/engines/live/memleak-script.js';
import { perfMappingsObstacles, perfMappingsRecord } from '../../../../src/engines/live/perf-mappings.js';
import { mappingsPrice, straceObstacles, straceWords } from '../../../../src/engines/live/strace.js';
import type { LiveMachine, LiveRates } from '../../../../src/model/live.js';
import { shop as process } from './shop.js';

const machine: LiveMachine = {
  uid: 1000,
  capabilities: 0n,
  perfParanoid: 2,
  tools: {
    strace: { path: '/usr/bin/strace', version: '6.1' },
    perf: { path: '/usr/bin/perf', version: '6.1.1' },
    bpftrace: { path: '/b' },
  },
};
const root: LiveMachine = { ...machine, uid: 0, capabilities: 2n ** 41n - 1n };
const rates: LiveRates = { overMs: 2000, minorFaults: 0, cpu: 0, systemCpu: 0, rssGrowth: 0, words: [] };
const codes = (found: readonly { readonly code: string; readonly blocking: boolean }[], is = true): readonly string[] =>
  found.flatMap(({ code, blocking }) => (blocking === is ? [code] : []));

test('strace: what stands in its way', () => {
  expect(straceObstacles(process, machine)).toEqual([]);
  expect(codes(straceObstacles(process, { ...machine, tools: {} }))).toEqual(['strace-missing']);
  expect(codes(straceObstacles(process, { ...machine, tools: { strace: { path: '/s', version: '4.20' } } }))).toEqual([
    'strace-old',
  ]);
  expect(codes(straceObstacles({ ...process, tracerPid: 9 }, root))).toEqual(['traced']);
  expect(codes(straceObstacles({ ...process, uid: 0 }, machine))).toEqual(['foreign']);
  expect(straceObstacles({ ...process, uid: 5 }, root)).toEqual([]);
  expect(codes(straceObstacles(process, { ...machine, ptraceScope: 1 }))).toEqual(['ptrace-scope']);
  expect(straceObstacles(process, { ...root, ptraceScope: 2 })).toEqual([]);
  expect(codes(straceObstacles(process, { ...root, ptraceScope: 3 }))).toEqual(['ptrace-scope']);
});

test('strace: its words; numbers of a container are translated where it can', () => {
  expect(straceWords('/s', '6.1', process, '/w/f').join(' ')).toBe(
    '/s -f -k -ttt -b execve -e signal=none -e trace=brk,mmap,?mmap2,munmap,mremap,clone,?clone3,?fork,?vfork,execve,?execveat -p 7 -o /w/f',
  );
  expect(straceWords('/s', '6.1', { ...process, ownPid: 1 }, '/w/f')).toContain('--pidns-translation');
  expect(straceWords('/s', '5.8', { ...process, ownPid: 1 }, '/w/f')).not.toContain('--pidns-translation');
});

test('mappings: the price follows the calls; what is not known is dangerous', () => {
  expect(mappingsPrice(undefined)).toMatchObject({ isDangerous: true });
  expect(mappingsPrice(undefined).slowdown).toBeUndefined();
  expect(mappingsPrice(rates)).toMatchObject({ isDangerous: false, slowdown: { low: 1, high: 1 } });
  expect(mappingsPrice({ ...rates, mappingCalls: 10 })).toMatchObject({ isDangerous: false });
  expect(mappingsPrice({ ...rates, mappingCalls: 5000 })).toMatchObject({ isDangerous: true });
  expect(mappingsPrice({ ...rates, systemCpu: 0.9 })).toMatchObject({ isDangerous: true });
  // Untouched mappings make no faults: the rate of calls counts where it is known.
  expect(mappingsPrice({ ...rates, minorFaults: 1e5, mappingCalls: 1 })).toMatchObject({ isDangerous: false });
});

test('perf: not for 32-bit programs', () => {
  expect(perfMappingsObstacles(process, root)).toEqual([]);
  expect(codes(perfMappingsObstacles({ ...process, bits: 32 }, root))).toEqual(['perf-32-bit']);
  const words = perfMappingsRecord('/p', 7, '/w/f');
  expect(words[words.indexOf('-e') + 1]).toContain('syscalls:sys_enter_mmap,');
  expect(words.slice(-4)).toEqual(['-p', '7', '-o', '/w/f']);
});

test('memleak: what stands in its way, and that it is always asked first', () => {
  expect(codes(bpfObstacles(process, root))).toEqual([]);
  expect(codes(bpfObstacles(process, root), false)).toEqual(['whole-machine', 'frame-pointers']);
  expect(codes(bpfObstacles(process, machine))).toEqual(['bpf-not-root']);
  expect(codes(bpfObstacles(process, { ...root, capabilities: 0n }))).toEqual(['bpf-capabilities']);
  expect(codes(bpfObstacles(process, { ...root, capabilities: (1n << 38n) | (1n << 39n) }))).toEqual([]);
  expect(codes(bpfObstacles(process, { ...root, tools: {} }))).toEqual(['bpf-missing']);
  expect(codes(bpfObstacles({ ...process, sanitizer: 'asan', bits: 32 }, root))).toEqual(['sanitizer', 'bits-32']);
  expect(codes(bpfObstacles({ ...process, libc: 'none', allocator: 'jemalloc' }, root), false)).toEqual([
    'static-binary',
    'own-allocator',
    'frame-pointers',
  ]);
  expect(memleakPrice(undefined)).toMatchObject({ isDangerous: true });
  const spends = (low: number, high: number): LiveRates => ({ ...rates, cpu: 1, allocator: { low, high, samples: 900 } });
  // What others on the machine do is not known.
  expect(memleakPrice(spends(0, 0.00001))).toMatchObject({ isDangerous: true });
  expect(memleakPrice(spends(0, 0.00001)).words).toMatch(/^Hardly any time, by its share in malloc and free\. With bpftrace/);
  expect(memleakPrice(spends(0.88, 0.94)).words).toContain('could stall');
});

test('memleak: the words and the script; a path is a string of bpftrace', () => {
  expect(memleakWords('/m', 7, 5, undefined)).toEqual(['/m', '-p', '7', '-o', '5000', '-T', '500', '5']);
  expect(memleakWords('/m', 7, 5, '/lib/c')).toEqual(['/m', '-p', '7', '-o', '5000', '-T', '500', '-O', '/lib/c', '5']);
  const script = memleakScript('/lib/a b\\c', ALLOCATOR_FUNCTIONS, 500);
  expect(script).toContain('uprobe:"/lib/a b\\\\c":malloc');
  for (const name of ALLOCATOR_FUNCTIONS) expect(script).toContain(`:${name} /pid == $1`);
  expect(memleakScript('/bin/a', ['malloc'], 500)).not.toContain('realloc');
  expect(bpftraceWords('/b', 7, script).slice(-3)).toEqual(['-e', script, '7']);
});
