import type { LeakSummary } from '../../model/finding.js';
import type { Frame } from '../../model/stack.js';
import type { FindingSink, ParseEnd, ParserFactory, ReportParser } from '../parser.js';
import { WaitingParser } from '../waiting-parser.js';
import { draftToFinding, type ErrorDraft, isOwnFault, newDraft, readNumber } from './error-draft.js';
import { HeldFindings } from './held-findings.js';
import { addSummaries, LeakTotals, type SummaryRow } from './leak-totals.js';
import { ReportNotes } from './report-notes.js';
import { type TagHandler, XmlLexer } from './xml-lexer.js';
import { copyText, decodeXml, XmlStrings } from './xml-strings.js';

/** Elements that hold others. */
const VALGRINDOUTPUT = 1;
const ERROR = 2;
const XWHAT = 3;
const XAUXWHAT = 4;
const STACK = 5;
const FRAME = 6;
const FATAL_SIGNAL = 7;
const ERRORCOUNTS = 8;
const SUPPCOUNTS = 9;
const PAIR = 10;
const LEAK_SUMMARY = 11;
const DEFINITELY_LOST = 12;
const INDIRECTLY_LOST = 13;
const POSSIBLY_LOST = 14;
const STILL_REACHABLE = 15;
const SUPPRESSED = 16;
/** Elements whose content is passed over. */
const SUPPRESSION = 17;
const REACHABLE_HEURISTIC = 18;
const HEAP_SUMMARY = 19;
const ERROR_SUMMARY = 20;
const ANNOUNCETHREAD = 21;
const CLIENTMSG = 22;
const ARGS = 23;
const PREAMBLE = 24;
/** Elements that hold text begin here. */
const FIRST_LEAF = 32;
const UNIQUE = 32;
const KIND = 33;
const WHAT = 34;
const TEXT = 35;
const LEAKEDBYTES = 36;
const LEAKEDBLOCKS = 37;
const AUXWHAT = 38;
const IP = 39;
const OBJ = 40;
const FN = 41;
const DIR = 42;
const FILE = 43;
const LINE = 44;
const PID = 45;
const TOOL = 46;
const SIGNO = 47;
const SIGNAME = 48;
const EVENT = 49;
const SIADDR = 50;
const COUNT = 51;
const BYTES = 52;
const BLOCKS = 53;

/** Valgrind's docs/internals/xml-output-protocol4.txt to 6; any other element is passed over. */
const TAGS: Readonly<Record<string, number>> = {
  valgrindoutput: VALGRINDOUTPUT,
  error: ERROR,
  xwhat: XWHAT,
  xauxwhat: XAUXWHAT,
  stack: STACK,
  frame: FRAME,
  fatal_signal: FATAL_SIGNAL,
  errorcounts: ERRORCOUNTS,
  suppcounts: SUPPCOUNTS,
  pair: PAIR,
  leak_summary: LEAK_SUMMARY,
  definitely_lost: DEFINITELY_LOST,
  indirectly_lost: INDIRECTLY_LOST,
  possibly_lost: POSSIBLY_LOST,
  still_reachable: STILL_REACHABLE,
  suppressed: SUPPRESSED,
  suppression: SUPPRESSION,
  reachable_heuristic: REACHABLE_HEURISTIC,
  heap_summary: HEAP_SUMMARY,
  error_summary: ERROR_SUMMARY,
  announcethread: ANNOUNCETHREAD,
  clientmsg: CLIENTMSG,
  args: ARGS,
  preamble: PREAMBLE,
  unique: UNIQUE,
  kind: KIND,
  what: WHAT,
  text: TEXT,
  leakedbytes: LEAKEDBYTES,
  leakedblocks: LEAKEDBLOCKS,
  auxwhat: AUXWHAT,
  ip: IP,
  obj: OBJ,
  fn: FN,
  dir: DIR,
  file: FILE,
  line: LINE,
  pid: PID,
  tool: TOOL,
  protocoltool: TOOL,
  signo: SIGNO,
  signame: SIGNAME,
  event: EVENT,
  siaddr: SIADDR,
  count: COUNT,
  bytes: BYTES,
  blocks: BLOCKS,
  in_blocks: BLOCKS,
};

