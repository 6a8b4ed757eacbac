import { formatBytes, formatCount } from '../base/units.js';
import type { HeapProfile } from '../model/heap-profile.js';

/** `3 stacks, 1.2 MiB so far`: what a profile that goes on holds of its chief measure. undefined: nothing yet. */
export function growingWords(profile: HeapProfile): string | undefined {
  const measure = profile.measures[profile.chief];
  const values = profile.self[profile.chief];
  if (measure === undefined || values === undefined) return undefined;
  let stacks = 0;
  let sum = 0;
  for (const value of values) {
    if (value <= 0) continue;
    stacks++;
    sum += value;
  }
  if (stacks === 0) return undefined;
  const amount = measure.unit === 'bytes' ? formatBytes(Math.round(sum)) : sum.toLocaleString('en-US');
  return `${formatCount(stacks, 'stack')}, ${amount} so far`;
}

/** Brackets and a parenthesis would be a link in a message of the editor; names of a process are data. */
export const withoutLinks = (text: string): string => text.replaceAll('](', '] (');
