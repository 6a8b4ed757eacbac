import { DAY, HOUR, MINUTE } from '../../src/base/units.js';
import { element, icon, setAttribute, setText } from './dom.js';
import { formatDuration, formatMoment } from './format.js';
import { helpPopup } from './help.js';
import type { Span, TimeView } from './time-view.js';
import { nameTool, toolButton } from './tool-button.js';

const SPANS: readonly { readonly span: Span; readonly text: string; readonly name: string }[] = [
  { span: MINUTE, text: '1 min', name: 'The last minute' },
  { span: 10 * MINUTE, text: '10 min', name: 'The last 10 minutes' },
  { span: HOUR, text: '1 h', name: 'The last hour' },
  { span: DAY, text: '24 h', name: 'The last 24 hours' },
  { span: 'all', text: 'All', name: 'All there is' },
];

export type KeyHelp = readonly [keys: string, meaning: string];

const KEYS: readonly KeyHelp[] = [
  ['Drag', 'zoom to what is drawn over'],
  ['Ctrl+wheel, +, −', 'zoom'],
  ['Shift+drag, Page Up, Page Down', 'move in time'],
  ['←, →, Home, End', 'move the cursor of a chart; with Shift further'],
  ['Escape', 'back to the newest samples'],
];

/** Which time is shown: the newest minute, hour and so on; pause; and back from a zoom. */
export class WindowBar {
  readonly element: HTMLElement;
  private readonly choices = new Map<Span, HTMLButtonElement>();
  private readonly pauseButton = toolButton('debug-pause', 'Pause', () => this.togglePause());
  private readonly resetButton = toolButton('discard', 'Back to the newest samples (Escape)', () => this.view.resume());
  private readonly shown = element('span', { class: 'shown-range' });

  constructor(
    private readonly view: TimeView,
    keys: readonly KeyHelp[],
  ) {
    const group = element('div', { class: 'segments', attributes: { role: 'radiogroup', 'aria-label': 'Time shown' } });
    for (const { span, text, name } of SPANS) {
      const choice = element(
        'button',
        {
          class: 'segment',
          attributes: { type: 'button', role: 'radio', title: name, 'aria-label': name },
          on: { click: () => view.select(span), keydown: (event) => this.moveChoice(event, span) },
        },
        text,
      );
      this.choices.set(span, choice);
      group.append(choice);
    }
    const zoomIn = toolButton('zoom-in', 'Zoom in', () => view.zoom(0.5));
    const zoomOut = toolButton('zoom-out', 'Zoom out', () => view.zoom(2));
    const help = toolButton('question', 'Mouse and keys', () => undefined);
    this.element = element(
      'div',
      { class: 'window-bar' },
      group,
      element('div', { class: 'tools' }, this.pauseButton, zoomIn, zoomOut, this.resetButton, help),
      this.shown,
      helpPopup(help, 'Mouse and keys', [...keys, ...KEYS]),
    );
    view.onDidChangeWindow.on(() => this.update());
    view.onDidChangeRange.on(() => this.update());
    this.update();
  }

  private update(): void {
    const { fixed, paused, range, span } = this.view;
    const width = range.to - range.from;
    for (const [choice, button] of this.choices) {
      const chosen = choice === span && !(fixed && !paused);
      setAttribute(button, 'aria-checked', `${chosen}`);
      setAttribute(button, 'tabindex', choice === span ? 0 : -1);
    }
    setAttribute(this.pauseButton, 'aria-pressed', `${paused}`);
    nameTool(this.pauseButton, paused ? 'Resume' : 'Pause');
    this.pauseButton.replaceChildren(icon(paused ? 'debug-continue' : 'debug-pause'));
    this.resetButton.disabled = !fixed;
    this.shown.hidden = !fixed;
    if (fixed) {
      const words = `${formatMoment(range.from, width)} to ${formatMoment(range.to, width)} (${formatDuration(width)})`;
      setText(this.shown, paused ? `Paused: ${words}` : words);
    }
  }

  private togglePause(): void {
    if (this.view.paused) this.view.resume();
    else this.view.pause();
  }

  /** Arrow keys, as in every group of radio buttons. */
  private moveChoice(event: KeyboardEvent, from: Span): void {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = SPANS.findIndex(({ span }) => span === from);
    const next = SPANS[(at + step + SPANS.length) % SPANS.length];
    if (!next) return;
    this.view.select(next.span);
    this.choices.get(next.span)?.focus();
  }
}
