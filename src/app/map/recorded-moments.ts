import type { Bytes, Milliseconds } from '../../base/units.js';
import { readMapPart } from '../../formats/recorded-map.js';
import type { Json } from '../../formats/recording-line.js';
import type { RecordingNote } from '../../model/recording.js';

/** A map of a recording, before it is read. */
export interface RecordedMoment {
  readonly at: Milliseconds;
  readonly regions: number;
  /** The user's word for it, where it was marked. */
  readonly label?: string;
}

/** A map a second for more than five days. */
const MOST_MOMENTS = 500_000;

/** Finds the maps of a recording without reading them: each of which all lines are there. */
export class RecordedMoments {
  private readonly pending = new Map<number, { readonly n: number; part: number; readonly moment: RecordedMoment }>();

  private count = 0;

  /** Of more than `most` the rest is left out. */
  constructor(
    private readonly found: (of: number, moment: RecordedMoment) => void,
    private readonly most = MOST_MOMENTS,
  ) {}

  /** A header: numbers of series mean others now. */
  clear(): void {
    this.pending.clear();
  }

  take(of: number, line: Json): RecordingNote['code'] | undefined {
    const part = readMapPart(line);
    if (part === undefined) {
      this.pending.delete(of);
      return 'bad-line';
    }
    if (part.head !== undefined) this.pending.set(of, { n: part.n, part: 0, moment: part.head });
    const map = this.pending.get(of);
    if (map === undefined || map.n !== part.n || map.part !== part.part) {
      this.pending.delete(of);
      return 'lines-lost';
    }
    map.part++;
    if (part.last) {
      this.pending.delete(of);
      if (this.count >= this.most) return 'too-many';
      this.count++;
      const { at, regions, label } = map.moment;
      this.found(of, { at, regions, ...(label === undefined ? {} : { label }) });
    }
    return undefined;
  }
}

/** Findings look at the newest quarter of an hour: at a map a minute these are they. */
const NEWEST = 16;
/** What a mapping with all its amounts takes in memory: see MapMoments. */
const REGION_BYTES: Bytes = 44 + 8 * 24;

/**
 * Numbers of the maps that fit together into so many bytes, ascending: the newest ones, and evenly spaced ones before them with the first;
 * never fewer than the first and the last.
 */
export function chooseMoments(
  moments: readonly RecordedMoment[],
  most: { readonly count: number; readonly bytes: Bytes },
): readonly number[] {
  for (let count = Math.min(most.count, moments.length); ; count = Math.floor(count * 0.9)) {
    const chosen = spread(moments.length, count);
    const bytes = chosen.reduce((sum, i) => sum + moments[i]!.regions * REGION_BYTES, 0);
    if (count <= 2 || bytes <= most.bytes) return chosen;
  }
}

function spread(length: number, count: number): readonly number[] {
  if (length <= Math.max(2, count)) return Array.from({ length }, (_, i) => i);
  const newest = Math.max(1, Math.min(NEWEST, Math.floor(count / 2)));
  const older = Math.max(1, count - newest);
  const behind = length - newest;
  return [
    ...Array.from({ length: older }, (_, i) => Math.floor((i * behind) / older)),
    ...Array.from({ length: newest }, (_, i) => behind + i),
  ];
}