const SUMMARY_ROWS: Readonly<Record<number, SummaryRow>> = {
  [DEFINITELY_LOST]: 'definitely',
  [INDIRECTLY_LOST]: 'indirectly',
  [POSSIBLY_LOST]: 'possibly',
  [STILL_REACHABLE]: 'reachable',
  [SUPPRESSED]: 'suppressed',
};

/** Where each element with others in it may stand; 0: at the top of a document. */
const PARENTS: Readonly<Record<number, readonly number[]>> = {
  [XWHAT]: [ERROR],
  [XAUXWHAT]: [ERROR],
  [STACK]: [ERROR, FATAL_SIGNAL, ANNOUNCETHREAD, CLIENTMSG],
  [FRAME]: [STACK],
  [PAIR]: [ERRORCOUNTS, SUPPCOUNTS],
  [DEFINITELY_LOST]: [LEAK_SUMMARY],
  [INDIRECTLY_LOST]: [LEAK_SUMMARY],
  [POSSIBLY_LOST]: [LEAK_SUMMARY],
  [STILL_REACHABLE]: [LEAK_SUMMARY],
  [SUPPRESSED]: [LEAK_SUMMARY, ERROR_SUMMARY],
  [SUPPRESSION]: [ERROR],
  [REACHABLE_HEURISTIC]: [STILL_REACHABLE],
};

/** A frame as coregrind/m_debuginfo/debuginfo.c writes it. No part can match in two ways, so it takes linear time. */
const FRAME_PATTERN = new RegExp(
  `\\s*<frame>\\s*<ip>([^<]*)</ip>\\s*${['obj', 'fn'].map((name) => `(?:<${name}>([^<]*)</${name}>\\s*)?`).join('')}` +
    '((?:<dir>[^<]*</dir>\\s*)?<file>[^<]*</file>\\s*)?(?:<line>([^<]*)</line>\\s*)?</frame>',
  'y',
);
/** The directory and file of a frame, from what the pattern above took. */
const PLACE_PATTERN = /^(?:<dir>([^<]*)<\/dir>\s*)?<file>([^<]*)</;

/** How an error begins: up to its kind, and the whole headline of a leak (memcheck/mc_errors.c). */
const HEAD_PATTERN = new RegExp(
  '\\s*<unique>([^<]*)</unique>\\s*<tid>\\d*</tid>\\s*<kind>([^<]*)</kind>\\s*(?:<xwhat>\\s*<text>([^<]*)</text>\\s*' +
    '<leakedbytes>(\\d*)</leakedbytes>\\s*<leakedblocks>(\\d*)</leakedblocks>\\s*</xwhat>)?',
  'y',
);

/** Whatever a kind of a release to come is called, it is an identifier of C. */
const KIND_NAME = /^\w{1,64}$/;

const MAX_STACKS = 64;
const MAX_FRAMES = 1024;
const MAX_SENTENCES = 64;
/** What is kept of one element's text. */
const MAX_TEXT = 1 << 16;

/**
 * Valgrind's XML, protocols 4, 5 and 6. Leaks are told as they come. Other errors are held until their document ends,
 * for `<errorcounts>` comes after them.
 */
export const createMemcheckXmlParser: ParserFactory = (sink) => new WaitingParser(MARK, () => new MemcheckXmlParser(sink));

/** The elements that a record can't be without, wherever its document was cut. */
const MARK = /<\/?(?:valgrindoutput|error|fatal_signal|stack|frame|leakedbytes|errorcounts|suppcounts|leak_summary)>/;

class MemcheckXmlParser implements ReportParser, TagHandler {
  private readonly lexer = new XmlLexer(TAGS, this);
  private readonly names = new XmlStrings(decodeXml);
  private readonly places = new XmlStrings(readPlace);
  private readonly held: HeldFindings;
  private readonly notes: ReportNotes;

