import type { HeapFormat } from '../../model/heap-profile.js';
import { logLine } from '../kernel/log-line.js';

/** What a file of a heap profile is written in: by the tools, or by MemLens itself. */
export type HeapFileKind = Exclude<HeapFormat, 'findings'> | 'memlens';

/** So many bytes of a file are enough to tell what it is. */
export const HEAD_BYTES = 64 << 10;

/** Of a line so many letters are looked at: a hostile one must not take long. */
const LONGEST_LINE = 500;

/** In the order in which they are asked for: the surest tells first. */
const TELLS: readonly (readonly [HeapFileKind, (text: string, lines: readonly string[]) => boolean])[] = [
  // `v 10400 3`: version of heaptrack, and of the file, hexadecimal
  ['heaptrack', (text) => /^v [0-9a-f]+(?: [0-9a-f]+)?\n/.test(text)],
  // heaptrack_print writes it without the head
  ['massif', (text) => /^desc: .*\ncmd: .*\ntime_unit: |^#-+\nsnapshot=\d/.test(text)],
  ['dhat', (text) => /^\s*\{\s*"dhatFileVersion"\s*:/.test(text)],
  ['memlens', (text) => /^\s*\{\s*"format"\s*:\s*"memlens-heap-profile"/.test(text)],
  ['bpftrace', (text) => /^\s*\{\s*"type"\s*:\s*"/.test(text)],
  ['jemalloc', (text) => /^heap_v2\/\d/.test(text)],
  ['gperftools', (_, lines) => lines.some((line) => /^heap profile: *\d+: *-?\d+ \[ *\d+: *\d+\]/.test(line))],
  ['callgrind', (_, lines) => isCallgrind(lines)],
  ['allocinfo', (text, lines) => /^allocinfo - version: /.test(text) || lines.some((line) => ALLOCINFO.test(line))],
  ['page-owner', (_, lines) => lines.some((line) => PAGE_OWNER.test(line))],
  ['slab-traces', (_, lines) => lines.some((line) => SLAB_TRACES.test(line))],
  ['pagetrace', (_, lines) => lines.some((line) => PAGETRACE.test(line))],
  ['memleak', (_, lines) => lines.some((line) => MEMLEAK.test(line))],
  ['strace', (_, lines) => lines.some((line) => STRACE.test(line))],
  // a line of a sample, then frames: an address, a symbol, and the object in brackets
  ['perf', (_, lines) => lines.some((line, at) => PERF_SAMPLE.test(line) && PERF_FRAME.test(lines[at + 1] ?? ''))],
  ['folded', (_, lines) => isFolded(lines)],
];

/** `4096        1 mm/page.c:10 [module] func:get`, and what numfmt(1) makes of the size; where a mail has wrapped the line, the function stands in the next one. */
const ALLOCINFO =
  /^(?:> ?)*\s*-?\d{1,15}(?:\.\d)?[KMGTP]?i? +\d{1,15} \S.{0,200}?:\d{1,7} (?:\[\S{1,64}\] |module:\S{1,64} )?func:\S/;
const PAGE_OWNER =
  /^(?:> ?)*(?:Page allocated via order \d+, mask |\d+ times?, \d+ pages?[:,]|\d+ times: Page allocated via order \d|nr_base_pages: \d|stack_count: \d)/;
/** `     57 cdev_alloc+0x29/0x5d waste=1368/24 age=777/777/778 pid=1` */
const SLAB_TRACES =
  /^ *\d+ (?:<not-available>|\S{1,200}\+0x[\da-f]+\/0x[\da-f]+(?: \[[^\]]{1,80}\])?)(?: waste=\d+\/\d+)? age=\d/;
const PAGETRACE = /^ *count\(KB\) +kaddr|^total pages: *\d+, +\d+ kB, type:/;
const MEMLEAK = /stacks? with outstanding allocations|^[ \t]*\d+ bytes in \d+ allocations from stack/;
/** `brk(0x55) = 0x55`, with a process and a time before it, as -f, -t and -r print them. */
const STRACE = /^(?:\[pid +\d+\] |\d+ +)?(?:[\d:.]+ +)?(?:brk|mmap2?|munmap|mremap)\(.*= /;
const PERF_SAMPLE = /^\S[^:]*\d[^:]*:/;
const PERF_FRAME = /^\s+[0-9a-f]{4,16} \S/;
/** `main;read 12` */
const FOLDED = /^\S.* -?\d+(?:\.\d+)?\r?$/;
/** Of terminals, as script(1) keeps them: colours and titles. */
const ESCAPES = /\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07\x1b\n]{0,200}(?:\x07|\x1b\\))/g;
const CONTROLS = /[\0-\x08\x0e-\x1f]/;

const KERNEL: readonly (readonly [HeapFileKind, RegExp])[] = [
  ['allocinfo', ALLOCINFO],
  ['page-owner', PAGE_OWNER],
  ['slab-traces', SLAB_TRACES],
  ['pagetrace', PAGETRACE],
];

/** Its head has no fixed order: the first line is one of it, and `events:` is there. */
function isCallgrind(lines: readonly string[]): boolean {
  const first = lines.find((line) => line.trim() !== '') ?? '';
  if (/^# callgrind format/.test(first)) return true;
  return /^(?:version|creator|pid|cmd|part|desc|positions): /.test(first) && lines.some((line) => /^events?: /.test(line));
}

/** Most lines end with a number. The last line may be cut. */
function isFolded(lines: readonly string[]): boolean {
  const told = lines.filter((line) => line.trim() !== '');
  const whole = told.slice(0, Math.max(1, told.length - 1));
  const folded = whole.filter((line) => FOLDED.test(line)).length;
  return folded > 0 && folded * 2 > whole.length;
}

/** What a file is, by its first bytes as text. Undefined: none of these. */
export function heapFileKind(head: string): HeapFileKind | undefined {
  const text = head.replace(/^\ufeff/, '').replace(ESCAPES, '');
  // profile.proto is the only one that is no text.
  if (CONTROLS.test(text)) return 'pprof';
  // Of a long line the end is looked at, too: there is the number of a folded stack.
  const lines = text
    .split('\n')
    .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}${line.slice(-LONGEST_LINE)}` : line));
  return TELLS.find(([, isIt]) => isIt(text, lines))?.[0] ?? kernelKind(lines);
}

/** What a kernel prints may have come through a log, a terminal, a mail or grep. */
function kernelKind(lines: readonly string[]): HeapFileKind | undefined {
  const bare = lines.map((line) => logLine(line).text);
  return KERNEL.find(([, form]) => bare.some((line) => form.test(line)))?.[0];
}
