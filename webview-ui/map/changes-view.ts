import { formatCount } from '../../src/base/units.js';
import type { MapAmounts } from '../../src/model/map-table.js';
import { cssOf } from '../shared/colour.js';
import { moved } from '../shared/column-choice.js';
import { element, icon, setChildren } from '../shared/dom.js';
import { Grid } from '../shared/grid.js';
import { listOf, type Sorting } from '../shared/grid-shape.js';
import { showMenu } from '../shared/menu.js';
import type { Theme } from '../shared/theme.js';
import { type ChangeColumn, type ChangeColumnId, changeColumns, NARROW_FIRST } from './changes-columns.js';
import { ChangesDetails, type Place } from './changes-details.js';
import { type EmptyChanges, type EmptyDeed, emptyChanges } from './changes-empty.js';
import { ChangesHead } from './changes-head.js';
import { type ChangeContext, ChangeRowView, cellNote } from './changes-row-view.js';
import { type ChangeKind, type ChangeRow, changeRows, countsOf, isAmount, shownRows, sumOfChanges } from './changes-rows.js';
import { readChangesState } from './changes-state.js';
import { rowsText, sumsText } from './changes-text.js';
import { type ChangesTotal, ChangesTotals } from './changes-totals.js';
import type { Comparison } from './comparison.js';
import type { MapActions, MapModel, MapView, ShownDiff } from './map-model.js';
import { momentWords, spanOf } from './moment-words.js';

/** What the list of changes asks for beside what every form of the map does. */
export interface ChangesDeeds {
  readonly comparison: Comparison;
  readonly refresh: () => void;
  readonly live: () => void;
  /** Shows the map of that moment with these rows of it selected. */
  readonly goTo: (moment: number, rows: readonly number[]) => void;
}

const LEAST_WIDTH = 48;
/** Below this many pixels the first column is narrower. */
const NARROW = 600;
const TITLES: Readonly<Record<EmptyDeed, string>> = {
  mark: 'Mark This Moment',
  live: 'Turn On Live Reading',
  refresh: 'Read Now',
  begin: 'Compare with the Newest',
  'show-all': 'List All Kinds',
};

/** What has become of each region between two moments, as a list; with each, how it grew while it was watched. */
export class ChangesView implements MapView {
  readonly element: HTMLElement;
  private readonly head: ChangesHead;
  private readonly details = new ChangesDetails();
  private readonly empty = element('div', { class: 'empty', attributes: { role: 'status' } });
  private readonly area: HTMLElement;
  private readonly grid: Grid<ChangeRow, ChangeColumn, ChangeContext, ChangeRowView, ChangesTotal>;
  private readonly hidden = new Set<ChangeKind>();
  /** As the user has moved them. */
  private placed: readonly ChangeColumnId[] = [];
  private readonly widths = new Map<ChangeColumnId, number>();
  private sorting: Sorting<ChangeColumnId> | undefined;
  private columns: readonly ChangeColumn[] = [];
  private model: MapModel | undefined;
  private diff: ShownDiff | undefined;
  private context: ChangeContext = { table: undefined, at: [] };
  private all: readonly ChangeRow[] = [];
  private shown: readonly ChangeRow[] = [];
  private counts: ReadonlyMap<ChangeKind, number> = new Map();
  private shownEmpty = '';
  private chosen: string | undefined;
  private choosing = false;
  private started = false;

  constructor(
    private readonly actions: MapActions,
    private readonly theme: () => Theme,
    private readonly deeds: ChangesDeeds,
  ) {
    this.head = new ChangesHead(deeds.comparison, { toggle: (kind) => this.toggle(kind), copy: () => this.copy(this.shown) });
    this.grid = new Grid(
      {
        label: 'Changes',
        first: 'what',
        makeRow: (columns) => new ChangeRowView(columns),
        isGroup: () => false,
        isExpanded: () => false,
        isSelected: ({ id }) => id === this.chosen,
        totals: new ChangesTotals(),
      },
      {
        sort: (column) => this.sort(column),
        widen: (column, width) => this.widen(column, width),
        move: (column, before) => this.move(column, before),
        menu: () => undefined,
        toggle: () => undefined,
        activate: (row) => this.choose(row),
        click: (row) => this.choose(row),
        went: (row) => this.choose(row),
        rowMenu: (row, place) =>
          showMenu(
            'Change',
            [
              { label: 'Copy', keys: 'Control+C', run: () => this.copy([row]) },
              { label: 'Copy All Listed', run: () => this.copy(this.shown) },
            ],
            place,
          ),
        key: (event, row) => this.onKey(event, row),
        note: (row, { id }) => cellNote(id, row, this.context),
        pointed: () => undefined,
        keyUsed: () => undefined,
      },
    );
    this.area = element('div', { class: 'changes-area' }, this.grid.root);
    this.element = element('div', { class: 'changes' }, this.head.element, this.empty, this.area, this.details.element);
  }

