import { createGunzip } from 'node:zlib';
import { through } from './unpack.js';

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
    if (first.value[0] === PACKED.charCodeAt(0)) yield* through(createGunzip(), rest);
    else yield* rest;
  } finally {
    await chunks.return?.();
  }
}

async function* restOf(first: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  if (first.length > 0) yield first;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}
