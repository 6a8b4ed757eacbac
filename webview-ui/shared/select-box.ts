import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import { element } from './dom.js';

/** One of several choices, in the editor's own look. */
export class SelectBox<T extends string> {
  readonly root = document.createElement('vscode-single-select');
  private shown = '';
  private value: T | undefined;

  constructor(label: string, onChoose: (value: T) => void) {
    this.root.label = label;
    this.root.addEventListener('change', () => {
      this.value = this.root.value as T;
      onChoose(this.value);
    });
  }

  show(options: readonly (readonly [value: T, label: string])[], value: T): void {
    const shown = JSON.stringify(options);
    // A long one is cut where there is no room for it.
    this.root.title = options.find(([id]) => id === value)?.[1] ?? '';
    if (shown !== this.shown) {
      this.shown = shown;
      this.root.replaceChildren(...options.map(([id, label]) => element('vscode-option', { attributes: { value: id } }, label)));
    } else if (value === this.value) return;
    this.value = value;
    // It takes its options in when they are rendered, and forgets what was chosen when it is put into the page.
    setTimeout(() => {
      if (this.value !== undefined) this.root.value = this.value;
    });
  }
}
