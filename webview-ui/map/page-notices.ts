import { visibleText } from '../../src/base/visible-text.js';
import type { MapState } from '../../src/protocol/map.js';
import { element, icon, setChildren } from '../shared/dom.js';
import { FaultLine } from '../shared/fault-line.js';
import { textButton } from '../shared/tool-button.js';
import type { MapModel } from './map-model.js';
import { momentWords, spanOf } from './moment-words.js';

interface NoticeDeeds {
  readonly showNewest: () => void;
  readonly refresh: () => void;
}

/** What is said about the map above it, and in place of it. */
export class PageNotices {
  private readonly faults = new FaultLine();
  readonly fault = this.faults.element;
  readonly older = element('div', { class: 'older', attributes: { role: 'status', hidden: true } });
  readonly notes = element('ul', { class: 'notes', attributes: { 'aria-label': 'Notes', hidden: true } });
  readonly empty = element('div', { class: 'empty' });
  /** Of a reading that failed; it goes when the next one succeeds. */
  private isReadingFault = false;
  private shownEmpty = '';
  private shownOlder = '';
  private shownNotes = '';

  constructor(private readonly deeds: NoticeDeeds) {
    this.showEmpty(undefined, false, false);
  }

  showFault(message: string, nextStep: string): void {
    this.isReadingFault = false;
    this.faults.show(message, nextStep);
  }

  /** Why the map could not be read again stands above the one that was read before. */
  tellReading(state: MapState, hasMap: boolean): void {
    if (state.kind === 'failed') {
      if (!hasMap) return;
      this.showFault(state.message, state.nextStep);
      this.isReadingFault = true;
    } else if (this.isReadingFault) {
      this.isReadingFault = false;
      this.faults.hide();
    }
  }

  show({ map, moments }: MapModel): void {
    this.showOlder({ map, moments });
    const { notes } = map;
    this.notes.hidden = notes.length === 0;
    const text = notes.join('\n');
    if (text === this.shownNotes) return;
    this.shownNotes = text;
    setChildren(this.notes, ...notes.map((note) => element('li', {}, icon('info'), visibleText(note))));
  }

  /** Another moment than the newest is shown: that is easily overlooked. */
  private showOlder({ map, moments }: Pick<MapModel, 'map' | 'moments'>): void {
    const newest = moments.at(-1);
    const isOlder = newest !== undefined && newest.id > map.moment.id;
    this.older.hidden = !isOlder;
    const text = isOlder ? `This is the map of ${momentWords(map.moment, spanOf(moments))}, not the newest one.` : '';
    if (text === this.shownOlder) return;
    this.shownOlder = text;
    setChildren(
      this.older,
      icon('info'),
      element('span', {}, text),
      textButton('Show the Newest', () => this.deeds.showNewest()),
    );
  }

  /** In place of the map. `canAsk`: the host is of this version, so that it can be asked to try again. */
  showEmpty(state: MapState | undefined, hasMap: boolean, canAsk: boolean): void {
    const isFailed = state?.kind === 'failed';
    const words = isFailed
      ? [visibleText(state.message), visibleText(state.nextStep)]
      : [hasMap ? 'There is no mapping to be shown.' : 'Reading the map…'];
    const now = JSON.stringify([state?.kind, canAsk, words]);
    // The button stays, and with it the focus.
    if (now === this.shownEmpty) return;
    this.shownEmpty = now;
    setChildren(
      this.empty,
      icon(isFailed ? 'error' : hasMap ? 'info' : 'sync'),
      ...words.map((text) => element('p', {}, text)),
      isFailed && canAsk && textButton('Try Again', () => this.deeds.refresh()),
    );
  }
}
