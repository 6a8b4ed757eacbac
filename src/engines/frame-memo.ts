import type { Frame } from '../model/stack.js';

const MAX_ENTRIES = 8192;
/** V8 copies a part of a string that is shorter than this; a longer one keeps the whole text alive that it was cut from. */
const COPIED = 12;

const CONTROL = /[\x00-\x08\x0a-\x1f]/;

interface Entry {
  /** What is written after the address. */
  readonly key: string;
  /** Without an address. */
  readonly symbol: Frame;
  /** The last frame that was made of it: nearly always the next one's address is the same. */
  last: Frame;
  /** The entry that came after this one, the last time: mostly it does so again. */
  next: Entry | undefined;
  /** The one that came before that one: the end of a recursion, or another caller. */
  other: Entry | undefined;
}

/**
 * Frames by what is written after their address, for the same ones come over and over in a report. Equal frames are
 * mostly one object.
 */
export class FrameMemo {
  private readonly entries = new Map<string, Entry>();
  private previous: Entry | undefined;
  /** Where the frame of the last `takeExpected` ended. */
  ended = 0;

  /** @param parse Reads what follows an address. */
  constructor(private readonly parse: (symbol: string) => Frame) {}

  /** The frame that `text` from `start` to `end` describes: an address, or none, and a symbol. */
  take(text: string, start: number, end: number): Frame {
    const symbolAt = addressEnd(text, start, end);
    return this.known(text, start, symbolAt, end) ?? this.add(text, start, symbolAt, end);
  }

  /** Undefined when the text holds control characters, of which a terminal or our own format makes something else. */
  takePlain(text: string, start: number, end: number): Frame | undefined {
    const symbolAt = addressEnd(text, start, end);
    const known = this.known(text, start, symbolAt, end);
    if (known !== undefined) return known;
    return CONTROL.test(text.slice(symbolAt, end)) ? undefined : this.add(text, start, symbolAt, end);
  }

  /**
   * The frame that begins at `start`, when it is the one that followed the last one before and a line end comes after
   * it: then nobody has to look for the line's end. `ended` is where the line end is.
   */
  takeExpected(text: string, start: number): Frame | undefined {
    const previous = this.previous;
    if (previous === undefined) return undefined;
    const symbolAt = addressEnd(text, start, text.length);
    let entry = previous.next;
    if (entry === undefined || !isWhole(text, symbolAt, entry.key)) {
      entry = previous.other;
      if (entry === undefined || !isWhole(text, symbolAt, entry.key)) return undefined;
      previous.other = previous.next;
      previous.next = entry;
    }
    this.ended = symbolAt + entry.key.length;
    if (this.ended < start + 3) return undefined;
    this.previous = entry;
    return frameOf(entry, text, start, symbolAt);
  }

  private known(text: string, start: number, symbolAt: number, end: number): Frame | undefined {
    const previous = this.previous;
    const key = text.slice(symbolAt, end);
    let entry = previous?.next;
    if (entry === undefined || entry.key !== key) {
      entry = this.entries.get(key);
      if (entry === undefined) return undefined;
      if (previous !== undefined) follow(previous, entry);
    }
    this.previous = entry;
    return frameOf(entry, text, start, symbolAt);
  }

  private add(text: string, start: number, symbolAt: number, end: number): Frame {
    const key = detached(text.slice(symbolAt, end));
    const { address: _, ...symbol } = this.parse(key);
    const last = symbolAt === start ? symbol : { ...symbol, address: copy(text, start, symbolAt) };
    if (this.entries.size >= MAX_ENTRIES) {
      this.entries.clear();
      this.previous = undefined;
    }
    const entry: Entry = { key, symbol, last, next: undefined, other: undefined };
    this.entries.set(key, entry);
    if (this.previous !== undefined) follow(this.previous, entry);
    this.previous = entry;
    return last;
  }
}

function follow(previous: Entry, entry: Entry): void {
  previous.other = previous.next;
  previous.next = entry;
}

/** `key` is at `at`, and then the line ends. Two slices are compared faster than `startsWith` looks. */
function isWhole(text: string, at: number, key: string): boolean {
  const end = at + key.length;
  return text.charCodeAt(end) === 10 && text.slice(at, end) === key;
}

function frameOf(entry: Entry, text: string, start: number, symbolAt: number): Frame {
  if (symbolAt === start) return entry.symbol;
  const known = entry.last.address;
  // The digits above a page's are what changes from process to process.
  if (
    known !== undefined &&
    known.length === symbolAt - start &&
    known.charCodeAt(known.length - 5) === text.charCodeAt(symbolAt - 5) &&
    text.slice(start, symbolAt) === known
  ) {
    return entry.last;
  }
  // Of the one that has an address already: its copy has the same shape.
  entry.last = { ...entry.last, address: copy(text, start, symbolAt) };
  return entry.last;
}

/** Where the hexadecimal number that begins at `start` ends; `start` when there is none. */
function addressEnd(text: string, start: number, end: number): number {
  if (text.charCodeAt(start) !== 48 || (text.charCodeAt(start + 1) | 32) !== 120) return start;
  let at = start + 2;
  for (; at < end; at++) {
    const c = text.charCodeAt(at);
    if (!((c >= 48 && c <= 57) || (c >= 97 && c <= 102) || (c >= 65 && c <= 70))) break;
  }
  return at;
}

/** A copy of an address, in one piece: strings that V8 has only joined are slow to compare. */
function copy(text: string, start: number, end: number): string {
  const length = end - start;
  if (length === 14) {
    // What most have.
    return String.fromCharCode(
      text.charCodeAt(start),
      text.charCodeAt(start + 1),
      text.charCodeAt(start + 2),
      text.charCodeAt(start + 3),
      text.charCodeAt(start + 4),
      text.charCodeAt(start + 5),
      text.charCodeAt(start + 6),
      text.charCodeAt(start + 7),
      text.charCodeAt(start + 8),
      text.charCodeAt(start + 9),
      text.charCodeAt(start + 10),
      text.charCodeAt(start + 11),
      text.charCodeAt(start + 12),
      text.charCodeAt(start + 13),
    );
  }
  return length <= COPIED ? text.slice(start, end) : detached(text.slice(start, end));
}

/** A copy of any length that does not keep the text alive. */
export function detached(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}
