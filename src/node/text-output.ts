import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { type Cancel, neverCancelled } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import { visibleText } from '../base/visible-text.js';
import { openOutput } from './open-output.js';
import { writeFault } from './write-fault.js';

/** Text that goes to standard output, or to a file that is written as it comes. */
export interface TextOutput {
  /** Bytes: of a format that is no text. */
  write(text: string | Uint8Array): void;
  /** Resolves when little waits in memory any more: for those who write more than should. */
  drain(): Promise<void>;
  /** Resolves when all of it is written; with a fault when some of it could not be. */
  close(): Promise<Result<void, Fault>>;
}

export interface FileOutputOptions {
  /** Ends the waiting for the reader of a FIFO. */
  readonly cancel?: Cancel;
  /** Nothing more is taken: the disk is full, or the reader of a FIFO has left. */
  readonly onEnd?: () => void;
  /** Tells people why nothing goes on. */
  readonly say?: (text: string) => void;
}

export function standardOutput(): TextOutput {
  return {
    write: (text) => void process.stdout.write(text),
    drain: () => drained(process.stdout),
    close: () => new Promise((done) => process.stdout.write('', () => done(ok(undefined)))),
  };
}

/** Writes all to the file, or to standard output. The file is opened when there is something to write: what is written may have come from it. */
export async function writeOutput(path: string | undefined, texts: Iterable<string>): Promise<Result<void, Fault>> {
  const opened = path === undefined ? ok(standardOutput()) : await fileOutput(resolve(path));
  if (!opened.ok) return opened;
  await writeAll(opened.value, texts);
  return opened.value.close();
}

/** What can't be opened is told at once. The reader of a FIFO may leave when it has enough: as with standard output, that is no fault. */
export async function fileOutput(path: string, options: FileOutputOptions = {}): Promise<Result<TextOutput, Fault>> {
  const { cancel = neverCancelled, onEnd, say = sayOnStandardError } = options;
  const opened = await openOutput(path, cancel, () =>
    say(`${visibleText(path)} is a pipe that nobody reads yet; waiting for a reader`),
  );
  if (!opened.ok) return opened;
  const { stream, isPipe } = opened.value;
  let fault: Fault | undefined;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!isPipe || error.code !== 'EPIPE') fault ??= writeFault(path, error);
    onEnd?.();
  });
  return ok({
    write: (text) => void (stream.writable && stream.write(text)),
    drain: () => drained(stream),
    close: () =>
      new Promise((resolve) => {
        const done = (): void => resolve(fault === undefined ? ok(undefined) : err(fault));
        if (stream.closed) done();
        else {
          stream.once('close', done);
          stream.end();
        }
      }),
  });
}

/** So much is written at once. */
const TOGETHER = 64 << 10;

/** Texts of any length altogether, as fast as they are taken. */
export async function writeAll(output: TextOutput, texts: Iterable<string>): Promise<void> {
  let together = '';
  for (const text of texts) {
    together += text;
    if (together.length < TOGETHER) continue;
    output.write(together);
    together = '';
    await output.drain();
  }
  output.write(together);
}

function drained(stream: Writable): Promise<void> {
  if (!stream.writableNeedDrain || stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.once('drain', done);
    stream.once('close', done);
  });
}

/** Cells of the terminal that the text goes to; undefined: what goes elsewhere is not cut. */
export const widthOf = (output: string | undefined): number | undefined =>
  output === undefined && process.stdout.isTTY ? process.stdout.columns || undefined : undefined;

const sayOnStandardError = (text: string): void => void process.stderr.write(`memlens: ${text}\n`);
