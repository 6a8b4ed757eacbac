import type { Total } from '../shared/grid-totals.js';
import { type ColumnId, type ColumnSpec, columnOf } from './columns.js';
import type { ProcessRecords } from './process-records.js';
import type { ProcessTable } from './process-table.js';
import { type Sums, sumsOf } from './sums.js';
import type { Bars } from './view-state.js';

/** What is counted over all rows: totals, full bars, and what the filter could not judge. */
export class TableFigures {
  totals: readonly Total<Sums>[] = [];
  notJudged = 0;
  private readonly full = new Map<ColumnId, number>();

  constructor(
    private readonly records: ProcessRecords,
    private readonly table: ProcessTable,
  ) {}

  measure(filtered: boolean, bars: Bars, memTotal: number | undefined): void {
    const entries = [...this.records.all()];
    const all: Total<Sums> = { label: 'All', count: entries.length, sums: sumsOf(entries.map(({ entry }) => entry)) };
    this.totals = entries.length === 0 ? [] : [all];
    this.notJudged = 0;
    if (filtered && entries.length > 0) {
      const shown = entries.filter(({ match }) => match === true);
      for (const { match } of entries) if (match === undefined) this.notJudged++;
      this.totals = [{ label: 'Shown', count: shown.length, sums: sumsOf(shown.map(({ entry }) => entry)) }, all];
    }
    this.measureBars(all.sums, bars, memTotal);
  }

  get shown(): number {
    return this.totals[0]?.count ?? 0;
  }

  /** What fills a cell; undefined: there are no bars in this column. */
  fullBar({ id }: ColumnSpec): number | undefined {
    return this.full.get(id);
  }

  private measureBars(sums: Sums, bars: Bars, memTotal: number | undefined): void {
    this.full.clear();
    if (bars === 'none') return;
    const groups = this.table.grouping === 'none' ? [] : this.table.groups();
    for (const id of this.table.columns()) {
      const { bar, unit } = columnOf(id);
      if (!bar) continue;
      const machine = unit === 'percent' ? 100 : id === 'swap' ? undefined : memTotal;
      const largest = groups.reduce(
        (most, group) => Math.max(most, this.table.sumsOf(group).get(id)?.total ?? 0),
        sums.get(id)?.largest ?? 0,
      );
      this.full.set(id, bars === 'machine' ? (machine ?? largest) : largest);
    }
  }
}
