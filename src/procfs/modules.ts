import type { KernelModule, TableText } from '../model/system-owners.js';
import { readTable } from './table-lines.js';

/** The first line of lsmod(8), whose others are those of /proc/modules with fewer words. */
const LSMOD = /^Module\s+Size\s+Used by\b/;

/** /proc/modules (proc_modules(5)): `NAME SIZE USERS USED-BY, STATE ADDRESS (TAINTS)`; before Linux 2.6, and by lsmod(8), with fewer words. */
export function parseModules(text: string): TableText<KernelModule> {
  return readTable(text, (line) => {
    if (LSMOD.test(line)) return null;
    const match =
      /^(\S+)\s+(\d{1,15})(?:\s+(-?\d{1,9}|-))?(?:\s+(\S+))?(?:\s+(Live|Loading|Unloading))?(?:\s+\S+)?(?:\s+\(([^)]*)\))?\s*$/.exec(
        line,
      );
    if (match === null) return undefined;
    const [, name = '', size, users, usedBy = '-', state, taints] = match;
    return {
      name,
      size: Number(size),
      // Of one that is being unloaded the kernel tells -1.
      ...(users === undefined || users.startsWith('-') ? {} : { users: Number(users) }),
      usedBy: usedBy.split(',').filter((one) => one !== '' && one !== '-' && !one.startsWith('[')),
      ...(state === undefined ? {} : { state }),
      ...(taints === undefined ? {} : { taints }),
    };
  });
}
