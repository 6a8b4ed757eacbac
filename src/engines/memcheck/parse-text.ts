import { LineSplitter } from '../../base/lines.js';
import type { Finding, LeakSummary } from '../../model/finding.js';
import type { Frame } from '../../model/stack.js';
import { FrameMemo } from '../frame-memo.js';
import type { FindingSink, ParseEnd, ParserFactory, ReportParser } from '../parser.js';
import { WaitingParser } from '../waiting-parser.js';
import { draftToFinding, type ErrorDraft, isOwnFault, newDraft, readLeakHeadline } from './error-draft.js';
import { HeldFindings } from './held-findings.js';
import { addSummaries, LeakTotals, type SummaryRow } from './leak-totals.js';
import { ReportNotes } from './report-notes.js';
import { readTextFrame, readTextSymbol } from './text-frame.js';
import { kindOfHeadline, kindOfLeak } from './text-headline.js';
import { readTrouble } from './valgrind-trouble.js';
import { decodeXml } from './xml-strings.js';

/** `==PID== text`, with the time of --time-stamp=yes, `--PID--` for messages of valgrind, `**PID**` for the program's own. */
const PREFIX = /(?:==(?:\d\d:\d\d:\d\d:\d\d\.\d{3} )?(\d{1,10})==|--(\d{1,10})--|\*\*(\d{1,10})\*\*)(?: (.*))?$/;
const ESCAPES = /\x1b\[[0-9;:?]{0,32}[A-Za-z]/g;
const CHANGED = /[\x1b\u00a0&]|m$/;
const PAGE_ENTITY = /&(?:lt|gt|amp|quot|apos|#39);/g;
/** What a page left of a colour code. */
const BARE_COLOUR_END = /\[\d{0,3}m$/;
const TOOL = /^(Memcheck|Helgrind|DRD), an? /;
const AMOUNT = '(\\d[\\d,]*)(?: \\([+-][\\d,]+\\))?';
const SUMMARY_ROW = new RegExp(
  `^(definitely lost|indirectly lost|possibly lost|still reachable|suppressed): ${AMOUNT} bytes in ${AMOUNT} blocks`,
);
const SUMMARY_ROWS: Readonly<Record<string, SummaryRow>> = {
  'definitely lost': 'definitely',
  'indirectly lost': 'indirectly',
  'possibly lost': 'possibly',
  'still reachable': 'reachable',
  suppressed: 'suppressed',
};
const FATAL = /^Process terminating with default action of signal (\d{1,3}) \((SIG[A-Z0-9+_]{1,16})\)/;
const FAULT_DETAIL = /^(.{1,200}) at address (0x[0-9A-Fa-f]{1,16})$/;
const REPEATED = /^(\d{1,10}) errors in context \d{1,10} of \d{1,10}:$/;
const SUPPRESSED = /^ERROR SUMMARY: .{1,80} \(suppressed: (\d[\d,]*) from (\d[\d,]*)\)/;

const MAX_PROCESSES = 64;
const MAX_STACKS = 64;
const MAX_FRAMES = 1024;
const MAX_SENTENCES = 64;

/** What is known of one process. */
interface ProcessState {
  readonly pid: number | undefined;
  engine: string;
  totals: LeakTotals;
  draft: ErrorDraft | undefined;
  /** The sentence that explains the next stack. */
  label: string | undefined;
  /** The next frame begins a stack. */
  betweenStacks: boolean;
  last: ErrorDraft | undefined;
  /** `N errors in context` stood before the error: an earlier one again, with its count. */
  count: number | undefined;
  /** Its report has a beginning that promises an end. */
  begun: boolean;
  ended: boolean;
}

/**
 * Valgrind's text, versions 3.3 to 3.26, with anything before `==PID==` on a line and any number of processes mixed.
 * Errors are held (a bounded number), for with -v their counts come at the end, and a later leak check of a process
 * takes the place of an earlier one.
 */
export const createMemcheckTextParser: ParserFactory = (sink) => new WaitingParser(MARK, () => new MemcheckTextParser(sink));

/** No finding, note or total comes from text without one of these. */
const MARK =
  /[ab][ty]\s0x[0-9A-Fa-f]{1,16}:\s|(?:Memcheck|Helgrind|DRD),\s|(?:HEAP|LEAK|ERROR)\sSUMMARY|blocks\sare\s|blocks\swere\s|Process\sterminating|valgrind:\s|vex\s/;

class MemcheckTextParser implements ReportParser {
  private readonly lines = new LineSplitter((line) => this.line(line));
  /** Of plain lines: what follows the address begins with a colon and a blank. */
  private readonly memo = new FrameMemo((symbol) => readTextSymbol(asShown(symbol.slice(2)).trim()));
  private readonly processes = new Map<number, ProcessState>();
  private readonly held: HeldFindings;
  private readonly notes: ReportNotes;
  /** Of the lines without a prefix. */
  private readonly bareState = newState(undefined);
  private recognised = false;
  private partial = false;
  private summary: LeakSummary | undefined;
  /** True while the last line, that no line end follows, is read. */
  private atEnd = false;
  private lastChunkEnd = '\n';

  constructor(sink: FindingSink) {
    this.held = new HeldFindings((finding) => sink.finding(finding), 2048);
    this.notes = new ReportNotes(sink);
  }

  push(chunk: string): void {
    if (chunk === '') return;
    this.lastChunkEnd = chunk.charAt(chunk.length - 1);
    this.lines.push(chunk);
  }

  end(): ParseEnd {
    this.atEnd = this.lastChunkEnd !== '\n';
    this.lines.end();
    for (const state of this.processes.values()) this.endProcess(state);
    this.endProcess(this.bareState);
    this.processes.clear();
    this.held.flush();
    if (!this.recognised) return { recognised: false, partial: false };
    if (this.partial) this.notes.cut();
    const end = { recognised: true, partial: this.partial };
    return this.summary === undefined ? end : { ...end, summary: this.summary };
  }

  private line(raw: string): void {
    if (this.plainFrame(raw)) return;
    const line = asShown(raw);
    const match = line.includes('==') || line.includes('--') || line.includes('**') ? PREFIX.exec(line) : null;
    if (match === null) {
      this.unprefixed(line);
      return;
    }
    // Messages of valgrind about itself come between the lines of an error.
    if (match[1] === undefined) {
      this.trouble(match[4] ?? '');
      return;
    }
    const pid = Number(match[1]);
    const text = match[4] ?? '';
    if (this.atEnd && isCutFrame(text)) this.partial = true;
    else this.content(this.stateOf(pid), text);
  }

  /** The line that reports are mostly made of, as valgrind prints it: `==PID==    by 0xPC: FUNCTION (FILE:LINE)`. */
  private plainFrame(line: string): boolean {
    if (this.atEnd || line.charCodeAt(0) !== 61 || line.charCodeAt(1) !== 61) return false;
    let at = 2;
    let pid = 0;
    for (; at < 12; at++) {
      const digit = line.charCodeAt(at) - 48;
      if (digit < 0 || digit > 9) break;
      pid = pid * 10 + digit;
    }
    if (at === 2 || line.charCodeAt(at) !== 61) return false;
    if (!line.startsWith('==    by 0x', at) && !line.startsWith('==    at 0x', at)) return false;
    const start = at + 9;
    const frame = this.memo.takePlain(line, start, line.length);
    if (frame?.address === undefined || line.charCodeAt(start + frame.address.length) !== 58) return false;
    const state = this.processes.get(pid);
    if (state?.draft === undefined) return false;
    this.addFrame(state, state.draft, line.charCodeAt(start - 3) === 97, frame);
    return true;
  }

  private unprefixed(line: string): void {
    const at = line.indexOf('valgrind: ');
    if (at >= 0) this.trouble(line.slice(at));
    else if (line.startsWith('vex ')) this.trouble(line);
    else this.bare(line);
  }

  /** Reports that were copied by hand have lost the prefix of their first line, or of all lines. */
  private bare(line: string): void {
    const text = line.trim();
    const isFrame = text.startsWith('at 0x') || text.startsWith('by 0x');
    if (this.bareState.draft === undefined ? !isHeadline(text) : !isFrame && !isSentence(text) && !isHeadline(text)) {
      this.finish(this.bareState);
      return;
    }
    if (this.atEnd && isCutFrame(text)) this.partial = true;
    else this.content(this.bareState, text);
  }

  private trouble(text: string): void {
    const note = readTrouble(text);
    if (note === undefined) return;
    this.recognised = true;
    this.notes.note(note);
  }

  private stateOf(pid: number): ProcessState {
    const known = this.processes.get(pid);
    if (known !== undefined) return known;
    if (this.processes.size >= MAX_PROCESSES) {
      const oldest = this.processes.entries().next().value;
      if (oldest !== undefined) {
        this.endProcess(oldest[1]);
        this.processes.delete(oldest[0]);
      }
    }
    const state = newState(pid);
    this.processes.set(pid, state);
    return state;
  }

  private endProcess(state: ProcessState): void {
    if (state.draft !== undefined) this.finish(state);
    if (state.begun && !state.ended) this.partial = true;
    this.summary = addSummaries(this.summary, state.totals.summary());
  }

  private content(state: ProcessState, content: string): void {
    const text = content.trim();
    if (text === '') {
      // Helgrind and DRD put empty lines inside an error.
      if (state.draft !== undefined && (state.engine === 'memcheck' || state.draft.stacks.length === 0)) this.finish(state);
      return;
    }
    if (text.startsWith('at 0x') || text.startsWith('by 0x')) {
      this.frame(state, text);
      return;
    }
    const leak = readLeakHeadline(text);
    const kind = leak === undefined ? kindOfHeadline(text) : kindOfLeak(leak.leakKind);
    if (kind !== undefined) {
      this.finish(state);
      state.draft = newDraft(kind, text);
      state.betweenStacks = true;
      return;
    }
    const fatal = FATAL.exec(text);
    if (fatal !== null) {
      this.finish(state);
      state.draft = newDraft(fatal[2] as string, `Process terminating with default action of signal ${fatal[1]} (${fatal[2]})`);
      state.betweenStacks = true;
      return;
    }
    // Sentences about an error are indented by one space, and nothing else is.
    if (state.draft !== undefined && (content.startsWith(' ') || isSentence(text) || isFaultDetail(state.draft, text))) {
      this.sentence(state, state.draft, text);
      return;
    }
    this.finish(state);
    this.other(state, text);
  }

  private frame(state: ProcessState, text: string): void {
    if (state.draft === undefined && this.bareState.draft?.stacks.length === 0 && text.startsWith('at ')) {
      state.draft = this.bareState.draft;
      state.betweenStacks = true;
      this.bareState.draft = undefined;
    }
    const draft = state.draft;
    const frame = draft === undefined ? undefined : readTextFrame(text);
    if (draft === undefined || frame === undefined) return;
    this.addFrame(state, draft, text.startsWith('at '), frame);
  }

  private addFrame(state: ProcessState, draft: ErrorDraft, isFirst: boolean, frame: Frame): void {
    if (isFirst || state.betweenStacks) {
      state.betweenStacks = false;
      if (draft.stacks.length >= MAX_STACKS) return;
      const hasLabel = draft.stacks.length > 0 && state.label !== undefined;
      draft.stacks.push(hasLabel ? { label: state.label as string, frames: [frame] } : { frames: [frame] });
      state.label = undefined;
      return;
    }
    const frames = draft.stacks.at(-1)?.frames;
    if (frames !== undefined && frames.length < MAX_FRAMES) frames.push(frame);
  }

  private sentence(state: ProcessState, draft: ErrorDraft, text: string): void {
    // After the stack of a signal comes only advice about --main-stacksize.
    if (draft.kind.startsWith('SIG') && draft.stacks.length > 0) return;
    if (draft.details.length < MAX_SENTENCES) draft.details.push(text);
    state.label = text;
    state.betweenStacks = true;
    if (!draft.kind.startsWith('SIG')) return;
    const address = FAULT_DETAIL.exec(text)?.[2];
    if (address !== undefined) draft.address = address;
  }

  /** Everything that is not about an error. */
  private other(state: ProcessState, text: string): void {
    const tool = TOOL.exec(text);
    if (tool !== null) {
      this.recognised = true;
      state.engine = (tool[1] as string).toLowerCase();
      // A process that became another program by exec begins again.
      state.begun = true;
      state.ended = false;
    } else if (text.startsWith('HEAP SUMMARY:')) {
      this.recognised = true;
      state.begun = true;
    } else if (text.startsWith('LEAK SUMMARY:')) {
      this.recognised = true;
      state.totals.beginSummary();
    } else if (text.startsWith('All heap blocks were freed')) {
      state.totals.beginSummary();
    } else if (text.startsWith('ERROR SUMMARY: ')) {
      this.recognised = true;
      state.ended = true;
      const match = SUPPRESSED.exec(text);
      if (match !== null) this.notes.suppressed(Number(match[1]?.replaceAll(',', '')), Number(match[2]?.replaceAll(',', '')));
    } else {
      const row = SUMMARY_ROW.exec(text);
      if (row !== null) state.totals.setRow(SUMMARY_ROWS[row[1] as string] as SummaryRow, row[2] as string, row[3] as string);
      const repeated = REPEATED.exec(text);
      if (repeated !== null) state.count = Number(repeated[1]);
      else this.trouble(text);
    }
  }

  private finish(state: ProcessState): void {
    const draft = state.draft;
    const count = state.count;
    state.draft = state.label = undefined;
    if (draft === undefined) return;
    state.count = undefined;
    if (draft.kind.startsWith('SIG')) {
      this.finishSignal(state, draft);
      return;
    }
    const finding = draftToFinding(draft, state.engine, state.pid, Math.max(count ?? 1, 1));
    const isLeak = finding.kind === 'leak';
    // A headline alone is a chance sentence of the program, or the end of a cut report; and a descriptor without a
    // stack was there before the program began.
    if (draft.stacks.length === 0 && (!isLeak || state.pid === undefined)) return;
    this.recognised = true;
    const key = keyOf(finding);
    if (isLeak) {
      state.totals.addLeak(finding);
      this.held.replace(key, finding);
      return;
    }
    state.last = draft;
    if (count !== undefined && this.held.setCount(key, count)) return;
    this.held.hold(key, finding);
  }

  private finishSignal(state: ProcessState, draft: ErrorDraft): void {
    this.recognised = true;
    this.notes.fatalSignal(draft.message, draft.details[0], state.pid);
    if (isOwnFault(draft.kind, draft, state.last)) {
      const finding = draftToFinding(draft, state.engine, state.pid);
      this.held.hold(keyOf(finding), finding);
    }
  }
}

function newState(pid: number | undefined): ProcessState {
  return {
    pid,
    engine: 'memcheck',
    totals: new LeakTotals(),
    draft: undefined,
    label: undefined,
    betweenStacks: true,
    last: undefined,
    count: undefined,
    begun: false,
    ended: false,
  };
}

function isHeadline(text: string): boolean {
  return kindOfHeadline(text) !== undefined || readLeakHeadline(text) !== undefined;
}

/** Equal for the same error of the same process, told again. */
function keyOf(finding: Finding): string {
  const name = finding.kind === 'leak' ? (finding.leakKind ?? '') : finding.message;
  const stacks = finding.stacks.map((stack) => stack.frames.map((frame) => frame.address ?? '').join(' '));
  return `${finding.pid ?? 0} ${finding.kind} ${name} ${stacks.join('|')}`;
}

/** A last line without its line end: a part of a name or of a number must not pass for the whole. */
function isCutFrame(text: string): boolean {
  const line = text.trim();
  return (line.startsWith('at 0x') || line.startsWith('by 0x')) && !line.endsWith(')');
}

/** `Access not within mapped region at address 0x0` right after the headline of a signal, when its indent was lost. */
function isFaultDetail(draft: ErrorDraft, text: string): boolean {
  return draft.kind.startsWith('SIG') && draft.stacks.length === 0 && FAULT_DETAIL.test(text);
}

/** The line as valgrind wrote it, without what a terminal or a web page made of it. */
function asShown(line: string): string {
  if (!CHANGED.test(line)) return line;
  return line.replace(ESCAPES, '').replaceAll('\u00a0', ' ').replace(BARE_COLOUR_END, '').replace(PAGE_ENTITY, decodeXml);
}

/** For reports whose white space was lost on the way. */
function isSentence(text: string): boolean {
  return /^(?:Address 0x|Block was alloc'd|Uninitialised value was created|Location 0x|in frame #|This conflicts with)/.test(
    text,
  );
}
