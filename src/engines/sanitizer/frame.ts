import type { Frame } from '../../model/stack.js';
import { isUnknown, splitFunctionAndFile } from './frame-place.js';
import { withoutEntities } from './line-prefix.js';

/** A frame's line, with the number that it carries. */
export interface NumberedFrame {
  readonly number: number;
  readonly frame: Frame;
}

const ARCHITECTURE = /:(?:x86_64h?|i386|arm64e?|arm64_32|arm|armv\w+|aarch64|riscv64|hexagon)$/;
const ATOS = /^(.*?) ?\(in ([^()]+)\)(?: \(([^():]+):(\d+)\)| \+ \d+)?$/;
const FUNCTION_OFFSET = /\+0x(?:0x)?[0-9a-fA-F]+$/;
/** Something was written after the location: `a.cpp:12, r0=1`, `a.c:12 (discriminator 3)`. */
const INNER_LOCATION = /\.[A-Za-z][A-Za-z0-9+]{0,4}:(\d+)(?::(\d+))?/;
const VISUAL_STUDIO_LOCATION = /^(.*(?:\.\w{1,5}|[\\/][^\\/()]{1,80}))\((\d+)(?:,(\d+))?\)$/;
const BARE_COLOUR_END = /\[\d{0,3}m$/;
const BUILD_ID = '(BuildId: ';
const INNER_MODULE = /\+0x[0-9a-fA-F]+\)(?=[,;\s])/;

/**
 * What follows `#N ` in a stack of any sanitizer:
 * `0xPC in FUNCTION FILE:LINE:COLUMN`, `0xPC in FUNCTION+0xOFF (MODULE+0xOFF) (BuildId: HEX)`, `0xPC (MODULE+0xOFF)`,
 * `FUNCTION FILE:LINE (MODULE+0xOFF)` and what symbolizers make of them. Formats: sanitizer_stacktrace_printer of
 * compiler-rt (`%p %F %L`), asan_symbolize, atos, ndk-stack.
 */
export function parseFrame(text: string): Frame {
  let rest = withoutDebris(text.trimEnd());
  let address: string | undefined;
  if (rest.startsWith('0x') || rest.startsWith('0X')) {
    let end = 2;
    while (end < rest.length && isHex(rest.charCodeAt(end))) end++;
    address = rest.slice(0, end);
    rest = rest.slice(end).trimStart();
  }
  if (rest.startsWith('... ')) rest = rest.slice(4);
  if (rest.startsWith('in ')) rest = rest.slice(3).trimStart();
  const module = takeModule(rest) ?? takeInnerModule(rest);
  if (module) rest = module.before;
  const symbol = parseSymbol(rest, module !== undefined);
  const name = module?.module ?? symbol.module;
  return {
    ...(symbol.function === undefined ? {} : { function: symbol.function }),
    ...(symbol.file === undefined ? {} : { file: symbol.file }),
    ...(symbol.line === undefined ? {} : { line: symbol.line }),
    ...(symbol.column === undefined ? {} : { column: symbol.column }),
    ...(name === undefined ? {} : { module: name }),
    ...(module?.buildId === undefined ? {} : { buildId: module.buildId }),
    ...(module?.offset === undefined ? {} : { offset: module.offset }),
    ...(address === undefined ? {} : { address }),
  };
}

/** Without what a page left of a colour code at the end, and with brackets for a page's entities. */
function withoutDebris(text: string): string {
  const plain = text.endsWith('m') ? text.replace(BARE_COLOUR_END, '').trimEnd() : text;
  return plain.includes('&') ? withoutEntities(plain) : plain;
}

/** Where the hexadecimal digits that begin at `from` end. */
export function hexEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && isHex(text.charCodeAt(at))) at++;
  return at;
}

function isHex(c: number): boolean {
  return (c >= 48 && c <= 57) || (c >= 97 && c <= 102) || (c >= 65 && c <= 70);
}

interface Module {
  readonly before: string;
  readonly module?: string;
  readonly offset?: string;
  readonly buildId?: string;
}

/** Takes `(MODULE+0xOFF)`, with or without a build id, from the end. */
function takeModule(text: string): Module | undefined {
  let end = text.length;
  if (text.charCodeAt(end - 1) !== 41) return undefined;
  const mark = text.lastIndexOf(BUILD_ID);
  let buildId: string | undefined;
  if (mark >= 0 && text.indexOf(')', mark) === end - 1) {
    buildId = text.slice(mark + BUILD_ID.length, end - 1);
    end = mark;
    while (end > 0 && text.charCodeAt(end - 1) === 32) end--;
    if (text.charCodeAt(end - 1) !== 41) return { before: text.slice(0, end) };
  }
  if (text.endsWith('(<unknown module>)', end)) return { before: text.slice(0, end - 18).trimEnd() };
  const plus = text.lastIndexOf('+0x', end);
  if (plus < 0) return moduleAlone(text.slice(0, end));
  let hexEnd = plus + 3;
  while (hexEnd < end && isHex(text.charCodeAt(hexEnd))) hexEnd++;
  if (hexEnd !== end - 1 || hexEnd === plus + 3) return undefined;
  const start = openingParenthesis(text, end - 1);
  if (start < 0) return undefined;
  return {
    before: text.slice(0, start).trimEnd(),
    module: text.slice(start + 1, plus).replace(ARCHITECTURE, ''),
    offset: text.slice(plus + 1, hexEnd),
    ...(buildId !== undefined && /^[0-9a-f]{4,128}$/i.test(buildId) ? { buildId: buildId.toLowerCase() } : {}),
  };
}

