import type { MapNote } from '../model/map-snapshot.js';
import { BARE_FIGURES, type MapTable } from '../model/map-table.js';
import { type Disorder, mapOrder } from './map-order.js';
import { TextDictionary } from './text-dictionary.js';

/** `vm.max_map_count` is 65,530 where nobody changed it; programs that ask for more of it get along with this. */
export const MAX_MAPPINGS = 1_000_000;
/** Bytes of names that differ. */
const MAX_TEXT = 64 << 20;
/** The kernel tells about 25. */
const MAX_FIGURES = 100;

/** Names that an address space has once. */
const ONCE = new Set(['[stack]', '[vdso]', '[vsyscall]']);

/** Amounts of one name. Many are 0 in every row, so that their values have no memory of their own until another amount comes. */
export interface FigureColumn {
  readonly name: string;
  /** So many rows from the first one on are 0, and nothing else was told yet. */
  zeros: number;
  /** `values[row]`, NaN where it is not told. */
  values: Float64Array | undefined;
}

/**
 * A MapTable in the making: a row for each mapping, the newest of which takes texts and figures. Columns of figures are made as their names
 * come. Bounded: after MAX_MAPPINGS, or too much text, further mappings are counted only.
 */
export class MapColumns {
  /** Of the newest row; -1: there is none that takes something. */
  row = -1;
  private capacity = 4096;
  private length = 0;
  private leftOut = 0;
  private start = new Float64Array(this.capacity);
  private end = new Float64Array(this.capacity);
  private permissions = new Uint8Array(this.capacity);
  private offset = new Float64Array(this.capacity);
  private readonly texts = {
    device: new Texts(this.capacity),
    inode: new Texts(this.capacity),
    path: new Texts(this.capacity),
    flags: new Texts(this.capacity),
  };
  private readonly figures = new Map<string, FigureColumn>();
  private readonly bare = new Set<string>();
  private disorder: Disorder | undefined;
  /** Rows before it are of the first map; a file may hold more of them. */
  private firstMap: { readonly length: number; readonly line: number } | undefined;

  get count(): number {
    return this.length;
  }

  get hasFigures(): boolean {
    return this.figures.size > 0;
  }

  /** Begins a row. `line` is where it stands in the text, from 1. */
  add(start: number, end: number, permissions: number, offset: number, line: number): void {
    const { length } = this;
    this.row = -1;
    if (length >= MAX_MAPPINGS || this.textSize() > MAX_TEXT) {
      this.leftOut++;
      return;
    }
    if (length === this.capacity) this.grow();
    if (length > 0 && start < (this.end[length - 1] as number)) this.disorder ??= { row: length, line };
    this.start[length] = start;
    this.end[length] = end;
    this.permissions[length] = permissions;
    this.offset[length] = offset;
    this.row = length;
    this.length = length + 1;
  }

  /** Of the newest row, 4 bits. */
  get newestPermissions(): number {
    return this.row < 0 ? 0 : (this.permissions[this.row] as number) & 15;
  }

  /** A text of the newest row. The result stands for it in `setTextAgain`. */
  setText(column: 'device' | 'inode' | 'path' | 'flags', bytes: Uint8Array, from: number, to: number): number {
    if (this.row < 0) return 0;
    const texts = this.texts[column];
    // Neighbours are often of the same file, or of none.
    if (!texts.dictionary.isText(texts.newest, bytes, from, to)) {
      texts.newest = texts.dictionary.index(bytes, from, to, column === 'path' ? pathOf : undefined);
    }
    texts.index[this.row] = texts.newest;
    return texts.newest;
  }

  setTextAgain(column: 'flags', text: number): void {
    if (this.row >= 0) this.texts[column].index[this.row] = text;
  }

  /** Device, inode and path as those that were set last. */
  setOwnerAgain(): void {
    const { row } = this;
    if (row < 0) return;
    const { device, inode, path } = this.texts;
    device.index[row] = device.newest;
    inode.index[row] = inode.newest;
    path.index[row] = path.newest;
  }

  get hasPath(): boolean {
    return this.row >= 0 && this.texts.path.index[this.row] !== 0;
  }

  /** The column of a name; undefined when there are too many. `isBare`: what comes has no unit. */
  figure(name: string, isBare: boolean): FigureColumn | undefined {
    const known = this.figures.get(name);
    if (known !== undefined) return known;
    if (this.figures.size >= MAX_FIGURES) return undefined;
    const column: FigureColumn = { name, zeros: 0, values: undefined };
    this.figures.set(name, column);
    if (isBare && !BARE_FIGURES.has(name)) this.bare.add(name);
    return column;
  }

