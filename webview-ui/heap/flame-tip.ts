import { element, setChildren } from '../shared/dom.js';
import { formatShare } from '../shared/format.js';
import type { FlameGraph } from './flame-graph.js';
import type { FlameHit } from './flame-hit.js';
import type { FlamePoint } from './flame-pointer.js';
import { factsOf } from './flame-words.js';

interface Room {
  readonly width: number;
  readonly height: number;
}

/** The box beside the pointer. It says what is said with the keyboard, too. */
export class FlameTip {
  readonly element = element('div', { class: 'tip flame-tip', attributes: { 'aria-hidden': 'true', hidden: true } });

  hide(): void {
    this.element.hidden = true;
  }

  show(graph: FlameGraph, hit: FlameHit, focus: number, at: FlamePoint, room: Room): void {
    setChildren(this.element, ...(hit.kind === 'run' ? runLines(graph, hit) : boxLines(graph, hit.box, focus)));
    this.element.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const left = at.x + 16 + width <= room.width ? at.x + 16 : at.x - 16 - width;
    const top = at.y + 18 + height <= room.height ? at.y + 18 : at.y - 10 - height;
    this.element.style.left = `${Math.max(0, left)}px`;
    this.element.style.top = `${Math.max(0, Math.min(top, room.height - height - 1))}px`;
  }
}

function boxLines(graph: FlameGraph, box: number, focus: number): (HTMLElement | false)[] {
  const { name, place, module, isInlined, total, self, shares } = factsOf(graph, box, focus);
  const pair = (label: string, value: string): HTMLElement[] => [element('dt', {}, label), element('dd', {}, value)];
  return [
    element('div', { class: 'tip-event' }, name),
    place !== '' && element('div', { class: 'flame-place' }, place),
    module !== '' && element('div', { class: 'flame-place' }, module),
    isInlined && element('div', { class: 'tip-definition' }, 'inlined into its caller'),
    element('dl', { class: 'flame-facts' }, ...pair('Total', total), ...(self === undefined ? [] : pair('Self', self))),
    ...shares.map((share) => element('div', {}, share)),
    graph.source.repeatsOf(graph.boxes.node[box]!) > 0 &&
      element('div', { class: 'tip-definition' }, 'with the calls of itself that are folded into it'),
  ];
}

function runLines(graph: FlameGraph, { first, behind }: { readonly first: number; readonly behind: number }): HTMLElement[] {
  let wide = 0;
  for (let box = first; box < behind; box++) wide += graph.boxes.width[box]!;
  const count = (behind - first).toLocaleString('en-US');
  return [
    element('div', { class: 'tip-event' }, `${count} boxes too narrow to be drawn alone`),
    element(
      'div',
      {},
      `${formatShare(wide, graph.boxes.width[0])} ${graph.source.sums.hasLess ? 'of all that changed' : 'of the whole'}`,
    ),
    element('div', { class: 'tip-hint' }, 'Click: zoom in'),
  ];
}
