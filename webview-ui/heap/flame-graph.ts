import { visibleText } from '../../src/base/visible-text.js';
import type { Theme } from '../shared/theme.js';
import type { FlameBoxes, FlameOrder } from './flame-layout.js';
import type { FlameColour, FlameLook, FlameLooks } from './flame-looks.js';
import type { FoundBoxes } from './flame-search.js';
import type { FlameSource } from './flame-source.js';
import type { FlameSpan } from './flame-window.js';
import type { ShownHeap } from './heap-model.js';

/** Where the whole is: at the top, with what it calls below it, or at the foot, as flames stand. */
export type FlameForm = 'icicle' | 'flame';

/** All that is drawn. */
export interface FlameGraph {
  readonly data: ShownHeap;
  readonly source: FlameSource;
  readonly boxes: FlameBoxes;
  readonly looks: FlameLooks;
  readonly foundLook: FlameLook;
  readonly found?: FoundBoxes;
  readonly theme: Theme;
  readonly form: FlameForm;
  readonly order: FlameOrder;
  readonly colour: FlameColour;
  readonly foldsRecursion: boolean;
  /** Of frames that were written already, as they are shown. */
  readonly names: Map<number, string>;
  /** Of a row, in CSS pixels. */
  readonly rowHeight: number;
}

/** What of it is seen, in CSS pixels. */
export interface FlameSight {
  readonly span: FlameSpan;
  readonly width: number;
  readonly height: number;
  /** Of all rows, or of the stage where it is higher. */
  readonly fullHeight: number;
  /** How far it is scrolled. */
  readonly top: number;
  /** The box whose zoom it is: those that it stands on are drawn fainter. */
  readonly focus: number;
}

/** The upper edge of a row in the sight. */
export const rowTop = ({ form, rowHeight }: FlameGraph, { fullHeight, top }: FlameSight, row: number): number =>
  (form === 'icicle' ? row * rowHeight : fullHeight - (row + 1) * rowHeight) - top;

/** The row at a height of the sight. */
export const rowAt = ({ form, rowHeight }: FlameGraph, { fullHeight, top }: FlameSight, y: number): number =>
  Math.floor((form === 'icicle' ? y + top : fullHeight - y - top) / rowHeight);

/** The rows that are seen: from the first to the last. */
export function rowsSeen(graph: FlameGraph, sight: FlameSight): { readonly first: number; readonly last: number } {
  const ends = [rowAt(graph, sight, 0), rowAt(graph, sight, sight.height - 0.5)];
  return { first: Math.max(0, Math.min(...ends)), last: Math.min(graph.boxes.rows.length - 2, Math.max(...ends)) };
}

/** `main`, `All`, `walk ×12`, `+ grow`: what is written on a box. */
export function boxName({ boxes, data, names, source }: FlameGraph, box: number): string {
  if (box === 0) return 'All';
  const node = boxes.node[box]!;
  const frame = source.tree.frame[node]!;
  let name = names.get(frame);
  if (name === undefined) {
    name = visibleText(data.nameOf(frame));
    names.set(frame, name);
  }
  const repeats = source.repeatsOf(node);
  const sign = source.sums.hasLess ? changeSign(source.sums.total[node]!) : '';
  return `${sign}${name}${repeats > 0 ? ` ×${repeats + 1}` : ''}`;
}

/** Colours alone don't say it. */
const changeSign = (total: number): string => (total > 0 ? '+ ' : total < 0 ? '\u2212 ' : '');
