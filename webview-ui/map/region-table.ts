import './table.css';
import type { Milliseconds } from '../../src/base/units.js';
import { SEGMENTS, type Segment } from '../../src/model/segment.js';
import { cssOf } from '../shared/colour.js';
import { moved, placeBelow } from '../shared/column-choice.js';
import { element, icon, setChildren } from '../shared/dom.js';
import type { MenuPlace } from '../shared/menu.js';
import { OrderHold } from '../shared/order-hold.js';
import type { Theme } from '../shared/theme.js';
import type { MapActions, MapModel, MapView } from './map-model.js';
import { cellNote, sumNote } from './region-cells.js';
import { type ColumnSetId, columnsOfSet, setsFor } from './region-column-sets.js';
import { type RegionColumn, RegionColumns } from './region-columns.js';
import { copyText } from './region-copy.js';
import { RegionData } from './region-data.js';
import { type RegionGrid, regionGrid } from './region-grid.js';
import { RegionLines } from './region-lines.js';
import { groupName } from './region-row-view.js';
import { isGroup, type RowContext, type TableRow } from './region-rows.js';
import { ScrollPlace } from './region-scroll-place.js';
import { RegionSelection, type SelectHow } from './region-selection.js';
import { RegionSums } from './region-sums.js';
import { TableBar } from './region-table-bar.js';
import { TableFilter } from './region-table-filter.js';
import { showColumnMenu, showGroupMenu, showHeaderMenu, showRowMenu } from './region-table-menus.js';
import { columnsShown, MAX_WIDTH, MIN_WIDTH, NARROW, readTableState, type TableState, widthsOf } from './region-table-state.js';
import { segmentColour } from './segment-style.js';

const KEEP_AFTER: Milliseconds = 300;

/** What is made of the map that is shown. */
interface Shown {
  readonly model: MapModel;
  readonly data: RegionData;
  readonly columns: RegionColumns;
  readonly offered: readonly RegionColumn[];
  readonly lines: RegionLines;
  readonly all: RegionSums;
}

/** The regions as a table: a row for each mapping, a column for each figure that the map tells. */
export class RegionTable implements MapView {
  readonly element: HTMLElement;
  private readonly bar: TableBar;
  private readonly grid: RegionGrid;
  private readonly area: HTMLElement;
  private readonly empty = element('div', { class: 'empty', attributes: { hidden: true } });
  private readonly place: ScrollPlace;
  private readonly selection = new RegionSelection();
  private state: TableState = readTableState(undefined);
  private shown: Shown | undefined;
  private readonly asked = new TableFilter();
  private readonly hold = new OrderHold(() => this.release());
  /** The order is that of the map before. */
  private isHeld = false;
  private colours = new Map<Segment, string>();
  private started = false;
  private width = 0;
  private keepTimer: number | undefined;
  /** Id of the row to be brought into sight, once there is room. */
  private waiting: string | undefined;
  /** What was told last, so that the page's echo is known. */
  private told: readonly number[] = [];

  constructor(
    private readonly actions: MapActions,
    private readonly theme: () => Theme,
  ) {
    this.bar = new TableBar({
      filter: (filter) => this.setFilter(filter),
      group: (grouping) => this.choose({ grouping }),
      columnSet: (columns) => this.choose({ columns }),
      columnMenu: (button) => this.openColumnMenu(placeBelow(button)),
      enterTable: () => this.grid.focus(),
    });
    this.grid = regionGrid({
      sort: (column) => this.sort(column),
      widen: (column, width) => this.widen(column, width),
      move: (column, before) => this.choose({ columns: moved(this.columnIds(), column, before) }),
      menu: (column, place) => this.openHeaderMenu(column, place),
      toggle: (row, expanded) => this.toggle(row, expanded),
      activate: (row) => this.choosePlaceOf(row, { add: false, range: false }),
      click: (row, { ctrlKey, metaKey, shiftKey }) => this.choosePlaceOf(row, { add: ctrlKey || metaKey, range: shiftKey }),
      went: (row, { shiftKey }) => this.choosePlaceOf(row, { add: false, range: shiftKey }),
      rowMenu: (row, place) => this.openRowMenu(row, place),
      note: (row, column) => this.noteOf(row, column),
      isSelected: (row) => this.selection.has(row),
      copy: () => this.copy(),
      selectAll: () => this.selectAll(),
      clear: () => this.clear(),
      keyUsed: () => this.hold.keyUsed(),
      toggleActive: (row) => this.choosePlaceOf(row, { add: true, range: false }),
      all: () => this.shown!.all,
    });
    this.place = new ScrollPlace(this.grid.root);
    this.hold.watch(this.grid.body);
    this.area = element('div', { class: 'region-area' }, this.grid.root, this.empty);
    this.element = element('div', { class: 'region-table' }, this.bar.root, this.area);
    new ResizeObserver(() => this.resized()).observe(this.area);
  }

