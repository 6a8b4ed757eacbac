import type { Bytes } from '../base/units.js';
import type { Stack } from './stack.js';

/**
 * Where a leak stands in the reachability of the heap: Memcheck's four kinds (Valgrind manual 4.2.8), and
 * LeakSanitizer's two (`Direct leak`, `Indirect leak`), each in its engine's own word. `unfreed`: it was not freed at the end, and the engine
 * (heaptrack) does not look whether something still points to it. `unreferenced`: kmemleak has found no pointer to it, or into it, in the memory that it scans.
 */
export type LeakKind =
  | 'definitely'
  | 'indirectly'
  | 'possibly'
  | 'reachable'
  | 'direct'
  | 'indirect'
  | 'unfreed'
  | 'unreferenced';

/** How sure the engine is that this is a fault: `possible` is never shown as an error. */
export type Certainty = 'definite' | 'possible' | 'growing';

/** One thing an engine reported. Plain data: it survives JSON. */
export interface Finding {
  /** The engine whose words these are: `asan`, `lsan`, `memcheck`, `hwasan`, `msan`, ... */
  readonly engine: string;
  /**
   * `leak`, or the engine's own name of the error: `heap-use-after-free`, `InvalidRead`... Text reports of Memcheck get the
   * names of its XML protocol.
   */
  readonly kind: string;
  /** Only for kind `leak`. */
  readonly leakKind?: LeakKind;
  readonly certainty: Certainty;
  /** The engine's own headline, on one line. */
  readonly message: string;
  /**
   * Bytes of the leaked blocks themselves: for Memcheck the direct bytes only, for its indirect blocks have findings
   * of their own.
   */
  readonly bytes?: Bytes;
  readonly blocks?: number;
  /** Only for a memory access. */
  readonly access?: 'read' | 'write';
  /** Bytes read or written by the access, or of the uninitialised value that was used. */
  readonly size?: Bytes;
  /** Hexadecimal with 0x. */
  readonly address?: string;
  /** How often the engine saw it, at least 1. */
  readonly count: number;
  /** The process, when the report names it. */
  readonly pid?: number;
  /** The first is where it happened; those after it explain it. May be empty: some leaks have no stack. */
  readonly stacks: readonly Stack[];
  /** Sentences of the engine that explain the address or the block. */
  readonly details?: readonly string[];
}

/** A frame as the place of a finding: the first one that is the user's. */
export interface Place {
  readonly function: string | null;
  /** Absolute when it was found on this machine, else as the engine printed it. */
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

export interface SizeAndCount {
  readonly bytes: Bytes;
  readonly blocks: number;
}

/** Valgrind's leak summary. `suppressed` is 0 when the engine did not tell. */
export interface LeakSummary {
  readonly definitely: SizeAndCount;
  readonly indirectly: SizeAndCount;
  readonly possibly: SizeAndCount;
  readonly reachable: SizeAndCount;
  readonly suppressed: SizeAndCount;
}

/** Something the user should know about the report itself, such as an engine's fatal error. */
export interface Note {
  readonly severity: 'info' | 'warning' | 'error';
  /** Stable name, for tests and links: `lsan-fatal`, `cut`, `fatal-signal`... */
  readonly code: string;
  readonly text: string;
}
