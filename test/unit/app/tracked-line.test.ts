import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indentationOf, moveLine, settleLine, type TextChange, type TrackedLine } from '../../../src/app/tracked-line.js';

const TEXT = ['#include <stdlib.h>', 'int main(void) {', '  char *p = malloc(10);', '  return 0;', '}'];
const LEAK: TrackedLine = { line: 2, character: 2, text: 'char *p = malloc(10);', lost: false };

function applied(lines: readonly string[], change: TextChange): string[] {
  const head = (lines[change.startLine] ?? '').slice(0, change.startCharacter);
  const tail = (lines[change.endLine] ?? '').slice(change.endCharacter);
  return [...lines.slice(0, change.startLine), ...`${head}${change.text}${tail}`.split('\n'), ...lines.slice(change.endLine + 1)];
}

function change(startLine: number, startCharacter: number, endLine: number, endCharacter: number, text: string): TextChange {
  return { startLine, startCharacter, endLine, endCharacter, text };
}

/** What the line reads after the change, by the tracked position. */
function textAfter(made: TextChange, tracked = LEAK): string | undefined {
  const moved = moveLine(tracked, made);
  return moved.lost ? undefined : applied(TEXT, made)[moved.line]?.trim();
}

describe('moveLine', () => {
  it.each([
    ['lines put in before', change(0, 0, 0, 0, '// a\n// b\n')],
    ['a line put in just before', change(2, 0, 2, 0, '  puts("x");\n')],
    ['the line before taken away', change(1, 0, 2, 0, '')],
    ['text after it', change(3, 0, 4, 1, '')],
    ['deeper indentation', change(2, 0, 2, 0, '    ')],
    ['no indentation', change(2, 0, 2, 2, '')],
    ['Enter before the code', change(2, 2, 2, 2, '\n    ')],
    ['a formatter that replaces everything', change(0, 0, 4, 1, '\n\nint main(void) {\n\tchar *p = malloc(10);\n}')],
    ['the line moved down with its neighbour', change(2, 0, 4, 0, '  return 0;\n  char *p = malloc(10);\n')],
  ])('follows %s', (_, made) => {
    expect(textAfter(made)).toBe(LEAK.text);
  });

  it('keeps to a line whose own text changes', () => {
    expect(textAfter(change(2, 19, 2, 21, '20'))).toBe('char *p = malloc(20);');
    expect(textAfter(change(2, 2, 2, 6, 'int'))).toBe('int *p = malloc(10);');
    expect(textAfter(change(2, 2, 2, 2, 'if (x) '))).toContain('malloc(10)');
  });

  it('is lost with its line, and comes back with undo', () => {
    const deleted = moveLine(LEAK, change(2, 0, 3, 0, ''));
    expect(deleted.lost).toBe(true);
    expect(moveLine(deleted, change(2, 0, 2, 0, '  char *p = malloc(10);\n'))).toEqual(LEAK);
  });

  it('stays lost while other text is edited around it', () => {
    const deleted = moveLine(LEAK, change(2, 0, 3, 0, ''));
    const later = moveLine(deleted, change(0, 0, 0, 0, '\n'));
    expect(later).toMatchObject({ line: 3, lost: true });
  });

  it('is at the line it was at after any change that does not touch it', () => {
    fc.assert(
      fc.property(fc.nat(4), fc.nat(8), fc.nat(2), fc.nat(8), fc.string(), fc.nat(3), (line, from, span, to, text, breaks) => {
        const startLine = Math.min(line, TEXT.length - 1);
        const endLine = Math.min(startLine + span, TEXT.length - 1);
        const startCharacter = Math.min(from, (TEXT[startLine] ?? '').length);
        const wished = Math.min(to, (TEXT[endLine] ?? '').length);
        const endCharacter = endLine === startLine ? Math.max(startCharacter, wished) : wished;
        fc.pre(endLine < 2 || startLine > 2);
        const made = change(startLine, startCharacter, endLine, endCharacter, text.replace(/[\r\n]/g, '') + '\n'.repeat(breaks));
        expect(textAfter(made)).toBe(LEAK.text);
      }),
    );
  });
});

describe('settleLine', () => {
  it('takes the equal line that is nearest', () => {
    const lines = ['x', 'y', 'z', '', ' x', 'x'];
    const settled = settleLine({ line: 3, character: 0, text: 'x', lost: false }, lines);
    expect(settled).toMatchObject({ line: 4, character: indentationOf(' x') });
  });

  it('stays where it was when the line is nowhere', () => {
    const tracked: TrackedLine = { line: 3, character: 0, text: 'gone', lost: false };
    expect(settleLine(tracked, ['a', 'b'])).toBe(tracked);
  });
});
