import { type FileHandle, open } from 'node:fs/promises';
import type { BulkLineSink } from '../app/line-sink.js';
import { Emitter } from '../base/emitter.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Bytes, Milliseconds } from '../base/units.js';
import { writeFault } from './write-fault.js';

const FLUSH_AFTER: Milliseconds = 1000;
const FLUSH_AT: Bytes = 64 << 10;
/** A disk that does not take this much in time will not take the rest. */
const MOST_WAITING: Bytes = 16 << 20;

/**
 * A file that lines are appended to: written after a second at the latest, synced to the disk when it is closed. A reader of the file,
 * after a crash of the writer, misses the last second and may find the last line cut.
 */
class LineFile implements BulkLineSink {
  private readonly failed = new Emitter<Fault>();
  private waiting: string[] = [];
  private waitingBytes = 0;
  private writing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private fault: Fault | undefined;
  private closed: Promise<Result<void, Fault>> | undefined;
  readonly onDidFail = this.failed.on.bind(this.failed);

  constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  write(line: string): void {
    if (this.fault !== undefined || this.closed !== undefined) return;
    this.waiting.push(`${line}\n`);
    this.waitingBytes += line.length + 1;
    if (this.waitingBytes > MOST_WAITING) {
      this.fail({ code: 'unwritable', path: this.path, detail: 'the disk does not answer' });
      return;
    }
    if (this.waitingBytes >= FLUSH_AT) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER);
  }

  close(): Promise<Result<void, Fault>> {
    this.closed ??= this.finish();
    return this.closed;
  }

  async drain(): Promise<void> {
    while (this.fault === undefined && (this.waiting.length > 0 || this.writing !== undefined)) await this.flush();
  }

  private async finish(): Promise<Result<void, Fault>> {
    await this.drain();
    clearTimeout(this.timer);
    try {
      if (this.fault === undefined) await this.file.sync();
    } catch (error) {
      this.fail(writeFault(this.path, error));
    }
    await this.file.close().catch((error: unknown) => this.fail(writeFault(this.path, error)));
    return this.fault === undefined ? ok(undefined) : err(this.fault);
  }

  /** One write at a time: what comes meanwhile waits for the next. */
  private flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.writing !== undefined) return this.writing;
    if (this.waiting.length === 0) return Promise.resolve();
    const text = this.waiting.join('');
    this.waiting = [];
    this.waitingBytes = 0;
    this.writing = this.file
      .appendFile(text)
      .catch((error: unknown) => this.fail(writeFault(this.path, error)))
      .finally(() => {
        this.writing = undefined;
        if (this.waiting.length > 0 && this.fault === undefined) this.timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER);
      });
    return this.writing;
  }

  private fail(fault: Fault): void {
    if (this.fault !== undefined) return;
    this.fault = fault;
    this.waiting = [];
    this.waitingBytes = 0;
    clearTimeout(this.timer);
    this.failed.emit(fault);
  }
}

/** A new file. One that is there is a fault, unless it is to be replaced. */
export async function createLineFile(path: string, replace: boolean): Promise<Result<BulkLineSink, Fault>> {
  try {
    return ok(new LineFile(path, await open(path, replace ? 'w' : 'ax')));
  } catch (error) {
    return err(writeFault(path, error));
  }
}
