import { utf8Text } from '../base/utf8.js';
import type { MapNote } from '../model/map-snapshot.js';
import { BARE_FIGURES } from '../model/map-table.js';
import { ByteLines } from './byte-lines.js';
import { blankEnd, decimal, decimalEnd, hexadecimal, hexadecimalEnd, wordEnd } from './byte-numbers.js';
import { MapColumns } from './map-columns.js';
import { type ParsedMap, permissionsOf } from './map-text.js';
import { layoutOfRow, type PmapColumn, type PmapLayout, pmapLayout } from './pmap-columns.js';

const SPACE = 0x20;
const RETURN = 0x0d;
const SLASH = 0x2f;
const COLON = 0x3a;
const CAPITAL_K = 0x4b;
const KIB = 1024;
/** Of a line, to see what it is. */
const HEAD = 1024;

/** `4711:   command line`, above each process. */
const PROCESS = /^\d+: /;
/** Sums, and the lines above them. */
const TOTALS = /^(mapped: \d+K| *total\b.* \d+(K|( +\d+)*) *$|[ =-]*(={3}|-{3})[ =-]*$| *\d+( +\d+)* +KB *$)/;

/**
 * Parses what pmap(1) of procps 3.2 to 4.0 prints, in each form: pmap, -d, -x, -X, -XX, with -p or -q, of one process. Columns are known by
 * their headings. Other than the kernel, most forms name a file by the last part of its path (but for -p), and all memory that has none
 * `[ anon ]`, the heap too; that of SysV is `[ shmid=0x1f ]`, which becomes `[shmid=0x1f]` with its inode. `Dirty` of -x is
 * Shared_Dirty + Private_Dirty, and stays a figure of its own.
 *
 * BusyBox and toybox print the forms pmap and -x, too, with names in the kernel's own brackets, as `[heap]` and `[anon]`; BusyBox with all four letters of
 * the permissions, where the others write `-` for `p` and a fifth one.
 */
export class PmapParser {
  private readonly lines = new ByteLines((bytes, from, to) => this.block(bytes, from, to));
  private readonly columns = new MapColumns();
  private layout: PmapLayout | undefined;
  private lineNumber = 0;
  private crlf = false;
  private foreign = 0;
  private firstForeign = 0;
  /** Above the columns, or above the process where there is none: `-q` leaves out the former only. */
  private heading: 'process' | 'columns' | undefined;
  private hasTotals = false;
  private hasPaths = false;
  private hasBrackets = false;

  /** No mapping has come yet. */
  get isEmpty(): boolean {
    return this.columns.count === 0;
  }

  push(chunk: Uint8Array): void {
    this.lines.push(chunk);
  }

  end(): ParsedMap {
    const rest = this.lines.end();
    const { foreign } = this;
    const isWhole = rest.length === 0 || TOTALS.test(utf8Text(rest, 0, Math.min(rest.length, HEAD)).trimEnd());
    if (rest.length > 0 && (isWhole || this.columns.count === 0)) this.line(rest, 0, rest.length);
    if (!isWhole && this.columns.count > 0) this.foreign = foreign;
    const { table, bits, notes } = this.columns.finish();
    const lacks = this.lacks();
    const all: MapNote[] = [...notes];
    if (this.foreign > 0) all.push({ code: 'foreign-lines', count: this.foreign, line: this.firstForeign });
    if (table.length > 0) {
      if (!isWhole || (this.heading === 'columns' && !this.hasTotals)) all.push({ code: 'cut' });
      // This form has no heading, and only its sums tell whether it was made with -q.
      else if (this.heading === 'process' && !this.hasTotals && this.layout?.form === 'pmap') {
        all.push({ code: 'cut', detail: 'the sums at its end are missing, which only pmap -q leaves out' });
      }
      if (lacks.length > 0) all.push({ code: 'form-lacks', detail: lacks.join(', ') });
    }
    return { table, bits, form: this.layout?.form ?? 'pmap', notes: all };
  }

  private get isShort(): boolean {
    return this.layout?.form === 'pmap' || this.layout?.form === 'pmap-x';
  }

