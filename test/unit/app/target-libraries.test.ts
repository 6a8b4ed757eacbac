import { expect, test } from 'vitest';
import { readMissing } from '../../../src/app/target-libraries.js';

test('what the loaders of glibc and musl say of missing libraries', () => {
  const glibc =
    '\tlinux-vdso.so.1 (0x00007ffd)\n\tlibasan.so.8 => not found\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)\n\t/lib64/ld-linux-x86-64.so.2 (0x7f)\n';
  expect(readMissing(glibc)).toEqual(['libasan.so.8']);
  expect(
    readMissing('./p: error while loading shared libraries: libx.so.1: cannot open shared object file: No such file'),
  ).toEqual(['libx.so.1']);
  expect(readMissing('Error loading shared library libasan.so.8: No such file or directory (needed by ./p)')).toEqual([
    'libasan.so.8',
  ]);
  expect(readMissing('')).toEqual([]);
});
