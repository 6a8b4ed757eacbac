/** Offsets in a line in UTF-16 units from 0; `end` is the first one after the range. */
export interface ColumnRange {
  readonly start: number;
  readonly end: number;
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };
const OPENING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{', '>': '<' };

/** Keywords before a bracket or a name that make no call. */
const KEYWORDS = new Set(
  `if else for while do switch case default return break continue goto sizeof alignof _Alignof alignas decltype typeof typeid
  catch try throw static_assert _Static_assert noexcept const constexpr volatile static extern inline struct class union enum
  typedef using namespace template typename public private protected operator auto void co_await co_return co_yield and or not`.split(
    /\s+/,
  ),
);

const isWord = (c: string | undefined): boolean => c !== undefined && /[\p{L}\p{N}_$\p{M}]/u.test(c);
const isSpace = (c: string | undefined): boolean => c === ' ' || c === '\t';

/** The end of a string or character literal that begins at `from`, or the line's end. */
function literalEnd(text: string, from: number): number {
  if (text[from] === '"' && text[from - 1] === 'R') {
    const open = text.indexOf('(', from);
    if (open >= 0 && open - from <= 17) {
      const end = `)${text.slice(from + 1, open)}"`;
      const at = text.indexOf(end, open);
      return at < 0 ? text.length : at + end.length;
    }
  }
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === text[from]) return i + 1;
  }
  return text.length;
}

/** The line with every literal as `"` and every comment as blanks, of the same length. */
function codeOf(line: string): string {
  let code = '';
  while (code.length < line.length) {
    const i = code.length;
    const c = line[i] as string;
    if (line.startsWith('//', i)) return code + ' '.repeat(line.length - i);
    if (line.startsWith('/*', i)) {
      const close = line.indexOf('*/', i + 2);
      code += ' '.repeat((close < 0 ? line.length : close + 2) - i);
      // a quote between digits separates them: 1'000
    } else if (c === '"' || (c === "'" && !/[0-9a-fA-F]/.test(line[i - 1] ?? ''))) {
      code += '"'.repeat(literalEnd(line, i) - i);
    } else code += c;
  }
  return code;
}

/** The code of the line without its indentation and without a comment behind it. Empty only for an empty line. */
function wholeLine(line: string, code: string): ColumnRange {
  const text = code.trim() !== '' ? code : line.trim() !== '' ? line : undefined;
  if (text === undefined) return { start: 0, end: line.length };
  return { start: text.length - text.trimStart().length, end: text.trimEnd().length };
}

/** The UTF-16 offset of a column that counts bytes of UTF-8 from 1, as DWARF's do; undefined past the line. */
function offsetOfByteColumn(line: string, column: number): number | undefined {
  let byte = 1;
  let offset = 0;
  for (const c of line) {
    const point = c.codePointAt(0) ?? 0;
    const size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (column < byte + size) return offset;
    byte += size;
    offset += c.length;
  }
  return undefined;
}

/** Reads C++ expressions in one line; every method works on offsets and never leaves the line. */
class Scanner {
  constructor(private readonly code: string) {}

  at(offset: number): string | undefined {
    return this.code[offset];
  }

  skipSpaces(from: number): number {
    let i = from;
    while (isSpace(this.code[i])) i++;
    return i;
  }

  /** Before the blanks that end at `end`. */
  backSpaces(end: number): number {
    let i = end;
    while (i > 0 && isSpace(this.code[i - 1])) i--;
    return i;
  }

  wordEnd(from: number): number {
    let i = from;
    while (isWord(this.code[i])) i++;
    return i;
  }

  wordStart(end: number): number {
    let i = end;
    while (i > 0 && isWord(this.code[i - 1])) i--;
    return i;
  }

  word(start: number): string {
    return this.code.slice(start, this.wordEnd(start));
  }

  /** After the bracket that closes the one at `open`; undefined when the line ends before. */
  closed(open: number): number | undefined {
    const waiting: string[] = [];
    const angles = this.code[open] === '<';
    for (let i = open; i < this.code.length; i++) {
      const c = this.code[i] as string;
      if ('([{'.includes(c) || (angles && c === '<')) waiting.push(CLOSING[c] as string);
      else if (')]}'.includes(c) || (angles && c === '>' && this.code[i - 1] !== '-')) {
        if (waiting.pop() !== c) return undefined;
        if (waiting.length === 0) return i + 1;
      } else if (angles && (c === ';' || c === '"')) return undefined;
    }
    return undefined;
  }

