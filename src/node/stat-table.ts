import type { ReadSink } from '../app/reader.js';
import type { ProcessStat } from '../model/process.js';
import { parseStat } from '../procfs/stat.js';

interface Entry {
  bytes: Buffer;
  length: number;
  stat: ProcessStat | undefined;
  round: number;
}

/** Room for a line of /proc/PID/stat; a longer one gets more. */
const LINE_BYTES = 384;

/** What was told of every process: tells what is new of a line of /proc/PID/stat, and which processes have gone. */
export class StatTable {
  private readonly entries = new Map<number, Entry>();
  private round = 0;
  private seen = 0;

  get size(): number {
    return this.entries.size;
  }

  has(pid: number): boolean {
    return this.entries.has(pid);
  }

  begin(): void {
    this.round++;
    this.seen = 0;
  }

  /**
   * `line` is only read. Most processes sleep: their lines are the same byte for byte, and are not parsed. A pid that was given again
   * is told as an exit and a new process; `forget` is told such a pid, too.
   */
  take(pid: number, line: Uint8Array, length: number, sink: ReadSink, forget: (pid: number) => void): void {
    let entry = this.entries.get(pid);
    if (entry === undefined) {
      entry = { bytes: Buffer.allocUnsafe(LINE_BYTES), length: 0, stat: undefined, round: 0 };
      this.entries.set(pid, entry);
    }
    if (entry.round !== this.round) this.seen++;
    entry.round = this.round;
    if (entry.length === length && entry.bytes.compare(line, 0, length, 0, length) === 0) return;
    if (entry.bytes.length < length) entry.bytes = Buffer.allocUnsafe(length * 2);
    entry.bytes.set(line.subarray(0, length));
    entry.length = length;
    const stat = parseStat(entry.bytes.subarray(0, length));
    if (stat === undefined || (entry.stat !== undefined && sameStat(stat, entry.stat))) return;
    if (entry.stat !== undefined && entry.stat.startTicks !== stat.startTicks) {
      forget(pid);
      sink.exit(pid);
    }
    entry.stat = stat;
    sink.stat(stat);
  }

  /** Tells those that were not taken since `begin`; `forget` is told them too. */
  end(sink: ReadSink, forget: (pid: number) => void): void {
    if (this.seen === this.entries.size) return;
    for (const [pid, entry] of this.entries) {
      if (entry.round === this.round) continue;
      this.entries.delete(pid);
      forget(pid);
      // A line that was never understood was never told.
      if (entry.stat !== undefined) sink.exit(pid);
    }
  }
}

/** CPU time changes at every tick of a busy process; it is no field of ours. */
function sameStat(a: ProcessStat, b: ProcessStat): boolean {
  return (
    a.minorFaults === b.minorFaults &&
    a.rssPages === b.rssPages &&
    a.state === b.state &&
    a.vsz === b.vsz &&
    a.threads === b.threads &&
    a.majorFaults === b.majorFaults &&
    a.startTicks === b.startTicks &&
    a.parent === b.parent &&
    a.session === b.session &&
    a.command === b.command
  );
}
