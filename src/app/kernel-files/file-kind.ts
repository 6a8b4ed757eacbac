import { HEAD_BYTES, type HeapFileKind, heapFileKind } from '../../formats/heap/file-kind.js';
import { logLine } from '../../formats/kernel/log-line.js';
import { headText } from '../file-text.js';
import { createAnyReportParser } from '../open-report.js';
import { openPacked, type Unpackers } from '../packed-file.js';
import { knownBy } from '../system/saved-names.js';

/**
 * What of MemLens reads a file: a list of findings, a heap profile (also of a kernel), one of the tables of /proc that tell a kernel's memory by its owners, meminfo, or another file of /proc that the System page reads beside it.
 * A log of the OOM killer is told by reading it: it may begin anywhere.
 */
export type MemoryFileKind = 'report' | 'heap' | 'vmallocinfo' | 'slabinfo' | 'meminfo' | 'system-file';

/** Text that may be a dump, or numbers of anything: only who says that it is a heap profile opens it so. */
const UNSURE: ReadonlySet<HeapFileKind> = new Set(['folded', 'pprof', 'strace', 'perf']);

const VMALLOC = /^(?:0x[\da-f]{4,16}|(?:0x)?\(_*ptrval_*\))-(?:0x[\da-f]{4,16}|(?:0x)?\(_*ptrval_*\))\s+\d{1,15}(?:\s|$)/i;
/** The head, or a row with its tunables. Version 1.1 has no word of its own but the head. */
const SLAB = /^slabinfo - version: \d|^\S.{0,80}?(?:\s+\d{1,15}){5}\s*:\s*tunables\b/;

/** Lines that a shell may have put before a file. */
const MOST_BEFORE = 4;

/** By its first bytes as text; undefined: by these alone it can't be told. */
export function memoryFileKind(head: string): MemoryFileKind | undefined {
  const text = head.slice(0, HEAD_BYTES);
  if (holdsFindings(text)) return 'report';
  const heap = heapFileKind(text);
  if (heap !== undefined && !UNSURE.has(heap)) return 'heap';
  // A shell's prompt, the head of a file that was sent by mail, times of a log: they may stand around it.
  const lines = text.split('\n').map((line) => logLine(line).text);
  if (lines.some((line) => SLAB.test(line))) return 'slabinfo';
  if (lines.some((line) => VMALLOC.test(line))) return 'vmallocinfo';
  // Elsewhere it may be a part of something else.
  if (lines.slice(0, MOST_BEFORE).some((line) => /^MemTotal:\s+\d{1,15} kB$/.test(line))) return 'meminfo';
  return knownBy(lines.slice(0, MOST_BEFORE + 1).join('\n')) === undefined ? undefined : 'system-file';
}

function holdsFindings(text: string): boolean {
  const parser = createAnyReportParser({ finding: () => undefined, note: () => undefined });
  parser.push(text);
  return parser.end().recognised;
}

/** The same of a file, packed or not; undefined too when it can't be read. */
export async function memoryFileKindOf(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  unpackers: Unpackers,
): Promise<MemoryFileKind | undefined> {
  const opened = await openPacked(chunks, path, unpackers);
  if (!opened.ok) return undefined;
  const { content } = opened.value;
  const head = await content.head(HEAD_BYTES);
  await content.leave();
  return memoryFileKind(headText(head.subarray(0, HEAD_BYTES)));
}
