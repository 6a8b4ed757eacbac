import { visibleText } from '../../src/base/visible-text.js';
import type { FromMapPage, MapState, Moment } from '../../src/protocol/map.js';
import { actionButton, below } from '../shared/action-button.js';
import { element, icon, setAttribute, setChildren, setText } from '../shared/dom.js';
import { formatDuration } from '../shared/format.js';
import { type MenuEntry, showMenu } from '../shared/menu.js';
import { SelectBox } from '../shared/select-box.js';
import { toolButton } from '../shared/tool-button.js';
import type { Comparison } from './comparison.js';
import { type NewestReading, stateWords } from './map-state-words.js';
import { momentWords, spanOf } from './moment-words.js';

export interface BarActions {
  send(message: FromMapPage): void;
  exportPicture(format: 'png' | 'svg'): void;
  showChanges(): void;
}

/** Live readings come so often, unless the budget makes them rarer. */
const USUAL_EVERY = 2000;
const INTERVALS: readonly number[] = [500, 1000, 2000, 5000, 10_000, 30_000, 60_000];
const NEWEST = 'newest';

/** What can be done with the map: read it, mark a moment, choose which moments are shown and compared, export. */
export class MapBar {
  readonly element: HTMLElement;
  private readonly description = element('p', { class: 'description' });
  private readonly stateLine = element('p', { class: 'map-state page-bar-state', attributes: { role: 'status' } });
  private readonly refresh: HTMLButtonElement;
  private readonly live: HTMLButtonElement;
  private readonly mark: HTMLButtonElement;
  private readonly compare: HTMLButtonElement;
  private readonly removeMark = toolButton('close', 'Remove this mark', () => {
    if (this.shown !== undefined) this.comparison.remove(this.shown);
  });
  private readonly trend: HTMLButtonElement;
  private readonly exporting: HTMLButtonElement;
  private readonly everyBox: SelectBox<string>;
  private readonly shownBox: SelectBox<string>;
  private readonly process: readonly HTMLElement[];
  private readonly shownGroup: HTMLElement;
  private isLive = false;
  private everyMs = USUAL_EVERY;
  private shown: number | undefined;
  private moments: readonly Moment[] = [];

  constructor(
    private readonly actions: BarActions,
    private readonly comparison: Comparison,
  ) {
    const { send } = actions;
    this.refresh = actionButton('sync', 'Read Now', 'Read the map again, once', () => send({ kind: 'refresh' }));
    this.live = actionButton('record', 'Live', 'Read the map again and again while this page is seen', () => this.toggleLive());
    this.everyBox = new SelectBox('How often it is read in live mode', (value) => this.chooseEvery(Number(value)));
    this.mark = actionButton('bookmark', 'Mark', 'Read now and keep this moment, to compare it with another', () =>
      comparison.mark(),
    );
    this.compare = actionButton('diff', 'Compare', 'Choose the moment from which changes are shown', () =>
      this.showComparisons(),
    );
    setAttribute(this.compare, 'aria-haspopup', 'menu');
    this.trend = actionButton('graph-line', 'Trend', 'Show this process over time', () => send({ kind: 'show-trend' }));
    this.exporting = actionButton('export', 'Export', 'Save the map as a file', () => this.showExports());
    setAttribute(this.exporting, 'aria-haspopup', 'menu');
    this.shownBox = new SelectBox('Moment shown', (value) =>
      send({ kind: 'show-moment', moment: value === NEWEST ? undefined : Number(value) }),
    );
    this.shownGroup = element(
      'span',
      { class: 'moments', attributes: { role: 'group', 'aria-label': 'Moment shown' } },
      element('span', { class: 'label', attributes: { 'aria-hidden': 'true' } }, 'Shown'),
      this.shownBox.root,
      this.removeMark,
    );
    const reading = element('span', { class: 'group' }, this.refresh, this.live, this.everyBox.root);
    const divider = element('span', { class: 'divider' });
    this.process = [reading, divider, this.mark];
    this.element = element(
      'header',
      { class: 'map-bar page-bar' },
      element('div', { class: 'map-head page-bar-head' }, this.description, this.stateLine),
      element(
        'div',
        { class: 'actions', attributes: { role: 'group', 'aria-label': 'Memory map' } },
        ...this.process,
        this.compare,
        this.shownGroup,
        element('span', { class: 'divider' }),
        this.trend,
        this.exporting,
      ),
    );
    this.showIntervals();
    this.compare.disabled = true;
    this.shownGroup.hidden = true;
    this.describe('', { kind: 'reading' }, undefined);
  }

