import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import type { Unpack, Unpackers } from '../app/packed-file.js';
import { signalGroup, start } from './spawn.js';

/** What can be unpacked here: Zstandard by Node's zlib from Node 22.15 on, else by zstd(1) where it is installed. */
export async function nodeUnpackers(): Promise<Unpackers> {
  const { createZstdDecompress } = zlib as { readonly createZstdDecompress?: () => zlib.Gunzip };
  const gzip: Unpack = (chunks) => through(zlib.createGunzip(), chunks);
  if (createZstdDecompress !== undefined) return { gzip, zstd: (chunks) => through(createZstdDecompress(), chunks) };
  return (await isOnPath('zstd')) ? { gzip, zstd: byProgram } : { gzip };
}

async function isOnPath(program: string): Promise<boolean> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const found = await access(join(directory, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (directory !== '' && found) return true;
  }
  return false;
}

/** What `zstd -dc` makes of the chunks. It ends with the stream that it reads, or when nobody reads on. */
async function* byProgram(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const started = await start({ argv: ['zstd', '-dcq'] }, ['pipe', 'pipe', 'pipe']);
  if (!started.ok) throw new Error('zstd could not be started');
  const { child, pid, ended } = started.value;
  const { stdin, stdout, stderr } = child;
  let told = '';
  stderr?.on('data', (text: Buffer) => {
    told = `${told}${String(text)}`.slice(-1000);
  });
  try {
    if (stdin === null || stdout === null) return;
    // When it ends before its input does, what it has said tells why.
    const fed = pipeline(source, stdin).catch((error: Error) => error);
    yield* stdout as AsyncIterable<Buffer>;
    const [failure, { exitCode }] = await Promise.all([fed, ended]);
    if (exitCode !== 0) throw new Error(told.trim() || 'zstd failed');
    if (failure !== undefined) throw failure;
  } finally {
    if (child.exitCode === null) signalGroup(pid, 'SIGKILL');
  }
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
