import { formatCount } from '../../src/base/units.js';
import type { HeapMoment, HeapTimeline } from '../../src/model/heap-profile.js';
import { element, icon, setAttribute, setChildren, setText } from '../shared/dom.js';
import { formatSize } from '../shared/format.js';
import { TimelinePicture } from './timeline-picture.js';
import { momentText, type PickedMoments, timeText } from './timeline-words.js';

interface TimelineDeeds {
  /** undefined: the whole profile again. */
  readonly pick: (picked: PickedMoments | undefined) => void;
  readonly say: (text: string) => void;
}

/** So many rows of the table: more are thinned out evenly. */
const MOST_ROWS = 400;

/** The heap over the program's life: one moment picked is shown alone, two are compared. */
export class Timeline {
  readonly element: HTMLElement;
  private readonly title = element('h2', {}, 'Heap over Time');
  private readonly told = element('span', { class: 'timeline-told', attributes: { role: 'status' } });
  private readonly hint = element('span', { class: 'timeline-hint' });
  private readonly key = element(
    'span',
    { class: 'timeline-key', attributes: { 'aria-hidden': 'true', hidden: true } },
    element('span', { class: 'key-live' }),
    'Live',
    element('span', { class: 'key-rss' }),
    'RSS',
  );
  private readonly whole: HTMLButtonElement;
  private readonly asTable: HTMLButtonElement;
  private readonly plot: HTMLElement;
  private readonly picture = new TimelinePicture();
  private readonly twin = element('div', { class: 'timeline-twin', attributes: { hidden: true } });
  private timeline: HeapTimeline | undefined;
  private picked: PickedMoments | undefined;
  /** Moments whose stacks are told. */
  private detailed: readonly number[] = [];
  /** Where a drag began. */
  private dragFrom: number | undefined;

  constructor(private readonly deeds: TimelineDeeds) {
    this.whole = element(
      'button',
      {
        class: 'text-button',
        attributes: { type: 'button', title: 'No longer a moment of it (Escape)' },
        on: { click: () => this.pick(undefined) },
      },
      icon('close'),
      'The Whole Profile',
    );
    this.asTable = element(
      'button',
      { class: 'text-button', attributes: { type: 'button', 'aria-pressed': 'false' }, on: { click: () => this.toggleTable() } },
      icon('table'),
      'As Table',
    );
    this.plot = element(
      'div',
      {
        class: 'timeline-plot',
        attributes: { role: 'slider', tabindex: 0, 'aria-label': 'Moment of the heap' },
        on: {
          pointerdown: (event) => this.down(event),
          pointermove: (event) => this.move(event),
          pointerup: (event) => this.up(event),
          pointerleave: () => this.picture.point(undefined),
          keydown: (event) => this.onKey(event),
        },
      },
      this.picture.element,
    );
    this.element = element(
      'section',
      { class: 'timeline', attributes: { 'aria-label': 'Heap over time', hidden: true } },
      element('div', { class: 'timeline-head' }, this.title, this.key, this.told, this.hint, this.whole, this.asTable),
      this.plot,
      this.twin,
    );
    new ResizeObserver(() => this.draw()).observe(this.plot);
  }

  show(timeline: HeapTimeline | undefined, picked: PickedMoments | undefined): void {
    const isOther = timeline !== this.timeline;
    this.timeline = timeline;
    this.picked = picked;
    this.element.hidden = timeline === undefined || timeline.moments.length < 2;
    if (timeline === undefined) return;
    if (isOther) {
      this.detailed = timeline.moments.flatMap(({ self }, at) => (self === undefined ? [] : [at]));
      this.key.hidden = !timeline.moments.some(({ rss }) => rss !== undefined);
      setText(this.hint, hintOf(this.detailed.length, timeline.moments.length));
      if (!this.twin.hidden) this.drawTable(timeline);
    }
    this.draw();
  }

  private draw(): void {
    const { timeline, picked } = this;
    if (timeline === undefined || this.element.hidden) return;
    this.picture.draw(timeline, picked, this.detailed, this.plot.clientWidth, this.plot.clientHeight);
    this.whole.hidden = picked === undefined;
    setText(this.told, picked === undefined ? '' : pickedText(timeline, picked));
    const at = picked?.to ?? this.peak(timeline);
    setAttribute(this.plot, 'aria-valuemin', 1);
    setAttribute(this.plot, 'aria-valuemax', timeline.moments.length);
    setAttribute(this.plot, 'aria-valuenow', at + 1);
    setAttribute(
      this.plot,
      'aria-valuetext',
      picked === undefined ? `The whole profile; the peak is ${momentText(timeline, at)}` : pickedText(timeline, picked),
    );
    setAttribute(this.plot, 'aria-disabled', this.detailed.length === 0 ? 'true' : undefined);
    for (const row of this.twin.querySelectorAll('tr[data-at]')) {
      const index = Number(row.getAttribute('data-at'));
      row.classList.toggle('shown', index === picked?.to || index === picked?.from);
    }
  }

  private peak({ moments }: HeapTimeline): number {
    return moments.reduce((best, { bytes }, at) => (bytes > moments[best]!.bytes ? at : best), 0);
  }

  private pick(picked: PickedMoments | undefined): void {
    this.picked = picked;
    this.draw();
    this.deeds.pick(picked);
  }

