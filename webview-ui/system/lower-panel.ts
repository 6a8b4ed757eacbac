import { visibleText } from '../../src/base/visible-text.js';
import type { OwnerTable, ShownSystem, SystemDiffText, SystemMark, SystemTableId } from '../../src/protocol/system.js';
import { element, icon, setChildren, setText } from '../shared/dom.js';
import { FilterBox } from '../shared/filter-field.js';
import { SelectBox } from '../shared/select-box.js';
import { TabRow } from '../shared/tab-row.js';
import { DataGrid, type DataGridActions } from './data-grid.js';
import { FreePanel } from './free-panel.js';
import { MissingPanel } from './missing-panel.js';
import { type Pair, PairChoice } from './pair-choice.js';
import { PANELS, type PanelName, type Saved } from './saved.js';

export interface LowerActions extends DataGridActions {
  choose(panel: PanelName): void;
  chooseTable(table: SystemTableId): void;
  openRootSetting(): void;
  compare(pair: Pair): void;
}

/** What is compared, and what can be. */
export interface Comparison {
  readonly marks: readonly SystemMark[];
  readonly pair: Pair | undefined;
  readonly diff: SystemDiffText | undefined;
  /** A target: it can be marked. */
  readonly isLive: boolean;
}

const TITLES: Readonly<Record<PanelName, string>> = {
  owners: 'Owners',
  changes: 'Changes',
  free: 'free',
  missing: 'Not Read',
};

const NO_TABLES =
  'Nothing is known of who holds it: of these files none tells it. A target tells more, and all of it when root reads it.';
const NO_OTHER_FILES =
  'Nothing is compared: these files are of one moment. Open the files or folders of two moments together to see the growth of each line.';
const NO_CHANGES =
  'Nothing is compared. Mark this state, do what you suspect, mark again or refresh, then choose what to compare: the growth of each line is listed here.';

/** Below the bars: who holds the memory, what has changed, what free shows, what was not read. One table at a time. */
export class LowerPanel {
  readonly element: HTMLElement;
  private readonly tabs: TabRow<PanelName>;
  private readonly grid: DataGrid;
  private readonly tableBox: SelectBox<SystemTableId>;
  private readonly filter: FilterBox;
  private readonly head: HTMLElement;
  private readonly tables: HTMLElement;
  private readonly pairs: PairChoice;
  private readonly words = element('ul', { class: 'panel-words' });
  private readonly empty = element('p', { class: 'panel-empty' });
  private readonly free = new FreePanel();
  private readonly missing: MissingPanel;
  private readonly place = element('div', { class: 'panel-place', id: 'system-panel', attributes: { role: 'tabpanel' } });
  private text = '';
  private drawn: (() => void) | undefined;

  constructor(actions: LowerActions) {
    this.tabs = new TabRow({
      label: 'More about it',
      titles: TITLES,
      panel: () => this.place.id,
      choose: (panel) => actions.choose(panel),
    });
    this.tabs.offer(PANELS);
    this.grid = new DataGrid(actions);
    this.missing = new MissingPanel(() => actions.openRootSetting());
    this.tableBox = new SelectBox('Table of owners', (table) => actions.chooseTable(table));
    this.filter = new FilterBox(
      {
        label: 'Filter the table',
        placeholder: 'Filter, e.g. dentry or >10M',
        examples: [
          ['word', 'rows with it in a text'],
          ['-word', 'rows without it'],
          ['>10M', 'rows with more than 10 MiB'],
          ['<4k', 'rows with less than 4 KiB'],
        ],
      },
      (filter) => {
        this.text = filter;
        this.drawn?.();
      },
      () => this.grid.focus(),
    );
    this.tables = element('span', { class: 'table-choice' }, this.tableBox.root);
    this.pairs = new PairChoice((pair) => actions.compare(pair));
    this.head = element('div', { class: 'panel-head' }, this.tables, this.pairs.element, this.filter.root);
    this.place.append(
      this.head,
      this.words,
      this.empty,
      this.grid.element,
      this.free.element,
      this.missing.element,
      this.filter.help,
    );
    this.element = element(
      'section',
      { class: 'lower', attributes: { 'aria-label': 'More about it' } },
      this.tabs.element,
      this.place,
    );
  }

  show(shown: ShownSystem, compared: Comparison, saved: Saved): void {
    const { panel, table } = saved;
    const { marks, pair, diff, isLive } = compared;
    this.pairs.show(marks, panel === 'changes' ? pair : undefined);
    this.tabs.show(panel, {
      ...(diff === undefined ? {} : { changes: diff.table.rows.length }),
      missing: shown.missing.length,
    });
    this.place.setAttribute('aria-labelledby', `tab-${panel}`);
    this.free.element.hidden = panel !== 'free';
    this.missing.element.hidden = panel !== 'missing';
    if (panel === 'free') this.free.show(shown);
    if (panel === 'missing') this.missing.show(shown);
    if (panel === 'owners') this.showOwners(shown.tables, table, saved);
    else if (panel === 'changes') this.showChanges(diff, saved, isLive || marks.length > 0 ? NO_CHANGES : NO_OTHER_FILES);
    else this.showTable(undefined);
  }

  private showOwners(tables: readonly OwnerTable[], wanted: SystemTableId | undefined, saved: Saved): void {
    const table = tables.find(({ id }) => id === wanted) ?? tables[0];
    this.tables.hidden = table === undefined;
    if (table !== undefined) {
      this.tableBox.show(
        tables.map(({ id, title, rows }) => [id, `${title} (${rows.length.toLocaleString('en-US')})`]),
        table.id,
      );
    }
    this.showWords(table?.notes ?? []);
    this.showEmpty(table === undefined ? NO_TABLES : '');
    this.showTable(table && (() => this.grid.show(table.id, table, saved.sortings[table.id], this.text)));
  }

  private showChanges(diff: SystemDiffText | undefined, saved: Saved, nothing: string): void {
    this.tables.hidden = true;
    this.showWords(diff?.words ?? []);
    this.showEmpty(diff === undefined ? nothing : '');
    this.showTable(diff && (() => this.grid.show('changes', diff.table, saved.sortings['changes'], this.text)));
  }

  private showTable(draw: (() => void) | undefined): void {
    this.drawn = draw;
    this.head.hidden = draw === undefined;
    this.grid.element.hidden = draw === undefined;
    if (draw !== undefined) draw();
    else if (!this.free.element.hidden || !this.missing.element.hidden) {
      this.showWords([]);
      this.showEmpty('');
    }
  }

  private showWords(words: readonly string[]): void {
    this.words.hidden = words.length === 0;
    setChildren(this.words, ...words.map((text) => element('li', {}, icon('info'), element('span', {}, visibleText(text)))));
  }

  private showEmpty(text: string): void {
    this.empty.hidden = text === '';
    setText(this.empty, text);
  }
}
