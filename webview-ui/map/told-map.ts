import type { Milliseconds } from '../../src/base/units.js';
import type { MapFindingText, MapState, Moment, RegionGrowth } from '../../src/protocol/map.js';
import type { Comparison } from './comparison.js';
import type { MapModel, ShownDiff, ShownMap, Words } from './map-model.js';

/** What the host has told, message by message, put together to what the forms draw. */
export class ToldMap {
  words: Words | undefined;
  state: MapState | undefined;
  map: ShownMap | undefined;
  moments: readonly Moment[] = [];
  findings: readonly MapFindingText[] = [];
  watchedMs: Milliseconds = 0;
  /** The newest first: the one before stands until the map comes that the newest is of. */
  private diffs: readonly ShownDiff[] = [];
  private growths: readonly RegionGrowth[] = [];

  takeDiff(diff: ShownDiff): void {
    this.diffs = [diff, ...this.diffs.slice(0, 1)];
  }

  takeGrowth(growth: RegionGrowth): void {
    this.growths = [growth, ...this.growths.slice(0, 1)];
  }

  /** Readings that were learned from. */
  get readings(): number {
    return this.growths[0]?.at.length ?? 1;
  }

  /** All that a form needs, once it has come; what is of other moments than the map is left out. */
  model(comparison: Comparison): MapModel | undefined {
    const { words, state, map, moments, findings } = this;
    if (words === undefined || state === undefined || map === undefined) return undefined;
    const compared = this.diffs.filter((one) => comparison.isOf(one));
    const diff = compared.find(({ after }) => after.id === map.moment.id);
    const growth = this.growths.find(({ at }) => at.at(-1) === map.moment.at);
    const shown = diff ?? compared[0];
    return {
      words,
      state,
      map,
      moments,
      findings,
      ...(diff === undefined ? {} : { diff }),
      ...(shown === undefined ? {} : { compared: shown }),
      ...(growth === undefined ? {} : { growth }),
    };
  }
}
