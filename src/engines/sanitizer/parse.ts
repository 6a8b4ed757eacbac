import type { Finding } from '../../model/finding.js';
import type { Frame } from '../../model/stack.js';
import { detached, FrameMemo } from '../frame-memo.js';
import type { FindingSink, ParseEnd, ParserFactory, ReportParser } from '../parser.js';
import { findFrame, type NumberedFrame, parseFrame } from './frame.js';
import { firstRole, parseHeader, parseSummary, type Summary } from './header.js';
import { type ReportLine, readReportLine, summaryFrame } from './line-kind.js';
import { channelOf, stripControls, withoutPrefix } from './line-prefix.js';
import { MACHINE_END, MACHINE_START, parseMachineFrame } from './machine-format.js';
import { CUT, DEADLY_LOOP, readNote } from './notes.js';
import { FindingInProgress, ReportInProgress } from './report-in-progress.js';
import { readRuntimeError } from './runtime-error.js';

/** Of a line that never ends, this much is read. */
const MAX_LINE = 1 << 16;
const MAX_OPEN_REPORTS = 16;
/** Leaks that wait for the SUMMARY to say whose they are. */
const MAX_WAITING = 10_000;
const MAX_CACHED_FRAMES = 8192;
/** Lines of other output after which a report of UndefinedBehaviorSanitizer, which has no end mark, is over. */
const RUNTIME_ERROR_PATIENCE = 8;

/** While no report is open, only lines with one of these are looked at. */
const BEGINNING =
  /Sanitizer|runtime error: | leak of | of size |Suppressions used|ASan runtime|Shadow memory|DEADLYSIGNAL|libFuzzer: |memory mapping/g;

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

class SanitizerParser implements ReportParser {
  private rest = '';
  private dropping = false;
  /** The oldest first. */
  private readonly reports: ReportInProgress[] = [];
  private readonly memo = new FrameMemo((symbol) => parseFrame(symbol.trimStart()));
  /** Of MACHINE_FORMAT, by everything but their number. */
  private readonly frames = new Map<string, Frame>();
  private readonly noted = new Set<string>();
  private machine: string | undefined;
  private machineLines = 0;
  private suppressing: string[] | undefined;
  private deadlySignals = 0;
  private asanSeen = false;
  private recognised = false;
  private partial = false;
  private reportedKinds = new Set<string>();
  private pendingDetail: string | undefined;
  /** The last line was a frame that ended with a file and no line number: its name may go on in this line. */
  private openFrame: OpenFrame | undefined;

  constructor(private readonly sink: FindingSink) {}

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
    while (from < chunk.length) {
      if (this.isIdle()) {
        BEGINNING.lastIndex = from;
        const start = BEGINNING.test(chunk) ? BEGINNING.lastIndex : -1;
        if (start < 0) {
          from = Math.max(from, chunk.lastIndexOf('\n') + 1);
          break;
        }
        from = Math.max(from, chunk.lastIndexOf('\n', start) + 1);
      }
      const end = chunk.indexOf('\n', from);
      if (end < 0) break;
      if (this.reports.length > 0 && this.plainLine(chunk, from, end)) {
        from = end + 1;
        continue;
      }
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
    this.closeEnded();
    for (const report of [...this.reports]) this.close(report, undefined, report.engine === 'ubsan');
    // A doubtful report that told nothing was none.
    this.partial &&= this.recognised;
    if (this.partial) this.note(CUT);
    return { recognised: this.recognised, partial: this.partial };
  }

  private isIdle(): boolean {
    return this.reports.length === 0 && this.machine === undefined && this.suppressing === undefined;
  }

