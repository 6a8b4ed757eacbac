import type { Bytes, Milliseconds } from '../base/units.js';
import type { MachineFacts } from './machine.js';
import type { ProcessKey } from './process.js';
import type { TargetConfig } from './target-config.js';

/** The first line of a recording; docs/formats/recording.md. */
export const RECORDING_FORMAT = 'memlens-recording';
export const RECORDING_VERSION = 1;

/** Addresses of a map are written in units of it, which are the smallest pages that Linux has; powers of two round nothing. */
export const ADDRESS_UNIT: Bytes = 4096;
/** The same for the amounts of smaps, which the kernel tells in KiB. */
export const AMOUNT_UNIT: Bytes = 1024;

export interface RecordingHeader {
  readonly version: number;
  /** By the clock of the machine that recorded. */
  readonly created: Milliseconds;
  /** `memlens 1.2.0`: what wrote it. */
  readonly tool: string;
  readonly target: { readonly name: string; readonly kind: TargetConfig['kind'] | 'unknown' };
  readonly machine?: MachineFacts;
}

export interface RecordedProcessName extends ProcessKey {
  readonly command: string;
  readonly commandLine?: string;
}

/** What a reader could not take as it is, how often, and the first line (from 1) where. */
export interface RecordingNote {
  readonly code:
    | 'newer-version'
    | 'no-header'
    | 'header-again'
    | 'bad-line'
    | 'long-line'
    | 'nul-bytes'
    | 'lines-lost'
    | 'unknown-kind'
    | 'unknown-field'
    | 'unknown-column'
    | 'unknown-series'
    | 'moment-refused'
    | 'too-many';
  readonly count: number;
  readonly line: number;
}
