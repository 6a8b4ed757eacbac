import type { Milliseconds } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import type { Source, ToPage } from '../../src/protocol/trends.js';
import { element, setChildren } from '../shared/dom.js';
import type { Host } from '../shared/host.js';
import { onceAFrame, PageFrame } from '../shared/page.js';
import { onThemeChange } from '../shared/theme.js';
import { cellNote } from './cell-text.js';
import { layoutColumns, NARROW } from './column-layout.js';
import { columnMenu, headerMenu, moved } from './column-menu.js';
import { COLUMN_SETS, type ColumnSetId } from './column-sets.js';
import { type ColumnId, type ColumnSpec, columnOf } from './columns.js';
import { rowText } from './copy-text.js';
import { emptyText } from './empty-text.js';
import { type FilterError, type ProcessFilter, parseFilter } from './filter.js';
import { Grid } from './grid.js';
import { candidatesOf, HOLDERS_SHOWN, unknownHolders } from './holder-candidates.js';
import type { Holder, MachineMemory } from './holders.js';
import { holdersOf } from './holders.js';
import { HoldersPanel } from './holders-panel.js';
import { type MenuEntry, type MenuPlace, showMenu } from './menu.js';
import { OrderHold } from './order-hold.js';
import { mergeMessages, type ProcessesMessage, ProcessRecords } from './process-records.js';
import { groupName, isGroup, ProcessTable, type Sorting, type TableRow } from './process-table.js';
import { actionMenu, isPossible, messageOf, type RowAction } from './row-actions.js';
import { RowButtons } from './row-buttons.js';
import type { RowContext, RowView } from './row-view.js';
import { sumNote } from './sums.js';
import { TableFigures } from './table-figures.js';
import { TargetClock } from './target-clock.js';
import { TargetLine } from './target-line.js';
import { Toolbar } from './toolbar.js';
import { readViewState, type ViewState } from './view-state.js';

/** What is chosen is saved when it has rested for so long. */
const SAVE_AFTER: Milliseconds = 300;

/** The page Processes: takes what the host tells, and puts the parts together. */
export class ProcessesPage {
  private readonly frame: PageFrame;
  private readonly records = new ProcessRecords();
  private readonly table = new ProcessTable(this.records);
  private readonly figures = new TableFigures(this.records, this.table);
  private readonly clock = new TargetClock();
  private readonly hold = new OrderHold(() => this.holdChanged());
  private readonly line: TargetLine;
  private readonly toolbar: Toolbar;
  private readonly grid: Grid;
  private readonly panel: HoldersPanel;
  private readonly buttons: RowButtons;
  private readonly empty = element('div', { class: 'empty', attributes: { role: 'status' } });
  private readonly area: HTMLElement;
  private readonly main: HTMLElement;
  private readonly draw = onceAFrame(() => this.drawNow());
  private state: ViewState = readViewState(undefined);
  private applied: ViewState | undefined;
  private filter: ProcessFilter = { empty: true, matches: () => true };
  private filterError: FilterError | undefined;
  private source: Source | undefined;
  private machine: MachineMemory | undefined;
  private memTotal: number | undefined;
  private received = false;
  private restored = false;
  /** While it is paused: what has come since. */
  private paused = false;
  private waiting: ProcessesMessage | undefined;
  /** Rows or their order are to be made anew, once the order is no longer held. */
  private stale = false;
  /** All rows are others: there is no order to hold. */
  private replaced = false;
  private saveTimer: number | undefined;
  private width = 0;

