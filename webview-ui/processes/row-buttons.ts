import { element, icon, setAttribute } from '../shared/dom.js';
import type { IconName } from '../shared/icons.js';
import { nameTool } from '../shared/tool-button.js';
import { isGroup, type TableRow } from './process-table.js';
import { actionTitle, BUTTON_ACTIONS, isPossible, type RowAction } from './row-actions.js';
import type { RowView } from './row-view.js';

/** The buttons of the row under the pointer: one set of them, which goes from row to row. */
export class RowButtons {
  private readonly root = element('span', { class: 'actions' });
  private readonly buttons: ReadonlyMap<RowAction, HTMLButtonElement>;
  private view: RowView | undefined;

  constructor(
    private readonly act: (action: RowAction, row: TableRow) => void,
    more: (row: TableRow, button: HTMLElement) => void,
  ) {
    this.buttons = new Map(
      BUTTON_ACTIONS.map(({ action, icon: picture }) => [action, this.button(picture, (row) => this.act(action, row))]),
    );
    const last = this.button('ellipsis', (row) => more(row, last));
    nameTool(last, 'More Actions…');
    setAttribute(last, 'aria-haspopup', 'menu');
    this.root.append(...this.buttons.values(), last);
  }

  /** On another row, or on none. */
  show(view: RowView | undefined, recorded: boolean): void {
    const row = view?.row;
    if (!view || !row || isGroup(row)) {
      this.root.remove();
      this.view = undefined;
      return;
    }
    for (const [action, button] of this.buttons) {
      nameTool(button, actionTitle(action, row.original));
      button.hidden = !isPossible(action, row.original, recorded);
    }
    if (this.view !== view || !this.root.isConnected) view.command.root.append(this.root);
    this.view = view;
  }

  private button(picture: IconName, run: (row: TableRow) => void): HTMLButtonElement {
    const click = (event: Event): void => {
      event.stopPropagation();
      if (this.view?.row) run(this.view.row);
    };
    return element('button', { class: 'tool', attributes: { type: 'button', tabindex: -1 }, on: { click } }, icon(picture));
  }
}
