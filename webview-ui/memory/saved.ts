import { savedFields, savedSpan, savedTexts } from '../shared/saved-state.js';
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

/** What is not understood is as at first. */
export function readSaved(state: unknown): Saved {
  const { span, hidden, lines } = savedFields(state);
  return { span: savedSpan(span, FIRST_SPAN), hidden: savedTexts(hidden) ?? [], lines: savedTexts(lines) ?? [] };
}
