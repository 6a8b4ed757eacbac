import type { MapForm, MapNote } from '../model/map-snapshot.js';
import { EXECUTE, type MapTable, READ, SHARED, WRITE } from '../model/map-table.js';
import { ByteLines } from './byte-lines.js';
import { blankEnd, decimal, decimalEnd, hexadecimal, hexadecimalEnd } from './byte-numbers.js';
import { KnownLine } from './known-line.js';
import { type FigureColumn, MapColumns } from './map-columns.js';

export interface ParsedMap {
  /** Empty: it is no map. */
  readonly table: MapTable;
  readonly form: MapForm;
  /** By the addresses: a process of 64 bits has some above 4 GiB, but in a text that was cut before them. */
  readonly bits: 32 | 64;
  readonly notes: readonly MapNote[];
}

const SPACE = 0x20;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const COLON = 0x3a;
const DASH = 0x2d;
const ZERO = 0x30;
const SMALL_K = 0x6b;
const CAPITAL_B = 0x42;
/** ` kB\n`, as a big-endian number. */
const UNIT = 0x206b420a;
const KIB = 1024;
/** More digits than a number of smaps has. */
const MAX_DIGITS = 15;
const LONGEST_NAME = 40;
/** Of a line, for its shape. */
const MAX_ASCII = 512;
const ROLLUP = '[rollup]';

/** A line of smaps `Name:   123 kB`, `Name: 1` or `VmFlags: rd wr`. */
interface FigureLine {
  readonly name: Uint8Array;
  /** Of a line as the kernel writes it: the 16 bytes that hold the name, as two numbers. NaN: it is never written so. */
  readonly head: number;
  readonly tail: number;
  readonly kind: 'amount' | 'bare' | 'size' | 'flags' | 'name';
  readonly column: FigureColumn | undefined;
  /** The line that came after it last time: the order is the same for each mapping. */
  next: FigureLine | undefined;
}

/**
 * Parses /proc/PID/maps and /proc/PID/smaps, which are told apart by what comes, from bytes cut anywhere. Lines that are none of a map are
 * counted, amounts of any name are kept, and what was understood before a cut stays.
 *
 * Shapes: proc_pid_maps(5), proc_pid_smaps(5), Documentation/filesystems/proc.rst of the kernel. Mappings begin with
 * `START-END PERMISSIONS OFFSET MAJOR:MINOR INODE  PATH`; kernels 3.4 to 4.4 call a thread's stack `[stack:TID]`. The header and the
 * amounts of a smaps_rollup in the same text (`... ---p 00000000 00:00 0 [rollup]`) are no mapping, and are passed over.
 */
export class MapTextParser {
  private readonly lines = new ByteLines((bytes, from, to) => this.block(bytes, from, to));
  private readonly columns = new MapColumns();
  private readonly kinds = new Map<string, FigureLine>();
  /** Of the mapping that comes: the line that should come next, and the one before it. */
  private expected: FigureLine | undefined;
  private last: FigureLine | undefined;
  private first: FigureLine | undefined;
  /** Device, inode and path of the mapping before: neighbours are often of the same file, or of none. */
  private readonly owner = new KnownLine();
  /** The newest line of VmFlags, by the permissions of its mapping: most flags follow from them. */
  private readonly flagLines = Array.from({ length: 16 }, () => new KnownLine());
  private lineNumber = 0;
  private foreign = 0;
  private firstForeign = 0;
  /** Amounts come that are of no mapping: of a rollup. */
  private inRollup = false;
  private crlf = false;
  private told = 0;
  private toldBefore = 0;

  /** No mapping has come yet. */
  get isEmpty(): boolean {
    return this.columns.count === 0;
  }

  push(chunk: Uint8Array): void {
    this.lines.push(chunk);
  }

