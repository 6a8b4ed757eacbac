import type { Finding } from '../model/finding.js';
import { summaryRow } from './summary.js';

const RANK = { definitely: 1, indirectly: 1, possibly: 2, reachable: 3 } as const;

function rank(finding: Finding): number {
  if (finding.kind !== 'leak') return 0;
  const row = summaryRow(finding);
  if (finding.leakKind === 'unfreed') return RANK.reachable;
  return row === undefined ? 2 : RANK[row];
}

/** Memory errors first, in the order of the report (the first is often the cause of the others); then leaks, see `sortFindings`. */
function compareFindings(a: Finding, b: Finding): number {
  const byRank = rank(a) - rank(b);
  if (byRank !== 0 || a.kind !== 'leak') return byRank;
  const byBytes = (b.bytes ?? 0) - (a.bytes ?? 0);
  if (byBytes !== 0) return byBytes;
  // of equal size, the block that was lost before those that only it pointed to
  return Number(summaryRow(a) === 'indirectly') - Number(summaryRow(b) === 'indirectly');
}

/** Errors, then leaks by certainty (lost, possibly lost, still reachable) and by bytes, the most first. */
export function sortFindings<T extends Finding>(findings: readonly T[]): T[] {
  return [...findings].sort(compareFindings);
}
