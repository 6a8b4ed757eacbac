import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import { FileChunks } from './file-chunks.js';

export type Unpack = (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** What can be unpacked here; absent: it can't. */
export interface Unpackers {
  readonly gzip: Unpack;
  readonly zstd?: Unpack;
}

/** Gzip (RFC 1952), and Zstandard (RFC 8878). */
const MAGIC = { gzip: [0x1f, 0x8b], zstd: [0x28, 0xb5, 0x2f, 0xfd] } as const;
/** What others send their logs in. */
const OTHERS = { xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], bzip2: [0x42, 0x5a, 0x68], zip: [0x50, 0x4b, 0x03, 0x04] } as const;
/** Behind the letters of bzip2, and the digit of its level. */
const BZIP2_BLOCK = [0x31, 0x41];
const MOST_MAGIC = 6;

export interface OpenedFile {
  /** The bytes as they were before they were packed; they end where reading or unpacking fails. */
  readonly content: BegunChunks;
  /** Why they have ended early; undefined: they have not. */
  failure(): unknown;
}

/** A file that may be packed, told by its first bytes. Fault: `packed`. */
export async function openPacked(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  unpackers: Unpackers,
): Promise<Result<OpenedFile, Fault>> {
  const source = new BegunChunks(chunks);
  const first = await source.head(MOST_MAGIC);
  const begins = (bytes: readonly number[], from = 0): boolean => bytes.every((byte, at) => first[from + at] === byte);
  const packing = (['gzip', 'zstd'] as const).find((name) => begins(MAGIC[name]));
  const other = (['xz', 'bzip2', 'zip'] as const).find((name) => begins(OTHERS[name]));
  if (other !== undefined && (other !== 'bzip2' || begins(BZIP2_BLOCK, OTHERS.bzip2.length + 1))) {
    await source.leave();
    return err({ code: 'packed', path, packing: other });
  }
  if (packing === undefined) return ok({ content: source, failure: () => source.failure });
  const unpack = unpackers[packing];
  if (unpack === undefined) {
    await source.leave();
    return err({ code: 'packed', path, packing });
  }
  const content = new BegunChunks(unpack(source));
  return ok({ content, failure: () => source.failure ?? content.failure });
}

/** Bytes whose beginning was looked at. They end where reading fails. */
export class BegunChunks extends FileChunks implements AsyncIterable<Uint8Array> {
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
