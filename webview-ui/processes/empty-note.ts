import { element, setChildren } from '../shared/dom.js';
import type { EmptyText } from './empty-text.js';

const TITLES: Readonly<Record<NonNullable<EmptyText['action']>, string>> = {
  'clear-filter': 'Clear Filter',
  'select-target': 'Select Target',
};

/** What stands in place of rows. */
export class EmptyNote {
  readonly root = element('div', { class: 'empty', attributes: { role: 'status' } });
  private shown = '';

  constructor(private readonly act: (action: NonNullable<EmptyText['action']>) => void) {}

  show(note: EmptyText | undefined): void {
    this.root.hidden = note === undefined;
    if (!note) return;
    const { action, text } = note;
    const now = `${text}\n${action}`;
    // The button stays, and with it the focus.
    if (now === this.shown) return;
    this.shown = now;
    const button =
      action &&
      element(
        'button',
        { class: 'text-button', attributes: { type: 'button' }, on: { click: () => this.act(action) } },
        TITLES[action],
      );
    setChildren(this.root, element('p', {}, text), button);
  }
}
