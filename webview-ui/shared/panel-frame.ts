import type { TrendEvent } from '../../src/model/trend-event.js';
import type { SeriesStyle } from './swatch.js';
import type { ChartFrame } from './time-chart.js';

/** A chart with what its series are called and what happened. */
export interface PanelFrame extends ChartFrame {
  /** What the pointer and the cursor tell of a series, by its id. */
  readonly about: ReadonlyMap<string, { readonly style: SeriesStyle; readonly definition: string }>;
  readonly events: readonly TrendEvent[];
  /** Of what the values of areas are parts. */
  readonly whole?: number;
}
