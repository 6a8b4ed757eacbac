import { once } from 'node:events';
import * as zlib from 'node:zlib';
import type { Unpackers } from '../app/heap/open-heap.js';

/** What Node's zlib can unpack: Zstandard from Node 22.15 on. */
export function nodeUnpackers(): Unpackers {
  const { createZstdDecompress } = zlib as { readonly createZstdDecompress?: () => zlib.Gunzip };
  return {
    gzip: (chunks) => through(zlib.createGunzip(), chunks),
    ...(createZstdDecompress === undefined ? {} : { zstd: (chunks) => through(createZstdDecompress(), chunks) }),
  };
}

/** What comes out of a stream of zlib when the chunks go in. A failure of the source is told before what follows from it. */
export async function* through(unpacker: zlib.Gunzip, source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const left = new AbortController();
  let failure: Error | undefined;
  const feed = async (): Promise<void> => {
    try {
      for await (const chunk of source) {
        if (left.signal.aborted) return;
        if (!unpacker.write(chunk)) await once(unpacker, 'drain', { signal: left.signal });
      }
    } catch (error) {
      failure = error as Error;
    }
    if (!unpacker.destroyed) unpacker.end();
  };
  const feeding = feed();
  try {
    yield* unpacker as AsyncIterable<Buffer>;
    await feeding;
  } catch (error) {
    // Bytes that end in the midst are the consequence of a source that failed.
    throw failure ?? error;
  } finally {
    left.abort();
    unpacker.destroy();
  }
  if (failure !== undefined) throw failure;
}
