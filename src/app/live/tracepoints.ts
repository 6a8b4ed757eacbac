import { TRACEFS, TRACEPOINT } from '../../engines/live/perf-mappings.js';
import type { Target } from '../ports.js';

/**
 * The kernel's tracepoints of system calls can be used. perf is not to be asked: as root it mounts tracefs by itself where it is not, and leaves it mounted.
 */
export async function hasTracepoints(target: Target): Promise<boolean> {
  for (const directory of TRACEFS) {
    const read = await target.readBytes(`${directory}/${TRACEPOINT}`, { length: 16 });
    if (read.ok && read.value.length > 0) return true;
  }
  return false;
}
