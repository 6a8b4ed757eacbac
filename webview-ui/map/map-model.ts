import type { MapSnapshot } from '../../src/model/map-snapshot.js';
import { MARKS, type Mark, SEGMENTS, type Segment } from '../../src/model/segment.js';
import type { MapFindingText, MapState, Moment, RegionGrowth, ToMapPage } from '../../src/protocol/map.js';
import type { ViewName } from './saved.js';

export type Words = Extract<ToMapPage, { kind: 'hello' }>;
export type ShownMap = Extract<ToMapPage, { kind: 'map' }>;
export type ShownDiff = Extract<ToMapPage, { kind: 'diff' }>;

/** All that the host has told. Rows are those of `map`. */
export interface MapModel {
  readonly words: Words;
  readonly state: MapState;
  readonly map: ShownMap;
  readonly moments: readonly Moment[];
  /** What leads to `map` from an older moment: the later rows of it are those of `map`. Absent: nothing is compared, or with another moment. */
  readonly diff?: ShownDiff;
  /** What is compared, whichever map is shown: the rows are those of its own moments. */
  readonly compared?: ShownDiff;
  /** Rows are those of `map`, for it is of the same moment; else it is absent. */
  readonly growth?: RegionGrowth;
  readonly findings: readonly MapFindingText[];
}

/** Addresses between two mappings, or below the first one, where nothing is mapped: the first one, and the first one behind. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** A form of the map: the drawing, the treemap, the table, the changes. */
export interface MapView {
  readonly element: HTMLElement;
  /** Another map, or more of it. Only called while the view is shown. */
  show(model: MapModel): void;
  /** These rows are chosen, here or elsewhere; the first of them leads. `reveal`: bring it into view. `gap`: chosen instead of rows, for forms that show gaps. */
  select(rows: readonly number[], reveal: boolean, gap?: Gap): void;
  /** What it has kept; before it is shown first. */
  restore?(kept: unknown): void;
  /** The colours of the editor are others. */
  themed(): void;
  /** What is shown, as a picture; absent where there is none. */
  picture?(): Promise<Uint8Array | undefined>;
  svg?(): string;
}

/** What a view asks of the page. */
export interface MapActions {
  select(rows: readonly number[]): void;
  selectGap(gap: Gap): void;
  copy(text: string): void;
  openFile(path: string): void;
  openLink(link: string): void;
  say(text: string): void;
  /** What a form keeps over a reload of the window. */
  keep(view: ViewName, state: unknown): void;
}

export const segmentOf = ({ classes }: MapSnapshot, row: number): Segment => SEGMENTS[classes.segment[row] ?? 0] ?? 'anonymous';

export const hasMark = ({ classes }: MapSnapshot, row: number, mark: Mark): boolean =>
  ((classes.marks[row] ?? 0) & MARKS[mark]) !== 0;
