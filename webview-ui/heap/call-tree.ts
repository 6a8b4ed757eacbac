import { element, setChildren } from '../shared/dom.js';
import { CallerRows } from './caller-rows.js';
import { HeapGrid } from './heap-grid.js';
import type { Chosen, Direction, HeapActions, HeapView, ShownHeap } from './heap-model.js';
import { TopDownRows } from './top-down-rows.js';

type Counts = (shown: ShownHeap) => Float64Array | undefined;

/** The calls as a tree, from the program's start down, or from what allocates to who called it. */
export class CallTree implements HeapView {
  readonly element = element('div', { class: 'call-tree' });
  private readonly grids: Readonly<Record<Direction, HeapGrid>>;
  private direction: Direction | undefined;

  constructor(actions: HeapActions, counts: Counts, totals: Counts) {
    this.grids = {
      'top-down': new HeapGrid({ name: 'tree', label: 'Call tree', kind: 'node', source: new TopDownRows(totals) }, actions),
      'bottom-up': new HeapGrid({ name: 'tree', label: 'Callers', kind: 'node', source: new CallerRows(counts) }, actions),
    };
  }

  show(shown: ShownHeap): void {
    if (this.direction !== shown.direction) {
      this.direction = shown.direction;
      setChildren(this.element, this.grid.element);
      this.grid.resize();
    }
    this.grid.show(shown);
  }

  select(chosen: Chosen | undefined, reveal: boolean): void {
    this.grid.select(chosen, reveal);
  }

  restore(kept: unknown): void {
    for (const grid of Object.values(this.grids)) grid.restore(kept);
  }

  resize(): void {
    this.grid.resize();
  }

  themed(): void {
    this.grid.themed();
  }

  focus(): void {
    this.grid.focus();
  }

  fold(): void {
    this.grid.fold();
  }

  unfold(): void {
    this.grid.unfold();
  }

  dispose(): void {
    for (const grid of Object.values(this.grids)) grid.dispose();
  }

  private get grid(): HeapGrid {
    return this.grids[this.direction ?? 'top-down'];
  }
}
