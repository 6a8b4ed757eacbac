import { formatCount } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import type { Source } from '../../src/protocol/trends.js';
import { ConnectionLine } from '../shared/connection-line.js';
import { element, icon, setAttribute, setText } from '../shared/dom.js';
import { iconClass } from '../shared/icons.js';
import { nameTool, toolButton } from '../shared/tool-button.js';

export interface TargetLineEvents {
  readonly retry: () => void;
  readonly selectTarget: () => void;
  readonly pause: () => void;
  readonly chart: () => void;
}

/** Whose processes these are, how fresh they are, and how many. */
export class TargetLine {
  readonly root: HTMLElement;
  private readonly name = element('span', { class: 'target-name' });
  private readonly target: HTMLButtonElement;
  private readonly count = element('span', { class: 'count' });
  private readonly held = element('span', { class: 'held' });
  private readonly connection: ConnectionLine;
  private readonly pause: HTMLButtonElement;
  private readonly chart: HTMLButtonElement;

  constructor(events: TargetLineEvents) {
    this.connection = new ConnectionLine(events.retry);
    this.target = element(
      'button',
      { class: 'target', attributes: { type: 'button', title: 'Select Target' }, on: { click: events.selectTarget } },
      icon('vm'),
      this.name,
    );
    this.pause = toolButton('debug-pause', 'Pause', events.pause);
    this.chart = toolButton('pie-chart', 'Who Holds the Memory', events.chart);
    this.root = element(
      'header',
      { class: 'target-line' },
      this.target,
      this.connection.element,
      this.count,
      this.held,
      element('div', { class: 'buttons' }, this.pause, this.chart),
    );
  }

  showSource(source: Source | undefined): void {
    setText(this.name, source ? visibleText(source.label) : 'No target');
    setAttribute(this.target, 'title', source ? `${visibleText(source.description)}\nSelect Target` : 'Select Target');
    this.connection.update(source?.connection ?? { kind: 'idle' });
  }

  showCount(shown: number, all: number, filtered: boolean): void {
    const text = formatCount(all, 'process', 'processes');
    setText(this.count, filtered ? `${shown.toLocaleString('en-US')} of ${text}` : text);
  }

  showState(paused: boolean, held: boolean, chartOpen: boolean): void {
    setText(this.held, paused ? 'Paused' : held ? 'Order held' : '');
    setAttribute(
      this.held,
      'title',
      held && !paused ? 'Rows stay where they are while you point at them; values go on.' : undefined,
    );
    this.pause.firstElementChild!.className = iconClass(paused ? 'debug-continue' : 'debug-pause');
    nameTool(this.pause, paused ? 'Continue' : 'Pause');
    setAttribute(this.pause, 'aria-pressed', `${paused}`);
    setAttribute(this.chart, 'aria-pressed', `${chartOpen}`);
    this.root.classList.toggle('paused', paused);
  }
}
