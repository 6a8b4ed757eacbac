/** Order statistics and rank tests on short arrays (up to some hundred values): robust against outliers, no assumption on the noise. */

export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/** Linear between neighbours; NaN of nothing. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return Number.NaN;
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (place - below);
}

/** The median absolute deviation, scaled so that it is the standard deviation of Gaussian noise. */
export function spread(values: ArrayLike<number>): number {
  const middle = median(values);
  return 1.4826 * median(Float64Array.from(values, (value) => Math.abs(value - middle)));
}

/** Mann and Kendall's test for a trend, as a standard normal value; ties are allowed for, with the correction for continuity. */
export function mannKendall(y: ArrayLike<number>): number {
  const n = y.length;
  let score = 0;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) score += Math.sign(y[j]! - y[i]!);
  const sorted = Float64Array.from(y).sort();
  let ties = 0;
  for (let i = 0; i < n; ) {
    let end = i + 1;
    while (end < n && sorted[end] === sorted[i]) end++;
    const k = end - i;
    ties += k * (k - 1) * (2 * k + 5);
    i = end;
  }
  const variance = (n * (n - 1) * (2 * n + 5) - ties) / 18;
  return variance > 0 ? (score - Math.sign(score)) / Math.sqrt(variance) : 0;
}

/** The median of the slopes of all pairs (Theil 1950, Sen 1968); NaN of fewer than two. */
export function theilSen(x: ArrayLike<number>, y: ArrayLike<number>, from = 0, to = x.length): number {
  const count = to - from;
  const slopes = new Float64Array(Math.max(0, (count * (count - 1)) / 2));
  let k = 0;
  for (let i = from; i < to; i++) for (let j = i + 1; j < to; j++) slopes[k++] = (y[j]! - y[i]!) / (x[j]! - x[i]!);
  return median(slopes);
}
