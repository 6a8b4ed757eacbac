import type { SysvSegment, TableText } from '../model/system-owners.js';
import { readTable } from './table-lines.js';

/** SHM_DEST of the kernel: the segment goes when the last one lets go of it. */
const REMOVED = 0o1000;

/**
 * /proc/sysvipc/shm (sysvipc(7)): `key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime ctime rss swap`. The columns are
 * found by their names in the first line; without it, they are those of the kernel.
 */
export function parseSysvipcShm(text: string): TableText<SysvSegment> {
  let columns = 'key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime ctime rss swap'.split(' ');
  return readTable(text, (line) => {
    const words = line.trim().split(/\s+/);
    if (words[0] === 'key') {
      columns = words;
      return null;
    }
    const numbers = new Map<string, number>();
    for (const [index, name] of columns.entries()) {
      const word = words[index] ?? '';
      if (/^-?\d{1,20}$/.test(word)) numbers.set(name, name === 'perms' ? Number.parseInt(word, 8) : Number(word));
      else if (word !== '') return undefined;
    }
    return segment(numbers);
  });
}

function segment(numbers: ReadonlyMap<string, number>): SysvSegment | undefined {
  const [id, size, attached] = [numbers.get('shmid'), numbers.get('size'), numbers.get('nattch')];
  if (id === undefined || size === undefined || attached === undefined) return undefined;
  const [resident, swapped] = [numbers.get('rss'), numbers.get('swap')];
  return {
    key: numbers.get('key') ?? 0,
    id,
    size,
    creator: numbers.get('cpid') ?? 0,
    last: numbers.get('lpid') ?? 0,
    attached,
    uid: numbers.get('uid') ?? 0,
    ...(resident === undefined ? {} : { resident }),
    ...(swapped === undefined ? {} : { swapped }),
    removed: ((numbers.get('perms') ?? 0) & REMOVED) !== 0,
  };
}
