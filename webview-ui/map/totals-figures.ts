import { formatCount } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import type { MapSnapshot } from '../../src/model/map-snapshot.js';
import { AMOUNTS, type Amount, type MapAmounts, textAt } from '../../src/model/map-table.js';
import type { Segment } from '../../src/model/segment.js';
import { type ShownMap, segmentOf, type Words } from './map-model.js';
import { lastName, segmentLabel, sizeText } from './region-shape-words.js';

export const AMOUNT_LABELS: Readonly<Record<Amount, string>> = {
  size: 'VSS',
  rss: 'RSS',
  pss: 'PSS',
  uss: 'USS',
  dirty: 'Dirty',
  swap: 'Swap',
  locked: 'Locked',
  thp: 'THP',
};

/** A figure of the whole, in bytes, and what it was read from. */
export interface WholeFigure {
  readonly amount: Amount;
  readonly bytes: number;
  readonly from: 'mappings' | 'rollup' | 'status';
}

/** Those that are told. Of a map that may not be read in full, /proc/PID/status still tells some. */
export function wholeFigures({ snapshot, totals }: Pick<ShownMap, 'snapshot' | 'totals'>): WholeFigure[] {
  const { rollup, status, table } = snapshot;
  return AMOUNTS.flatMap((amount): WholeFigure[] => {
    if (amount === 'pss' && rollup !== undefined) return [{ amount, bytes: rollup.pss, from: 'rollup' }];
    const bytes = amount === 'size' && table.length === 0 ? undefined : totals.whole[amount];
    if (bytes !== undefined) return [{ amount, bytes, from: 'mappings' }];
    const told = { size: status?.vmSize, rss: status?.vmRss, swap: status?.vmSwap }[amount as string];
    return told === undefined ? [] : [{ amount, bytes: told, from: 'status' }];
  });
}

/** What a figure is that is not the sum of those of the mappings; undefined where it is. */
export function figureNote({ amount, from }: WholeFigure, { snapshot, totals }: Pick<ShownMap, 'snapshot' | 'totals'>) {
  if (from === 'status') return `${AMOUNT_LABELS[amount]} of the whole is from /proc/PID/status: the mappings don’t tell it.`;
  const sum = totals.whole.pss;
  if (from === 'mappings' || sum === undefined) return undefined;
  return (
    `PSS of the whole is from smaps_rollup, read right after the mappings. Their sum is ${kibText(sum)}: ` +
    `the kernel rounds the PSS of each of the ${formatCount(snapshot.table.length, 'mapping')} down, by up to 1 KiB.`
  );
}

/** Exact, where a rounded size would hide the difference: `12,345 KiB`. */
const kibText = (bytes: number): string => `${Math.floor(bytes / 1024).toLocaleString('en-US')} KiB`;

export type TotalsBy = 'segment' | 'file';

/** The sums of a segment, or of a file. */
export interface TotalsRow {
  readonly key: string;
  readonly label: string;
  /** What the segment is, or the whole path. */
  readonly title: string;
  readonly segment?: Segment;
  readonly count: number;
  readonly amounts: MapAmounts;
}

/** Largest amount first; what does not tell it comes last. */
export function totalsRows({ totals }: Pick<ShownMap, 'totals'>, words: Words, by: TotalsBy, sort: Amount): TotalsRow[] {
  const rows: TotalsRow[] =
    by === 'file'
      ? totals.byFile.map(({ file, ...sums }) => ({ key: file, label: lastName(file), title: visibleText(file), ...sums }))
      : totals.bySegment.map((sums) => ({
          key: sums.segment,
          label: segmentLabel(words, sums.segment),
          title: words.segments.find(({ id }) => id === sums.segment)?.definition ?? '',
          ...sums,
        }));
  const weight = ({ amounts }: TotalsRow): number => amounts[sort] ?? -1;
  return rows.sort((a, b) => weight(b) - weight(a) || (a.label < b.label ? -1 : 1));
}

/** The rows of the map that a sum is of. */
export function rowsOfTotal(snapshot: MapSnapshot, by: TotalsBy, key: string): number[] {
  const { table } = snapshot;
  const is = by === 'file' ? (row: number) => textAt(table.path, row) === key : (row: number) => segmentOf(snapshot, row) === key;
  const rows: number[] = [];
  for (let row = 0; row < table.length; row++) if (is(row)) rows.push(row);
  return rows;
}

/** `12.5 MiB`; a dash for what is not told. */
export const amountText = (bytes: number | undefined): string =>
  bytes === undefined ? '–' : bytes === 0 ? '0' : sizeText(bytes);
