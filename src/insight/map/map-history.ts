import type { Milliseconds } from '../../base/units.js';
import type { MapFinding } from '../../model/map-diff.js';
import type { MapSnapshot } from '../../model/map-snapshot.js';
import { mapFindings } from './findings.js';
import { factsOf, type MapFacts, withoutRows } from './map-facts.js';
import { type GrowthLine, RegionTracks } from './region-tracks.js';

/** The rules look at the newest quarter of an hour at most; longer growth is the trend's to judge. */
const LONGEST: Milliseconds = 15 * 60_000;

/** What is learned of a process from one reading of its map after the other. */
export class MapHistory {
  private readonly tracks = new RegionTracks();
  private readings: MapFacts[] = [];
  private first: Milliseconds | undefined;

  add(snapshot: MapSnapshot): void {
    // A clock that went back, or a file of several moments in the wrong order: nothing can be said of growth.
    if (snapshot.at <= (this.readings.at(-1)?.at ?? Number.NEGATIVE_INFINITY)) return;
    this.first ??= snapshot.at;
    this.tracks.add(snapshot);
    const last = this.readings.pop();
    if (last !== undefined) this.readings.push(withoutRows(last));
    this.readings = this.readings.filter(({ at }) => at >= snapshot.at - LONGEST);
    this.readings.push(factsOf(snapshot));
  }

  /** From the first reading to the newest one. */
  get watchedMs(): Milliseconds {
    const newest = this.readings.at(-1)?.at;
    return newest === undefined || this.first === undefined ? 0 : newest - this.first;
  }

  growth(): { readonly at: readonly Milliseconds[]; readonly lines: readonly GrowthLine[] } | undefined {
    const lines = this.tracks.lines();
    return this.tracks.at.length < 2 ? undefined : { at: this.tracks.at, lines };
  }

  findings(): readonly MapFinding[] {
    const growing = this.tracks.lines().filter(({ steady }) => steady);
    return mapFindings({ readings: this.readings, growing });
  }
}
