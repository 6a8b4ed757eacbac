import { Tokenizer } from 'htmlparser2';

/** Receives the tags that have a known name; positions count within `text` of the call. */
export interface TagHandler {
  /** Returns where to go on when it read further by itself, else `end`. */
  open(tag: number, text: string, end: number): number;
  close(tag: number, text: string, start: number): void;
  /** `text` is used up to `end`; the next call brings the text that follows. */
  textEnd(text: string, end: number): void;
  /** Text was thrown away: what is open can't be trusted. */
  gap(): void;
}

/** Chunks are read in pieces of at most this many characters. */
const PIECE = 1 << 16;
/** What is held of text in which no tag ends. */
const MAX_REST = 1 << 16;

/** A `<` that begins no tag without attributes. */
const NO_TAG = /<(?!\/?[a-z_]+>)/g;

const GT = 0x3e;
const LT = 0x3c;
const SLASH = 0x2f;
const nothing = (): void => undefined;

/**
 * Finds tags without attributes in text that may be anything: valgrind's XML has no others. Every piece given to the
 * tokenizer ends with `>`, and declarations, comments and anything like a tag that is none are skipped as text, so
 * broken markup never hides what follows.
 */
export class XmlLexer {
  private readonly tokenizer: Tokenizer;
  private readonly table: { readonly name: string; readonly tag: number }[][] = Array.from({ length: 256 }, () => []);
  private rest = '';
  /** What the tokenizer is reading, and where in it to go on after something that is no tag; -1: nowhere. */
  private text = '';
  private resumeAt = -1;
  /** What was there was no tag. */
  private isJunk = false;

  constructor(
    names: Readonly<Record<string, number>>,
    private readonly handler: TagHandler,
  ) {
    for (const [name, tag] of Object.entries(names)) this.table[slotOf(name, 0, name.length)]?.push({ name, tag });
    const callbacks = {
      onopentagname: (start: number, end: number): void => this.openName(start, end),
      onclosetag: (start: number, end: number): void => this.closeName(start, end),
      onattribdata: nothing,
      onattribentity: nothing,
      onattribend: nothing,
      onattribname: nothing,
      oncdata: nothing,
      oncomment: nothing,
      ondeclaration: nothing,
      onend: nothing,
      onopentagend: nothing,
      onprocessinginstruction: nothing,
      onselfclosingtag: nothing,
      ontext: nothing,
      ontextentity: nothing,
    };
    this.tokenizer = new Tokenizer({ xmlMode: true, decodeEntities: false }, callbacks);
  }

  push(chunk: string): void {
    for (let from = 0; from < chunk.length; from += PIECE) {
      this.piece(chunk.length <= PIECE ? chunk : chunk.slice(from, from + PIECE));
    }
  }

  private piece(piece: string): void {
    const end = piece.lastIndexOf('>') + 1;
    if (end > 0) {
      this.read(this.rest === '' ? piece.slice(0, end) : this.rest + piece.slice(0, end));
      this.rest = '';
    }
    this.rest += end === 0 ? piece : piece.slice(end);
    if (this.rest.length <= MAX_REST) return;
    this.handler.gap();
    const tail = this.rest.slice(-MAX_REST / 2);
    const start = tail.lastIndexOf('<');
    this.rest = start < 0 ? '' : tail.slice(start);
  }

  private read(text: string): void {
    // Declarations, comments, CDATA and processing instructions: valgrind uses none that matters here, and one that is
    // not closed would hide the rest.
    this.text = text.includes('!') || text.includes('?') ? text.replace(/<[!?]/g, '  ') : text;
    let whole = this.text;
    this.isJunk = false;
    do {
      this.resumeAt = -1;
      this.tokenizer.reset();
      this.tokenizer.write(this.text);
      if (this.resumeAt >= 0) {
        this.handler.textEnd(this.text, this.resumeAt);
        this.text = whole.slice(whole.length - this.text.length + this.resumeAt);
        whole = this.withoutJunk(whole);
      }
    } while (this.resumeAt >= 0);
    this.handler.textEnd(this.text, this.text.length);
    this.text = '';
  }

  /** The tokenizer looks far ahead for the end of each broken tag: at the first one, the others are taken away. */
  private withoutJunk(whole: string): string {
    if (!this.isJunk) return whole;
    this.isJunk = false;
    this.text = this.text.replace(NO_TAG, ' ');
    return this.text;
  }

  private openName(start: number, end: number): void {
    const after = this.text.charCodeAt(end);
    if (after !== GT) {
      // An empty element says nothing; anything else is no tag of valgrind's.
      if (after !== SLASH || this.text.charCodeAt(end + 1) !== GT) this.resume(start, end);
      return;
    }
    const tag = this.find(start, end);
    if (tag !== undefined) {
      const next = this.handler.open(tag, this.text, end + 1);
      if (next > end + 1) {
        this.resumeAt = next;
        this.tokenizer.pause();
      }
    } else if (this.text.lastIndexOf('<', end) >= start) this.resume(start, end);
  }

  private closeName(start: number, end: number): void {
    if (this.text.charCodeAt(end) !== GT) {
      this.resume(start, end);
      return;
    }
    const tag = this.find(start, end);
    if (tag !== undefined) this.handler.close(tag, this.text, start - 2);
    else if (this.text.lastIndexOf('<', end) >= start) this.resume(start, end);
  }

  /** Goes on at the last `<` of what looked like a name, or after it. */
  private resume(start: number, end: number): void {
    let at = end;
    for (let i = end - 1; i >= start; i--) {
      if (this.text.charCodeAt(i) === LT) {
        at = i;
        break;
      }
    }
    this.resumeAt = at;
    this.isJunk = true;
    this.tokenizer.pause();
  }

  private find(start: number, end: number): number | undefined {
    const entries = this.table[slotOf(this.text, start, end)] as { readonly name: string; readonly tag: number }[];
    for (const entry of entries) {
      if (entry.name.length === end - start && this.text.startsWith(entry.name, start)) return entry.tag;
    }
    return undefined;
  }
}

function slotOf(text: string, start: number, end: number): number {
  return ((end - start) * 29 + text.charCodeAt(start) * 3 + text.charCodeAt(end - 1) * 7) & 255;
}
