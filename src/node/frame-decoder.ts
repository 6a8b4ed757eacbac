import type { ReadSink } from '../app/reader.js';
import type { MapsDigest } from '../model/process.js';
import { digestMaps } from '../procfs/maps-digest.js';
import { parseStat } from '../procfs/stat.js';
import { type KnownFile, KnownFiles, takeBytes, takeUnreadable } from './known-files.js';
import type { Hello } from './shell-hello.js';
import { MAPS_DIGEST, type RawFile } from './shell-request.js';
import { StatTable } from './stat-table.js';

const SPACE = 0x20;
const NEWLINE = 0x0a;
const code = (letter: string): number => letter.charCodeAt(0);
const [STAT, LONG_STAT, EXIT, TEXT, CHANGED, UNREADABLE, COST, MAPS, FDS] = [...'sSx>~-cmf'].map(code);

/** Understands the lines of frames, and tells the sink; docs/reader-protocol.md. Lines that it does not know are left out. */
export class FrameDecoder {
  private readonly known = new KnownFiles();
  /** Of the way without awk. */
  private readonly stats = new StatTable();
  /** The text whose lines are coming, and whether only changed ones do. */
  private text: { readonly file: KnownFile; readonly lines: string[]; readonly whole: boolean } | undefined;
  /** A line of stat with a newline in the process name. */
  private longStat: Buffer[] | undefined;
  /** What can't be read since this frame; why is asked after it. */
  newlyUnreadable: KnownFile[] = [];
  /** Files of one cat that could not be told from each other; to be asked for one by one. */
  unclear: RawFile[] = [];

  constructor(
    private readonly hello: Hello,
    private readonly registered: readonly RawFile[],
  ) {}

  line(buffer: Buffer, from: number, to: number, sink: ReadSink): void {
    const first = buffer[from];
    if (first === SPACE && this.text !== undefined) {
      if (this.text.whole) this.text.lines.push(buffer.toString('latin1', from + 1, to));
      return;
    }
    if (first === SPACE) {
      this.longStat?.push(buffer.subarray(from, to));
      return;
    }
    if (first !== undefined && first >= 0x30 && first <= 0x39) {
      this.changeLine(buffer, from, to);
      return;
    }
    this.finish(sink);
    switch (first) {
      case STAT:
        tellStat(buffer.subarray(from + 1, to), sink);
        return;
      case LONG_STAT:
        this.longStat = [buffer.subarray(from + 1, to)];
        return;
      case TEXT:
      case CHANGED: {
        const file = this.fileOf(buffer.toString('latin1', from + 1, to));
        if (file !== undefined) this.text = { file, lines: first === TEXT ? [] : (file.lines ?? []), whole: first === TEXT };
        return;
      }
      case EXIT: {
        const pid = Number(buffer.toString('latin1', from + 1, to));
        this.known.forget(pid);
        sink.exit(pid);
        return;
      }
      default:
        this.takeWords(first, buffer.toString('latin1', from + 1, to).split(' '), sink);
    }
  }

  /** At the end of a frame. */
  finish(sink: ReadSink): void {
    if (this.longStat !== undefined) {
      const stat = Buffer.concat(this.longStat.flatMap((part, i) => (i === 0 ? [part] : [Buffer.of(NEWLINE), part.subarray(1)])));
      this.longStat = undefined;
      tellStat(stat, sink);
    }
    if (this.text !== undefined) {
      const { file, lines } = this.text;
      this.text = undefined;
      file.unreadable = false;
      file.lines = lines;
      sink.text(file.pid, file.name, Buffer.from(lines.join(this.separator(file)) + this.ending(file), 'latin1'));
    }
  }

  /** The files of one cat. */
  raw(files: readonly RawFile[], bytes: Buffer, status: number, sink: ReadSink): void {
    const [file] = files;
    if (files.length === 1 && file !== undefined) {
      this.rawFile(file, bytes, status, sink);
      return;
    }
    const pieces = splitAt(bytes, `${this.hello.separator}\n`);
    // A file that holds the separator makes one piece too many.
    if (pieces.length !== files.length + 1) this.unclear.push(...files);
    else for (const [i, each] of files.entries()) this.rawFile(each, pieces[i] as Buffer, status, sink);
  }

  /** It is empty; cat failed for another one. */
  empty(file: KnownFile, sink: ReadSink): void {
    if (takeBytes(file, Buffer.alloc(0), 0)) sink.text(file.pid, file.name, Buffer.alloc(0));
  }

  private rawFile({ pid, name }: RawFile, bytes: Buffer, status: number, sink: ReadSink): void {
    const file = this.known.of(pid, name);
    if (status !== 0 && bytes.length === 0) {
      // One that was empty before may still be so.
      const wasEmpty = !file.unreadable && file.bytes?.length === 0;
      if (wasEmpty || takeUnreadable(file)) this.newlyUnreadable.push(file);
    } else if (takeBytes(file, bytes, bytes.length)) {
      if (name === MAPS_DIGEST) sink.maps(pid, digestMaps(bytes));
      else sink.text(pid, name, bytes);
    }
  }

