import {
  type ColumnDef,
  columnFilteringFeature,
  columnGroupingFeature,
  columnOrderingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  constructRow,
  constructTable,
  createExpandedRowModel,
  createFilteredRowModel,
  createGroupedRowModel,
  createSortedRowModel,
  globalFilteringFeature,
  type Row,
  type RowModel,
  rowExpandingFeature,
  rowSortingFeature,
  type Table,
  type TableFeatures,
  tableFeatures,
} from '@tanstack/table-core';
import { storeReactivityBindings } from '@tanstack/table-core/store-reactivity-bindings';
import type { Sorting } from '../shared/grid-shape.js';
import { COLUMN_IDS, type ColumnId, type ColumnSpec, columnOf } from './columns.js';
import type { ProcessRecord, ProcessRecords, RecordsChange } from './process-records.js';
import { type Sums, sumsOf } from './sums.js';

export type Grouping = 'none' | 'user' | 'command' | 'cgroup';

/** The core model is our own: it keeps the rows of processes that live on. */
const featuresWith = (coreRowModel: NonNullable<TableFeatures['coreRowModel']>) =>
  tableFeatures({
    coreReactivityFeature: storeReactivityBindings(),
    columnVisibilityFeature,
    columnOrderingFeature,
    columnSizingFeature,
    columnFilteringFeature,
    globalFilteringFeature,
    columnGroupingFeature,
    rowSortingFeature,
    rowExpandingFeature,
    coreRowModel,
    filteredRowModel: createFilteredRowModel(),
    groupedRowModel: createGroupedRowModel(),
    sortedRowModel: createSortedRowModel(),
    expandedRowModel: createExpandedRowModel(),
  });

type Features = ReturnType<typeof featuresWith>;
export type TableRow = Row<Features, ProcessRecord>;

/** Groups without a name: no user is known, or no control group. */
const NO_GROUP = '';

/**
 * Which rows there are, in which order. The rows of the table library stay the same objects as long as their process lives, and only
 * what a change touches is done again: nothing but a look at the changed records when neither filter, order nor groups depend on it.
 */
export class ProcessTable {
  private readonly table: Table<Features, ProcessRecord>;
  private readonly rowsOf = new WeakMap<ProcessRecord, TableRow>();
  private model: RowModel<Features, ProcessRecord> = { rows: [], flatRows: [], rowsById: {} };
  private madeRows = 0;
  private test: (record: ProcessRecord) => boolean | undefined = () => true;
  private sorting: Sorting<ColumnId> = { column: 'uss', descending: true };
  private groupSums = new Map<string, Sums>();

  constructor(private readonly records: ProcessRecords) {
    this.table = constructTable<Features, ProcessRecord>({
      features: featuresWith(() => () => this.model),
      columns: COLUMN_IDS.map((id) => this.definition(columnOf(id))),
      data: [],
      getRowId: ({ id }) => id,
      autoResetExpanded: false,
      groupedColumnMode: false,
      globalFilterFn: (row) => row.original.match === true,
      getColumnCanGlobalFilter: ({ id }) => id === 'command',
    });
    this.sort(this.sorting);
    this.table.setGlobalFilter('shown');
  }

  /** Groups and processes as they are to be shown, from top to bottom. */
  rows(): readonly TableRow[] {
    return this.table.getRowModel().rows;
  }

  /** The processes that the filter lets through. */
  shown(): readonly TableRow[] {
    return this.table.getFilteredRowModel().rows;
  }

  isShown(id: string): boolean {
    return this.records.get(id)?.match === true;
  }

  groups(): readonly TableRow[] {
    return this.table.getSortedRowModel().rows.filter(isGroup);
  }

  columns(): readonly ColumnId[] {
    return this.table.getVisibleLeafColumns().map(({ id }) => id as ColumnId);
  }

  showColumns(columns: readonly ColumnId[]): void {
    const visible = new Set(columns);
    this.table.setColumnVisibility(Object.fromEntries(COLUMN_IDS.map((id) => [id, visible.has(id)])));
    this.table.setColumnOrder([...columns]);
  }

  /** The columns whose width is the user's own. */
  get widths(): Readonly<Record<string, number>> {
    return this.table.atoms.columnSizing.get();
  }

  setWidths(widths: Readonly<Record<string, number>>): void {
    this.table.setColumnSizing({ ...widths });
  }

  get order(): Sorting<ColumnId> {
    return this.sorting;
  }

  sort(sorting: Sorting<ColumnId>): void {
    this.sorting = sorting;
    this.table.setSorting([{ id: sorting.column, desc: sorting.descending }]);
  }

  get grouping(): Grouping {
    return (this.table.atoms.grouping.get()[0] as Grouping | undefined) ?? 'none';
  }

