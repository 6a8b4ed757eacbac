import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import { OomParser } from '../../formats/kernel/oom.js';
import type { OomReport } from '../../model/oom.js';
import { BINARY_HEAD_BYTES, binaryKind } from '../binary-head.js';
import { readFault } from '../file-chunks.js';
import { openPacked, type Unpackers } from '../packed-file.js';
import { Utf8Chunks } from '../utf8-chunks.js';

/** A log with what it says of running out of memory. */
export interface OomLog {
  readonly report: OomReport;
  /** Why the log was not read to its end. */
  readonly cut?: Fault;
  /** When the machine of the log was booted, in milliseconds since 1970, where that is known: the kernel counts from there. */
  readonly bootMs?: number;
}

/** Reads a log of any kind, packed or not. Faults: `packed`, `not-text` (binary, and no kill was found in it), and when nothing could be read `not-found`, `permission`, `unreadable`. */
export async function openOomLog(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  unpackers: Unpackers,
): Promise<Result<OomLog, Fault>> {
  const opened = await openPacked(chunks, path, unpackers);
  if (!opened.ok) return opened;
  const { content } = opened.value;
  const holds = binaryKind(await content.head(BINARY_HEAD_BYTES));
  const decoder = new Utf8Chunks();
  const parser = new OomParser();
  for await (const chunk of content) parser.push(decoder.push(chunk));
  parser.push(decoder.end());
  await content.leave();
  const report = parser.end();
  const failure = opened.value.failure();
  // A dump of memory may hold a log.
  if (holds !== undefined && report.events.length === 0) return err({ code: 'not-text', path, holds });
  if (failure === undefined) return ok({ report });
  const fault = readFault(failure, path);
  return report.lines === 0 ? err(fault) : ok({ report, cut: fault });
}

/** The same of a text that somebody has selected or pasted. */
export function oomLogOf(text: string): OomLog {
  const parser = new OomParser();
  parser.push(text);
  return { report: parser.end() };
}
