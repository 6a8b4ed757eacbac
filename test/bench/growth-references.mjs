// The tests that the verdict is compared with, on values at equal distances. True: "it grows".

const median = (values) => {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1];
};

function kendall(y) {
  let score = 0;
  for (let i = 0; i < y.length; i++) for (let j = i + 1; j < y.length; j++) score += Math.sign(y[j] - y[i]);
  const counts = new Map();
  for (const value of y) counts.set(value, (counts.get(value) ?? 0) + 1);
  let variance = y.length * (y.length - 1) * (2 * y.length + 5);
  for (const count of counts.values()) variance -= count * (count - 1) * (2 * count + 5);
  return variance <= 0 ? 0 : (score - Math.sign(score)) / Math.sqrt(variance / 18);
}

function theilSen(x, y) {
  const slopes = [];
  for (let i = 0; i < y.length; i++) for (let j = i + 1; j < y.length; j++) slopes.push((y[j] - y[i]) / (x[j] - x[i]));
  return median(slopes);
}

function binned(y, bins, of) {
  return Array.from({ length: bins }, (_, bin) =>
    of(y.subarray(Math.floor((bin * y.length) / bins), Math.floor(((bin + 1) * y.length) / bins))),
  );
}

const lowest = (values) => values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Ordinary least squares with its t test, as if the noise were independent. */
export function leastSquares(y) {
  const n = y.length;
  const middle = (n - 1) / 2;
  const average = mean(y);
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (let i = 0; i < n; i++) {
    xx += (i - middle) ** 2;
    xy += (i - middle) * (y[i] - average);
    yy += (y[i] - average) ** 2;
  }
  const slope = xy / xx;
  return slope / Math.sqrt(Math.max(1e-9, yy - slope * xy) / (n - 2) / xx) > 3.09;
}

/** Mann and Kendall's test on (at most 300 means of) the values. */
export const mannKendall = (y) => kendall(y.length > 300 ? binned(y, 300, mean) : y) > 3.09;

/**
 * R1: without the first fifth, 24 stretches and their lowest values, Mann-Kendall Z > 3.09, growth by Theil-Sen of at least 128 KiB
 * and four times the scatter, and a second half that goes on growing. R2 (`strict`): the last third is not slower than 0.6 of
 * the first, two jumps are not more than half of the growth, and at most a quarter of the stretches fall.
 */
function floorTest(all, strict) {
  const y = all.subarray(Math.floor(all.length * 0.2));
  const count = y.length >= 120 ? 24 : 12;
  const floor = binned(y, count, lowest);
  if (kendall(floor) < 3.09) return false;
  const x = floor.map((_, i) => ((i + 0.5) * y.length) / count);
  const slope = theilSen(x, floor);
  const rest = floor.map((value, i) => value - slope * x[i]);
  const middle = median(rest);
  const scatter = 1.4826 * median(rest.map((value) => Math.abs(value - middle)));
  if (slope * y.length < Math.max(128 * 1024, 4 * scatter)) return false;
  const half = count >> 1;
  const late = theilSen(x.slice(half), floor.slice(half));
  if (!(late > 0 && late > 0.5 * theilSen(x.slice(0, half), floor.slice(0, half)))) return false;
  if (kendall(floor.slice(half)) < 1.645) return false;
  if (!strict) return true;
  const third = Math.floor(count / 3);
  const first = theilSen(x.slice(0, third), floor.slice(0, third));
  if (!(theilSen(x.slice(-third), floor.slice(-third)) > 0.6 * first)) return false;
  const total = floor.at(-1) - floor[0];
  const changes = floor
    .slice(1)
    .map((value, i) => value - floor[i])
    .sort((a, b) => b - a);
  return (
    total > 0 &&
    changes[0] + changes[1] <= 0.5 * total &&
    changes.filter((change) => change < -0.05 * total).length <= 0.25 * count
  );
}

export const R1 = (y) => floorTest(y, false);
export const R2 = (y) => floorTest(y, true);
