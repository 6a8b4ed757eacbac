import type { Unpackers } from '../app/packed-file.js';
import type { SourceLocator } from '../app/source-locator.js';
import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import type { Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import type { HeapProfile } from '../model/heap-profile.js';

/** What heap profiles need of the machine that the extension runs on. Loaded with the first one. */
export interface HeapServices {
  readonly epochMs: () => Milliseconds;
  /** Bytes of a file of this machine. */
  readChunks(path: string): AsyncIterable<Uint8Array>;
  /** undefined: not told. */
  sizeOf(path: string): Promise<number | undefined>;
  readonly unpackers: Unpackers;
  /** With names for frames that have addresses only, of modules that are as they were when the file was written. */
  named(profile: HeapProfile, path: string, cancel: Cancel): Promise<HeapProfile>;
  /** A new file; one that is there is replaced. */
  writeText(path: string, pieces: Iterable<string>): Promise<Result<void, Fault>>;
  /** As `writeText`, packed by gzip. */
  writePacked(path: string, pieces: Iterable<Uint8Array>): Promise<Result<void, Fault>>;
  /** Finds sources by the settings as they are now. */
  locator(): SourceLocator;
}

export type LoadHeap = () => Promise<HeapServices>;
