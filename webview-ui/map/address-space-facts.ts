import type { RegionChange } from '../../src/model/map-diff.js';
import type { AddressScale } from './address-space-scale.js';
import type { MapModel } from './map-model.js';

/** What the drawing marks beside the regions themselves. */
export interface SpaceFacts {
  /** By row; absent: nothing is compared. */
  readonly changes?: ReadonlyMap<number, RegionChange>;
  /** What is gone, by the row before whose gap it lay (`length`: above all). */
  readonly gone: ReadonlyMap<number, number>;
  /** Bytes a second, of rows that grow. */
  readonly growing: ReadonlyMap<number, number>;
}

export function spaceFacts({ diff, growth }: Pick<MapModel, 'diff' | 'growth'>, scale: AddressScale): SpaceFacts {
  const changes = new Map<number, RegionChange>();
  const gone = new Map<number, number>();
  for (const change of diff?.diff.changes ?? []) {
    for (const row of change.after) changes.set(row, change);
    if (change.kind !== 'gone' || change.was === undefined) continue;
    const before = scale.firstBelow(scale.yOf(change.was.start));
    gone.set(before, (gone.get(before) ?? 0) + 1);
  }
  const growing = new Map<number, number>();
  for (const { row, perSecond } of growth?.lines ?? []) if (perSecond > 0) growing.set(row, perSecond);
  return diff === undefined ? { gone, growing } : { changes, gone, growing };
}

/** Drawn at the mark, and said of it. */
export const CHANGE_SIGNS: Readonly<Record<RegionChange['kind'], { readonly sign: string; readonly word: string }>> = {
  new: { sign: '+', word: 'new' },
  grown: { sign: '▲', word: 'grown' },
  shrunk: { sign: '▼', word: 'shrunk' },
  moved: { sign: '↔', word: 'moved' },
  changed: { sign: '•', word: 'changed' },
  gone: { sign: '−', word: 'gone' },
};

export const GROWING_SIGN = '↗';
