import { visibleText } from '../../src/base/visible-text.js';
import type { ItemText, ShownSystem, SystemTableId } from '../../src/protocol/system.js';
import { element, icon, setChildren, setText } from '../shared/dom.js';
import { formatValue } from '../shared/format.js';
import type { WaterfallRow } from './waterfall-rows.js';

export interface DetailsActions {
  showTable(table: SystemTableId): void;
  openLink(link: string): void;
  copy(text: string): void;
}

/** The pane beside the bars: all that is known of the one that is selected. */
export class ItemDetails {
  readonly element = element('div', { class: 'details' });
  private readonly title = element('h2');
  private readonly figure = element('p', { class: 'details-figure' });
  private readonly body = element('div');
  private copied = '';

  constructor(private readonly actions: DetailsActions) {
    this.element.append(this.title, this.figure, this.body);
  }

  show(shown: ShownSystem, row: WaterfallRow | undefined): void {
    if (row?.item === undefined) this.showWhole(shown);
    else this.showItem(shown, row, row.inside ?? row.item);
  }

  private showWhole({ total = Number.NaN, available, availableIs, notes, kernel }: ShownSystem): void {
    setText(this.title, 'MemTotal');
    setText(this.figure, formatValue(total, 'bytes'));
    setChildren(
      this.body,
      element(
        'p',
        {},
        'The RAM that the kernel manages, without what firmware and the kernel itself took at boot. The bars below are its parts; each page is in one of them, and together with Unexplained they are exactly MemTotal.',
      ),
      kernel !== undefined && section('Kernel', element('p', {}, visibleText(kernel))),
      section(
        available === undefined ? 'MemAvailable is not told' : `MemAvailable: ${formatValue(available, 'bytes')}`,
        element('p', {}, availableIs),
      ),
      ...notesOf(notes),
      this.tools(),
    );
    this.copied = `MemTotal\t${formatValue(total, 'bytes')}`;
  }

  private showItem({ tables }: ShownSystem, row: WaterfallRow, { label, what, smaller, look, link, sources }: ItemText): void {
    const { item, inside } = row;
    if (item === undefined) return;
    setText(this.title, inside === undefined ? label : `${item.label}: ${label}`);
    setText(this.figure, [row.amount, row.share].filter((text) => text !== '').join(' · '));
    const owners = inside === undefined ? item.tables : [];
    setChildren(
      this.body,
      element('p', {}, what),
      inside !== undefined && element('p', { class: 'muted' }, 'It is counted in that part already, and not added.'),
      ...(inside === undefined ? notesOf(item.notes) : []),
      owners.length > 0 &&
        section(
          'Who holds it',
          element(
            'div',
            { class: 'owner-links' },
            ...owners.map((id) => {
              const table = tables.find((one) => one.id === id);
              return button('table', `${table?.title ?? id} (${table?.rows.length.toLocaleString('en-US') ?? 0})`, () =>
                this.actions.showTable(id),
              );
            }),
          ),
        ),
      section('Less of it', element('p', {}, smaller)),
      section('Where to look', element('p', {}, look)),
      section('Made of', element('p', {}, element('code', {}, sources.join(' · ')))),
      this.documentLink(link),
      this.tools(),
    );
    this.copied = [row.name, what, smaller, look, sources.join(', '), ...item.notes].join('\n');
  }

  private documentLink(link: string): HTMLElement {
    const open = element(
      'a',
      {
        attributes: { href: link, title: link },
        on: {
          click: (event) => {
            event.preventDefault();
            this.actions.openLink(link);
          },
        },
      },
      link.includes('man7.org') ? 'Manual page' : 'Document of the kernel',
    );
    return element('p', { class: 'document' }, open);
  }

  private tools(): HTMLElement {
    return element(
      'div',
      { class: 'details-tools' },
      button(undefined, 'Copy', () => this.actions.copy(this.copied)),
    );
  }
}

function notesOf(notes: readonly string[]): readonly HTMLElement[] {
  if (notes.length === 0) return [];
  return [
    element(
      'ul',
      { class: 'details-notes' },
      ...notes.map((note) => element('li', {}, icon('info'), element('span', {}, visibleText(note)))),
    ),
  ];
}

const section = (title: string, ...content: readonly HTMLElement[]): HTMLElement =>
  element('section', {}, element('h3', {}, title), ...content);

const button = (picture: 'table' | undefined, text: string, click: () => void): HTMLButtonElement =>
  element(
    'button',
    { class: 'text-button', attributes: { type: 'button' }, on: { click } },
    picture !== undefined && icon(picture),
    text,
  );
