import type { Milliseconds } from '../base/units.js';
import type { MapNote, MapOrigin } from '../model/map-snapshot.js';
import { BARE_FIGURES, type MapTable } from '../model/map-table.js';
import { ADDRESS_UNIT, AMOUNT_UNIT } from '../model/recording.js';
import { MARKS, type Mark } from '../model/segment.js';
import { readMapFacts, readOrigin } from './map-facts.js';
import type { MapFile } from './map-json.js';
import { isFigureName, permissionBits, type ToldRegion, tableOfRegions } from './map-regions.js';
import { isObject, type Json, readMoment } from './recording-line.js';

/** A line of a map: maps of a series are numbered, and so are the lines of each. */
export interface MapPart {
  readonly n: number;
  readonly part: number;
  readonly last: boolean;
  /** Of the first line. */
  readonly head?: {
    readonly at: Milliseconds;
    /** It says all, not only what changed. */
    readonly whole: boolean;
    readonly regions: number;
    /** The user's word for this moment. */
    readonly label?: string;
  };
}

/** Undefined: it lacks what such a line needs. */
export function readMapPart(line: Json): MapPart | undefined {
  const { n, part, last, whole, regions, label } = line;
  if (!isCount(n) || !isCount(part)) return undefined;
  const base = { n, part, last: last === true };
  if (part > 0) return base;
  const at = readMoment(line);
  if (at === undefined || !isCount(regions)) return undefined;
  const head = { at, whole: whole === true, regions };
  return { ...base, head: typeof label === 'string' ? { ...head, label } : head };
}

/** Start, size and offset in units of ADDRESS_UNIT, then the numbers of nine texts, then numbers and values of figures. */
type Row = readonly (number | null)[];

const TEXTS = 9;
const FIXED = 3 + TEXTS;
const MOST_REGIONS = 1_000_000;
const MOST_FIGURES = 100;
/** UTF-16 units of all texts of maps that hang together. */
const MOST_TEXT = 64 << 20;

/**
 * Puts the maps of one series together from their lines (docs/formats/recording.md, "Maps"). Never throws. A map of which a line is lost or
 * not understood is none, and so are those that say what changed since; the next whole one is a map again.
 */
export class RecordedMapReader {
  private readonly rows = new Map<number, Row>();
  private texts: string[] = [''];
  private textLength = 0;
  private names: readonly string[] = [];
  private bare: readonly string[] = [];
  private usual: readonly (number | null)[] = [];
  private facts: Json = {};
  private at: Milliseconds = 0;
  /** What `n` and `part` of the next line are to be; undefined: only a whole map will do. */
  private next: { readonly n: number; readonly part: number } | undefined;

  constructor(private origin: MapOrigin) {}

  /** `map`: with this line a map is there. `lost`: it is of no use without others that did not come. `bad`: it is not understood. */
  take(line: Json): 'part' | 'map' | 'lost' | 'bad' {
    const part = readMapPart(line);
    if (part?.head?.whole !== true && (this.next === undefined || part?.n !== this.next.n || part.part !== this.next.part)) {
      this.next = undefined;
      return part === undefined ? 'bad' : 'lost';
    }
    this.next = undefined;
    if (part.head !== undefined && !this.begin(line, part.head)) return 'bad';
    if (!this.addTexts(line['texts']) || !this.forget(line['gone']) || !this.addRows(line['rows'])) return 'bad';
    this.next = part.last ? { n: part.n + 1, part: 0 } : { n: part.n, part: part.part + 1 };
    return part.last ? 'map' : 'part';
  }

  /** The one that is there since `take` has answered `map`. */
  map(): MapFile {
    const facts = readMapFacts({ ...this.facts, at: this.at }, { at: this.at, origin: this.origin, bits: 64 });
    const sorted = [...this.rows.values()].sort((one, other) => one[0]! - other[0]!);
    let end = 0;
    const rows = sorted.filter(([start, size]) => {
      if (start! < end) return false;
      end = start! + size!;
      return true;
    });
    const overlapping = sorted.length - rows.length;
    const notes: readonly MapNote[] =
      overlapping === 0 ? facts.notes : [...facts.notes, { code: 'out-of-order', count: overlapping }];
    const { table, told } = tableOfRegions(
      rows.map((row) => this.region(row)),
      [],
    );
    const bare = this.bare.filter((name) => this.names.includes(name));
    const figures = this.figures(rows);
    return { facts: { ...facts, notes }, table: { ...table, figures, ...(bare.length === 0 ? {} : { bare }) }, told };
  }

