/** A word (identifier or keyword), a number, a string or character, one other character, or a preprocessor line by its name. */
export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'mark' | 'directive';
  /** For `string` only its quote; for `directive` the directive's name (`if`, `define`...). */
  readonly text: string;
  readonly offset: number;
}

const NEWLINE = 10;
const RETURN = 13;
const HASH = 35;
const QUOTE = 34;
const APOSTROPHE = 39;
const STAR = 42;
const SLASH = 47;
const BACKSLASH = 92;

/**
 * Cuts C or C++ into rough tokens, without comments and without the rest of preprocessor lines. Linear in the text, and quiet about
 * text that is not C: a string ends at its line's end when it is not closed. Source: C17 6.4, C++20 [lex].
 */
export function* tokenize(text: string, language: 'c' | 'cpp'): Generator<Token> {
  let at = 0;
  /** Only white space since the line began. */
  let fresh = true;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === NEWLINE || code === RETURN) {
      fresh = true;
      at++;
    } else if (code <= 32 || code === 0xfeff) {
      at++;
    } else if (code === BACKSLASH) {
      // A line that goes on behind its end.
      at++;
      if (isLineEnd(text, at)) at = afterLineEnd(text, at);
    } else if (code === SLASH && text.charCodeAt(at + 1) === STAR) {
      const end = text.indexOf('*/', at + 2);
      at = end < 0 ? text.length : end + 2;
    } else if (code === SLASH && text.charCodeAt(at + 1) === SLASH) {
      at = logicalLineEnd(text, at);
    } else if (code === HASH && fresh) {
      const offset = at;
      at++;
      while (text[at] === ' ' || text[at] === '\t') at++;
      const end = wordEnd(text, at);
      yield { kind: 'directive', text: text.slice(at, end), offset };
      at = directiveEnd(text, end);
    } else {
      fresh = false;
      const offset = at;
      if (isWordStart(code)) {
        at = wordEnd(text, at);
        const word = text.slice(offset, at);
        const next = text.charCodeAt(at);
        if (language === 'cpp' && next === QUOTE && /^(u8|[uUL])?R$/.test(word)) at = rawStringEnd(text, at);
        else if ((next === QUOTE || next === APOSTROPHE) && /^(u8|[uUL])$/.test(word)) at = stringEnd(text, at);
        else {
          yield { kind: 'word', text: word, offset };
          continue;
        }
        yield { kind: 'string', text: '"', offset };
      } else if (isDigit(code)) {
        at = numberEnd(text, at);
        yield { kind: 'number', text: '0', offset };
      } else if (code === QUOTE || code === APOSTROPHE) {
        at = stringEnd(text, at);
        yield { kind: 'string', text: '"', offset };
      } else {
        at++;
        yield { kind: 'mark', text: text[offset] as string, offset };
      }
    }
  }
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isWordStart = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code === 36 || code >= 0xa0;
const isWordPart = (code: number): boolean => isWordStart(code) || isDigit(code);

function wordEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && isWordPart(text.charCodeAt(at))) at++;
  return at;
}

/** A pp-number; digits may be grouped by apostrophes (C++14, C23). */
function numberEnd(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (isWordPart(code) || code === 46) at++;
    else if (code === APOSTROPHE && isWordPart(text.charCodeAt(at + 1))) at += 2;
    else return at;
  }
}

const isLineEnd = (text: string, at: number): boolean => text[at] === '\n' || text[at] === '\r';
const afterLineEnd = (text: string, at: number): number => (text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : at + 1);

/** `from` is at the opening quote. */
function stringEnd(text: string, from: number): number {
  const quote = text[from];
  let at = from + 1;
  while (at < text.length) {
    if (text[at] === '\\') at = isLineEnd(text, at + 1) ? afterLineEnd(text, at + 1) : at + 2;
    else if (isLineEnd(text, at)) return at;
    else if (text[at] === quote) return at + 1;
    else at++;
  }
  return text.length;
}

/** `from` is at the opening quote of R"delimiter( ... )delimiter". */
function rawStringEnd(text: string, from: number): number {
  // A delimiter has at most 16 characters.
  const length = text.slice(from, from + 18).indexOf('(');
  if (length < 0) return stringEnd(text, from);
  const open = from + length;
  const close = `)${text.slice(from + 1, open)}"`;
  const end = text.indexOf(close, open);
  return end < 0 ? text.length : end + close.length;
}

/** The end of the line, with the lines that a backslash ties to it. */
function logicalLineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    if (text[at] === '\\' && isLineEnd(text, at + 1)) at = afterLineEnd(text, at + 1);
    else if (isLineEnd(text, at)) return at;
    else at++;
  }
  return at;
}

/** The end of a directive: a comment that begins on its line may end on a later one. */
function directiveEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isLineEnd(text, at)) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH && isLineEnd(text, at + 1)) at = afterLineEnd(text, at + 1);
    else if (code === SLASH && text.charCodeAt(at + 1) === SLASH) return logicalLineEnd(text, at);
    else if (code === SLASH && text.charCodeAt(at + 1) === STAR) {
      const end = text.indexOf('*/', at + 2);
      at = end < 0 ? text.length : end + 2;
    } else if (code === QUOTE) at = stringEnd(text, at);
    else at++;
  }
  return at;
}
