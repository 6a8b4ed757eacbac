import type { Finding, Note } from '../../model/finding.js';
import type { Frame } from '../../model/stack.js';
import type { FindingSink } from '../parser.js';
import { firstRole, type Header, type Summary } from './header.js';
import { type ReportLine, summaryFrame } from './line-kind.js';
import { channelOf } from './line-prefix.js';
import { CUT, DEADLY_LOOP } from './notes.js';
import { FindingInProgress, ReportInProgress } from './report-in-progress.js';
import { readRuntimeError } from './runtime-error.js';

const MAX_OPEN_REPORTS = 16;
/** Leaks that wait for the SUMMARY to say whose they are. */
const MAX_WAITING = 10_000;
/** Lines of other output after which a report of UndefinedBehaviorSanitizer, which has no end mark, is over. */
const RUNTIME_ERROR_PATIENCE = 8;

const NONE: readonly ReportInProgress[] = [];

/** The reports that have begun and are not over, and what was told of those that are. */
export class OpenReports {
  /** The oldest first. */
  private readonly open: ReportInProgress[] = [];
  private readonly noted = new Set<string>();
  private readonly reportedKinds = new Set<string>();
  /** Most notes are constants: the same one again needs no look at its text. */
  private lastNote: Note | undefined;
  private deadlySignals = 0;
  private pendingDetail: string | undefined;
  asanSeen = false;
  recognised = false;
  partial = false;

  constructor(private readonly sink: FindingSink) {}

  get count(): number {
    return this.open.length;
  }

  /** One of them has its SUMMARY. */
  get hasEnded(): boolean {
    for (const report of this.open) if (report.ended) return true;
    return false;
  }

  /** The input is over. */
  end(): void {
    this.closeEnded();
    for (const report of [...this.open]) this.close(report, undefined, report.engine === 'ubsan');
    // A doubtful report that told nothing was none.
    this.partial &&= this.recognised;
    if (this.partial) this.note(CUT);
  }

  /** False: no open report has a place for it. */
  frame(channel: string, number: number, frame: Frame): boolean {
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
    const isAlone = this.open.length === 1 && !report.mixed && report.match(channel) === 2;
    return isAlone && frame.address !== undefined && finding.append(frame);
  }

  /** A report of UndefinedBehaviorSanitizer ends where other output begins. */
  patience(): void {
    const last = this.open.at(-1);
    if (last?.engine === 'ubsan' && ++last.idle > RUNTIME_ERROR_PATIENCE) this.close(last, undefined, true);
  }

  /** A report begins. */
  header(header: Header, channel: string): void {
    this.deadlySignals = 0;
    // The same process, or one of which nothing is known: its last report was cut.
    for (const open of this.matching(channel)) {
      if (open.engine === 'ubsan') this.close(open, undefined, true);
      else if (open.pid === header.pid || open.pid === undefined || header.pid === undefined) this.close(open, undefined, false);
      else open.mixed = true;
    }
    const leaks = header.kind === 'leak';
    if (header.engine === 'asan') this.asanSeen = true;
    const report = new ReportInProgress(leaks ? 'lsan' : header.engine, header.pid, leaks, channel, header.pid === undefined);
    report.mixed = this.open.some((open) => open.mixed);
    if (!leaks) {
      report.current = new FindingInProgress(header.kind, header.message, firstRole(header.kind), {
        ...(header.address === undefined ? {} : { address: header.address }),
      });
      if (this.pendingDetail !== undefined) report.current.detail(this.pendingDetail);
    }
    this.pendingDetail = undefined;
    this.add(report);
  }

  private matching(channel: string): readonly ReportInProgress[] {
    return this.open.length === 0 ? NONE : this.open.filter((report) => report.match(channel) === 2);
  }

  private add(report: ReportInProgress): void {
    if (this.open.length >= MAX_OPEN_REPORTS) this.close(this.open[0] as ReportInProgress, undefined, false);
    this.open.push(report);
  }

  deadlySignal(): void {
    // Twice belongs to a crash in the handler; in a loop nothing else ever comes.
    if (++this.deadlySignals === 4) this.note(DEADLY_LOOP);
  }

