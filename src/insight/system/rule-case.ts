import { formatDuration } from '../../base/units.js';
import type {
  AvailableTrend,
  MachineAccounting,
  PagingRates,
  SystemFacts,
  SystemFinding,
} from '../../model/machine-accounting.js';
import type { MemoryFile } from '../../model/system-state.js';
import type { Points } from '../series.js';
import { elapsed } from './elapsed.js';

/** What the rules judge: a state, an earlier one where there is one, and what was measured over time. */
export interface SystemEvidence {
  readonly now: SystemFacts;
  readonly before?: SystemFacts;
  /** MemAvailable in bytes, by the clock of the target. */
  readonly available?: Points;
  /** Of a series, for its last part. */
  readonly rates?: PagingRates;
  /** Files in memory, of mounts and of none, the largest first. */
  readonly files?: readonly MemoryFile[];
}

/** The evidence, and what several rules make of it. */
export interface Case extends SystemEvidence {
  readonly accounting: MachineAccounting;
  readonly earlier?: MachineAccounting;
  readonly fields: ReadonlyMap<string, number>;
  readonly total: number;
  readonly trend?: AvailableTrend;
}

export type Found = Omit<SystemFinding, 'rule'>;
export type Rule = (evidence: Case) => Found | undefined;

/** `12 %`, `0.5 %`, `less than 0.1 %` */
export const percent = (share: number): string =>
  share > 0 && share < 0.0005 ? 'less than 0.1 %' : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** ` over 5 min`, when both moments are known. */
export function over(before: SystemFacts | undefined, now: SystemFacts): string {
  const duringMs = before === undefined ? undefined : elapsed(before, now);
  return duringMs === undefined || duringMs <= 0 ? '' : ` over ${formatDuration(duringMs)}`;
}
