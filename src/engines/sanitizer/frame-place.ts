/** What a symbolizer knew of a frame, before it is cut into the fields of a Frame. */
export interface FramePlace {
  readonly function?: string;
  readonly file?: string;
}

enum Code {
  Space = 32,
  Ampersand = 38,
  ParenOpen = 40,
  ParenClose = 41,
  Dash = 45,
  Dot = 46,
  Slash = 47,
  Colon = 58,
  Less = 60,
  Greater = 62,
  BracketOpen = 91,
  Backslash = 92,
  BracketClose = 93,
  BraceOpen = 123,
  BraceClose = 125,
}

const OPERATOR_TOKENS = ['<=>', '<<=', '>>=', '->*', '<<', '>>', '<=', '>=', '->', '()', '[]', '<', '>'];
const ANONYMOUS = '(anonymous namespace)';
/** Words after the parameter list that still belong to the function: `f() const [clone .isra.0]`, `f (.part.0)`. */
const CONTINUATION = /^(?:const|volatile|noexcept|&&?|requires|\[[^/\\]*|\(\.[^/\\]*|\(inlined\)|\[inlined\])(?= |$)/;

interface Scan {
  /** Spaces outside all brackets. */
  readonly spaces: readonly number[];
  /** Just after the last `(...)` that looks like a parameter list; 0 when there is none. */
  readonly signatureEnd: number;
  readonly balanced: boolean;
}

/** Walks over nested names of C++ (and Rust, Objective-C) once; `operator<` and its like are no brackets. */
function scan(text: string): Scan {
  const spaces: number[] = [];
  const open: number[] = [];
  const openAt: number[] = [];
  let signatureEnd = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    switch (c) {
      case Code.Space:
        if (open.length === 0) spaces.push(i);
        break;
      case Code.Dash:
        if (text.charCodeAt(i + 1) === Code.Greater) i++;
        break;
      case Code.ParenOpen:
      case Code.BracketOpen:
      case Code.BraceOpen:
      case Code.Less:
        open.push(c);
        openAt.push(i);
        break;
      case Code.Greater:
        if (open.at(-1) === Code.Less) {
          open.pop();
          openAt.pop();
        }
        break;
      case Code.ParenClose:
      case Code.BracketClose:
      case Code.BraceClose: {
        const wanted = c === Code.ParenClose ? Code.ParenOpen : c === Code.BracketClose ? Code.BracketOpen : Code.BraceOpen;
        const at = open.lastIndexOf(wanted);
        if (at < 0) break;
        const from = openAt[at] as number;
        open.length = at;
        openAt.length = at;
        if (at === 0 && c === Code.ParenClose && isParameterList(text, from, i)) signatureEnd = i + 1;
        break;
      }
      default:
        // `o` of "operator": skip the symbols of its name.
        if (c === 111 && text.startsWith('operator', i) && !isWordCode(text.charCodeAt(i - 1))) {
          const after = i + 8;
          const token = OPERATOR_TOKENS.find((candidate) => text.startsWith(candidate, after));
          i = after - 1 + (token?.length ?? 0);
        }
    }
  }
  return { spaces, signatureEnd, balanced: open.length === 0 };
}

function isWordCode(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122);
}

function isParameterList(text: string, from: number, to: number): boolean {
  const before = text.charCodeAt(from - 1);
  if (before === Code.Space || before === Code.Slash) return false;
  if (text.startsWith(ANONYMOUS, from)) return false;
  const after = text.charCodeAt(to + 1);
  return (
    Number.isNaN(after) ||
    after === Code.Space ||
    after === Code.BracketOpen ||
    after === Code.Colon ||
    after === Code.Dot ||
    after === Code.ParenOpen
  );
}