  private begin(line: Json, { at, whole }: NonNullable<MapPart['head']>): boolean {
    this.at = at;
    this.facts = isObject(line['facts']) ? line['facts'] : {};
    this.origin = readOrigin(this.facts['origin']) ?? this.origin;
    if (!whole) return true;
    const { names, usual, bare = [] } = line;
    if (!isListOf(names, isText) || !isListOf(usual, isValue) || !isListOf(bare, isText)) return false;
    if (names.length > MOST_FIGURES || usual.length !== names.length || !names.every(isFigureName)) return false;
    this.names = names;
    this.usual = usual;
    this.bare = bare;
    this.texts = [''];
    this.textLength = 0;
    this.rows.clear();
    return true;
  }

  private addTexts(list: unknown = []): boolean {
    if (!isListOf(list, isText)) return false;
    for (const text of list) {
      this.texts.push(text);
      this.textLength += text.length + 8;
    }
    return this.textLength <= MOST_TEXT;
  }

  private forget(list: unknown = []): boolean {
    if (!isListOf(list, isAmount)) return false;
    for (const start of list) this.rows.delete(start);
    return true;
  }

  private addRows(list: unknown = []): boolean {
    if (!Array.isArray(list)) return false;
    for (const row of list as readonly unknown[]) {
      if (!this.isRow(row)) return false;
      this.rows.set(row[0], row);
    }
    return this.rows.size <= MOST_REGIONS;
  }

  private isRow(row: unknown): row is Row & { readonly 0: number } {
    if (!isListOf(row, isValue) || row.length < FIXED || (row.length - FIXED) % 2 !== 0) return false;
    const [start, size] = row;
    if (typeof start !== 'number' || typeof size !== 'number' || size === 0) return false;
    if ((start + size) * ADDRESS_UNIT > 2 ** 64) return false;
    return row.every((value, i) => {
      if (i >= 3 && i < FIXED) return isCount(value) && value < this.texts.length;
      return i < FIXED || (i - FIXED) % 2 === 1 || (isCount(value) && value < this.names.length);
    });
  }

  private region(row: Row): ToldRegion {
    const text = (i: number): string => this.texts[row[3 + i]!]!;
    const start = row[0]! * ADDRESS_UNIT;
    return {
      start,
      end: start + row[1]! * ADDRESS_UNIT,
      offset: row[2] == null ? Number.NaN : row[2] * ADDRESS_UNIT,
      permissions: permissionBits(text(0)) ?? 0,
      device: text(1),
      inode: text(2),
      path: text(3),
      flags: text(4),
      segment: text(5),
      rule: text(6),
      marks: text(7)
        .split(' ')
        .reduce((bits, mark) => bits | (Object.hasOwn(MARKS, mark) ? MARKS[mark as Mark] : 0), 0),
      owner: text(8),
      figures: [],
    };
  }

  private figures(rows: readonly Row[]): MapTable['figures'] {
    const units = this.names.map((name) => (BARE_FIGURES.has(name) || this.bare.includes(name) ? 1 : AMOUNT_UNIT));
    const columns = units.map((unit, i) => new Float64Array(rows.length).fill((this.usual[i] ?? Number.NaN) * unit));
    for (const [at, row] of rows.entries()) {
      for (let i = FIXED; i < row.length; i += 2) columns[row[i]!]![at] = (row[i + 1] ?? Number.NaN) * units[row[i]!]!;
    }
    return Object.fromEntries(this.names.map((name, i) => [name, columns[i]!]));
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isAmount = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value < 1e300;
const isValue = (value: unknown): value is number | null => value === null || isAmount(value);
const isText = (value: unknown): value is string => typeof value === 'string';

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && (value as readonly unknown[]).every(is);
}
