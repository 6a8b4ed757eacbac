import type { CallerNode } from '../../src/insight/heap/callers.js';
import type { RowList } from '../shared/grid-shape.js';
import type { HeapSorting } from './heap-columns.js';
import type { Chosen, ShownHeap } from './heap-model.js';
import { type HeapRow, type HeapRowSource, lazyRows } from './heap-rows.js';
import { SameFrames } from './same-frames.js';

interface Caller {
  readonly node: CallerNode;
  /** Frames from the innermost one outwards, joined: its id. */
  readonly id: string;
  readonly path: readonly number[];
  readonly above: Caller | undefined;
  children?: readonly Caller[];
}

/** Callers are opened so far at once where there is but one. */
const ONE_WAY = 200;

/** The tree seen from below: each level is made when it is opened. */
export class CallerRows implements HeapRowSource {
  readonly isTree = true;
  readonly words = ['place that allocates', 'places that allocate'] as const;
  private shown: ShownHeap | undefined;
  private roots: readonly Caller[] = [];
  private readonly open = new Set<string>();
  private blocks: Float64Array | undefined;

  constructor(private readonly blocksOf: (shown: ShownHeap) => Float64Array | undefined) {}

  take(shown: ShownHeap): void {
    const before = this.shown;
    this.shown = shown;
    this.blocks = this.blocksOf(shown);
    if (before !== undefined && before.profile.frames !== shown.profile.frames) this.reopen(before, shown);
    if (before?.callers === shown.callers) return;
    this.roots = shown.callers.roots().map((node) => ({ node, id: `${node.frame}`, path: [node.frame], above: undefined }));
  }

  rows(sorting: HeapSorting): RowList<HeapRow> {
    const shown: Caller[] = [];
    const levels: number[] = [];
    const add = (callers: readonly Caller[], level: number): void => {
      for (const caller of this.inOrder(callers, sorting)) {
        shown.push(caller);
        levels.push(level);
        if (this.open.has(caller.id)) add(this.childrenOf(caller), level + 1);
      }
    };
    add(this.roots, 1);
    let indexes: ReadonlyMap<string, number> | undefined;
    return lazyRows(
      shown.length,
      (index) => this.row(shown[index]!, levels[index]!),
      (id) => {
        indexes ??= new Map(shown.map((caller, at) => [caller.id, at]));
        return indexes.get(id);
      },
    );
  }

  toggle({ id }: HeapRow, expanded: boolean): void {
    if (!expanded) {
      this.open.delete(id);
      return;
    }
    let caller = this.find(id.split('/').map(Number));
    for (let step = 0; caller?.node.hasCallers === true && step < ONE_WAY; step++) {
      this.open.add(caller.id);
      const children = this.childrenOf(caller);
      caller = children.length === 1 ? children[0] : undefined;
    }
  }

  rowOf(chosen: Chosen, reveal: boolean): string | undefined {
    if (chosen.kind === 'callers') {
      const caller = this.find(chosen.path);
      if (reveal) for (let above = caller?.above; above !== undefined; above = above.above) this.open.add(above.id);
      return caller?.id;
    }
    const { profile } = this.shown!;
    const frame = chosen.kind === 'node' ? profile.tree.frame[chosen.node] : chosen.frame;
    return this.roots.find(({ node }) => node.frame === frame)?.id;
  }

  fold(): void {
    this.open.clear();
  }

  /** A level more of what is seen: all of it may be far larger than the profile. */
  unfold(): boolean {
    const whole = Math.abs(this.shown!.weights[0]!);
    const add = (callers: readonly Caller[]): void => {
      for (const caller of callers) {
        if (!caller.node.hasCallers || Math.abs(caller.node.value) < whole * 0.01) continue;
        if (this.open.has(caller.id)) add(this.childrenOf(caller));
        else this.open.add(caller.id);
      }
    };
    add(this.roots);
    return false;
  }

  get count(): number {
    return this.roots.length;
  }

  /** Frames of another profile have other numbers. */
  private reopen(before: ShownHeap, shown: ShownHeap): void {
    const same = new SameFrames(before.profile, shown.profile);
    const opened = [...this.open];
    this.open.clear();
    for (const id of opened) {
      const path = same.all(id.split('/').map(Number));
      if (path !== undefined) this.open.add(path.join('/'));
    }
  }

  private childrenOf(caller: Caller): readonly Caller[] {
    caller.children ??= this.shown!.callers.callers(caller.node).map((node) => ({
      node,
      id: `${caller.id}/${node.frame}`,
      path: [...caller.path, node.frame],
      above: caller,
    }));
    return caller.children;
  }

  private find(path: readonly number[]): Caller | undefined {
    let level = this.roots;
    let found: Caller | undefined;
    for (const frame of path) {
      found = level.find(({ node }) => node.frame === frame);
      if (found === undefined) return undefined;
      level = this.childrenOf(found);
    }
    return found;
  }

  private row({ node, id, path, above }: Caller, level: number): HeapRow {
    return {
      id,
      ...(above === undefined ? {} : { parentId: above.id }),
      frame: node.frame,
      level,
      ...(node.hasCallers ? { expanded: this.open.has(id) } : {}),
      total: node.value,
      self: this.selfOf(node, level),
      count: this.blocks === undefined ? Number.NaN : sumOf(this.blocks, node.leaves),
      chosen: () => ({ kind: 'callers', path, caller: node }),
    };
  }

  /** Callers allocate nothing themselves in this. */
  private selfOf({ value }: CallerNode, level: number): number {
    return level === 1 ? value : 0;
  }

  private inOrder(callers: readonly Caller[], { column, descending }: HeapSorting): readonly Caller[] {
    const turn = descending ? -1 : 1;
    const { blocks, shown } = this;
    if (column === 'name' || column === 'place') {
      const name = ({ node }: Caller): string => shown!.nameOf(node.frame);
      return callers.toSorted((a, b) => turn * name(a).localeCompare(name(b), 'en', { numeric: true }));
    }
    if (column === 'count' && blocks !== undefined) {
      const counts = new Map(callers.map((caller) => [caller, sumOf(blocks, caller.node.leaves)]));
      return callers.toSorted((a, b) => turn * (counts.get(a)! - counts.get(b)!));
    }
    return descending ? callers : callers.toReversed();
  }
}

function sumOf(values: Float64Array, nodes: Uint32Array): number {
  let sum = 0;
  for (const node of nodes) sum += values[node]!;
  return sum;
}