  group(grouping: Grouping): void {
    this.table.setGrouping(grouping === 'none' ? [] : [grouping]);
  }

  toggle(row: TableRow, expanded?: boolean): void {
    row.toggleExpanded(expanded);
  }

  expandAll(expanded: boolean): void {
    this.table.toggleAllRowsExpanded(expanded);
  }

  /** Every record is asked anew; `refresh` brings it about. */
  filter(test: (record: ProcessRecord) => boolean | undefined): void {
    this.test = test;
    for (const record of this.records.all()) record.match = test(record);
  }

  /** Sums of a group; nothing is added up before it is asked for. */
  sumsOf(group: TableRow): Sums {
    let sums = this.groupSums.get(group.id);
    if (!sums) {
      sums = sumsOf(group.getLeafRows().map(({ original }) => original.entry));
      this.groupSums.set(group.id, sums);
    }
    return sums;
  }

  /** Takes a change of the records. True: rows, order or groups may be others now, and `refresh` brings them about. */
  accept({ changed, added, gone }: RecordsChange): boolean {
    this.groupSums.clear();
    let stale = added.length > 0 || gone.length > 0;
    for (const record of added) record.match = this.test(record);
    const { value } = columnOf(this.sorting.column);
    const grouped = this.grouping !== 'none';
    for (const { record, before } of changed) {
      const match = this.test(record);
      if (match !== record.match) {
        record.match = match;
        stale = true;
      }
      if (stale || match !== true) continue;
      if (grouped || (value(before) !== value(record.entry) && !this.isInPlace(record))) stale = true;
    }
    return stale;
  }

  /** Between its neighbours still. When this holds for all that have changed, the whole order does. */
  private isInPlace(record: ProcessRecord): boolean {
    const rows = this.rows();
    const at = rows[record.position];
    if (at?.original !== record) return false;
    const before = rows[record.position - 1];
    const after = rows[record.position + 1];
    const column = columnOf(this.sorting.column);
    const turn = this.sorting.descending ? -1 : 1;
    return (!before || this.compare(before, at, column) * turn < 0) && (!after || this.compare(at, after, column) * turn < 0);
  }

  /** Filter, groups and order by what the records say now. */
  refresh(): void {
    const rows: TableRow[] = [];
    const rowsById: Record<string, TableRow> = Object.create(null);
    for (const record of this.records.all()) {
      let row = this.rowsOf.get(record);
      if (!row) {
        row = constructRow(this.table, record.id, record, this.madeRows++, 0);
        this.rowsOf.set(record, row);
      }
      rows.push(row);
      rowsById[record.id] = row;
    }
    // A model that is another object is what the library takes for a change.
    this.model = { rows, flatRows: rows, rowsById };
    if (this.grouping !== 'none') return;
    this.rows().forEach((row, at) => {
      row.original.position = at;
    });
  }

  private definition(column: ColumnSpec): ColumnDef<Features, ProcessRecord> {
    return {
      id: column.id,
      accessorFn: ({ entry }) => column.value(entry) ?? NO_GROUP,
      size: column.width,
      minSize: 48,
      maxSize: 1200,
      // Values change under rows that stay: the library's own look at them would be at those of before.
      sortUndefined: false,
      sortFn: (a, b) => this.compare(a, b, column),
    };
  }

  /** What is not known comes last in either direction; equal ones by PID. */
  private compare(a: TableRow, b: TableRow, column: ColumnSpec): number {
    const turn = this.sorting.descending ? -1 : 1;
    const x = this.sortValue(a, column);
    const y = this.sortValue(b, column);
    if (x === undefined || y === undefined) {
      if (x !== y) return (x === undefined ? 1 : -1) * turn;
    } else if (x !== y) {
      if (typeof x === 'string' && typeof y === 'string') {
        const byLetters = compareText(x, y);
        if (byLetters !== 0) return byLetters;
      } else return x < y ? -1 : 1;
    }
    return (a.original.entry.pid - b.original.entry.pid) * turn;
  }

  private sortValue(row: TableRow, column: ColumnSpec): number | string | undefined {
    if (!isGroup(row)) return column.value(row.original.entry);
    if (column.id === row.groupingColumnId || column.id === 'command') return groupName(row);
    return this.sumsOf(row).get(column.id)?.total;
  }
}

export const isGroup = (row: TableRow): boolean => row.groupingColumnId !== undefined;

export const groupName = (row: TableRow): string => String(row.groupingValue);

/** Letters before case, so that `Xorg` stands at x. Locale rules cost fifty times as much. */
function compareText(a: string, b: string): number {
  const x = a.toLowerCase();
  const y = b.toLowerCase();
  if (x !== y) return x < y ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}
