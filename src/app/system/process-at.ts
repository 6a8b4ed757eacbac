import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import { utf8Text } from '../../base/utf8.js';
import { parseStatLayout } from '../../procfs/stat-layout.js';
import type { Target } from '../ports.js';
import type { KeptProcess } from '../subject.js';

/**
 * The process that has this number now, if it is still called so (`name` empty: whatever it is called): a number may be another process's since it was listed. Faults:
 * `not-found`, and those of the target.
 */
export async function processAt(target: Target, pid: number, name: string): Promise<Result<KeptProcess, Fault>> {
  const gone: Result<never, Fault> = err({ code: 'not-found', path: `/proc/${pid}`, what: 'process' });
  // Files of /proc tell no size: as much as such a line can have.
  const read = await target.readBytes(`/proc/${pid}/stat`, { length: 4096 });
  if (!read.ok) return read.error.code === 'not-found' || read.error.code === 'unreadable' ? gone : read;
  const layout = parseStatLayout(String.fromCharCode(...read.value));
  const line = utf8Text(read.value);
  const command = line.slice(line.indexOf('(') + 1, line.lastIndexOf(')'));
  if (layout === undefined || (name !== '' && command !== name)) return gone;
  return ok({ pid, startTicks: layout.startTicks, command });
}
