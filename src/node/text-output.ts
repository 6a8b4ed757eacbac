import { type Cancel, neverCancelled } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import { visibleText } from '../base/visible-text.js';
import { openOutput } from './open-output.js';
import { writeFault } from './write-fault.js';

/** Text that goes to standard output, or to a file that is written as it comes. */
export interface TextOutput {
  write(text: string): void;
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
    close: () => new Promise((done) => process.stdout.write('', () => done(ok(undefined)))),
  };
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

const sayOnStandardError = (text: string): void => void process.stderr.write(`memlens: ${text}\n`);
