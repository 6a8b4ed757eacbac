import { describe, expect, it } from 'vitest';
import { Comparison } from '../../../../webview-ui/map/comparison.js';
import type { ShownDiff, ShownMap, Words } from '../../../../webview-ui/map/map-model.js';
import { ToldMap } from '../../../../webview-ui/map/told-map.js';

const mapAt = (id: number): ShownMap => ({ kind: 'map', moment: { id, at: 1000 * id, kind: 'live' } }) as unknown as ShownMap;
const diffTo = (after: number, follows = true): ShownDiff =>
  ({ kind: 'diff', before: { id: 1 }, after: { id: after }, follows }) as unknown as ShownDiff;
const growthTo = (id: number) => ({ at: [1000, 1000 * id], lines: [] });

function told() {
  const comparison = new Comparison({ send: () => undefined, changed: () => undefined, marked: () => undefined });
  comparison.compare(1, undefined);
  const map = new ToldMap();
  map.words = {} as Words;
  map.state = { kind: 'still' };
  return { map, comparison, model: () => map.model(comparison) };
}

describe('what the host has told', () => {
  it('is no model before all of it has come', () => {
    const { map, model } = told();
    expect(model()).toBeUndefined();
    map.map = mapAt(2);
    expect(model()?.map.moment.id).toBe(2);
    expect(model()).not.toHaveProperty('diff');
  });

  it('what came ahead of its map leaves the one before in place: nothing flickers, and no row is of another map', () => {
    const { map, model } = told();
    map.map = mapAt(2);
    map.takeDiff(diffTo(2));
    map.takeGrowth(growthTo(2));
    map.takeDiff(diffTo(3));
    map.takeGrowth(growthTo(3));
    expect(model()?.diff?.after.id).toBe(2);
    expect(model()?.growth?.at.at(-1)).toBe(2000);
    map.map = mapAt(3);
    expect(model()?.diff?.after.id).toBe(3);
    expect(model()?.growth?.at.at(-1)).toBe(3000);
  });

  it('a comparison of other moments than the map is told beside it, and its rows are not taken for those of the map', () => {
    const { map, model } = told();
    map.map = mapAt(1);
    map.takeDiff(diffTo(4));
    expect(model()).not.toHaveProperty('diff');
    expect(model()?.compared?.after.id).toBe(4);
  });

  it('what is compared no longer is gone at once', () => {
    const { map, comparison, model } = told();
    map.map = mapAt(2);
    map.takeDiff(diffTo(2));
    comparison.stop();
    expect(model()).not.toHaveProperty('diff');
    expect(model()).not.toHaveProperty('compared');
  });
});
