import { createWriteStream, type WriteStream } from 'node:fs';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import { writeFault } from './write-fault.js';

/** Text that goes to standard output, or to a file that is written as it comes. */
export interface TextOutput {
  write(text: string): void;
  /** Resolves when all of it is written; with a fault when some of it could not be. */
  close(): Promise<Result<void, Fault>>;
}

export function standardOutput(): TextOutput {
  return {
    write: (text) => void process.stdout.write(text),
    close: () => new Promise((done) => process.stdout.write('', () => done(ok(undefined)))),
  };
}

/** A file that can't be opened is told at once; `onFault` hears of a disk that is full. */
export async function fileOutput(path: string, onFault: () => void): Promise<Result<TextOutput, Fault>> {
  const stream: WriteStream = createWriteStream(path);
  let fault: Fault | undefined;
  const opened = await new Promise<Fault | undefined>((resolve) => {
    stream.once('open', () => resolve(undefined));
    stream.once('error', (error) => resolve(writeFault(path, error)));
  });
  if (opened !== undefined) return err(opened);
  stream.on('error', (error) => {
    fault ??= writeFault(path, error);
    onFault();
  });
  return ok({
    write: (text) => void stream.write(text),
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
