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

/** Of an older or newer version, or of nobody: what is not understood is as at first. */
export function readSaved(state: unknown): Saved {
  const { span, measures, machineMeasures, hidden, changes } = (
    typeof state === 'object' && state !== null ? state : {}
  ) as Record<string, unknown>;
  return {
    span: span === 'all' || (typeof span === 'number' && span > 0) ? span : 'all',
    measures: texts(measures) ?? USUAL,
    machineMeasures: texts(machineMeasures) ?? USUAL_MACHINE,
    hidden: texts(hidden) ?? [],
    changes: changes === true,
  };
}

const texts = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined;
