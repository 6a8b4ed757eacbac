import type { BulkLineSink } from '../app/line-sink.js';
import type { Monitors } from '../app/monitors.js';
import type { Clock, Target } from '../app/ports.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import type { Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import type { NamedTarget } from '../model/target-config.js';

/** What trends need of the machine that the extension runs on. Loaded with the first view that is shown. */
export interface TrendServices extends Disposable {
  readonly monitors: Monitors;
  readonly clock: Clock;
  readonly epochMs: () => Milliseconds;
  /** Files and programs of a target, over the same connection as its monitor. */
  target(named: NamedTarget): Target;
  /** A new file for a recording; a file that is there is replaced only when `replace` says so. */
  createFile(path: string, replace: boolean): Promise<Result<BulkLineSink, Fault>>;
  /** Aliases of the user's own ssh configuration. */
  sshHosts(): Promise<readonly string[]>;
  /** Text of a file of this machine, in chunks. */
  readText(path: string): AsyncIterable<string>;
  /** Bytes of a file of this machine. */
  readChunks(path: string): AsyncIterable<Uint8Array>;
}

export type LoadTrends = () => Promise<TrendServices>;
