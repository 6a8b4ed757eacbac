import type { Milliseconds } from '../base/units.js';
import type { HeapNarrowing } from '../model/heap-narrowing.js';
import type { HeapProfile } from '../model/heap-profile.js';

/** The contract between the extension host and the page Heap Profile. Both sides refuse another version. */
export const HEAP_PROTOCOL = 2;

/** How the profile comes. */
export type HeapState =
  /** `bytes` of the file that were read so far, of `wholeBytes`. */
  | { readonly kind: 'reading'; readonly bytes?: number; readonly wholeBytes?: number }
  /** A file, or a result that is whole; nothing new comes by itself. */
  | { readonly kind: 'still' }
  /** It goes on: a newer profile comes while the process is observed. */
  | { readonly kind: 'live'; readonly since: Milliseconds }
  /** It was live; the last profile stays. `why`: in words. */
  | { readonly kind: 'ended'; readonly at: Milliseconds; readonly why: string }
  | { readonly kind: 'failed'; readonly message: string; readonly nextStep: string };

/** A result of this session that is kept to be compared with: the user's marks of a live profile. */
export interface HeapMark {
  readonly id: number;
  readonly at: Milliseconds;
}

export type ToHeapPage =
  | { readonly kind: 'hello'; readonly version: number; readonly saved: unknown }
  | { readonly kind: 'state'; readonly state: HeapState; readonly title: string; readonly description: string }
  | {
      readonly kind: 'profile';
      readonly profile: HeapProfile;
      /** 1 for each frame that is not of the user's own code. */
      readonly system: Uint8Array;
      /** What is to be known of it, in words. */
      readonly notes: readonly string[];
      /** It is what the second has more than the first: their names. */
      readonly compared?: { readonly before: string; readonly after: string };
    }
  | { readonly kind: 'marks'; readonly marks: readonly HeapMark[] }
  /** Whether the lines in the editor tell the bytes of this profile. */
  | { readonly kind: 'annotated'; readonly isOn: boolean }
  | { readonly kind: 'keep'; readonly state: unknown }
  | { readonly kind: 'fault'; readonly message: string; readonly nextStep: string };

/** Formats that the host writes; pictures are drawn by the page. */
export type HeapExport = 'pprof' | 'speedscope' | 'folded' | 'csv' | 'json';

export type FromHeapPage =
  | { readonly kind: 'ready'; readonly version: number }
  | { readonly kind: 'save'; readonly state: unknown }
  /** Read it again after a failure. */
  | { readonly kind: 'retry' }
  | { readonly kind: 'cancel' }
  /** The profile that was told last is drawn: of a live one a newer one may come. */
  | { readonly kind: 'drawn' }
  /** Index into the frames of the profile that was told last. */
  | { readonly kind: 'open-frame'; readonly frame: number }
  /** What is shown, and what is made of it: docs/heap.md. */
  | { readonly kind: 'open-help' }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'export'; readonly format: HeapExport; readonly narrowing: HeapNarrowing }
  | { readonly kind: 'export-image'; readonly format: 'png' | 'svg'; readonly bytes: Uint8Array }
  /** Tell the bytes of this measure at the lines in the editor; undefined: no longer. */
  | { readonly kind: 'annotate'; readonly measure: number | undefined }
  /** Keep what is live now, to be compared with. Answered by `marks`. */
  | { readonly kind: 'mark' }
  /** What the newest profile has more than the marked one. Answered by `profile`. */
  | { readonly kind: 'compare-mark'; readonly mark: number }
  /** Ask the user for another file, an older one. Answered by `profile`. */
  | { readonly kind: 'compare-file' }
  | { readonly kind: 'stop-comparing' };