  private lacks(): string[] {
    const kinds = new Set(this.layout?.columns.map(({ kind }) => kind));
    return [
      ...(['offset', 'device', 'inode'] as const).filter((kind) => !kinds.has(kind)),
      ...(kinds.has('flags') ? [] : ['VmFlags']),
      ...(kinds.has('figure') ? [] : ['amounts']),
      ...(this.hasPaths ? [] : ['directories of files']),
      ...(this.isShort && !this.hasBrackets ? ['names in brackets'] : []),
    ];
  }

  private block(bytes: Uint8Array, begin: number, to: number): void {
    for (let from = begin; from < to; ) {
      const end = bytes.indexOf(0x0a, from);
      this.line(bytes, from, end);
      from = end + 1;
    }
  }

  private line(bytes: Uint8Array, from: number, end: number): void {
    this.lineNumber++;
    // A file's own name may end with it: then the other lines do not.
    if (this.lineNumber === 1) this.crlf = end > from && bytes[end - 1] === RETURN;
    const to = this.crlf && end > from && bytes[end - 1] === RETURN ? end - 1 : end;
    if (blankEnd(bytes, from, to) === to) return;
    if (this.layout !== undefined && this.row(this.layout, bytes, from, to)) return;
    const text = utf8Text(bytes, from, Math.min(to, from + HEAD));
    if (TOTALS.test(text)) {
      this.hasTotals = true;
      return;
    }
    if (PROCESS.test(text)) {
      this.columns.nextMap(this.lineNumber);
      this.heading ??= 'process';
      return;
    }
    const layout = pmapLayout(text);
    if (layout !== undefined) {
      if (this.columns.count === 0) this.layout = layout;
      this.heading = 'columns';
      return;
    }
    if (this.layout === undefined) {
      this.layout = layoutOfRow(text);
      if (this.layout !== undefined && this.row(this.layout, bytes, from, to)) return;
    }
    if (this.foreign === 0) this.firstForeign = this.lineNumber;
    this.foreign++;
  }

  /** False when it is not of this layout: then nothing is taken of it. */
  private row(layout: PmapLayout, bytes: Uint8Array, begin: number, to: number): boolean {
    const words: { column: PmapColumn; from: number; to: number }[] = [];
    let at = begin;
    let mapping = to;
    for (const column of layout.columns) {
      if (column.kind === 'mapping') {
        // One blank; more of them are of the name.
        mapping = Math.min(to, at + 1);
        break;
      }
      const from = column.kind === 'flags' ? at : blankEnd(bytes, at, to);
      const end = column.kind === 'flags' ? flagsEnd(layout, bytes, begin, at, to) : wordEnd(bytes, from, to);
      if (column.kind !== 'flags' && !isWord(column, bytes, from, end)) return false;
      words.push({ column, from, to: end });
      at = end;
    }
    const find = (kind: PmapColumn['kind']) => words.find(({ column }) => column.kind === kind);
    const address = find('address');
    const size = find('size');
    if (address === undefined || size === undefined) return false;
    const start = hexadecimal(bytes, address.from, address.to);
    const bytesLong = decimal(bytes, size.from, decimalEnd(bytes, size.from, size.to)) * KIB;
    // 3.3.10 writes a second line without a size for each mapping, when the kernel tells amounts that it doesn't know.
    if (bytesLong === 0) return true;
    const permissions = find('permissions');
    const offset = find('offset');
    const { columns } = this;
    columns.add(
      start,
      start + bytesLong,
      permissions === undefined ? 0 : (permissionsOf(bytes, permissions.from, permissions.to) ?? 0),
      offset === undefined ? Number.NaN : hexadecimal(bytes, offset.from, offset.to),
      this.lineNumber,
    );
    this.setMapping(bytes, mapping, to, this.isShort && permissions !== undefined && permissions.to - permissions.from === 4);
    for (const { column, from, to: end } of words) this.take(column, bytes, from, end);
    return true;
  }

