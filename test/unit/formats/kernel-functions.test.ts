import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callAddress, findFunctions } from '../../../src/formats/kernel-functions.js';

const rangesOf = (bytes: Uint8Array) => (offset: number, length: number) =>
  Promise.resolve(bytes.subarray(Math.max(0, offset), Math.max(0, offset) + length));

interface Symbol {
  readonly name: string;
  readonly value: bigint;
  readonly size: number;
  /** 2: a function, 0: of assembler, 1: data. */
  readonly type?: number;
  readonly section?: number;
}

/** An ELF file of 64 bits with sections `.text`, `.init.text` and a symbol table, and nothing in them. */
function elf(symbols: readonly Symbol[], type = 2): Uint8Array {
  const names = ['', '.text', '.init.text', '.symtab', '.strtab', '.shstrtab'];
  const shstr = Buffer.from(`${names.join('\0')}\0`);
  const strtab = Buffer.from(`\0${symbols.map(({ name }) => name).join('\0')}\0`);
  const symtab = Buffer.alloc(24 * (symbols.length + 1));
  for (const [at, { name, value, size, type: kind = 2, section = 1 }] of symbols.entries()) {
    const row = 24 * (at + 1);
    symtab.writeUInt32LE(strtab.indexOf(`\0${name}\0`) + 1, row);
    symtab.writeUInt8(kind, row + 4);
    symtab.writeUInt16LE(section, row + 6);
    symtab.writeBigUInt64LE(value, row + 8);
    symtab.writeBigUInt64LE(BigInt(size), row + 16);
  }
  const parts = [symtab, strtab, shstr];
  const offsets: number[] = [];
  let end = 64;
  for (const part of parts) {
    offsets.push(end);
    end += part.length;
  }
  const headers = Buffer.alloc(64 * names.length);
  for (const [at, name] of names.entries()) {
    headers.writeUInt32LE(name === '' ? 0 : shstr.indexOf(`\0${name}\0`) + 1, 64 * at);
    const part = at - 3;
    // Code, aligned to 32 bytes.
    if (part === -2 || part === -1) headers.writeBigUInt64LE(6n, 64 * at + 8);
    if (part === -2 || part === -1) headers.writeBigUInt64LE(32n, 64 * at + 48);
    if (part < 0) continue;
    headers.writeUInt32LE(part === 0 ? 2 : 3, 64 * at + 4);
    headers.writeBigUInt64LE(BigInt(offsets[part] as number), 64 * at + 24);
    headers.writeBigUInt64LE(BigInt((parts[part] as Buffer).length), 64 * at + 32);
    headers.writeUInt32LE(part === 0 ? 4 : 0, 64 * at + 40);
  }
  const head = Buffer.alloc(64);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(head);
  head.writeUInt16LE(type, 16);
  head.writeBigUInt64LE(BigInt(end), 40);
  head.writeUInt16LE(64, 58);
  head.writeUInt16LE(names.length, 60);
  head.writeUInt16LE(names.length - 1, 62);
  return new Uint8Array(Buffer.concat([head, ...parts, headers]));
}

const BASE = 0xffffffff81000000n;
const kernel = elf([
  { name: 'first', value: BASE, size: 0x30 },
  { name: 'probe', value: BASE + 0x40n, size: 0x5a },
  { name: '.Lnext', value: BASE + 0x60n, size: 0, type: 0 },
  { name: 'entry', value: BASE + 0xa0n, size: 0, type: 0 },
  { name: 'probe', value: BASE + 0x120n, size: 0x80 },
  { name: 'probe', value: BASE + 0x1a0n, size: 0x80 },
  { name: 'alias', value: BASE + 0x240n, size: 8 },
  { name: 'alias', value: BASE + 0x240n, size: 8 },
  { name: 'counter', value: BASE + 0x248n, size: 8, type: 1 },
  { name: 'last', value: BASE + 0x280n, size: 0x10 },
]);
const find = async (name: string, size?: number, file = kernel) =>
  (await findFunctions(rangesOf(file), [{ name, ...(size === undefined ? {} : { size }) }]))[0];

