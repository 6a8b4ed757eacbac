import type { HeapMeasure, HeapQuantity } from '../../model/heap-profile.js';

const TITLES: Readonly<Record<Exclude<HeapQuantity, 'other'>, string>> = {
  live: 'live',
  total: 'allocated in all',
  temporary: 'temporary',
  peak: 'at the peak',
  growth: 'growth',
  mapped: 'mapped',
  touched: 'touched',
  read: 'read',
  written: 'written',
};

/** `live`, `live-count`; of `other` the format's own word: `growth-of-total`. Names of a command line and of exports. */
export function measureId({ quantity, unit, name }: HeapMeasure): string {
  const word =
    quantity === 'other'
      ? (name ?? 'other')
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, '-')
          .replace(/^-|-$/g, '')
      : quantity;
  return unit === 'count' ? `${word}-count` : word;
}

/** What a count of it counts: blocks that were allocated, page faults, or mappings. One, and several. */
export function countWords({ quantity, name }: Pick<HeapMeasure, 'quantity' | 'name'>): readonly [string, string] {
  // As insight/heap/diff.ts calls it.
  const of = quantity === 'other' ? name?.replace(/^growth of /, '') : quantity;
  if (of === 'touched') return ['page fault', 'page faults'];
  return of === 'mapped' ? ['mapping', 'mappings'] : ['block', 'blocks'];
}

/** `live, bytes`, `allocated in all, blocks`, for people; the format's own word as it is, where it tells the unit. */
export function measureTitle(measure: HeapMeasure): string {
  const { quantity, unit, name } = measure;
  const word = quantity === 'other' ? (name ?? 'other') : TITLES[quantity];
  if (quantity === 'other' && /bytes|blocks|events|units/i.test(word)) return word;
  return `${word}, ${unit === 'bytes' ? 'bytes' : countWords(measure)[1]}`;
}

/** `Live`, `Temporary (blocks)`, `Touched (page faults)`, `Leaked`: the head of a column, or a choice. */
export function measureLabel(measure: HeapMeasure): string {
  const { quantity, unit, name } = measure;
  const word = name ?? (quantity === 'other' ? 'other' : TITLES[quantity]);
  const label = word.charAt(0).toUpperCase() + word.slice(1);
  return unit === 'bytes' || /bytes|blocks|events|units/i.test(word) ? label : `${label} (${countWords(measure)[1]})`;
}
