import type { Points } from '../../../../src/insight/series.js';

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const MINUTE = 60;
export const HOUR = 3600;

/** Uniform numbers from 0 to 1 with a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function normalOf(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Values of `of(second)` in whole pages (or in whole `grain`s), one every `step` seconds. */
export function series(seconds: number, of: (t: number) => number, { step = 1, grain = 4096 } = {}): Points {
  const count = Math.floor(seconds / step);
  const at = Float64Array.from({ length: count }, (_, i) => 1.7e12 + i * step * 1000);
  return { at, value: Float64Array.from({ length: count }, (_, i) => Math.round(of(i * step) / grain) * grain) };
}

/** Level, Gaussian noise and a leak in bytes a second. */
export function noisy(seed: number, leak = 0, level = 100 * MIB, sigma = 30 * KIB): (t: number) => number {
  const normal = normalOf(randomOf(seed));
  return (t) => level + leak * t + sigma * normal();
}
