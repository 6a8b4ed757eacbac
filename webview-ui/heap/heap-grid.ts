import { element, setText } from '../shared/dom.js';
import { Grid } from '../shared/grid.js';
import { GridTotals } from '../shared/grid-totals.js';
import { countMeasure } from './block-counts.js';
import { type HeapColumn, type HeapColumnId, HeapColumns, type HeapSorting, type RowKind, readSorting } from './heap-columns.js';
import type { Chosen, HeapActions, HeapView, ShownHeap } from './heap-model.js';
import { cellText, HeapRowView } from './heap-row-view.js';
import type { HeapRow, HeapRowSource } from './heap-rows.js';
import type { ViewName } from './saved.js';

const LEAST_WIDTH = 48;
/** Below this many pixels the names have less room. */
const NARROW = 640;
const NARROW_NAME = 150;

const NOTHING = 'No stack holds anything of this measure.';
const NO_CHANGE = 'No stack holds more or less than before.';

/** The whole, at the bottom: of the measure that is shown. */
interface WholeSums {
  readonly amount: string;
  readonly count: string;
}

interface GridOptions {
  readonly name: ViewName;
  readonly label: string;
  readonly kind: RowKind;
  readonly source: HeapRowSource;
}

/** A form of the profile that is a table: virtual rows, sorted by its columns, folded by the arrow keys where it is a tree. */
export class HeapGrid implements HeapView {
  readonly element: HTMLElement;
  private readonly area: HTMLElement;
  private readonly empty = element('p', { class: 'heap-grid-empty', attributes: { role: 'status', hidden: true } });
  private readonly grid: Grid<HeapRow, HeapColumn, ShownHeap, HeapRowView, { label: string; count: number; sums: WholeSums }>;
  private readonly columns = new HeapColumns();
  private readonly widths = new Map<HeapColumnId, number>();
  private sorting: HeapSorting = { column: 'total', descending: true };
  private shown: ShownHeap | undefined;
  private chosen: string | undefined;
  private choosing = false;
  private started = false;

  constructor(
    private readonly options: GridOptions,
    private readonly actions: HeapActions,
  ) {
    const { label, source } = options;
    this.grid = new Grid(
      {
        label,
        first: 'name',
        makeRow: (columns) => new HeapRowView(columns, source.isTree),
        isGroup: ({ expanded }) => expanded !== undefined,
        isExpanded: ({ expanded }) => expanded === true,
        isTree: true,
        isSelected: ({ id }) => id === this.chosen,
        totals: new GridTotals<HeapColumn, WholeSums>({
          first: 'name',
          one: source.words[0],
          many: source.words[1],
          text: ({ id }, { amount, count }) => (id === 'total' ? amount : id === 'count' ? count : ''),
          note: () => undefined,
        }),
      },
      {
        sort: (column) => this.sort(column),
        widen: (column, width) => this.widen(column, width),
        move: () => undefined,
        menu: () => undefined,
        toggle: (row, expanded = row.expanded !== true) => this.toggle(row, expanded),
        activate: ({ frame }) => actions.openFrame(frame),
        click: (row, _, lead) => {
          if (lead) this.toggle(row, row.expanded !== true);
          else this.choose(row);
        },
        went: (row) => this.choose(row),
        rowMenu: (row, place) => {
          this.choose(row);
          actions.menu(row.chosen(), place);
        },
        key: (event, row) => this.onKey(event, row),
        note: (row, column) => this.note(row, column),
        pointed: () => undefined,
        keyUsed: () => undefined,
      },
    );
    this.area = element('div', { class: 'heap-grid-area' }, this.grid.root);
    this.element = element('div', { class: source.isTree ? 'heap-grid' : 'heap-grid flat' }, this.area, this.empty);
  }

  show(shown: ShownHeap): void {
    if (!this.started) {
      this.started = true;
      this.grid.start();
    }
    const { shown: before } = this;
    this.shown = shown;
    const isSame = before?.profile === shown.profile && before.measure === shown.measure && before.children === shown.children;
    if (isSame) {
      // Only what is searched for is another.
      this.grid.update(shown, this.totals(shown));
      return;
    }
    this.options.source.take(shown);
    this.arrange();
  }

