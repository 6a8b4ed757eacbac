import { closeSync, openSync, readSync } from 'node:fs';

/** A line of /proc/PID/stat is some 300 bytes; all numbers at their longest give 1,100. */
const buffer = Buffer.allocUnsafe(4096);

/**
 * /proc/PID/stat of every process through descriptors that are kept: a read at 0 costs half of open, read and close. A descriptor
 * stays with its process: after the exit a read says ESRCH, also when the pid was given again. Kept ones are bounded; the others are
 * opened each time.
 */
export class StatFiles {
  private readonly kept = new Map<number, number>();
  /** The line that was read last, up to the returned length. */
  readonly line: Buffer = buffer;

  constructor(private readonly mostKept: number) {}

  /** The length of the line; 0 when the process has gone. */
  read(pid: number): number {
    const kept = this.kept.get(pid);
    if (kept !== undefined) {
      const length = readAtStart(kept);
      if (length > 0) return length;
      // Gone; but the pid may be another process by now.
      this.forget(pid);
    }
    let file: number;
    try {
      file = openSync(`/proc/${pid}/stat`, 'r');
    } catch {
      return 0;
    }
    const length = readAtStart(file);
    if (length > 0 && this.kept.size < this.mostKept) this.kept.set(pid, file);
    else closeSync(file);
    return length;
  }

  forget(pid: number): void {
    const file = this.kept.get(pid);
    if (file === undefined) return;
    this.kept.delete(pid);
    closeSync(file);
  }

  dispose(): void {
    for (const file of this.kept.values()) closeSync(file);
    this.kept.clear();
  }
}

function readAtStart(file: number): number {
  try {
    return readSync(file, buffer, 0, buffer.length, 0);
  } catch {
    return 0;
  }
}
