import type { StackRole } from '../../model/stack.js';
import { hexEnd } from './frame.js';

/** The line that begins a report: `==PID==ERROR: TOOL: WHAT`. */
export interface Header {
  readonly engine: string;
  readonly pid?: number;
  readonly kind: string;
  /** The headline without program counter and registers. */
  readonly message: string;
  readonly address?: string;
  /** Where in the line the report's own text begins. */
  readonly at: number;
}

const HEADER = /(?:==(\d{1,10})== ?)?(ERROR|WARNING): (\w*Sanitizer|libFuzzer)(?::| (?=[a-z]))\s*(\S.*)/;

/** Tools that say WARNING where they mean an error; the others' warnings are about themselves. */
const WARNS = new Set(['MemorySanitizer', 'ThreadSanitizer', 'NumericalStabilitySanitizer', 'DataFlowSanitizer']);

const ENGINES: ReadonlyMap<string, string> = new Map([
  ['AddressSanitizer', 'asan'],
  ['HWAddressSanitizer', 'hwasan'],
  ['MemorySanitizer', 'msan'],
  ['ThreadSanitizer', 'tsan'],
  ['LeakSanitizer', 'lsan'],
  ['UndefinedBehaviorSanitizer', 'ubsan'],
  ['RealtimeSanitizer', 'rtsan'],
  ['TypeSanitizer', 'tysan'],
  ['NumericalStabilitySanitizer', 'nsan'],
  ['DataFlowSanitizer', 'dfsan'],
]);

function engineOf(tool: string): string {
  return ENGINES.get(tool) ?? tool.toLowerCase();
}

/**
 * Headlines that are sentences, with the name that SUMMARY gives the same error (asan_errors.h, hwasan_report.cpp and
 * sanitizer_allocator_report.cpp of compiler-rt).
 */
const SENTENCES: readonly (readonly [string, string])[] = [
  ['attempting free on address which was not malloc', 'bad-free'],
  ['attempting to call malloc_usable_size()', 'bad-malloc_usable_size'],
  ['attempting to call __sanitizer_get_allocated_size()', 'bad-__sanitizer_get_allocated_size'],
  ['calloc parameters overflow', 'calloc-overflow'],
  ['reallocarray parameters overflow', 'reallocarray-overflow'],
  ['pvalloc parameters overflow', 'pvalloc-overflow'],
  ['invalid allocation alignment', 'invalid-allocation-alignment'],
  ['invalid alignment requested in aligned_alloc', 'invalid-aligned-alloc-alignment'],
  ['invalid alignment requested in posix_memalign', 'invalid-posix-memalign-alignment'],
  ['requested allocation size', 'allocation-size-too-big'],
  ['specified RSS limit exceeded', 'rss-limit-exceeded'],
  ['allocator is out of memory', 'out-of-memory'],
  ['failed to allocate', 'out-of-memory'],
  ['out of memory: ', 'out-of-memory'],
  ['failed to deallocate', 'failed-to-deallocate'],
  ['bad parameters to __sanitizer_annotate_contiguous_container', 'bad-__sanitizer_annotate_contiguous_container'],
  [
    'bad parameters to __sanitizer_annotate_double_ended_contiguous_container',
    'bad-__sanitizer_annotate_double_ended_contiguous_container',
  ],
  ['crashed on unknown address', 'SEGV'],
  ['detected memory leaks', 'leak'],
];

export function parseHeader(line: string): Header | undefined {
  const match = HEADER.exec(line);
  if (!match) return undefined;
  const [, pid, severity, tool = '', text = ''] = match;
  if (severity === 'WARNING' && !WARNS.has(tool)) return undefined;
  const kind = kindOf(text, tool);
  if (kind === '') return undefined;
  const address = addressOf(text);
  // ThreadSanitizer names the process at the end.
  const process = pid ?? / \(pid=(\d{1,10})\)/.exec(text)?.[1];
  return {
    engine: engineOf(tool),
    ...(process === undefined ? {} : { pid: Number(process) }),
    kind,
    message: headline(text),
    ...(address === undefined ? {} : { address }),
    at: match.index,
  };
}

