import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import { HEAD_BYTES } from '../../formats/heap/file-kind.js';
import { recogniseHeapProfile } from '../../formats/heap/recognise.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import { readFault } from '../file-chunks.js';
import { FileText, headText } from '../file-text.js';
import { type BegunChunks, openPacked, type Unpackers } from '../packed-file.js';

/**
 * A heap profile from a file of any tool, packed or not, told by what is in it. A file that can't be read to its end gives what was read, with the
 * note `cut`. Faults: `unrecognised-heap-profile`, `packed`, `not-found`, `permission`, `unreadable`.
 */
export async function openHeapProfile(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  unpackers: Unpackers,
): Promise<Result<HeapProfile, Fault>> {
  const opened = await openPacked(chunks, path, unpackers);
  if (!opened.ok) return opened;
  const { content } = opened.value;
  const profile = await read(content);
  await content.leave();
  const failure = opened.value.failure();
  if (profile === undefined)
    return err(failure === undefined ? { code: 'unrecognised-heap-profile', path } : readFault(failure, path));
  if (failure === undefined || profile.notes.some(({ code }) => code === 'cut')) return ok(profile);
  return ok({ ...profile, notes: [...profile.notes, { code: 'cut' }] });
}

async function read(content: BegunChunks): Promise<HeapProfile | undefined> {
  const head = await content.head(HEAD_BYTES);
  const known = recogniseHeapProfile(headText(head.subarray(0, HEAD_BYTES)));
  if (known === undefined) return undefined;
  if (known.takes === 'bytes') {
    for await (const chunk of content) known.parser.push(chunk);
    return known.parser.end();
  }
  const decoder = new FileText();
  for await (const chunk of content) known.parser.push(decoder.push(chunk));
  known.parser.push(decoder.end());
  return known.parser.end();
}