  end(): ParsedMap {
    const isCut = this.takeRest();
    const { table, bits, notes } = this.columns.finish();
    return {
      table,
      bits,
      form: this.columns.hasFigures ? 'smaps' : 'maps',
      notes: [
        ...notes,
        ...(this.foreign > 0 ? [{ code: 'foreign-lines' as const, count: this.foreign, line: this.firstForeign }] : []),
        ...(isCut && table.length > 0 ? [{ code: 'cut' as const }] : []),
      ],
    };
  }

  /** The line without an end. True when the text was cut: there, or at a line end within a mapping of smaps. */
  private takeRest(): boolean {
    const rest = this.lines.end();
    const { columns, foreign } = this;
    let isCut = false;
    if (rest.length > 0) {
      this.lineNumber++;
      const head = ascii(rest, 0, rest.length);
      // A number without its unit may lack digits, a name without a bracket its end.
      isCut =
        !/(\]| \(deleted\)|[0-9] kB| 00:00 0 *)\s*$/.test(ascii(rest, rest.length - 64, rest.length)) && !WHOLE_FLAGS.test(head);
      if (!isCut || columns.count === 0 || WITH_PATH.test(head)) this.line(rest, 0, rest.length);
      if (isCut) this.foreign = columns.count === 0 ? this.foreign : foreign;
    }
    return columns.hasFigures && columns.row >= 0 && columns.count > 1 ? this.told < this.toldBefore : isCut;
  }

  private block(bytes: Uint8Array, begin: number, to: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, to);
    for (let from = begin; from < to; ) {
      if (this.expected !== undefined) from = this.kernelAmounts(this.expected, view, from, to);
      const { expected } = this;
      if (expected !== undefined) {
        const next =
          expected.kind === 'flags' ? this.kernelFlags(expected, bytes, from, to) : this.amount(expected, bytes, from, to);
        if (next > 0) {
          from = next;
          continue;
        }
      }
      if (from === to) return;
      const end = bytes.indexOf(NEWLINE, from);
      this.lineNumber++;
      if (this.lineNumber === 1) this.crlf = end > from && bytes[end - 1] === RETURN;
      this.line(bytes, from, end);
      from = end + 1;
    }
  }

  /**
   * The lines that are expected, as long as they are those that the kernel writes as 16 bytes of name, 8 of digits and ` kB\n`: where the
   * next one begins. There are a million of them in the smaps of 50,000 mappings, so they are compared eight bytes at a time.
   */
  private kernelAmounts(first: FigureLine, view: DataView, begin: number, to: number): number {
    const { columns } = this;
    let from = begin;
    let count = 0;
    let last: FigureLine | undefined;
    let line: FigureLine | undefined = first;
    while (
      line !== undefined &&
      from + 28 <= to &&
      view.getUint32(from + 24) === UNIT &&
      view.getFloat64(from, true) === line.head &&
      view.getFloat64(from + 8, true) === line.tail
    ) {
      const value: number = view.getFloat64(from + 16, true) === NOTHING ? 0 : digitsOf(view, from + 16);
      if (value < 0) break;
      if (line.column !== undefined) columns.setFigure(line.column, value * KIB);
      last = line;
      line = line.next;
      count++;
      from += 28;
    }
    if (last !== undefined) {
      this.lineNumber += count;
      this.told += count;
      this.last = last;
      this.expected = line;
    }
    return from;
  }

  /** As `amount`, for `VmFlags: rd wr \n`. */
  private kernelFlags(line: FigureLine, bytes: Uint8Array, from: number, to: number): number {
    const { columns } = this;
    const known = this.flagLines[columns.newestPermissions] as KnownLine;
    const knownEnd = known.endIn(bytes, from, to);
    if (knownEnd > 0) {
      this.lineNumber++;
      columns.setTextAgain('flags', known.text);
      this.step(line);
      return knownEnd;
    }
    const { name } = line;
    const value = from + name.length + 2;
    if (value > to || bytes[value - 2] !== COLON || bytes[value - 1] !== SPACE) return 0;
    for (let i = 0; i < name.length; i++) if (bytes[from + i] !== name[i]) return 0;
    let end = value;
    while (bytes[end] !== NEWLINE) end++;
    // A line end of another machine, or more blanks than one, are left to the long way.
    const last = bytes[end - 1] === SPACE ? end - 1 : end;
    if (last <= value || (bytes[last - 1] as number) <= SPACE || bytes[value] === SPACE) return 0;
    this.lineNumber++;
    const text = columns.setText('flags', bytes, value, last);
    if (columns.row >= 0) known.keep(bytes, from, end + 1, text);
    this.step(line);
    return end + 1;
  }

  /** As `kernelAmount`, of any width, and without a unit where none is expected. */
  private amount(line: FigureLine, bytes: Uint8Array, from: number, to: number): number {
    const { name } = line;
    const { length } = name;
    // `Name: 0 kB\n` at least.
    if (from + length + 7 > to) return 0;
    for (let i = 0; i < length; i++) if (bytes[from + i] !== name[i]) return 0;
    let at = from + length;
    if (bytes[at++] !== COLON) return 0;
    while (bytes[at] === SPACE) at++;
    const digits = at;
    let value = 0;
    for (let digit = (bytes[at] as number) - ZERO; digit >= 0 && digit <= 9; digit = (bytes[at] as number) - ZERO) {
      value = value * 10 + digit;
      at++;
    }
    if (at === digits || at - digits > MAX_DIGITS || at + 4 > to) return 0;
    if (bytes[at] === SPACE && bytes[at + 1] === SMALL_K && bytes[at + 2] === CAPITAL_B && bytes[at + 3] === NEWLINE) {
      if (line.kind !== 'amount' && line.kind !== 'size') return 0;
      value *= KIB;
      at += 4;
    } else if (bytes[at] === NEWLINE && line.kind === 'bare') {
      at++;
    } else return 0;
    this.lineNumber++;
    if (line.column !== undefined) this.columns.setFigure(line.column, value);
    this.step(line);
    return at;
  }

  private step(line: FigureLine): void {
    this.told++;
    this.last = line;
    this.expected = line.next;
  }

  private line(bytes: Uint8Array, begin: number, end: number): void {
    const from = blankEnd(bytes, begin, end);
    const to = this.crlf && end > from && bytes[end - 1] === RETURN ? end - 1 : end;
    if (to === from || (to === from + 1 && bytes[from] === RETURN)) return;
    const isUnderstood =
      (bytes[from] as number) >= 0x41 && (bytes[from] as number) <= 0x5a
        ? this.figure(bytes, from, to)
        : this.mapping(bytes, from, to);
    if (isUnderstood) return;
    if (this.foreign === 0) this.firstForeign = this.lineNumber;
    this.foreign++;
  }

  /** `START-END PERMISSIONS OFFSET MAJOR:MINOR INODE  PATH` */
  private mapping(bytes: Uint8Array, from: number, to: number): boolean {
    const startEnd = hexadecimalEnd(bytes, from, to);
    const endEnd = hexadecimalEnd(bytes, startEnd + 1, to);
    if (!isNumber(from, startEnd, 16) || bytes[startEnd] !== DASH || !isNumber(startEnd + 1, endEnd, 16)) return false;
    const permissions = permissionsOf(bytes, endEnd + 1, endEnd + 5);
    if (bytes[endEnd] !== SPACE || permissions === undefined || bytes[endEnd + 5] !== SPACE) return false;
    const offset = endEnd + 6;
    const offsetEnd = hexadecimalEnd(bytes, offset, to);
    if (!isNumber(offset, offsetEnd, 16) || bytes[offsetEnd] !== SPACE) return false;
    const start = hexadecimal(bytes, from, startEnd);
    const end = hexadecimal(bytes, startEnd + 1, endEnd);
    if (end <= start) return false;
    const { columns } = this;
    const isSame = this.owner.endIn(bytes, offsetEnd, to) === to;
    const parts = isSame ? undefined : ownerOf(bytes, offsetEnd + 1, to);
    if (!isSame && parts === undefined) return false;

    if (columns.row >= 0) this.toldBefore = this.told;
    this.told = 0;
    this.last = undefined;
    this.expected = undefined;
    this.inRollup = parts !== undefined && isRollup(bytes, parts.path, parts.pathEnd);
    if (this.inRollup) {
      columns.row = -1;
      return true;
    }
    this.expected = this.first;
    columns.add(start, end, permissions, hexadecimal(bytes, offset, offsetEnd), this.lineNumber);
    if (parts === undefined) columns.setOwnerAgain();
    else {
      columns.setText('device', bytes, offsetEnd + 1, parts.deviceEnd);
      columns.setText('inode', bytes, parts.deviceEnd + 1, parts.inodeEnd);
      columns.setText('path', bytes, parts.path, parts.pathEnd);
      this.owner.keep(bytes, offsetEnd, to);
    }
    return true;
  }

  private figure(bytes: Uint8Array, from: number, end: number): boolean {
    const to = bytes[end - 1] === RETURN ? end - 1 : end;
    let colon = from;
    while (colon < to && bytes[colon] !== COLON && colon - from <= LONGEST_NAME) colon++;
    if (bytes[colon] !== COLON || colon === from) return false;
    if (this.inRollup) return /^[A-Z][\w@().-]*:[ \t]+\d+ kB\s*$/.test(ascii(bytes, from, to));
    if (this.columns.count === 0) return false;
    const value = blankEnd(bytes, colon + 1, to);
    const line = this.kindOf(bytes, from, colon, value, to);
    if (line === undefined || !this.take(line, bytes, value, to)) return false;
    if (this.last !== undefined) this.last.next = line;
    else this.first = line;
    this.step(line);
    return true;
  }

  private kindOf(bytes: Uint8Array, from: number, colon: number, value: number, to: number): FigureLine | undefined {
    const name = ascii(bytes, from, colon);
    const known = this.kinds.get(name);
    if (known !== undefined) return known;
    if (!/^[A-Z][\w@().-]*$/.test(name)) return undefined;
    const line = (kind: FigureLine['kind'], column?: FigureColumn): FigureLine => {
      // A copy: the bytes are another line's soon (slice() of Node's Buffer is none).
      const copy = new Uint8Array(bytes.subarray(from, colon));
      const isNarrow = name.length < 16 && (kind === 'amount' || kind === 'size');
      const text = isNarrow ? `${name}:`.padEnd(16) : '';
      const made = { name: copy, head: asNumber(text.slice(0, 8)), tail: asNumber(text.slice(8)), kind, column, next: undefined };
      this.kinds.set(name, made);
      return made;
    };
    if (name === 'Size') return line('size');
    if (name === 'VmFlags') return line('flags');
    if (name === 'Name') return line('name');
    const digits = decimalEnd(bytes, value, to);
    if (digits === value) return undefined;
    const isBare = blankEnd(bytes, digits, to) === to;
    if (!isBare && ascii(bytes, digits, to).trim() !== 'kB') return undefined;
    const column = this.columns.figure(name, isBare);
    return column === undefined ? undefined : line(isBare ? 'bare' : 'amount', column);
  }

  private take(line: FigureLine, bytes: Uint8Array, value: number, to: number): boolean {
    const { columns } = this;
    if (line.kind === 'flags') {
      let end = to;
      while (end > value && bytes[end - 1] === SPACE) end--;
      columns.setText('flags', bytes, value, end);
      return true;
    }
    if (line.kind === 'name') {
      // Older kernels of Android tell the name of anonymous memory here.
      if (!columns.hasPath) {
        columns.setText('path', bytes, value, to);
        this.owner.forget();
      }
      return true;
    }
    const digits = decimalEnd(bytes, value, to);
    if (!isNumber(value, digits, MAX_DIGITS)) return false;
    const isKib = digits < to && ascii(bytes, digits, to).trim() === 'kB';
    if (line.kind === 'bare' ? blankEnd(bytes, digits, to) < to : !isKib) return false;
    if (line.column !== undefined) columns.setFigure(line.column, decimal(bytes, value, digits) * (isKib ? KIB : 1));
    return true;
  }
}

