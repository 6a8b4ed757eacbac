import { formatCount, formatDuration } from '../base/units.js';
import { amountsOf } from '../insight/map/amounts.js';
import type { MapDiff, RegionChange } from '../model/map-diff.js';
import type { MapSnapshot } from '../model/map-snapshot.js';
import { AMOUNTS, type Amount, addressText, type MapAmounts, permissionsText } from '../model/map-table.js';
import { cutToWidth } from './display-width.js';
import { AMOUNT_TITLES, amountsToShow, amountText, changeText } from './map-amounts.js';
import { isSameProcess } from './map-origin.js';
import { originText, regionName, segmentText } from './map-words.js';
import { type TextColumnOf, tableLines } from './text-table.js';

export interface MapDiffTextOptions {
  /** Of a terminal, in cells. */
  readonly width?: number;
  /** With what made each pair of mappings one. */
  readonly verbose: boolean;
}

/** Two maps for people: the sums before and after, then each mapping that is not as it was, the largest change first. Unknown is `-`. */
export function* mapDiffText(
  before: MapSnapshot,
  after: MapSnapshot,
  diff: MapDiff,
  { width, verbose }: MapDiffTextOptions,
): Generator<string> {
  const cut = (line: string): string => `${width === undefined ? line : cutToWidth(line, width)}\n`;
  const elapsedMs = isSameProcess(before.origin, after.origin) ? after.at - before.at : 0;
  yield cut(`Memory map, before: ${originText(before)}`);
  yield cut(`            after: ${originText(after)}${elapsedMs > 0 ? `, ${formatDuration(elapsedMs)} later` : ''}`);
  yield '\n';
  const there = amountsOf(before.table);
  const here = amountsOf(after.table);
  yield* tableLines(TOTAL_COLUMNS, totalRows(there, here, diff, elapsedMs), width);
  yield '\n';
  if (diff.changes.length === 0) {
    yield 'Every mapping is as it was.\n';
    return;
  }
  yield* tableLines(changeColumns(diff, elapsedMs, verbose), diff.changes, width);
  yield '\n';
  yield cut(counts(diff.changes));
  if (diff.changes.some(({ guess }) => guess)) {
    yield cut('?: known again by likeness, not by its addresses; it may be another mapping that came to lie there.');
  }
}

interface TotalRow {
  readonly label: string;
  readonly before: string;
  readonly after: string;
  readonly change: string;
  readonly rate: string;
}

const TOTAL_COLUMNS: readonly TextColumnOf<TotalRow>[] = [
  { title: 'TOTAL', text: ({ label }) => label },
  { title: 'BEFORE', text: ({ before }) => before, right: true },
  { title: 'AFTER', text: ({ after }) => after, right: true },
  { title: 'CHANGE', text: ({ change }) => change, right: true },
  { title: '', text: ({ rate }) => rate },
];

function totalRows(before: MapAmounts, after: MapAmounts, { total, mappings }: MapDiff, elapsedMs: number): readonly TotalRow[] {
  const rows = AMOUNTS.filter((amount) => before[amount] !== undefined || after[amount] !== undefined).map((amount) => ({
    label: AMOUNT_TITLES[amount],
    before: amountText(before[amount]),
    after: amountText(after[amount]),
    change: changeText(total[amount]),
    rate: rateText(total[amount], elapsedMs),
  }));
  const more = mappings.after - mappings.before;
  const count = (number: number): string => number.toLocaleString('en-US');
  return [
    ...rows,
    {
      label: 'Mappings',
      before: count(mappings.before),
      after: count(mappings.after),
      change: more > 0 ? `+${count(more)}` : count(more),
      rate: '',
    },
  ];
}

/** `12 KiB a second`; empty for what did not change, or where no time has passed. */
function rateText(bytes: number | undefined, elapsedMs: number): string {
  if (bytes === undefined || bytes === 0 || elapsedMs <= 0) return '';
  return `${changeText(Math.round((bytes * 1000) / elapsedMs))}/s`;
}

function changeColumns({ changes, total }: MapDiff, elapsedMs: number, verbose: boolean): readonly TextColumnOf<RegionChange>[] {
  const amounts = amountsToShow(largest(changes));
  const main: Amount = total.rss === undefined ? 'size' : 'rss';
  return [
    { title: 'CHANGE', text: ({ kind, guess }) => `${kind}${guess ? '?' : ''}` },
    ...amounts.map(
      (amount): TextColumnOf<RegionChange> => ({
        title: AMOUNT_TITLES[amount],
        text: ({ delta }) => changeText(delta[amount]),
        right: true,
      }),
    ),
    ...(elapsedMs > 0
      ? [{ title: `${AMOUNT_TITLES[main]}/s`, text: ({ delta }: RegionChange) => rateText(delta[main], elapsedMs), right: true }]
      : []),
    { title: 'SEGMENT', text: ({ was, now }) => segmentText((now ?? was)!.segment) },
    { title: 'START', text: ({ was, now }) => addressText((now ?? was)!.start), right: true },
    { title: 'END', text: ({ was, now }) => addressText((now ?? was)!.end), right: true },
    { title: 'PERM', text: ({ was, now }) => permissionsText((now ?? was)!.permissions) },
    ...(verbose ? [{ title: 'MATCH', text: ({ match }: RegionChange) => match }] : []),
    { title: 'WHAT', text: whatText, keepsEnd: true },
  ];
}

/** Of each amount the largest change of a mapping; what none tells is left out. */
function largest(changes: readonly RegionChange[]): Partial<MapAmounts> {
  const most: Partial<Record<Amount, number>> = {};
  for (const { delta } of changes) {
    for (const amount of AMOUNTS) {
      const change = delta[amount];
      if (change !== undefined) most[amount] = Math.max(most[amount] ?? 0, Math.abs(change));
    }
  }
  return most;
}

function whatText({ was, now, before, after, kind }: RegionChange): string {
  const region = (now ?? was)!;
  const several = Math.max(before.length, after.length);
  return [
    ...(several > 1 ? [`[${before.length} → ${after.length} mappings]`] : []),
    regionName(region),
    ...(kind === 'moved' && was !== undefined ? [`from ${addressText(was.start)}`] : []),
    ...(was !== undefined && now !== undefined && was.permissions !== now.permissions
      ? [`was ${permissionsText(was.permissions)}`]
      : []),
  ]
    .filter((text) => text !== '')
    .join('  ');
}

function counts(changes: readonly RegionChange[]): string {
  const kinds = ['new', 'gone', 'grown', 'shrunk', 'moved', 'changed'] as const;
  const parts = kinds.flatMap((kind) => {
    const count = changes.filter((change) => change.kind === kind).length;
    return count === 0 ? [] : [`${count.toLocaleString('en-US')} ${kind}`];
  });
  return `${formatCount(changes.length, 'change')}: ${parts.join(', ')}`;
}
