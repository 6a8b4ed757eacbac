import { baseName } from '../../src/base/path.js';
import { type GroupValues, groupMeasures } from '../../src/insight/heap/group-values.js';
import { type GroupBy, groupFrames, type HeapGroups } from '../../src/insight/heap/groups.js';
import type { RowList } from '../shared/grid-shape.js';
import { countMeasure } from './block-counts.js';
import type { HeapSorting } from './heap-columns.js';
import type { Chosen, ShownHeap } from './heap-model.js';
import { lastNames } from './heap-row-view.js';
import { type HeapRow, type HeapRowSource, lazyRows } from './heap-rows.js';

/** Functions, their lines, or modules: what each holds itself, and with all that it calls. */
export class GroupRows implements HeapRowSource {
  readonly isTree = false;
  private shown: ShownHeap | undefined;
  private groups: HeapGroups | undefined;
  private values: GroupValues | undefined;
  private counts: GroupValues | undefined;
  count = 0;

  constructor(private readonly by: GroupBy) {}

  take(shown: ShownHeap): void {
    const before = this.shown;
    this.shown = shown;
    if (before?.profile.frames !== shown.profile.frames) this.groups = groupFrames(shown.profile, this.by);
    if (before?.profile === shown.profile && before.measure === shown.measure) return;
    const count = countMeasure(shown);
    const { tree } = shown.profile;
    // One walk for both.
    [this.values, this.counts] = groupMeasures(tree, shown.children, this.groups!, [
      shown,
      ...(count === undefined ? [] : [{ self: shown.profile.self[count]!, totals: shown.totalsOf(count) }]),
    ]);
  }

  rows({ column, descending }: HeapSorting): RowList<HeapRow> {
    const { total, self } = this.values!;
    const counts = this.counts?.total;
    const rows: number[] = [];
    for (let row = 0; row < total.length; row++) if (total[row] !== 0 || self[row] !== 0) rows.push(row);
    const turn = descending ? -1 : 1;
    const byValue = (values: Float64Array) => rows.sort((a, b) => turn * (values[a]! - values[b]!) || a - b);
    if (column === 'name' || column === 'place') {
      const names = new Map(rows.map((row) => [row, this.nameOf(row)]));
      rows.sort((a, b) => turn * names.get(a)!.localeCompare(names.get(b)!, 'en', { numeric: true }));
    } else if (column === 'self') byValue(self);
    else if (column === 'count' && counts !== undefined) byValue(counts);
    else byValue(total);
    this.count = rows.length;
    const indexes = new Map(rows.map((row, at) => [row, at]));
    return lazyRows(
      rows.length,
      (index) => this.row(rows[index]!),
      (id) => indexes.get(Number(id)),
    );
  }

  toggle(): void {
    // Nothing is below a row.
  }

  rowOf(chosen: Chosen): string | undefined {
    const frame = this.frameOf(chosen);
    return frame === undefined ? undefined : `${this.groups!.row[frame]!}`;
  }

  fold(): void {
    // Nothing is below a row.
  }

  unfold(): boolean {
    return true;
  }

  get words(): readonly [string, string] {
    return [this.by, `${this.by}s`];
  }

  private frameOf(chosen: Chosen): number | undefined {
    if (chosen.kind === 'row') return chosen.frame;
    if (chosen.kind === 'callers') return chosen.caller.frame;
    return chosen.node === 0 ? undefined : this.shown!.profile.tree.frame[chosen.node];
  }

  private nameOf(row: number): string {
    const frame = this.groups!.frame[row]!;
    const { profile, nameOf } = this.shown!;
    if (this.by !== 'module') return nameOf(frame);
    return profile.texts[profile.frames.module[frame]!] || 'not told';
  }

  private row(row: number): HeapRow {
    const frame = this.groups!.frame[row]!;
    const module = this.by === 'module' ? this.nameOf(row) : undefined;
    return {
      id: `${row}`,
      frame,
      ...(module === undefined ? {} : { name: baseName(module), detail: module }),
      // A function is more than the line that stands for it.
      ...(this.by === 'function' ? { detail: '', place: this.fileOf(frame) } : {}),
      level: 1,
      total: this.values!.total[row]!,
      self: this.values!.self[row]!,
      count: this.counts?.total[row] ?? Number.NaN,
      chosen: () => ({ kind: 'row', by: this.by, frame, frames: this.framesOf(row) }),
    };
  }

  private fileOf(frame: number): string {
    const { texts, frames } = this.shown!.profile;
    return lastNames(texts[frames.file[frame]!] || texts[frames.module[frame]!] || '');
  }

  private framesOf(row: number): readonly number[] {
    const frames: number[] = [];
    const { row: rowOf } = this.groups!;
    for (let frame = 0; frame < rowOf.length; frame++) if (rowOf[frame] === row) frames.push(frame);
    return frames;
  }
}