  /** Rows of another map are other rows: `select` comes after it. */
  show(model: MapModel): void {
    if (!this.started) {
      this.started = true;
      this.grid.start();
    }
    const before = this.shown;
    this.place.restore();
    const { snapshot } = model.map;
    if (before?.data.snapshot === snapshot && before.data.grown === model.growth && before.model.words === model.words) return;
    const top = before && this.sorting().column === 'start' ? this.place.top(before.lines.list) : undefined;
    const data = new RegionData(model.words, snapshot, model.growth);
    const columns = before?.model.words === model.words ? before.columns : new RegionColumns(model.words);
    const all = Uint32Array.from({ length: data.length }, (_, row) => row);
    this.shown = {
      model,
      data,
      columns,
      offered: columns.offered(data),
      lines: before?.lines ?? new RegionLines(data),
      all: new RegionSums(data, all),
    };
    this.apply(before !== undefined && this.hold.held);
    if (top !== undefined) this.place.keep(top, this.shown.lines.list);
  }

  restore(kept: unknown): void {
    this.state = readTableState(kept);
    this.bar.setFilter(this.state.filter);
    if (this.shown !== undefined) this.apply();
  }

  select(rows: readonly number[], reveal: boolean): void {
    if (rows !== this.told) {
      this.told = rows;
      this.selection.set(rows);
      this.drawSelection();
    }
    const [first] = rows;
    const { data, lines } = this.shown ?? {};
    if (!reveal || first === undefined || data === undefined || lines === undefined || first >= data.length) return;
    if (!this.asked.filter.empty && this.asked.filter.matches(first) !== true) this.askFor('');
    const group = lines.list.placeOf(first) === undefined ? lines.groupOf(first) : undefined;
    if (group !== undefined) {
      lines.fold(group.id, true);
      this.drawRows();
    }
    const id = data.idOf(first);
    this.selection.begin(id);
    // What has just been put into the page does not know its height yet.
    if (this.width === 0) this.waiting = id;
    else this.grid.select(id, false);
  }

  themed(): void {
    this.colours.clear();
    if (this.shown !== undefined) this.grid.update(this.context(this.shown), this.totals(this.shown));
  }

  /** The columns, their widths, order, groups or filter are others. */
  private choose(change: Partial<TableState>): void {
    this.keep(change);
    if (this.shown !== undefined) this.apply();
  }

  /** @param hold rows stay where they are; a choice of the user's takes effect at once */
  private apply(hold = false): void {
    this.asked.read(this.state.filter, this.shown!);
    this.layOut();
    this.arrange(hold);
  }

  private release(): void {
    if (this.isHeld && !this.hold.held) this.arrange(false);
  }

  /** Not at each letter that is written, nor at each pixel. */
  private keep(change: Partial<TableState>): void {
    this.state = { ...this.state, ...change };
    window.clearTimeout(this.keepTimer);
    this.keepTimer = window.setTimeout(() => this.actions.keep('table', this.state), KEEP_AFTER);
  }

  private setFilter(filter: string): void {
    this.choose({ filter });
    // A filter that is half written leaves what was shown.
    if (this.shown !== undefined && this.asked.error === undefined) {
      const { data, lines } = this.shown;
      this.grid.root.scrollTop = 0;
      this.actions.say(`${lines.rows.length.toLocaleString('en-US')} of ${data.length.toLocaleString('en-US')} regions`);
    }
  }

  /** As if it were written into the field. */
  private askFor(filter: string): void {
    this.bar.setFilter(filter);
    this.setFilter(filter);
  }

