import { element, setAttribute } from '../shared/dom.js';
import { FilterBox } from '../shared/filter-field.js';
import type { FilterError } from '../shared/filter-language.js';
import { SelectBox } from '../shared/select-box.js';
import { toolButton } from '../shared/tool-button.js';
import { COLUMN_SETS, type ColumnSetId, setOf } from './column-sets.js';
import type { ColumnId } from './columns.js';
import { FILTER_EXAMPLES } from './filter.js';
import type { Grouping } from './process-table.js';

export interface ToolbarEvents {
  readonly filter: (text: string) => void;
  readonly group: (grouping: Grouping) => void;
  readonly columnSet: (set: ColumnSetId) => void;
  readonly columnMenu: (button: HTMLElement) => void;
  /** From the filter down into the table. */
  readonly enterTable: () => void;
}

/** Columns that are none of the sets. */
const OWN = 'own';

const GROUPINGS: readonly (readonly [Grouping, string])[] = [
  ['none', 'No groups'],
  ['user', 'Group by user'],
  ['command', 'Group by command'],
  ['cgroup', 'Group by control group'],
];

/** Filter, groups and columns. */
export class Toolbar {
  readonly root: HTMLElement;
  private readonly filter: FilterBox;
  private readonly groups: SelectBox<Grouping>;
  private readonly sets: SelectBox<ColumnSetId | typeof OWN>;

  constructor(events: ToolbarEvents) {
    this.filter = new FilterBox(
      {
        label: 'Filter processes',
        placeholder: 'Filter (for example uss>100M user=root)',
        examples: FILTER_EXAMPLES,
      },
      (text) => events.filter(text),
      () => events.enterTable(),
    );
    this.groups = new SelectBox('Groups', (grouping) => events.group(grouping));
    this.sets = new SelectBox('Set of columns', (set) => {
      if (set !== OWN) events.columnSet(set);
    });
    const columns = toolButton('settings', 'Columns and Bars', () => events.columnMenu(columns));
    setAttribute(columns, 'aria-haspopup', 'menu');
    this.root = element(
      'div',
      { class: 'toolbar', attributes: { role: 'group', 'aria-label': 'Filter and view' } },
      this.filter.root,
      element('div', { class: 'choices' }, this.groups.root, this.sets.root, columns),
      this.filter.help,
    );
  }

  setFilter(text: string): void {
    this.filter.set(text);
  }

  showMessage(error: FilterError | undefined, notJudged: number): void {
    this.filter.showMessage(error, notJudged);
  }

  show(grouping: Grouping, columns: readonly ColumnId[]): void {
    this.groups.show(GROUPINGS, grouping);
    const set = setOf(columns);
    const sets = COLUMN_SETS.map(({ id, label }) => [id, label] as const);
    this.sets.show(set ? sets : [...sets, [OWN, 'Own columns']], set ?? OWN);
  }

  focus(): void {
    this.filter.focus();
  }
}
