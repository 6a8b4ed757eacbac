import type { Milliseconds } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import type { Source, ToPage } from '../../src/protocol/trends.js';
import { moved, placeBelow } from '../shared/column-choice.js';
import { element } from '../shared/dom.js';
import type { FilterError } from '../shared/filter-language.js';
import { listOf, type Sorting } from '../shared/grid-shape.js';
import type { Host } from '../shared/host.js';
import type { MenuPlace } from '../shared/menu.js';
import { OrderHold } from '../shared/order-hold.js';
import { onceAFrame, PageFrame } from '../shared/page.js';
import { onThemeChange } from '../shared/theme.js';
import { cellNote } from './cell-text.js';
import { Choices } from './choices.js';
import { layoutColumns, NARROW } from './column-layout.js';
import { COLUMN_SETS, type ColumnSetId } from './column-sets.js';
import { type ColumnId, type ColumnSpec, columnOf } from './columns.js';
import { rowText } from './copy-text.js';
import { EmptyNote } from './empty-note.js';
import { type EmptyText, emptyText } from './empty-text.js';
import { type ProcessFilter, parseFilter } from './filter.js';
import { candidatesOf, HOLDERS_SHOWN, unknownHolders } from './holder-candidates.js';
import { type Holder, holdersOf, type MachineMemory } from './holders.js';
import { HoldersPanel } from './holders-panel.js';
import { Incoming } from './incoming.js';
import { type ProcessGrid, processGrid } from './process-grid.js';
import { type ProcessesMessage, ProcessRecords } from './process-records.js';
import { groupName, isGroup, ProcessTable, type TableRow } from './process-table.js';
import { isPossible, messageOf, type RowAction } from './row-actions.js';
import { RowButtons } from './row-buttons.js';
import type { RowContext, RowView } from './row-view.js';
import { sumNote } from './sums.js';
import { TableFigures } from './table-figures.js';
import { TableMenus } from './table-menus.js';
import { TargetClock } from './target-clock.js';
import { TargetLine } from './target-line.js';
import { Toolbar } from './toolbar.js';
import type { ViewState } from './view-state.js';

/** The page Processes: takes what the host tells, and puts the parts together. */
export class ProcessesPage {
  private readonly frame: PageFrame;
  private readonly records = new ProcessRecords();
  private readonly table = new ProcessTable(this.records);
  private readonly figures = new TableFigures(this.records, this.table);
  private readonly clock = new TargetClock();
  private readonly hold = new OrderHold(() => this.draw());
  private readonly line: TargetLine;
  private readonly toolbar: Toolbar;
  private readonly grid: ProcessGrid;
  private readonly choices = new Choices({
    apply: (state, differs) => this.apply(state, differs),
    save: (state) => this.frame.send({ kind: 'save', state }),
  });
  private readonly panel: HoldersPanel;
  private readonly buttons: RowButtons;
  private readonly empty = new EmptyNote((action) => this.fromEmpty(action));
  private readonly incoming = new Incoming((message) => this.accept(message));
  private readonly menus: TableMenus;
  private readonly area: HTMLElement;
  private readonly main: HTMLElement;
  private readonly draw = onceAFrame(() => this.drawNow());
  private filter: ProcessFilter = { empty: true, matches: () => true };
  private filterError: FilterError | undefined;
  private source: Source | undefined;
  private machine: MachineMemory | undefined;
  private memTotal: number | undefined;
  private received = false;
  /** Rows or their order are to be made anew, once the order is no longer held. */
  private stale = false;
  /** All rows are others: there is no order to hold. */
  private replaced = false;
  private width = 0;

