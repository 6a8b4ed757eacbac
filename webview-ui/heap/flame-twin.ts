import { element, setChildren } from '../shared/dom.js';
import type { FlameGraph } from './flame-graph.js';
import { factsOf } from './flame-words.js';

const MOST = 50;

/** The widest boxes that stand on the zoomed one, as a table: for screen readers, and for reading off figures. */
export class FlameTwin {
  readonly element: HTMLElement;
  private readonly caption = element('caption', { class: 'visually-hidden' });
  private readonly body = element('tbody');

  constructor(private readonly choose: (box: number) => void) {
    const column = (text: string) => element('th', { attributes: { scope: 'col' } }, text);
    this.element = element(
      'div',
      {
        class: 'twin-holder flame-twin',
        attributes: { role: 'region', 'aria-label': 'Widest boxes', tabindex: 0, hidden: true },
      },
      element(
        'table',
        { class: 'twin' },
        this.caption,
        element('thead', {}, element('tr', {}, ...['Box', 'Place', 'Total', 'Self', 'Share'].map(column))),
        this.body,
      ),
    );
  }

  show(graph: FlameGraph, focus: number): void {
    const widest = widestBoxes(graph, focus);
    this.caption.textContent = `The ${widest.length} widest boxes`;
    setChildren(
      this.body,
      ...widest.map((box) => {
        const { name, place, module, total, self, shares } = factsOf(graph, box, focus);
        const button = element(
          'button',
          { class: 'text-button', attributes: { type: 'button' }, on: { click: () => this.choose(box) } },
          name,
        );
        const cells = [place || module, total, self ?? '', shares.join(', ')];
        return element(
          'tr',
          {},
          element('th', { attributes: { scope: 'row' } }, button),
          ...cells.map((cell) => element('td', {}, cell)),
        );
      }),
    );
  }
}

/** In the order of their width, from the rows that stand on a box: a box is never wider than what it stands on, so that only children of wide ones are asked. */
function widestBoxes({ boxes }: FlameGraph, focus: number): number[] {
  const { firstChild, width } = boxes;
  const found: number[] = [];
  let waiting = [focus];
  while (waiting.length > 0 && found.length < MOST) {
    waiting.sort((a, b) => width[b]! - width[a]! || a - b);
    const box = waiting.shift()!;
    found.push(box);
    const next: number[] = [];
    for (let child = firstChild[box]!; child < firstChild[box + 1]!; child++) next.push(child);
    // Of very many siblings only the widest can be among them.
    next.sort((a, b) => width[b]! - width[a]! || a - b);
    waiting = [...waiting, ...next.slice(0, MOST)].sort((a, b) => width[b]! - width[a]! || a - b).slice(0, MOST);
  }
  return found;
}
