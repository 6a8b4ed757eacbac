import type { Milliseconds } from '../../src/base/units.js';
import { element, setText } from './dom.js';

/** What a screen reader is told without being asked: politely, and not too often. The last text of a burst is the one that is told. */
export class Announcer {
  readonly element = element('div', { class: 'visually-hidden', attributes: { role: 'status', 'aria-live': 'polite' } });
  private waiting: string | undefined;
  private timer: number | undefined;

  constructor(private readonly everyMs: Milliseconds) {}

  say(text: string): void {
    this.waiting = text;
    if (this.timer !== undefined) return;
    this.tell();
    this.timer = window.setTimeout(() => {
      this.timer = undefined;
      if (this.waiting !== undefined) this.say(this.waiting);
    }, this.everyMs);
  }

  private tell(): void {
    if (this.waiting !== undefined) setText(this.element, this.waiting);
    this.waiting = undefined;
  }
}
