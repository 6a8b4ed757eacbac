import type { Cancel } from '../../base/cancel.js';
import type { Milliseconds } from '../../base/units.js';
import type { Finding, Note } from '../../model/finding.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import type { Target } from '../ports.js';
import type { ProcessSpace } from './process-space.js';

export interface SymbolSettings {
  /** Folders of this machine as /usr/lib/debug is one; they are asked before it. */
  readonly debugDirectories: readonly string[];
  /** `allowed`: what is nowhere here may be asked for from the servers of DEBUGINFOD_URLS. */
  readonly debuginfod: 'off' | 'allowed';
}

/** Where addresses are from. */
export interface SymbolOrigin {
  /** The machine of the modules; absent: this one. */
  readonly target?: Target;
  /** A folder of this machine that holds the files of `target`. */
  readonly sysroot?: string;
  /** The process, as it was when the addresses were taken; a file of a profiler has none. */
  readonly space?: ProcessSpace;
  /** When the addresses were taken, milliseconds since the Unix epoch: a module that was changed later is another one. */
  readonly takenMs?: Milliseconds;
  /** The file of this machine that stands for a module; undefined: that of its own name, where it fits. */
  readonly fileOf?: (module: string) => string | undefined;
}

/** Addresses become functions, files, lines, columns and inlined frames. One for all engines; what was found is kept. */
export interface Symbols {
  /** Names for frames that have addresses only, inlined frames in between. Values stay where they were. */
  symbolizeProfile(
    profile: HeapProfile,
    origin: SymbolOrigin,
    cancel: Cancel,
  ): Promise<{ readonly profile: HeapProfile; readonly notes: readonly Note[] }>;
  /** Adds what an engine did not say; never replaces what it said. */
  symbolizeFindings(
    findings: readonly Finding[],
    origin: SymbolOrigin,
    cancel: Cancel,
  ): Promise<{ readonly findings: readonly Finding[]; readonly notes: readonly Note[] }>;
}
