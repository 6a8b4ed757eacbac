import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import { type ListedLink, listedLinks } from './ls-lines.js';
import type { SystemLook } from './system-look.js';
import { PROCESS_SCRIPT } from './system-scripts.js';

/** Of all processes; what is not read until then is said. */
const LIMIT_MS: Milliseconds = 15_000;
/** Of one look at some of them: reading one hangs for as long as it changes its address space. */
const BATCH_LIMIT_MS: Milliseconds = 5000;
/** After a look that took less than this, the next one is at more processes. */
const SHORT_MS: Milliseconds = 1000;
const FIRST_BATCH = 64;
const LARGEST_BATCH = 512;

/** The file with PSS and USS; `none` without CONFIG_PROC_PAGE_MONITOR. */
export type SumsFile = 'smaps_rollup' | 'smaps' | 'none';

export interface ProcessTexts {
  /** `/proc/PID/status` and the file of the sums. */
  readonly texts: ReadonlyMap<string, string>;
  /** Open files that may be memory. */
  readonly links: readonly ListedLink[];
}

/** Reads processes some at a time, so that one that hangs costs little, and the time is bounded. */
export async function lookAtProcesses(
  look: SystemLook,
  pids: readonly string[],
  sums: SumsFile,
): Promise<Result<ProcessTexts, Fault>> {
  const read = new Reading(look, sums);
  const left = [...pids];
  let size = FIRST_BATCH;
  let late = 0;
  while (left.length > 0 && read.spent < LIMIT_MS) {
    look.progress(`processes, ${pids.length - left.length} of ${pids.length}`);
    const batch = left.splice(0, size);
    const { fault, took } = await read.batch(batch);
    if (fault === undefined) {
      if (took < SHORT_MS) size = Math.min(LARGEST_BATCH, size * 4);
    } else if (fault.code === 'cancelled') return err(fault);
    else if (fault.code === 'time-out' && batch.length > 1) {
      // The one that hangs is among them: the others are asked again, fewer at a time.
      size = Math.ceil(batch.length / 8);
      left.push(...batch);
    } else late += batch.length;
  }
  look.miss(`/proc/PID/${sums === 'none' ? 'status' : sums}`, 'not-in-time', late + left.length);
  if (sums === 'none') look.miss('/proc/PID/smaps', 'absent');
  else look.miss(`/proc/PID/${sums}`, 'permission', read.refused);
  if (read.withoutList) look.miss('ls /proc/PID/fd', 'unreadable');
  else look.miss('/proc/PID/fd', 'permission', read.refusedOpen);
  return ok(read);
}

class Reading implements ProcessTexts {
  readonly texts = new Map<string, string>();
  readonly links: ListedLink[] = [];
  spent: Milliseconds = 0;
  refused = 0;
  refusedOpen = 0;
  /** There is no ls. */
  withoutList = false;

  constructor(
    private readonly look: SystemLook,
    private readonly sums: SumsFile,
  ) {}

  async batch(pids: readonly string[]): Promise<{ readonly fault?: Fault; readonly took: Milliseconds }> {
    const began = Date.now();
    const read = await this.look.run(PROCESS_SCRIPT, [this.sums, ...pids], BATCH_LIMIT_MS);
    const took = Math.max(0, Date.now() - began);
    this.spent += took;
    if (!read.ok) return { fault: read.error, took };
    const { texts, failed } = read.value;
    for (const [path, text] of texts) if (path.startsWith('/proc/')) this.texts.set(path, text);
    for (const path of failed.keys()) if (this.hasMemory(path, `/${this.sums}`)) this.refused++;
    this.links.push(...listedLinks(texts.get('fds') ?? '', texts.get('escapes')?.trim() === 'b'));
    const said = texts.get('fds-refused') ?? '';
    if (/ls\b.*not found/.test(said)) this.withoutList = true;
    const denied = new Set([...said.matchAll(/\/proc\/(\d+)\/fd\b[^\n]*denied/gi)].map(([, pid]) => pid ?? ''));
    for (const pid of denied) if (this.hasMemory(`/proc/${pid}/fd`, '/fd')) this.refusedOpen++;
    return { took };
  }

  /** Threads of the kernel have none, and nothing to tell of it. */
  private hasMemory(path: string, end: string): boolean {
    return path.endsWith(end) && /^VmRSS:/m.test(this.texts.get(`${path.slice(0, -end.length)}/status`) ?? '');
  }
}
