import type { CompilerDiagnostic } from '../base/fault.js';

/**
 * The messages of gcc and clang, and of GNU ld, gold and lld where they name a source line, in the order of the text.
 * Wants the C locale (`LC_ALL=C`). Messages without a place (`collect2: error: ...`, `cc1: fatal error: ...`) and those
 * about `<built-in>` have no line to show and are left out, and so are include chains and source excerpts.
 * Sources: GCC manual "Formatting messages" and GNU Coding Standards 4.4; clang "Formatting of Diagnostics".
 */
export function parseCompilerOutput(text: string): CompilerDiagnostic[] {
  const diagnostics: CompilerDiagnostic[] = [];
  const lines = text.split('\n');
  for (const [index, raw] of lines.entries()) {
    const line = withoutColour(raw);
    const found = compilerMessage(line) ?? linkerMessage(line) ?? lldMessage(line, lines, index);
    if (found !== undefined) diagnostics.push(found);
  }
  return diagnostics;
}

/** True when a linker says that there is no function `main`. */
export function isMissingMain(text: string): boolean {
  // ld `main', gold and new ld 'main', lld and mold without quotes (and at the end of the line).
  return /undefined (?:reference to [`']main'|symbol: main[ \t\r]*$)/m.test(withoutColour(text));
}

// CSI sequences: gcc writes colours (m) and erases the line's end (K).
const withoutColour = (line: string): string => line.replace(/\x1b\[[0-9;]*[mK]|\r$/g, '');

const SEVERITY = /: (fatal error|error|warning|note|remark): /g;

interface Location {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** `FILE:LINE:COLUMN: error: MESSAGE`; the first such mark counts, for the message may hold others. */
function compilerMessage(line: string): CompilerDiagnostic | undefined {
  for (const mark of line.matchAll(SEVERITY)) {
    const place = location(line.slice(0, mark.index), true);
    if (place === undefined) continue;
    const message = line.slice(mark.index + mark[0].length).trim();
    const word = mark[1];
    const severity = word === 'warning' ? 'warning' : word === 'note' || word === 'remark' ? 'note' : 'error';
    const withoutObject = { ...place, file: afterObject(afterLinker(place.file)) };
    return { ...withoutObject, severity, message };
  }
  return undefined;
}

/** `/usr/bin/ld: FILE.o:FILE:LINE: undefined reference to ...` of GNU ld. */
function linkerMessage(line: string): CompilerDiagnostic | undefined {
  const mark = /: (?=undefined reference to |multiple definition of )/.exec(line);
  if (mark === null) return undefined;
  const place = location(line.slice(0, mark.index), false);
  if (place === undefined) return undefined;
  const message = line.slice(mark.index + mark[0].length).trim();
  return { ...place, file: afterObject(afterLinker(place.file)), severity: 'error', message };
}

/** `ld.lld: error: undefined symbol: foo` with the place below it: `>>> referenced by a.c:3 (/tmp/a.c:3)`. */
function lldMessage(line: string, lines: readonly string[], index: number): CompilerDiagnostic | undefined {
  const head = '>>> referenced by ';
  if (!line.startsWith(head)) return undefined;
  let above = index - 1;
  while (above > index - 32 && (lines[above] ?? '').startsWith('>>> ')) above--;
  const message = /error: (undefined symbol: .*)/.exec(withoutColour(lines[above] ?? ''))?.[1];
  if (message === undefined) return undefined;
  const rest = line.slice(head.length);
  const open = rest.endsWith(')') ? rest.lastIndexOf(' (') : -1;
  const place = location(open < 0 ? rest : rest.slice(open + 2, -1), false);
  return place && { ...place, severity: 'error', message };
}

/** Reads `FILE:LINE` or `FILE:LINE:COLUMN` from its end: the file's own name may hold colons and spaces. */
function location(text: string, column: boolean): Location | undefined {
  const last = numberAtEnd(text);
  if (last === undefined) return undefined;
  const before = column ? numberAtEnd(last.rest) : undefined;
  const [place, at] = before === undefined ? [last, undefined] : [before, last.number];
  const file = place.rest;
  if (file === '' || (file.startsWith('<') && file.endsWith('>')) || place.number === 0) return undefined;
  return { file, line: place.number, ...(at === undefined || at === 0 ? {} : { column: at }) };
}

/** Cuts `:123` from the end. */
function numberAtEnd(text: string): { readonly rest: string; readonly number: number } | undefined {
  let from = text.length;
  while (from > 0 && text.length - from < 10 && isDigit(text.charCodeAt(from - 1))) from--;
  if (from === text.length || text[from - 1] !== ':') return undefined;
  return { rest: text.slice(0, from - 1), number: Number(text.slice(from)) };
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

const afterLinker = (file: string): string => /^\S*\bld(?:\.[a-z]+)?: (.+)$/.exec(file)?.[1] ?? file;

/** Takes off the object or archive member that a linker names before the source: `libx.a(b.o):b.c`. */
const afterObject = (file: string): string => /^[^:]+\.(?:l?o|obj|a\([^():]*\)):(.+)$/.exec(file)?.[1] ?? file;
