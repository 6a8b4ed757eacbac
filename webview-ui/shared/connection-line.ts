import { visibleText } from '../../src/base/visible-text.js';
import type { Connection } from '../../src/protocol/trends.js';
import { element, icon, setAttribute, setChildren } from './dom.js';
import { formatDuration, formatMoment } from './format.js';
import type { IconName } from './icons.js';

interface Words {
  readonly state: string;
  readonly picture: IconName;
  readonly text: string;
  readonly detail?: string;
  readonly canRetry: boolean;
}

/** How fresh a source is, in words; of a lost connection, what happened, what to do and when it is tried again. */
export class ConnectionLine {
  readonly element = element('div', { class: 'connection' });
  private connection: Connection = { kind: 'connecting' };
  private shown = '';
  private timer: number | undefined;

  constructor(private readonly retry: () => void) {}

  update(connection: Connection): void {
    this.connection = connection;
    this.draw();
    window.clearInterval(this.timer);
    this.timer = connection.kind === 'lost' ? window.setInterval(() => this.draw(), 1000) : undefined;
  }

  dispose(): void {
    window.clearInterval(this.timer);
  }

  private draw(): void {
    const words = connectionWords(this.connection, Date.now());
    const now = JSON.stringify(words);
    if (now === this.shown) return;
    this.shown = now;
    setAttribute(this.element, 'data-state', words.state);
    // The button is kept while the seconds are counted down, and with it the focus.
    const button = this.element.querySelector('button') ?? this.retryButton();
    setChildren(
      this.element,
      icon(words.picture),
      element(
        'span',
        { class: 'connection-text' },
        words.text,
        words.detail !== undefined && element('span', { class: 'next-step' }, words.detail),
      ),
      words.canRetry && button,
    );
  }

  private retryButton(): HTMLButtonElement {
    return element(
      'button',
      { class: 'text-button', attributes: { type: 'button' }, on: { click: () => this.retry() } },
      'Retry',
    );
  }
}

function connectionWords(connection: Connection, now: number): Words {
  switch (connection.kind) {
    case 'idle':
      return { state: 'idle', picture: 'circle', text: 'Not sampling', canRetry: false };
    case 'connecting':
      return { state: 'connecting', picture: 'sync', text: 'Connecting…', canRetry: false };
    case 'live':
      return {
        state: 'live',
        picture: 'circle-filled',
        text: `Live, every ${formatDuration(connection.intervalMs)}`,
        canRetry: false,
      };
    case 'lost': {
      const seconds = Math.ceil((connection.retryAt - now) / 1000);
      const again = seconds > 0 ? `Next try in ${formatDuration(seconds * 1000)}.` : 'Trying again…';
      return {
        state: 'lost',
        picture: 'debug-disconnect',
        text: `Connection lost: ${visibleText(connection.message)}`,
        detail: ` ${visibleText(connection.nextStep)} ${again}`,
        canRetry: true,
      };
    }
    case 'failed':
      return {
        state: 'failed',
        picture: 'error',
        text: visibleText(connection.message),
        detail: ` ${visibleText(connection.nextStep)}`,
        canRetry: true,
      };
    case 'ended':
      return { state: 'ended', picture: 'debug-stop', text: `Ended at ${formatMoment(connection.at)}`, canRetry: false };
    case 'silent':
      return {
        state: 'lost',
        picture: 'debug-disconnect',
        text: `This page stands still: nothing was heard from the extension since ${formatMoment(connection.since)}.`,
        detail: ' Close it and open it again.',
        canRetry: false,
      };
    case 'recorded':
      return {
        state: 'recorded',
        picture: 'file',
        text: `Recording ${visibleText(connection.name)}`,
        ...(connection.cutOff ? { detail: ' The file is cut off: it ends in the middle of a line.' } : {}),
        canRetry: false,
      };
  }
}
