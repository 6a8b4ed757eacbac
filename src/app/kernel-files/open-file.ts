import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import { HEAD_BYTES } from '../../formats/heap/file-kind.js';
import { logLine } from '../../formats/kernel/log-line.js';
import { OomParser } from '../../formats/kernel/oom.js';
import { type SlabTable, slabTable, type VmallocTable, vmallocTable } from '../../insight/system/table-files.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import type { OomReport } from '../../model/oom.js';
import type { SlabCache, TableText, VmallocArea } from '../../model/system-owners.js';
import { parseSlabinfo } from '../../procfs/slabinfo.js';
import { parseVmallocinfo } from '../../procfs/vmallocinfo.js';
import { readFault } from '../file-chunks.js';
import { FileText, headText } from '../file-text.js';
import { openHeapProfile } from '../heap/open-heap.js';
import { type OpenedReport, openReport, type ReportNames } from '../open-report.js';
import { type BegunChunks, openPacked, type Unpackers } from '../packed-file.js';
import type { SourceLocator } from '../source-locator.js';
import { savedSections } from '../system/saved-sections.js';
import { memoryFileKind } from './file-kind.js';

/** What a file holds, whatever tool or kernel has written it. */
export type OpenedFile =
  | { readonly kind: 'report'; readonly opened: OpenedReport }
  | { readonly kind: 'heap'; readonly profile: HeapProfile }
  | ({ readonly kind: 'vmallocinfo'; readonly table: VmallocTable } & TableFacts)
  | ({ readonly kind: 'slabinfo'; readonly table: SlabTable } & TableFacts)
  | { readonly kind: 'oom'; readonly report: OomReport; readonly cut?: Fault };

/** What was not read of a file with a table. */
export interface TableFacts {
  /** Lines that were not understood, and the first of them, from 1. */
  readonly unread: number;
  readonly firstUnread?: number;
  /** Other files of /proc in the same text, and the table's own name where it stands there again: not read. */
  readonly others?: readonly string[];
  readonly cut?: Fault;
}

export interface OpenFileOptions {
  readonly unpackers: Unpackers;
  readonly locator: SourceLocator;
  readonly names?: ReportNames;
  readonly cancel?: Cancel;
}

/** A table of /proc has some 100 KB; of a longer one the rest is left out. */
const MOST_TABLE = 64 << 20;

/** Opens any file that tells of memory, packed or not, by what is in it. Findings and logs may stand anywhere in it, all else is told by its beginning. */
export async function openMemoryFile(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  options: OpenFileOptions,
): Promise<Result<OpenedFile, Fault>> {
  const packed = await openPacked(chunks, name, options.unpackers);
  if (!packed.ok) return packed;
  const { content, failure } = packed.value;
  const head = await content.head(HEAD_BYTES);
  const kind = memoryFileKind(headText(head.subarray(0, HEAD_BYTES)));
  try {
    if (kind === 'heap') {
      const profile = await openHeapProfile(content, name, options.unpackers);
      return profile.ok ? ok({ kind, profile: profile.value }) : profile;
    }
    if (kind === 'vmallocinfo' || kind === 'slabinfo') return await openTable(kind, content, failure, name);
    const opened = await openText(content, failure, name, options);
    if (opened.ok || opened.error.code !== 'unrecognised-report' || (kind !== 'meminfo' && kind !== 'system-file')) return opened;
    return err({ ...opened.error, holds: kind });
  } finally {
    await content.leave();
  }
}