  private arrange(hold: boolean): void {
    const { data, lines, columns } = this.shown!;
    const { grouping } = this.state;
    const sorting = this.sorting();
    const column = columns.of(sorting.column)!;
    lines.update(data, { filter: this.asked.filter, column, sorting, grouping }, hold);
    this.isHeld = hold;
    this.bar.showMessage(this.asked.error, lines.notJudged);
    this.drawRows();
    this.drawEmpty();
  }

  /** By address where the map does not tell what it was sorted by. */
  private sorting(): TableState['sorting'] {
    const { offered } = this.shown!;
    const { sorting } = this.state;
    return offered.some(({ id }) => id === sorting.column) ? sorting : { column: 'start', descending: false };
  }

  private columnIds(): readonly string[] {
    return this.shown === undefined ? [] : columnsShown(this.state, this.shown.offered);
  }

  private columnsShown(): readonly RegionColumn[] {
    return this.columnIds().flatMap((id) => this.shown?.columns.of(id) ?? []);
  }

  private layOut(): void {
    if (this.shown === undefined) return;
    const { offered } = this.shown;
    const columns = this.columnsShown();
    this.grid.setColumns(columns, widthsOf(columns, this.state, this.width), this.sorting());
    this.bar.show(this.state.grouping, setsFor(offered), this.setShown());
  }

  private setShown(): ColumnSetId | undefined {
    const { offered } = this.shown!;
    const ids = this.columnIds().join();
    return setsFor(offered).find(([id]) => columnsOfSet(id, offered).join() === ids)?.[0];
  }

  private context({ data, all }: Shown): RowContext {
    return { data, all, colourOf: (segment) => this.colourOf(segment) };
  }

  private colourOf(segment: Segment): string {
    if (this.colours.size === 0) {
      const theme = this.theme();
      this.colours = new Map(SEGMENTS.map((id) => [id, cssOf(segmentColour(id, theme))]));
    }
    return this.colours.get(segment) ?? 'transparent';
  }

  private totals({ data, lines, all }: Shown) {
    const total = (label: string, sums: RegionSums) => ({ label, count: sums.rows.length, sums });
    return [
      ...(this.selection.size > 1 ? [total('Selected', new RegionSums(data, Uint32Array.from(this.selection.rows)))] : []),
      ...(this.asked.filter.empty ? [] : [total('Shown', new RegionSums(data, lines.rows))]),
      total('All', all),
    ];
  }

  private drawRows(): void {
    const shown = this.shown!;
    this.grid.setRows(shown.lines.list, this.context(shown), this.totals(shown), this.state.grouping !== 'none');
  }

  private drawSelection(): void {
    if (this.shown !== undefined) this.grid.update(this.context(this.shown), this.totals(this.shown));
  }

  private drawEmpty(): void {
    const { data, lines } = this.shown!;
    this.empty.hidden = lines.rows.length > 0;
    if (!this.empty.hidden) {
      const none = data.length === 0;
      const clear = element(
        'button',
        { class: 'text-button', attributes: { type: 'button' }, on: { click: () => this.clearFilter() } },
        'Clear Filter',
      );
      const text = none ? 'This map has no regions.' : 'No region matches the filter.';
      setChildren(this.empty, icon('info'), element('p', {}, text), !none && clear);
    }
  }

  private clearFilter(): void {
    this.askFor('');
    this.bar.focus();
  }

  private tell(rows: readonly number[]): void {
    this.selection.set(rows);
    this.told = rows;
    this.drawSelection();
    this.actions.select(rows);
  }

  private choosePlaceOf(row: TableRow, how: SelectHow): void {
    const { list } = this.shown!.lines;
    const index = list.indexOf(row.id);
    if (index === undefined || (isGroup(row) && !how.range)) return;
    this.tell(this.selection.choose(list, index, how));
  }

  private selectAll(): void {
    const { lines } = this.shown!;
    const { active } = this.grid;
    const lead = active === undefined || isGroup(active) ? [] : [active.row];
    this.tell([...new Set([...lead, ...lines.rows])]);
  }

  private clear(): boolean {
    if (this.selection.size === 0) return false;
    this.selection.begin(undefined);
    this.tell([]);
    return true;
  }

