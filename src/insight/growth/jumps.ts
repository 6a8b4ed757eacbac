import type { Points } from '../series.js';
import { median, spread } from './robust.js';

/** Changes of level between two neighbours that stand far out of the usual changes and last. */
export interface Jumps {
  /** The index of the first point after each. */
  readonly index: readonly number[];
  readonly size: readonly number[];
  /** Standard deviation of the usual changes: about how far off a size may be. */
  readonly noise: number;
}

/** In standard deviations of the usual changes. */
const FAR = 10;
/** So many changes are enough to know the usual ones. */
const SAMPLE = 2000;
/** Points on both sides whose median is the level. */
const AROUND = 4;

/** `least`: no smaller change is a jump. Of more than `enough` points every second, third... is looked at. */
export function jumpsOf({ value }: Points, least: number, enough: number): Jumps {
  const step = Math.ceil(value.length / enough);
  const n = Math.floor((value.length - 1) / step) + 1;
  const index: number[] = [];
  const size: number[] = [];
  if (value.length < 2 * AROUND + 2) return { index, size, noise: 0 };
  const v = step === 1 ? value : Float64Array.from({ length: n }, (_, i) => value[i * step]!);
  const stride = Math.max(1, Math.floor(n / SAMPLE));
  const changes: number[] = [];
  for (let i = 1; i < n; i += stride) changes.push(v[i]! - v[i - 1]!);
  const usual = median(changes);
  const noise = spread(changes);
  const bound = Math.max(least, FAR * noise);
  for (let i = 1; i < n; i++) {
    const change = v[i]! - v[i - 1]! - usual;
    if (Math.abs(change) <= bound) continue;
    const before = levelOf(v, i - AROUND, i);
    const after = levelOf(v, i, i + AROUND);
    // A spike comes and goes: the level on both sides is the same.
    if ((after - before) * change > 0 && Math.abs(after - before) > 0.4 * Math.abs(change)) {
      index.push(i * step);
      size.push(change);
    }
  }
  return { index, size, noise };
}

/** The median of the four values; of what there is of them at an end. */
function levelOf(v: Float64Array, from: number, to: number): number {
  if (from < 0 || to > v.length) return median(v.subarray(Math.max(0, from), to));
  let sum = 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i++) {
    const value = v[i]!;
    sum += value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return (sum - low - high) / 2;
}

/** The series as it would be without its jumps. */
export function withoutJumps({ at, value }: Points, { index, size }: Jumps): Points {
  const rest = Float64Array.from(value);
  let level = 0;
  let next = 0;
  for (let i = 0; i < rest.length; i++) {
    while (index[next] === i) level += size[next++]!;
    rest[i]! -= level;
  }
  return { at, value: rest };
}