const ASAN_ERROR = '==ERROR: AddressSanitizer: ';
const LSAN_ERROR = '==ERROR: LeakSanitizer: detected memory leaks';
const ON_ADDRESS = ' on address 0x';

/** The commonest two, when nothing else is in the line: `KIND on address 0x.. at pc 0x.. bp 0x.. sp 0x..`, and leaks. */
export function readPlainHeader(line: string): Header | undefined {
  let at = 2;
  let pid = 0;
  for (; at < 12; at++) {
    const digit = line.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    pid = pid * 10 + digit;
  }
  if (at === 2 || line.charCodeAt(1) !== 61) return undefined;
  if (!line.startsWith(ASAN_ERROR, at)) {
    return line.length === at + LSAN_ERROR.length && line.endsWith(LSAN_ERROR)
      ? { engine: 'lsan', pid, kind: 'leak', message: 'detected memory leaks', at: 0 }
      : undefined;
  }
  const start = at + ASAN_ERROR.length;
  let nameEnd = start;
  for (; nameEnd < line.length; nameEnd++) {
    const c = line.charCodeAt(nameEnd);
    if (!((c >= 97 && c <= 122) || (c === 45 && nameEnd > start))) break;
  }
  const address = nameEnd + ON_ADDRESS.length - 2;
  if (nameEnd === start || line.charCodeAt(nameEnd - 1) === 45 || !line.startsWith(ON_ADDRESS, nameEnd)) return undefined;
  const end = hexEnd(line, address + 2);
  const last = wordOfRegister(line, wordOfRegister(line, wordOfRegister(line, end, ' at pc 0x'), ' bp 0x'), ' sp 0x');
  if (last !== line.length || end === address + 2) return undefined;
  return {
    engine: 'asan',
    pid,
    kind: line.slice(start, nameEnd),
    message: line.slice(start, end),
    address: line.slice(address, end),
    at: 0,
  };
}

/** The end of a register's value; -1 when it is not there. */
function wordOfRegister(line: string, from: number, name: string): number {
  if (from < 0 || !line.startsWith(name, from)) return -1;
  const end = hexEnd(line, from + name.length);
  return end > from + name.length ? end : -1;
}