describe('a function of a kernel, by its name and its size', () => {
  test('an address above 2^53 is exact, and a call lies before the address that it returns to', async () => {
    const found = await find('first', 0x40);
    expect(found).toEqual({ kind: 'found', address: BASE });
    if (found?.kind === 'found') expect([callAddress(found, 0x21), callAddress(found, 0)]).toEqual([BASE + 0x20n, BASE]);
  });

  test('the kernel counts the padding up to the next symbol; labels are none', async () => {
    for (const size of [0x5a, 0x60]) expect(await find('probe', size)).toEqual({ kind: 'found', address: BASE + 0x40n });
    expect(await find('entry', 0x80)).toEqual({ kind: 'found', address: BASE + 0xa0n });
    expect(await find('last', 0x20)).toEqual({ kind: 'found', address: BASE + 0x280n });
  });

  test('several of one name: the size tells, or nobody does; of aliases any', async () => {
    expect(await find('probe', 0x80)).toEqual({ kind: 'ambiguous' });
    expect(await find('probe')).toEqual({ kind: 'ambiguous' });
    expect(await find('alias', 0x40)).toEqual({ kind: 'found', address: BASE + 0x240n });
  });

  test('a kernel linked with LTO of clang, which prints no `.llvm.123` of its symbols; a module prints it', async () => {
    const lto = elf([
      { name: 'quiet.llvm.4711', value: BASE, size: 0x40 },
      { name: 'loud.cold', value: BASE + 0x40n, size: 0x20 },
      { name: 'loud.constprop.0', value: BASE + 0x60n, size: 0x20 },
      { name: 'twice.llvm.1', value: BASE + 0x80n, size: 0x20 },
      { name: 'twice.llvm.2', value: BASE + 0xa0n, size: 0x20 },
      { name: 'end', value: BASE + 0xc0n, size: 0x20 },
    ]);
    for (const name of ['quiet', 'quiet.llvm.4711'])
      expect(await find(name, 0x40, lto)).toEqual({ kind: 'found', address: BASE });
    expect(await find('quiet.llvm.4712', 0x40, lto)).toEqual({ kind: 'missing' });
    expect(await find('quiet', 0x90, lto)).toEqual({ kind: 'other-size', isSure: true });
    expect(await find('twice', 0x20, lto)).toEqual({ kind: 'ambiguous' });
    expect(await find('twice.llvm.2', 0x20, lto)).toEqual({ kind: 'found', address: BASE + 0xa0n });
    // Parts of a function are functions of their own.
    expect(await find('loud', 0x20, lto)).toEqual({ kind: 'missing' });
    expect(await find('loud.cold', 0x20, lto)).toEqual({ kind: 'found', address: BASE + 0x40n });
    expect(await find('loud.constprop.0', 0x20, lto)).toEqual({ kind: 'found', address: BASE + 0x60n });
  });

  test('another build, and what is not there', async () => {
    expect(await find('first', 0x90)).toEqual({ kind: 'other-size', isSure: true });
    expect(await find('first', 0x20)).toEqual({ kind: 'other-size', isSure: true });
    // No padding, but another symbol is behind it: a function that is a little longer is another one.
    expect(await find('first', 0x48)).toEqual({ kind: 'other-size', isSure: true });
    expect(await find('last', 0x38)).toEqual({ kind: 'other-size', isSure: true });
    // The size of assembler is a guess.
    expect(await find('entry', 0x90)).toEqual({ kind: 'other-size', isSure: false });
    expect(await find('counter', 8)).toEqual({ kind: 'missing' });
    expect(await find('absent')).toEqual({ kind: 'missing' });
    expect(await find('first', 1, new Uint8Array(100))).toEqual({ kind: 'missing' });
  });

  test('of a module: the offset in its section', async () => {
    const file = elf(
      [
        { name: 'leak', value: 0x10n, size: 0x5c },
        { name: 'init_module', value: 0n, size: 0x30, section: 2 },
      ],
      1,
    );
    expect(await find('leak', 0x5c, file)).toEqual({ kind: 'found', address: 0x10n, section: '.text' });
    expect(await find('init_module', 0x30, file)).toEqual({ kind: 'found', address: 0n, section: '.init.text' });
    // The last function of a section is counted to the end of the page; one before it is not.
    expect(await find('init_module', 0x1000, file)).toEqual({ kind: 'found', address: 0n, section: '.init.text' });
    expect(await find('init_module', 0x1008, file)).toEqual({ kind: 'other-size', isSure: true });
    expect(await find('init_module', 0x20, file)).toEqual({ kind: 'other-size', isSure: true });
    expect(await find('last', 0x1000)).toEqual({ kind: 'other-size', isSure: true });
    const object = readFileSync(join(import.meta.dirname, '../../fixtures/gcc/12.2.0/elf/object.o'));
    expect(await find('main', 0x19, new Uint8Array(object))).toEqual({ kind: 'found', address: 0n, section: '.text' });
  });

  test('a real program, whose answers nm has as well', async () => {
    const file = new Uint8Array(readFileSync(join(import.meta.dirname, '../../fixtures/gcc/12.2.0/elf/nopie')));
    expect(
      await findFunctions(rangesOf(file), [{ name: 'main', size: 0x19 }, { name: 'x' }, { name: '_start', size: 0x30 }]),
    ).toEqual([{ kind: 'found', address: 0x4005a6n }, { kind: 'missing' }, { kind: 'found', address: 0x4004c0n }]);
  });

  test('changed and cut files give an answer, and never an error', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(kernel.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.nat(kernel.length),
        async (changes, cut) => {
          const changed = kernel.slice(0, Math.max(64, cut));
          for (const [at, byte] of changes) changed[at] = byte;
          expect(await findFunctions(rangesOf(changed), [{ name: 'probe', size: 0x60 }])).toHaveLength(1);
        },
      ),
      { numRuns: 200 },
    );
  });
});
