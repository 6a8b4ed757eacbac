import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import { element, setAttribute, setText } from '../shared/dom.js';
import { toolButton } from '../shared/tool-button.js';

interface SearchDeeds {
  /** What is looked for; empty: nothing. */
  readonly search: (text: string) => void;
  readonly step: (by: 1 | -1) => void;
  /** Only the stacks that hold it are left, or all again. */
  readonly filter: (on: boolean) => void;
}

/** Frames are found by their function, file, module or address; Enter goes to the next call of one. */
export class SearchBox {
  readonly element: HTMLElement;
  private readonly field = document.createElement('vscode-textfield');
  private readonly count = element('span', { class: 'search-count', attributes: { role: 'status' } });
  private readonly clear: HTMLButtonElement;
  private readonly before: HTMLButtonElement;
  private readonly next: HTMLButtonElement;
  private readonly only: HTMLButtonElement;

  constructor(private readonly deeds: SearchDeeds) {
    const { field } = this;
    field.label = 'Search frames';
    field.placeholder = 'Search functions, files, modules';
    this.clear = toolButton('close', 'Clear Search', () => this.empty());
    this.clear.slot = 'content-after';
    this.before = toolButton('arrow-up', 'Previous Call Found (Shift+Enter)', () => deeds.step(-1));
    this.next = toolButton('arrow-down', 'Next Call Found (Enter)', () => deeds.step(1));
    this.only = toolButton('list-selection', 'Only Stacks with It', () =>
      deeds.filter(this.only.getAttribute('aria-pressed') !== 'true'),
    );
    field.append(this.clear);
    field.addEventListener('input', () => deeds.search(field.value.trim()));
    field.addEventListener('keydown', (event) => this.onKey(event));
    this.element = element(
      'span',
      { class: 'search-box', attributes: { role: 'search' } },
      field,
      this.before,
      this.next,
      this.only,
      this.count,
    );
    this.show('', '', false);
  }

  /** `found`: how much, in words. */
  show(text: string, found: string, isFilter: boolean): void {
    if (this.field.value.trim() !== text) this.field.value = text;
    const isEmpty = text === '';
    this.clear.hidden = isEmpty;
    for (const button of [this.before, this.next, this.only]) button.disabled = isEmpty;
    setAttribute(this.only, 'aria-pressed', `${isFilter}`);
    setText(this.count, found);
  }

  focus(): void {
    this.field.focus();
  }

  private empty(): void {
    this.field.value = '';
    this.deeds.search('');
    this.field.focus();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape' && this.field.value !== '') this.empty();
    else if (event.key === 'Enter' && this.field.value.trim() !== '') this.deeds.step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  }
}
