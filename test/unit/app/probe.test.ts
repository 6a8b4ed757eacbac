import { describe, expect, test } from 'vitest';
import { readFacts } from '../../../src/app/probe.js';

const line = (key: string, value: string): string => `${key}\t${value}\n`;

describe('the facts of a target', () => {
  test('a Debian machine with gcc and valgrind', () => {
    const facts = readFacts(
      line('machine', 'x86_64') +
        line('c', 'cc') +
        line('c.version', 'cc (Debian 12.2.0-14+deb12u1) 12.2.0 Copyright (C) 2022') +
        line('c.asan', '/usr/lib/gcc/x86_64-linux-gnu/12/libasan.so') +
        line('c.lsan', '/usr/lib/gcc/x86_64-linux-gnu/12/liblsan.so') +
        line('valgrind', '/usr/bin/valgrind') +
        line('valgrind.version', 'valgrind-3.19.0') +
        line('lsan', '/usr/lib/x86_64-linux-gnu/liblsan.so.0') +
        line('heaptrack.library', '/usr/lib/heaptrack/libheaptrack_preload.so') +
        line('heaptrack.interpreter', '/usr/lib/heaptrack/libexec/heaptrack_interpret') +
        line('symbolizer', '/usr/bin/addr2line') +
        line('setarch', 'yes') +
        line('mmapRndBits', '28') +
        line('os', 'ID=ubuntu') +
        line('os', 'ID_LIKE="debian other"'),
    );
    expect(facts).toEqual({
      machine: 'x86_64',
      c: { command: 'cc', family: 'gcc', version: '12.2.0', asan: true, lsan: true },
      valgrind: { path: '/usr/bin/valgrind', version: '3.19.0' },
      lsanRuntime: '/usr/lib/gcc/x86_64-linux-gnu/12/liblsan.so',
      heaptrack: {
        library: '/usr/lib/heaptrack/libheaptrack_preload.so',
        interpreter: '/usr/lib/heaptrack/libexec/heaptrack_interpret',
      },
      symbolizer: { path: '/usr/bin/addr2line', kind: 'addr2line' },
      setarch: true,
      mmapRndBits: 28,
      distribution: ['ubuntu', 'debian', 'other'],
    });
  });

  test('the first compiler with a runtime is taken, else the first one', () => {
    const two =
      line('c', 'cc') + line('c.version', 'cc 12.1.0') + line('c', 'clang') + line('c.version', 'Debian clang version 14.0.6 x');
    expect(readFacts(two).c).toMatchObject({ command: 'cc', asan: false });
    expect(readFacts(two + line('c.asan', '/x/libclang_rt.asan-x86_64.a')).c).toEqual({
      command: 'clang',
      family: 'clang',
      version: '14.0.6',
      asan: true,
      lsan: false,
    });
  });

  test('nothing there, and garbage, leave everything out', () => {
    expect(readFacts('')).toEqual({ distribution: [] });
    // One half of heaptrack is none.
    expect(readFacts(line('heaptrack.library', '/x.so'))).toEqual({ distribution: [] });
    expect(readFacts('\t\t\nc.asan\tx\nmmapRndBits\tmany\nno tab')).toEqual({ distribution: [] });
  });
});
