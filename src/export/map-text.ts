import { formatBytes, formatCount } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { AMOUNT_WORDS } from '../insight/map/figure-words.js';
import { RULES } from '../insight/map/rules.js';
import { mapTotals, type TotalsOfMap } from '../insight/map/totals.js';
import type { MapFinding } from '../model/map-diff.js';
import type { MapSnapshot } from '../model/map-snapshot.js';
import { AMOUNTS, type Amount, addressText, amountAt, type MapAmounts, permissionsText, textAt } from '../model/map-table.js';
import type { ProcessStatus } from '../model/process.js';
import { SEGMENTS } from '../model/segment.js';
import { cutToWidth } from './display-width.js';
import { AMOUNT_TITLES, amountsToShow, amountText } from './map-amounts.js';
import { originText, regionName, segmentText } from './map-words.js';
import { type TextColumnOf, tableLines } from './text-table.js';

export interface MapTextOptions {
  readonly findings: readonly MapFinding[];
  /** Of a terminal, in cells. */
  readonly width?: number;
  /** With the rule that decided on each segment, and all files. */
  readonly verbose: boolean;
}

/** Files below the largest ones are in the table of mappings anyway. */
const MOST_FILES = 10;
/** In a terminal narrower than this the ends of mappings, and then most amounts, make room for their names. */
const WIDE = 120;
const NARROW = 100;

/** A map for people: what it is of, its sums, what they mean, and its mappings. Unknown is `-`. */
export function* mapText(snapshot: MapSnapshot, options: MapTextOptions): Generator<string> {
  const { width } = options;
  const totals = mapTotals(snapshot);
  yield* head(snapshot).map((line) => `${width === undefined ? line : cutToWidth(line, width)}\n`);
  if (snapshot.table.length === 0) {
    if (snapshot.status !== undefined) yield* tableLines(STATUS_COLUMNS, statusRows(snapshot.status), width);
    return;
  }
  yield '\n';
  yield* tableLines(TOTAL_COLUMNS, totalRows(totals.whole, snapshot), width);
  for (const finding of options.findings) yield findingText(finding);
  yield '\n';
  yield* tableLines(
    sumColumns('SEGMENT', totals.whole),
    [...segmentRows(totals), { name: 'All', ...wholeOf(snapshot, totals) }],
    width,
  );
  const files = totals.byFile.slice(0, options.verbose ? undefined : MOST_FILES);
  if (files.length > 0) {
    yield '\n';
    yield* tableLines(
      sumColumns('FILE', totals.whole),
      files.map(({ file, count, amounts }) => ({ name: visibleText(file), count, amounts })),
      width,
    );
    const more = totals.byFile.length - files.length;
    if (more > 0) yield `and ${formatCount(more, 'smaller one')} (all: --verbose)\n`;
  }
  yield '\n';
  // It is gone through twice.
  const rows: Iterable<number> = { [Symbol.iterator]: () => snapshot.table.start.keys() };
  yield* tableLines(regionColumns(snapshot, totals.whole, options), rows, width);
}

function head({ origin, form, at, bits, threads, table, maxMapCount, sharedMemory }: MapSnapshot): readonly string[] {
  const commandLine = origin.kind === 'process' ? origin.commandLine : undefined;
  const mappings = formatCount(table.length, 'mapping');
  const limit = maxMapCount === undefined ? '' : ` of at most ${maxMapCount.toLocaleString('en-US')}`;
  const { open } = sharedMemory ?? {};
  return [
    `Memory map of ${originText({ origin, form, at })}`,
    ...(commandLine === undefined ? [] : [visibleText(commandLine)]),
    [
      ...(table.length === 0 ? [] : [`${bits} bits`, `${mappings}${limit}`]),
      ...(threads === undefined ? [] : [formatCount(threads, 'thread')]),
      ...(open === undefined || open.files === 0
        ? []
        : [`${formatCount(open.files, 'file')} of tmpfs or memfd open: ${formatBytes(open.bytes)}`]),
    ].join(', '),
  ].filter((line) => line !== '');
}

interface TotalRow {
  readonly label: string;
  readonly bytes: number | undefined;
  readonly definition: string;
}

const TOTAL_COLUMNS: readonly TextColumnOf<TotalRow>[] = [
  { title: 'TOTAL', text: ({ label }) => label },
  { title: '', text: ({ bytes }) => amountText(bytes), right: true },
  { title: 'KiB', text: ({ bytes }) => (bytes === undefined ? '-' : (bytes / 1024).toLocaleString('en-US')), right: true },
  { title: '', text: ({ definition }) => definition },
];

/** As the sums of pmap(1); the kernel's own PSS, too, where rounding makes a difference. */
function totalRows(whole: MapAmounts, { rollup }: MapSnapshot): readonly TotalRow[] {
  return AMOUNTS.flatMap((amount): TotalRow[] => {
    const words = AMOUNT_WORDS[amount];
    const colon = words.indexOf(': ');
    const row = { label: words.slice(0, colon), bytes: whole[amount], definition: upperFirst(words.slice(colon + 2)) };
    if (amount !== 'pss' || rollup === undefined || rollup.pss === whole.pss) return [row];
    const definition = 'The same by smaps_rollup, read right after it: not rounded down to KiB for each mapping.';
    return [row, { label: 'PSS, rollup', bytes: rollup.pss, definition }];
  });
}

