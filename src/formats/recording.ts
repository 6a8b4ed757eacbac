import { LineSplitter } from '../base/lines.js';
import { DAY, type Milliseconds } from '../base/units.js';
import type { MachineFacts } from '../model/machine.js';
import { RECORDING_VERSION, type RecordedProcessName, type RecordingHeader, type RecordingNote } from '../model/recording.js';
import type { TrendEvent } from '../model/trend-event.js';
import { RecordedColumns } from './recorded-columns.js';
import {
  isObject,
  type Json,
  readEvent,
  readHeader,
  readMachine,
  readMoment,
  readProcess,
  readSeriesNumber,
  unknownFields,
} from './recording-line.js';

export const LONGEST_LINE = 1 << 20;
const MOST_SERIES = 1024;
/** A moment so much later than the one before is damage: taken as true, it would make all that follows too old. */
const LONGEST_PAUSE: Milliseconds = 366 * DAY;

/** Why a line, or a part of it, was not taken. */
type Problem = RecordingNote['code'] | undefined;

/** What a recording says, in its order. `of` 0 is the machine; any other number was named by `process` before. */
export interface RecordingSink {
  header(header: RecordingHeader): void;
  machine(facts: MachineFacts): void;
  process(of: number, name: RecordedProcessName): void;
  /** `values` is only good during the call. False: the moment is not newer than the series. */
  sample(of: number, at: Milliseconds, values: ReadonlyMap<string, number>): boolean;
  gap(of: number, at: Milliseconds): void;
  exit(of: number, at: Milliseconds): void;
  event(event: TrendEvent): void;
  /** A line of a map of this series (recorded-map.ts). What it answers is noted. */
  map(of: number, line: Json): RecordingNote['code'] | undefined;
}

export interface RecordingEnd {
  /** Something of a recording was in it. */
  readonly recognised: boolean;
  /** There is no last line: it was cut off, or is still being written. */
  readonly cutOff: boolean;
  readonly notes: readonly RecordingNote[];
}

/**
 * Reads a recording (docs/formats/recording.md) from chunks of text cut anywhere. Never throws: what can't be understood is noted, and
 * reading goes on. After lost lines a value is unknown until it is told again.
 */
export class RecordingReader {
  private readonly lines = new LineSplitter((line) => this.take(line), LONGEST_LINE);
  private readonly notes = new Map<RecordingNote['code'], { count: number; line: number }>();
  private readonly series = new Map<number, RecordedColumns>([[0, new RecordedColumns()]]);
  private lineNumber = 0;
  private hasHeader = false;
  private samples = 0;
  private expected: number | undefined;
  private newest: Milliseconds | undefined;
  private ended = false;