/** `(/lib/libc.so.6)`, of a person who shortened the report. */
function moduleAlone(text: string): Module | undefined {
  const match = /(?:^| )\((\/[^()]+)\)$/.exec(text);
  return match ? { before: text.slice(0, match.index), module: match[1] as string } : undefined;
}

/** A module that something was written after. */
function takeInnerModule(text: string): Module | undefined {
  const inner = text.includes('+0x') ? INNER_MODULE.exec(text) : null;
  return inner ? takeModule(text.slice(0, inner.index + inner[0].length)) : undefined;
}

/** The parenthesis that the one at `end` closes; a path with an unpaired one is cut at the last ` (`. */
function openingParenthesis(text: string, end: number): number {
  let depth = 0;
  for (let i = end; i >= 0; i--) {
    const c = text.charCodeAt(i);
    if (c === 41) depth++;
    else if (c === 40 && --depth === 0) {
      return i === 0 || text.charCodeAt(i - 1) === 32 ? i : text.lastIndexOf(' (', end) + 1;
    }
  }
  const last = text.lastIndexOf(' (', end);
  return last >= 0 ? last + 1 : text.startsWith('(') ? 0 : -1;
}

interface Symbol {
  readonly function?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly module?: string;
}

function parseSymbol(text: string, hasModule: boolean): Symbol {
  if (text === '') return {};
  const location = takeLocation(text);
  if (location) return withLocation(location.before, location.line, location.column);
  if (text.includes('(in ')) {
    const atos = ATOS.exec(text);
    if (atos) {
      const [, name = '', module = '', file, line] = atos;
      return {
        ...(isUnknown(name) ? {} : { function: name }),
        module,
        ...(file === undefined ? {} : { file, ...positive('line', Number(line)) }),
      };
    }
  }
  if (!hasModule && text.includes(':')) {
    const inner = INNER_LOCATION.exec(text);
    if (inner) {
      const before = text.slice(0, text.indexOf(':', inner.index));
      return withLocation(before, Number(inner[1]), inner[2] === undefined ? 0 : Number(inner[2]));
    }
  }
  return splitFunctionAndFile(text.replace(FUNCTION_OFFSET, ''), false);
}

function withLocation(before: string, line: number, column: number): Symbol {
  const found = splitFunctionAndFile(before, true);
  if (found.file === undefined) return found;
  return { ...found, ...positive('line', line), ...(line > 0 ? positive('column', column) : {}) };
}

/** 0 means that the symbolizer did not know it. */
function positive<K extends 'line' | 'column'>(key: K, value: number): { readonly [P in K]?: number } {
  return value > 0 && Number.isSafeInteger(value) ? ({ [key]: value } as { [P in K]: number }) : {};
}

interface Location {
  readonly before: string;
  readonly line: number;
  readonly column: number;
}

/** Takes `:LINE` or `:LINE:COLUMN` (or Visual Studio's `(LINE,COLUMN)`) from the end. */
function takeLocation(text: string): Location | undefined {
  const last = text.charCodeAt(text.length - 1);
  if (last === 41) {
    const match = VISUAL_STUDIO_LOCATION.exec(text);
    if (!match) return undefined;
    return { before: match[1] as string, line: Number(match[2]), column: Number(match[3] ?? 0) };
  }
  if (last === 63 && text.endsWith('??:?')) return { before: text.slice(0, -2), line: 0, column: 0 };
  const second = colonBeforeDigits(text, text.length);
  if (second < 0) return undefined;
  const first = colonBeforeDigits(text, second);
  const number = Number(text.slice(second + 1));
  if (first < 0) return { before: text.slice(0, second), line: number, column: 0 };
  return { before: text.slice(0, first), line: Number(text.slice(first + 1, second)), column: number };
}

function colonBeforeDigits(text: string, end: number): number {
  let i = end - 1;
  while (i >= 0 && text.charCodeAt(i) >= 48 && text.charCodeAt(i) <= 57) i--;
  return i > 0 && i < end - 1 && text.charCodeAt(i) === 58 ? i : -1;
}

/** Where in a line a frame begins: the index of `#`, its number, and where its text begins. */
export interface FrameStart {
  readonly hash: number;
  readonly number: number;
  readonly text: number;
}

/**
 * Finds `#N ` in a line, whatever stands before it. One that is followed by an address is taken first: a prefix may
 * hold a `#` of its own.
 */
export function findFrame(line: string): FrameStart | undefined {
  let loose: FrameStart | undefined;
  for (let hash = line.indexOf('#'); hash >= 0; hash = line.indexOf('#', hash + 1)) {
    let i = hash + 1;
    let number = 0;
    while (i < line.length && i < hash + 6) {
      const digit = line.charCodeAt(i) - 48;
      if (digit < 0 || digit > 9) break;
      number = number * 10 + digit;
      i++;
    }
    if (i === hash + 1 || !isBlank(line.charCodeAt(i))) continue;
    if (hash > 0 && !isBefore(line.charCodeAt(hash - 1))) continue;
    while (isBlank(line.charCodeAt(i))) i++;
    if (i >= line.length) continue;
    if (line.charCodeAt(i) === 48 && (line.charCodeAt(i + 1) | 32) === 120) return { hash, number, text: i };
    // A number is no function: `#12 45.67` is a step and a time of docker's builder.
    const first = line.charCodeAt(i);
    if (first < 48 || first > 57) loose ??= { hash, number, text: i };
  }
  return loose;
}

function isBlank(c: number): boolean {
  return c === 32 || c === 9 || c === 160;
}

/** What may stand before `#`: a blank, or the end of some prefix (`|`, `>`, `]`, `:`, `+`, `m` of a bare colour code, `\`). */
function isBefore(c: number): boolean {
  return isBlank(c) || c === 124 || c === 62 || c === 93 || c === 58 || c === 43 || c === 109 || c === 92;
}
