import { element, setAttribute, setText } from '../shared/dom.js';
import { SelectBox } from '../shared/select-box.js';
import { toolButton } from '../shared/tool-button.js';
import type { FlameForm } from './flame-graph.js';
import type { FlameOrder } from './flame-layout.js';
import type { FlameColour } from './flame-looks.js';

/** What the user has chosen of the drawing; kept over a reload of the window. */
export interface FlameChoices {
  readonly form: FlameForm;
  readonly order: FlameOrder;
  readonly colour: FlameColour;
  readonly foldsRecursion: boolean;
}

export interface FlameBarActions {
  choose(choices: Partial<FlameChoices>): void;
  zoomBy(factor: number): void;
  whole(): void;
  showTwin(isShown: boolean): void;
}

/** What can be chosen of the drawing, above it. */
export class FlameBar {
  readonly element: HTMLElement;
  private readonly form: SelectBox<FlameForm>;
  private readonly order: SelectBox<FlameOrder>;
  private readonly colour: SelectBox<FlameColour>;
  private readonly recursion: HTMLButtonElement;
  private readonly twin: HTMLButtonElement;
  private readonly whole: HTMLButtonElement;
  private readonly summary = element('span', { class: 'flame-summary' });

  constructor(actions: FlameBarActions) {
    this.form = new SelectBox('Form', (form) => actions.choose({ form }));
    this.order = new SelectBox('Order', (order) => actions.choose({ order }));
    this.colour = new SelectBox('Colour', (colour) => actions.choose({ colour }));
    const toggle = (label: string, title: string, turn: (isOn: boolean) => void): HTMLButtonElement => {
      const button = element(
        'button',
        {
          class: 'text-button flame-toggle',
          attributes: { type: 'button', title, 'aria-pressed': 'false' },
          on: { click: () => turn(button.getAttribute('aria-pressed') !== 'true') },
        },
        label,
      );
      return button;
    };
    this.recursion = toggle('Fold Recursion', 'A function that calls itself becomes one box', (foldsRecursion) =>
      actions.choose({ foldsRecursion }),
    );
    this.twin = toggle('Table', 'The widest boxes as a table', (isShown) => {
      setAttribute(this.twin, 'aria-pressed', `${isShown}`);
      actions.showTwin(isShown);
    });
    this.whole = element(
      'button',
      { class: 'text-button', attributes: { type: 'button', title: 'Show the whole (0)' }, on: { click: () => actions.whole() } },
      'Whole',
    );
    const label = (text: string) => element('span', { attributes: { 'aria-hidden': 'true' } }, text);
    this.element = element(
      'div',
      { class: 'flame-bar' },
      this.form.root,
      label('by'),
      this.order.root,
      label('coloured by'),
      this.colour.root,
      this.recursion,
      this.twin,
      this.summary,
      element(
        'div',
        { class: 'tools', attributes: { role: 'group', 'aria-label': 'Zoom' } },
        toolButton('zoom-out', 'Zoom Out (−)', () => actions.zoomBy(1 / 1.5)),
        toolButton('zoom-in', 'Zoom In (+)', () => actions.zoomBy(1.5)),
        this.whole,
      ),
    );
  }

  show({ form, order, colour, foldsRecursion }: FlameChoices, isBottomUp: boolean, isChange: boolean): void {
    this.form.show(
      [
        ['icicle', 'Icicle'],
        ['flame', 'Flame'],
      ],
      form,
    );
    this.order.show(
      [
        ['size', 'Size'],
        ['name', 'Name'],
      ],
      order,
    );
    this.colour.show(
      [
        ['code', 'Own Code'],
        ['module', 'Module'],
      ],
      colour,
    );
    // Of a comparison the colours say what became more and what less.
    this.colour.root.disabled = isChange;
    this.recursion.disabled = isBottomUp;
    setAttribute(this.recursion, 'aria-pressed', `${foldsRecursion && !isBottomUp}`);
  }

  /** What was found, and how deep it goes. */
  tell(words: string, isWhole: boolean): void {
    setText(this.summary, words);
    this.whole.disabled = isWhole;
  }
}
