import { expect, test } from 'vitest';
import { mergeSpaces, type ProcessSpace, rangeAt } from '../../../../src/app/symbols/process-space.js';

const module = (path: string, inode: string) => ({ path, isDeleted: false, device: '08:01', inode, firstRange: '' });

test('of two readings what was unloaded is kept, and what came in its place is nobody’s', () => {
  const early: ProcessSpace = {
    pid: 1,
    modules: [module('/t/a', '1'), module('/t/gone.so', '2'), module('/t/old.so', '3')],
    ranges: [
      { start: 0x1000, end: 0x3000, offset: 0x1000, module: 0 },
      { start: 0x5000, end: 0x6000, offset: 0, module: 1 },
      { start: 0x8000, end: 0xa000, offset: 0, module: 2 },
    ],
  };
  const late: ProcessSpace = {
    pid: 1,
    modules: [module('/t/new.so', '4'), module('/t/a', '1')],
    ranges: [
      { start: 0x1000, end: 0x3000, offset: 0x1000, module: 1 },
      { start: 0x9000, end: 0xb000, offset: 0, module: 0 },
    ],
  };
  const both = mergeSpaces(early, late);
  const at = (address: number): string | undefined => {
    const range = rangeAt(both, address);
    return range === undefined
      ? undefined
      : `${both.modules[range.module]?.path} ${(address - range.start + range.offset).toString(16)}`;
  };
  expect([0xfff, 0x1800, 0x3000].map(at)).toEqual([undefined, '/t/a 1800', undefined]);
  expect(at(0x5800)).toBe('/t/gone.so 800');
  expect(at(0x8800)).toBe('/t/old.so 800');
  // Both have lain there.
  expect(at(0x9800)).toBeUndefined();
  expect(at(0xa800)).toBe('/t/new.so 1800');
});
