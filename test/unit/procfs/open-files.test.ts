import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOpenFiles } from '../../../src/procfs/open-files.js';

const LINKS = `total 0
lrwx------ 1 0 0 64 Nov 21 12:00 0 -> /dev/pts/0
lrwx------ 1 0 0 64 Nov 21 12:00 3 -> /dev/shm/a b -> c
lrwx------ 1 0 0 64 Nov 21 12:00 12 -> /memfd:x (deleted)
lrwx------ 1 0 0 64 Nov 21 12:00 13 -> socket:[1234]
lr-x------ 1 1000 1000 64 Nov 21  2025 14 -> /gone
`;
const FILES = `total 4
      3 crw--w---- 1 0 5 136, 0 Nov 21 12:00 0
1048577 -rw-r--r-- 1 0 0 4096 Nov 21 12:00 3
     77 -rwxrwxrwx 0 0 0 123456789012 Nov 21 12:00 12
   1234 srwxrwxrwx 1 0 0 0 Nov 21 12:00 13
`;

describe('open files of a process', () => {
  it('are the regular files of both listings', () => {
    expect(parseOpenFiles(LINKS, FILES)).toEqual([
      { fd: 3, inode: '1048577', path: '/dev/shm/a b -> c', size: 4096 },
      { fd: 12, inode: '77', path: '/memfd:x (deleted)', size: 123_456_789_012 },
    ]);
  });

  it('never throws, whatever is in the listings', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(LINKS.length), fc.nat(FILES.length), (junk, i, j) => {
        const cut = parseOpenFiles(LINKS.slice(0, i) + junk, FILES.slice(0, j) + junk);
        expect(cut.length).toBeLessThanOrEqual(3);
      }),
    );
  });
});
