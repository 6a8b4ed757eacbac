import { element, setChildren } from './dom.js';
import { type SeriesStyle, swatch } from './swatch.js';

export interface TipLine {
  readonly style: SeriesStyle;
  readonly label: string;
  readonly value: string;
  /** Lowest to highest, where a pixel stands for several values. */
  readonly range?: string;
  readonly share?: string;
  /** The one under the pointer. */
  readonly chosen: boolean;
}

export interface TipContent {
  readonly moment: string;
  readonly events: readonly string[];
  readonly lines: readonly TipLine[];
  readonly definition?: string;
  /** What a click does. */
  readonly hint?: string;
}

/** The box beside the pointer. The same is told to screen readers by the cursor of the chart. */
export class ChartTip {
  readonly element = element('div', { class: 'tip', attributes: { 'aria-hidden': 'true', hidden: true } });

  hide(): void {
    this.element.hidden = true;
  }

  /** Beside the point, inside of a box so wide; higher than the box only when there is no room. */
  show(content: TipContent, { x, y }: { readonly x: number; readonly y: number }, width: number, height: number): void {
    setChildren(
      this.element,
      element('div', { class: 'tip-moment' }, content.moment),
      ...content.events.map((text) => element('div', { class: 'tip-event' }, text)),
      element(
        'div',
        { class: 'tip-lines' },
        ...content.lines.flatMap((line) => [
          swatch(line.style),
          element('span', { class: line.chosen ? 'tip-label chosen' : 'tip-label' }, line.label),
          element('span', { class: line.chosen ? 'tip-value chosen' : 'tip-value' }, line.value),
          element('span', { class: 'tip-share' }, line.share ?? ''),
          ...(line.range === undefined ? [] : [element('span', { class: 'tip-range' }, line.range)]),
        ]),
      ),
      content.definition !== undefined && element('div', { class: 'tip-definition' }, content.definition),
      content.hint !== undefined && element('div', { class: 'tip-hint' }, content.hint),
    );
    this.element.hidden = false;
    const own = this.element.offsetWidth;
    const left = x + 14 + own <= width ? x + 14 : x - 14 - own;
    this.element.style.left = `${Math.max(0, Math.min(left, width - own))}px`;
    const lowest = height - this.element.offsetHeight;
    this.element.style.top = `${Math.min(y + 12, lowest)}px`;
  }
}
