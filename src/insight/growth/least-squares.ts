/** A fit of y by a sum of columns. The last column is the one that is asked for. */
export interface Fit {
  readonly coefficients: Float64Array;
  /** Sum of the squared residuals. */
  readonly rss: number;
  readonly residuals: Float64Array;
  /** Standard error of the last coefficient, for noise of standard deviation 1. */
  readonly lastError: number;
}

/** By modified Gram-Schmidt, which stays exact where columns are nearly alike (a line and an arc of a slow wave). Undefined: too alike. */
export function leastSquares(columns: readonly Float64Array[], y: Float64Array): Fit | undefined {
  const n = y.length;
  const p = columns.length;
  if (n <= p) return undefined;
  const q: Float64Array[] = [];
  const r: number[][] = [];
  for (let j = 0; j < p; j++) {
    const column = Float64Array.from(columns[j]!);
    const before = Math.sqrt(dot(column, column));
    const row: number[] = [];
    for (let i = 0; i < j; i++) {
      const share = dot(q[i]!, column);
      row.push(share);
      subtract(column, q[i]!, share);
    }
    const length = Math.sqrt(dot(column, column));
    if (!(length > 1e-9 * before)) return undefined;
    for (let k = 0; k < n; k++) column[k]! /= length;
    q.push(column);
    row.push(length);
    r.push(row);
  }
  const residuals = Float64Array.from(y);
  const coefficients = new Float64Array(p);
  const shares = q.map((column) => {
    const share = dot(column, residuals);
    subtract(residuals, column, share);
    return share;
  });
  for (let j = p - 1; j >= 0; j--) {
    let value = shares[j]!;
    for (let k = j + 1; k < p; k++) value -= r[k]![j]! * coefficients[k]!;
    coefficients[j] = value / r[j]![j]!;
  }
  return { coefficients, rss: dot(residuals, residuals), residuals, lastError: 1 / r[p - 1]![p - 1]! };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function subtract(from: Float64Array, what: Float64Array, times: number): void {
  for (let i = 0; i < from.length; i++) from[i]! -= times * what[i]!;
}
