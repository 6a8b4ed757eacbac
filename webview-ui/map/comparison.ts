import type { FromMapPage, Moment } from '../../src/protocol/map.js';
import type { ShownDiff } from './map-model.js';

export interface Compared {
  readonly before: number;
  /** undefined: the newest, whichever that is. */
  readonly after: number | undefined;
}

interface ComparisonEvents {
  readonly send: (message: FromMapPage) => void;
  readonly changed: () => void;
  /** What the user has marked was read. */
  readonly marked: (moment: Moment) => void;
}

/** Which two moments are compared: what the user chose, and what follows from marks that come and go. */
export class Comparison {
  private chosen: Compared | undefined;
  /** What the host compares was asked for by this page, and not by the one that was here before it. */
  private isOwn = false;
  private marking = false;
  private moments: readonly Moment[] = [];

  constructor(private readonly events: ComparisonEvents) {}

  get pair(): Compared | undefined {
    return this.chosen;
  }

  /** In either order: moments are numbered as they come. A moment is compared with the newest rather than with itself. */
  compare(one: number, other: number | undefined): void {
    const [before, later] = other !== undefined && other < one ? [other, one] : [one, other];
    const after = later === before ? undefined : later;
    this.isOwn = true;
    this.chosen = { before, after };
    this.events.send({ kind: 'compare', before, after });
    this.events.changed();
  }

  /** What somebody who looks at changes expects: those since the newest mark, or else since the first reading. Not once it was stopped. */
  begin(): void {
    if (this.chosen !== undefined || this.isOwn || this.moments.length < 2) return;
    this.beginNow();
  }

  beginNow(): void {
    const older = this.moments.slice(0, -1);
    const from = older.findLast(({ kind }) => kind === 'mark') ?? older[0];
    if (from !== undefined) this.compare(from.id, undefined);
  }

  stop(): void {
    this.isOwn = true;
    this.chosen = undefined;
    this.events.send({ kind: 'stop-comparing' });
    this.events.changed();
  }

  /** Reads now; once that has come it is compared with what comes after it, unless something is compared already. */
  mark(): void {
    this.marking = true;
    this.events.send({ kind: 'mark' });
  }

  remove(moment: number): void {
    this.events.send({ kind: 'remove-moment', moment });
  }

  /** All that can be compared now, oldest first. */
  take(moments: readonly Moment[]): void {
    const known = this.moments.at(-1)?.id ?? 0;
    this.moments = moments;
    const mark = moments.findLast(({ kind, id }) => kind === 'mark' && id > known);
    if (this.marking && mark !== undefined) {
      this.marking = false;
      this.events.marked(mark);
      if (this.chosen === undefined) this.compare(mark.id, undefined);
    }
    const { chosen } = this;
    if (chosen === undefined) return;
    const isThere = (id: number): boolean => moments.some((moment) => moment.id === id);
    if (isThere(chosen.before) && (chosen.after === undefined || isThere(chosen.after))) return;
    this.chosen = undefined;
    this.events.changed();
  }

  /** Something was compared. A page that was made anew takes over what the host still compares. */
  adopt({ before, after, follows }: ShownDiff): void {
    if (!this.isOwn) this.chosen = { before: before.id, after: follows ? undefined : after.id };
  }

  /** Whether it is of the moments that are compared now. */
  isOf({ before, after, follows }: ShownDiff): boolean {
    return this.chosen?.before === before.id && this.chosen.after === (follows ? undefined : after.id);
  }
}