  /** The nearest one whose stacks are told. */
  private at(event: PointerEvent): number | undefined {
    const { timeline } = this;
    if (timeline === undefined) return undefined;
    const at = this.picture.valueAt(event.clientX - this.plot.getBoundingClientRect().left);
    let best: number | undefined;
    for (const index of this.detailed) {
      const distance = Math.abs(timeline.moments[index]!.at - at);
      if (best === undefined || distance < Math.abs(timeline.moments[best]!.at - at)) best = index;
    }
    return best;
  }

  private down(event: PointerEvent): void {
    if (event.button !== 0) return;
    const at = this.at(event);
    if (at === undefined) return;
    if (event.shiftKey && this.picked !== undefined) this.pickTwo(this.picked.to, at);
    else {
      this.dragFrom = at;
      this.plot.setPointerCapture(event.pointerId);
    }
  }

  private move(event: PointerEvent): void {
    const { timeline } = this;
    if (timeline === undefined) return;
    const at = this.at(event);
    this.picture.point(at === undefined ? undefined : timeline.moments[at]);
    if (at !== undefined) this.plot.title = momentText(timeline, at);
    if (this.dragFrom !== undefined && at !== undefined) this.picture.range(this.dragFrom, at);
  }

  private up(event: PointerEvent): void {
    const from = this.dragFrom;
    this.dragFrom = undefined;
    const at = this.at(event);
    if (from === undefined || at === undefined) return;
    this.pickTwo(from, at);
  }

  private pickTwo(one: number, other: number): void {
    if (one === other) this.pick({ to: one });
    else this.pick({ from: Math.min(one, other), to: Math.max(one, other) });
  }

  private onKey(event: KeyboardEvent): void {
    const { picked, detailed } = this;
    if (event.key === 'Escape' && picked !== undefined) this.pick(undefined);
    else if (detailed.length === 0) return;
    else if (event.key === 'Home') this.pick({ to: detailed[0]! });
    else if (event.key === 'End') this.pick({ to: detailed.at(-1)! });
    else {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (by === undefined) return;
      const before = picked === undefined ? -1 : detailed.indexOf(picked.to);
      const next = detailed[Math.min(detailed.length - 1, Math.max(0, before + by))]!;
      const from = picked?.from ?? picked?.to;
      if (event.shiftKey && from !== undefined && from < next) this.pick({ from, to: next });
      else this.pick({ to: next });
    }
    event.preventDefault();
  }

  private toggleTable(): void {
    this.twin.hidden = !this.twin.hidden;
    setAttribute(this.asTable, 'aria-pressed', `${!this.twin.hidden}`);
    if (this.timeline !== undefined) {
      this.drawTable(this.timeline);
      this.draw();
    }
  }

  private drawTable(timeline: HeapTimeline): void {
    const { moments } = timeline;
    const step = Math.max(1, Math.ceil(moments.length / MOST_ROWS));
    const isShown = (one: HeapMoment, at: number): boolean => at % step === 0 || one.self !== undefined || one.isPeak === true;
    const hasRss = moments.some(({ rss }) => rss !== undefined);
    const heads = ['When', 'Live', ...(hasRss ? ['RSS'] : []), ''];
    setChildren(
      this.twin,
      element(
        'table',
        {},
        element('caption', {}, 'Moments of the heap'),
        element('thead', {}, element('tr', {}, ...heads.map((text) => element('th', { attributes: { scope: 'col' } }, text)))),
        element(
          'tbody',
          {},
          ...moments.flatMap((moment, at) => (isShown(moment, at) ? [this.tableRow(timeline, moment, at, hasRss)] : [])),
        ),
      ),
    );
  }

  private tableRow(timeline: HeapTimeline, moment: HeapMoment, at: number, hasRss: boolean): HTMLElement {
    const pick = element(
      'button',
      {
        class: 'text-button',
        attributes: { type: 'button', 'aria-label': `Show ${momentText(timeline, at)}` },
        on: { click: () => this.pick({ to: at }) },
      },
      'Show',
    );
    const since = element(
      'button',
      {
        class: 'text-button',
        attributes: { type: 'button', 'aria-label': `Compare ${momentText(timeline, at)} with the one that is shown` },
        on: { click: () => (this.picked === undefined ? this.pick({ to: at }) : this.pickTwo(this.picked.to, at)) },
      },
      'Compare',
    );
    return element(
      'tr',
      { attributes: { 'data-at': at } },
      element('th', { attributes: { scope: 'row' } }, timeText(timeline, moment.at)),
      element('td', {}, `${formatSize(moment.bytes)}${moment.isPeak === true ? ' (peak)' : ''}`),
      hasRss && element('td', {}, moment.rss === undefined ? 'not told' : formatSize(moment.rss)),
      element('td', {}, moment.self !== undefined && pick, moment.self !== undefined && since),
    );
  }
}

const pickedText = (timeline: HeapTimeline, { from, to }: PickedMoments): string =>
  from === undefined
    ? `Live at ${momentText(timeline, to)}`
    : `Growth from ${momentText(timeline, from)} to ${momentText(timeline, to)}`;

function hintOf(detailed: number, all: number): string {
  if (detailed === 0) return 'The stacks of single moments are not in this profile.';
  const some = detailed < all ? ` ${formatCount(detailed, 'moment holds its stacks', 'moments hold their stacks')}.` : '';
  return `Click a moment to see it alone${detailed > 1 ? '; drag over two to compare them' : ''}.${some}`;
}