  constructor(app: HTMLElement, host: Host) {
    this.frame = new PageFrame(host, (message) => this.take(message));
    this.line = new TargetLine({
      retry: () => this.source && this.frame.send({ kind: 'retry', source: this.source.id }),
      selectTarget: () => this.frame.send({ kind: 'select-target' }),
      pause: () => this.pause(!this.paused),
      chart: () => this.choose({ chart: { ...this.state.chart, open: !this.state.chart.open } }),
    });
    this.toolbar = new Toolbar({
      filter: (text) => this.choose({ filter: text }),
      group: (grouping) => this.choose({ grouping }),
      columnSet: (set) => this.chooseSet(set),
      columnMenu: (button) => this.showColumnMenu(placeBelow(button)),
      enterTable: () => this.grid.focus(),
    });
    this.buttons = new RowButtons(
      (action, row) => this.act(action, row),
      (row, button) => this.showRowMenu(row, placeBelow(button)),
    );
    this.grid = new Grid({
      sort: (column) => this.sort(column),
      widen: (column, width) => this.widen(column, width),
      move: (column, before) => this.chooseColumns(moved(this.state.columns, column, before)),
      menu: (column, place) => this.showHeaderMenu(column, place),
      act: (action, row) => this.act(action, row),
      toggle: (row, expanded) => this.toggle(row, expanded),
      rowMenu: (row, place) => this.showRowMenu(row, place),
      pointed: (view) => this.point(view),
      keyUsed: () => this.hold.keyUsed(),
      note: (row, column) => this.noteOf(row, column),
    });
    this.panel = new HoldersPanel(
      ({ measure, shape }) => this.choose({ chart: { ...this.state.chart, measure, shape } }),
      (holder) => this.selectHolder(holder),
    );
    this.area = element('div', { class: 'area' }, this.grid.root, this.empty);
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
    this.applyState();
    this.drawNow();
    this.frame.ready();
  }

