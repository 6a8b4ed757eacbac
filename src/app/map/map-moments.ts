import type { MapSnapshot } from '../../model/map-snapshot.js';
import type { Moment } from '../../protocol/map.js';

/** What live readings may hold in memory; the newest one, marks and what a file holds, and those that are looked at, are kept whatever they need. */
const LIVE_BYTES = 96 << 20;
const MOST_LIVE = 120;

export interface KeptMoment {
  readonly moment: Moment;
  readonly snapshot: MapSnapshot;
}

/** The moments of a map that can be shown and compared, oldest first. Of live readings the newest ones are kept. */
export class MapMoments {
  /** Live readings that are kept, too, while somebody looks at them. */
  held: ReadonlySet<number> = new Set();
  private kept: KeptMoment[] = [];
  private nextId = 1;

  get all(): readonly Moment[] {
    return this.kept.map(({ moment }) => moment);
  }

  get newest(): KeptMoment | undefined {
    return this.kept.at(-1);
  }

  of(id: number): KeptMoment | undefined {
    return this.kept.find(({ moment }) => moment.id === id);
  }

  add(snapshot: MapSnapshot, kind: Moment['kind'], label?: string): KeptMoment {
    const moment: Moment = { id: this.nextId++, at: snapshot.at, kind, ...(label === undefined ? {} : { label }) };
    const added = { moment, snapshot };
    this.kept.push(added);
    this.forgetOldLive();
    return added;
  }

  /** The newest one stays, as one that nobody has marked. */
  remove(id: number): void {
    const { newest } = this;
    if (newest?.moment.id !== id) this.kept = this.kept.filter(({ moment }) => moment.id !== id);
    else if (newest.moment.kind === 'mark') {
      const { at } = newest.moment;
      this.kept = this.kept.with(-1, { moment: { id, at, kind: 'live' }, snapshot: newest.snapshot });
    }
  }

  private forgetOldLive(): void {
    let bytes = 0;
    let count = 0;
    const newest = this.kept.at(-1);
    const keep = this.kept.toReversed().filter((one) => {
      if (one.moment.kind !== 'live' || this.held.has(one.moment.id)) return true;
      bytes += snapshotBytes(one.snapshot);
      count++;
      return one === newest || (count <= MOST_LIVE && bytes <= LIVE_BYTES);
    });
    this.kept = keep.reverse();
  }
}

function snapshotBytes({ table }: MapSnapshot): number {
  // start, end and offset, five indices of texts or classes, and the amounts; the texts are shared or small beside these.
  return table.length * (3 * 8 + 5 * 4 + 8 * Object.keys(table.figures).length);
}