  private take(column: PmapColumn, bytes: Uint8Array, from: number, to: number): void {
    const { columns } = this;
    if (column.kind === 'inode') columns.setText('inode', bytes, from, to);
    else if (column.kind === 'device') {
      const device = ascii(kernelDevice(utf8Text(bytes, from, to)));
      columns.setText('device', device, 0, device.length);
    } else if (column.kind === 'flags') {
      const first = blankEnd(bytes, from, to);
      let end = to;
      while (end > first && bytes[end - 1] === SPACE) end--;
      columns.setText('flags', bytes, first, end);
    } else if (column.kind === 'figure') {
      const figure = columns.figure(column.name, false);
      const end = decimalEnd(bytes, from, to);
      // Older versions write `-` for what they do not know.
      if (figure !== undefined && end > from) {
        columns.setFigure(figure, decimal(bytes, from, end) * (BARE_FIGURES.has(column.name) ? 1 : KIB));
      }
    }
  }

  private setMapping(bytes: Uint8Array, begin: number, to: number, isBusyBox: boolean): void {
    const { columns } = this;
    // Two blanks stand before the name: in BusyBox, and in toybox of old.
    const from = this.isShort && bytes[begin] === SPACE && (isBusyBox || bytes[begin + 1] === SLASH) ? begin + 1 : begin;
    const text = to - from > HEAD ? '' : utf8Text(bytes, from, to);
    const inBrackets = /^ {1,2}\[ (.*) \]$/.exec(text)?.[1];
    const kernelName = this.isShort ? (isBusyBox ? /^(\[.*\])$/ : /^ {2,3}(\[\S.*\])$/).exec(text)?.[1] : undefined;
    if (kernelName !== undefined) {
      if (kernelName === '[anon]' || kernelName === '[ anon ]') return;
      this.hasBrackets = true;
      columns.setText('path', bytes, blankEnd(bytes, from, to), to);
      return;
    }
    if (inBrackets === undefined) {
      if (text.includes('/')) this.hasPaths = true;
      columns.setText('path', bytes, from, to);
      return;
    }
    if (inBrackets === 'anon') return;
    const name = ascii(`[${inBrackets}]`);
    columns.setText('path', name, 0, name.length);
    const segment = /^shmid=0x([0-9a-f]{1,8})$/.exec(inBrackets)?.[1];
    const inode = ascii(segment === undefined ? '' : String(Number.parseInt(segment, 16)));
    columns.setText('inode', inode, 0, inode.length);
  }
}

function isWord(column: PmapColumn, bytes: Uint8Array, from: number, to: number): boolean {
  if (to === from) return false;
  switch (column.kind) {
    case 'address':
    case 'offset':
      return to - from <= 16 && hexadecimalEnd(bytes, from, to) === to;
    case 'size': {
      const end = decimalEnd(bytes, from, to);
      return end > from && end - from <= 15 && (end === to || (end === to - 1 && bytes[end] === CAPITAL_K));
    }
    case 'permissions':
      return to - from <= 5 && permissionsOf(bytes, from, to) !== undefined;
    case 'device':
      return bytes.subarray(from, to).includes(COLON) && to - from < 20;
    case 'inode':
    case 'unnamed':
      return decimalEnd(bytes, from, to) === to && to - from <= 20;
    case 'figure':
      return to - from <= 15 && (decimalEnd(bytes, from, to) === to || (to === from + 1 && bytes[from] === 0x2d));
    default:
      return true;
  }
}

/** Flags stand right-aligned below their heading; where the line was shifted, words of two letters are flags. */
function flagsEnd(layout: PmapLayout, bytes: Uint8Array, begin: number, at: number, to: number): number {
  const { flags } = layout;
  const end = begin + (flags?.to ?? 0);
  if (flags !== undefined && at - begin === flags.from && (end >= to || bytes[end] === SPACE)) return Math.min(to, end);
  let last = at;
  for (;;) {
    const word = blankEnd(bytes, last, to);
    const next = wordEnd(bytes, word, to);
    // One blank or two come before the path: here they are no part of it.
    if (next - word !== 2) return Math.max(last, word - 1);
    last = next;
  }
}

/** `0fe:00001` of `pmap -d` as the kernel writes it. */
function kernelDevice(text: string): string {
  const [major = '', minor = ''] = text.split(':');
  const short = (digits: string): string => digits.replace(/^0+/, '').padStart(2, '0');
  return `${short(major)}:${short(minor)}`;
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 0xff);
