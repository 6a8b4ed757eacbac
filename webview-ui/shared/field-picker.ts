import { element, icon, setAttribute, setChildren } from './dom.js';
import type { IconName } from './icons.js';

export interface PickerItem {
  readonly id: string;
  readonly label: string;
  /** Its value now. */
  readonly value: string;
  readonly chosen: boolean;
}

const SHOWN = 200;
let made = 0;

/** A button that opens a list with a filter; each item is switched on or off. Keys: arrows, Enter, Escape. */
export class FieldPicker {
  readonly element: HTMLElement;
  private readonly button: HTMLButtonElement;
  private readonly filter: HTMLInputElement;
  private readonly list: HTMLUListElement;
  private readonly box: HTMLElement;
  private active = 0;
  private matching: readonly PickerItem[] = [];

  constructor(
    title: string,
    private readonly items: () => readonly PickerItem[],
    private readonly toggle: (id: string) => void,
    picture: IconName = 'add',
  ) {
    const id = `picker-${++made}`;
    this.button = element(
      'button',
      {
        class: 'text-button',
        attributes: { type: 'button', 'aria-expanded': 'false', 'aria-controls': id },
        on: { click: () => this.open(this.box.hasAttribute('hidden')) },
      },
      icon(picture),
      title,
    );
    this.list = element('ul', {
      id: `${id}-list`,
      attributes: { role: 'listbox', 'aria-multiselectable': 'true', 'aria-label': title },
    });
    this.filter = element('input', {
      class: 'filter',
      attributes: {
        type: 'text',
        role: 'combobox',
        placeholder: 'Filter',
        'aria-label': `${title} Filter`,
        'aria-expanded': 'true',
        'aria-controls': `${id}-list`,
        'aria-autocomplete': 'list',
        spellcheck: 'false',
      },
      on: { input: () => this.draw(0), keydown: (event) => this.key(event) },
    });
    this.box = element('div', { class: 'picker', id, attributes: { hidden: true } }, this.filter, this.list);
    this.element = element(
      'div',
      { class: 'picker-holder', on: { focusout: (event) => this.left(event) } },
      this.button,
      this.box,
    );
  }

  private open(wanted: boolean): void {
    this.box.hidden = !wanted;
    setAttribute(this.button, 'aria-expanded', `${wanted}`);
    if (!wanted) return;
    this.filter.value = '';
    this.draw(0);
    this.filter.focus();
  }

  private left(event: FocusEvent): void {
    if (!(event.relatedTarget instanceof Node && this.element.contains(event.relatedTarget))) this.open(false);
  }

  private draw(active: number): void {
    const wanted = this.filter.value.trim().toLowerCase();
    this.matching = this.items()
      .filter(({ label }) => label.toLowerCase().includes(wanted))
      .slice(0, SHOWN);
    this.active = Math.max(0, Math.min(active, this.matching.length - 1));
    const options = this.matching.map((item, index) =>
      element(
        'li',
        {
          id: `${this.list.id}-${index}`,
          class: index === this.active ? 'active' : '',
          attributes: { role: 'option', 'aria-selected': `${item.chosen}` },
          // Before the focus goes.
          on: { pointerdown: (event) => event.preventDefault(), click: () => this.choose(index) },
        },
        element('span', { class: 'option-check' }, item.chosen && icon('check')),
        element('span', { class: 'option-label' }, item.label),
        element('span', { class: 'option-value' }, item.value),
      ),
    );
    setChildren(this.list, ...(options.length > 0 ? options : [element('li', { class: 'nothing' }, 'Nothing matches')]));
    setAttribute(this.filter, 'aria-activedescendant', options.length > 0 ? `${this.list.id}-${this.active}` : undefined);
    options[this.active]?.scrollIntoView({ block: 'nearest' });
  }

  private choose(index: number): void {
    const item = this.matching[index];
    if (!item) return;
    this.toggle(item.id);
    this.draw(index);
  }

  private key(event: KeyboardEvent): void {
    const actions: Record<string, () => void> = {
      ArrowDown: () => this.draw(this.active + 1),
      ArrowUp: () => this.draw(this.active - 1),
      Enter: () => this.choose(this.active),
      Escape: () => {
        this.open(false);
        this.button.focus();
      },
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }
}
