import { element, setAttribute } from '../shared/dom.js';
import { FilterBox } from '../shared/filter-field.js';
import type { FilterError } from '../shared/filter-language.js';
import { SelectBox } from '../shared/select-box.js';
import { toolButton } from '../shared/tool-button.js';
import type { ColumnSetId } from './region-column-sets.js';
import { FILTER_EXAMPLES } from './region-filter.js';
import { GROUPINGS, type Grouping } from './region-groups.js';

interface BarEvents {
  readonly filter: (text: string) => void;
  readonly group: (grouping: Grouping) => void;
  readonly columnSet: (set: ColumnSetId) => void;
  readonly columnMenu: (button: HTMLElement) => void;
  readonly enterTable: () => void;
}

/** Columns that are none of the sets. */
const OWN = 'own';

/** Filter, groups and columns of the table of regions. */
export class TableBar {
  readonly root: HTMLElement;
  private readonly filter: FilterBox;
  private readonly groups: SelectBox<Grouping>;
  private readonly sets: SelectBox<ColumnSetId | typeof OWN>;

  constructor(events: BarEvents) {
    this.filter = new FilterBox(
      {
        label: 'Filter regions',
        placeholder: 'Filter (for example rss>1M perm:w segment:heap)',
        examples: FILTER_EXAMPLES,
      },
      events.filter,
      events.enterTable,
    );
    this.groups = new SelectBox('Groups', events.group);
    this.sets = new SelectBox('Set of columns', (set) => {
      if (set !== OWN) events.columnSet(set);
    });
    const columns = toolButton('settings', 'Choose Columns', () => events.columnMenu(columns));
    setAttribute(columns, 'aria-haspopup', 'menu');
    this.root = element(
      'div',
      { class: 'toolbar', attributes: { role: 'group', 'aria-label': 'Filter and columns' } },
      this.filter.root,
      element('div', { class: 'choices' }, this.groups.root, this.sets.root, columns),
      this.filter.help,
    );
  }

  setFilter(text: string): void {
    this.filter.set(text);
  }

  focus(): void {
    this.filter.focus();
  }

  showMessage(error: FilterError | undefined, notJudged: number): void {
    this.filter.showMessage(error, notJudged);
  }

  show(grouping: Grouping, sets: readonly (readonly [ColumnSetId, string])[], set: ColumnSetId | undefined): void {
    this.groups.show(GROUPINGS, grouping);
    this.sets.show(set === undefined ? [...sets, [OWN, 'Own columns']] : sets, set ?? OWN);
  }
}
