import type { SwapDevice, TableText } from '../model/system-owners.js';
import { unescapeOctal } from './mountinfo.js';
import { readTable } from './table-lines.js';

const KIB = 1024;
const DELETED = '\\040(deleted)';

/** /proc/swaps (proc_swaps(5)): `NAME TYPE SIZE USED PRIORITY`, sizes in KiB; spaces of a name are written `\040`. */
export function parseSwaps(text: string): TableText<SwapDevice> {
  return readTable(text, (line) => {
    if (line.startsWith('Filename')) return null;
    const match = /^(\S+)\s+(\S+)\s+(\d{1,15})\s+(\d{1,15})(?:\s+(-?\d{1,9}))?\s*$/.exec(line);
    if (match === null) return undefined;
    const [, name = '', type = '', size, used, priority] = match;
    const deleted = name.endsWith(DELETED);
    return {
      name: unescapeOctal(deleted ? name.slice(0, -DELETED.length) : name),
      type,
      size: Number(size) * KIB,
      used: Number(used) * KIB,
      ...(priority === undefined ? {} : { priority: Number(priority) }),
      ...(deleted ? { deleted: true } : {}),
    };
  });
}
