import type { CallerNode, CallerTree } from '../../src/insight/heap/callers.js';
import type { ChildLists } from '../../src/insight/heap/child-lists.js';
import type { GroupBy } from '../../src/insight/heap/groups.js';
import type { HeapProfile } from '../../src/model/heap-profile.js';
import type { ViewName } from './saved.js';

export type Direction = 'top-down' | 'bottom-up';

/** What the search box finds; nothing is left out for it. */
export interface HeapSearch {
  readonly text: string;
  /** 1 for each frame that is found: by index into `profile.frames`. */
  readonly frames: Uint8Array;
  /** Frames found. */
  readonly count: number;
  /** What stacks hold that such a frame is in, of the measure that is shown; each stack once. */
  readonly held: number;
}

/** What all views show: the profile after filters, with what is worked out of it once. Nodes are those of `profile.tree`. */
export interface ShownHeap {
  readonly profile: HeapProfile;
  /** Index into `profile.measures`. */
  readonly measure: number;
  /** Of each node by itself, of the measure. */
  readonly self: Float64Array;
  /** Of each node with all below it, of the measure; `totals[0]` is the whole. */
  readonly totals: Float64Array;
  /** Of each node with all below it, how much is to be seen of it: the totals, or of changes the sums of what has changed, up or down. 0: nothing. */
  readonly weights: Float64Array;
  /** Some values may be less than nothing: what shrank. Widths are then those of `Math.abs`, and shares of the whole mean nothing. */
  readonly isChange: boolean;
  readonly direction: Direction;
  /** The tree seen from below, level by level; for `bottom-up`. The same object as long as profile and measure are the same. */
  readonly callers: CallerTree;
  readonly children: ChildLists;
  /** 1 for each frame that is not of the user's own code. */
  readonly system: Uint8Array;
  /** Frames of `system` are folded away already. */
  readonly ownCode: boolean;
  readonly search?: HeapSearch;
  /** `12 KiB`, `+1,500`: of the measure. */
  readonly amount: (value: number) => string;
  /** `45.2%` of the whole; empty where there is no whole to be a share of. */
  readonly share: (value: number) => string;
  /** The name of a frame for people, by index into the frames; not made visible yet (base/visible-text.ts). */
  readonly nameOf: (frame: number) => string;
  /** `grow  src/list.c:42  (inlined)`, visible. */
  readonly frameText: (frame: number) => string;
  /** Totals of another measure, by its index; worked out when first asked for. */
  readonly totalsOf: (measure: number) => Float64Array;
  readonly wholeOf: (measure: number) => number;
  /** An amount of another measure. */
  readonly amountOf: (measure: number, value: number) => string;
}

/** What is chosen, in any view; the same in all. */
export type Chosen =
  | { readonly kind: 'node'; readonly node: number }
  /** A node of the tree seen from below: frames from the innermost one outwards, `caller.frame` is the last of them. */
  | { readonly kind: 'callers'; readonly path: readonly number[]; readonly caller: CallerNode }
  /** A row of the table of functions, lines or modules: a frame that stands for it, and all frames that belong to it. */
  | { readonly kind: 'row'; readonly by: GroupBy; readonly frame: number; readonly frames: readonly number[] };

/** A form of the profile: the flame graph, the call tree, the tables. */
export interface HeapView {
  readonly element: HTMLElement;
  /** Another profile, measure, direction or search. Only called while the view is shown. */
  show(data: ShownHeap): void;
  /** This is chosen, here or elsewhere. `reveal`: bring it into view. */
  select(chosen: Chosen | undefined, reveal: boolean): void;
  /** What it has kept; before it is shown first. */
  restore?(kept: unknown): void;
  /** Its place has another size. */
  resize(): void;
  /** The colours of the editor are others. */
  themed(): void;
  /** The keyboard goes to what is chosen in it. */
  focus(): void;
  /** All levels open, or none but the first; absent where there is nothing to be folded. */
  fold?(): void;
  unfold?(): void;
  /** What is shown, as a picture; absent where there is none. */
  toPng?(): Promise<Uint8Array | undefined>;
  toSvg?(): string;
  dispose(): void;
}

/** What a view asks of the page. */
export interface HeapActions {
  select(chosen: Chosen | undefined): void;
  /** Chooses it and brings it into view. */
  reveal(chosen: Chosen): void;
  /** Opens the line of a frame: index into the frames. */
  openFrame(frame: number): void;
  /** The menu of what is chosen (open, copy, narrow to it, find it in other views), at a point of the window; `more`: entries of the view's own before them. */
  menu(chosen: Chosen, place: { readonly x: number; readonly y: number }, more?: readonly HeapMenuEntry[]): void;
  copy(text: string): void;
  /** Told to a screen reader. */
  say(text: string): void;
  /** What a view keeps over a reload of the window. */
  keep(view: ViewName, state: unknown): void;
}

export interface HeapMenuEntry {
  readonly label: string;
  readonly run: () => void;
  readonly disabled?: boolean;
}
