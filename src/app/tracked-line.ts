/** A line that a result points at, followed through edits. Lines and characters count from 0. */
export interface TrackedLine {
  readonly line: number;
  /** Where the code of the line begins. */
  readonly character: number;
  /** The line without its indentation and trailing space, as it was when the result came; undefined when not known. */
  readonly text: string | undefined;
  /** The line was deleted; `line` and `character` say where it was. */
  readonly lost: boolean;
}

/** One replacement in a text, as an editor reports it: `start` (inclusive) to `end` (exclusive) became `text`. */
export interface TextChange {
  readonly startLine: number;
  readonly startCharacter: number;
  readonly endLine: number;
  readonly endCharacter: number;
  readonly text: string;
}

const LINE_END = /\r\n|\r|\n/;

export function indentationOf(line: string): number {
  return line.length - line.trimStart().length;
}

/**
 * Where the line is after the change. Text before its code moves it; text after leaves it; when the change replaces the
 * beginning of its code, the same line is looked for in the new text (undo, formatting, a file read anew), and a line
 * that is not there any more is lost until it comes back at the same place.
 */
export function moveLine(tracked: TrackedLine, change: TextChange): TrackedLine {
  const { startLine, startCharacter, endLine, endCharacter } = change;
  const startsAfter = startLine > tracked.line || (startLine === tracked.line && startCharacter > tracked.character);
  if (startsAfter) return tracked;
  const endsBefore = endLine < tracked.line || (endLine === tracked.line && endCharacter <= tracked.character);
  const texts = change.text.split(LINE_END);
  if (endsBefore && !(tracked.lost && endLine === tracked.line && endCharacter === tracked.character)) {
    const line = tracked.line + texts.length - 1 - (endLine - startLine);
    if (endLine !== tracked.line) return { ...tracked, line };
    const last = texts.at(-1) ?? '';
    const before = texts.length === 1 ? startCharacter + last.length : last.length;
    return { ...tracked, line, character: tracked.character - endCharacter + before };
  }
  const found = nearestEqual(texts, tracked.text, tracked.line - startLine);
  if (found !== undefined) {
    const indentation = indentationOf(texts[found] ?? '');
    return {
      line: startLine + found,
      character: found === 0 ? startCharacter + indentation : indentation,
      text: tracked.text,
      lost: false,
    };
  }
  const within = startLine === tracked.line && endLine === tracked.line;
  return { ...tracked, line: startLine, character: startCharacter, lost: tracked.lost || !within };
}

/** Finds the line in a text that may have changed since: the equal line nearest to where it was, else where it was. */
export function settleLine(tracked: TrackedLine, lines: readonly string[]): TrackedLine {
  const found = nearestEqual(lines, tracked.text, tracked.line);
  if (found === undefined) return tracked;
  return { ...tracked, line: found, character: indentationOf(lines[found] ?? ''), lost: false };
}

function nearestEqual(lines: readonly string[], text: string | undefined, near: number): number | undefined {
  if (text === undefined || text === '') return undefined;
  let best: number | undefined;
  for (const [i, line] of lines.entries()) {
    if (line.trim() === text && (best === undefined || Math.abs(i - near) < Math.abs(best - near))) best = i;
  }
  return best;
}
