import { describe, expect, it } from 'vitest';
import { readSharedMemory } from '../../../../src/app/map/shared-memory.js';
import { readTmpfsFiles } from '../../../../src/app/map/tmpfs-files.js';
import type { Target } from '../../../../src/app/ports.js';
import { neverCancelled } from '../../../../src/base/cancel.js';
import { err, ok } from '../../../../src/base/result.js';

/** A target on which every command says this; undefined: it is lost. */
function saying(stdout: string | undefined): Target {
  const capture: Target['capture'] = () =>
    Promise.resolve(
      stdout === undefined
        ? err({ code: 'target-unreachable', target: 'x', detail: '' })
        : ok({ exitCode: 0, stdout, stderr: '' }),
    );
  return { capture } as unknown as Target;
}

const parts = (...texts: readonly string[]): string => texts.join('--- memlens ---\n');

const SEGMENTS = `       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap
         0     294912   600                 65536   815   900      0     0     0     0     0 1795276909 1795276909 1795276909                 65536                     0
         0     294913   600                 65536   815   815      1     0     0     0     0 1795276909 1795276909 1795276909                  8192                  4096
         0     294914   600               1048576   900   815      1     0     0     0     0 1795276909 1795276909 1795276909               1048576                     0
`;

describe('shared memory that no mapping tells of', () => {
  it('the files that are open, the segments that were made, what was written, and the sum of the machine', async () => {
    const links = [
      'total 0',
      'lrwx------ 1 0 0 64 Nov 21 16:00 3 -> /dev/shm/a b',
      'lrwx------ 1 0 0 64 Nov 21 16:00 4 -> /memfd:x (deleted)',
      'lrwx------ 1 0 0 64 Nov 21 16:00 5 -> /dev/shm/a b',
      'lrwx------ 1 0 0 64 Nov 21 16:00 6 -> /home/x',
      '',
    ].join('\n');
    const files = [
      ' 7 -rw------- 1 0 0 4096 Nov 21 16:00 3',
      ' 8 -rw------- 1 0 0 100 Nov 21 16:00 4',
      ' 7 -rw------- 1 0 0 4096 Nov 21 16:00 5',
      ' 9 -rw------- 1 0 0 1000000 Nov 21 16:00 6',
      '',
    ].join('\n');
    const mounts = '20 1 254:1 / / rw - ext4 /dev/vda rw\n30 20 0:22 / /dev/shm rw,nosuid - tmpfs tmpfs rw\n';
    const text = parts(links, files, mounts, 'rchar: 5\nwchar: 77\n', 'Shmem:   12 kB\n', SEGMENTS);
    expect(await readSharedMemory(saying(text), 815, neverCancelled)).toEqual({
      machine: 12_288,
      written: 77,
      open: { files: 2, bytes: 4196 },
      segments: { count: 2, bytes: 77_824 },
    });
  });

  it('what may not be read, or is not there, is left out', async () => {
    expect(await readSharedMemory(saying(parts('', '', '', '', '', '')), 815, neverCancelled)).toEqual({});
    expect(await readSharedMemory(saying(parts('', '', '', '', '', 'key shmid cpid\n0 1 815\n')), 815, neverCancelled)).toEqual(
      {},
    );
    expect(await readSharedMemory(saying(undefined), 815, neverCancelled)).toBeUndefined();
  });
});

describe('files with a name in tmpfs', () => {
  it('are counted in all directories, and nothing else is', async () => {
    const text = [
      '+',
      '/proc/1/root/dev/shm/.:',
      'total 8',
      'drwxr-xr-x 2 0 0 60 Nov 21 16:00 .',
      '-rw------- 1 0 0 1048576 Nov 21 16:01 -rw------- 1 0 0 5 x',
      'lrwxrwxrwx 1 0 0 9 Nov 21 16:01 link -> 1 2 3',
      'srwxrwxrwx 1 0 0 0 Nov 21 16:01 socket',
      'crw------- 1 0 0 1, 3 Nov 21 16:01 null',
      '',
      '/proc/1/root/dev/shm/./sub:',
      'total 4',
      '-rw-r--r--+ 1 1000 1000 10 Nov 21  2025 y',
      '',
    ].join('\n');
    expect(await readTmpfsFiles(saying(text), 1, neverCancelled)).toEqual({ files: 2, bytes: 1_048_586 });
  });

  it('of a process without tmpfs, or one that may not be looked at, nothing is known', async () => {
    expect(await readTmpfsFiles(saying(''), 1, neverCancelled)).toBeUndefined();
    expect(await readTmpfsFiles(saying(undefined), 1, neverCancelled)).toBeUndefined();
  });
});