  constructor(private readonly sink: RecordingSink) {}

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): RecordingEnd {
    this.lines.end();
    if (!this.hasHeader && this.samples > 0) this.note('no-header');
    return {
      recognised: this.hasHeader || this.samples > 0,
      cutOff: !this.ended,
      notes: [...this.notes].map(([code, { count, line }]) => ({ code, count, line })),
    };
  }

  private take(text: string): void {
    this.lineNumber++;
    const problem = this.takeText(text);
    if (problem !== undefined) this.note(problem);
  }

  private takeText(text: string): Problem {
    if (text.length >= LONGEST_LINE) return 'long-line';
    // A file system that crashed leaves blocks of NUL, and what was written next begins behind them.
    if (text.includes('\0')) this.note('nul-bytes');
    const clean = text
      .replaceAll('\0', '')
      .replace(/^\uFEFF/, '')
      .trim();
    if (clean === '') return undefined;
    let line: unknown;
    try {
      line = JSON.parse(clean);
    } catch {
      return 'bad-line';
    }
    if (!isObject(line)) return 'bad-line';
    return this.takeLine(line) ?? (unknownFields(line) ? 'unknown-field' : undefined);
  }

  private takeLine(line: Json): Problem {
    if (line['format'] !== undefined) return this.takeHeader(line);
    const kind = line['k'];
    switch (kind) {
      case 's':
        return this.takeSample(line);
      case 'columns':
        return this.takeColumns(line);
      case 'process':
        return this.takeProcess(line);
      case 'machine': {
        const facts = readMachine(line);
        if (facts === undefined) return 'bad-line';
        this.sink.machine(facts);
        return undefined;
      }
      case 'gap':
      case 'exit': {
        const of = readSeriesNumber(line);
        const at = readMoment(line);
        if (of === undefined || at === undefined) return 'bad-line';
        if (!this.series.has(of)) return 'unknown-series';
        this.sink[kind](of, at);
        return undefined;
      }
      case 'event': {
        const event = readEvent(line);
        if (event === undefined) return 'bad-line';
        this.sink.event(event);
        return undefined;
      }
      case 'map': {
        const of = readSeriesNumber(line);
        if (of === undefined || of === 0) return 'bad-line';
        return this.series.has(of) ? this.sink.map(of, line) : 'unknown-series';
      }
      case 'end':
        this.ended = true;
        return undefined;
      default:
        return 'unknown-kind';
    }
  }

  private takeHeader(line: Json): Problem {
    const header = readHeader(line);
    if (header === undefined) return 'bad-line';
    if (this.hasHeader) {
      // Two recordings in one file: the numbers of the first one mean nothing any more.
      this.note('header-again');
      this.series.clear();
      this.series.set(0, new RecordedColumns());
      this.expected = undefined;
      this.ended = false;
    }
    this.hasHeader = true;
    this.sink.header(header);
    return header.version > RECORDING_VERSION ? 'newer-version' : undefined;
  }

  private takeProcess(line: Json): Problem {
    const of = readSeriesNumber(line);
    const name = readProcess(line);
    if (of === undefined || of === 0 || name === undefined) return 'bad-line';
    if (!this.series.has(of)) {
      if (this.series.size >= MOST_SERIES) return 'too-many';
      this.series.set(of, new RecordedColumns());
    }
    this.sink.process(of, name);
    return undefined;
  }

  private takeColumns(line: Json): Problem {
    const of = readSeriesNumber(line);
    if (of === undefined) return 'bad-line';
    const series = this.series.get(of);
    return series === undefined ? 'unknown-series' : series.tell(line['first'], line['ids'], line['scales']);
  }

  private takeSample(line: Json): Problem {
    const at = readMoment(line);
    const number = line['n'];
    const rows = line['v'];
    if (at === undefined || !isCount(number) || !Array.isArray(rows)) return 'bad-line';
    if (this.newest !== undefined) {
      if (at > this.newest + LONGEST_PAUSE) return 'moment-refused';
      // A line that is there twice.
      if (this.expected !== undefined && number < this.expected && at <= this.newest) return 'moment-refused';
    }
    if (this.expected !== undefined && number !== this.expected) this.forget();
    this.expected = number + 1;
    this.samples++;
    for (const row of rows as readonly unknown[]) {
      const problem = this.takeRow(at, row);
      if (problem !== undefined) this.note(problem);
    }
    this.newest = Math.max(this.newest ?? at, at);
    return undefined;
  }

  private takeRow(at: Milliseconds, row: unknown): Problem {
    if (!Array.isArray(row)) return 'bad-line';
    const of: unknown = row[0];
    const series = typeof of === 'number' ? this.series.get(of) : undefined;
    if (series === undefined) return 'unknown-series';
    if (!series.change(row)) this.note('unknown-column');
    return this.sink.sample(of as number, at, series.values) ? undefined : 'moment-refused';
  }

  /** Samples are numbered, and one is missing: what it told is not known, in any series. */
  private forget(): void {
    this.note('lines-lost');
    for (const [of, series] of this.series) {
      series.values.clear();
      if (this.newest !== undefined) this.sink.gap(of, this.newest);
    }
  }

  private note(code: RecordingNote['code']): void {
    const note = this.notes.get(code);
    if (note === undefined) this.notes.set(code, { count: 1, line: this.lineNumber });
    else note.count++;
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
