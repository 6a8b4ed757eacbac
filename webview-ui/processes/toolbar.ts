import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import { element, setAttribute, setText } from '../shared/dom.js';
import { helpPopup } from '../shared/help.js';
import { SelectBox } from '../shared/select-box.js';
import { toolButton } from '../shared/tool-button.js';
import { COLUMN_SETS, type ColumnSetId, setOf } from './column-sets.js';
import type { ColumnId } from './columns.js';
import { FILTER_EXAMPLES, type FilterError } from './filter.js';
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
  private readonly field = document.createElement('vscode-textfield');
  private readonly groups: SelectBox<Grouping>;
  private readonly sets: SelectBox<ColumnSetId | typeof OWN>;
  private readonly message = element('div', { class: 'filter-message', attributes: { role: 'status' } });
  private readonly clear: HTMLButtonElement;

  constructor(events: ToolbarEvents) {
    const { field } = this;
    field.label = 'Filter processes';
    field.placeholder = 'Filter (for example uss>100M user=root)';
    this.clear = toolButton('close', 'Clear Filter', () => {
      this.setFilter('');
      events.filter('');
      field.focus();
    });
    this.clear.slot = 'content-after';
    const help = toolButton('question', 'What can be written here', () => {});
    help.slot = 'content-after';
    const popup = helpPopup(
      help,
      'Words of the filter',
      FILTER_EXAMPLES,
      'Words apart by blanks must all hold. A value that is not known never matches.',
    );
    field.append(this.clear, help);
    field.addEventListener('input', () => {
      this.clear.hidden = field.value === '';
      events.filter(field.value);
    });
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && field.value !== '') this.clear.click();
      else if (event.key === 'ArrowDown') events.enterTable();
      else return;
      event.preventDefault();
    });
    this.groups = new SelectBox('Groups', (grouping) => events.group(grouping));
    this.sets = new SelectBox('Set of columns', (set) => {
      if (set !== OWN) events.columnSet(set);
    });
    const columns = toolButton('settings', 'Columns and Bars', () => events.columnMenu(columns));
    setAttribute(columns, 'aria-haspopup', 'menu');
    this.root = element(
      'div',
      { class: 'toolbar', attributes: { role: 'group', 'aria-label': 'Filter and view' } },
      element('div', { class: 'filter-box' }, field, this.message),
      element('div', { class: 'choices' }, this.groups.root, this.sets.root, columns),
      popup,
    );
  }

  setFilter(text: string): void {
    this.field.value = text;
    this.clear.hidden = text === '';
  }

  /** An error of the filter, or how many could not be judged. */
  showMessage(error: FilterError | undefined, notJudged: number): void {
    this.field.invalid = error !== undefined;
    this.message.classList.toggle('error', error !== undefined);
    const left = `${notJudged.toLocaleString('en-US')} not shown: a value that is asked for is not known`;
    setText(this.message, error ? error.message : notJudged > 0 ? left : '');
  }

  show(grouping: Grouping, columns: readonly ColumnId[]): void {
    this.groups.show(GROUPINGS, grouping);
    const set = setOf(columns);
    const sets = COLUMN_SETS.map(({ id, label }) => [id, label] as const);
    this.sets.show(set ? sets : [...sets, [OWN, 'Own columns']], set ?? OWN);
  }

  focus(): void {
    this.field.focus();
  }
}
