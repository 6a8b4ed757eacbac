import type { Milliseconds } from '../base/units.js';
import type { ProcessId } from './process.js';

/** Something that happened at a moment of a series: shown as a mark. */
export interface TrendEvent {
  readonly at: Milliseconds;
  readonly kind:
    | 'process-exit'
    | 'process-exec'
    | 'process-fork'
    | 'oom-kill'
    /** Who was killed, out of the kernel's log. */
    | 'oom-victim'
    | 'gap-begin'
    | 'gap-end'
    | 'reboot'
    | 'run-begin'
    | 'run-end'
    | 'breakpoint'
    | 'mark';
  /** Absent: of the machine. */
  readonly process?: ProcessId;
  /** Data, not a sentence: the new command name, the number of OOM kills, name and number of who was killed, the name of the run, the user's text. */
  readonly detail?: string;
}

/** One that is put in from outside. */
export type MarkEvent = Omit<TrendEvent, 'at'> & { readonly at?: Milliseconds };