  private recognised = false;
  private summary: LeakSummary | undefined;
  private partial = false;
  /** Of the document that is open. */
  private isOpen = false;
  private pid: number | undefined;
  private engine = 'memcheck';
  private totals = new LeakTotals();
  private lastError: ErrorDraft | undefined;
  private suppressions = 0;
  private suppressedCount = 0;
  /** Two documents are open at once, so what comes can't be given to a process. */
  private mixed = false;

  /** The open elements, innermost last. */
  private readonly path: number[] = [];
  private top = 0;
  private leaf = 0;
  private leafStart = 0;
  private leafText = '';

  private draft: ErrorDraft | undefined;
  private unique = '';
  private text = '';
  private label: string | undefined;
  private frames: Frame[] = [];
  private ip: string | undefined;
  private obj: string | undefined;
  private fn: string | undefined;
  private dir: string | undefined;
  private file: string | undefined;
  private line: string | undefined;
  private signal = { number: '', name: '', event: '' };
  private pair = { count: '', unique: '' };
  private size = { bytes: '', blocks: '' };
  /** An error that began inside another one: dropped when the other one's rest turns up in it. */
  private suspect: (() => void) | undefined;
  private isSuspect = false;

  constructor(sink: FindingSink) {
    this.held = new HeldFindings((finding) => sink.finding(finding));
    this.notes = new ReportNotes(sink);
    this.emitLeak = (finding) => sink.finding(finding);
  }

  private readonly emitLeak: FindingSink['finding'];

  push(chunk: string): void {
    this.lexer.push(chunk);
  }

  end(): ParseEnd {
    if (this.path.length > 0 || this.isOpen) this.partial = true;
    this.settleSuspect(true);
    this.closeDocument();
    if (!this.recognised) return { recognised: false, partial: false };
    if (this.partial) this.notes.cut();
    const summary = this.summary;
    return summary === undefined
      ? { recognised: true, partial: this.partial }
      : { recognised: true, partial: this.partial, summary };
  }

  open(tag: number, text: string, end: number): number {
    if (tag >= FIRST_LEAF) {
      if (this.leaf !== 0) this.abandon();
      else {
        this.leaf = tag;
        this.leafStart = end;
        this.leafText = '';
      }
      return end;
    }
    if (this.leaf !== 0) this.abandon();
    const parents = PARENTS[tag];
    if (parents === undefined) {
      this.openRecord(tag);
      if (tag === ERROR) return this.readHead(text, end);
    } else if (parents.includes(this.top)) {
      this.enter(tag);
      if (tag === STACK) return this.readFrames(text, end);
    } else if (this.top !== 0) this.abandon();
    else this.settleSuspect(false);
    return end;
  }

  /** The beginning of an error, when it is whole and as valgrind writes it; else the tokenizer reads it. */
  private readHead(text: string, start: number): number {
    HEAD_PATTERN.lastIndex = start;
    const match = HEAD_PATTERN.exec(text);
    const draft = this.draft;
    if (match === null || draft === undefined) return start;
    this.unique = match[1] as string;
    draft.kind = this.names.take(match[2] as string, 0, (match[2] as string).length);
    if (match[3] !== undefined) {
      draft.message = oneLine(decodeXml(copyText(match[3])));
      draft.leakedBytes = readNumber(match[4] as string);
      draft.leakedBlocks = readNumber(match[5] as string);
    }
    return HEAD_PATTERN.lastIndex;
  }

  /**
   * Most of a report is frames, and valgrind writes them in one way only: those are read here, at four times the
   * speed. The first that is not whole or not alike is left to the tokenizer. Returns where to go on.
   */
  private readFrames(text: string, start: number): number {
    let at = start;
    for (;;) {
      FRAME_PATTERN.lastIndex = at;
      const match = FRAME_PATTERN.exec(text);
      if (match === null) return at;
      at = FRAME_PATTERN.lastIndex;
      if (this.frames.length >= MAX_FRAMES) continue;
      this.frames.push(
        makeFrame(match[1], shared(this.names, match[2]), shared(this.names, match[3]), shared(this.places, match[4]), match[5]),
      );
    }
  }

