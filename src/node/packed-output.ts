import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Fault } from '../base/fault.js';
import type { Result } from '../base/result.js';
import { fileOutput, type TextOutput, writeAll } from './text-output.js';

/** pprof reads files that are packed by gzip. */
export async function writePacked(output: TextOutput, pieces: Iterable<Uint8Array>): Promise<void> {
  for await (const chunk of Readable.from(pieces).pipe(createGzip())) {
    output.write(chunk as Buffer);
    await output.drain();
  }
}

/** A file of pieces that are packed by gzip; one that is there is replaced. */
export async function writePackedFile(path: string, pieces: Iterable<Uint8Array>): Promise<Result<void, Fault>> {
  const opened = await fileOutput(path);
  if (!opened.ok) return opened;
  await writePacked(opened.value, pieces);
  return opened.value.close();
}

/** A file of texts; one that is there is replaced. */
export async function writeTextFile(path: string, texts: Iterable<string>): Promise<Result<void, Fault>> {
  const opened = await fileOutput(path);
  if (!opened.ok) return opened;
  await writeAll(opened.value, texts);
  return opened.value.close();
}