  /** All lines of /proc/PID/stat, as one text. */
  rawStats(bytes: Buffer, sink: ReadSink): void {
    const forget = (pid: number): void => this.known.forget(pid);
    this.stats.begin();
    for (let from = 0; from < bytes.length; ) {
      // A name may hold a newline, and ends within the first 40 bytes; the numbers after it are longer.
      let to = bytes.indexOf(NEWLINE, from);
      while (to >= 0 && to - from < SHORTEST_STAT) to = bytes.indexOf(NEWLINE, to + 1);
      if (to < 0) to = bytes.length;
      const pid = Number.parseInt(bytes.toString('latin1', from, from + 12), 10);
      if (pid > 0) this.stats.take(pid, bytes.subarray(from, to), to - from, sink, forget);
      from = to + 1;
    }
    this.stats.end(sink, forget);
  }

  /** What a file of a process cost when it was measured last. */
  costOf(pid: number, name: string): number | undefined {
    const file = this.known.get(pid, name);
    return file?.unreadable === false ? file.cost : undefined;
  }

  /** True when it is news; for what was never asked of the target. */
  refuse({ pid, name }: RawFile): boolean {
    return takeUnreadable(this.known.of(pid, name));
  }

  private takeWords(kind: number | undefined, words: readonly string[], sink: ReadSink): void {
    const [key = '', ...values] = words;
    if (kind === FDS) {
      this.takeFds(Number(key), values[0], sink);
      return;
    }
    const file = kind === UNREADABLE || kind === COST || kind === MAPS ? this.fileOf(key) : undefined;
    if (file === undefined) return;
    if (kind === UNREADABLE) {
      if (takeUnreadable(file)) this.newlyUnreadable.push(file);
    } else if (kind === COST) {
      const cost = Number(values[0]);
      if (cost > 0) file.cost = cost;
    } else {
      file.unreadable = false;
      sink.maps(file.pid, mapsDigest(values));
    }
  }

  private takeFds(pid: number, value: string | undefined, sink: ReadSink): void {
    const file = this.known.of(pid, 'fd');
    const count = Number(value);
    if (value === 'g' || value === 'p') {
      if (takeUnreadable(file)) sink.unreadable(pid, 'fd', value === 'g' ? 'gone' : 'permission');
    } else if (value !== undefined && Number.isInteger(count) && takeBytes(file, Buffer.from(value), value.length)) {
      sink.fds(pid, count);
    }
  }

  /** `=3` or `812/status`. */
  private fileOf(key: string): KnownFile | undefined {
    if (key.startsWith('=')) {
      const file = this.registered[Number(key.slice(1))];
      return file === undefined ? undefined : this.known.of(file.pid, file.name);
    }
    const slash = key.indexOf('/');
    const pid = Number(key.slice(0, slash));
    return slash > 0 && Number.isInteger(pid) ? this.known.of(pid, key.slice(slash + 1)) : undefined;
  }

  private changeLine(buffer: Buffer, from: number, to: number): void {
    const space = buffer.indexOf(SPACE, from);
    const index = Number(buffer.toString('latin1', from, space)) - 1;
    const lines = this.text?.lines;
    if (this.text?.whole === false && lines !== undefined && index >= 0 && index < lines.length) {
      lines[index] = buffer.toString('latin1', space + 1, to);
    }
  }

  private separator(file: KnownFile): string {
    return this.hello.nul === 'pieces' && endsWithNul(file) ? '\0' : '\n';
  }

  /** Files of /proc end with a newline, but for these. awk does not tell. */
  private ending(file: KnownFile): string {
    if (file.lines?.length === 0) return '';
    if (!endsWithNul(file)) return '\n';
    return this.hello.nul === 'pieces' ? '\0' : '';
  }
}

function splitAt(bytes: Buffer, separator: string): Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let to = bytes.indexOf(separator); to >= 0; to = bytes.indexOf(separator, from)) {
    pieces.push(bytes.subarray(from, to));
    from = to + separator.length;
  }
  pieces.push(bytes.subarray(from));
  return pieces;
}

const SHORTEST_STAT = 60;

const endsWithNul = ({ name }: KnownFile): boolean => /(^|\/)(cmdline|environ)$/.test(name) && name !== '/proc/cmdline';

function tellStat(line: Uint8Array, sink: ReadSink): void {
  const stat = parseStat(line);
  if (stat !== undefined) sink.stat(stat);
}

/** `21 55d0c3a4e000 55d0c3a6f000`, or the number alone. */
function mapsDigest([vmas, start, end]: readonly string[]): MapsDigest {
  const heap =
    start === undefined || end === undefined ? undefined : { start: Number.parseInt(start, 16), end: Number.parseInt(end, 16) };
  return { vmas: Number(vmas), ...(heap === undefined ? {} : { heap }) };
}