  close(tag: number, text: string, start: number): void {
    if (tag >= FIRST_LEAF) {
      const isPair = this.leaf === tag;
      if (isPair) this.take(tag, text, start);
      else if (this.top !== 0) this.abandon();
      this.leaf = 0;
      this.leafText = '';
      return;
    }
    if (this.leaf !== 0) this.abandon();
    if (tag === VALGRINDOUTPUT) {
      this.settleSuspect(true);
      if (this.path.length > 0) this.abandon();
      if (!this.isOpen && this.recognised && !this.mixed) this.partial = true;
      this.isOpen = false;
      this.mixed = false;
      this.closeDocument();
    } else if (tag === this.top) {
      this.leave(tag);
    } else if (this.top !== 0) this.abandon();
    else this.settleSuspect(false);
  }

  textEnd(text: string, end: number): void {
    if (this.leaf === 0) return;
    if (this.leafText.length < MAX_TEXT) this.leafText += text.slice(this.leafStart, end);
    this.leafStart = 0;
  }

  gap(): void {
    if (this.path.length > 0) this.abandon();
    this.leaf = 0;
  }

  private enter(tag: number): void {
    this.path.push(tag);
    this.top = tag;
    if (tag === FRAME) {
      this.ip = this.obj = this.fn = this.dir = this.file = this.line = undefined;
    } else if (tag === STACK) this.frames = [];
    else if (tag === XWHAT || tag === XAUXWHAT) this.text = '';
    else if (tag === PAIR) this.pair = { count: '', unique: '' };
    else if (SUMMARY_ROWS[tag] !== undefined) this.size = { bytes: '', blocks: '' };
  }

  /** An element at the top of a document. */
  private openRecord(tag: number): void {
    const cut = this.path.length > 0;
    if (cut) this.abandon();
    if (tag === VALGRINDOUTPUT) {
      this.settleSuspect(true);
      this.recognised = true;
      if (this.isOpen) {
        // Cut off, or another process writes in between: both end here, and nobody can tell whose the next error is.
        this.partial = true;
        this.mixed = true;
      }
      this.closeDocument();
      this.isOpen = true;
      return;
    }
    this.settleSuspect(!cut);
    if (tag === ERROR || tag === FATAL_SIGNAL) {
      this.draft = newDraft('', '');
      this.isSuspect = cut;
      this.unique = '';
      this.label = undefined;
      this.signal = { number: '', name: '', event: '' };
    } else if (tag === LEAK_SUMMARY) this.totals.beginSummary();
    this.enter(tag);
  }

  /** What is open is broken: forget it and wait for the next record. */
  private abandon(): void {
    this.partial = true;
    this.path.length = 0;
    this.top = 0;
    this.leaf = 0;
    this.draft = undefined;
  }

  private settleSuspect(isSound: boolean): void {
    const emit = this.suspect;
    this.suspect = undefined;
    if (emit !== undefined && isSound) emit();
  }

  private leave(tag: number): void {
    this.path.pop();
    this.top = this.path[this.path.length - 1] ?? 0;
    switch (tag) {
      case FRAME:
        if (this.frames.length < MAX_FRAMES)
          this.frames.push(makeFrame(this.ip, this.obj, this.fn, joinPath(this.dir, this.file), this.line));
        break;
      case STACK:
        this.endStack();
        break;
      case XWHAT:
        this.addHeadline(this.text);
        break;
      case XAUXWHAT:
        this.addSentence(this.text);
        break;
      case ERROR:
        this.endError();
        break;
      case FATAL_SIGNAL:
        this.endFatalSignal();
        break;
      case PAIR:
        this.endPair();
        break;
      default: {
        const row = SUMMARY_ROWS[tag];
        if (row !== undefined && this.top === LEAK_SUMMARY) this.totals.setRow(row, this.size.bytes, this.size.blocks);
      }
    }
  }