  /** The open report that a line of this stream belongs to: the newest that fits best. */
  reportFor(channel: string): ReportInProgress | undefined {
    const last = this.open.at(-1);
    if (this.open.length <= 1) return last && last.match(channel) > 0 ? last : undefined;
    let best: ReportInProgress | undefined;
    let score = 0;
    for (const report of this.open) {
      const match = report.match(channel);
      if (match > 0 && match >= score) {
        best = report;
        score = match;
      }
    }
    return best;
  }

  /** @param line The text that `found` was read from. */
  reportLine(found: ReportLine, line: string): void {
    const channel = found.at === 0 ? '' : channelOf(line.slice(0, found.at));
    if (found.type === 'leak') {
      this.leak(found, channel);
      return;
    }
    if (found.type === 'omitted') {
      if (this.open.some((report) => report.leaks)) {
        this.note({
          severity: 'info',
          code: 'leaks-omitted',
          text: `LeakSanitizer was told to show only some leaks: ${found.text}`,
        });
      }
      return;
    }
    if (found.type === 'abort') {
      const report = this.open.findLast((open) => (found.pid === undefined ? open.match(channel) > 0 : open.pid === found.pid));
      if (report) this.close(report, undefined, true);
      return;
    }
    const pid = line.charCodeAt(found.at) === 61 ? /^==(\d{1,10})==/.exec(line.slice(found.at))?.[1] : undefined;
    const report =
      pid === undefined
        ? this.reportFor(channel)
        : (this.open.findLast((open) => open.pid === Number(pid)) ?? this.reportFor(channel));
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
    this.add(report);
  }

  leak(found: Extract<ReportLine, { type: 'leak' }>, channel: string): void {
    let report = this.open.findLast((open) => open.leaks && open.match(channel) > 0);
    if (!report) {
      for (const open of this.matching(channel)) this.close(open, undefined, open.engine === 'ubsan');
      report = new ReportInProgress('lsan', undefined, true, channel, true);
      this.add(report);
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
    const pid = report.mixed && this.open.filter((open) => open.leaks).length > 1 ? undefined : report.pid;
    for (const leak of report.waiting) this.finding(leak.finish(engine, pid));
    report.waiting.length = 0;
  }

  /** False: the line is none. */
  runtimeError(line: string): boolean {
    const error = readRuntimeError(line);
    if (!error) return false;
    for (const open of [...this.open]) if (open.engine === 'ubsan') this.close(open, undefined, true);
    const report = new ReportInProgress('ubsan', undefined, false, error.channel, false);
    report.current = new FindingInProgress('undefined-behavior', error.message, 'access', {});
    if (error.frame) report.fallback = error.frame;
    this.add(report);
    return true;
  }

  /** A report is over. */
  summary(summary: Summary, channel: string, line: string): void {
    this.closeEnded();
    const fits = this.open.filter((report) => report.match(channel) > 0);
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

  /** Reports whose SUMMARY was read, when no line can belong to them any more. */
  closeEnded(): void {
    for (let i = 0; i < this.open.length; ) {
      const report = this.open[i] as ReportInProgress;
      if (report.ended) this.close(report, report.ended, true);
      else i++;
    }
  }

  /** @param whole It has its end mark. */
  private close(report: ReportInProgress, summary: Summary | undefined, whole: boolean): void {
    const at = this.open.indexOf(report);
    if (at >= 0) this.open.splice(at, 1);
    if (this.open.length === 1) (this.open[0] as ReportInProgress).mixed = false;
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

  note(note: Note): void {
    this.recognised = true;
    if (note === this.lastNote) return;
    this.lastNote = note;
    const key = `${note.code}\n${note.text}`;
    if (this.noted.has(key) || this.noted.size >= 256) return;
    this.noted.add(key);
    this.sink.note(note);
  }
}

/** A leak's allocator lies in the runtime that reports it. */
function runtimeSign(frame: Frame): string | undefined {
  const place = `${frame.module ?? ''} ${frame.file ?? ''}`;
  if (!place.includes('san')) return undefined;
  if (/hwasan/.test(place)) return 'hwasan';
  if (/libasan|\/asan\/asan_|clang_rt\.asan/.test(place)) return 'asan';
  return /liblsan|\/lsan\/lsan_|clang_rt\.lsan/.test(place) ? 'lsan' : undefined;
}
