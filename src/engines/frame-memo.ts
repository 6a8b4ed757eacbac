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
}

/**
 * Frames by what is written after their address, for the same ones come over and over in a report. Equal frames are
 * mostly one object.
 */
export class FrameMemo {
  private readonly entries = new Map<string, Entry>();
  private previous: Entry | undefined;

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

  private known(text: string, start: number, symbolAt: number, end: number): Frame | undefined {
    const guess = this.previous?.next;
    let entry: Entry | undefined;
    if (guess !== undefined && guess.key.length === end - symbolAt && text.startsWith(guess.key, symbolAt)) entry = guess;
    else {
      entry = this.entries.get(text.slice(symbolAt, end));
      if (entry === undefined) return undefined;
      if (this.previous !== undefined) this.previous.next = entry;
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
    const entry: Entry = { key, symbol, last, next: undefined };
    this.entries.set(key, entry);
    if (this.previous !== undefined) this.previous.next = entry;
    this.previous = entry;
    return last;
  }
}

function frameOf(entry: Entry, text: string, start: number, symbolAt: number): Frame {
  if (symbolAt === start) return entry.symbol;
  const known = entry.last.address;
  if (known !== undefined && known.length === symbolAt - start && text.startsWith(known, start)) return entry.last;
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

/** A copy of a short part. */
function copy(text: string, start: number, end: number): string {
  if (end - start > 2 * COPIED) return detached(text.slice(start, end));
  const half = (start + end) >> 1;
  return text.slice(start, half) + text.slice(half, end);
}

/** A copy of any length that does not keep the text alive. */
export function detached(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}