  show(model: MapModel): void {
    if (!this.started) {
      this.started = true;
      this.grid.start();
      this.themed();
      new ResizeObserver(() => this.drawColumns()).observe(this.area);
    }
    this.deeds.comparison.begin();
    const isNew = model.compared !== this.diff || model.growth !== this.model?.growth || model.map !== this.model?.map;
    this.model = model;
    this.diff = model.compared;
    if (isNew) {
      this.take(model);
      this.arrange();
    }
    this.draw();
  }

  select(rows: readonly number[], reveal: boolean): void {
    const [lead] = rows;
    // What the map that is shown does not have is chosen here alone.
    if (this.choosing || (lead === undefined && this.isChosenAlone)) return;
    const row = lead === undefined ? undefined : this.all.find((one) => this.rowsOf(one).includes(lead));
    this.chosen = row?.id;
    this.grid.reselect();
    if (row !== undefined && reveal) this.grid.reveal(row.id);
    this.drawDetails();
  }

  themed(): void {
    const { hues } = this.theme();
    // Those of the editor may shine through, as marks in a text do.
    this.element.style.setProperty('--more', cssOf(hues.orange));
    this.element.style.setProperty('--less', cssOf(hues.green));
    this.element.style.setProperty('--growth-line', cssOf(hues.blue));
  }

  private take(model: MapModel): void {
    const { diff, context } = this;
    if (diff === undefined) {
      this.all = [];
      return;
    }
    const isShown = diff.after.id === model.map.moment.id;
    const growth = isShown ? model.growth : undefined;
    this.context = { table: isShown ? model.map.snapshot.table : undefined, at: growth?.at ?? context.at };
    this.all = changeRows(diff.diff, model.words, growth);
    this.columns = this.inOrder(changeColumns(diff.diff, growth !== undefined));
  }

  /** Which rows are listed, and in which order. */
  private arrange(): void {
    const { diff } = this;
    this.counts = countsOf(this.all);
    this.shown = diff === undefined ? [] : shownRows(this.all, this.hidden, this.order);
    // It makes rows only where there is room for them.
    this.area.hidden = this.shown.length === 0;
    if (diff === undefined) return;
    this.drawColumns();
    const total = { label: 'All', count: this.all.length, sums: diff.diff.total };
    const some = { label: 'Listed', count: this.shown.length, sums: sumOfChanges(this.shown) };
    this.grid.setRows(listOf(this.shown), this.context, this.shown.length < this.all.length ? [some, total] : [total], false);
  }

  private draw(): void {
    const { model, diff } = this;
    if (model === undefined) return;
    this.head.update(model, diff && { diff, whole: this.whole }, this.counts, this.hidden);
    const { pair } = this.deeds.comparison;
    const empty = emptyChanges({ state: model.state, moments: model.moments, pair, diff, shown: this.shown.length });
    this.drawEmpty(empty);
    this.drawDetails();
  }

  restore(kept: unknown): void {
    const { sorting, hidden } = readChangesState(kept);
    this.sorting = sorting;
    this.hidden.clear();
    for (const kind of hidden) this.hidden.add(kind);
  }

  /** As the user has chosen. */
  private redraw(): void {
    this.actions.keep('changes', { ...this.sorting, hidden: [...this.hidden] });
    this.arrange();
    this.draw();
  }

  /** Sums of the later moment, where they are at hand. */
  private get whole(): MapAmounts | undefined {
    return this.context.table && this.model?.map.totals.whole;
  }

  private get order(): Sorting<ChangeColumnId> {
    const isOffered = (column: ChangeColumnId): boolean => this.columns.some(({ id }) => id === column);
    if (this.sorting !== undefined && isOffered(this.sorting.column)) return this.sorting;
    return { column: isOffered('rss') ? 'rss' : 'size', descending: true };
  }

  private drawColumns(): void {
    const isNarrow = this.area.clientWidth < NARROW;
    const usual = ({ id, width }: ChangeColumn): number => (id === 'what' && isNarrow ? NARROW_FIRST : width);
    const widths = this.columns.map((column) => this.widths.get(column.id) ?? usual(column));
    this.grid.setColumns(this.columns, widths, this.order);
  }