  private take(leaf: number, text: string, end: number): void {
    switch (this.top) {
      case FRAME:
        this.takeOfFrame(leaf, text, end);
        break;
      case ERROR:
        this.takeOfError(leaf, text, end);
        break;
      case XWHAT:
      case XAUXWHAT:
        if (leaf === TEXT) this.text = this.leafValue(text, end);
        else if (this.draft === undefined || this.top === XAUXWHAT) break;
        else if (leaf === LEAKEDBYTES) this.draft.leakedBytes = readNumber(this.leafValue(text, end));
        else if (leaf === LEAKEDBLOCKS) this.draft.leakedBlocks = readNumber(this.leafValue(text, end));
        break;
      case FATAL_SIGNAL:
        if (leaf === SIGNO) this.signal.number = this.leafValue(text, end);
        else if (leaf === SIGNAME) this.signal.name = this.leafValue(text, end);
        else if (leaf === EVENT) this.signal.event = this.leafValue(text, end);
        else if (leaf === SIADDR && this.draft !== undefined) {
          const address = this.leafValue(text, end);
          if (/^0x[0-9A-Fa-f]+$/.test(address)) this.draft.address = address;
        }
        break;
      case PAIR:
        if (leaf === COUNT) this.pair.count = this.leafValue(text, end);
        else if (leaf === UNIQUE) this.pair.unique = this.leafValue(text, end);
        break;
      case 0:
        if (leaf === PID && !this.mixed) this.pid = readNumber(this.leafValue(text, end)) || undefined;
        else if (leaf === TOOL) this.engine = engineOf(this.leafValue(text, end));
        break;
      default:
        if (SUMMARY_ROWS[this.top] === undefined) break;
        if (leaf === BYTES) this.size.bytes = this.leafValue(text, end);
        else if (leaf === BLOCKS) this.size.blocks = this.leafValue(text, end);
    }
  }

  private takeOfFrame(leaf: number, text: string, end: number): void {
    // A part that comes twice is of another frame.
    let before: string | undefined;
    switch (leaf) {
      case IP:
        before = this.ip;
        this.ip = this.leafValue(text, end);
        break;
      case OBJ:
        before = this.obj;
        this.obj = this.leafValue(text, end);
        break;
      case FN:
        before = this.fn;
        this.fn = this.leafValue(text, end);
        break;
      case DIR:
        before = this.dir;
        this.dir = this.leafValue(text, end);
        break;
      case FILE:
        before = this.file;
        this.file = this.leafValue(text, end);
        break;
      case LINE:
        before = this.line;
        this.line = this.leafValue(text, end);
        break;
      default:
    }
    if (before !== undefined) this.abandon();
  }

  private takeOfError(leaf: number, text: string, end: number): void {
    const draft = this.draft;
    if (draft === undefined) return;
    if (leaf === UNIQUE) {
      if (this.unique !== '') this.abandon();
      this.unique = this.leafValue(text, end);
    } else if (leaf === KIND) {
      if (draft.kind !== '') this.abandon();
      draft.kind = this.leafValue(text, end);
    } else if (leaf === WHAT) this.addHeadline(this.leafValue(text, end));
    else if (leaf === AUXWHAT) this.addSentence(this.leafValue(text, end));
  }

  private leafValue(text: string, end: number): string {
    if (this.leafText === '') return this.names.take(text, this.leafStart, end);
    const whole = this.leafText + text.slice(0, end);
    return this.names.take(whole, 0, whole.length);
  }

  private addHeadline(text: string): void {
    const draft = this.draft;
    if (draft === undefined) return;
    if (draft.message === '') draft.message = oneLine(text);
    else this.addSentence(text);
  }

  private addSentence(text: string): void {
    const sentence = oneLine(text);
    if (this.draft === undefined || sentence === '') return;
    if (this.draft.details.length < MAX_SENTENCES) this.draft.details.push(sentence);
    this.label = sentence;
  }

  private endStack(): void {
    const draft = this.draft;
    if (draft === undefined || draft.stacks.length >= MAX_STACKS) return;
    const isFirst = draft.stacks.length === 0;
    // Sentences before the first stack are about the error as a whole.
    draft.stacks.push(isFirst || this.label === undefined ? { frames: this.frames } : { label: this.label, frames: this.frames });
    this.label = undefined;
  }

