import { expect, it } from 'vitest';
import { compareVersions, parseCompilerVersion, parseValgrindVersion } from '../../../src/formats/compiler-version.js';

const copyright = '\nCopyright (C) 2022 Free Software Foundation, Inc.\nThis is free software; see the source...\n';

it.each([
  ['gcc (Debian 12.2.0-14+deb12u1) 12.2.0', '12.2.0'],
  ['cc (Ubuntu 13.3.0-6ubuntu2~24.04) 13.3.0', '13.3.0'],
  ['g++ (GCC) 4.8.5 20150623 (Red Hat 4.8.5-44)', '4.8.5'],
  ['aarch64-linux-gnu-gcc-12 (Debian 12.2.0-14) 12.2.0', '12.2.0'],
  ['arm-none-eabi-gcc-10.3 (GNU Arm (x) 10.3-2021.10) 10.3.1 20210824', '10.3.1'],
  ['gcc (SUSE Linux) 7.5.0', '7.5.0'],
  ['gcc (Gentoo 15.0.1_pre (p3)) 15.0.1 20250101 (experimental)', '15.0.1'],
])('reads %s', (line, version) => {
  expect(parseCompilerVersion(line + copyright)).toEqual({ family: 'gcc', version, apple: false });
});

it.each([
  ['Debian clang version 14.0.6\nTarget: x86_64-pc-linux-gnu\n', '14.0.6', false],
  ['Ubuntu clang version 18.1.3 (1ubuntu1)\n', '18.1.3', false],
  ['clang version 17.0.0 (https://github.com/llvm/llvm-project abc)\n', '17.0.0', false],
  ['Apple clang version 15.0.0 (clang-1500.3.9.4)\n', '15.0.0', true],
  ['Apple LLVM version 10.0.1 (clang-1001.0.46.4)\n', '10.0.1', true],
])('reads %j', (text, version, apple) => {
  expect(parseCompilerVersion(text)).toEqual({ family: 'clang', version, apple });
});

it('knows no other compiler', () => {
  expect(parseCompilerVersion('tcc version 0.9.27 (x86_64 Linux)\n')).toBeUndefined();
  expect(parseCompilerVersion('')).toBeUndefined();
  expect(parseCompilerVersion('GNU Make 4.3\nCopyright (C) 2020 Free Software Foundation, Inc.\n')?.version).not.toBe('2020');
});

it('reads the version of valgrind', () => {
  expect(parseValgrindVersion('valgrind-3.19.0\n')).toBe('3.19.0');
  expect(parseValgrindVersion('valgrind-3.24.0.GIT\n')).toBe('3.24.0');
  expect(parseValgrindVersion('valgrind: not found\n')).toBeUndefined();
});

it('compares by numbers', () => {
  expect(compareVersions('3.9', '3.19.0')).toBeLessThan(0);
  expect(compareVersions('10', '9.4.0')).toBeGreaterThan(0);
  expect(compareVersions('8', '8.0.0')).toBe(0);
  expect(compareVersions('', 'x')).toBe(0);
});
