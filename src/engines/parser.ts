import type { Finding, LeakSummary, Note } from '../model/finding.js';

/** Receives what a parser understands, as soon as it is complete. */
export interface FindingSink {
  finding(finding: Finding): void;
  note(note: Note): void;
}

export interface ParseEnd {
  /** False: this is not a report of this engine ("not mine"); nothing was emitted then. */
  readonly recognised: boolean;
  /** The input ended in the middle of a report. What was understood before the cut has been emitted. */
  readonly partial: boolean;
  /** The engine's own leak totals, when the report holds them (the last ones, when several). */
  readonly summary?: LeakSummary;
}

/**
 * One pass over one report. Text comes in chunks cut anywhere; nothing is thrown for any input, and memory does not
 * grow with the length of the input.
 */
export interface ReportParser {
  push(chunk: string): void;
  end(): ParseEnd;
}

export type ParserFactory = (sink: FindingSink) => ReportParser;
