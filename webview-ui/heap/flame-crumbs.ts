import { element, setChildren } from '../shared/dom.js';
import { boxName, type FlameGraph } from './flame-graph.js';
import { trailOf } from './flame-layout.js';

/** Of a long way the beginning and the end. */
const MOST = { first: 2, last: 5 };

/** The stack of the box that is zoomed: each part leads back to it. */
export class FlameCrumbs {
  readonly element: HTMLElement;
  private readonly list = element('ol', { class: 'crumbs' });
  private shown = '';

  constructor(private readonly goTo: (box: number) => void) {
    this.element = element(
      'nav',
      { class: 'flame-trail', attributes: { 'aria-label': 'Zoomed stack', hidden: true } },
      this.list,
    );
  }

  show(graph: FlameGraph, focus: number): void {
    this.element.hidden = focus === 0;
    const trail = trailOf(graph.boxes, focus);
    const hidden = trail.length - MOST.first - MOST.last;
    const shown = hidden > 1 ? [...trail.slice(0, MOST.first), undefined, ...trail.slice(-MOST.last)] : trail;
    const parts = shown.map((box) => ({ box, name: box === undefined ? '' : boxName(graph, box) }));
    const key = JSON.stringify(parts);
    if (key === this.shown) return;
    this.shown = key;
    setChildren(
      this.list,
      ...parts.map(({ box, name }) => {
        if (box === undefined)
          return element('li', {}, element('span', { attributes: { title: `${hidden} more` } }, `… ${hidden} more …`));
        if (box === focus)
          return element('li', {}, element('span', { attributes: { 'aria-current': 'true', title: name } }, name));
        return element(
          'li',
          {},
          element(
            'button',
            { class: 'crumb', attributes: { type: 'button', title: name }, on: { click: () => this.goTo(box) } },
            name,
          ),
        );
      }),
    );
  }
}
