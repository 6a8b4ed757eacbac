import type { Milliseconds } from '../../src/base/units.js';
import type { Unit } from '../../src/model/measure.js';
import type { Buckets } from './buckets.js';
import type { Gap } from './gaps.js';

/** A series as a chart draws it. The arrays hold at least `buckets.length` values; NaN: not known. */
export interface DrawnSeries {
  readonly id: string;
  readonly label: string;
  readonly unit: Unit;
  /** `area`: filled from the axis to `mean`; the areas of a stack are drawn over another, the last one first. */
  readonly shape: 'line' | 'area';
  readonly stroke: string;
  readonly fill?: string | CanvasPattern;
  readonly dash: readonly number[];
  readonly width: number;
  readonly buckets: Buckets;
  readonly mean: Float64Array;
  /** What is told of the series: `mean` of a line, the height of an area. */
  readonly values: Float64Array;
  /** Of what one bucket holds; left out where that says nothing (sums of parts). */
  readonly min?: Float64Array;
  readonly max?: Float64Array;
  /** Taken off every value: for changes since a moment. */
  readonly offset: number;
  /** Nothing is drawn across. */
  readonly gaps: readonly Gap[];
  /** The right edge: the newest bucket is not full. */
  readonly until: Milliseconds;
}
