import type { Points } from '../series.js';
import { median } from './robust.js';

/** Finite values at moments that go up; what is not so is left out (a clock that steps back, a value that is not known). */
export function cleanPoints({ at, value }: Points): Points {
  const count = Math.min(at.length, value.length);
  let good = 0;
  let last = Number.NEGATIVE_INFINITY;
  const times = new Float64Array(count);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const t = at[i]!;
    const v = value[i]!;
    if (!Number.isFinite(t) || !Number.isFinite(v) || t <= last) continue;
    // One value far below its neighbours, which agree: a read that went wrong, no floor.
    const before = values[good - 1];
    const next = value[i + 1];
    if (before !== undefined && next !== undefined && v < 0.5 * before && Math.abs(next - before) < 0.25 * before) continue;
    times[good] = last = t;
    values[good++] = v;
  }
  return { at: times.subarray(0, good), value: values.subarray(0, good) };
}

/** The usual time between two points. */
export function usualStep({ at }: Points): number {
  const stride = Math.max(1, Math.floor(at.length / 500));
  const steps: number[] = [];
  for (let i = 1; i < at.length; i += stride) steps.push(at[i]! - at[i - 1]!);
  return steps.length === 0 ? 0 : median(steps);
}