  private endError(): void {
    const draft = this.draft;
    this.draft = undefined;
    if (draft === undefined || draft.kind === '' || this.unique === '') return;
    if (!KIND_NAME.test(draft.kind)) {
      this.partial = true;
      return;
    }
    this.recognised = true;
    this.lastError = draft;
    const unique = this.unique;
    const finding = draftToFinding(draft, this.engine, this.pid);
    const isLeak = finding.kind === 'leak';
    const emit = (): void => {
      if (!isLeak) {
        this.held.hold(unique, finding);
        return;
      }
      this.totals.addLeak(finding);
      this.emitLeak(finding);
    };
    if (this.isSuspect) this.suspect = emit;
    else emit();
    this.isSuspect = false;
  }

  private endFatalSignal(): void {
    const draft = this.draft;
    this.draft = undefined;
    const { name, number, event } = this.signal;
    if (draft === undefined || !/^[A-Z][A-Z0-9+_]{1,15}$/.test(name)) return;
    this.recognised = true;
    draft.kind = name;
    // The words of valgrind's text output for the same event (coregrind/m_signals.c).
    draft.message = `Process terminating with default action of signal ${readNumber(number)} (${name})`;
    if (event !== '') draft.details.push(draft.address === undefined ? event : `${event} at address ${draft.address}`);
    this.notes.fatalSignal(draft.message, draft.details[0], this.pid);
    if (isOwnFault(name, draft, this.lastError)) this.held.hold(`signal ${name}`, draftToFinding(draft, this.engine, this.pid));
  }

  private endPair(): void {
    const count = readNumber(this.pair.count);
    if (count === 0) return;
    if (this.top === ERRORCOUNTS) this.held.setCount(this.pair.unique, count);
    else {
      this.suppressions++;
      this.suppressedCount += count;
    }
  }

  private closeDocument(): void {
    this.held.flush();
    if (this.recognised) this.notes.suppressed(this.suppressedCount, this.suppressions);
    this.summary = addSummaries(this.summary, this.totals.summary());
    this.totals = new LeakTotals();
    this.suppressions = this.suppressedCount = 0;
    this.lastError = undefined;
    this.pid = undefined;
    this.engine = 'memcheck';
  }
}

/** `memcheck`, `helgrind`, `drd`: valgrind's own word, when it is one. */
function engineOf(tool: string): string {
  return /^[a-z][a-z0-9-]{0,31}$/.test(tool) ? tool : 'memcheck';
}

/** Valgrind ends some sentences with a line end inside the element; what follows it is not valgrind's. */
function oneLine(text: string): string {
  const trimmed = text.trim();
  const end = trimmed.search(/[\r\n]/);
  return end < 0 ? trimmed : trimmed.slice(0, end).trimEnd();
}

function shared(strings: XmlStrings, text: string | undefined): string | undefined {
  return text === undefined ? undefined : strings.take(text, 0, text.length);
}

function readPlace(raw: string): string {
  const match = PLACE_PATTERN.exec(raw);
  return joinPath(match?.[1] === undefined ? undefined : decodeXml(match[1]), decodeXml(match?.[2] ?? '')) ?? '';
}

/** An absolute file name stays as it is: some compilers give one beside the directory. */
function joinPath(directory: string | undefined, file: string | undefined): string | undefined {
  if (file === undefined || directory === undefined || directory === '' || file === '' || file.startsWith('/')) return file;
  return directory.endsWith('/') ? directory + file : `${directory}/${file}`;
}

function makeFrame(
  ip: string | undefined,
  module: string | undefined,
  fn: string | undefined,
  file: string | undefined,
  line: string | undefined,
): Frame {
  const frame: { -readonly [K in keyof Frame]: Frame[K] } = {};
  if (fn !== undefined && fn !== '' && fn !== '???') frame.function = fn;
  if (file !== undefined && file !== '') {
    frame.file = file;
    const number = line === undefined ? 0 : readNumber(line);
    if (number > 0) frame.line = number;
  }
  if (module !== undefined && module !== '') frame.module = module;
  if (ip !== undefined && /^0x[0-9A-Fa-f]{1,16}$/.test(ip)) frame.address = ip;
  return frame;
}
