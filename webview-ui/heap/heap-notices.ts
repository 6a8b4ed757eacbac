import { visibleText } from '../../src/base/visible-text.js';
import type { HeapState } from '../../src/protocol/heap.js';
import { element, icon, setChildren } from '../shared/dom.js';
import { FaultLine } from '../shared/fault-line.js';
import { textButton } from '../shared/tool-button.js';

interface NoticeDeeds {
  readonly retry: () => void;
  readonly stopComparing: () => void;
}

/** What is said about the profile above it, and in place of it. */
export class HeapNotices {
  private readonly faults = new FaultLine();
  readonly fault = this.faults.element;
  readonly compared = element('div', { class: 'older', attributes: { role: 'status', hidden: true } });
  readonly notes = element('ul', { class: 'notes', attributes: { 'aria-label': 'Notes', hidden: true } });
  readonly empty = element('div', { class: 'empty' });
  private shownEmpty = '';
  private shownNotes = '';
  private shownCompared = '';

  constructor(private readonly deeds: NoticeDeeds) {}

  showFault(message: string, nextStep: string): void {
    this.faults.show(message, nextStep);
  }

  showNotes(notes: readonly string[]): void {
    this.notes.hidden = notes.length === 0;
    const text = notes.join('\n');
    if (text === this.shownNotes) return;
    this.shownNotes = text;
    setChildren(this.notes, ...notes.map((note) => element('li', {}, icon('info'), element('span', {}, visibleText(note)))));
  }

  showCompared(compared: { readonly before: string; readonly after: string } | undefined): void {
    this.compared.hidden = compared === undefined;
    const text =
      compared === undefined ? '' : `What ${visibleText(compared.after)} has more than ${visibleText(compared.before)}.`;
    if (text === this.shownCompared) return;
    this.shownCompared = text;
    setChildren(
      this.compared,
      icon('diff'),
      element('span', {}, text),
      textButton('Stop Comparing', () => this.deeds.stopComparing()),
    );
  }

  /** In place of the profile. `canAsk`: the host is of this version, so that it can be asked to try again. */
  showEmpty(state: HeapState | undefined, words: string | undefined, canAsk: boolean): void {
    const isFailed = state?.kind === 'failed';
    const isReading = !isFailed && words === undefined;
    const lines = isFailed ? [visibleText(state.message), visibleText(state.nextStep)] : [words ?? 'Reading the heap profile…'];
    const now = JSON.stringify([isFailed, canAsk, lines]);
    // The button stays, and with it the focus.
    if (now === this.shownEmpty) return;
    this.shownEmpty = now;
    setChildren(
      this.empty,
      icon(isFailed ? 'error' : isReading ? 'sync' : 'info'),
      ...lines.filter((text) => text !== '').map((text) => element('p', {}, text)),
      isFailed && canAsk && textButton('Try Again', () => this.deeds.retry()),
    );
  }
}
