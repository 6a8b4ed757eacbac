/** How a profile was sampled: `version` of the method, and how many bytes lie between two samples on average. */
export interface Sampling {
  readonly version: 1 | 2;
  readonly bytes: number;
}

/**
 * By what blocks of a stack and their bytes are multiplied to be estimates of all of them, as pprof(1) and jeprof(1) do it.
 *
 * Version 2 takes samples as a Poisson process: a block of X bytes is sampled with the probability 1 - exp(-X/rate). X is the mean size of the
 * stack's blocks. Version 1 takes one sample in about `bytes` bytes.
 */
export function scaleOf(sampling: Sampling | undefined, blocks: number, bytes: number): number {
  if (sampling === undefined || !(sampling.bytes > 0) || !(blocks > 0) || !(bytes > 0)) return 1;
  const ratio = bytes / blocks / sampling.bytes;
  if (sampling.version === 1) return ratio < 1 ? 1 / ratio : 1;
  return 1 / -Math.expm1(-ratio);
}
