import type { Milliseconds } from '../../base/units.js';
import type { MapSnapshot } from '../../model/map-snapshot.js';
import type { MapTable } from '../../model/map-table.js';
import { matchRegions } from './match.js';
import { steadyGrowth } from './steady-growth.js';

/** Readings that are remembered; beyond it every second one of the older half is forgotten. */
const MOST_READINGS = 600;
/** Lines of growth that are given, those that grow fastest. */
const MOST_LINES = 500;

/** A mapping that is followed from reading to reading. Its values are kept where they change. */
interface Track {
  readonly at: number[];
  readonly values: number[];
  guess: boolean;
}

/** RSS (or size, where that is not told) of one mapping at each reading, in bytes. */
export interface GrowthLine {
  /** Row of the newest map. */
  readonly row: number;
  /** NaN before it was there. */
  readonly values: Float64Array;
  /** Bytes a second; what it is on average where it is not steady. */
  readonly perSecond: number;
  /** It rose all the time, and does so at the end. */
  readonly steady: boolean;
  /** At some reading it was taken for the same by likeness. */
  readonly guess: boolean;
}

/** Follows every mapping of one process over its readings. */
export class RegionTracks {
  private times: Milliseconds[] = [];
  private table: MapTable | undefined;
  private tracks: Track[] = [];
  private newestLines: readonly GrowthLine[] | undefined;

  /** Moments of the readings that are remembered, oldest first. */
  get at(): readonly Milliseconds[] {
    return this.times;
  }

  add({ at, table }: MapSnapshot): void {
    const value = valuesOf(table);
    const tracks: Track[] = new Array<Track>(table.length);
    if (this.table === undefined) {
      for (let row = 0; row < table.length; row++) tracks[row] = { at: [at], values: [value(row)], guess: false };
    } else {
      const before = valuesOf(this.table);
      for (const match of matchRegions(this.table, table)) {
        // The largest of those that were merged goes on; of those that were split, in the largest.
        const from = largest(match.before, before);
        const to = largest(match.after, value);
        for (const row of match.after) tracks[row] = { at: [at], values: [value(row)], guess: false };
        if (from === undefined || to === undefined) continue;
        const track = this.tracks[from]!;
        if (match.guess) track.guess = true;
        if (track.values.at(-1) !== value(to)) {
          track.at.push(at);
          track.values.push(value(to));
        }
        tracks[to] = track;
      }
    }
    this.times.push(at);
    this.table = table;
    this.tracks = tracks;
    this.newestLines = undefined;
    if (this.times.length > MOST_READINGS) this.thin();
  }

  /** Of the mappings that changed, those that grew most first. */
  lines(): readonly GrowthLine[] {
    this.newestLines ??= this.linesOf();
    return this.newestLines;
  }

  private linesOf(): readonly GrowthLine[] {
    const { times } = this;
    const newest = times.at(-1);
    if (newest === undefined || times.length < 2) return [];
    const changed = this.tracks.flatMap((track, row) => (track.values.length > 1 ? [{ track, row }] : []));
    const grown = ({ track }: { readonly track: Track }): number => track.values.at(-1)! - track.values[0]!;
    changed.sort((one, other) => grown(other) - grown(one));
    return changed.slice(0, MOST_LINES).map(({ track, row }) => {
      const values = resample(track, times);
      const growth = steadyGrowth(times, values);
      const seconds = (newest - Math.max(track.at[0]!, times[0]!)) / 1000;
      const average = seconds > 0 ? (track.values.at(-1)! - valueAt(track, times[0]!)) / seconds : 0;
      return { row, values, perSecond: growth?.perSecond ?? average, steady: growth !== undefined, guess: track.guess };
    });
  }

  /** A fine memory of the newer half, a coarse one of the older. */
  private thin(): void {
    const half = Math.floor(this.times.length / 2);
    this.times = this.times.filter((_, index) => index >= half || index % 2 === 0);
  }
}

function valuesOf(table: MapTable): (row: number) => number {
  const rss = table.figures['Rss'];
  return rss === undefined ? (row) => table.end[row]! - table.start[row]! : (row) => rss[row]!;
}

function largest(rows: readonly number[], value: (row: number) => number): number | undefined {
  let best: number | undefined;
  for (const row of rows) if (best === undefined || value(row) > value(best)) best = row;
  return best;
}

/** The value that held at each of these moments. */
function resample(track: Track, times: readonly Milliseconds[]): Float64Array {
  const values = new Float64Array(times.length).fill(Number.NaN);
  let next = 0;
  for (let index = 0; index < times.length; index++) {
    while (next < track.at.length && track.at[next]! <= times[index]!) next++;
    if (next > 0) values[index] = track.values[next - 1]!;
  }
  return values;
}

function valueAt(track: Track, at: Milliseconds): number {
  const later = track.at.findIndex((moment) => moment > at);
  const index = later === -1 ? track.at.length - 1 : Math.max(0, later - 1);
  return track.values[index]!;
}
