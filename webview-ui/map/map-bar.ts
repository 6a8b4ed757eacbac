import { visibleText } from '../../src/base/visible-text.js';
import type { FromMapPage, MapState, Moment } from '../../src/protocol/map.js';
import { element, icon, setAttribute, setChildren, setText } from '../shared/dom.js';
import { formatDuration, formatMoment } from '../shared/format.js';
import type { IconName } from '../shared/icons.js';
import { SelectBox } from '../shared/select-box.js';
import type { MapModel } from './map-model.js';

export interface BarActions {
  send(message: FromMapPage): void;
  exportPicture(format: 'png' | 'svg'): void;
}

/** Live readings come so often, unless the budget makes them rarer. */
const USUAL_EVERY = 2000;
const NEWEST = 'newest';
const NOTHING = 'nothing';

/** What can be done with the map: read it, mark a moment, choose which moments are shown and compared, export. */
export class MapBar {
  readonly element: HTMLElement;
  private readonly description = element('p', { class: 'description' });
  private readonly stateLine = element('p', { class: 'map-state', attributes: { role: 'status' } });
  private readonly refresh: HTMLButtonElement;
  private readonly live: HTMLButtonElement;
  private readonly mark: HTMLButtonElement;
  private readonly removeMark: HTMLButtonElement;
  private readonly trend: HTMLButtonElement;
  private readonly exports: readonly HTMLButtonElement[];
  private readonly shownBox: SelectBox<string>;
  private readonly comparedBox: SelectBox<string>;
  private readonly moments: HTMLElement;
  private isLive = false;
  private everyMs = USUAL_EVERY;
  private shown: number | undefined;
  private compared: { readonly before: number; readonly after: number | undefined } | undefined;

  constructor(private readonly actions: BarActions) {
    const { send } = actions;
    this.refresh = textButton('sync', 'Read Now', 'Read the map again, once', () => send({ kind: 'refresh' }));
    this.live = textButton('record', 'Live', 'Read the map again and again while this page is seen', () =>
      send({ kind: 'live', everyMs: this.isLive ? undefined : this.everyMs }),
    );
    this.mark = textButton('bookmark', 'Mark', 'Read now and keep this moment, to compare it with another', () =>
      send({ kind: 'mark' }),
    );
    this.removeMark = textButton('close', 'Remove', 'Forget the marked moment that is shown', () => {
      if (this.shown !== undefined) send({ kind: 'remove-moment', moment: this.shown });
    });
    this.trend = textButton('graph-line', 'Trend', 'Show this process over time', () => send({ kind: 'show-trend' }));
    this.exports = [
      textButton('export', 'CSV', 'Export every region with all amounts as CSV', () => send({ kind: 'export', format: 'csv' })),
      textButton(undefined, 'JSON', 'Export the map as JSON, which opens as a map again', () =>
        send({ kind: 'export', format: 'json' }),
      ),
      textButton(undefined, 'PNG', 'Export what is drawn as a picture', () => actions.exportPicture('png')),
      textButton(undefined, 'SVG', 'Export what is drawn as a vector picture', () => actions.exportPicture('svg')),
    ];
    this.shownBox = new SelectBox('Moment shown', (value) => this.show(value));
    this.comparedBox = new SelectBox('Moment compared with', (value) => this.compare(value));
    this.moments = element(
      'div',
      { class: 'moments', attributes: { role: 'group', 'aria-label': 'Moments' } },
      element('span', { class: 'label', attributes: { 'aria-hidden': 'true' } }, 'Shown'),
      this.shownBox.root,
      element('span', { class: 'label', attributes: { 'aria-hidden': 'true' } }, 'compared with'),
      this.comparedBox.root,
      this.removeMark,
    );
    this.element = element(
      'header',
      { class: 'map-bar' },
      element('div', { class: 'map-head' }, this.description, this.stateLine),
      element(
        'div',
        { class: 'actions', attributes: { role: 'toolbar', 'aria-label': 'Memory map' } },
        this.refresh,
        this.live,
        element('span', { class: 'divider' }),
        this.mark,
        this.moments,
        element('span', { class: 'divider' }),
        this.trend,
        element('span', { class: 'divider' }),
        element('span', { class: 'group', attributes: { role: 'group', 'aria-label': 'Export' } }, ...this.exports),
      ),
    );
  }

