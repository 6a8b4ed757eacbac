import { closeSync, openSync, read as readCallback, readSync } from 'node:fs';
import { promisify } from 'node:util';
import type { TimeSlice } from './time-slice.js';

const readAsync = promisify(readCallback);

export type WhyUnreadable = 'gone' | 'permission' | 'unreadable';

/** Of these the kernel makes one record: what is shorter than the room is whole, and no read is needed to see its end. */
const ONE_RECORD = new Set(['stat', 'statm', 'status', 'smaps_rollup', 'oom_score', 'oom_score_adj', 'comm', 'cgroup', 'limits']);

const FIRST_ROOM = 64 * 1024;

/** Reads whole files into room that is used again: `bytes` up to the length that `read` gave. */
export class WholeFile {
  bytes: Buffer = Buffer.allocUnsafe(FIRST_ROOM);

  /**
   * Length of the file, or why it can't be read. `slow`: its first call takes many milliseconds (smaps_rollup of a large process), and
   * is made in a thread of Node's pool. Files of many records come in pieces of about a page, with breaks between them.
   */
  async read(path: string, name: string, slow: boolean, slice: TimeSlice): Promise<number | WhyUnreadable> {
    let file: number | undefined;
    try {
      file = openSync(path, 'r');
      let length = 0;
      for (;;) {
        const room = this.bytes.length - length;
        const more: number =
          slow && length === 0
            ? (await readAsync(file, this.bytes, 0, room, null)).bytesRead
            : readSync(file, this.bytes, length, room, null);
        length += more;
        if (more === 0 || (more < room && ONE_RECORD.has(name))) return length;
        if (more === room) this.grow();
        if (slice.isOver()) await slice.next();
      }
    } catch (error) {
      return whyUnreadable(error);
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  private grow(): void {
    const larger = Buffer.allocUnsafe(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

export function whyUnreadable(error: unknown): WhyUnreadable {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ESRCH':
      return 'gone';
    case 'EACCES':
    case 'EPERM':
      return 'permission';
    default:
      return 'unreadable';
  }
}
