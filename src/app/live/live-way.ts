import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import type { Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { Obstacle } from '../../engines/engine.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import type { LiveMachine, LiveOutcome, LivePrice, LiveProcess, LiveRates, LiveWayId } from '../../model/live.js';
import type { Clock, Log, Target } from '../ports.js';

/** C and Python sources that are used on the machine of the process (media/), by their names there. */
export interface LiveHelpers {
  /** Absolute path of a file of media/ on this machine. */
  readonly media: (name: string) => string;
  /** What is in it. */
  readonly text: (name: string) => Promise<Result<string, Fault>>;
  /** A directory of our own on the target, kept between runs, for what is built of them. */
  readonly cache: string;
}

/** One look into a process, from attaching to detaching. */
export interface LiveSession {
  readonly target: Target;
  readonly clock: Clock;
  readonly log: Log;
  readonly helpers: LiveHelpers;
  readonly process: LiveProcess;
  readonly machine: LiveMachine;
  /** Measured before; absent: they could not be. */
  readonly rates?: LiveRates;
  /** An empty directory of our own on the target; it is removed afterwards. */
  readonly work: string;
  /** How long to look; a way that looks once may take less. */
  readonly durationMs: Milliseconds;
  /** Detach now; what was seen until then is wanted. */
  readonly stop: Cancel;
  /** Detach now; nothing is wanted any more. */
  readonly cancel: Cancel;
  /** It is attached, detached, or something was learned; a profile of what was seen until now may come with it. */
  news(news: LiveNews): void;
}

export interface LiveNews {
  readonly phase: 'preparing' | 'waiting' | 'attached' | 'reading';
  /** In a few words, for a person. */
  readonly words?: string;
  readonly profile?: HeapProfile;
}

/**
 * A way to look into a process that runs already. Whatever happens (the end of the time, Stop, a cancel, a lost connection, the end of MemLens, of
 * the process or of the tool), the process goes on, or ends, as it would have without us, and nothing of ours is left in or beside it.
 */
export interface LiveWay {
  readonly id: LiveWayId;
  /** For a person: `Page faults (perf)`. */
  readonly title: string;
  /** What it finds, and what it can't see, in a sentence. */
  readonly gives: string;
  /** Everything that stands in its way on this process; empty when it can work. Pure. */
  obstacles(process: LiveProcess, machine: LiveMachine): readonly Obstacle[];
  /** Pure. `rates` is absent until they are measured. */
  price(process: LiveProcess, rates: LiveRates | undefined): LivePrice;
  run(session: LiveSession): Promise<Result<LiveOutcome, Fault>>;
}