  private line(raw: string): void {
    if (this.machine !== undefined || raw.includes(MACHINE_START)) {
      this.machineLine(raw);
      return;
    }
    const line = stripControls(raw);
    const open = this.openFrame;
    this.openFrame = undefined;
    if (this.reports.length > 0) {
      const hash = line.indexOf('#');
      if (hash >= 0 && this.frameLine(line)) return;
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
    const frame = this.reports.length > 0 ? findFrame(line) : undefined;
    if (frame) {
      const sure = line.trimEnd().endsWith(')');
      const parsed = parseFrame(line.slice(frame.text));
      const { line: sourceLine, column, file, ...without } = parsed;
      if (sure) this.frameLine(line);
      else if (sourceLine !== undefined && file !== undefined) {
        // The last number may have lost digits.
        this.addFrame(channelOf(line.slice(0, frame.hash)), frame.number, {
          ...without,
          file,
          ...(column === undefined ? {} : { line: sourceLine }),
        });
      }
      return;
    }
    if (parseSummary(line) ? this.reports.length > 0 : !this.isCutHeader(line)) this.otherLine(line);
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
   * one, and `    #N 0x...`. False: it is some other line.
   */
  private plainLine(text: string, from: number, lineEnd: number): boolean {
    const end = text.charCodeAt(lineEnd - 1) === 13 && lineEnd > from ? lineEnd - 1 : lineEnd;
    if (end === from) {
      this.openFrame = undefined;
      return this.suppressing === undefined && this.machine === undefined;
    }
    if (this.machine !== undefined || text.charCodeAt(from) !== 32 || text.charCodeAt(from + 4) !== 35) return false;
    if (text.charCodeAt(from + 1) !== 32 || text.charCodeAt(from + 2) !== 32 || text.charCodeAt(from + 3) !== 32) return false;
    let at = from + 5;
    let number = 0;
    for (; at < from + 9; at++) {
      const digit = text.charCodeAt(at) - 48;
      if (digit < 0 || digit > 9) break;
      number = number * 10 + digit;
    }
    if (at === from + 5 || text.charCodeAt(at) !== 32) return false;
    if (text.charCodeAt(at + 1) !== 48 || text.charCodeAt(at + 2) !== 120 || at + 3 >= end) return false;
    this.openFrame = undefined;
    const frame = this.memo.takePlain(text, at + 1, end);
    return frame !== undefined && this.takeFrame('', number, frame, text, at + 1, end);
  }

  /** @param frame What `text` holds from `start` to `end`. */
  private takeFrame(channel: string, number: number, frame: Frame, text: string, start: number, end: number): boolean {
    if (!this.addFrame(channel, number, frame)) return false;
    if (frame.line === undefined && frame.module === undefined && (frame.file ?? frame.function) !== undefined) {
      const finding = this.reportFor(channel)?.current;
      if (finding) this.openFrame = { text: text.slice(start, end), frame, finding };
    }
    return true;
  }

  private cache(key: string, frame: Frame): void {
    if (this.frames.size >= MAX_CACHED_FRAMES) this.frames.clear();
    this.frames.set(key, frame);
  }

  private addFrame(channel: string, number: number, frame: Frame): boolean {
    const report = this.reportFor(channel);
    const finding = report?.current;
    if (!report || !finding) return false;
    if (report.ended && !finding.reads('thread')) return false;
    // `#2 done` of the program's own output: frames have addresses, or none of them has.
    if (frame.address === undefined && (finding.hasAddresses || report.match(channel) < 2)) return false;
    report.idle = 0;
    if (!finding.frame(number, frame) && !this.renumbered(report, finding, channel, frame)) {
      // A number that does not fit: lines are missing, or another process writes between them.
      if (report.mixed) finding.distrust();
      return false;
    }
    if (channel === report.channel) report.channelSure = true;
    if (report.leaks && number === 0) report.sign ??= runtimeSign(frame);
    return true;
  }

  /** A symbolizer that told inlined frames apart may have counted anew: with nobody else writing, they go on. */
  private renumbered(report: ReportInProgress, finding: FindingInProgress, channel: string, frame: Frame): boolean {
    const isAlone = this.reports.length === 1 && !report.mixed && report.match(channel) === 2;
    return isAlone && frame.address !== undefined && finding.append(frame);
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
        if (!this.addFrame(channelOf(text.slice(0, start)), numbered.number, numbered.frame)) numbered = undefined;
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
    if (line.trim() === '') return;
    if (this.reports.some((report) => report.ended) && !/Thread T\d+\b.* created by /.test(line)) this.closeEnded();
    if (this.plainLeak(line)) return;
    if (this.suppressing && !this.suppressionLine(line)) this.endSuppressions();
    if (isPlainReportLine(line)) {
      const found = readReportLine(line);
      if (found) {
        this.reportLine(found, line);
        return;
      }
    }
    const named = line.includes('anitizer') || line.includes('libFuzzer');
    if (named) {
      if (this.namedLine(line)) return;
    } else if (line.includes('DEADLYSIGNAL')) {
      this.deadlySignal();
      return;
    }
    if (line.includes('runtime error: ') && this.runtimeError(line)) return;
    if (line.includes('Suppressions used')) {
      this.suppressing = [];
      return;
    }
    const note = readNote(line);
    if (note) this.note(note);
    if (isShadow(line)) return;
    const found = readReportLine(line);
    if (found) this.reportLine(found, line);
    else this.patience();
  }

  /** A report of UndefinedBehaviorSanitizer ends where other output begins. */
  private patience(): void {
    const last = this.reports.at(-1);
    if (last?.engine === 'ubsan' && ++last.idle > RUNTIME_ERROR_PATIENCE) this.close(last, undefined, true);
  }

  private namedLine(line: string): boolean {
    if (line.includes('DEADLYSIGNAL')) {
      this.deadlySignal();
      this.asanSeen ||= line.includes('AddressSanitizer:DEADLYSIGNAL');
      return true;
    }
    if (line.includes('SUMMARY: ')) {
      const summary = parseSummary(line);
      if (summary) {
        this.summary(summary, channelOf(line.slice(0, summary.at)), line);
        return true;
      }
    }
    const header = parseHeader(line);
    if (!header) return false;
    this.deadlySignals = 0;
    const channel = channelOf(line.slice(0, header.at));
    // The same process, or one of which nothing is known: its last report was cut.
    for (const open of this.reports.filter((report) => report.match(channel) === 2)) {
      if (open.engine === 'ubsan') this.close(open, undefined, true);
      else if (open.pid === header.pid || open.pid === undefined || header.pid === undefined) this.close(open, undefined, false);
      else open.mixed = true;
    }
    const leaks = header.kind === 'leak';
    if (header.engine === 'asan') this.asanSeen = true;
    const report = new ReportInProgress(leaks ? 'lsan' : header.engine, header.pid, leaks, channel, header.pid === undefined);
    report.mixed = this.reports.some((open) => open.mixed);
    if (!leaks) {
      report.current = new FindingInProgress(header.kind, header.message, firstRole(header.kind), {
        ...(header.address === undefined ? {} : { address: header.address }),
      });
      if (this.pendingDetail !== undefined) report.current.detail(this.pendingDetail);
    }
    this.pendingDetail = undefined;
    this.open(report);
    return true;
  }

  private open(report: ReportInProgress): void {
    if (this.reports.length >= MAX_OPEN_REPORTS) this.close(this.reports[0] as ReportInProgress, undefined, false);
    this.reports.push(report);
  }

  private deadlySignal(): void {
    // Twice belongs to a crash in the handler; in a loop nothing else ever comes.
    if (++this.deadlySignals === 4) this.note(DEADLY_LOOP);
  }

  /** The open report that a line of this stream belongs to: the newest that fits best. */
  private reportFor(channel: string): ReportInProgress | undefined {
    const last = this.reports.at(-1);
    if (this.reports.length <= 1) return last && last.match(channel) > 0 ? last : undefined;
    let best: ReportInProgress | undefined;
    let score = 0;
    for (const report of this.reports) {
      const match = report.match(channel);
      if (match > 0 && match >= score) {
        best = report;
        score = match;
      }
    }
    return best;
  }

  private reportLine(found: ReportLine, line: string): void {
    const channel = channelOf(line.slice(0, found.at));
    if (found.type === 'leak') {
      this.leak(found, channel);
      return;
    }
    if (found.type === 'omitted') {
      if (this.reports.some((report) => report.leaks)) {
        this.note({
          severity: 'info',
          code: 'leaks-omitted',
          text: `LeakSanitizer was told to show only some leaks: ${found.text}`,
        });
      }
      return;
    }
    if (found.type === 'abort') {
      const report = this.reports.findLast((open) =>
        found.pid === undefined ? open.match(channel) > 0 : open.pid === found.pid,
      );
      if (report) this.close(report, undefined, true);
      return;
    }
    const pid = /^==(\d{1,10})==/.exec(line.slice(found.at))?.[1];
    const report =
      pid === undefined
        ? this.reportFor(channel)
        : (this.reports.findLast((open) => open.pid === Number(pid)) ?? this.reportFor(channel));
    const finding = report?.current;
    if (!report || !finding) {
      this.orphan(found, channel);
      return;
    }
    report.idle = 0;
    switch (found.type) {
      case 'access':
        if (found.previous) finding.label('other', found.label ?? '');
        else if (finding.stacks.length === 0 || !finding.has('access')) {
          finding.add({
            ...(found.access === undefined ? {} : { access: found.access }),
            ...(found.size === undefined ? {} : { size: found.size }),
            ...(found.address === undefined || finding.has('address') ? {} : { address: found.address }),
          });
          if (found.label !== undefined) finding.labelFirst(found.label);
          if (found.detail !== undefined) finding.detail(found.detail);
        } else if (found.label !== undefined) finding.label('other', found.label);
        break;
      case 'label':
        finding.label(found.role, found.label);
        if (found.detail !== undefined) finding.detail(found.detail);
        break;
      case 'place':
        finding.place(found.label, found.frame);
        finding.detail(found.detail);
        break;
      case 'detail':
        finding.detail(found.text);
        break;
    }
  }

  /** A line of a report that has no beginning: an access begins one whose name only its SUMMARY will tell. */
  private orphan(found: ReportLine, channel: string): void {
    if (found.type === 'detail' && found.text.startsWith('Uninitialized bytes')) this.pendingDetail = found.text;
    if (found.type !== 'access' || found.label === undefined || !/ thread T\d/.test(found.label) || found.previous) return;
    const report = new ReportInProgress('asan', undefined, false, channel, true);
    const text = found.label.replace(/ at 0x.*/, '');
    report.current = new FindingInProgress('', text, 'access', {
      ...(found.access === undefined ? {} : { access: found.access }),
      ...(found.size === undefined ? {} : { size: found.size }),
      ...(found.address === undefined ? {} : { address: found.address }),
    });
    report.current.labelFirst(found.label);
    this.open(report);
  }

  /** A leak's first line as it is printed, for a report may hold many thousands of them. */
  private plainLeak(line: string): boolean {
    if (!line.startsWith('Direct leak of ') && !line.startsWith('Indirect leak of ')) return false;
    if (this.reports.length !== 1 || this.suppressing !== undefined) return false;
    const found = readReportLine(line);
    if (found?.type !== 'leak' || found.at !== 0) return false;
    this.leak(found, '');
    return true;
  }

  private leak(found: Extract<ReportLine, { type: 'leak' }>, channel: string): void {
    let report = this.reports.findLast((open) => open.leaks && open.match(channel) > 0);
    if (!report) {
      for (const open of this.reports.filter((other) => other.match(channel) === 2)) {
        this.close(open, undefined, open.engine === 'ubsan');
      }
      report = new ReportInProgress('lsan', undefined, true, channel, true);
      this.open(report);
    }
    this.endLeak(report);
    const objects = `${found.blocks} object(s)`;
    const word = found.direct ? 'Direct' : 'Indirect';
    report.current = new FindingInProgress('leak', `${word} leak of ${found.bytes} byte(s) in ${objects}`, 'allocation', {
      leakKind: found.direct ? 'direct' : 'indirect',
      bytes: found.bytes,
      blocks: found.blocks,
    });
  }

  /** The leak that is being read is complete: told at once when its engine is known, else it waits for the SUMMARY. */
  private endLeak(report: ReportInProgress): void {
    if (!report.current) return;
    report.waiting.push(report.current);
    report.current = undefined;
    if (report.sign !== undefined || report.waiting.length >= MAX_WAITING) {
      this.flushLeaks(report, report.sign ?? (this.asanSeen ? 'asan' : 'lsan'));
    }
  }

  private flushLeaks(report: ReportInProgress, engine: string): void {
    const pid = report.mixed && this.reports.filter((open) => open.leaks).length > 1 ? undefined : report.pid;
    for (const leak of report.waiting) this.finding(leak.finish(engine, pid));
    report.waiting.length = 0;
  }

  private runtimeError(line: string): boolean {
    const error = readRuntimeError(line);
    if (!error) return false;
    for (const open of this.reports.filter((report) => report.engine === 'ubsan')) this.close(open, undefined, true);
    const report = new ReportInProgress('ubsan', undefined, false, error.channel, false);
    report.current = new FindingInProgress('undefined-behavior', error.message, 'access', {});
    if (error.frame) report.fallback = error.frame;
    this.open(report);
    return true;
  }

  private summary(summary: Summary, channel: string, line: string): void {
    this.closeEnded();
    const fits = this.reports.filter((report) => report.match(channel) > 0);
    const report =
      fits.findLast((open) => (summary.leaks ? open.leaks : open.current?.kind === summary.kind && !open.leaks)) ??
      fits.findLast((open) => (summary.leaks ? open.leaks : !open.leaks && open.match(channel) === 2)) ??
      fits.findLast((open) => open.leaks === summary.leaks);
    if (report) {
      if (report.leaks || report.engine === 'ubsan') this.close(report, summary, true);
      else report.ended = summary;
      return;
    }
    // The SUMMARY alone, in a log that kept nothing else. After ABORTING it would be told twice.
    if (summary.leaks || summary.kind === undefined || this.reportedKinds.has(`${channel} ${summary.kind}`)) return;
    const frame = summaryFrame(summary.rest);
    if (!frame) return;
    const role = firstRole(summary.kind);
    const text = line
      .slice(summary.at)
      .trimEnd()
      .replace(/^SUMMARY: \S+ /, '');
    this.partial = true;
    const finding = new FindingInProgress(summary.kind, text, role, {});
    finding.frame(0, frame);
    this.finding(finding.finish(summary.engine, undefined));
  }

  private closeEnded(): void {
    for (const report of this.reports.filter((open) => open.ended)) this.close(report, report.ended, true);
  }

  /** @param whole It has its end mark. */
  private close(report: ReportInProgress, summary: Summary | undefined, whole: boolean): void {
    const at = this.reports.indexOf(report);
    if (at >= 0) this.reports.splice(at, 1);
    if (this.reports.length === 1) (this.reports[0] as ReportInProgress).mixed = false;
    if (report.leaks) {
      if (report.current) report.waiting.push(report.current);
      report.current = undefined;
      const had = report.waiting.length > 0 || report.sign !== undefined || !report.doubtful;
      this.flushLeaks(report, summary?.leaks ? summary.engine : (report.sign ?? (this.asanSeen ? 'asan' : 'lsan')));
      if (had) this.recognised = true;
      if (!whole && had) this.partial = true;
      return;
    }
    const finding = report.current;
    if (!finding) return;
    if (finding.kind === '' || (report.engine === 'ubsan' && finding.kind === 'undefined-behavior' && summary?.kind)) {
      if (summary?.kind !== undefined) finding.kind = summary.kind;
    }
    if (finding.stacks.length === 0) {
      // A log that kept the first and the last line: the last one names the first frame.
      const frame = report.fallback ?? (summary === undefined ? undefined : summaryFrame(summary.rest));
      if (frame !== undefined && Object.keys(frame).length > 0) finding.frame(0, frame);
    }
    // A sentence about a report, not a report.
    if (finding.kind === '' || (report.doubtful && finding.stacks.length === 0 && !summary && !finding.has('access'))) return;
    if (!whole) this.partial = true;
    const engine = report.doubtful && summary ? summary.engine : report.engine;
    if (this.reportedKinds.size < 256) this.reportedKinds.add(`${report.channel} ${finding.kind}`);
    this.finding(finding.finish(engine, report.pid));
  }

  private finding(finding: Finding): void {
    this.recognised = true;
    this.sink.finding(finding);
  }

  private note(note: Parameters<FindingSink['note']>[0]): void {
    this.recognised = true;
    const key = `${note.code}\n${note.text}`;
    if (this.noted.has(key) || this.noted.size >= 256) return;
    this.noted.add(key);
    this.sink.note(note);
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
      this.note({ severity: 'info', code: 'suppressions', text: `Leaks hidden by suppressions: ${rows.join('; ')}` });
    }
  }
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

/** The lines that most reports have, as they are printed: they are nothing else besides. */
function isPlainReportLine(line: string): boolean {
  switch (line.charCodeAt(0)) {
    case 48: // 0
      return line.startsWith('0x') && line.includes(' is located ');
    case 82: // R
      return line.startsWith('READ of size ');
    case 87: // W
      return line.startsWith('WRITE of size ');
    case 97: // a
      return line.startsWith('allocated by thread ');
    case 102: // f
      return line.startsWith('freed by thread ');
    case 112: // p
      return line.startsWith('previously allocated by thread ');
    default:
      return false;
  }
}

/** A row of shadow bytes or tags: `  0x0c047fff8820: fa fa`, `=>0x...`. */
function isShadow(line: string): boolean {
  return /(?:^|\s)(?:=>)?0x[0-9a-fA-F]{6,16}: ?[[ ]?[0-9a-f.]{2}\b/.test(line);
}

/** A leak's allocator lies in the runtime that reports it. */
function runtimeSign(frame: Frame): string | undefined {
  const place = `${frame.module ?? ''} ${frame.file ?? ''}`;
  if (!place.includes('san')) return undefined;
  if (/hwasan/.test(place)) return 'hwasan';
  if (/libasan|\/asan\/asan_|clang_rt\.asan/.test(place)) return 'asan';
  return /liblsan|\/lsan\/lsan_|clang_rt\.lsan/.test(place) ? 'lsan' : undefined;
}
