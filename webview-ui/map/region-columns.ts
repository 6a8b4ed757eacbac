import {
  AMOUNTS,
  type Amount,
  addressText,
  amountAt,
  BARE_FIGURES,
  FIGURES,
  NOT_SUMMED,
  permissionsText,
  type TextColumn,
  textAt,
} from '../../src/model/map-table.js';
import type { GridColumn } from '../shared/grid-shape.js';
import { segmentOf, type Words } from './map-model.js';
import { type RegionData, ranksOf } from './region-data.js';
import { MARK_WORDS, marksOf, segmentLabel } from './region-shape-words.js';

export interface RegionColumn extends GridColumn {
  readonly unit: 'text' | 'address' | 'bytes' | 'count' | 'growth';
  /** Pixels. */
  readonly width: number;
  /** Of several regions a sum says something. */
  readonly summed: boolean;
  /** A bar shows the share of the largest. */
  readonly bar: boolean;
  /** What it is sorted by: of a text its place in the alphabet. NaN: not told. */
  readonly number: (data: RegionData, row: number) => number;
  /** As the kernel or MemLens writes it; absent: it is a number. Empty: not told. */
  readonly text?: (data: RegionData, row: number) => string;
  /** The map tells it of at least one region. */
  readonly isTold: (data: RegionData) => boolean;
}

const LABELS: Readonly<Record<Amount, string>> = {
  size: 'Size',
  rss: 'RSS',
  pss: 'PSS',
  uss: 'USS',
  dirty: 'Dirty',
  swap: 'Swap',
  locked: 'Locked',
  thp: 'THP',
};

/** Figures of smaps that are columns as amounts. */
const AS_AMOUNTS: ReadonlySet<string> = new Set(['Rss', 'Pss', 'Swap', 'Locked']);

const PERMISSION_RANKS = ranksOf(Array.from({ length: 16 }, (_, bits) => permissionsText(bits)));

const always = (): boolean => true;

const isAnyTold = (data: RegionData, number: RegionColumn['number']): boolean => {
  for (let row = 0; row < data.length; row++) if (!Number.isNaN(number(data, row))) return true;
  return false;
};

interface TextSpec {
  readonly id: string;
  readonly label: string;
  readonly definition: string;
  readonly width: number;
}

function textColumn(spec: TextSpec, of: (data: RegionData) => TextColumn): RegionColumn {
  return {
    ...spec,
    unit: 'text',
    summed: false,
    bar: false,
    number: (data, row) => data.rankOf(of(data), row),
    text: (data, row) => textAt(of(data), row),
    isTold: (data) => of(data).texts.some((text) => text !== ''),
  };
}

function addressColumn(spec: TextSpec, number: RegionColumn['number']): RegionColumn {
  return {
    ...spec,
    unit: 'address',
    summed: false,
    bar: false,
    number,
    text: (data, row) => addressText(number(data, row)),
    isTold: (data) => isAnyTold(data, number),
  };
}

function numberColumn(
  spec: TextSpec & Pick<RegionColumn, 'unit' | 'number'> & Partial<Pick<RegionColumn, 'summed' | 'bar'>>,
): RegionColumn {
  const { number, summed = true, bar = false } = spec;
  return { ...spec, summed, bar, isTold: (data) => isAnyTold(data, number) };
}

function amountColumn(amount: Amount, words: Words): RegionColumn {
  return numberColumn({
    id: amount,
    label: LABELS[amount],
    // The label says what the sentence begins with.
    definition: words.amounts[amount].replace(/^\w+: /, ''),
    unit: 'bytes',
    width: 84,
    bar: amount !== 'size' && amount !== 'locked',
    number: ({ table }, row) => amountAt(table, row, amount) ?? Number.NaN,
  });
}

function figureColumn(name: string, words: Words, isBare: boolean): RegionColumn {
  const told = Object.hasOwn(words.figures, name) ? words.figures[name] : undefined;
  const known = told ?? (name === 'Dirty' ? words.amounts.dirty.replace(/^\w+: /, '') : undefined);
  return numberColumn({
    id: `figure:${name}`,
    label: name,
    definition: known ?? 'Told by the kernel, or by pmap; this version of MemLens knows no more of it.',
    unit: isBare ? 'count' : 'bytes',
    width: Math.max(92, name.length * 8 + 26),
    summed: !isBare && !NOT_SUMMED.has(name),
    number: ({ table }, row) => table.figures[name]?.[row] ?? Number.NaN,
  });
}

