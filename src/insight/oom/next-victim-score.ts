import type { Bytes } from '../../base/units.js';
import { kernelVersion, kernelVersionOf } from '../../model/kernel-version.js';
import type { NextVictims, OomCandidate } from '../../model/next-victim.js';

/** Since then `proc_oom_score` gives (1000 + share + oom_score_adj) * 2/3: 666 is a process that holds nothing. */
const SHIFTED_SCORE = kernelVersion(5, 9);
const NO_ROOT_BONUS = kernelVersion(4, 17);
const PAGE: Bytes = 4096;
/** The counters are read one after the other, and the kernel rounds in pages. */
const TOLERANCE = 2;
/** So many of ten scores must come out. */
const MOST_OF_TEN = 8;

export interface Scoring {
  /**
   * `shifted`: two thirds of 1000 + share + adj; `plain`: share + adj; `old`: of the address space and the run time, before 2.6.36. Which of the first two is
   * told by the scores themselves: vendors have taken the newer one into older kernels.
   */
  readonly formula: 'shifted' | 'plain' | 'old';
  /** Scores that could be worked out again, and those that came out. */
  readonly checked: number;
  readonly right: number;
}

/** Nearly all scores follow from the memory that is told. */
export const comesOut = ({ checked, right }: Scoring): boolean => right * 10 >= checked * MOST_OF_TEN;

/** How the kernel of the list counts. */
export function scoringOf(victims: NextVictims): Scoring {
  const { candidates, kernel, usesOomAdj } = victims;
  if (usesOomAdj === true) return { formula: 'old', checked: 0, right: 0 };
  const live = candidates.filter(({ isExempt }) => !isExempt);
  const version = kernelVersionOf(kernel);
  const likely = version === undefined || version >= SHIFTED_SCORE ? 'shifted' : 'plain';
  const tries = ([likely, likely === 'shifted' ? 'plain' : 'shifted'] as const).map((formula) => ({
    formula,
    checked: live.length,
    right: live.filter((one) => isScore(one, victims, formula)).length,
  }));
  const [first, second] = tries;
  if (first === undefined || second === undefined) return { formula: likely, checked: 0, right: 0 };
  return second.right > first.right && comesOut(second) ? second : first;
}

/** The score that follows from what the process holds; undefined before 2.6.36. */
export function scoreOf({ adj, held }: OomCandidate, { total }: NextVictims, formula: Scoring['formula']): number | undefined {
  if (formula === 'old' || total <= 0) return undefined;
  // In whole pages, as the kernel does.
  const points = held + adj * Math.floor(total / PAGE / 1000) * PAGE;
  const thousandths = Math.trunc((points * 1000) / total);
  return formula === 'shifted' ? Math.max(0, Math.trunc(((1000 + thousandths) * 2) / 3)) : Math.max(0, thousandths);
}

/** Does the score follow? Of root it was 3 % less until 4.16. */
export function isScore(one: OomCandidate, victims: NextVictims, formula: Scoring['formula']): boolean {
  const told = scoreOf(one, victims, formula);
  if (told === undefined) return true;
  if (Math.abs(told - one.score) <= TOLERANCE) return true;
  const version = kernelVersionOf(victims.kernel);
  if (formula !== 'plain' || one.uid !== 0 || (version !== undefined && version >= NO_ROOT_BONUS)) return false;
  const ofOwn = told - one.share * 0.03;
  return Math.abs(ofOwn - one.score) <= TOLERANCE || Math.abs(Math.max(0, told - 30) - one.score) <= TOLERANCE;
}