  private drawEmpty(empty: EmptyChanges | undefined): void {
    this.empty.hidden = empty === undefined;
    const now = JSON.stringify(empty ?? '');
    // The buttons stay, and with them the focus.
    if (empty === undefined || now === this.shownEmpty) return;
    this.shownEmpty = now;
    setChildren(
      this.empty,
      icon('diff'),
      element('p', { class: 'empty-text' }, empty.text),
      ...empty.deeds.map((deed) =>
        element(
          'button',
          { class: 'text-button', attributes: { type: 'button' }, on: { click: () => this.act(deed) } },
          TITLES[deed],
        ),
      ),
    );
  }

  private act(deed: EmptyDeed): void {
    const { comparison, refresh, live } = this.deeds;
    if (deed === 'mark') comparison.mark();
    else if (deed === 'live') live();
    else if (deed === 'refresh') refresh();
    else if (deed === 'begin') comparison.beginNow();
    else {
      this.hidden.clear();
      this.redraw();
    }
  }

  /** Rows of the map that is shown. */
  private rowsOf({ change }: ChangeRow): readonly number[] {
    const shown = this.model?.map.moment.id;
    if (shown === this.diff?.after.id) return change.after;
    return shown === this.diff?.before.id ? change.before : [];
  }

  private get isChosenAlone(): boolean {
    const row = this.all.find(({ id }) => id === this.chosen);
    return row !== undefined && this.rowsOf(row).length === 0;
  }

  private choose(row: ChangeRow): void {
    this.chosen = row.id;
    this.choosing = true;
    this.actions.select(this.rowsOf(row));
    this.choosing = false;
    this.grid.reselect();
    this.drawDetails();
  }

  private drawDetails(): void {
    const row = this.area.hidden ? undefined : this.shown.find(({ id }) => id === this.chosen);
    this.details.show(row, this.context, row && this.placeOf(row));
  }

  /** Where it can be looked at; undefined where the map that is shown has it. */
  private placeOf(row: ChangeRow): Place | undefined {
    const { diff, model } = this;
    if (diff === undefined || model === undefined || this.rowsOf(row).length > 0) return undefined;
    const isGone = row.change.after.length === 0;
    const moment = isGone ? diff.before : diff.after;
    return {
      moment: momentWords(moment, spanOf(model.moments)),
      go: () => this.deeds.goTo(moment.id, isGone ? row.change.before : row.change.after),
    };
  }

  private sort(column: ChangeColumnId): void {
    const { order } = this;
    const descending = order.column === column ? !order.descending : isAmount(column) || column === 'growth';
    this.sorting = { column, descending };
    this.redraw();
  }

  /** Columns that have come since stand last. */
  private inOrder(columns: readonly ChangeColumn[]): readonly ChangeColumn[] {
    const { placed } = this;
    const place = ({ id }: ChangeColumn): number => (placed.includes(id) ? placed.indexOf(id) : placed.length);
    return columns.toSorted((one, other) => place(one) - place(other));
  }

  private move(column: ChangeColumnId, before: ChangeColumnId): void {
    const ids = this.columns.map(({ id }) => id);
    this.placed = moved(ids, column, before);
    this.columns = this.inOrder(this.columns);
    this.drawColumns();
    this.arrange();
  }

  private widen(column: ChangeColumnId, width: number): void {
    this.widths.set(column, Math.max(LEAST_WIDTH, Math.round(width)));
    this.drawColumns();
  }

  private toggle(kind: ChangeKind): void {
    if (this.hidden.has(kind)) this.hidden.delete(kind);
    else this.hidden.add(kind);
    this.redraw();
    this.actions.say(`${formatCount(this.shown.length, 'change')} listed`);
  }

  private onKey(event: KeyboardEvent, row: ChangeRow | undefined): boolean {
    if (event.key.toLowerCase() !== 'c' || !(event.ctrlKey || event.metaKey) || row === undefined) return false;
    this.copy([row]);
    return true;
  }

  /** Of all that is listed, with what is compared above. */
  private copy(rows: readonly ChangeRow[]): void {
    const { diff, model } = this;
    if (diff === undefined || model === undefined) return;
    const span = spanOf(model.moments);
    const head =
      rows.length === 1 && this.shown.length !== 1
        ? ''
        : `From ${momentWords(diff.before, span)} to ${momentWords(diff.after, span)}\n${sumsText(diff.diff, this.whole)}\n`;
    this.actions.copy(`${head}${rowsText(rows, this.columns)}`);
    this.actions.say(`${formatCount(rows.length, 'change')} copied`);
  }
}
