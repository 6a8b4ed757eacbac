import { savedFields, savedSpan, savedTexts } from '../shared/saved-state.js';
import type { Span } from '../shared/time-view.js';

/** What the page keeps over a reload of the window. */
export interface Saved {
  readonly span: Span;
  /** Measures of processes and of machines that are drawn, in the order in which they were chosen. */
  readonly measures: readonly string[];
  readonly machineMeasures: readonly string[];
  /** Series that are switched off. */
  readonly hidden: readonly string[];
  /** Changes since the start of the window instead of the values. */
  readonly changes: boolean;
}

const USUAL = ['uss', 'rss', 'heap'];
const USUAL_MACHINE = ['meminfo.MemAvailable', 'part.applications'];

/** What is not understood is as at first. */
export function readSaved(state: unknown): Saved {
  const { span, measures, machineMeasures, hidden, changes } = savedFields(state);
  return {
    span: savedSpan(span, 'all'),
    measures: savedTexts(measures) ?? USUAL,
    machineMeasures: savedTexts(machineMeasures) ?? USUAL_MACHINE,
    hidden: savedTexts(hidden) ?? [],
    changes: changes === true,
  };
}
