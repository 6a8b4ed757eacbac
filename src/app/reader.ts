import type { Cancel } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import type { Result } from '../base/result.js';
import type { Bytes, Milliseconds } from '../base/units.js';
import type { MapsDigest, ProcessStat } from '../model/process.js';

/**
 * What one tick reads. A `name` below is a file of /proc/PID, such as `smaps_rollup`. Paths are absolute and may hold anything
 * but NUL and a newline.
 */
export interface ReadRequest {
  /** Whole files: `/proc/meminfo`. */
  readonly files: readonly string[];
  /** /proc/PID/stat of every process: `ReadSink.stat` and `ReadSink.exit`. */
  readonly everyStat: boolean;
  /** Files of single processes, with the names to read of each. */
  readonly processes: readonly { readonly pid: number; readonly names: readonly string[] }[];
  /** Processes of whose maps the number of mappings and the heap are wanted: `ReadSink.maps`. */
  readonly maps: readonly number[];
  /** Processes whose open file descriptors are to be counted: `ReadSink.fds`. */
  readonly fds: readonly number[];
}

/**
 * Told, during `read`, what is new since the reader's last tick: a file whose text has not changed is not told again. `pid` 0 is
 * for a path of its own. Bytes are only good during the call.
 */
export interface ReadSink {
  text(pid: number, name: string, bytes: Uint8Array): void;
  /**
   * It can't be read now: it is gone, or we may not. Told once until it can be read again. `permission` only where the
   * reader knows; a shell without a way to tell says `unreadable`. For `maps` and `fds`, `name` is `maps` and `fd`.
   */
  unreadable(pid: number, name: string, why: 'gone' | 'permission' | 'unreadable'): void;
  stat(stat: ProcessStat): void;
  /** Told by `everyStat` only. What was told of the process's files is forgotten, so that another one with this pid is told whole. */
  exit(pid: number): void;
  maps(pid: number, digest: MapsDigest): void;
  fds(pid: number, count: number): void;
  /**
   * What reading a file of a process cost the target, in microseconds; told for every file of `processes`, and for `maps`,
   * changed or not, where it can be measured. The budget is made of these.
   */
  cost(pid: number, name: string, microseconds: number): void;
}

/** What a tick took. */
export interface ReadFacts {
  /** On the wire; 0 for this machine. */
  readonly bytes: Bytes;
  readonly roundTripMs: Milliseconds;
}

/**
 * Reads files of a target tick by tick, through one loop that stays there until `dispose`. One `read` at a time. After a fault
 * the reader is of no use any more: dispose it and open another, which begins with everything.
 */
export interface Reader extends Disposable {
  read(request: ReadRequest, sink: ReadSink): Promise<Result<ReadFacts, Fault>>;
  /** Told once, when the connection ends by itself, even between two ticks. */
  onDidEnd(listener: (fault: Fault) => void): Disposable;
}

/** What a monitor needs of a target. */
export interface ReaderSource {
  /** A loop on the target that reads its files tick by tick; cancel gives up the connecting. */
  openReader(cancel: Cancel): Promise<Result<Reader, Fault>>;
}
