import { RULES } from '../insight/map/rules.js';
import type { MapOrigin, MapSnapshot } from '../model/map-snapshot.js';
import { BARE_FIGURES, type MapTable, permissionsText, type TextColumn } from '../model/map-table.js';
import { ADDRESS_UNIT, AMOUNT_UNIT } from '../model/recording.js';
import { MARKS, SEGMENTS } from '../model/segment.js';

/** After so many maps all is told again, so that a damaged line costs little. */
const WHOLE_EVERY = 20;
/** UTF-16 units of a line: with what it has beside texts and mappings it stays below 256 KiB in UTF-8. */
const PART = 1 << 16;
/** Of a command line, whose control characters take six bytes each. */
const LONGEST_COMMAND = 1 << 14;

const LONGEST_LABEL = 1000;

/** What the mappings of the maps up to the next whole one are told by. */
interface Shape {
  /** Figures, in their order. */
  readonly names: readonly string[];
  readonly bare: readonly string[];
  /** Of each figure, what most mappings have: only what differs is told. NaN: not told. */
  readonly usual: readonly number[];
  readonly texts: Map<string, number>;
}

/** The maps of one series as lines of a recording; docs/formats/recording.md, "Maps". Holds the map that was written last: only what changed is told. */
export class RecordedMapWriter {
  private number = 0;
  private shape: Shape | undefined;
  /** The mappings as they were written, by their start. */
  private rows: ReadonlyMap<number, string> = new Map();
  private origin = '';

  /** `of`: the number of the series. */
  constructor(private readonly of: number) {}

  /** `label`: the user's word for this moment. */
  lines(snapshot: MapSnapshot, label?: string): readonly string[] {
    const { table, classes: _, at, origin, ...facts } = snapshot;
    const names = Object.keys(table.figures);
    const bare = table.bare ?? [];
    const whole = this.number % WHOLE_EVERY === 0 || !isOf(this.shape, names, bare);
    const shape: Shape = whole || this.shape === undefined ? shapeOf(table, names, bare) : this.shape;
    const before = whole ? new Map<number, string>() : this.rows;
    const { rows, texts } = encode(snapshot, shape);
    const from = JSON.stringify(origin);
    const parts = new Parts(this.of, this.number++, {
      at,
      ...(label === undefined ? {} : { label: label.slice(0, LONGEST_LABEL) }),
      ...(whole ? { whole, names, usual: shape.usual, ...(bare.length === 0 ? {} : { bare }) } : {}),
      regions: table.length,
      facts: { ...facts, ...(whole || from !== this.origin ? { origin: shortened(origin) } : {}) },
    });
    for (const text of texts) parts.add('texts', JSON.stringify(text));
    for (const start of before.keys()) if (!rows.has(start)) parts.add('gone', JSON.stringify(start));
    for (const [start, row] of rows) if (before.get(start) !== row) parts.add('rows', row);
    this.shape = shape;
    this.rows = rows;
    this.origin = from;
    return parts.end();
  }
}

/** Puts the lists of a map into as many lines as it takes. */
class Parts {
  private readonly lines: string[] = [];
  private readonly lists = { texts: [] as string[], gone: [] as string[], rows: [] as string[] };
  private length: number;

  constructor(
    private readonly of: number,
    private readonly n: number,
    private head: Readonly<Record<string, unknown>>,
  ) {
    this.length = JSON.stringify(head).length;
  }

  add(list: keyof Parts['lists'], json: string): void {
    if (this.length + json.length > PART) this.flush(false);
    this.lists[list].push(json);
    this.length += json.length + 1;
  }

  end(): readonly string[] {
    this.flush(true);
    return this.lines;
  }

  private flush(last: boolean): void {
    const { of, n, head } = this;
    const begin = JSON.stringify({ k: 'map', of, n, part: this.lines.length, ...(last ? { last } : {}), ...head });
    const lists = Object.entries(this.lists).filter(([, items]) => items.length > 0);
    this.lines.push(`${begin.slice(0, -1)}${lists.map(([name, items]) => `,"${name}":[${items.join(',')}]`).join('')}}`);
    for (const [, items] of lists) items.splice(0);
    this.head = {};
    this.length = 0;
  }
}

const isOf = (shape: Shape | undefined, names: readonly string[], bare: readonly string[]): boolean =>
  shape !== undefined && shape.names.join() === names.join() && shape.bare.join() === bare.join();

function shapeOf(table: MapTable, names: readonly string[], bare: readonly string[]): Shape {
  const usual = names.map((name) => mostFrequent(table.figures[name] ?? new Float64Array(0)) / unitOf(name, bare));
  return { names, bare, usual, texts: new Map([['', 0]]) };
}

const unitOf = (name: string, bare: readonly string[]): number =>
  BARE_FIGURES.has(name) || bare.includes(name) ? 1 : AMOUNT_UNIT;

function mostFrequent(values: Float64Array): number {
  const counts = new Map<number, number>();
  let most = Number.NaN;
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    if (count > (counts.get(most) ?? 0)) most = value;
  }
  return most;
}

/** The mappings by their start, and the texts that were not told before. */
function encode(
  { table, classes }: MapSnapshot,
  { names, bare, usual, texts: known }: Shape,
): { readonly rows: ReadonlyMap<number, string>; readonly texts: readonly string[] } {
  const texts: string[] = [];
  const numberOf = (text: string): number => {
    let number = known.get(text);
    if (number === undefined) {
      number = known.size;
      known.set(text, number);
      texts.push(text);
    }
    return number;
  };
  const numbers = (column: TextColumn): ((row: number) => number) => {
    const told = column.texts.map(() => -1);
    return (row) => {
      const index = column.index[row] ?? 0;
      let number = told[index] ?? -1;
      if (number < 0) {
        number = numberOf(column.texts[index] ?? '');
        told[index] = number;
      }
      return number;
    };
  };
  const ofColumns = [table.device, table.inode, table.path, table.flags].map(numbers);
  const owner = numbers(classes.owner);
  const figures = names.map((name) => ({ values: table.figures[name]!, unit: unitOf(name, bare) }));
  const rows = new Map<number, string>();
  for (let row = 0; row < table.length; row++) {
    const start = table.start[row]! / ADDRESS_UNIT;
    const marks = classes.marks[row] ?? 0;
    // NaN becomes null.
    const cells = [
      start,
      (table.end[row]! - table.start[row]!) / ADDRESS_UNIT,
      table.offset[row]! / ADDRESS_UNIT,
      numberOf(permissionsText(table.permissions[row] ?? 0)),
      ...ofColumns.map((column) => column(row)),
      numberOf(SEGMENTS[classes.segment[row] ?? 0] ?? ''),
      numberOf(RULES[classes.rule[row] ?? 0]?.[0] ?? ''),
      numberOf(marks === 0 ? '' : marksText(marks)),
      owner(row),
    ];
    for (const [i, { values, unit }] of figures.entries()) {
      const value = values[row]! / unit;
      if (value !== usual[i] && !(Number.isNaN(value) && Number.isNaN(usual[i]))) cells.push(i, value);
    }
    rows.set(start, JSON.stringify(cells));
  }
  return { rows, texts };
}

/** Their names: another version may have other bits. */
const marksText = (marks: number): string =>
  Object.entries(MARKS)
    .flatMap(([name, bit]) => (marks & bit ? [name] : []))
    .join(' ');

function shortened(origin: MapOrigin): MapOrigin {
  if (origin.kind !== 'process' || origin.commandLine === undefined) return origin;
  return { ...origin, commandLine: origin.commandLine.slice(0, LONGEST_COMMAND) };
}
