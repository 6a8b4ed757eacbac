import { createReadStream, read as readCallback, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Bytes, Milliseconds } from '../base/units.js';
import { TimeSlice } from './time-slice.js';

const readAsync = promisify(readCallback);

/** It stays in the processor's cache until it is parsed. */
const CHUNK_BYTES: Bytes = 128 << 10;
/** In less room a read would be cut, and one more needed. */
const PAGE_BYTES: Bytes = 4 << 10;
const STREAM_BYTES: Bytes = 1 << 20;
/** A read that takes longer holds up everything else here: then the next few are made in a thread of Node's pool. */
const LONG_MS: Milliseconds = 20;
const IN_THREAD = 4;

/**
 * The bytes of a file, cut anywhere. A chunk is valid until the next one is asked for.
 *
 * A file of /proc gives no more than a page in a read: the smaps of a large process takes ten thousand of them, which cost half as much
 * when they are made here, in slices of time, as in a thread. Every other file is read in the usual way.
 */
export async function* localChunks(path: string): AsyncIterable<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const facts = await file.stat();
    if (!facts.isFile() || facts.size > 0) {
      // The stream closes the file's descriptor itself only when it made it.
      yield* createReadStream('', { fd: file, autoClose: false, highWaterMark: STREAM_BYTES }) as AsyncIterable<Buffer>;
      return;
    }
    const slice = new TimeSlice();
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    // The first read of a file of /proc waits for the lock of the process's mappings.
    let inThread = 1;
    let length = 0;
    let failure: Error | undefined;
    let began = performance.now();
    for (;;) {
      const room = CHUNK_BYTES - length;
      let more = 0;
      try {
        more =
          inThread > 0
            ? (await readAsync(file.fd, chunk, length, room, null)).bytesRead
            : readSync(file.fd, chunk, length, room, null);
      } catch (error) {
        // ESRCH: the process has ended. What it gave until then is kept.
        failure = error as Error;
      }
      const now = performance.now();
      if (inThread > 0) inThread--;
      else if (now - began > LONG_MS) inThread = IN_THREAD;
      length += more;
      if (length > 0 && (more === 0 || CHUNK_BYTES - length < PAGE_BYTES)) {
        yield chunk.subarray(0, length);
        length = 0;
        began = performance.now();
      } else began = now;
      if (failure !== undefined) throw failure;
      if (more === 0) return;
      if (slice.isOver(began)) {
        await slice.next();
        began = performance.now();
      }
    }
  } finally {
    await file.close();
  }
}
