import type { Listen } from '../base/emitter.js';
import type { Fault } from '../base/fault.js';
import type { Result } from '../base/result.js';

/** Where lines go. What can't be written is told once by `onDidFail`, and by `close`; lines after that are dropped. */
export interface LineSink {
  /** Without its line end. It may wait for a second in memory. */
  write(line: string): void;
  /** Writes what waits, to the disk itself. */
  close(): Promise<Result<void, Fault>>;
  readonly onDidFail: Listen<Fault>;
}

/** A sink for those who write more at once than may wait in memory. */
export interface BulkLineSink extends LineSink {
  /** Resolves when nothing waits any more, or nothing will be written. */
  drain(): Promise<void>;
}

/** Few enough to wait together, however long they are. */
const LINES_TOGETHER = 500;

/** Writes all lines, with or without their newlines, as fast as they are taken, and closes the sink. */
export async function writeLines(sink: BulkLineSink, lines: Iterable<string>): Promise<Result<void, Fault>> {
  let together = 0;
  for (const line of lines) {
    // A carriage return before it is of the form: CSV has one.
    sink.write(line.replace(/\n$/, ''));
    if (++together % LINES_TOGETHER === 0) await sink.drain();
  }
  return sink.close();
}
