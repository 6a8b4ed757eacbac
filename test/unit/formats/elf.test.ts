import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseElf, toProgramFacts } from '../../../src/formats/elf.js';
import type { ReadRange } from '../../../src/formats/elf-bytes.js';
import { machineWord, runsOnMachine } from '../../../src/formats/elf-machine.js';

const fixtures = new URL('../../fixtures/', import.meta.url);
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, fixtures)));
const reader =
  (bytes: Uint8Array): ReadRange =>
  async (offset, length) =>
    bytes.slice(offset, offset + length);
const read = (name: string) => parseElf(reader(bytesOf(name)));

describe('real files', () => {
  it('reads a program with debug information', async () => {
    const facts = await read('gcc/12.2.0/elf/plain');
    expect(facts).toMatchObject({
      bits: 64,
      byteOrder: 'little',
      machine: 'x86_64',
      type: 'pie',
      interpreter: '/lib64/ld-linux-x86-64.so.2',
      needed: ['libc.so.6'],
      rpath: [],
      runpath: ['/opt/a', '/opt/b'],
      debugInfo: true,
      symbols: true,
    });
    expect(facts?.buildId).toMatch(/^[0-9a-f]{40}$/);
    expect(facts).not.toHaveProperty('sanitizer');
  });

  it('sees that a program is stripped', async () => {
    expect(await read('gcc/12.2.0/elf/stripped')).toMatchObject({ type: 'pie', debugInfo: false, symbols: false });
  });

  it('finds the sanitizer of a stripped program', async () => {
    expect(await read('gcc/12.2.0/elf/asan')).toMatchObject({ sanitizer: 'asan', symbols: false });
    expect(await read('gcc/12.2.0/elf/lsan')).toMatchObject({ sanitizer: 'lsan', symbols: false });
    expect(await read('clang/14.0.6/elf/asan-shared')).toMatchObject({ sanitizer: 'asan' });
  });

  it('finds the sanitizer of an object by its symbols', async () => {
    expect(await read('gcc/12.2.0/elf/tsan-object.o')).toMatchObject({ type: 'object', sanitizer: 'other' });
    const plain = await read('gcc/12.2.0/elf/object.o');
    expect(plain).toMatchObject({ type: 'object', debugInfo: true, symbols: true, needed: [] });
    expect(plain).not.toHaveProperty('sanitizer');
  });

  it('reads a shared library with compressed debug information', async () => {
    const facts = await read('gcc/12.2.0/elf/libnomain.so');
    expect(facts).toMatchObject({ type: 'shared', soname: 'libnomain.so.1', debugInfo: true });
    expect(facts).not.toHaveProperty('interpreter');
  });

  it('sees where debug information was moved to, and that the moved file has it', async () => {
    expect(await read('gcc/12.2.0/elf/nopie')).toMatchObject({ type: 'executable', debugInfo: false, debugLink: 'nopie.debug' });
    const debug = await read('gcc/12.2.0/elf/nopie.debug');
    expect(debug).toMatchObject({ debugInfo: true });
    expect(debug?.buildId).toBe((await read('gcc/12.2.0/elf/nopie'))?.buildId);
  });

  it('gives engines the part they ask for', async () => {
    const facts = await read('gcc/12.2.0/elf/asan');
    expect(facts && toProgramFacts('/p', facts, true)).toEqual({
      path: '/p',
      machine: 'x86_64',
      bits: 64,
      interpreter: '/lib64/ld-linux-x86-64.so.2',
      needed: ['libasan.so.8', 'libc.so.6'],
      debugInfo: false,
      symbols: false,
      sanitizer: 'asan',
      setuid: true,
    });
  });
});

/** The smallest header of a program without anything else. */
function header(bits: 32 | 64, littleEndian: boolean, machine: number, type = 2): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, bits === 64 ? 2 : 1, littleEndian ? 1 : 2, 1]);
  const view = new DataView(bytes.buffer);
  view.setUint16(16, type, littleEndian);
  view.setUint16(18, machine, littleEndian);
  return bytes.subarray(0, bits === 64 ? 64 : 52);
}

describe('other machines', () => {
  it.each([
    [32, true, 40, 'arm'],
    [64, true, 183, 'aarch64'],
    [64, true, 243, 'riscv64'],
    [32, false, 8, 'mips'],
    [64, true, 21, 'ppc64le'],
    [64, false, 21, 'ppc64'],
    [32, false, 20, 'ppc'],
    [64, false, 22, 's390x'],
    [32, true, 3, 'i686'],
    [64, true, 0x1234, 'machine 0x1234'],
  ] as const)('%i bits, little endian %s, machine %i is %s', async (bits, littleEndian, machine, word) => {
    expect(await parseElf(reader(header(bits, littleEndian, machine)))).toMatchObject({
      bits,
      byteOrder: littleEndian ? 'little' : 'big',
      machine: word,
      type: 'executable',
      needed: [],
    });
    expect(machineWord(machine, bits, littleEndian)).toBe(word);
  });

  it('knows which kernels run what', () => {
    expect(runsOnMachine('i686', 'x86_64')).toBe(true);
    expect(runsOnMachine('x86_64', 'i686')).toBe(false);
    expect(runsOnMachine('arm', 'armv7l')).toBe(true);
    expect(runsOnMachine('aarch64', 'x86_64')).toBe(false);
  });
});

describe('what is no ELF file', () => {
  it.each([[new Uint8Array(0)], [new Uint8Array(100)], [header(64, true, 62).subarray(0, 60)], [bytesOf('compilers.md')]])(
    'gives undefined',
    async (bytes) => {
      expect(await parseElf(reader(bytes))).toBeUndefined();
    },
  );
});

describe('cut and hostile files', () => {
  const plain = bytesOf('gcc/12.2.0/elf/plain');

  it('reads what is left of a cut file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(plain.length), async (length) => {
        const facts = await parseElf(reader(plain.subarray(0, length)));
        if (length < 64) expect(facts).toBeUndefined();
        else expect(facts).toMatchObject({ machine: 'x86_64' });
      }),
    );
  });

  it('neither throws nor reads without bound when bytes are changed', async () => {
    const change = fc.tuple(fc.nat(plain.length - 1), fc.nat(255));
    const headerChange = fc.tuple(fc.integer({ min: 6, max: 900 }), fc.constantFrom(0, 1, 0x7f, 0xff));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(change, headerChange), { minLength: 1, maxLength: 30 }), async (changes) => {
        const bytes = plain.slice();
        for (const [at, value] of changes) bytes[at] = value;
        let reads = 0;
        await parseElf(async (offset, length) => {
          reads++;
          expect(length).toBeLessThanOrEqual(16 << 20);
          return bytes.slice(offset, offset + length);
        });
        expect(reads).toBeLessThan(60);
      }),
      { numRuns: 500 },
    );
  });

  it('stops in a file that claims to have endless tables', async () => {
    const bytes = plain.slice();
    bytes.fill(0xff, 40, 48); // e_shoff
    expect(await parseElf(reader(bytes))).toMatchObject({ needed: ['libc.so.6'], debugInfo: false });
  });
});
