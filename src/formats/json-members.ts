const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Of one member, or of one entry of the list. */
const LONGEST_PART = 8 << 20;

export interface JsonMembersSink {
  /** A member of the object; values are as JSON.parse makes them. */
  member(name: string, value: unknown): void;
  /** An entry of a list that comes in parts, with the list's name. */
  entry(value: unknown, list: string): void;
}

/**
 * The members of one JSON object, from text cut anywhere and written in any way: a member is told when it has come, and so is each entry of
 * the lists `lists`, which may be longer than memory. What was told stays good when the text ends in the midst. What is no JSON is counted.
 */
export class JsonMembers {
  /** Members or entries that could not be understood. */
  bad = 0;
  /** The object has begun, and has ended. */
  begun = false;
  ended = false;
  private depth = 0;
  private inString = false;
  private escaped = false;
  private inList = false;
  private listNow = '';
  /** What came before this chunk of the part that is being read. */
  private part = '';
  private tooLong = false;
  private readonly listName: RegExp;

  constructor(
    lists: string | readonly string[],
    private readonly sink: JsonMembersSink,
  ) {
    this.listName = new RegExp(`^\\s*"(${[lists].flat().join('|')})"\\s*:\\s*$`);
  }

  push(chunk: string): void {
    let from = 0;
    for (let i = 0; i < chunk.length && !this.ended; i++) {
      const letter = chunk.charCodeAt(i);
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (letter === BACKSLASH) this.escaped = true;
        else if (letter === QUOTE) this.inString = false;
      } else if (letter === QUOTE) this.inString = true;
      else if (letter === COMMA) {
        if (this.depth !== (this.inList ? 2 : 1)) continue;
        this.take(chunk.slice(from, i));
        from = i + 1;
      } else if (letter === OPEN_OBJECT || letter === OPEN_LIST) {
        this.depth++;
        if (this.depth === 1) {
          this.begun = true;
          from = i + 1;
        } else if (this.depth === 2 && letter === OPEN_LIST) {
          const name = this.listName.exec(this.soFar(chunk, from, i))?.[1];
          if (name === undefined) continue;
          this.inList = true;
          this.listNow = name;
          this.part = '';
          from = i + 1;
        }
      } else if (letter === CLOSE_OBJECT || letter === CLOSE_LIST) {
        if (this.depth === (this.inList ? 2 : 1)) {
          this.take(chunk.slice(from, i));
          from = i + 1;
          if (this.inList) {
            this.inList = false;
            // Up to the next comma there is nothing.
          } else this.ended = true;
        }
        this.depth--;
      }
    }
    if (!this.begun || this.ended) return;
    if (this.part.length + chunk.length - from > LONGEST_PART) {
      this.tooLong = true;
      this.part = '';
    } else if (!this.tooLong) this.part += chunk.slice(from);
  }

  private soFar(chunk: string, from: number, to: number): string {
    return this.part.length + to - from > 256 ? '' : this.part + chunk.slice(from, to);
  }

  private take(rest: string): void {
    const text = this.part + rest;
    this.part = '';
    if (this.tooLong) {
      this.tooLong = false;
      this.bad++;
      return;
    }
    if (text.trim() === '') return;
    try {
      if (this.inList) this.sink.entry(JSON.parse(text), this.listNow);
      else for (const [name, value] of Object.entries(JSON.parse(`{${text}}`) as object)) this.sink.member(name, value);
    } catch {
      this.bad++;
    }
  }
}
