import type { Bytes } from '../base/units.js';

/** A file that a process holds open. */
export interface OpenFile {
  readonly fd: number;
  readonly inode: string;
  /** What /proc/PID/fd/N leads to, as ls prints it. */
  readonly path: string;
  readonly size: Bytes;
}

/**
 * Reads two listings of /proc/PID/fd in the long form of ls(1) (POSIX): one of the links themselves, which names the files, and one of what
 * they lead to (`-i -L`), which has their inodes and sizes. A descriptor that is in one of them only was opened or closed meanwhile and is left out; so
 * is what has no size (devices).
 */
export function parseOpenFiles(links: string, files: string): readonly OpenFile[] {
  const found = new Map<number, { readonly inode: string; readonly size: Bytes }>();
  for (const line of files.split('\n')) {
    // INODE MODE LINKS OWNER GROUP SIZE MONTH DAY TIME NAME; a device has `MAJOR, MINOR` for the size.
    const match = /^ *(\d+) +-\S+ +\d+ +\S+ +\S+ +(\d+) +\S+ +\S+ +\S+ +(\d+)$/.exec(line);
    if (match?.[1] !== undefined) found.set(Number(match[3]), { inode: match[1], size: Number(match[2]) });
  }
  return links.split('\n').flatMap((line): readonly OpenFile[] => {
    const match = /^l\S+ +\d+ +\S+ +\S+ +\d+ +\S+ +\S+ +\S+ +(\d+) -> (.*)$/.exec(line);
    const fd = Number(match?.[1]);
    const file = found.get(fd);
    return match === null || file === undefined ? [] : [{ fd, path: match[2] ?? '', ...file }];
  });
}