  /** An amount of the newest row. */
  setFigure(column: FigureColumn, amount: number): void {
    const { row } = this;
    if (row < 0) return;
    if (column.values !== undefined) column.values[row] = amount;
    else if (amount === 0 && column.zeros === row) column.zeros++;
    else {
      column.values = new Float64Array(this.capacity).fill(Number.NaN);
      column.values.fill(0, 0, column.zeros);
      column.values[row] = amount;
    }
  }

  /** What comes is of another process. */
  nextMap(line: number): void {
    if (this.length > 0) this.firstMap ??= { length: this.length, line };
  }

  finish(): { readonly table: MapTable; readonly bits: 32 | 64; readonly notes: readonly MapNote[] } {
    const notes: MapNote[] = this.leftOut > 0 ? [{ code: 'too-many', count: this.leftOut }] : [];
    let { length } = this;
    if (this.firstMap !== undefined) {
      notes.push({ code: 'several-maps', count: length - this.firstMap.length, line: this.firstMap.line });
      length = this.firstMap.length;
    }
    const disorder = this.disorder !== undefined && this.disorder.row < length ? this.disorder : undefined;
    const order = mapOrder(this.start, this.end, length, disorder, disorder !== undefined && this.isTwice(length));
    notes.push(...order.notes);
    const picked = <T extends Float64Array | Uint32Array | Uint8Array>(values: T): T => {
      if (order.rows === undefined) return values.slice(0, length) as T;
      const made = values.slice(0, order.rows.length) as T;
      for (const [i, row] of order.rows.entries()) made[i] = values[row] as number;
      return made;
    };
    // One for all of them: they take no more memory, and stay one when they are sent elsewhere.
    let none: Float64Array | undefined;
    const figure = ({ values, zeros }: FigureColumn): Float64Array => {
      if (values !== undefined) return picked(values);
      if (zeros >= length) {
        none ??= new Float64Array(order.rows?.length ?? length);
        return none;
      }
      return picked(new Float64Array(length).fill(Number.NaN, zeros));
    };
    const text = ({ dictionary, index }: Texts) => dictionary.column(picked(index));
    const { device, inode, path, flags } = this.texts;
    const end = picked(this.end);
    const table: MapTable = {
      length: end.length,
      start: picked(this.start),
      end,
      permissions: picked(this.permissions),
      offset: picked(this.offset),
      device: text(device),
      inode: text(inode),
      path: text(path),
      flags: text(flags),
      figures: Object.fromEntries([...this.figures].map(([name, column]) => [name, figure(column)])),
      ...(this.bare.size === 0 ? {} : { bare: [...this.bare] }),
    };
    return { table, bits: end.length === 0 || end.some((address) => address > 2 ** 32) ? 64 : 32, notes };
  }

  private textSize(): number {
    const { device, inode, path, flags } = this.texts;
    return device.dictionary.size + inode.dictionary.size + path.dictionary.size + flags.dictionary.size;
  }

  private isTwice(length: number): boolean {
    const { dictionary, index } = this.texts.path;
    const seen = new Set<number>();
    for (let row = 0; row < length; row++) {
      const path = index[row] as number;
      if (!ONCE.has(dictionary.text(path))) continue;
      if (seen.has(path)) return true;
      seen.add(path);
    }
    return false;
  }

  private grow(): void {
    this.capacity *= 4;
    const floats = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const made = new Float64Array(this.capacity);
      made.set(old);
      return made;
    };
    this.start = floats(this.start);
    this.end = floats(this.end);
    this.offset = floats(this.offset);
    const permissions = new Uint8Array(this.capacity);
    permissions.set(this.permissions);
    this.permissions = permissions;
    for (const texts of Object.values(this.texts)) texts.grow(this.capacity);
    for (const figure of this.figures.values()) {
      if (figure.values !== undefined) figure.values = floats(figure.values).fill(Number.NaN, figure.values.length);
    }
  }
}

class Texts {
  readonly dictionary = new TextDictionary();
  index: Uint32Array;
  /** The text that was set last. */
  newest = 0;

  constructor(capacity: number) {
    this.index = new Uint32Array(capacity);
  }

  grow(capacity: number): void {
    const made = new Uint32Array(capacity);
    made.set(this.index);
    this.index = made;
  }
}

/**
 * The kernel writes a newline in a path as `\012`, and a backslash as itself: a file that really has `\012` in its name can't be told from
 * one with a newline, and is taken for it (seq_path() of the kernel).
 */
function pathOf(text: string): string {
  return text.replaceAll('\\012', '\n');
}
