import type { Frame } from '../../model/stack.js';
import { detached, FrameMemo } from '../frame-memo.js';
import type { FindingSink, ParseEnd, ParserFactory, ReportParser } from '../parser.js';
import { findFrame, type NumberedFrame, parseFrame } from './frame.js';
import { parseHeader, parseSummary, readPlainHeader, readPlainSummary } from './header.js';
import { isIdleLine, isShadow, plainRowLength, readPlainLine, readReportLine } from './line-kind.js';
import { channelOf, stripControls, withoutPrefix } from './line-prefix.js';
import { MACHINE_END, MACHINE_START, parseMachineFrame } from './machine-format.js';
import { readNote } from './notes.js';
import { OpenReports } from './open-reports.js';
import type { FindingInProgress } from './report-in-progress.js';

/** Of a line that never ends, this much is read. */
const MAX_LINE = 1 << 16;
const MAX_CACHED_FRAMES = 8192;

/** While no report is open, only lines with one of these are looked at. */
const BEGINNING =
  /Sanitizer|runtime error: | leak of | of size |Suppressions used|ASan runtime|Shadow memory|DEADLYSIGNAL|libFuzzer: |memory mapping/g;

/** A line without them has no colours, no web page's entities, no frames and nothing of MACHINE_FORMAT. */
const NOT_PLAIN = /[\r\x1b\x1e\u00a0&#]/;

const LEGEND = 'Shadow byte legend';

/**
 * Reads reports of AddressSanitizer, LeakSanitizer and their relatives, in the runtime's own text or in MACHINE_FORMAT,
 * from a report file or from the middle of a log.
 */
export const createSanitizerParser: ParserFactory = (sink) => new SanitizerParser(sink);

interface OpenFrame {
  readonly text: string;
  readonly frame: Frame;
  readonly finding: FindingInProgress;
}

/** Cuts text into lines and tells what each is; the commonest ones without cutting them out. */
class SanitizerParser implements ReportParser {
  private rest = '';
  private dropping = false;
  private readonly reports: OpenReports;
  private readonly memo = new FrameMemo((symbol) => parseFrame(symbol.trimStart()));
  /** Of MACHINE_FORMAT, by everything but their number. */
  private readonly frames = new Map<string, Frame>();
  private machine: string | undefined;
  private machineLines = 0;
  private suppressing: string[] | undefined;
  /** The last line was a frame that ended with a file and no line number: its name may go on in this line. */
  private openFrame: OpenFrame | undefined;
  /** The legend of the last report's shadow bytes: mostly the next one's is the same. */
  private legend = '';

  constructor(sink: FindingSink) {
    this.reports = new OpenReports(sink);
  }

  push(chunk: string): void {
    let from = 0;
    if (this.rest !== '' || this.dropping) {
      const end = chunk.indexOf('\n');
      if (end < 0) {
        if (!this.dropping) this.rest += chunk;
        if (this.rest.length > MAX_LINE) {
          this.rest = this.rest.slice(0, MAX_LINE);
          this.dropping = true;
        }
        return;
      }
      const line = this.dropping ? this.rest : this.rest + chunk.slice(0, end);
      this.rest = '';
      this.dropping = false;
      this.line(line.endsWith('\r') ? line.slice(0, -1) : line);
      from = end + 1;
    }
    const reports = this.reports;
    while (from < chunk.length) {
      if (reports.count > 0) {
        const next = this.plainLine(chunk, from);
        if (next > 0) {
          from = next;
          continue;
        }
      } else if (this.machine === undefined && this.suppressing === undefined) {
        from = this.skipShadow(chunk, from);
        BEGINNING.lastIndex = from;
        if (!BEGINNING.test(chunk)) {
          from = Math.max(from, chunk.lastIndexOf('\n') + 1);
          break;
        }
        from = Math.max(from, chunk.lastIndexOf('\n', BEGINNING.lastIndex) + 1);
      }
      const end = chunk.indexOf('\n', from);
      if (end < 0) break;
      this.line(chunk.slice(from, end > from && chunk.charCodeAt(end - 1) === 13 ? end - 1 : end));
      from = end + 1;
    }
    this.rest = chunk.length - from > MAX_LINE ? chunk.slice(from, from + MAX_LINE) : chunk.slice(from);
    this.dropping = chunk.length - from > MAX_LINE;
  }

  end(): ParseEnd {
    if (this.rest !== '') this.lastLine(this.rest.endsWith('\r') ? this.rest.slice(0, -1) : this.rest);
    this.rest = '';
    this.endSuppressions();
    this.reports.end();
    return { recognised: this.reports.recognised, partial: this.reports.partial };
  }

  /** Where the rows of shadow bytes and their legend end, when they begin at `from`; no report can begin in them. */
  private skipShadow(text: string, from: number): number {
    let at = from;
    for (;;) {
      const row = plainRowLength(text, at);
      if (row > 0) at += row;
      else if (text.charCodeAt(at) === 83 && text.startsWith(LEGEND, at)) {
        const end = at + this.legend.length;
        if (this.legend !== '' && text.slice(at, end) === this.legend) return end;
        return this.learnLegend(text, at);
      } else return at;
    }
  }

  private learnLegend(text: string, from: number): number {
    let end = text.indexOf('\n', from) + 1;
    while (end > 0 && text.charCodeAt(end) === 32 && end - from < 4096) end = text.indexOf('\n', end) + 1;
    const block = text.slice(from, end);
    BEGINNING.lastIndex = 0;
    if (end <= 0 || end >= text.length || BEGINNING.test(block)) return from;
    this.legend = detached(block);
    return end;
  }

  private line(raw: string): void {
    const open = this.openFrame;
    if (this.machine === undefined && !NOT_PLAIN.test(raw)) {
      this.openFrame = undefined;
      if (open === undefined || this.reports.count === 0 || !this.continued(open, raw)) this.otherLine(raw);
      return;
    }
    if (this.machine !== undefined || raw.includes(MACHINE_START)) {
      this.machineLine(raw);
      return;
    }
    const line = stripControls(raw);
    this.openFrame = undefined;
    if (this.reports.count > 0) {
      if (line.includes('#') && this.frameLine(line)) return;
      if (open && this.continued(open, line)) return;
    }
    this.otherLine(line);
  }

  /** The rest of a frame in two lines; both may have a prefix. */
  private continued(open: OpenFrame, line: string): boolean {
    const rest = withoutPrefix(line);
    return goesOn(open.frame, rest) && open.finding.replaceLast(open.frame, parseFrame(joined(open.text.trimEnd(), rest)));
  }

  /** The text after the last line end: it may be cut anywhere. */
  private lastLine(raw: string): void {
    if (raw.includes(MACHINE_START)) {
      if (raw.endsWith(MACHINE_END)) this.line(raw);
      return;
    }
    const line = stripControls(raw);
    const frame = this.reports.count > 0 ? findFrame(line) : undefined;
    if (frame) {
      const sure = line.trimEnd().endsWith(')');
      const parsed = parseFrame(line.slice(frame.text));
      const { line: sourceLine, column, file, ...without } = parsed;
      if (sure) this.frameLine(line);
      else if (sourceLine !== undefined && file !== undefined) {
        // The last number may have lost digits.
        this.reports.frame(channelOf(line.slice(0, frame.hash)), frame.number, {
          ...without,
          file,
          ...(column === undefined ? {} : { line: sourceLine }),
        });
      }
      return;
    }
    if (parseSummary(line) ? this.reports.count > 0 : !this.isCutHeader(line)) this.otherLine(line);
  }

  private isCutHeader(line: string): boolean {
    const header = parseHeader(line);
    if (!header) return readReportLine(line)?.type === 'access';
    return (
      line.trimEnd().endsWith(header.kind) && !['use-of-uninitialized-value'].includes(header.kind) && header.kind !== 'leak'
    );
  }

  private frameLine(line: string): boolean {
    const start = findFrame(line);
    if (!start) return false;
    const frame = this.memo.take(line, start.text, line.length);
    return this.takeFrame(channelOf(line.slice(0, start.hash)), start.number, frame, line, start.text, line.length);
  }

  /**
   * The two lines that reports are mostly made of, as the runtimes print them, without a look at anything else: an empty
   * one, and `    #N 0x...`. Returns where the next line begins; 0: it is some other line.
   */
  private plainLine(text: string, from: number): number {
    const first = text.charCodeAt(from);
    if (first === 10 || (first === 13 && text.charCodeAt(from + 1) === 10)) {
      this.openFrame = undefined;
      return this.suppressing === undefined && this.machine === undefined ? from + (first === 10 ? 1 : 2) : 0;
    }
    if (first !== 32 || text.charCodeAt(from + 4) !== 35 || this.machine !== undefined) return 0;
    if (text.charCodeAt(from + 1) !== 32 || text.charCodeAt(from + 2) !== 32 || text.charCodeAt(from + 3) !== 32) return 0;
    let at = from + 5;
    let number = 0;
    for (; at < from + 9; at++) {
      const digit = text.charCodeAt(at) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      number = number * 10 + digit;
    }
    if (at === from + 5 || text.charCodeAt(at) !== 32) return 0;
    if (text.charCodeAt(at + 1) !== 48 || text.charCodeAt(at + 2) !== 120) return 0;
    const start = at + 1;
    const expected = this.memo.takeExpected(text, start);
    if (expected !== undefined) {
      this.openFrame = undefined;
      const end = this.memo.ended;
      return this.takeFrame('', number, expected, text, start, end) ? end + 1 : 0;
    }
    const lineEnd = text.indexOf('\n', start);
    if (lineEnd < 0) return 0;
    const end = text.charCodeAt(lineEnd - 1) === 13 ? lineEnd - 1 : lineEnd;
    if (start + 2 >= end) return 0;
    this.openFrame = undefined;
    const frame = this.memo.takePlain(text, start, end);
    return frame !== undefined && this.takeFrame('', number, frame, text, start, end) ? lineEnd + 1 : 0;
  }

  /** @param frame What `text` holds from `start` to `end`. */
  private takeFrame(channel: string, number: number, frame: Frame, text: string, start: number, end: number): boolean {
    if (!this.reports.frame(channel, number, frame)) return false;
    if (frame.line === undefined && frame.module === undefined && (frame.file ?? frame.function) !== undefined) {
      const finding = this.reports.reportFor(channel)?.current;
      if (finding) this.openFrame = { text: text.slice(start, end), frame, finding };
    }
    return true;
  }

  private cache(key: string, frame: Frame): void {
    if (this.frames.size >= MAX_CACHED_FRAMES) this.frames.clear();
    this.frames.set(key, frame);
  }

  private machineLine(raw: string): void {
    let text = this.machine === undefined ? raw : `${this.machine}\n${raw}`;
    this.machine = undefined;
    for (;;) {
      const start = text.indexOf(MACHINE_START);
      if (start < 0) return;
      const again = text.indexOf(MACHINE_START, start + MACHINE_START.length);
      const end = text.indexOf(MACHINE_END, start + MACHINE_START.length);
      if (end < 0 || end === again) {
        if (again >= 0) {
          text = text.slice(again);
          continue;
        }
        // A line end in a name: the frame goes on in the next line.
        if (this.machineLines++ < 8 && text.length - start < MAX_LINE) this.machine = text.slice(start);
        else this.machineLines = 0;
        return;
      }
      this.machineLines = 0;
      const body = text.slice(start + MACHINE_START.length, end);
      let numbered: NumberedFrame | undefined = this.machineFrame(body);
      if (numbered) {
        if (!this.reports.frame(channelOf(text.slice(0, start)), numbered.number, numbered.frame)) numbered = undefined;
      }
      text = text.slice(end + 1);
    }
  }

  private machineFrame(body: string): NumberedFrame | undefined {
    const separator = body.indexOf('\x1f');
    const cached = this.frames.get(body.slice(separator));
    if (cached) return { number: Number(body.slice(0, separator)), frame: cached };
    const own = detached(body);
    const parsed = parseMachineFrame(own);
    if (parsed) this.cache(own.slice(separator), parsed.frame);
    return parsed;
  }

  private otherLine(line: string): void {
    const reports = this.reports;
    if (isBlank(line)) return;
    if (reports.hasEnded && !/Thread T\d+\b.* created by /.test(line)) reports.closeEnded();
    const plain = readPlainLine(line);
    if (plain?.type === 'leak' && reports.count === 1 && this.suppressing === undefined) {
      reports.leak(plain, '');
      return;
    }
    if (this.suppressing && !this.suppressionLine(line)) this.endSuppressions();
    if (plain) {
      reports.reportLine(plain, line);
      return;
    }
    if (isIdleLine(line)) {
      reports.patience();
      return;
    }
    if (this.plainNamedLine(line)) return;
    if (line.includes('anitizer') || line.includes('libFuzzer')) {
      if (this.namedLine(line)) return;
    } else if (line.includes('DEADLYSIGNAL')) {
      reports.deadlySignal();
      return;
    }
    if (line.includes('runtime error: ') && reports.runtimeError(line)) return;
    if (line.includes('Suppressions used')) {
      this.suppressing = [];
      return;
    }
    const note = readNote(line);
    if (note) reports.note(note);
    if (isShadow(line)) return;
    const found = readReportLine(line);
    if (found) reports.reportLine(found, line);
    else reports.patience();
  }

  /** The first or the last line of a report, as most are, with nothing before it. */
  private plainNamedLine(line: string): boolean {
    const first = line.charCodeAt(0);
    if (first === 61) {
      const header = readPlainHeader(line);
      if (header) this.reports.header(header, '');
      return header !== undefined;
    }
    const summary = first === 83 ? readPlainSummary(line) : undefined;
    if (summary) this.reports.summary(summary, '', line);
    return summary !== undefined;
  }

  private namedLine(line: string): boolean {
    const reports = this.reports;
    if (line.includes('DEADLYSIGNAL')) {
      reports.deadlySignal();
      reports.asanSeen ||= line.includes('AddressSanitizer:DEADLYSIGNAL');
      return true;
    }
    if (line.includes('SUMMARY: ')) {
      const summary = parseSummary(line);
      if (summary) {
        reports.summary(summary, channelOf(line.slice(0, summary.at)), line);
        return true;
      }
    }
    const header = parseHeader(line);
    if (header) reports.header(header, channelOf(line.slice(0, header.at)));
    return header !== undefined;
  }

  /** A row of the table of used suppressions; false after its end. */
  private suppressionLine(line: string): boolean {
    if (/count +bytes +template/.test(line)) return true;
    const row = /(\d{1,12}) +(\d{1,15}) (\S.*)$/.exec(line);
    if (!row || !this.suppressing) return false;
    const [, count, bytes, template] = row;
    if (this.suppressing.length < 20) this.suppressing.push(`${template?.trim()}: ${bytes} bytes in ${count} blocks`);
    return true;
  }

  private endSuppressions(): void {
    const rows = this.suppressing;
    this.suppressing = undefined;
    if (rows && rows.length > 0) {
      this.reports.note({ severity: 'info', code: 'suppressions', text: `Leaks hidden by suppressions: ${rows.join('; ')}` });
    }
  }
}

function isBlank(line: string): boolean {
  const first = line.charCodeAt(0);
  // Most lines begin with what is no blank of any kind.
  return !(first > 32 && first < 127) && line.trim() === '';
}

/** A line that can be the rest of a frame: the end of a file's name, or a whole one. */
function goesOn(frame: Frame, line: string): boolean {
  return (frame.file === undefined ? /^(?:[A-Za-z]:)?[./\\][^#]*:\d+\s*$/ : /^\S[^#]*:\d+\s*$/).test(line);
}

/** A frame in two lines: a mail's line break at a `-` or a blank, or else a line end in the file's name. */
function joined(first: string, second: string): string {
  const rest = second.trim();
  if (first.endsWith('-')) return first + rest;
  return /^(?:[A-Za-z]:)?[./\\]/.test(rest) ? `${first} ${rest}` : `${first}\n${second}`;
}
