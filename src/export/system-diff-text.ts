import { formatCount, formatDuration } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { growthName } from '../insight/system/growth-name.js';
import { leftBehindWords } from '../insight/system/left-behind-words.js';
import type { GrowthLine } from '../model/machine-accounting.js';
import type { OwnerGrowth } from '../model/system-state.js';
import { cutToWidth } from './display-width.js';
import { amountText, changeText } from './map-amounts.js';
import type { SystemDiff } from './system-json.js';
import { findingLines } from './system-text.js';
import { type TextColumnOf, tableLines } from './text-table.js';

export interface SystemDiffTextOptions {
  /** Of a terminal, in cells. */
  readonly width?: number;
  /** With all changes. */
  readonly verbose: boolean;
}

type Line = GrowthLine | OwnerGrowth;

const MOST_ROWS = 40;

const KINDS: Readonly<Record<Line['kind'], string>> = {
  part: 'part',
  unexplained: 'part',
  field: 'field',
  slab: 'slab cache',
  vmalloc: 'vmalloc',
  module: 'module',
  cgroup: 'cgroup',
  swap: 'swap',
  zram: 'zram',
  'huge-pages': 'huge pages',
  zone: 'zone',
  process: 'process',
  mount: 'tmpfs mount',
  file: 'file',
  segment: 'SysV segment',
  'dma-buf': 'dma-buf',
};

const COLUMNS: readonly TextColumnOf<Line>[] = [
  { title: 'CHANGE', text: ({ change }) => changeText(change), right: true },
  { title: 'BEFORE', text: ({ before, news }) => (news === 'new' ? '-' : signedAmount(before)), right: true },
  { title: 'AFTER', text: ({ after, news }) => (news === 'gone' ? '-' : signedAmount(after)), right: true },
  { title: 'KIND', text: ({ kind }) => KINDS[kind] },
  { title: 'WHAT', text: (line) => `${visibleText(growthName(line))}${line.news === undefined ? '' : ` (${line.news})`}` },
];

const signedAmount = (bytes: number): string => (bytes < 0 ? changeText(bytes) : amountText(bytes));

/** What has changed between two states: of the machine, then of the owners, the largest change first; and what that means. */
export function* systemDiffText(
  { before, after, growth, owners, left, findings }: SystemDiff,
  { width, verbose }: SystemDiffTextOptions,
): Generator<string> {
  const cut = (line: string): string => `${width === undefined ? line : cutToWidth(line, width)}\n`;
  const elapsed = (after.facts.at ?? Number.NaN) - (before.facts.at ?? Number.NaN);
  yield cut(`Memory, before: ${visibleText(before.source)}`);
  yield cut(`         after: ${visibleText(after.source)}${elapsed > 0 ? `, ${formatDuration(elapsed)} later` : ''}`);
  if (elapsed < 0) yield 'The first one is later than the second one: what has grown is told as less.\n';
  if (growth.length === 0 && owners.length === 0) yield '\nNothing has changed.\n';
  for (const lines of [growth, owners]) {
    if (lines.length === 0) continue;
    yield '\n';
    const shown = verbose ? lines : lines.slice(0, MOST_ROWS);
    yield* tableLines<Line>(COLUMNS, shown, width);
    const rest = lines.length - shown.length;
    if (rest > 0) yield `and ${formatCount(rest, 'smaller change')} (all: --verbose)\n`;
  }
  const stays = leftBehindWords(left);
  if (stays.length > 0) yield `\n${stays.map((line) => `${visibleText(line)}\n`).join('')}`;
  for (const finding of findings) yield* findingLines(finding);
}
