import { once } from 'node:events';
import { createGunzip } from 'node:zlib';

const PACKED = 'z';

/**
 * Shell code that says `z` and the file's bytes through gzip(1), or `p` and the bytes as they are where there is no gzip: smaps is packed
 * to a sixtieth. The status and the messages are those of cat(1), and what it read before an error comes too.
 */
export function packedCat(pathWord: string): string {
  const cat = `{ { cat ${pathWord} 4>&-; printf %s "$?" >&3; } | gzip -1 -c 3>&- >&4 4>&-; } 3>&1`;
  return `if command -v gzip >/dev/null 2>&1; then printf ${PACKED}; exec 4>&1; s=$(${cat}); exit "$s"; else printf p; exec cat ${pathWord}; fi`;
}

/** The bytes of the file that `packedCat` printed. */
export async function* unpacked(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  try {
    const first = await chunks.next();
    if (first.done === true) return;
    const rest = restOf(first.value.subarray(1), chunks);
    if (first.value[0] === PACKED.charCodeAt(0)) yield* gunzipped(rest);
    else yield* rest;
  } finally {
    await chunks.return?.();
  }
}

async function* restOf(first: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  if (first.length > 0) yield first;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}

async function* gunzipped(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip();
  const left = new AbortController();
  let failure: Error | undefined;
  const feed = async (): Promise<void> => {
    try {
      for await (const chunk of source) {
        if (left.signal.aborted) return;
        if (!gunzip.write(chunk)) await once(gunzip, 'drain', { signal: left.signal });
      }
    } catch (error) {
      failure = error as Error;
    }
    if (!gunzip.destroyed) gunzip.end();
  };
  const feeding = feed();
  try {
    yield* gunzip as AsyncIterable<Buffer>;
    await feeding;
  } catch (error) {
    // Bytes that end in the midst are the consequence of a source that failed.
    throw failure ?? error;
  } finally {
    left.abort();
    gunzip.destroy();
  }
  if (failure !== undefined) throw failure;
}