async function openTable(
  kind: 'vmallocinfo' | 'slabinfo',
  content: BegunChunks,
  failure: () => unknown,
  name: string,
): Promise<Result<OpenedFile, Fault>> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of textOf(content)) {
    pieces.push(piece);
    length += piece.length;
    if (length > MOST_TABLE) break;
  }
  const text = pieces.join('');
  const cut = failure() === undefined ? {} : { cut: readFault(failure(), name) };
  const parse: (text: string) => TableText<SlabCache | VmallocArea> = kind === 'slabinfo' ? parseSlabinfo : parseVmallocinfo;
  const { rows, unread, firstUnread, others } = readTexts(text, `/proc/${kind}`, parse);
  if (rows.length === 0 && unread > 0) return err({ code: 'unrecognised-report', path: name, holds: 'table-without-rows' });
  const facts = {
    unread,
    ...(firstUnread === undefined ? {} : { firstUnread }),
    ...(others.length === 0 ? {} : { others }),
    ...cut,
  };
  if (kind === 'slabinfo') return ok({ kind, table: slabTable(rows as SlabCache[]), ...facts });
  return ok({ kind, table: vmallocTable(rows as VmallocArea[]), ...facts });
}

interface OneOfMany<Row> extends TableText<Row> {
  readonly others: readonly string[];
}

/** Of a text with several files of /proc the first one that is `file`; the others are named. */
function readTexts<Row>(text: string, file: string, parse: (text: string) => TableText<Row>): OneOfMany<Row> {
  const all = readLines(text, parse);
  if (all.unread === 0) return { ...all, others: [] };
  const parts = savedSections(text);
  const known = parts.flatMap(({ path }) => (path === undefined ? [] : [path]));
  const ours = parts.find(({ path }) => path === file);
  if (ours === undefined || known.length < 2) return { ...all, others: [] };
  const one = readLines(ours.text, parse);
  const others = [...new Set(known.filter((path, at) => path !== file || at > known.indexOf(file)))];
  return { ...one, ...(one.firstUnread === undefined ? {} : { firstUnread: one.firstUnread + ours.line - 1 }), others };
}

/** Where lines are not understood, without what a log or a terminal has put before them. */
function readLines<Row>(text: string, parse: (text: string) => TableText<Row>): TableText<Row> {
  const plain = parse(text);
  // With a quote's mark or a time before it a line may still look like a row, of a name with spaces.
  if (plain.unread === 0 && !/^[ \t]{0,40}(?:[>|]|\/proc\/|\[ {0,12}\d+\.\d+\])/m.test(text)) return plain;
  // A copy of a whole file may lack only the end of its last line.
  const lines = text.split('\n').map((line) => logLine(line).text);
  const stripped = parse(lines.join('\n'));
  return stripped.rows.length >= plain.rows.length && stripped.unread <= plain.unread ? stripped : plain;
}

async function openText(
  content: BegunChunks,
  failure: () => unknown,
  name: string,
  { locator, names, cancel }: OpenFileOptions,
): Promise<Result<OpenedFile, Fault>> {
  const oom = new OomParser();
  async function* text(): AsyncIterable<string> {
    for await (const piece of textOf(content)) {
      oom.push(piece);
      yield piece;
    }
    if (failure() !== undefined) throw failure();
  }
  const opened = await openReport({ name, text: text() }, locator, cancel, names);
  if (opened.ok) return ok({ kind: 'report', opened: withEvents(opened.value, oom.end()) });
  if (opened.error.code === 'cancelled' || opened.error.code === 'not-found' || opened.error.code === 'permission') return opened;
  const report = oom.end();
  if (report.events.length === 0) return err(opened.error);
  return ok({ kind: 'oom', report, ...(failure() === undefined ? {} : { cut: readFault(failure(), name) }) });
}

/** A log may hold findings and events of the OOM killer: the former are shown, and the latter are not forgotten. */
function withEvents(opened: OpenedReport, { events }: OomReport): OpenedReport {
  if (events.length === 0) return opened;
  const { report } = opened;
  const times = events.length === 1 ? 'once' : `${events.length.toLocaleString('en-US')} times`;
  const note = {
    severity: 'info',
    code: 'oom-events',
    text: `The log also tells that memory ran out, ${times}: memlens oom tells why.`,
  } as const;
  return { ...opened, report: { ...report, notes: [...report.notes, note] } };
}

async function* textOf(content: BegunChunks): AsyncIterable<string> {
  const decoder = new FileText();
  for await (const chunk of content) yield decoder.push(chunk);
  yield decoder.end();
}