function kindOf(text: string, tool: string): string {
  const sentence = SENTENCES.find(([beginning]) => text.startsWith(beginning));
  if (sentence) return sentence[1];
  if (tool === 'ThreadSanitizer' || tool === 'libFuzzer') {
    const words = /^[a-zA-Z][\w -]*?(?= on\b| in\b| after\b| \(|[(:]|$)/.exec(text);
    if (words) return words[0].trim().replaceAll(' ', '-');
  }
  const attempt = /^attempting (?:to )?(\S+)/.exec(text);
  if (attempt) return (attempt[1] as string).replace(/[:;,]+$/, '');
  // A name of one word, also one of a release to come.
  const name = /^[A-Za-z_][\w.-]*/.exec(text);
  return name ? name[0].replace(/[.-]+$/, '') : '';
}

const ADDRESS =
  /\bon (?:unknown )?(?:address )?(0x[0-9a-fA-F]+)|(?:malloc\(\)-ed|not owned): (0x[0-9a-fA-F]+)|^odr-violation \((0x[0-9a-fA-F]+)/;

function addressOf(text: string): string | undefined {
  const match = ADDRESS.exec(text);
  return match?.[1] ?? match?.[2] ?? match?.[3];
}

function headline(text: string): string {
  let end = text.length;
  for (const noise of [' at pc 0x', ' (pc 0x', '(pc 0x', ' pc 0x']) {
    const at = text.indexOf(noise);
    if (at > 0 && at < end) end = at;
  }
  return text
    .slice(0, end)
    .replace(/ \(pid=\d+\)/, '')
    .replace(/\[\d{0,3}m/g, '')
    .trimEnd()
    .replace(/:$/, '')
    .trimEnd();
}

const FREES = new Set(['double-free', 'bad-free', 'alloc-dealloc-mismatch', 'new-delete-type-mismatch', 'invalid-free']);
const ALLOCATES = new Set([
  'leak',
  'calloc-overflow',
  'reallocarray-overflow',
  'pvalloc-overflow',
  'invalid-allocation-alignment',
  'invalid-aligned-alloc-alignment',
  'invalid-posix-memalign-alignment',
  'allocation-size-too-big',
  'rss-limit-exceeded',
  'out-of-memory',
]);

/** What happened at the first stack of a report. */
export function firstRole(kind: string): StackRole {
  return FREES.has(kind) ? 'free' : ALLOCATES.has(kind) ? 'allocation' : 'access';
}

/** The line that ends a report: `SUMMARY: TOOL: WHAT`. */
export interface Summary {
  readonly engine: string;
  /** The error's name; undefined when it is about leaks or says nothing that could be a name. */
  readonly kind?: string;
  /** What stands after the name: the first frame, as `FILE:LINE:COLUMN in FUNCTION` or `(MODULE+0xOFF) in FUNCTION`. */
  readonly rest: string;
  readonly leaks: boolean;
  readonly at: number;
}

const SUMMARY = /SUMMARY: (\w*Sanitizer|libFuzzer): *(.*)/;
const ASAN_SUMMARY = 'SUMMARY: AddressSanitizer: ';

/** The commonest, as it is printed: `KIND PLACE`, or a sum of leaks. */
export function readPlainSummary(line: string): Summary | undefined {
  if (!line.startsWith(ASAN_SUMMARY)) return undefined;
  const start = ASAN_SUMMARY.length;
  let end = start;
  for (; end < line.length; end++) {
    const c = line.charCodeAt(end);
    if (!((c >= 97 && c <= 122) || (c === 45 && end > start))) break;
  }
  const first = line.charCodeAt(end + 1);
  const last = line.charCodeAt(line.length - 1);
  if (end === start) return line.endsWith(' allocation(s).') ? findLeaks(line, start) : undefined;
  if (line.charCodeAt(end) !== 32 || !isInk(first) || !isInk(last)) return undefined;
  return { engine: 'asan', kind: line.slice(start, end), rest: line.slice(end + 1), leaks: false, at: 0 };
}

function findLeaks(line: string, start: number): Summary | undefined {
  let end = start;
  while (isDigit(line.charCodeAt(end))) end++;
  return end > start && line.startsWith(' byte(s) leaked in ', end) && isDigit(line.charCodeAt(end + 19))
    ? { engine: 'asan', rest: '', leaks: true, at: 0 }
    : undefined;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

function isInk(c: number): boolean {
  return c > 32 && c < 127;
}

export function parseSummary(line: string): Summary | undefined {
  const match = SUMMARY.exec(line);
  if (!match) return undefined;
  const engine = engineOf(match[1] as string);
  const text = (match[2] as string).trimEnd();
  if (/^\d+ byte\(s\) leaked in \d+ allocation/.test(text)) return { engine, rest: '', leaks: true, at: match.index };
  if (engine === 'tsan' || engine === 'libfuzzer') {
    const words = /^[a-z][a-z -]*?(?= \(|\(| [/.<]| \S+[:/.]|$)/.exec(text);
    const kind = words?.[0].trim().replaceAll(' ', '-');
    return { engine, ...(kind ? { kind } : {}), rest: text.slice(words?.[0].length ?? 0).trim(), leaks: false, at: match.index };
  }
  const space = text.indexOf(' ');
  const name = (space < 0 ? text : text.slice(0, space)).replace(/:$/, '');
  const named = /^[A-Za-z_][\w.-]*$/.test(name);
  return {
    engine,
    ...(named ? { kind: name } : {}),
    rest: named && space > 0 ? text.slice(space + 1).trim() : '',
    leaks: false,
    at: match.index,
  };
}
