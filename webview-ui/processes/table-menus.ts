import { headerMenu } from '../shared/column-choice.js';
import { type MenuEntry, type MenuPlace, showMenu } from '../shared/menu.js';
import { columnMenu } from './column-menu.js';
import type { ColumnSetId } from './column-sets.js';
import { type ColumnId, columnOf } from './columns.js';
import { isGroup, type TableRow } from './process-table.js';
import { actionMenu, type RowAction } from './row-actions.js';
import type { ViewState } from './view-state.js';

interface TableMenuEvents {
  readonly act: (action: RowAction, row: TableRow) => void;
  readonly toggle: (row: TableRow) => void;
  readonly expandAll: (expanded: boolean) => void;
  readonly sort: (column: ColumnId, descending: boolean) => void;
  readonly choose: (change: Partial<ViewState>) => void;
  readonly columnSet: (set: ColumnSetId) => void;
  /** A menu is open, or none any more. */
  readonly opened: (open: boolean) => void;
}

/** The menus of the table: of a process, of a group, of a header and of all columns. */
export class TableMenus {
  constructor(
    private readonly state: () => ViewState,
    private readonly events: TableMenuEvents,
  ) {}

  /** `recorded`: the processes are those of a file. */
  showRow(row: TableRow, recorded: boolean, place: MenuPlace): void {
    const { act } = this.events;
    if (isGroup(row)) this.open('Group', this.groupEntries(row), place);
    else
      this.open(
        'Process',
        actionMenu(row.original, recorded, (action) => act(action, row)),
        place,
      );
  }

  showColumns(place: MenuPlace): void {
    const { choose, columnSet } = this.events;
    const entries = columnMenu(() => this.state().columns, this.state().bars, {
      columns: (columns) => choose({ columns }),
      columnSet,
      bars: (bars) => choose({ bars }),
      resetWidths: () => choose({ widths: {} }),
    });
    this.open('Columns and bars', entries, place);
  }

  showHeader(column: ColumnId, place: MenuPlace): void {
    const { choose, sort } = this.events;
    const entries = headerMenu(column, this.state().columns, {
      sort: (descending) => sort(column, descending),
      columns: (columns) => choose({ columns }),
      all: () => this.showColumns(place),
    });
    this.open(columnOf(column).label, entries, place);
  }

  private groupEntries(row: TableRow): readonly MenuEntry[] {
    const { act, expandAll, toggle } = this.events;
    return [
      { label: row.getIsExpanded() ? 'Collapse' : 'Expand', keys: 'Enter', run: () => toggle(row) },
      { label: 'Expand All', run: () => expandAll(true) },
      { label: 'Collapse All', run: () => expandAll(false) },
      { separator: true },
      { label: 'Copy Row', keys: 'Ctrl+C', run: () => act('copy-row', row) },
    ];
  }

  private open(label: string, entries: readonly MenuEntry[], place: MenuPlace): void {
    this.events.opened(true);
    showMenu(label, entries, place, () => this.events.opened(false));
  }
}
