import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { err, type Result } from '../../base/result.js';
import { MINUTE } from '../../base/units.js';
import { writeAsRoot } from './root-command.js';
import type { RootAccess } from './root-script.js';

const DROP_CACHES = '/proc/sys/vm/drop_caches';
/** What is dirty may be much, and the disk slow. */
const SYNC_LIMIT = 10 * MINUTE;

/**
 * Has the kernel write what is dirty (sync(1)), and then drop what it can make anew: the page cache, and of slab the names and inodes of files
 * (drop_caches of proc_sys_vm(5), value 3). Nothing is lost, and nothing to be undone.
 */
export async function dropCaches(
  access: RootAccess,
  cancel: Cancel,
  progress: (what: string) => void = () => undefined,
): Promise<Result<void, Fault>> {
  progress('sync');
  const synced = await access.target.capture({ argv: ['sync'] }, { cancel, timeLimitMs: SYNC_LIMIT });
  if (!synced.ok) return synced;
  if (cancel.requested) return err({ code: 'cancelled' });
  progress(DROP_CACHES);
  return writeAsRoot(access, DROP_CACHES, '3', cancel);
}