  private take(message: ToPage): void {
    switch (message.kind) {
      case 'hello':
        if (!this.restored) this.restore(message.saved);
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
        if (this.paused) this.waiting = mergeMessages(this.waiting, message);
        else this.accept(message);
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
    this.restored = true;
    this.state = readViewState(saved);
    this.toolbar.setFilter(this.state.filter);
    this.applyState();
    this.draw();
  }

  /** A choice of the user's: it takes effect at once, also while the order is held. */
  private choose(change: Partial<ViewState>): void {
    this.keep(change);
    this.refresh();
  }

  /** The same, for what leaves the rows as they are. */
  private keep(change: Partial<ViewState>): void {
    this.state = { ...this.state, ...change };
    this.applyState();
    window.clearTimeout(this.saveTimer);
    this.saveTimer = window.setTimeout(() => this.frame.send({ kind: 'save', state: this.state }), SAVE_AFTER);
  }

  private applyState(): void {
    const { state, table, applied } = this;
    const differs = (key: keyof ViewState): boolean => applied?.[key] !== state[key];
    this.applied = state;
    if (differs('columns')) table.showColumns(state.columns);
    if (differs('widths')) table.setWidths(state.widths);
    if (differs('grouping')) table.group(state.grouping);
    if (differs('sorting')) table.sort(state.sorting);
    if (differs('filter')) this.applyFilter();
    if (differs('chart')) {
      this.panel.root.hidden = !state.chart.open;
      this.main.classList.toggle('with-chart', state.chart.open);
      if (!state.chart.open) this.panel.close();
    }
    this.toolbar.show(state.grouping, state.columns);
    this.layOut();
  }

  private applyFilter(): void {
    const filter = parseFilter(this.state.filter);
    this.filterError = filter.ok ? undefined : filter.error;
    // A filter that is half written leaves what was shown.
    if (!filter.ok) return;
    this.filter = filter.value;
    this.table.filter(({ entry }) => filter.value.matches(entry));
  }

  private chooseColumns(columns: readonly ColumnId[]): void {
    this.choose({ columns });
  }

  private chooseSet(id: ColumnSetId): void {
    const set = COLUMN_SETS.find((one) => one.id === id);
    if (set) this.chooseColumns(set.columns);
  }

  private sort(column: ColumnId, descending?: boolean): void {
    const { sorting } = this.state;
    // Numbers begin with the largest, names with A.
    const first = columnOf(column).unit !== 'text' && column !== 'pid';
    const next: Sorting = { column, descending: descending ?? (sorting.column === column ? !sorting.descending : first) };
    this.choose({ sorting: next });
  }

  private widen(column: ColumnId, width: number): void {
    this.keep({ widths: { ...this.state.widths, [column]: Math.round(Math.min(1200, Math.max(48, width))) } });
  }

  private toggle(row: TableRow, expanded?: boolean): void {
    this.table.toggle(row, expanded);
    this.refresh();
  }

  private pause(paused: boolean): void {
    this.paused = paused;
    const { waiting } = this;
    this.waiting = undefined;
    if (!paused && waiting) this.accept(waiting);
    this.draw();
  }

  private holdChanged(): void {
    this.draw();
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
    figures.measure(!this.filter.empty, this.state.bars, this.memTotal);
    const { totals } = figures;
    this.toolbar.showMessage(this.filterError, figures.notJudged);
    if (renew) grid.setRows(table.rows(), context, totals, table.grouping !== 'none');
    else grid.update(context, totals);
    this.line.showState(this.paused, this.hold.held && this.stale, this.state.chart.open);
    this.line.showCount(figures.shown, this.records.size, !this.filter.empty);
    this.showEmpty();
    if (this.state.chart.open && (forced || !this.hold.held)) this.drawChart();
  }

  private context(): RowContext {
    return { fullBar: (column) => this.figures.fullBar(column), sumsOf: (group) => this.table.sumsOf(group) };
  }

  private drawChart(): void {
    const { measure, shape } = this.state.chart;
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
    this.empty.hidden = text === undefined;
    this.area.classList.toggle('is-empty', text !== undefined);
    if (!text) return;
    const button =
      text.action &&
      element(
        'button',
        { class: 'text-button', attributes: { type: 'button' }, on: { click: () => this.fromEmpty(text.action) } },
        text.action === 'clear-filter' ? 'Clear Filter' : 'Select Target',
      );
    if (this.empty.textContent === text.text + (button?.textContent ?? '')) return;
    setChildren(this.empty, element('p', {}, text.text), button);
  }

  private fromEmpty(action: 'clear-filter' | 'select-target' | undefined): void {
    if (action === 'select-target') this.frame.send({ kind: 'select-target' });
    if (action !== 'clear-filter') return;
    this.toolbar.setFilter('');
    this.choose({ filter: '' });
    this.toolbar.focus();
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
    if (kind === 'process' && !this.table.isShown(id)) {
      this.toolbar.setFilter('');
      this.choose({ filter: '' });
    }
    this.grid.select(id, true);
  }

  private openMenu(label: string, entries: readonly MenuEntry[], place: MenuPlace): void {
    this.hold.setMenu(true);
    showMenu(label, entries, place, () => this.hold.setMenu(false));
  }

  private showRowMenu(row: TableRow, place: MenuPlace): void {
    if (isGroup(row)) {
      this.openMenu('Group', this.groupMenu(row), place);
      return;
    }
    this.grid.select(row.id, false);
    this.openMenu(
      'Process',
      actionMenu(row.original, this.recorded, (action) => this.act(action, row)),
      place,
    );
  }

  private groupMenu(row: TableRow): readonly MenuEntry[] {
    const all = (expanded: boolean): void => {
      this.table.expandAll(expanded);
      this.refresh();
    };
    return [
      { label: row.getIsExpanded() ? 'Collapse' : 'Expand', keys: 'Enter', run: () => this.toggle(row) },
      { label: 'Expand All', run: () => all(true) },
      { label: 'Collapse All', run: () => all(false) },
      { separator: true },
      { label: 'Copy Row', keys: 'Ctrl+C', run: () => this.act('copy-row', row) },
    ];
  }

  private showColumnMenu(place: MenuPlace): void {
    const entries = columnMenu(() => this.state.columns, this.state.bars, {
      columns: (columns) => this.chooseColumns(columns),
      columnSet: (set) => this.chooseSet(set),
      bars: (bars) => this.choose({ bars }),
      resetWidths: () => this.choose({ widths: {} }),
    });
    this.openMenu('Columns and bars', entries, place);
  }

  private showHeaderMenu(column: ColumnId, place: MenuPlace): void {
    const { columns } = this.state;
    const entries = headerMenu(column, {
      sort: (descending) => this.sort(column, descending),
      hide: () => this.chooseColumns(columns.filter((id) => id !== column)),
      move: (by) => {
        const other = columns[columns.indexOf(column) + by];
        if (other) this.chooseColumns(by === 1 ? moved(columns, other, column) : moved(columns, column, other));
      },
      all: () => this.showColumnMenu(place),
    });
    this.openMenu(columnOf(column).label, entries, place);
  }
}

function placeBelow(button: HTMLElement): MenuPlace {
  const box = button.getBoundingClientRect();
  return { x: box.left, y: box.bottom + 2 };
}