  constructor(app: HTMLElement, host: Host) {
    this.frame = new PageFrame(host, (message) => this.take(message));
    this.line = new TargetLine({
      retry: () => this.source && this.frame.send({ kind: 'retry', source: this.source.id }),
      selectTarget: () => this.frame.send({ kind: 'select-target' }),
      pause: () => {
        this.incoming.togglePause();
        this.draw();
      },
      chart: () => this.choose({ chart: { ...this.choices.state.chart, open: !this.choices.state.chart.open } }),
    });
    this.toolbar = new Toolbar({
      filter: (text) => this.choose({ filter: text }),
      group: (grouping) => this.choose({ grouping }),
      columnSet: (set) => this.chooseSet(set),
      columnMenu: (button) => this.menus.showColumns(placeBelow(button)),
      enterTable: () => this.grid.focus(),
    });
    this.buttons = new RowButtons(
      (action, row) => this.act(action, row),
      (row, button) => this.showRowMenu(row, placeBelow(button)),
    );
    this.grid = processGrid({
      sort: (column) => this.sort(column),
      widen: (column, width) => this.widen(column, width),
      move: (column, before) => this.choose({ columns: moved(this.choices.state.columns, column, before) }),
      menu: (column, place) => this.menus.showHeader(column, place),
      act: (action, row) => this.act(action, row),
      toggle: (row, expanded) => this.toggle(row, expanded),
      rowMenu: (row, place) => this.showRowMenu(row, place),
      pointed: (view) => this.point(view),
      keyUsed: () => this.hold.keyUsed(),
      note: (row, column) => this.noteOf(row, column),
    });
    this.menus = new TableMenus(() => this.choices.state, {
      act: (action, row) => this.act(action, row),
      toggle: (row) => this.toggle(row),
      expandAll: (expanded) => {
        this.table.expandAll(expanded);
        this.refresh();
      },
      sort: (column, descending) => this.sort(column, descending),
      choose: (change) => this.choose(change),
      columnSet: (set) => this.chooseSet(set),
      opened: (open) => this.hold.setMenu(open),
    });
    this.panel = new HoldersPanel(
      ({ measure, shape }) => this.choose({ chart: { ...this.choices.state.chart, measure, shape } }),
      (holder) => this.selectHolder(holder),
    );
    this.area = element('div', { class: 'area' }, this.grid.root, this.empty.root);
    this.main = element('div', { class: 'main' }, this.panel.root, this.area);
    app.append(
      element(
        'div',
        { class: 'processes' },
        element('div', { class: 'top' }, this.line.root, this.toolbar.root),
        this.frame.fault,
        this.main,
      ),
    );
    this.grid.start();
    this.hold.watch(this.grid.body);
    this.hold.watch(this.panel.root);
    new ResizeObserver(() => this.resized()).observe(this.area);
    onThemeChange(() => this.draw());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.frame.ready();
    });
    this.choices.apply();
    this.drawNow();
    this.frame.ready();
  }

  private take(message: ToPage): void {
    switch (message.kind) {
      case 'hello':
        this.restore(message.saved);
        break;
      case 'sources':
        this.source = message.sources.find(({ kind }) => kind === 'machine');
        this.memTotal = this.source?.memTotal;
        this.line.showSource(this.source);
        this.draw();
        break;
      case 'now':
        if (message.now.source === this.source?.id) this.takeMachine(message.now.values, message.now.at);
        break;
      case 'processes':
        this.incoming.take(message);
        break;
      default:
    }
  }

  private takeMachine(values: Readonly<Record<string, number>>, at: Milliseconds): void {
    this.clock.hear(at);
    const memTotal = values['meminfo.MemTotal'];
    const memFree = values['meminfo.MemFree'];
    this.machine = memTotal !== undefined && memFree !== undefined ? { memTotal, memFree } : undefined;
    this.memTotal = memTotal ?? this.memTotal;
  }

  private accept(message: ProcessesMessage): void {
    this.received = true;
    const change = this.records.apply(message);
    for (const { rollupAt } of message.changed) if (rollupAt !== undefined) this.clock.hear(rollupAt);
    if (this.table.accept(change)) this.stale = true;
    if (message.mode === 'reset') this.replaced = true;
    this.draw();
  }

  private restore(saved: unknown): void {
    if (!this.choices.restore(saved)) return;
    this.toolbar.setFilter(this.choices.state.filter);
    this.draw();
  }

  /** A choice of the user's: it takes effect at once, also while the order is held. */
  private choose(change: Partial<ViewState>): void {
    this.choices.keep(change);
    this.refresh();
  }

  private apply(state: ViewState, differs: (key: keyof ViewState) => boolean): void {
    const { table } = this;
    if (differs('columns')) table.showColumns(state.columns);
    if (differs('widths')) table.setWidths(state.widths);
    if (differs('grouping')) table.group(state.grouping);
    if (differs('sorting')) table.sort(state.sorting);
    if (differs('filter')) this.applyFilter(state.filter);
    if (differs('chart')) {
      this.panel.root.hidden = !state.chart.open;
      this.main.classList.toggle('with-chart', state.chart.open);
      if (!state.chart.open) this.panel.close();
    }
    this.toolbar.show(state.grouping, state.columns);
    this.layOut();
  }

  private applyFilter(text: string): void {
    const filter = parseFilter(text);
    this.filterError = filter.ok ? undefined : filter.error;
    // A filter that is half written leaves what was shown.
    if (!filter.ok) return;
    this.filter = filter.value;
    this.table.filter(({ entry }) => filter.value.matches(entry));
  }

  private chooseSet(id: ColumnSetId): void {
    const set = COLUMN_SETS.find((one) => one.id === id);
    if (set) this.choose({ columns: set.columns });
  }

  private sort(column: ColumnId, descending?: boolean): void {
    const { sorting } = this.choices.state;
    // Numbers begin with the largest, names with A.
    const first = columnOf(column).unit !== 'text' && column !== 'pid';
    const next: Sorting<ColumnId> = {
      column,
      descending: descending ?? (sorting.column === column ? !sorting.descending : first),
    };
    this.choose({ sorting: next });
  }

  private widen(column: ColumnId, width: number): void {
    // Rows stay as they are.
    this.choices.keep({ widths: { ...this.choices.state.widths, [column]: Math.round(Math.min(1200, Math.max(48, width))) } });
  }

  private toggle(row: TableRow, expanded?: boolean): void {
    this.table.toggle(row, expanded);
    this.refresh();
  }

  private refresh(): void {
    this.stale = true;
    this.drawNow(true);
  }

  private resized(): void {
    const width = this.grid.root.clientWidth;
    if (width === this.width) return;
    const wasNarrow = this.width < NARROW;
    this.width = width;
    this.area.classList.toggle('narrow', width < NARROW);
    if (wasNarrow || width < NARROW) this.layOut();
  }

  private layOut(): void {
    const { columns, widths } = layoutColumns(this.table.columns(), this.table.widths, this.width);
    this.grid.setColumns(columns.map(columnOf), widths, this.table.order);
  }

  private drawNow(forced = false): void {
    const { table, grid, figures } = this;
    const context = this.context();
    const renew = this.stale && (forced || this.replaced || !this.hold.held);
    this.replaced = false;
    if (renew) {
      this.stale = false;
      table.refresh();
    }
    figures.measure(!this.filter.empty, this.choices.state.bars, this.memTotal);
    const { totals } = figures;
    this.toolbar.showMessage(this.filterError, figures.notJudged);
    if (renew) grid.setRows(listOf(table.rows()), context, totals, table.grouping !== 'none');
    else grid.update(context, totals);
    this.line.showState(this.incoming.paused, this.hold.held && this.stale, this.choices.state.chart.open);
    this.line.showCount(figures.shown, this.records.size, !this.filter.empty);
    this.showEmpty();
    if (this.choices.state.chart.open && (forced || !this.hold.held)) this.drawChart();
  }

  private context(): RowContext {
    return { fullBar: (column) => this.figures.fullBar(column), sumsOf: (group) => this.table.sumsOf(group) };
  }

  private drawChart(): void {
    const { measure, shape } = this.choices.state.chart;
    const candidates = candidatesOf(this.records.all(), this.table, measure);
    const machine = this.filter.empty ? this.machine : undefined;
    this.panel.show(
      holdersOf(candidates, HOLDERS_SHOWN, measure, machine),
      { measure, shape },
      unknownHolders(this.records.all(), measure),
    );
  }

  private showEmpty(): void {
    const text = emptyText({
      connection: this.source?.connection,
      received: this.received,
      all: this.records.size,
      shown: this.table.shown().length,
    });
    this.empty.show(text);
    this.area.classList.toggle('is-empty', text !== undefined);
  }

  private fromEmpty(action: NonNullable<EmptyText['action']>): void {
    if (action === 'select-target') this.frame.send({ kind: 'select-target' });
    else {
      this.clearFilter();
      this.toolbar.focus();
    }
  }

  private clearFilter(): void {
    this.toolbar.setFilter('');
    this.choose({ filter: '' });
  }

  private noteOf(row: TableRow, column: ColumnSpec): string {
    if (!isGroup(row)) return cellNote(column.id, row.original.entry, this.clock.now());
    if (column.id === 'command') return visibleText(groupName(row));
    const sum = this.table.sumsOf(row).get(column.id);
    return sum ? sumNote(column.id, sum) : '';
  }

  private get recorded(): boolean {
    return this.source?.connection.kind === 'recorded';
  }

  private point(view: RowView | undefined): void {
    this.buttons.show(view, this.recorded);
  }

  private act(action: RowAction, row: TableRow): void {
    const text = (): string => rowText(row, this.table.columns().map(columnOf), (group) => this.table.sumsOf(group));
    if (isGroup(row)) {
      if (action === 'copy-row') this.frame.send({ kind: 'copy', text: text() });
      return;
    }
    if (isPossible(action, row.original, this.recorded)) this.frame.send(messageOf(action, row.original, text));
  }

  private selectHolder({ id, kind }: Holder): void {
    if (id === undefined) return;
    if (kind === 'process' && !this.table.isShown(id)) this.clearFilter();
    this.grid.select(id, true);
  }

  private showRowMenu(row: TableRow, place: MenuPlace): void {
    if (!isGroup(row)) this.grid.select(row.id, false);
    this.menus.showRow(row, this.recorded, place);
  }
}
