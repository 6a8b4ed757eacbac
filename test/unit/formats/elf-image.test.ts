import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ELF_IMAGE_BYTES, parseElfImage } from '../../../src/formats/elf-image.js';

const plain = new Uint8Array(readFileSync(new URL('../../fixtures/gcc/12.2.0/elf/plain', import.meta.url)));

interface Header {
  readonly type: number;
  readonly flags?: number;
  readonly offset?: number;
  readonly address?: number;
  readonly fileSize?: number;
  readonly memorySize?: number;
}

/** The first bytes of an ELF file with these program headers. */
function made(bits: 32 | 64, littleEndian: boolean, type: number, headers: readonly Header[]): Uint8Array {
  const is64 = bits === 64;
  const [head, entry] = is64 ? [64, 56] : [52, 32];
  const bytes = new Uint8Array(head + entry * headers.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, littleEndian ? 1 : 2]);
  const word = (at: number, value = 0): void => {
    if (is64) view.setBigUint64(at, BigInt(value), littleEndian);
    else view.setUint32(at, value, littleEndian);
  };
  view.setUint16(16, type, littleEndian);
  word(is64 ? 32 : 28, head);
  view.setUint16(is64 ? 54 : 42, entry, littleEndian);
  view.setUint16(is64 ? 56 : 44, headers.length, littleEndian);
  for (const [i, { type: kind, flags = 0, offset, address, fileSize, memorySize }] of headers.entries()) {
    const at = head + i * entry;
    view.setUint32(at, kind, littleEndian);
    view.setUint32(at + (is64 ? 4 : 24), flags, littleEndian);
    word(at + (is64 ? 8 : 4), offset);
    word(at + (is64 ? 16 : 8), address);
    word(at + (is64 ? 32 : 16), fileSize);
    word(at + (is64 ? 40 : 20), memorySize);
  }
  return bytes;
}

describe('program headers', () => {
  it('of a real program: its code with what is read-only, and its data with bss', () => {
    const image = parseElfImage(plain.subarray(0, ELF_IMAGE_BYTES));
    expect(image).toMatchObject({ bits: 64, fixed: false, relro: { address: expect.any(Number) } });
    expect(image?.loads.map(({ writable, executable }) => `${writable ? 'w' : '-'}${executable ? 'x' : '-'}`)).toEqual([
      '-x',
      'w-',
    ]);
    expect(image!.loads[0]).toMatchObject({ offset: 0, address: 0 });
    const { fileSize, memorySize } = image!.loads[1]!;
    expect(memorySize).toBeGreaterThan(fileSize);
  });

  for (const bits of [32, 64] as const) {
    for (const littleEndian of [true, false]) {
      it(`of ${bits} bits, ${littleEndian ? 'little' : 'big'} endian, in the order of addresses`, () => {
        const head = made(bits, littleEndian, 2, [
          { type: 1, flags: 6, offset: 0x2000, address: 0x12000, fileSize: 0x10, memorySize: 0x5000 },
          { type: 2, address: 0x12000, memorySize: 8 },
          { type: 1, flags: 5, offset: 0, address: 0x10000, fileSize: 0x1800, memorySize: 0x1800 },
          { type: 0x6474e552, address: 0x12000, memorySize: 0x1000 },
        ]);
        expect(parseElfImage(head)).toEqual({
          bits,
          fixed: true,
          loads: [
            { offset: 0, address: 0x10000, fileSize: 0x1800, memorySize: 0x1800, writable: false, executable: true },
            { offset: 0x2000, address: 0x12000, fileSize: 0x10, memorySize: 0x5000, writable: true, executable: false },
          ],
          relro: { address: 0x12000, size: 0x1000 },
        });
      });
    }
  }

  it('none of an object file, of a core file, of a text, or where they lie beyond what was read', () => {
    const one: readonly Header[] = [{ type: 1, flags: 5, address: 0x1000, fileSize: 10, memorySize: 10 }];
    expect(parseElfImage(made(64, true, 3, one))).toBeDefined();
    expect(parseElfImage(made(64, true, 1, one))).toBeUndefined();
    expect(parseElfImage(made(64, true, 4, one))).toBeUndefined();
    expect(parseElfImage(made(64, true, 3, []))).toBeUndefined();
    expect(parseElfImage(new TextEncoder().encode('#!/bin/sh\n'.repeat(200)))).toBeUndefined();
    expect(parseElfImage(plain.subarray(0, 500))).toBeUndefined();
  });

  it('any bytes: no throw, and sizes that can be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 800 }), fc.array(fc.tuple(fc.nat(900), fc.nat(255))), (length, changes) => {
        const bytes = plain.slice(0, Math.max(length, changes.length > 0 ? ELF_IMAGE_BYTES : 0));
        for (const [at, byte] of changes) if (at > 3 && at < bytes.length) bytes[at] = byte;
        for (const load of parseElfImage(bytes)?.loads ?? []) {
          expect(load.fileSize).toBeLessThanOrEqual(load.memorySize);
          expect(Number.isSafeInteger(load.address + load.memorySize)).toBe(true);
        }
      }),
    );
  });
});