  describe(description: string, state: MapState): void {
    setText(this.description, visibleText(description));
    setAttribute(this.description, 'title', visibleText(description));
    const [picture, words] = stateWords(state);
    const text = `${picture} ${words}`;
    if (this.stateLine.dataset['shown'] !== text) {
      this.stateLine.dataset['shown'] = text;
      setChildren(this.stateLine, icon(picture), words);
    }
    setAttribute(this.stateLine, 'data-state', state.kind);
    this.isLive = state.kind === 'live';
    if (state.kind === 'live') this.everyMs = state.askedMs;
    setAttribute(this.live, 'aria-pressed', `${this.isLive}`);
    const over = state.kind === 'ended' || state.kind === 'file' || state.kind === 'recorded';
    for (const button of [this.refresh, this.live, this.mark]) button.disabled = over || state.kind === 'reading';
    this.trend.disabled = state.kind === 'file' || state.kind === 'recorded';
  }

  update({ map, moments, diff }: Pick<MapModel, 'map' | 'moments' | 'diff'>): void {
    this.shown = map.moment.id;
    const newest = moments.at(-1);
    const following = newest === undefined || newest.id <= map.moment.id;
    const older = moments.filter(({ id }) => id !== newest?.id).toReversed();
    this.shownBox.show(
      [[NEWEST, 'the newest'], ...older.map((moment) => [`${moment.id}`, momentWords(moment)] as const)],
      following ? NEWEST : `${map.moment.id}`,
    );
    const before = moments.filter(({ id }) => id !== map.moment.id || this.compared?.before === id).toReversed();
    this.comparedBox.show(
      [[NOTHING, 'nothing'], ...before.map((moment) => [`${moment.id}`, momentWords(moment)] as const)],
      diff === undefined || this.compared === undefined ? NOTHING : `${this.compared.before}`,
    );
    this.moments.hidden = moments.length < 2;
    this.removeMark.hidden = map.moment.kind !== 'mark' || following;
  }

  private show(value: string): void {
    const moment = value === NEWEST ? undefined : Number(value);
    this.actions.send({ kind: 'show-moment', moment: moment ?? Number.MAX_SAFE_INTEGER });
    if (this.compared !== undefined) {
      this.compared = { before: this.compared.before, after: moment };
      this.actions.send({ kind: 'compare', before: this.compared.before, after: moment });
    }
  }

  private compare(value: string): void {
    if (value === NOTHING) {
      this.compared = undefined;
      this.actions.send({ kind: 'stop-comparing' });
      return;
    }
    const after = this.shownBox.root.value === NEWEST ? undefined : this.shown;
    this.compared = { before: Number(value), after };
    this.actions.send({ kind: 'compare', before: Number(value), after });
  }
}

function stateWords(state: MapState): readonly [IconName, string] {
  switch (state.kind) {
    case 'reading':
      return ['sync', 'Reading the map…'];
    case 'still':
      return ['circle', 'Read once'];
    case 'live':
      return [
        'circle-filled',
        state.everyMs > state.askedMs
          ? `Live: every ${formatDuration(state.everyMs)}, because reading it more often would cost the process too much`
          : `Live: every ${formatDuration(state.everyMs)}`,
      ];
    case 'ended':
      return ['debug-stop', `The process has ended; this was its map at ${formatMoment(state.at)}`];
    case 'file':
      return ['file', `From the file ${visibleText(state.name)}`];
    case 'recorded':
      return ['file', `From the recording ${visibleText(state.name)}`];
    case 'failed':
      return ['error', `${visibleText(state.message)} ${visibleText(state.nextStep)}`];
  }
}

function momentWords({ at, kind, label }: Moment): string {
  const time = formatMoment(at);
  return kind === 'mark' ? `${time}, ${label === undefined ? 'mark' : visibleText(label)}` : time;
}

function textButton(picture: IconName | undefined, text: string, title: string, click: () => void): HTMLButtonElement {
  return element(
    'button',
    { class: 'action', attributes: { type: 'button', title }, on: { click } },
    picture !== undefined && icon(picture),
    text,
  );
}
