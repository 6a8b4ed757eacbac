import type { Cancel } from '../../base/cancel.js';
import type { Listen } from '../../base/emitter.js';
import type { Fault } from '../../base/fault.js';
import type { Result } from '../../base/result.js';
import type { EngineId, Obstacle } from '../../engines/engine.js';
import type { LeakCheck, LeakCheckScope, LeakCheckTotals } from '../../model/leak-check.js';

export interface LeakCheckOptions {
  /** Default: `all`. */
  readonly scope?: LeakCheckScope;
  /** Waits no longer; a check that the program has begun goes on there, and is dropped. */
  readonly cancel?: Cancel;
}

/** A program that runs under an engine now, and can be asked for its leaks at any moment; it goes on as it would. */
export interface LiveRun {
  /** As ProfileOutcome has it: the report of a check takes the place of the one with the same key. */
  readonly key: string;
  readonly title: string;
  readonly engine: EngineId;
  /** The name of the machine where the program runs; absent: this one. */
  readonly target?: string;
  /** The leader of the program's session there. */
  readonly pid: number;
  /** Totals of all checks until now, the oldest first. */
  readonly history: readonly LeakCheckTotals[];
  /** The newest check. */
  readonly last: LeakCheck | undefined;
  /** The program is over: its end's report follows. */
  readonly isOver: boolean;
  /** A check is made, by whoever asked; or the run is over. */
  readonly onChange: Listen<void>;
  /** A check is under way. */
  readonly isChecking: boolean;
  /**
   * Why a check can't work on this run now, asked of the program without trying one: `blocking` ones keep it from being tried. Empty: it can. Something
   * that is over soon (a debugger) may stand in the way, so it is asked again each time.
   */
  obstacles(cancel?: Cancel): Promise<readonly Obstacle[]>;
  /** Checks wait for each other. A fault leaves the program as it was. */
  check(options?: LeakCheckOptions): Promise<Result<LeakCheck, Fault>>;
}
