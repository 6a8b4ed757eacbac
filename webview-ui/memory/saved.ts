import type { Span } from '../shared/time-view.js';

/** A new user has some seconds of data: a longer window would look empty. */
export const FIRST_SPAN: Span = 60_000;

/** What the view keeps over a reload of the window. */
export interface Saved {
  readonly span: Span;
  /** Measures that are switched off. */
  readonly hidden: readonly string[];
  /** Fields of meminfo that the user has added. */
  readonly lines: readonly string[];
}

/** Of an older or newer version, or of nobody: what is not understood is as at first. */
export function readSaved(state: unknown): Saved {
  const { span, hidden, lines } = (typeof state === 'object' && state !== null ? state : {}) as Record<string, unknown>;
  return {
    span: span === 'all' || (typeof span === 'number' && span > 0) ? span : FIRST_SPAN,
    hidden: texts(hidden),
    lines: texts(lines),
  };
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
