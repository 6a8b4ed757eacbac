import { CallerTree } from '../../src/insight/heap/callers.js';
import { type ChildLists, childLists } from '../../src/insight/heap/child-lists.js';
import { matchingFrames } from '../../src/insight/heap/filter.js';
import { frameName, frameText } from '../../src/insight/heap/frame-name.js';
import { narrowProfile } from '../../src/insight/heap/narrow.js';
import { inclusiveValues } from '../../src/insight/heap/sums.js';
import type { HeapNarrowing } from '../../src/model/heap-narrowing.js';
import type { HeapMeasure, HeapProfile } from '../../src/model/heap-profile.js';
import { formatChange, formatShare, formatSize } from '../shared/format.js';
import type { Direction, HeapSearch, ShownHeap } from './heap-model.js';

/** What was asked for. */
export interface HeapQuery {
  readonly narrowing: HeapNarrowing;
  readonly direction: Direction;
  readonly search: string;
}

/** So many ways to look at a profile are kept: large ones take tens of megabytes each. */
const KEPT = 2;

/** Works out what the views show, and keeps each step as long as what it is made of stays. */
export class ShownHeaps {
  /** The newest first: who turns a filter off again wants what was there. */
  private narrowed: readonly { readonly key: string; readonly of: HeapProfile; readonly profile: HeapProfile; basis?: Basis }[] =
    [];
  private found: { readonly text: string; readonly of: Basis; readonly search: HeapSearch } | undefined;

  of(profile: HeapProfile, system: Uint8Array, { narrowing, direction, search }: HeapQuery): ShownHeap {
    const { measure: asked, ...way } = narrowing;
    const key = JSON.stringify(way);
    const kept = this.narrowed.find((one) => one.of === profile && one.key === key);
    const narrowed: (typeof this.narrowed)[number] = kept ?? {
      key,
      of: profile,
      profile: narrowProfile(profile, system, narrowing).profile,
    };
    this.narrowed = [narrowed, ...this.narrowed.filter((one) => one !== narrowed && one.of === profile)].slice(0, KEPT);
    const { profile: shown } = narrowed;
    const measure = way.moment !== undefined && shown.measures.length === 1 ? 0 : asked;
    if (narrowed.basis?.measure !== measure) narrowed.basis = new Basis(shown, measure, narrowed.basis);
    const { basis } = narrowed;
    const found = search === '' ? undefined : this.search(basis, search);
    return basis.shown(direction, system, narrowing.ownCode, found);
  }

  private search(basis: Basis, text: string): HeapSearch {
    if (this.found?.text !== text || this.found.of !== basis) this.found = { text, of: basis, search: searchOf(basis, text) };
    return this.found.search;
  }
}

/** Of one profile and measure. */
class Basis {
  readonly children: ChildLists;
  private readonly sums: (Float64Array | undefined)[];
  private readonly changes: (boolean | undefined)[] = [];
  private tree: CallerTree | undefined;
  private readonly self: Float64Array;
  readonly isChange: boolean;
  readonly weights: Float64Array;

  constructor(
    readonly profile: HeapProfile,
    readonly measure: number,
    before?: Basis,
  ) {
    this.children = before?.children ?? childLists(profile.tree);
    this.sums = before?.sums ?? [];
    this.self = known(profile.self[measure]!);
    this.isChange = isChanging(profile.measures[measure]!, this.self);
    this.weights = this.isChange ? inclusiveValues(profile.tree, this.self.map(Math.abs)) : this.totalsOf(measure);
  }

  totalsOf(measure: number): Float64Array {
    this.sums[measure] ??= inclusiveValues(this.profile.tree, known(this.profile.self[measure]!));
    return this.sums[measure];
  }

  private get callers(): CallerTree {
    this.tree ??= new CallerTree(this.profile.tree, this.self);
    return this.tree;
  }

  /** Whether some of it may be less than nothing. */
  private isChangeOf(measure: number): boolean {
    this.changes[measure] ??= isChanging(this.profile.measures[measure]!, this.profile.self[measure]!);
    return this.changes[measure];
  }

  shown(direction: Direction, system: Uint8Array, ownCode: boolean, search: HeapSearch | undefined): ShownHeap {
    const { profile, measure, self, isChange, weights, children } = this;
    const totals = this.totalsOf(measure);
    const basis = this;
    return {
      profile,
      measure,
      self,
      totals,
      weights,
      children,
      isChange,
      direction,
      get callers() {
        return basis.callers;
      },
      system,
      ownCode,
      ...(search === undefined ? {} : { search }),
      amount: (value) => amountText(value, profile.measures[measure]!, isChange),
      share: (value) => (isChange ? '' : formatShare(value, totals[0])),
      nameOf: (frame) => frameName(profile, frame),
      frameText: (frame) => frameText(profile, frame),
      totalsOf: (other) => this.totalsOf(other),
      wholeOf: (other) => this.totalsOf(other)[0]!,
      amountOf: (other, value) => amountText(value, profile.measures[other]!, this.isChangeOf(other)),
    };
  }
}

/** What is not told counts as nothing in sums. */
const known = (values: Float64Array): Float64Array =>
  values.some(Number.isNaN) ? values.map((value) => (Number.isNaN(value) ? 0 : value)) : values;

const isChanging = ({ quantity }: HeapMeasure, values: Float64Array): boolean =>
  quantity === 'growth' || values.some((value) => value < 0);

/** Estimates from samples have fractions that mean nothing. */
function amountText(value: number, { unit }: HeapMeasure, isChange: boolean): string {
  const round = Math.round(value);
  if (isChange) return round === 0 ? '0' : formatChange(round, unit);
  if (unit === 'count') return round.toLocaleString('en-US');
  return round === 0 ? '0' : formatSize(round);
}

/** What stacks hold that such a frame is in: each once, at the outermost of them. */
function searchOf({ profile, weights }: Basis, text: string): HeapSearch {
  const frames = matchingFrames(profile, { text });
  const { length, parent, frame } = profile.tree;
  const isIn = new Uint8Array(length);
  let held = 0;
  for (let node = 1; node < length; node++) {
    if (isIn[parent[node]!] === 1) isIn[node] = 1;
    else if (frames[frame[node]!] === 1) {
      isIn[node] = 1;
      held += weights[node]!;
    }
  }
  return { text, frames, count: frames.reduce((sum, one) => sum + one, 0), held };
}