  /** The bracket that the one at `close` closes; undefined when it is not in the line. */
  opened(close: number): number | undefined {
    const waiting: string[] = [];
    const angles = this.code[close] === '>';
    for (let i = close; i >= 0; i--) {
      const c = this.code[i] as string;
      if (')]}'.includes(c) || (angles && c === '>' && this.code[i - 1] !== '-')) waiting.push(OPENING[c] as string);
      else if ('([{'.includes(c) || (angles && c === '<')) {
        if (waiting.pop() !== c) return undefined;
        if (waiting.length === 0) return i;
      } else if (angles && c === ';') return undefined;
    }
    return undefined;
  }

  /** Where the line's code ends: an expression whose bracket is not closed here goes on in the next line. */
  get end(): number {
    return this.code.trimEnd().length;
  }

  /** Takes in `a::b::` before a name. */
  qualifiedStart(start: number): number {
    let i = start;
    while (this.code.slice(i - 2, i) === '::' && i >= 2) {
      let name = i - 2;
      if (this.code[name - 1] === '>') name = this.opened(name - 1) ?? name;
      i = this.wordStart(name);
      if (KEYWORDS.has(this.word(i))) return name;
    }
    return i;
  }

  /** After `::b` and template arguments that a call or a name follows. */
  qualifiedEnd(end: number): number {
    let i = end;
    for (;;) {
      if (this.code.startsWith('::', i) && isWord(this.code[i + 2])) i = this.wordEnd(i + 2);
      else if (this.code[i] === '<') {
        const close = this.closed(i);
        if (close === undefined || !/^(?:::|\s*[({])/.test(this.code.slice(close))) return i;
        i = close;
      } else return i;
    }
  }

  /** The start of the function's expression whose argument list opens at `open`; undefined when it is no call. */
  calleeStart(open: number): number | undefined {
    let end = this.backSpaces(open);
    if (this.code[end - 1] === '>') end = this.backSpaces(this.opened(end - 1) ?? end);
    if (this.code[end - 1] === ')' || this.code[end - 1] === ']') {
      const inner = this.opened(end - 1);
      if (inner === undefined) return undefined;
      const before = this.wordStart(this.backSpaces(inner));
      return isWord(this.code[before]) && !KEYWORDS.has(this.word(before)) ? this.qualifiedStart(before) : inner;
    }
    const start = this.wordStart(end);
    if (start === end || KEYWORDS.has(this.code.slice(start, end)) || /[0-9]/.test(this.code[start] ?? '')) return undefined;
    return this.newBefore(start) ?? this.qualifiedStart(start);
  }

  /** The `new` whose type the name at `start` belongs to. */
  newBefore(start: number): number | undefined {
    let i = start;
    for (;;) {
      const end = this.backSpaces(i);
      const c = this.code[end - 1];
      if (c === '*' || c === '&' || c === ':') i = end - 1;
      else if (c === '>' || c === ')') {
        const open = this.opened(end - 1);
        if (open === undefined) return undefined;
        i = open;
      } else {
        const word = this.wordStart(end);
        if (word === end) return undefined;
        const text = this.code.slice(word, end);
        if (text === 'new') return this.code.slice(word - 2, word) === '::' ? word - 2 : word;
        if (KEYWORDS.has(text) && !['const', 'volatile', 'struct', 'class', 'typename', 'auto'].includes(text)) return undefined;
        i = word;
      }
    }
  }

  /** After a new-expression whose `new` ends at `from` (C++ [expr.new]). */
  newEnd(from: number): number {
    let i = this.skipSpaces(from);
    // (placement) or (type)
    if (this.code[i] === '(') i = this.closed(i) ?? this.end;
    let end = i;
    for (;;) {
      i = this.skipSpaces(i);
      const c = this.code[i];
      if (isWord(c)) i = this.wordEnd(i);
      else if (this.code.startsWith('::', i)) i += 2;
      else if (c === '*' || c === '&') i++;
      else if (c === '<') i = this.closed(i) ?? this.end;
      else if (c === '[') i = this.closed(i) ?? this.end;
      else if (c === '(' || c === '{') return this.closed(i) ?? this.end;
      else return end;
      end = i;
    }
  }

  /** After the operand of a `delete` that ends at `from`. */
  deleteEnd(from: number): number {
    let i = this.skipSpaces(from);
    if (this.code[i] === '[') i = this.skipSpaces(this.closed(i) ?? this.end);
    while (i < this.code.length && !';,)}'.includes(this.code[i] as string)) {
      i = '([{'.includes(this.code[i] as string) ? (this.closed(i) ?? this.end) : i + 1;
    }
    return this.backSpaces(Math.min(i, this.end));
  }
}

function bracketed(scan: Scanner, offset: number, c: string): ColumnRange | undefined {
  if (c === '(' || c === '{') {
    // g++ gives a call the column of its opening bracket
    const start = scan.calleeStart(offset);
    return start === undefined ? undefined : { start, end: scan.closed(offset) ?? scan.end };
  }
  // and a new-expression that of its last character
  const open = scan.opened(offset);
  if (open === undefined) return undefined;
  const from = scan.wordStart(scan.backSpaces(open));
  const start =
    scan.newBefore(scan.backSpaces(open)) ?? (c === ']' || !isWord(scan.at(from)) ? undefined : scan.calleeStart(open));
  return start === undefined ? undefined : { start, end: offset + 1 };
}

/** The expression that the name, `new` or bracket at `offset` belongs to. */
function expressionAt(scan: Scanner, offset: number): ColumnRange | undefined {
  const c = scan.at(offset);
  if (c === undefined) return undefined;
  if (CLOSING[c] !== undefined || OPENING[c] !== undefined) return bracketed(scan, offset, c);
  let name = offset;
  if (c === ':' && scan.at(offset + 1) === ':') name = offset + 2;
  if (!isWord(scan.at(name))) return undefined;
  name = scan.wordStart(scan.wordEnd(name));
  const word = scan.word(name);
  const start = Math.min(offset, scan.qualifiedStart(name));
  if (word === 'new') return { start, end: scan.newEnd(scan.wordEnd(name)) };
  if (word === 'delete') return { start, end: scan.deleteEnd(scan.wordEnd(name)) };
  if (KEYWORDS.has(word) || /[0-9]/.test(word[0] as string)) return undefined;
  const made = scan.newBefore(name);
  if (made !== undefined) return { start: made, end: scan.newEnd(made + (scan.at(made) === ':' ? 5 : 3)) };
  const end = scan.qualifiedEnd(scan.wordEnd(name));
  const open = scan.skipSpaces(end);
  if (scan.at(open) === '(' || scan.at(end) === '{' || scan.at(end) === '[') {
    return { start, end: scan.closed(scan.at(open) === '(' ? open : end) ?? scan.end };
  }
  return { start, end };
}

/** The only call of `callee` in the line. */
function onlyCall(scan: Scanner, code: string, callee: string): ColumnRange | undefined {
  let found: number | undefined;
  for (let at = code.indexOf(callee); at >= 0; at = code.indexOf(callee, at + 1)) {
    if (isWord(code[at - 1]) || isWord(code[at + callee.length])) continue;
    if (callee !== 'new' && code[scan.skipSpaces(scan.qualifiedEnd(at + callee.length))] !== '(') continue;
    if (found !== undefined) return undefined;
    found = at;
  }
  return found === undefined ? undefined : expressionAt(scan, found);
}

/**
 * What to underline in a line of C or C++ for a frame. With a column (from 1, in bytes of UTF-8, as DWARF and the sanitizers
 * count): the call, `new` or `delete` expression there, and of a call over several lines what this line holds. A column that
 * is at no such expression may be helped by the callee's name, when the line calls it once. Without a column: the code of
 * the line, without indentation and comment behind it. Never empty, unless the line is.
 */
export function callRange(lineText: string, column?: number, callee?: string): ColumnRange {
  const code = codeOf(lineText);
  const whole = wholeLine(lineText, code);
  if (column === undefined || column < 1) return whole;
  const offset = offsetOfByteColumn(lineText, column);
  if (offset === undefined) return whole;
  const scan = new Scanner(code);
  const range = expressionAt(scan, offset) ?? (callee === undefined || callee === '' ? undefined : onlyCall(scan, code, callee));
  return range === undefined || range.end <= range.start || range.end > lineText.length ? whole : range;
}