const upperFirst = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const findingText = ({ severity, title, reasons, doubt, rule }: MapFinding): string =>
  [
    '',
    `${severity === 'warning' ? '! ' : ''}${title}`,
    ...[...reasons, ...(doubt === undefined ? [] : [doubt])].map((sentence) => `  ${sentence}`),
    `  The rule: docs/map.md#${rule}`,
    '',
  ].join('\n');

interface SumRow {
  readonly name: string;
  readonly count: number;
  readonly amounts: MapAmounts;
}

function sumColumns(title: string, whole: MapAmounts): readonly TextColumnOf<SumRow>[] {
  return [
    { title: 'MAPPINGS', text: ({ count }) => count.toLocaleString('en-US'), right: true },
    ...amountsToShow(whole).map(
      (amount): TextColumnOf<SumRow> => ({
        title: AMOUNT_TITLES[amount],
        text: ({ amounts }) => amountText(amounts[amount]),
        right: true,
      }),
    ),
    { title, text: ({ name }) => name, keepsEnd: true },
  ];
}

const segmentRows = ({ bySegment }: TotalsOfMap): readonly SumRow[] =>
  bySegment.map(({ segment, count, amounts }) => ({ name: segmentText(segment), count, amounts }));

const wholeOf = ({ table }: MapSnapshot, { whole }: TotalsOfMap): Omit<SumRow, 'name'> => ({
  count: table.length,
  amounts: whole,
});

function regionColumns(
  { table, classes }: MapSnapshot,
  whole: MapAmounts,
  { width, verbose }: MapTextOptions,
): readonly TextColumnOf<number>[] {
  const amount = (name: Amount): TextColumnOf<number> => ({
    title: AMOUNT_TITLES[name],
    text: (row) => amountText(amountAt(table, row, name)),
    right: true,
  });
  const isNarrow = width !== undefined && width < NARROW;
  const isWide = width === undefined || width >= WIDE;
  return [
    { title: 'START', text: (row) => addressText(table.start[row]!), right: true },
    ...(isWide ? [{ title: 'END', text: (row: number) => addressText(table.end[row]!), right: true }] : []),
    { title: 'PERM', text: (row) => permissionsText(table.permissions[row]!) },
    ...amountsToShow(whole)
      .filter((name) => !isNarrow || name === 'size' || name === 'rss')
      .map(amount),
    { title: 'SEGMENT', text: (row) => segmentText(SEGMENTS[classes.segment[row]!]!) },
    ...(verbose ? [{ title: 'RULE', text: (row: number) => RULES[classes.rule[row]!]![0] }] : []),
    {
      title: 'WHAT',
      keepsEnd: true,
      text: (row) => regionName({ path: textAt(table.path, row), owner: textAt(classes.owner, row), marks: classes.marks[row]! }),
    },
  ];
}

const STATUS_WORDS: readonly (readonly [keyof ProcessStatus, string, string])[] = [
  ['vmSize', 'VmSize', 'Addresses that are mapped.'],
  ['vmRss', 'VmRSS', 'Pages that are in memory now.'],
  ['vmHwm', 'VmHWM', 'The most that VmRSS has been.'],
  ['rssAnon', 'RssAnon', 'Of VmRSS: anonymous memory.'],
  ['rssFile', 'RssFile', 'Of VmRSS: pages of mapped files.'],
  ['rssShmem', 'RssShmem', 'Of VmRSS: shared memory and tmpfs.'],
  ['vmSwap', 'VmSwap', 'Anonymous memory that was moved to swap.'],
  ['vmLocked', 'VmLck', 'Memory that is locked.'],
  ['vmData', 'VmData', 'Addresses of private writable mappings, without the main stack.'],
  ['vmStack', 'VmStk', 'Addresses of the main stack.'],
  ['vmExe', 'VmExe', 'Addresses of the program’s text.'],
  ['vmLib', 'VmLib', 'Addresses of libraries’ text.'],
  ['vmPte', 'VmPTE', 'Page tables.'],
  ['hugetlb', 'HugetlbPages', 'Pages of hugetlbfs.'],
];

type StatusRow = readonly [name: string, bytes: number, definition: string];

const STATUS_COLUMNS: readonly TextColumnOf<StatusRow>[] = [
  { title: 'STATUS', text: ([name]) => name },
  { title: '', text: ([, bytes]) => amountText(bytes), right: true },
  { title: '', text: ([, , definition]) => definition },
];

/** What /proc/PID/status tells everybody, of a process whose map may not be read. */
const statusRows = (status: ProcessStatus): readonly StatusRow[] =>
  STATUS_WORDS.flatMap(([field, name, definition]): StatusRow[] => {
    const bytes = status[field];
    return bytes === undefined ? [] : [[name, bytes, definition]];
  });