  /** The selected rows in the order in which they stand; without any, the active one. */
  private copy(): void {
    const { data, lines } = this.shown!;
    const { active } = this.grid;
    const chosen = [...lines.inOrder(this.selection.rows)];
    if (chosen.length === 0 && active !== undefined && !isGroup(active)) chosen.push(active.row);
    if (chosen.length === 0) return;
    this.actions.copy(copyText(this.columnsShown(), data, chosen));
    this.actions.say(`${chosen.length.toLocaleString('en-US')} ${chosen.length === 1 ? 'row' : 'rows'} copied`);
  }

  private sort(id: string, descending?: boolean): void {
    const sorting = this.sorting();
    const column = this.shown?.columns.of(id);
    // Amounts begin with the largest, names with A, addresses with the lowest.
    const first = column !== undefined && column.text === undefined;
    this.choose({
      sorting: { column: id, descending: descending ?? (sorting.column === id ? !sorting.descending : first) },
    });
  }

  private widen(column: string, width: number): void {
    const widths = { ...this.state.widths, [column]: Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width))) };
    this.keep({ widths });
    this.layOut();
  }

  private toggle(row: TableRow, expanded?: boolean): void {
    if (!isGroup(row)) return;
    this.shown!.lines.fold(row.id, expanded ?? !row.expanded);
    this.drawRows();
  }

  private resized(): void {
    const width = this.area.clientWidth;
    if (width === this.width) return;
    this.width = width;
    if (width > 0) requestAnimationFrame(() => this.reveal());
    this.element.classList.toggle('narrow', width < NARROW);
    this.layOut();
  }

  private reveal(): void {
    if (this.waiting !== undefined) this.grid.select(this.waiting, false);
    this.waiting = undefined;
  }

  private noteOf(row: TableRow, column: RegionColumn): string {
    const { data, all } = this.shown!;
    if (!isGroup(row)) return cellNote(column, data, row.row);
    if (column.id === 'start') return groupName(row.group.name);
    const { sums } = row.group;
    const sum = sums.get(column);
    return sum === undefined ? '' : sumNote(column, sum, sums.rows.length, all.get(column));
  }

  private openColumnMenu(place: MenuPlace): void {
    if (this.shown === undefined) return;
    const { offered } = this.shown;
    showColumnMenu(place, offered, setsFor(offered), this.setShown(), () => this.columnIds(), {
      columns: (columns) => this.choose({ columns }),
      columnSet: (columns) => this.choose({ columns }),
      resetWidths: () => this.choose({ widths: {} }),
    });
  }

  private openHeaderMenu(id: string, place: MenuPlace): void {
    const column = this.shown?.columns.of(id);
    if (column === undefined) return;
    showHeaderMenu(place, column, this.columnIds(), {
      sort: (descending) => this.sort(id, descending),
      columns: (columns) => this.choose({ columns }),
      all: () => this.openColumnMenu(place),
    });
  }

  private openRowMenu(row: TableRow, place: MenuPlace): void {
    const { data, lines } = this.shown!;
    const closed = (): void => this.hold.setMenu(false);
    this.hold.setMenu(true);
    if (isGroup(row)) {
      showGroupMenu(place, row.expanded, {
        toggle: () => this.toggle(row),
        expandAll: (expanded) => {
          lines.foldAll(expanded);
          this.drawRows();
        },
        closed,
        // Another map may have come since the menu was opened.
        select: () => this.tell([...(this.shown!.lines.groups.find(({ id }) => id === row.id)?.sums.rows ?? [])]),
      });
      return;
    }
    // As in every list: the menu is about the selection when it is opened on it.
    if (!this.selection.has(row.row)) this.choosePlaceOf(row, { add: false, range: false });
    this.grid.select(row.id, false);
    showRowMenu(place, data.snapshot, row.row, this.selection.size, {
      copyAddress: () => this.actions.copy(`0x${this.shown!.columns.of('start')!.text!(data, row.row)}`),
      copyRows: () => this.copy(),
      copyPath: (path) => this.actions.copy(path),
      openFile: (path) => this.actions.openFile(path),
      filter: (word) => this.askFor(word),
      closed,
    });
  }
}
