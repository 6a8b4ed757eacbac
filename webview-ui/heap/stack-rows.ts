import { visibleText } from '../../src/base/visible-text.js';
import type { RowList } from '../shared/grid-shape.js';
import type { HeapSorting } from './heap-columns.js';
import type { Chosen, ShownHeap } from './heap-model.js';
import { type HeapRow, type HeapRowSource, lazyRows } from './heap-rows.js';

/** So many rows, the largest stacks. */
const MOST = 20_000;
/** So many callers are named beside the innermost frame. */
const CALLERS = 6;

/** Whole stacks that hold something, the largest first. */
export class StackRows implements HeapRowSource {
  readonly isTree = false;
  readonly words = ['stack', 'stacks'] as const;
  count = 0;
  private shown: ShownHeap | undefined;
  private blocks: Float64Array | undefined;

  constructor(private readonly blocksOf: (shown: ShownHeap) => Float64Array | undefined) {}

  take(shown: ShownHeap): void {
    this.shown = shown;
    this.blocks = this.blocksOf(shown);
  }

  rows({ column, descending }: HeapSorting): RowList<HeapRow> {
    const { self, profile, nameOf } = this.shown!;
    const { length, frame } = profile.tree;
    const nodes = this.largest(length, self);
    const count = nodes.length;
    const turn = descending ? -1 : 1;
    const { blocks } = this;
    if (column === 'name' || column === 'place') {
      // Names are compared once for each frame: there are fewer of them.
      const ranks = new Map([...new Set(Array.from(nodes, (node) => frame[node]!))].map((one) => [one, nameOf(one)] as const));
      const order = [...ranks.keys()].sort((a, b) => ranks.get(a)!.localeCompare(ranks.get(b)!, 'en', { numeric: true }));
      const rank = new Map(order.map((one, at) => [one, at]));
      nodes.sort((a, b) => turn * (rank.get(frame[a]!)! - rank.get(frame[b]!)!) || a - b);
    } else if (column === 'count' && blocks !== undefined) nodes.sort((a, b) => turn * (blocks[a]! - blocks[b]!) || a - b);
    else nodes.sort((a, b) => turn * (self[a]! - self[b]!) || a - b);
    const indexes = new Map<number, number>();
    for (let at = 0; at < count; at++) indexes.set(nodes[at]!, at);
    return lazyRows(
      count,
      (index) => this.row(nodes[index]!),
      (id) => indexes.get(Number(id)),
    );
  }

  toggle(): void {
    // Nothing is below a row.
  }

  rowOf(chosen: Chosen): string | undefined {
    if (chosen.kind === 'node') return `${chosen.node}`;
    if (chosen.kind === 'callers') return `${largest(chosen.caller.leaves, this.shown!.self)}`;
    const wanted = new Set(chosen.frames);
    const { tree } = this.shown!.profile;
    let best = 0;
    for (let node = 1; node < tree.length; node++) {
      if (wanted.has(tree.frame[node]!) && Math.abs(this.shown!.self[node]!) > Math.abs(this.shown!.self[best]!)) best = node;
    }
    return best === 0 ? undefined : `${best}`;
  }

  fold(): void {
    // Nothing is below a row.
  }

  unfold(): boolean {
    return true;
  }

  /** All that hold something, or the largest of them: to put hundreds of thousands in order takes long, and nobody reads them. */
  private largest(length: number, self: Float64Array): Uint32Array {
    const weights = new Float64Array(length);
    const found = new Uint32Array(length);
    let count = 0;
    for (let node = 1; node < length; node++) {
      if (self[node]! === 0) continue;
      weights[count] = Math.abs(self[node]!);
      found[count++] = node;
    }
    this.count = count;
    if (count <= MOST) return found.slice(0, count);
    // Without a function that compares, typed arrays are sorted many times as quickly.
    const least = weights.slice(0, count).sort()[count - MOST]!;
    return found
      .subarray(0, count)
      .filter((_, at) => weights[at]! >= least)
      .slice(0, MOST);
  }

  get isCut(): boolean {
    return this.count > MOST;
  }

  private row(node: number): HeapRow {
    const { profile, self } = this.shown!;
    return {
      id: `${node}`,
      frame: profile.tree.frame[node]!,
      detail: this.callersOf(node),
      level: 1,
      total: self[node]!,
      self: self[node]!,
      count: this.blocks?.[node] ?? Number.NaN,
      chosen: () => ({ kind: 'node', node }),
    };
  }

  private callersOf(node: number): string {
    const { profile, nameOf } = this.shown!;
    const { parent, frame } = profile.tree;
    const names: string[] = [];
    let above = parent[node]!;
    for (; above !== 0 && names.length < CALLERS; above = parent[above]!) names.push(visibleText(nameOf(frame[above]!)));
    return names.map((name) => `← ${name}`).join(' ') + (above === 0 ? '' : ' ← …');
  }
}

function largest(nodes: Uint32Array, values: Float64Array): number {
  let best = nodes[0] ?? 0;
  for (const node of nodes) if (Math.abs(values[node]!) > Math.abs(values[best]!)) best = node;
  return best;
}
