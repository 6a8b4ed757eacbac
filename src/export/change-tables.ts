import { formatCount } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { growthName } from '../insight/system/growth-name.js';
import type { GrowthLine } from '../model/machine-accounting.js';
import type { OwnerGrowth } from '../model/system-state.js';
import { amountText, changeText } from './map-amounts.js';
import { type TextColumnOf, tableLines } from './text-table.js';

export interface ChangeOptions {
  /** Of a terminal, in cells. */
  readonly width?: number;
  /** With all changes. */
  readonly verbose: boolean;
  /** So many of each kind. */
  readonly most?: number;
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
  blocks: 'free blocks',
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

/** Of the machine, of the owners, and how the free memory is broken up: that stands by itself, for blocks become one another all the time. */
export function* changeTables(
  growth: readonly GrowthLine[],
  owners: readonly OwnerGrowth[],
  { width, verbose, most = MOST_ROWS }: ChangeOptions,
): Generator<string> {
  const isBlocks = ({ kind }: Line): boolean => kind === 'blocks';
  for (const lines of [growth.filter((line) => !isBlocks(line)), owners, verbose ? growth.filter(isBlocks) : []]) {
    if (lines.length === 0) continue;
    yield '\n';
    const shown = verbose ? lines : lines.slice(0, most);
    yield* tableLines<Line>(COLUMNS, shown, width);
    const rest = lines.length - shown.length;
    if (rest > 0) yield `and ${formatCount(rest, 'smaller change')} (all: --verbose)\n`;
  }
}
