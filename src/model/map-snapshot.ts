import type { Milliseconds } from '../base/units.js';
import type { MapTable } from './map-table.js';
import type { ProcessKey, Rollup } from './process.js';
import type { RegionClasses } from './segment.js';

/** Where a map is from. */
export type MapOrigin =
  | {
      readonly kind: 'process';
      /** Name of the target. */
      readonly target: string;
      readonly process: ProcessKey;
      readonly command: string;
      readonly commandLine?: string;
      readonly executable?: string;
    }
  | { readonly kind: 'file'; readonly name: string };

/** What was read: `maps` has no amounts; `pmap-x`, `-X`, `-XX` are outputs of pmap(1). */
export type MapForm = 'smaps' | 'maps' | 'pmap' | 'pmap-x' | 'pmap-X' | 'pmap-XX' | 'memlens';

/** What is not as it should be, and what it means for the map. `count` and `line` (from 1) where they help. */
export interface MapNote {
  readonly code: /** We may not read smaps: sizes and names only. */
    | 'no-amounts'
    /** We may not read maps either. */
    | 'no-permission'
    /** The process ended while it was read: what had been read is kept. */
    | 'ended'
    /** It ends in the middle of a mapping. */
    | 'cut'
    /** Lines that are none of a map. */
    | 'foreign-lines'
    /** Mappings that overlap or go back: read while the process changed them, or several maps in one file. */
    | 'out-of-order'
    /** More than the limit of mappings: the rest is left out. */
    | 'too-many'
    /** ELF headers that could not be read, so that data and bss are told by the layout. */
    | 'no-headers'
    /** Stack pointers of threads are not told, so that their stacks are told by the layout. */
    | 'no-stack-pointers'
    /** Names of threads are not told. */
    | 'no-threads'
    /** The form does not tell these: the page leaves them out. */
    | 'form-lacks';
  readonly detail?: string;
  readonly count?: number;
  readonly line?: number;
}

/** An address space at one moment. */
export interface MapSnapshot {
  /** Milliseconds since the Unix epoch; of a file, when it was written. */
  readonly at: Milliseconds;
  readonly origin: MapOrigin;
  readonly form: MapForm;
  readonly bits: 32 | 64;
  readonly pageSize: number;
  readonly table: MapTable;
  readonly classes: RegionClasses;
  /** /proc/PID/smaps_rollup right after it. */
  readonly rollup?: Rollup;
  readonly threads?: number;
  /** /proc/sys/vm/max_map_count */
  readonly maxMapCount?: number;
  /** What reading it cost the target: the budget of live mode is made of it. */
  readonly costMs?: Milliseconds;
  readonly notes: readonly MapNote[];
}
