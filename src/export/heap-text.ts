import { formatCount } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { frameName, framePlace, frameText } from '../insight/heap/frame-name.js';
import { groupValues } from '../insight/heap/group-values.js';
import { type GroupBy, groupFrames } from '../insight/heap/groups.js';
import { countWords, measureId, measureTitle } from '../insight/heap/measure-words.js';
import { largestNodes, stackOf, wholeOf } from '../insight/heap/sums.js';
import type { HeapMeasure, HeapProfile } from '../model/heap-profile.js';
import { cutToWidth } from './display-width.js';
import { amountsOf, countOf, heapAmount } from './heap-amounts.js';
import { callerLines } from './heap-callers-text.js';
import { type TextColumnOf, tableLines } from './text-table.js';

export type HeapTextBy = 'stack' | 'callers' | GroupBy;

export interface HeapTextOptions {
  /** Of the file. */
  readonly name: string;
  /** Index of the measure by which stacks are ordered. */
  readonly measure: number;
  readonly by: HeapTextBy;
  /** So many stacks or rows. */
  readonly most: number;
  /** Of a terminal, in cells. */
  readonly width?: number;
  /** Whole stacks. */
  readonly verbose: boolean;
}

/** Of a stack, unless it is asked for as a whole. */
const MOST_FRAMES = 12;

/** A heap profile for people: what it is of, the sum of each measure, and the largest stacks or rows by one of them. */
export function* heapText(profile: HeapProfile, options: HeapTextOptions): Generator<string> {
  const { width, measure } = options;
  const cut = (line: string): string => `${width === undefined ? line : cutToWidth(line, width)}\n`;
  for (const line of head(profile, options.name)) yield cut(line);
  yield '\n';
  yield* tableLines(MEASURE_COLUMNS, measureRows(profile, measure), width);
  if (wholeIsNothing(profile.self[measure]!)) return;
  yield '\n';
  switch (options.by) {
    case 'stack':
      yield* stackLines(profile, options, cut);
      break;
    case 'callers':
      yield* callerLines(profile, options);
      break;
    default:
      yield* groupLines(profile, options.by, options);
  }
}

function head(profile: HeapProfile, name: string): readonly string[] {
  const { command, pid, at, format, tool, tree, frames } = profile;
  const what = command === undefined ? '' : ` of ${visibleText(command)}`;
  const who = pid === undefined ? '' : ` (${pid})`;
  const when = at === undefined ? '' : `, ${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return [
    `Heap profile${what}${who}${when}`,
    `${visibleText(name)}: ${visibleText(tool ?? format)}, ${formatCount(tree.length - 1, 'call')} in stacks, ${formatCount(frames.length, 'frame')}`,
  ];
}

interface MeasureRow {
  readonly id: string;
  readonly title: string;
  readonly amount: string;
  readonly exact: string;
}

const MEASURE_COLUMNS: readonly TextColumnOf<MeasureRow>[] = [
  { title: 'MEASURE', text: ({ id }) => id },
  { title: '', text: ({ amount }) => amount, right: true },
  { title: '', text: ({ exact }) => exact, right: true },
  { title: '', text: ({ title }) => title },
];

function measureRows({ measures, self }: HeapProfile, shown: number): MeasureRow[] {
  return measures.map((measure, index) => {
    const whole = wholeOf(self[index]!);
    return {
      id: measureId(measure),
      title: `${measureTitle(measure)}${index === shown ? '  (below)' : ''}`,
      amount: measure.unit === 'bytes' ? heapAmount(whole, measure) : '',
      exact: Math.round(whole).toLocaleString('en-US'),
    };
  });
}

const wholeIsNothing = (values: Float64Array): boolean => values.every((value) => value === 0);

function* stackLines(profile: HeapProfile, options: HeapTextOptions, cut: (line: string) => string): Generator<string> {
  const { measure, most, verbose } = options;
  const values = profile.self[measure]!;
  const all = largestNodes(values, Number.POSITIVE_INFINITY);
  const amounts = amountsOf(profile, measure);
  const count = countOf(profile, measure);
  yield `${measureTitle(profile.measures[measure]!)}: ${shownOf(all.length, most, 'stack')}\n`;
  for (const node of all.slice(0, most)) {
    const [amount, share] = amounts(values[node]!);
    const blocks = count === undefined ? '' : blocksText(profile.self[count]![node]!, profile.measures[count]!);
    yield '\n';
    yield cut([amount, share, blocks].filter((text) => text !== '').join('  '));
    const frames = stackOf(profile.tree, node);
    if (frames.length === 0) yield cut('  (no stack)');
    for (const frame of verbose ? frames : frames.slice(0, MOST_FRAMES)) yield cut(`  ${frameText(profile, frame)}`);
    const more = frames.length - MOST_FRAMES;
    if (!verbose && more > 0) yield cut(`  and ${formatCount(more, 'caller')} (all: --verbose)`);
  }
}

const blocksText = (value: number, measure: HeapMeasure): string =>
  `in ${heapAmount(value, measure)} ${countWords(measure)[Math.abs(value) === 1 ? 0 : 1]}`;

const shownOf = (all: number, most: number, one: string): string =>
  all > most ? `the ${most.toLocaleString('en-US')} largest of ${formatCount(all, one)} (more: --top)` : formatCount(all, one);

interface GroupRow {
  readonly self: number;
  readonly total: number;
  readonly text: string;
}

const GROUP_TITLES: Readonly<Record<GroupBy, string>> = { function: 'FUNCTION', line: 'LINE', module: 'MODULE' };

function* groupLines(profile: HeapProfile, by: GroupBy, { measure, most, width }: HeapTextOptions): Generator<string> {
  const groups = groupFrames(profile, by);
  const { self, total } = groupValues(profile.tree, groups, profile.self[measure]!);
  const amounts = amountsOf(profile, measure);
  const rows = Array.from(
    groups.frame,
    (frame, row): GroupRow => ({ self: self[row]!, total: total[row]!, text: groupText(profile, by, frame) }),
  )
    .filter((row) => row.self !== 0 || row.total !== 0)
    .sort((a, b) => b.self - a.self || b.total - a.total);
  yield `${measureTitle(profile.measures[measure]!)}: ${shownOf(rows.length, most, by)}\n`;
  const columns: readonly TextColumnOf<GroupRow>[] = [
    { title: 'SELF', text: (row) => amounts(row.self)[0], right: true },
    { title: '', text: (row) => amounts(row.self)[1], right: true },
    { title: 'TOTAL', text: (row) => amounts(row.total)[0], right: true },
    { title: '', text: (row) => amounts(row.total)[1], right: true },
    { title: GROUP_TITLES[by], text: ({ text }) => text },
  ];
  yield* tableLines(columns, rows.slice(0, most), width);
}

function groupText(profile: HeapProfile, by: GroupBy, frame: number): string {
  const { frames, texts } = profile;
  if (by === 'module') return visibleText(texts[frames.module[frame]!] || '(not told)');
  const place = (by === 'line' ? framePlace(profile, frame) : texts[frames.file[frame]!]) || texts[frames.module[frame]!] || '';
  const name = visibleText(frameName(profile, frame));
  return place === '' ? name : `${name}  ${visibleText(place)}`;
}
