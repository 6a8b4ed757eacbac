import type { Bytes, Milliseconds } from '../base/units.js';
import type { Certainty, Finding, LeakKind, LeakSummary, Note, Place } from './finding.js';
import type { Segment } from './segment.js';

/** Addresses that the stacks of a finding mapped, by what the memory map of the process says of them right after the look. */
export interface MappedPart {
  /** `anonymous` where the map itself only guesses. */
  readonly segment: Segment;
  /** For a person: `POSIX shared memory`. */
  readonly label: string;
  /** The file or the object; empty: none. */
  readonly name: string;
  /** Address of the first one. */
  readonly start: number;
  /** So many of them, and their sizes in all. */
  readonly count: number;
  readonly bytes: Bytes;
}

/** What another engine said of the same line of the same program. */
export interface Voice {
  /** As in `Finding`; `trend`, `leak-check` and `malloc-info` of the whole process. */
  readonly engine: string;
  /** It is about the whole process: nothing that it says is of this line alone. */
  readonly of?: 'process';
  /** Its headline, on one line. */
  readonly text: string;
  readonly leakKind?: LeakKind;
  readonly certainty: Certainty;
  readonly bytes?: Bytes;
  /** As in `PlacedFinding`. */
  readonly mapped?: readonly MappedPart[];
}

/**
 * What is known of the memory of a finding, by all that was seen.
 *
 * `lost`: nothing points to it any more. `reachable-growing`: something does, and it grows (a cache, a list that is never trimmed).
 * `reachable-steady`: something does, and it does not grow. `held-by-allocator`: it was freed, and not given back to the kernel. `not-heap`: it is a
 * file's, shared, or a stack's.
 */
export interface Standing {
  readonly state: 'lost' | 'reachable-growing' | 'reachable-steady' | 'held-by-allocator' | 'not-heap';
  /** One sentence for each thing that was seen. */
  readonly evidence: readonly string[];
}

/** A finding with the frame that a person should look at first. */
export interface PlacedFinding extends Finding {
  /** What other looks at the same program said of its line; absent: none did. */
  readonly voices?: readonly Voice[];
  /** Absent: what was seen tells nothing of it yet. */
  readonly standing?: Standing;
  /** Absent: which addresses it is about is not known, or they were given back meanwhile. */
  readonly mapped?: readonly MappedPart[];
  /** Stable over runs of the same code: engine, kind and stacks without addresses. */
  readonly fingerprint: string;
  /** null when no frame is the user's. */
  readonly place: Place | null;
  /** Which frame `place` is: indexes into `stacks` and its `frames`. Absent when `place` is null or no frame of a stack. */
  readonly placeFrame?: { readonly stack: number; readonly frame: number };
  /** Absolute path of every frame's file that exists here, by the engine's own spelling of it. */
  readonly sources: Readonly<Record<string, string>>;
}

/** How the program ended. */
export interface Exit {
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal?: string;
}

/** The run that a report comes from; absent for a report that was opened from a file. */
export interface RunRecord {
  readonly title: string;
  /** What was started, without the engine's own wrapping. */
  readonly program: string;
  readonly args: readonly string[];
  readonly engine: string;
  /** Why `auto` took this engine, or what the user should know about it. */
  readonly engineReason?: string;
  readonly exit?: Exit;
  /** Why it was ended by us, when it was. */
  readonly stopped?: 'time-limit' | 'user';
  readonly durationMs: Milliseconds;
}

/** Everything one or more reports said, in one place. Findings are sorted: errors first, then leaks by bytes. */
export interface Report {
  readonly findings: readonly PlacedFinding[];
  readonly summary: LeakSummary;
  /** The number of findings that are no leaks, each counted `count` times. */
  readonly errors: number;
  readonly partial: boolean;
  readonly notes: readonly Note[];
  readonly run?: RunRecord;
}
