import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listedFiles, listedLinks } from '../../../../src/app/system/ls-lines.js';

describe('listings of ls', () => {
  it('of files: GNU, BusyBox and toybox', () => {
    const gnu = '  11804    100 -rw-r--r-- 1 0 0 100000 Nov 22 02:47 /dev/shm/./y\\nx\\ \\303\\244\n';
    expect(listedFiles(gnu, true)).toEqual([{ inode: '11804', bytes: 102_400, length: 100_000, name: '/dev/shm/./y\nx ä' }]);
    const busybox = '  11803      0 -rw-r--r--    1 0        0                0 Nov 22  2025 y?x \\303\n';
    expect(listedFiles(busybox, false)).toEqual([{ inode: '11803', bytes: 0, length: 0, name: 'y?x \\303' }]);
    const toybox = ' 77  8 -rw------- 1 0 0 5000 2026-11-22 02:47 /tmp/a b\n';
    expect(listedFiles(toybox, false)).toEqual([{ inode: '77', bytes: 8192, length: 5000, name: '/tmp/a b' }]);
    expect(
      listedFiles('total 8\n 9 0 drwx------ 2 0 0 40 Nov 22 02:47 sub\n 3 0 crw-rw-rw- 1 0 0 1, 3 Nov 22 02:47 null\n', false),
    ).toEqual([]);
  });

  it('of links, below the process that they are of', () => {
    const text = [
      '/proc/self/fd:',
      'lrwx------ 1 0 0 64 Nov 22 02:47 3 -> /memfd:own\\ (deleted)',
      '',
      '/proc/12/fd:',
      'total 0',
      'lrwx------ 1 0 0 64 Nov 22 02:47 3 -> /memfd:a\\ b\\ (deleted)',
      'l-wx------ 1 0 0 64 Nov 22 02:47 14 -> /dev/null',
      '/proc/7/fd:',
      'lrwx------ 1 0 0 64 Nov 22 02:47 0 -> socket:[1]',
    ].join('\n');
    expect(listedLinks(text, true)).toEqual([
      { pid: 12, fd: 3, target: '/memfd:a b (deleted)' },
      { pid: 12, fd: 14, target: '/dev/null' },
      { pid: 7, fd: 0, target: 'socket:[1]' },
    ]);
  });

  it('reads back every name that ls escapes', () => {
    const folder = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim();
    try {
      fc.assert(
        fc.property(
          fc
            .string({ unit: fc.constantFrom(...'abc \\\n\t"\'?*-üß测🦀\u0001\u001b\u007f\r'), minLength: 1, maxLength: 12 })
            .filter((name) => name !== '.' && name !== '..'),
          (name) => {
            const path = `${folder}/${name}`;
            execFileSync('touch', ['--', path]);
            const text = execFileSync('ls', ['-lnsikb', '--', path], {
              encoding: 'latin1',
              env: { ...process.env, LC_ALL: 'C' },
            });
            expect(listedFiles(text, true).map((file) => file.name)).toEqual([path]);
          },
        ),
        { numRuns: 40 },
      );
    } finally {
      execFileSync('rm', ['-r', '--', folder]);
    }
  });
});