/** Of `rwxp`, and of the first four of pmap's `rwxs-`, where `-` is no `s`; undefined for all else. */
export function permissionsOf(bytes: Uint8Array, from: number, to: number): number | undefined {
  if (to - from < 4) return undefined;
  const [read, write, execute] = [bytes[from], bytes[from + 1], bytes[from + 2]];
  if (read !== 0x72 && read !== DASH) return undefined;
  if (write !== 0x77 && write !== DASH) return undefined;
  if (execute !== 0x78 && execute !== DASH) return undefined;
  const permissions = (read === DASH ? 0 : READ) | (write === DASH ? 0 : WRITE) | (execute === DASH ? 0 : EXECUTE);
  const last = bytes[from + 3];
  if (last === 0x73) return permissions | SHARED;
  return last === 0x70 || last === DASH ? permissions : undefined;
}

/** Where the parts of `MAJOR:MINOR INODE  PATH` end and begin; undefined: it is something else. */
function ownerOf(
  bytes: Uint8Array,
  device: number,
  to: number,
): { readonly deviceEnd: number; readonly inodeEnd: number; readonly path: number; readonly pathEnd: number } | undefined {
  const colon = hexadecimalEnd(bytes, device, to);
  const deviceEnd = hexadecimalEnd(bytes, colon + 1, to);
  if (!isNumber(device, colon, 8) || bytes[colon] !== COLON || !isNumber(colon + 1, deviceEnd, 8)) return undefined;
  const inode = deviceEnd + 1;
  const inodeEnd = decimalEnd(bytes, inode, to);
  if (bytes[deviceEnd] !== SPACE || !isNumber(inode, inodeEnd, 20)) return undefined;
  if (inodeEnd < to && bytes[inodeEnd] !== SPACE && bytes[inodeEnd] !== RETURN) return undefined;
  const path = blankEnd(bytes, inodeEnd, to);
  // A line end of a text that is not of this machine; a file's name may end with it, too.
  return { deviceEnd, inodeEnd, path, pathEnd: to === path + 1 && bytes[path] === RETURN ? path : to };
}

