import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import { HEAD_BYTES } from '../../formats/heap/file-kind.js';
import { recogniseHeapProfile } from '../../formats/heap/recognise.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import { FileChunks, readFault } from '../file-chunks.js';
import { Utf8Chunks } from '../utf8-chunks.js';

export type Unpack = (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** What can be unpacked here; absent: it can't. */
export interface Unpackers {
  readonly gzip: Unpack;
  readonly zstd?: Unpack;
}

/** Gzip (RFC 1952), and Zstandard (RFC 8878). */
const MAGIC = { gzip: [0x1f, 0x8b], zstd: [0x28, 0xb5, 0x2f, 0xfd] } as const;

/**
 * A heap profile from a file of any tool, packed or not, told by what is in it. A file that can't be read to its end gives what was read, with the
 * note `cut`. Faults: `unrecognised-heap-profile`, `packed`, `not-found`, `permission`, `unreadable`.
 */
export async function openHeapProfile(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  unpackers: Unpackers,
): Promise<Result<HeapProfile, Fault>> {
  const source = new Begun(chunks);
  const first = await source.head(MAGIC.zstd.length);
  const packing = (['gzip', 'zstd'] as const).find((name) => MAGIC[name].every((byte, at) => first[at] === byte));
  let content = source;
  if (packing !== undefined) {
    const unpack = unpackers[packing];
    if (unpack === undefined) {
      await source.leave();
      return err({ code: 'packed', path, packing });
    }
    content = new Begun(unpack(source));
  }
  const profile = await read(content);
  await content.leave();
  const failure = source.failure ?? content.failure;
  if (profile === undefined)
    return err(failure === undefined ? { code: 'unrecognised-heap-profile', path } : readFault(failure, path));
  if (failure === undefined || profile.notes.some(({ code }) => code === 'cut')) return ok(profile);
  return ok({ ...profile, notes: [...profile.notes, { code: 'cut' }] });
}

async function read(content: Begun): Promise<HeapProfile | undefined> {
  const head = await content.head(HEAD_BYTES);
  const text = new Utf8Chunks();
  const known = recogniseHeapProfile(text.push(head.subarray(0, HEAD_BYTES)));
  if (known === undefined) return undefined;
  if (known.takes === 'bytes') {
    for await (const chunk of content) known.parser.push(chunk);
    return known.parser.end();
  }
  const decoder = new Utf8Chunks();
  for await (const chunk of content) known.parser.push(decoder.push(chunk));
  known.parser.push(decoder.end());
  return known.parser.end();
}

/** Bytes whose beginning was looked at. They end where reading fails. */
class Begun extends FileChunks implements AsyncIterable<Uint8Array> {
  private looked = new Uint8Array(0);

  /** At least so many of the first bytes, or all there are. */
  async head(most: number): Promise<Uint8Array> {
    while (this.looked.length < most) {
      const chunk = await this.next();
      if (chunk === undefined) break;
      const longer = new Uint8Array(this.looked.length + chunk.length);
      longer.set(this.looked);
      longer.set(chunk, this.looked.length);
      this.looked = longer;
    }
    return this.looked;
  }

  /** That it can't be closed changes nothing of what was read. */
  override async leave(): Promise<void> {
    await super.leave().catch(() => undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (this.looked.length > 0) yield this.looked;
    for (let chunk = await this.next(); chunk !== undefined; chunk = await this.next()) yield chunk;
  }
}
