import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import { element, setText } from './dom.js';
import type { FilterError } from './filter-language.js';
import { helpPopup } from './help.js';
import { toolButton } from './tool-button.js';

interface FilterWords {
  readonly label: string;
  readonly placeholder: string;
  readonly examples: readonly (readonly [example: string, meaning: string])[];
}

/** The field of a filter: with a button that clears it, one that tells what can be written, and what is wrong below. */
export class FilterBox {
  readonly root: HTMLElement;
  /** Stands elsewhere: it is a popup. */
  readonly help: HTMLElement;
  private readonly field = document.createElement('vscode-textfield');
  private readonly message = element('div', { class: 'filter-message', attributes: { role: 'status' } });
  private readonly clear: HTMLButtonElement;

  /** @param enterTable from the filter down into the table */
  constructor(words: FilterWords, filter: (text: string) => void, enterTable: () => void) {
    const { field } = this;
    field.label = words.label;
    field.placeholder = words.placeholder;
    this.clear = toolButton('close', 'Clear Filter', () => {
      this.set('');
      filter('');
      field.focus();
    });
    this.clear.slot = 'content-after';
    this.clear.hidden = true;
    const help = toolButton('question', 'What can be written here', () => {});
    help.slot = 'content-after';
    this.help = helpPopup(
      help,
      'Words of the filter',
      words.examples,
      'Words apart by blanks must all hold. A value that is not known never matches.',
    );
    field.append(this.clear, help);
    field.addEventListener('input', () => {
      this.clear.hidden = field.value === '';
      filter(field.value);
    });
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && field.value !== '') this.clear.click();
      else if (event.key === 'ArrowDown') enterTable();
      else return;
      event.preventDefault();
    });
    this.root = element('div', { class: 'filter-box' }, field, this.message);
  }

  set(text: string): void {
    this.field.value = text;
    this.clear.hidden = text === '';
  }

  focus(): void {
    this.field.focus();
  }

  /** An error of the filter, or how many could not be judged. */
  showMessage(error: FilterError | undefined, notJudged: number): void {
    this.field.invalid = error !== undefined;
    this.message.classList.toggle('error', error !== undefined);
    const left = `${notJudged.toLocaleString('en-US')} not shown: a value that is asked for is not known`;
    setText(this.message, error ? error.message : notJudged > 0 ? left : '');
  }
}
