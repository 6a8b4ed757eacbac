import { DAY, HOUR, MINUTE, type Milliseconds, SECOND } from '../../src/base/units.js';
import type { Unit } from '../../src/model/measure.js';

export interface ValueAxis {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly ticks: readonly number[];
}

/** What is counted in powers of two. */
const BINARY = new Set<Unit>(['bytes', 'bytes-per-second', 'address']);

/** An axis that holds both values and has about `count` steps; sizes go by powers of two, so that ticks are whole KiB, MiB, GiB. */
export function valueAxis(low: number, high: number, count: number, unit: Unit): ValueAxis {
  const smallest = BINARY.has(unit) ? 4096 : unit === 'percent' ? 0.1 : unit === 'per-second' ? 0.5 : 1;
  // Ticks of four digits at most; smaller changes of a large value are seen as changes since a moment.
  const least = unit === 'address' ? smallest : Math.max(smallest, Math.max(Math.abs(low), Math.abs(high)) / 2048);
  // A flat line lies in the middle, not on the edge.
  const padded = high > low ? { low, high } : { low: low - least * count * 0.5, high: high + least * count * 0.5 };
  const step = niceStep(Math.max((padded.high - padded.low) / Math.max(1, count), least), unit);
  const min = low >= 0 && padded.low < 0 ? 0 : Math.floor(padded.low / step) * step;
  const max = Math.max(Math.ceil(padded.high / step) * step, min + step);
  return { min, max, step, ticks: range(min, max, step) };
}

/** An axis that ends exactly at `max`, for parts of a whole. */
export function wholeAxis(max: number, count: number, unit: Unit): ValueAxis {
  const step = niceStep(max / Math.max(1, count), unit);
  return { min: 0, max, step, ticks: range(0, max, step) };
}

const TIME_STEPS = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28].map((days) => days * DAY),
];

/** Round moments of the user's own time zone, at most `count` of them. */
export function timeTicks(from: Milliseconds, to: Milliseconds, count: number): { step: Milliseconds; ticks: readonly number[] } {
  const step = TIME_STEPS.find((size) => (to - from) / size <= count) ?? Math.ceil((to - from) / count / DAY) * DAY;
  // Counted from midnight of the first day, where the clocks of a time zone agree with its steps.
  const midnight = new Date(from).setHours(0, 0, 0, 0);
  if (step < DAY) {
    const first = midnight + Math.ceil((from - midnight) / step) * step;
    return { step, ticks: range(first, to, step) };
  }
  const ticks: number[] = [];
  // Days are not all as long as another.
  for (const day = new Date(midnight); day.getTime() <= to; day.setDate(day.getDate() + Math.round(step / DAY))) {
    if (day.getTime() >= from) ticks.push(day.getTime());
  }
  return { step, ticks };
}

function niceStep(rough: number, unit: Unit): number {
  if (BINARY.has(unit)) return 2 ** Math.ceil(Math.log2(rough));
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = [1, 2, 5, 10].find((digit) => digit * power >= rough * (1 - 1e-9)) ?? 10;
  return lead * power;
}

function range(from: number, to: number, step: number): readonly number[] {
  const values: number[] = [];
  for (let index = 0; from + index * step <= to + step * 1e-6; index++) values.push(from + index * step);
  return values;
}