function fixedColumns(words: Words): readonly RegionColumn[] {
  return [
    {
      ...addressColumn(
        { id: 'start', label: 'Start', definition: 'Where the region begins; beside it its file, name or thread.', width: 250 },
        ({ table }, row) => table.start[row] ?? Number.NaN,
      ),
      // Also of a map that is empty: it stands at the left of all others.
      isTold: always,
    },
    addressColumn(
      { id: 'end', label: 'End', definition: 'The first address behind the region.', width: 116 },
      ({ table }, row) => table.end[row] ?? Number.NaN,
    ),
    amountColumn('size', words),
    {
      id: 'permissions',
      label: 'Perm',
      definition: 'r may be read, w written, x executed; s shared with others, p private.',
      unit: 'text',
      width: 66,
      summed: false,
      bar: false,
      number: ({ table }, row) => PERMISSION_RANKS[table.permissions[row] ?? 0] ?? Number.NaN,
      text: ({ table }, row) => permissionsText(table.permissions[row] ?? 0),
      isTold: always,
    },
    addressColumn(
      { id: 'offset', label: 'Offset', definition: 'Where in the file the region begins, in bytes (hexadecimal).', width: 100 },
      ({ table }, row) => table.offset[row] ?? Number.NaN,
    ),
    textColumn(
      { id: 'device', label: 'Device', definition: 'Major and minor number of the device that holds the file.', width: 72 },
      ({ table }) => table.device,
    ),
    textColumn(
      { id: 'inode', label: 'Inode', definition: 'Number of the file on its device; 0: there is no file.', width: 92 },
      ({ table }) => table.inode,
    ),
    {
      id: 'segment',
      label: 'Segment',
      definition: 'What the region is to the program.',
      unit: 'text',
      width: 166,
      summed: false,
      bar: false,
      number: (data, row) => data.segmentRank(row),
      text: ({ words: told, snapshot }, row) => segmentLabel(told, segmentOf(snapshot, row)),
      isTold: always,
    },
    textColumn(
      {
        id: 'owner',
        label: 'Owner',
        definition: 'Whose it is: the thread of a stack, the arena of a heap, the library of its data.',
        width: 170,
      },
      ({ snapshot }) => snapshot.classes.owner,
    ),
    {
      id: 'marks',
      label: 'Marks',
      definition: 'What is true of the region beside its segment.',
      unit: 'text',
      width: 110,
      summed: false,
      bar: false,
      number: ({ snapshot }, row) => snapshot.classes.marks[row] || Number.NaN,
      text: ({ snapshot }, row) =>
        marksOf(snapshot, row)
          .map((mark) => MARK_WORDS[mark].badge)
          .join(' '),
      isTold: ({ snapshot }) => snapshot.classes.marks.some((bits) => bits !== 0),
    },
    ...AMOUNTS.filter((amount) => amount !== 'size').map((amount) => amountColumn(amount, words)),
    {
      id: 'growth',
      label: 'Growth',
      definition: 'Of the readings so far: how the memory of the region went, and bytes a second.',
      unit: 'growth',
      width: 150,
      summed: false,
      bar: false,
      number: (data, row) => data.growthOf(row)?.perSecond ?? Number.NaN,
      isTold: ({ grown }) => grown !== undefined && grown.lines.length > 0,
    },
    textColumn(
      { id: 'flags', label: 'VmFlags', definition: 'Flags of the mapping, two letters each.', width: 200 },
      ({ table }) => table.flags,
    ),
    textColumn(
      { id: 'path', label: 'Path or name', definition: 'The mapped file, or the name of the region.', width: 420 },
      ({ table }) => table.path,
    ),
  ];
}

/** `figure:Private_Dirty` is asked as `private_dirty`. */
export const filterName = (id: string): string => id.replace(/^figure:/, '').toLowerCase();

/** The figures come behind it. */
const FIGURES_AFTER = 'growth';

/** The columns that maps can have. A column stays the same object over all maps of the page. */
export class RegionColumns {
  private readonly known: Map<string, RegionColumn>;
  private readonly fixed: readonly string[];

  constructor(private readonly words: Words) {
    const fixed = fixedColumns(words);
    this.known = new Map(fixed.map((column) => [column.id, column]));
    this.fixed = fixed.map(({ id }) => id);
  }

  of(id: string): RegionColumn | undefined {
    return this.known.get(id);
  }

  /** Whether a map may tell it, by the name that a filter has for it. */
  isKnown(name: string): boolean {
    return [...this.known.keys(), ...FIGURES].some((id) => filterName(id) === name);
  }

  /** Those that this map tells, in the order in which they are listed. */
  offered(data: RegionData): readonly RegionColumn[] {
    const at = this.fixed.indexOf(FIGURES_AFTER) + 1;
    const ids = this.fixed.toSpliced(at, 0, ...this.figures(data));
    return ids.flatMap((id) => this.known.get(id) ?? []).filter((column) => column.isTold(data));
  }

  /** The kernel's own in its order, then what this version does not know. */
  private figures({ table }: RegionData): readonly string[] {
    const known: readonly string[] = FIGURES;
    const others = Object.keys(table.figures).filter((name) => !known.includes(name));
    return [...known, ...others]
      .filter((name) => table.figures[name] !== undefined && !AS_AMOUNTS.has(name))
      .map((name) => {
        const id = `figure:${name}`;
        const isBare = BARE_FIGURES.has(name) || table.bare?.includes(name) === true;
        if (!this.known.has(id)) this.known.set(id, figureColumn(name, this.words, isBare));
        return id;
      });
  }
}
