import type { Bytes } from '../base/units.js';
import type { ProcessKey } from './process.js';

/** A process as the OOM killer sees it. */
export interface OomCandidate extends ProcessKey {
  /** Its name (comm), of any characters. */
  readonly name: string;
  readonly uid?: number;
  /** /proc/PID/oom_score: who has most is killed first. */
  readonly score: number;
  /** /proc/PID/oom_score_adj: -1000 to 1000; 0 where the kernel has none. */
  readonly adj: number;
  /** /proc/PID/oom_adj: -17 to 15. Only of kernels before 2.6.36, which have no oom_score_adj. */
  readonly oomAdj?: number;
  /** Only of those, which count it. */
  readonly vmSize?: Bytes;
  readonly rss: Bytes;
  readonly swap: Bytes;
  readonly pageTables: Bytes;
  /** What the kernel counts against it: RSS, swap and page tables. */
  readonly held: Bytes;
  /** `held` in thousandths of `NextVictims.total`, rounded down. */
  readonly share: number;
  /** It is never chosen: oom_score_adj is -1000 (oom_adj -17), or it is the first process of the machine. */
  readonly isExempt: boolean;
}

/** Who would be killed if memory ran out now, in the whole machine. */
export interface NextVictims {
  /** Who goes first, first. Processes that have no memory of their own (threads of the kernel, zombies) are not in it. */
  readonly candidates: readonly OomCandidate[];
  /** What shares are of: the memory and swap of the machine. */
  readonly total: Bytes;
  /** The kernel has oom_adj and no oom_score_adj: it is older than 2.6.36. Absent: it has. */
  readonly usesOomAdj?: true;
  /** `uname -r`. */
  readonly kernel?: string;
  /** Processes that ended while they were read, or could not be read whole. */
  readonly unread: number;
  /** `hidden`: /proc hides the processes of others (hidepid); `container`: only those of a container are seen. Absent: all are. */
  readonly partly?: 'hidden' | 'container';
}
