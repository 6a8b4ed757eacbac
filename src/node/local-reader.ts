import { readdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { Reader, ReadFacts, ReadRequest, ReadSink } from '../app/reader.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import { parseLimits } from '../procfs/limits.js';
import { digestMaps } from '../procfs/maps-digest.js';
import { type KnownFile, KnownFiles, takeBytes, takeUnreadable } from './known-files.js';
import { StatFiles } from './stat-files.js';
import { StatTable } from './stat-table.js';
import { TimeSlice } from './time-slice.js';
import { WholeFile, whyUnreadable } from './whole-file.js';

/** What took longer last time is read in a thread of Node's pool. */
const SLOW_MICROSECONDS = 3000;
/** Directories with more entries are listed there, too. */
const MANY_ENTRIES = 4000;
const MOST_KEPT = 2000;
const LARGE_ROOM = 8 * 1024 * 1024;

/** Reads files of this machine. No process is started, and the event loop is held up for some milliseconds at most. */
export class LocalReader implements Reader {
  private readonly stats = new StatTable();
  private readonly statFiles: StatFiles;
  private readonly known = new KnownFiles();
  private file = new WholeFile();
  private slice = new TimeSlice();
  private processes = 0;
  private disposed = false;

  constructor() {
    this.statFiles = new StatFiles(Math.min(MOST_KEPT, Math.floor(openFilesLimit() / 4)));
  }

  async read(request: ReadRequest, sink: ReadSink): Promise<Result<ReadFacts, Fault>> {
    if (process.platform !== 'linux') return err({ code: 'unsupported-platform', platform: process.platform });
    const began = performance.now();
    this.slice = new TimeSlice();
    for (const path of request.files) await this.readFile(0, path, path, sink);
    if (request.everyStat) {
      const fault = await this.readStats(sink);
      if (fault !== undefined) return err(fault);
    }
    for (const { pid, names } of request.processes) {
      for (const name of names) await this.readFile(pid, name, `/proc/${pid}/${name}`, sink);
    }
    for (const pid of request.maps) await this.readMaps(pid, sink);
    for (const pid of request.fds) await this.countFds(pid, sink);
    // The smaps of a large process takes tens of megabytes, once.
    if (this.file.bytes.length > LARGE_ROOM) this.file = new WholeFile();
    if (this.disposed) {
      // Some may have been opened after `dispose`.
      this.statFiles.dispose();
      return err({ code: 'cancelled' });
    }
    return ok({ bytes: 0, roundTripMs: performance.now() - began });
  }

  /** This machine stays. */
  onDidEnd(): Disposable {
    return { dispose: () => undefined };
  }

  dispose(): void {
    this.disposed = true;
    this.statFiles.dispose();
  }

  private readonly forget = (pid: number): void => this.known.forget(pid);

  private async readStats(sink: ReadSink): Promise<Fault | undefined> {
    let names: readonly string[];
    try {
      names = this.processes > MANY_ENTRIES ? await readdir('/proc') : readdirSync('/proc');
    } catch (error) {
      return { code: 'unreadable', path: '/proc', detail: String(error) };
    }
    this.stats.begin();
    let count = 0;
    for (const name of names) {
      const first = name.charCodeAt(0);
      if (first < 0x31 || first > 0x39) continue;
      const pid = Number(name);
      const length = this.statFiles.read(pid);
      if (length > 0) this.stats.take(pid, this.statFiles.line, length, sink, this.forget);
      if ((++count & 63) === 0 && this.slice.isOver()) {
        await this.slice.next();
        if (this.disposed) return undefined;
      }
    }
    this.processes = count;
    this.stats.end(sink, this.forget);
    this.known.keep(this.stats);
    return undefined;
  }

  private async readFile(pid: number, name: string, path: string, sink: ReadSink): Promise<void> {
    const known = this.known.of(pid, name);
    const length = await this.readKnown(known, name, path, sink);
    if (length === undefined || !takeBytes(known, this.file.bytes, length)) return;
    sink.text(pid, name, this.file.bytes.subarray(0, length));
  }

  /** The length of what is in `file` now; undefined when it can't be read, which was told. */
  private async readKnown(known: KnownFile, name: string, path: string, sink: ReadSink): Promise<number | undefined> {
    const began = performance.now();
    const length = await this.file.read(path, name, (known.cost ?? 0) > SLOW_MICROSECONDS, this.slice);
    if (typeof length === 'string') {
      if (takeUnreadable(known)) sink.unreadable(known.pid, name, length);
      return undefined;
    }
    known.cost = (performance.now() - began) * 1000;
    if (known.pid !== 0) sink.cost(known.pid, name, known.cost);
    if (this.slice.isOver()) await this.slice.next();
    return length;
  }

  private async readMaps(pid: number, sink: ReadSink): Promise<void> {
    const known = this.known.of(pid, '@maps');
    const length = await this.readKnown(known, 'maps', `/proc/${pid}/maps`, sink);
    if (length === undefined) return;
    const digest = digestMaps(this.file.bytes.subarray(0, length));
    const text = Buffer.from(`${digest.vmas} ${digest.heap?.start} ${digest.heap?.end}`);
    if (takeBytes(known, text, text.length)) sink.maps(pid, digest);
  }

  private async countFds(pid: number, sink: ReadSink): Promise<void> {
    const known = this.known.of(pid, '@fd');
    const path = `/proc/${pid}/fd`;
    let count: number;
    try {
      const many = known.bytes !== undefined && Number(known.bytes.toString()) > MANY_ENTRIES;
      count = (many ? await readdir(path) : readdirSync(path)).length;
    } catch (error) {
      if (takeUnreadable(known)) sink.unreadable(pid, 'fd', whyUnreadable(error));
      return;
    }
    const text = Buffer.from(String(count));
    if (takeBytes(known, text, text.length)) sink.fds(pid, count);
    if (this.slice.isOver()) await this.slice.next();
  }
}

/** Soft limit of open files (RLIMIT_NOFILE). */
function openFilesLimit(): number {
  try {
    const { openFiles } = parseLimits(readFileSync('/proc/self/limits', 'latin1'));
    return typeof openFiles === 'number' ? openFiles : 4 * MOST_KEPT;
  } catch {
    return 0;
  }
}
