import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { ProcessKey } from '../../model/process.js';
import { parseStatLayout } from '../../procfs/stat-layout.js';
import type { Target } from '../ports.js';

/**
 * That the number is still this process's: the kernel gives numbers again. Asked before something is done to it that the map can't take back. Faults:
 * `not-found` (it has ended, or another one has its number), and those of the target.
 */
export async function sameProcess(target: Target, { pid, startTicks }: ProcessKey): Promise<Result<void, Fault>> {
  // Files of /proc tell no size: as much as such a line can have.
  const read = await target.readBytes(`/proc/${pid}/stat`, { length: 4096 });
  if (!read.ok && read.error.code !== 'not-found' && read.error.code !== 'unreadable') return read;
  // Byte by byte: only the command may hold more than ASCII, and it is not looked at.
  const layout = read.ok ? parseStatLayout(String.fromCharCode(...read.value)) : undefined;
  const isSame = layout?.startTicks === startTicks && layout.state !== 'Z' && layout.state !== 'X';
  return isSame ? ok(undefined) : err({ code: 'not-found', path: `/proc/${pid}`, what: 'process' });
}
