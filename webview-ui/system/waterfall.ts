import { visibleText } from '../../src/base/visible-text.js';
import type { ItemGroup, ShownSystem } from '../../src/protocol/system.js';
import { element, setAttribute, setChildren, setText } from '../shared/dom.js';
import { type WaterfallChoice, type WaterfallRow, waterfallRows, zeroParts } from './waterfall-rows.js';

const GROUP_NAMES: readonly (readonly [ItemGroup, string])[] = [
  ['programs', 'Programs'],
  ['shared', 'Shared memory'],
  ['cache', 'Cache'],
  ['kernel', 'Kernel'],
  ['devices', 'Set aside'],
  ['free', 'Free'],
  ['unexplained', 'Unexplained'],
];

/** MemTotal and its parts as bars: a list to be walked by keys, in which each bar says what it is. */
export class Waterfall {
  readonly element: HTMLElement;
  private readonly list = element('div', {
    class: 'waterfall',
    attributes: { role: 'listbox', 'aria-label': 'Where the memory is, from MemTotal down' },
  });
  private readonly legend = element('div', { class: 'waterfall-legend', attributes: { 'aria-hidden': 'true' } });
  private readonly insideButton: HTMLButtonElement;
  private readonly zeroButton: HTMLButtonElement;
  private readonly rest = element('div', { class: 'waterfall-rest' });
  private rows: readonly WaterfallRow[] = [];
  private readonly views = new Map<string, RowView>();
  private chosen: string | undefined;

  constructor(
    private readonly choose: (row: WaterfallRow) => void,
    toggle: (what: keyof WaterfallChoice) => void,
  ) {
    this.insideButton = toggleButton(
      'Show What Is Inside',
      'What is inside of a part is counted there already, and never added',
      () => toggle('inside'),
    );
    this.zeroButton = toggleButton('Show Zeros', 'Parts that the kernel tells and that are nothing', () => toggle('zeros'));
    this.list.addEventListener('keydown', (event) => this.onKey(event));
    this.list.addEventListener('click', (event) => {
      const row = event.target instanceof Element ? event.target.closest<HTMLElement>('.bar-row') : null;
      const found = row && this.rows.find(({ id }) => id === row.dataset['id']);
      if (found) this.go(found, true);
    });
    this.element = element(
      'section',
      { class: 'waterfall-part', attributes: { 'aria-label': 'Waterfall' } },
      element(
        'div',
        { class: 'waterfall-head' },
        this.legend,
        element('span', { class: 'group' }, this.insideButton, this.zeroButton),
      ),
      this.list,
      this.rest,
    );
  }

  show(shown: ShownSystem, choice: WaterfallChoice, chosen: string | undefined): void {
    setAttribute(this.insideButton, 'aria-pressed', `${choice.inside}`);
    setAttribute(this.zeroButton, 'aria-pressed', `${choice.zeros}`);
    this.rows = waterfallRows(shown, choice);
    const known = this.rows.some(({ id }) => id === chosen);
    this.chosen = known ? chosen : undefined;
    this.drawRows();
    const zeros = choice.zeros ? [] : zeroParts(shown);
    const words = [...shown.notes, ...(zeros.length > 0 ? [`Told, and nothing: ${zeros.join(', ')}.`] : [])];
    setChildren(this.rest, ...words.map((text) => element('p', {}, visibleText(text))));
    const groups = new Set(this.rows.map(({ group }) => group));
    this.legend.replaceChildren(
      ...GROUP_NAMES.filter(([group]) => groups.has(group)).map(([group, name]) =>
        element('span', { class: 'legend-entry' }, element('span', { class: `legend-swatch group-${group}` }), name),
      ),
    );
  }

  select(id: string | undefined): void {
    this.chosen = id;
    this.mark();
  }

  private drawRows(): void {
    const ids = new Set(this.rows.map(({ id }) => id));
    for (const [id, view] of this.views) {
      if (ids.has(id)) continue;
      view.root.remove();
      this.views.delete(id);
    }
    this.rows.forEach((row, at) => {
      const view = this.views.get(row.id) ?? new RowView();
      this.views.set(row.id, view);
      view.show(row, at, this.rows.length);
      if (this.list.children[at] !== view.root) this.list.insertBefore(view.root, this.list.children[at] ?? null);
    });
    this.mark();
  }

  private mark(): void {
    const stop = this.chosen ?? this.rows[0]?.id;
    for (const [id, { root }] of this.views) {
      setAttribute(root, 'aria-selected', `${id === this.chosen}`);
      setAttribute(root, 'tabindex', id === stop ? 0 : -1);
    }
  }

  private go(row: WaterfallRow, focus: boolean): void {
    this.chosen = row.id;
    this.mark();
    if (focus) this.views.get(row.id)?.root.focus();
    this.choose(row);
  }

  private onKey(event: KeyboardEvent): void {
    const at = this.rows.findIndex(({ id }) => id === (this.chosen ?? this.rows[0]?.id));
    const last = this.rows.length - 1;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last, Enter: at, ' ': at }[event.key];
    const row = to === undefined ? undefined : this.rows[Math.max(0, Math.min(last, to))];
    if (row === undefined) return;
    event.preventDefault();
    this.go(row, true);
  }
}

class RowView {
  readonly root: HTMLElement;
  private readonly label = element('span', { class: 'bar-label' });
  private readonly frame = element('span', { class: 'bar-frame' });
  private readonly bar = element('span', { class: 'bar-fill' });
  private readonly amount = element('span', { class: 'bar-amount' });
  private readonly share = element('span', { class: 'bar-share' });

  constructor() {
    this.root = element(
      'div',
      { class: 'bar-row', attributes: { role: 'option' } },
      this.label,
      element('span', { class: 'bar-track' }, this.frame, this.bar),
      this.amount,
      this.share,
    );
  }

  show(row: WaterfallRow, at: number, count: number): void {
    const { root } = this;
    root.className = `bar-row kind-${row.kind} group-${row.group}`;
    root.dataset['id'] = row.id;
    setAttribute(root, 'aria-label', row.name);
    setAttribute(root, 'aria-posinset', at + 1);
    setAttribute(root, 'aria-setsize', count);
    setAttribute(root, 'title', row.name);
    setText(this.label, row.label);
    setText(this.amount, row.amount);
    setText(this.share, row.share);
    root.classList.toggle('nothing', row.length === 0);
    root.classList.toggle('negative', row.item !== undefined && row.item.bytes < 0);
    place(this.bar, row.from, row.length);
    this.frame.hidden = row.frame === undefined;
    if (row.frame !== undefined) place(this.frame, row.frame.from, row.frame.length);
  }
}

const toggleButton = (text: string, title: string, click: () => void): HTMLButtonElement =>
  element('button', { class: 'text-button', attributes: { type: 'button', title }, on: { click } }, text);

function place({ style }: HTMLElement, from: number, length: number): void {
  style.left = `${(from * 100).toFixed(3)}%`;
  style.width = `${(length * 100).toFixed(3)}%`;
}
