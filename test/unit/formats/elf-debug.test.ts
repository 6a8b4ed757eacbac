import { readFileSync } from 'node:fs';
import { crc32 as zlibCrc } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../../../src/formats/crc32.js';
import { linkedAddress, parseElfDebug } from '../../../src/formats/elf-debug.js';
import { ElfNames } from '../../../src/formats/elf-names.js';

const rangesOf = (bytes: Uint8Array) => (offset: number, length: number) =>
  Promise.resolve(bytes.subarray(Math.max(0, offset), Math.max(0, offset) + length));

test('CRC-32 is that of zlib, in pieces or at once', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, cut) => {
      expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(zlibCrc(bytes));
    }),
  );
});

describe('an ELF file with its names', () => {
  const bytes = new Uint8Array(readFileSync(process.execPath).subarray(0, 1 << 16));

  test('changed bytes give what can be read, and never an error', async () => {
    const whole = await parseElfDebug(rangesOf(bytes));
    expect(whole?.loads.length).toBeGreaterThan(0);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(4095), fc.nat(255)), { minLength: 1, maxLength: 8 }), async (changes) => {
        const changed = bytes.slice();
        for (const [at, byte] of changes) changed[at] = byte;
        const read = rangesOf(changed);
        const elf = await parseElfDebug(read);
        const names = elf === undefined ? undefined : await ElfNames.read(read, elf);
        names?.at(0x1000);
      }),
      { numRuns: 200 },
    );
  });

  test('an offset in the file is an address of the PT_LOAD that it lies in; one with code comes first', () => {
    const load = (offset: number, address: number, fileSize: number, executable: boolean) => ({
      offset,
      address,
      fileSize,
      memorySize: fileSize + 0x100,
      writable: false,
      executable,
    });
    const loads = [load(0, 0x200000, 0x1800, false), load(0x1000, 0x402000, 0x2000, true)];
    expect([0x800, 0x1400, 0x2fff, 0x3000].map((offset) => linkedAddress(offset, loads))).toEqual([
      0x200800,
      0x402400,
      0x403fff,
      undefined,
    ]);
  });
});