  select(chosen: Chosen | undefined, reveal: boolean): void {
    if (this.choosing || this.shown === undefined) return;
    const id = chosen && this.options.source.rowOf(chosen, reveal);
    this.chosen = id;
    if (reveal && this.options.source.isTree) this.arrange();
    this.grid.reselect();
    const { hasFocus } = this.grid;
    // The keyboard stays where it was, whatever number that has now.
    if (id !== undefined && (reveal || hasFocus)) this.grid.select(id, hasFocus);
  }

  restore(kept: unknown): void {
    this.sorting = readSorting(kept) ?? this.sorting;
  }

  resize(): void {
    if (this.shown !== undefined) this.drawColumns(this.shown);
  }

  themed(): void {
    // Its colours are those of the style sheet.
  }

  focus(): void {
    this.grid.focus();
  }

  fold(): void {
    this.options.source.fold();
    this.arrange();
  }

  unfold(): void {
    const isWhole = this.options.source.unfold();
    this.arrange();
    if (!isWhole) this.actions.say('What holds most is unfolded');
  }

  dispose(): void {
    this.grid.root.remove();
  }

  get isTree(): boolean {
    return this.options.source.isTree;
  }

  private arrange(): void {
    const { shown } = this;
    if (shown === undefined) return;
    this.drawColumns(shown);
    const rows = this.options.source.rows(this.sorting);
    this.area.hidden = rows.length === 0;
    this.empty.hidden = rows.length > 0;
    setText(this.empty, rows.length > 0 ? '' : shown.isChange ? NO_CHANGE : NOTHING);
    this.grid.setRows(rows, shown, this.totals(shown), this.options.source.isTree);
  }

  private totals(shown: ShownHeap): { label: string; count: number; sums: WholeSums }[] {
    const count = countMeasure(shown);
    const blocks = count === undefined ? '' : shown.amountOf(count, shown.wholeOf(count));
    const sums = { amount: shown.amount(shown.totals[0]!), count: blocks };
    const { count: number, isCut } = this.options.source;
    return [{ label: isCut === true ? 'The largest of' : 'All', count: number, sums }];
  }

  private drawColumns(shown: ShownHeap): void {
    const columns = this.columns.of(this.options.kind, shown, countMeasure(shown));
    const isNarrow = this.area.clientWidth < NARROW;
    const usual = ({ id, width }: HeapColumn): number => (id === 'name' && isNarrow ? NARROW_NAME : width);
    const widths = columns.map((column) => this.widths.get(column.id) ?? usual(column));
    this.grid.setColumns(columns, widths, this.sorting);
  }

  private sort(column: HeapColumnId): void {
    const isSame = this.sorting.column === column;
    const isText = column === 'name' || column === 'place';
    this.sorting = { column, descending: isSame ? !this.sorting.descending : !isText };
    this.actions.keep(this.options.name, this.sorting);
    this.arrange();
  }

  private widen(column: HeapColumnId, width: number): void {
    this.widths.set(column, Math.max(LEAST_WIDTH, Math.round(width)));
    if (this.shown !== undefined) this.drawColumns(this.shown);
  }

  private toggle(row: HeapRow, expanded: boolean): void {
    this.options.source.toggle(row, expanded);
    this.arrange();
  }

  private choose(row: HeapRow): void {
    this.chosen = row.id;
    this.choosing = true;
    this.actions.select(row.chosen());
    this.choosing = false;
    this.grid.reselect();
  }

  private onKey(event: KeyboardEvent, row: HeapRow | undefined): boolean {
    if (event.key === '*' && this.isTree) {
      this.unfold();
      return true;
    }
    if (event.key === 'Escape') {
      this.chosen = undefined;
      this.actions.select(undefined);
      this.grid.reselect();
      return true;
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c' && row !== undefined) {
      this.actions.copy(this.rowText(row));
      return true;
    }
    return false;
  }

  private rowText(row: HeapRow): string {
    const { shown } = this;
    if (shown === undefined) return '';
    const columns = this.columns.of(this.options.kind, shown, countMeasure(shown));
    return columns.map(({ id }) => cellText(id, row, shown)).join('\t');
  }

  private note(row: HeapRow, column: HeapColumn): string {
    const { shown } = this;
    if (shown === undefined) return '';
    return column.id === 'name' || column.id === 'place'
      ? shown.frameText(row.frame)
      : `${column.label}: ${cellText(column.id, row, shown)}`;
  }
}
