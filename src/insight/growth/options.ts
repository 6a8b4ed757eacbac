import type { Bytes, Milliseconds } from '../../base/units.js';
import type { GrowthLimit, GrowthMeasure } from '../../model/verdict.js';

/** A bound that the measure runs towards: what it holds now is not always the series (a cgroup has other members). */
export interface LimitCandidate {
  readonly kind: GrowthLimit['kind'];
  /** In the unit of the measure. */
  readonly value: number;
  /** How much of it is taken now. For RAM: value = now + what is available. */
  readonly now: number;
}

export interface JudgeOptions {
  readonly measure: GrowthMeasure;
  /** By default as the measure has it. */
  readonly unit?: 'bytes' | 'count';
  /** 4096 by default: no change smaller than this is looked for in bytes. */
  readonly pageSize?: Bytes;
  /** When the process started, by the clock of the points: its first minute is start-up. */
  readonly startedAt?: Milliseconds;
  readonly limits?: readonly LimitCandidate[];
}

export const unitOf = (options: JudgeOptions): 'bytes' | 'count' =>
  options.unit ?? (['vmas', 'threads', 'fds'].includes(options.measure) ? 'count' : 'bytes');
