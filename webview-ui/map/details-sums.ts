import { formatCount } from '../../src/base/units.js';
import type { MapSnapshot } from '../../src/model/map-snapshot.js';
import { AMOUNTS, type Amount, addressText, amountAt } from '../../src/model/map-table.js';
import type { Fact } from './details-facts.js';
import { segmentOf, type Words } from './map-model.js';
import { segmentLabel, sizeText } from './region-shape-words.js';

const NAMES: Readonly<Record<Amount, string>> = {
  size: 'VSS',
  rss: 'RSS',
  pss: 'PSS',
  uss: 'USS',
  dirty: 'Dirty',
  swap: 'Swap',
  locked: 'Locked',
  thp: 'THP',
};

/** The amounts of several regions together, where they lie, and which segments they are; an amount that none of them tells is left out. */
export function sumFacts(words: Words, snapshot: MapSnapshot, rows: readonly number[]): readonly Fact[] {
  const { table } = snapshot;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    lowest = Math.min(lowest, table.start[row] ?? lowest);
    highest = Math.max(highest, table.end[row] ?? highest);
  }
  const between = lowest < highest ? [{ label: 'Between', value: `${addressText(lowest)}-${addressText(highest)}` }] : [];
  const amounts = AMOUNTS.flatMap((amount): Fact[] => {
    let sum = 0;
    let told = false;
    for (const row of rows) {
      const value = amountAt(table, row, amount);
      if (value === undefined || Number.isNaN(value)) continue;
      told = true;
      sum += value;
    }
    return told
      ? [{ label: NAMES[amount], value: sizeText(sum), meaning: withoutName(words.amounts[amount]), isZero: sum === 0 }]
      : [];
  });
  return [...between, ...amounts, ...segmentFacts(words, snapshot, rows)];
}

/** `RSS: the pages that are in memory now.`: the name stands before it already. */
const withoutName = (sentence: string): string => sentence.replace(/^\w+: (\w)/, (_, letter: string) => letter.toUpperCase());

/** How many of each segment, the most first. */
function segmentFacts(words: Words, snapshot: MapSnapshot, rows: readonly number[]): readonly Fact[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const label = segmentLabel(words, segmentOf(snapshot, row));
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const ordered = [...counts].sort(([, a], [, b]) => b - a);
  return ordered.map(([label, count]) => ({ label, value: formatCount(count, 'region') }));
}
