import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byteRange, fileFault, statFacts } from '../../../src/node/shell-files.js';

describe('files by the tools of a shell', () => {
  test.each([
    ['81ed 1234 1700000000\n', { kind: 'file', size: 1234, executable: true, mode: 0o100755, modifiedMs: 1_700_000_000_000 }],
    ['41ed 4096 -5', { kind: 'directory', mode: 0o040755, modifiedMs: -5000 }],
    ['11a4 0 0', { kind: 'fifo', executable: false }],
    ['ls 1700000000 -rwxr-x--- 1 0 0 99999999999 Nov 14  2023 a b', { kind: 'file', size: 99_999_999_999, mode: 0o100750 }],
    ['ls 0 drwxrwxrwt    3 0        0             4096 Nov 21 09:00 /tmp', { kind: 'directory', mode: 0o041777 }],
    ['ls 0 -rwsr-Sr-T 1 0 0 1 Nov 21 09:00 x', { mode: 0o107744, executable: true }],
    ['ls 0 crw-rw-rw- 1 0 0 1, 3 Nov 21 09:00 /dev/null', { kind: 'other', size: 0, mode: 0o020666 }],
    ['ls 0 -rw-r--r--+ 1 0 0 5 Nov 21 09:00 acl', { kind: 'file', size: 5 }],
    ['ls 0 srwxrwxrwx 1 0 0 0 Nov 21 09:00 s', { kind: 'other', mode: 0o140777 }],
  ])('%s', (text, facts) => {
    expect(statFacts(text)).toMatchObject(facts);
  });

  test('a time that the target can not tell is not known', () => {
    expect(statFacts('ls ? -rw-r--r-- 1 0 0 5 Nov 21 09:00 x')).toEqual({
      kind: 'file',
      size: 5,
      executable: false,
      mode: 0o100644,
    });
  });

  test('anything else is no fact, and does not throw', () => {
    for (const text of ['', 'ls', 'stat: x', 'ls 0 total 4', 'xyz 1 2', 'ls 0 -rw-r--r-- 1'])
      expect(statFacts(text)).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => void statFacts(text)));
  });

  test('a part of a file is cut out of the blocks that hold it', () => {
    fc.assert(
      fc.property(fc.nat(300_000), fc.option(fc.integer({ min: 1, max: 600_000 }), { nil: undefined }), (offset, length) => {
        const file = Uint8Array.from({ length: 400_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);
        const { script, cut } = byteRange('x', offset, length);
        const [, bs, skip, count] = /bs=(\d+) skip=(\d+)(?: count=(\d+))?/.exec(script)?.map(Number) ?? [];
        // What dd, cat or head would print.
        const output = script.startsWith('dd')
          ? file.subarray(
              Number(bs) * Number(skip),
              Number.isNaN(count) ? undefined : Number(bs) * (Number(skip) + Number(count)),
            )
          : file.subarray(0, length);
        expect(Buffer.compare(cut(output), file.subarray(offset, length === undefined ? undefined : offset + length))).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ["cat: '/x: y': No such file or directory\n", 'not-found'],
    ['sh: 1: cannot create /no/x: Directory nonexistent', 'not-found'],
    ['sh: 1: cannot open /x: No such file', 'not-found'],
    ['ls: /x/.: Not a directory', 'not-found'],
    ['ksh93: /no/x: cannot create [No such file or directory]', 'not-found'],
    ['zsh:1: no such file or directory: /no/x: y', 'not-found'],
    ['zsh: permission denied: /x', 'permission'],
    ['cat: Permission denied.txt: Is a directory', 'unreadable'],
    ['mkdir: cannot create directory ‘/x’: Read-only file system', 'permission'],
    ['cat: write error: No space left on device', 'disk-full'],
    ['cat: -: Disk quota exceeded', 'disk-full'],
    ['', 'unreadable'],
  ])('%s', (stderr, code) => {
    expect(fileFault('/x', 'read', stderr)).toMatchObject({ code, path: '/x' });
  });
});
