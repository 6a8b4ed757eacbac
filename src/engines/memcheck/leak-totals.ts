import type { Finding, LeakSummary, SizeAndCount } from '../../model/finding.js';
import { readIndirectPart, readNumber } from './error-draft.js';

export type SummaryRow = 'definitely' | 'indirectly' | 'possibly' | 'reachable' | 'suppressed';

const ROWS: readonly SummaryRow[] = ['definitely', 'indirectly', 'possibly', 'reachable', 'suppressed'];

type Totals = Record<SummaryRow, { bytes: number; blocks: number }>;

function zero(): Totals {
  const row = (): { bytes: number; blocks: number } => ({ bytes: 0, blocks: 0 });
  return { definitely: row(), indirectly: row(), possibly: row(), reachable: row(), suppressed: row() };
}

/** Leak totals of one process: valgrind's own when the report has them, else the sum of its leak records. */
export class LeakTotals {
  private told: Totals | undefined;
  private summed: Totals | undefined;
  private indirectParts = 0;

  /** A leak summary begins; a later one takes the place of an earlier one. */
  beginSummary(): void {
    this.told = zero();
  }

  setRow(row: SummaryRow, bytes: string, blocks: string): void {
    this.told ??= zero();
    this.told[row] = { bytes: readNumber(bytes), blocks: readNumber(blocks) };
  }

  addLeak(leak: Finding): void {
    this.summed ??= zero();
    const row = this.summed[leak.leakKind as SummaryRow];
    row.bytes += leak.bytes ?? 0;
    row.blocks += leak.blocks ?? 0;
    this.indirectParts += readIndirectPart(leak.message);
  }

  /** undefined when the report told nothing about leaks. */
  summary(): LeakSummary | undefined {
    if (this.told !== undefined) return this.told;
    const summed = this.summed;
    if (summed === undefined || summed.indirectly.blocks > 0) return summed;
    // Indirectly lost blocks are shown only on request; the number of blocks is then not known.
    return { ...summed, indirectly: { bytes: this.indirectParts, blocks: 0 } };
  }
}

export function addSummaries(a: LeakSummary | undefined, b: LeakSummary | undefined): LeakSummary | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const sum = zero();
  for (const row of ROWS) sum[row] = addSizes(a[row], b[row]);
  return sum;
}

function addSizes(a: SizeAndCount, b: SizeAndCount): SizeAndCount {
  return { bytes: a.bytes + b.bytes, blocks: a.blocks + b.blocks };
}
