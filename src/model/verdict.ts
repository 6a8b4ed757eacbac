import type { Milliseconds } from '../base/units.js';

/** What a verdict is about. Bytes, but for `vmas`, `threads` and `fds`, which are counts. */
export type GrowthMeasure = 'uss' | 'rss' | 'anonymous' | 'heap' | 'file' | 'shmem' | 'swap' | 'vmas' | 'threads' | 'fds';

/**
 * Three steps of growth that say no more than the window allows (growing from 5 minutes, suspected-leak from 30, leak from an
 * hour), four shapes that are no leak, and no verdict yet.
 */
export type VerdictState =
  | 'growing'
  | 'suspected-leak'
  | 'leak'
  | 'not-growing'
  | 'levelled-off'
  | 'saw-tooth'
  | 'daily-rhythm'
  | 'undecided';

const GROWTH: readonly VerdictState[] = ['growing', 'suspected-leak', 'leak'];

/** 3 for a leak, 0 for what does not grow. */
export const seriousness = ({ state }: Pick<Verdict, 'state'>): number => GROWTH.indexOf(state) + 1;

export const isGrowth = (state: VerdictState): boolean => GROWTH.includes(state);

/** In a line or a cell; the sentence is made by `insight/growth/words`. */
export const VERDICT_NAMES: Readonly<Record<VerdictState, string>> = {
  growing: 'growing',
  'suspected-leak': 'suspected leak',
  leak: 'leak',
  'not-growing': 'not growing',
  'levelled-off': 'levelled off',
  'saw-tooth': 'saw-tooth',
  'daily-rhythm': 'daily rhythm',
  undecided: 'no verdict yet',
};

/** What may be done about a verdict. */
export interface NextStep {
  readonly action: 'profile' | 'show-map' | 'record' | 'keep-watching' | 'show-processes';
  readonly title: string;
}

export interface GrowthLimit {
  readonly kind: 'cgroup' | 'ram' | 'rlimit' | 'vma-count' | 'threads' | 'fds';
  /** In the unit of the measure. */
  readonly value: number;
  /** At the rate of the verdict; [earliest, latest] from its error; latest is absent when the lower rate never gets there. */
  readonly reachedInMs: Milliseconds;
  readonly earliestMs: Milliseconds;
  readonly latestMs?: Milliseconds;
}

/** Why a verdict is what it is; `insight/growth/words` turns it into a sentence. */
export interface VerdictReason {
  readonly code:
    | 'too-short'
    | 'too-few-samples'
    | 'gaps'
    | 'warm-up-skipped'
    | 'trend-significant'
    | 'trend-not-significant'
    | 'effect-small'
    | 'slowing-down'
    | 'steady'
    | 'beneath-warm-up'
    | 'steps-carry-growth'
    | 'falls-back'
    | 'floor-rises'
    | 'periodic'
    | 'windows-agree'
    | 'windows-disagree';
  /** Figures by name, in the unit of the measure and milliseconds. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface Verdict {
  readonly state: VerdictState;
  readonly measure: GrowthMeasure;
  readonly unit: 'bytes' | 'count';
  /** What was judged: the end of the series, this long. */
  readonly windowMs: Milliseconds;
  readonly samples: number;
  /** Of the floor of the series over the window; absent when there are too few samples to say. */
  readonly ratePerHour?: number;
  /** Half of the 95 % interval of the rate. */
  readonly errorPerHour?: number;
  /** About how much longer until there is a verdict, or a stronger one. */
  readonly moreMs?: Milliseconds;
  readonly limit?: GrowthLimit;
  readonly reasons: readonly VerdictReason[];
}
