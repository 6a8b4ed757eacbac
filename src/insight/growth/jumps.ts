import { indexAt } from '../index-at.js';
import type { Points } from '../series.js';
import { usualStep } from './clean.js';
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
/** So many moves, and so large a share of all changes, are usual ones. */
const MOVES = 30;
const MOVING = 0.02;
/** So many times the usual distance of two points is a gap. */
const GAP = 5;
/** Points on both sides whose median is the level. */
const AROUND = 4;

/** `least`: no smaller change is a jump. Of more than `enough` points every second, third... is looked at. */
export function jumpsOf({ at, value }: Points, least: number, enough: number): Jumps {
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
  const noise = spread(changes) || spreadOfMoves(changes);
  const bound = Math.max(least, FAR * noise);
  const gap = GAP * usualStep({ at, value }) * step;
  for (let i = 1; i < n; i++) {
    const change = v[i]! - v[i - 1]! - usual;
    if (Math.abs(change) <= bound) continue;
    if (at[i * step]! - at[(i - 1) * step]! > gap && isDrift(at, value, (i - 1) * step, i * step, change)) continue;
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

/** What grew in a gap as it did before or after it is no jump. Too little around it: nothing is known of how it grew. */
function isDrift(at: Float64Array, value: Float64Array, last: number, first: number, change: number): boolean {
  const length = at[first]! - at[last]!;
  const before = Math.min(last - AROUND, indexAt(at, at[last]! - length));
  const after = Math.max(first + AROUND, Math.min(at.length - 1, indexAt(at, at[first]! + length)));
  if (before < 0 || after >= at.length) return true;
  const rate = (from: number, to: number): number => (value[to]! - value[from]!) / (at[to]! - at[from]!);
  const drift = Math.max(rate(before, last) * Math.sign(change), rate(first, after) * Math.sign(change)) * length;
  return Math.abs(change) < 2 * drift;
}

/**
 * A series that is read more often than it moves stands still between most points: what is usual are its moves then, when there
 * are many. A few moves of a series that stands still are jumps.
 */
function spreadOfMoves(changes: readonly number[]): number {
  const moves = changes.filter((change) => change !== 0);
  return moves.length >= MOVES && moves.length >= MOVING * changes.length ? spread(moves) : 0;
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
