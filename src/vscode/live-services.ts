import type { LiveLook, WayOffer } from '../app/live/attach.js';
import type { LiveNews } from '../app/live/live-way.js';
import type { Probed } from '../app/live/probe-process.js';
import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import type { Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import type { HeapProfile } from '../model/heap-profile.js';
import type { LiveRates } from '../model/live.js';
import type { NamedTarget } from '../model/target-config.js';

/** A process as it was found, and the ways into it. */
export interface LiveSubject {
  readonly target: NamedTarget;
  readonly probed: Probed;
  readonly rates: LiveRates;
  /** The gentlest first. */
  readonly offers: readonly WayOffer[];
}

export interface LiveAttachment {
  readonly durationMs: Milliseconds;
  /** How many times as long the process may take; 0: no guard. */
  readonly slowdownLimit: number;
  /** Detach, and keep what was seen. */
  readonly stop: Cancel;
  readonly cancel: Cancel;
  readonly onNews: (news: Omit<LiveNews, 'profile'>) => void;
  /** What was seen until now. */
  readonly onProfile: (profile: HeapProfile) => void;
}

/** Looking into processes that run already, as the editor calls it. */
export interface LiveServices {
  /** `startTicks`: another process that has this number now is not taken for it. */
  look(
    process: { readonly target: NamedTarget; readonly pid: number; readonly startTicks?: number },
    cancel: Cancel,
  ): Promise<Result<LiveSubject, Fault>>;
  attach(subject: LiveSubject, offer: WayOffer, attachment: LiveAttachment): Promise<Result<LiveLook, Fault>>;
}

/** Loaded with the first process that is looked into. */
export type LoadLive = () => Promise<LiveServices>;