const isNumber = (from: number, end: number, digits: number): boolean => end > from && end - from <= digits;

/** Eight letters as the number whose bytes they are: equal when they are, as none of text is a NaN. Of fewer: NaN. */
function asNumber(text: string): number {
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  return bytes.length < 8 ? Number.NaN : new DataView(bytes.buffer).getFloat64(0, true);
}

const NOTHING = asNumber('0'.padStart(8));

/** Of 8 bytes, right-aligned; -1: they are no number. */
function digitsOf(view: DataView, from: number): number {
  let at = from;
  while (at < from + 8 && view.getUint8(at) === SPACE) at++;
  let value = at < from + 8 ? 0 : -1;
  for (; at < from + 8; at++) {
    const digit = view.getUint8(at) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

const WHOLE_FLAGS = /^\s*VmFlags:( \w\w)* *\r?$/;
/** The beginning of a mapping whose inode is told whole, as something follows it. */
const WITH_PATH = /^\s*[0-9a-f]+-[0-9a-f]+ \S{4} [0-9a-f]+ [0-9a-f:]+ \d+ +\S/;

const isRollup = (bytes: Uint8Array, from: number, to: number): boolean =>
  to - from === ROLLUP.length && ascii(bytes, from, to) === ROLLUP;

function ascii(bytes: Uint8Array, from: number, to: number): string {
  const begin = Math.max(0, from);
  return String.fromCharCode(...bytes.subarray(begin, Math.min(to, begin + MAX_ASCII)));
}
