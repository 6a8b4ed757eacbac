import type { Milliseconds } from '../../src/base/units.js';

/** Two moments that are compared. */
export interface Marks {
  readonly a: Milliseconds | undefined;
  readonly b: Milliseconds | undefined;
}

export const NO_MARKS: Marks = { a: undefined, b: undefined };

/** A, then B, then a new A. */
export const nextMark = ({ a, b }: Marks): 'A' | 'B' => (a === undefined || b !== undefined ? 'A' : 'B');

/** The next mark at the moment; a new A begins a new pair. */
export const withNext = (marks: Marks, at: Milliseconds): Marks =>
  nextMark(marks) === 'A' ? { a: at, b: undefined } : { ...marks, b: at };
