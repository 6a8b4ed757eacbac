import { childrenOf } from '../../src/insight/heap/child-lists.js';
import type { RowList } from '../shared/grid-shape.js';
import type { HeapSorting } from './heap-columns.js';
import type { Chosen, ShownHeap } from './heap-model.js';
import { type HeapRow, type HeapRowSource, lazyRows } from './heap-rows.js';
import { SameNodes } from './same-nodes.js';

/** With so few nodes all are opened at once; with more, those that hold a thousandth of the whole at least. */
const FEW = 20_000;
const WORTH = 0.001;
/** At first the way is opened along which most of it comes. */
const CHIEF = 0.5;

/** The stack tree from the outermost frames: only what is opened has rows. */
export class TopDownRows implements HeapRowSource {
  readonly isTree = true;
  readonly words = ['call', 'calls'] as const;
  private shown!: ShownHeap;
  private readonly open = new Set<number>();
  private blocks: Float64Array | undefined;
  /** Children in the order of `sortedBy`. */
  private readonly sorted = new Map<number, Uint32Array>();
  private sortedBy = '';

  constructor(private readonly blocksOf: (shown: ShownHeap) => Float64Array | undefined) {}

  take(shown: ShownHeap): void {
    const before = this.shown as ShownHeap | undefined;
    this.shown = shown;
    this.blocks = this.blocksOf(shown);
    this.sorted.clear();
    if (before !== undefined && before.profile === shown.profile) return;
    const opened = [...this.open].sort((one, other) => one - other);
    this.open.clear();
    if (before === undefined) this.openChief();
    else {
      const same = new SameNodes(before, shown);
      for (const node of opened) {
        const there = same.of(node);
        if (there !== undefined) this.open.add(there);
      }
      if (this.open.size === 0) this.openChief();
    }
  }

  rows(sorting: HeapSorting): RowList<HeapRow> {
    const key = JSON.stringify(sorting);
    if (key !== this.sortedBy) this.sorted.clear();
    this.sortedBy = key;
    const nodes: number[] = [];
    const levels: number[] = [];
    // The last one is the next one: siblings stand in it in turned order.
    const waiting: number[] = [];
    const depths: number[] = [];
    const push = (node: number, level: number): void => {
      const children = this.childrenIn(node, sorting);
      for (let at = children.length - 1; at >= 0; at--) {
        waiting.push(children[at]!);
        depths.push(level);
      }
    };
    push(0, 1);
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      const level = depths.pop()!;
      nodes.push(node);
      levels.push(level);
      if (this.open.has(node)) push(node, level + 1);
    }
    const indexes = new Map<number, number>();
    for (let at = 0; at < nodes.length; at++) indexes.set(nodes[at]!, at);
    return lazyRows(
      nodes.length,
      (index) => this.row(nodes[index]!, levels[index]!),
      (id) => indexes.get(Number(id)),
    );
  }

  toggle({ id }: HeapRow, expanded: boolean): void {
    let node = Number(id);
    if (!expanded) {
      this.open.delete(node);
      return;
    }
    // Where there is but one way on, it is opened up to where there are two.
    for (let next: number | undefined = node; next !== undefined; next = this.onlyChild(node)) {
      node = next;
      this.open.add(node);
    }
  }

  rowOf(chosen: Chosen, reveal: boolean): string | undefined {
    const node = this.nodeOf(chosen);
    if (node === undefined || node === 0 || !this.isSeen(node)) return undefined;
    if (reveal) {
      const { parent } = this.shown.profile.tree;
      for (let above = parent[node]!; above !== 0; above = parent[above]!) this.open.add(above);
    }
    return `${node}`;
  }

  fold(): void {
    this.open.clear();
  }

  unfold(): boolean {
    const { weights, profile } = this.shown;
    const isWhole = profile.tree.length <= FEW;
    const least = isWhole ? 0 : weights[0]! * WORTH;
    for (let node = 1; node < profile.tree.length; node++) if (weights[node]! > least) this.open.add(node);
    return isWhole;
  }

  get count(): number {
    return this.shown.profile.tree.length - 1;
  }

  private row(node: number, level: number): HeapRow {
    const { profile, totals, self } = this.shown;
    const above = profile.tree.parent[node]!;
    const hasChildren = this.hasChildren(node);
    return {
      id: `${node}`,
      ...(above === 0 ? {} : { parentId: `${above}` }),
      frame: profile.tree.frame[node]!,
      level,
      ...(hasChildren ? { expanded: this.open.has(node) } : {}),
      total: totals[node]!,
      self: self[node]!,
      count: this.blocks?.[node] ?? Number.NaN,
      chosen: () => ({ kind: 'node', node }),
    };
  }

  /** Of a function the call that holds most; of callers the largest of the stacks that they are in. */
  private nodeOf(chosen: Chosen): number | undefined {
    switch (chosen.kind) {
      case 'node':
        return chosen.node;
      case 'callers':
        return largestOf(chosen.caller.reached, (at) => Math.abs(this.shown.self[chosen.caller.leaves[at]!]!));
      case 'row': {
        const wanted = new Set(chosen.frames);
        const { tree } = this.shown.profile;
        let best: number | undefined;
        for (let node = 1; node < tree.length; node++) {
          if (!wanted.has(tree.frame[node]!)) continue;
          if (best === undefined || this.shown.weights[node]! > this.shown.weights[best]!) best = node;
        }
        return best;
      }
    }
  }

  private isSeen(node: number): boolean {
    return (this.shown.weights[node] ?? 0) > 0;
  }

  private hasChildren(node: number): boolean {
    for (const child of childrenOf(this.shown.children, node)) if (this.isSeen(child)) return true;
    return false;
  }

  private onlyChild(node: number): number | undefined {
    let only: number | undefined;
    for (const child of childrenOf(this.shown.children, node)) {
      if (!this.isSeen(child)) continue;
      if (only !== undefined) return undefined;
      only = child;
    }
    return only;
  }

  private openChief(): void {
    const { weights, children } = this.shown;
    for (let node = 0; ; ) {
      let largest = 0;
      for (const child of childrenOf(children, node)) if (largest === 0 || weights[child]! > weights[largest]!) largest = child;
      if (largest === 0 || weights[largest]! < CHIEF * weights[node]! || !this.hasChildren(largest)) return;
      this.open.add(largest);
      node = largest;
    }
  }

  private childrenIn(node: number, { column, descending }: HeapSorting): Uint32Array {
    const there = this.sorted.get(node);
    if (there !== undefined) return there;
    const { shown, blocks } = this;
    const turn = descending ? -1 : 1;
    const nodes = Uint32Array.from([...childrenOf(shown.children, node)].filter((child) => this.isSeen(child)));
    const byValue = (values: ArrayLike<number>) => nodes.sort((a, b) => turn * (values[a]! - values[b]!) || a - b);
    if (column === 'name' || column === 'place') {
      const name = (child: number): string => shown.nameOf(shown.profile.tree.frame[child]!);
      nodes.sort((a, b) => turn * name(a).localeCompare(name(b), 'en', { numeric: true }) || a - b);
    } else if (column === 'self') byValue(shown.self);
    else if (column === 'count' && blocks !== undefined) byValue(blocks);
    else byValue(shown.totals);
    this.sorted.set(node, nodes);
    return nodes;
  }
}

function largestOf(nodes: Uint32Array, weight: (at: number) => number): number | undefined {
  let best: number | undefined;
  for (let at = 0; at < nodes.length; at++) if (best === undefined || weight(at) > weight(best)) best = at;
  return best === undefined ? undefined : nodes[best];
}
