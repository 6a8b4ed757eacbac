import { formatBytes } from '../../base/units.js';
import type { Verdict } from '../../model/verdict.js';

/** Actions are those of NextStep in protocol/trends. */
export interface VerdictWords {
  readonly title: string;
  readonly reasons: readonly string[];
  readonly steps: readonly {
    readonly action: 'profile' | 'show-map' | 'record' | 'keep-watching' | 'show-processes';
    readonly title: string;
  }[];
}

export function verdictWords(verdict: Verdict, subject?: string): VerdictWords {
  const who = subject === undefined ? '' : `${subject}: `;
  const rate = verdict.ratePerHour === undefined ? '' : formatBytes(Math.round(verdict.ratePerHour));
  return { title: `${who}${verdict.state} ${rate}`, reasons: verdict.reasons.map((reason) => reason.code), steps: [] };
}