/** True where an absolute or dotted path begins. */
function beginsPath(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  if (c === Code.Slash) return true;
  const next = text.charCodeAt(at + 1);
  if (c === Code.Dot) {
    const third = next === Code.Dot ? text.charCodeAt(at + 2) : next;
    return third === Code.Slash || third === Code.Backslash;
  }
  if (c === Code.Backslash) return next === Code.Backslash;
  if (c === Code.Less) return /^<[\w -]+>$/.test(text.slice(at));
  const letter = (c >= 65 && c <= 90) || (c >= 97 && c <= 122);
  if (!letter || next !== Code.Colon) return false;
  const third = text.charCodeAt(at + 2);
  return third === Code.Backslash || third === Code.Slash;
}

function looksLikeFile(text: string): boolean {
  return /[/\\]/.test(text) || /\.[A-Za-z][A-Za-z0-9+]{0,4}$/.test(text) || text.startsWith('<') || text.startsWith('??');
}

/** Where the function's name ends when the file is a relative path; -1 when there is no file. */
function relativeFileSpace(text: string, { spaces, signatureEnd }: Scan): number {
  let index = spaces.findIndex((space) => space >= signatureEnd);
  if (signatureEnd > 0) {
    while (index >= 0 && index < spaces.length && CONTINUATION.test(text.slice((spaces[index] as number) + 1))) index++;
  } else if (index >= 0) {
    // `operator new`, `Foo::operator unsigned long`: the name has spaces although nothing follows in parentheses.
    const first = text.slice(0, spaces[index]);
    if (first === 'operator' || first.endsWith('::operator')) {
      const word = (at: number): string => text.slice((spaces[at - 1] as number) + 1, spaces[at]);
      index++;
      while (/^(?:unsigned|signed|const)$/.test(word(index)) && index < spaces.length) index++;
      // `operator T *`
      while (/^(?:const|[*&]+)$/.test(word(index + 1)) && index + 1 < spaces.length) index++;
      while (/^(?:long|short)$/.test(word(index)) && /^(?:long|int|double)$/.test(word(index + 1)) && index < spaces.length)
        index++;
    }
  }
  return index < 0 ? -1 : (spaces[index] ?? -1);
}

/**
 * Cuts `FUNCTION FILE` at the right space. Both may hold spaces: functions in templates, parameters and return types,
 * files in their folders' names.
 *
 * @param hasLine The text was followed by `:LINE`: then there must be a file.
 */
export function splitFunctionAndFile(text: string, hasLine: boolean): FramePlace {
  const firstSpace = text.indexOf(' ');
  if (firstSpace < 0) return hasLine && looksLikeFile(text) ? place('', text) : place(text, '');
  if (beginsPath(text, 0)) return hasLine ? place('', text) : place(text, '');
  const found = scan(text);
  for (const space of found.spaces) {
    if (beginsPath(text, space + 1)) return place(text.slice(0, space), text.slice(space + 1));
  }
  let space = relativeFileSpace(text, found);
  if (space < 0 && !found.balanced) space = unbalancedFileSpace(text);
  if (space < 0) return place(text, '');
  const file = text.slice(space + 1);
  return hasLine || looksLikeFile(file) ? place(text.slice(0, space), file) : place(text, '');
}

/** A name that was cut or is no C++: the first space before a path, else the last space. */
function unbalancedFileSpace(text: string): number {
  for (let space = text.indexOf(' '); space >= 0; space = text.indexOf(' ', space + 1)) {
    if (beginsPath(text, space + 1)) return space;
  }
  return text.lastIndexOf(' ');
}

/** A symbolizer's words for "not known". */
export function isUnknown(word: string): boolean {
  return (
    /^0x[0-9a-f]+$/.test(word) ||
    word === '' ||
    word === '<null>' ||
    word === '(null)' ||
    word === '??' ||
    word === '??:?' ||
    word === '<unknown>'
  );
}

function place(name: string, file: string): FramePlace {
  const trimmedName = name.trim();
  const trimmedFile = file.trim();
  return {
    ...(isUnknown(trimmedName) ? {} : { function: trimmedName }),
    ...(isUnknown(trimmedFile) ? {} : { file: trimmedFile }),
  };
}
