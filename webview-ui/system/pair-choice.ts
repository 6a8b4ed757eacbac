import type { SystemMark } from '../../src/protocol/system.js';
import { element } from '../shared/dom.js';
import { SelectBox } from '../shared/select-box.js';
import { markWords } from './system-bar.js';

/** Two moments: a mark, and another one or what is now. */
export interface Pair {
  readonly before: number;
  /** undefined: always the newest. */
  readonly after: number | undefined;
}

const NOW = 'now';

/** Which two moments are compared. */
export class PairChoice {
  readonly element: HTMLElement;
  private readonly beforeBox: SelectBox<string>;
  private readonly afterBox: SelectBox<string>;
  private pair: Pair | undefined;

  constructor(compare: (pair: Pair) => void) {
    this.beforeBox = new SelectBox('First moment', (value) => compare({ before: Number(value), after: this.pair?.after }));
    this.afterBox = new SelectBox('Second moment', (value) => {
      if (this.pair !== undefined) compare({ before: this.pair.before, after: value === NOW ? undefined : Number(value) });
    });
    this.element = element(
      'span',
      { class: 'pair-choice', attributes: { role: 'group', 'aria-label': 'Compared moments' } },
      element('span', { class: 'label', attributes: { 'aria-hidden': 'true' } }, 'From'),
      this.beforeBox.root,
      element('span', { class: 'label', attributes: { 'aria-hidden': 'true' } }, 'to'),
      this.afterBox.root,
    );
  }

  show(marks: readonly SystemMark[], pair: Pair | undefined): void {
    this.pair = pair;
    this.element.hidden = pair === undefined;
    if (pair === undefined) return;
    const options = marks.map((mark) => [`${mark.id}`, markWords(mark)] as const);
    this.beforeBox.show(options, `${pair.before}`);
    this.afterBox.show([...options, [NOW, 'now']], pair.after === undefined ? NOW : `${pair.after}`);
  }
}