  /** `newest`: absent before the first reading. */
  describe(description: string, state: MapState, newest: NewestReading | undefined): void {
    setText(this.description, visibleText(description));
    setAttribute(this.description, 'title', visibleText(description));
    const [picture, words] = stateWords(state, newest);
    const text = `${picture} ${words}`;
    if (this.stateLine.dataset['shown'] !== text) {
      this.stateLine.dataset['shown'] = text;
      setChildren(this.stateLine, icon(picture), element('span', {}, words));
    }
    setAttribute(this.stateLine, 'data-state', state.kind);
    // While it fails it is tried again, as often as before.
    if (state.kind !== 'failed') this.isLive = state.kind === 'live';
    if (state.kind === 'live' && state.askedMs !== this.everyMs) {
      this.everyMs = state.askedMs;
      this.showIntervals();
    }
    setAttribute(this.live, 'aria-pressed', `${this.isLive}`);
    const isSaved = state.kind === 'file' || state.kind === 'recorded';
    for (const part of this.process) part.hidden = isSaved;
    this.trend.hidden = isSaved;
    const isOff = state.kind === 'ended' || state.kind === 'reading';
    for (const button of [this.refresh, this.live, this.mark]) button.disabled = isOff;
    this.everyBox.root.disabled = state.kind === 'ended';
    this.exporting.disabled = newest === undefined;
  }

  update(shown: Moment, moments: readonly Moment[]): void {
    this.shown = shown.id;
    this.moments = moments;
    const newest = moments.at(-1);
    const isNewest = newest === undefined || newest.id <= shown.id;
    const span = spanOf(moments);
    const older = moments.filter(({ id }) => id !== newest?.id).toReversed();
    // A list that is open is not changed below the pointer.
    if (!this.shownBox.root.open) {
      this.shownBox.show(
        [[NEWEST, 'the newest'], ...older.map((moment) => [`${moment.id}`, momentWords(moment, span)] as const)],
        isNewest ? NEWEST : `${shown.id}`,
      );
    }
    this.shownGroup.hidden = moments.length < 2;
    this.removeMark.hidden = moments.find(({ id }) => id === shown.id)?.kind !== 'mark';
    this.compare.disabled = moments.length === 0;
    setAttribute(this.compare, 'aria-pressed', `${this.comparison.pair !== undefined}`);
  }

  turnOnLive(): void {
    if (!this.isLive) this.toggleLive();
  }

  private toggleLive(): void {
    this.actions.send({ kind: 'live', everyMs: this.isLive ? undefined : this.everyMs });
    // Until the host says how it is.
    this.isLive = !this.isLive;
    setAttribute(this.live, 'aria-pressed', `${this.isLive}`);
  }

  private chooseEvery(everyMs: number): void {
    this.everyMs = everyMs;
    if (this.isLive) this.actions.send({ kind: 'live', everyMs });
  }

  /** Those offered, and the one that the settings ask for. */
  private showIntervals(): void {
    const all = [...new Set([...INTERVALS, this.everyMs])].sort((one, other) => one - other);
    this.everyBox.show(
      all.map((ms) => [`${ms}`, `every ${formatDuration(ms)}`]),
      `${this.everyMs}`,
    );
  }

  private showComparisons(): void {
    const { comparison, moments, actions } = this;
    const { pair } = comparison;
    const span = spanOf(moments);
    const begin = (moment: Moment): void => {
      comparison.compare(moment.id, undefined);
      actions.showChanges();
    };
    const marksFirst = [
      ...moments.filter(({ kind }) => kind === 'mark'),
      ...moments.filter(({ kind }) => kind !== 'mark').toReversed(),
    ];
    const entries: MenuEntry[] = marksFirst.map((moment) => ({
      label: moment === moments.at(-1) ? `${momentWords(moment, span)}, from now on` : momentWords(moment, span),
      kind: 'radio',
      checked: pair?.before === moment.id,
      run: () => begin(moment),
    }));
    showMenu(
      'Compare with the newest',
      [
        { separator: true, label: 'Changes from' },
        ...entries,
        { separator: true },
        { label: 'Choose Two Moments…', run: () => actions.showChanges() },
        { label: 'Stop Comparing', disabled: pair === undefined, run: () => comparison.stop() },
      ],
      below(this.compare),
    );
  }

  private showExports(): void {
    const { send, exportPicture } = this.actions;
    showMenu(
      'Export',
      [
        { label: 'CSV: Every Region with All Amounts…', run: () => send({ kind: 'export', format: 'csv' }) },
        { label: 'JSON: Opens as a Map Again…', run: () => send({ kind: 'export', format: 'json' }) },
        { separator: true },
        { label: 'PNG: What Is Drawn…', run: () => exportPicture('png') },
        { label: 'SVG: What Is Drawn, as Lines…', run: () => exportPicture('svg') },
      ],
      below(this.exporting),
    );
  }
}
