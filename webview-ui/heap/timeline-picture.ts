import type { HeapMoment, HeapTimeline } from '../../src/model/heap-profile.js';
import { formatSize } from '../shared/format.js';
import { valueAxis } from '../shared/ticks.js';
import { type PickedMoments, timeText } from './timeline-words.js';

const SVG = 'http://www.w3.org/2000/svg';
const LEFT = 66;
const RIGHT = 10;
const TOP = 6;
const BOTTOM = 18;

/** The heap as an area over the program's life, with RSS as a line where it is told; the style sheet has its colours. */
export class TimelinePicture {
  readonly element = svg('svg', { 'aria-hidden': 'true', class: 'timeline-picture' });
  private readonly grid = svg('g', { class: 'timeline-grid' });
  private readonly area = svg('path', { class: 'timeline-area' });
  private readonly line = svg('path', { class: 'timeline-line' });
  private readonly rss = svg('path', { class: 'timeline-rss' });
  private readonly ticks = svg('path', { class: 'timeline-ticks' });
  private readonly band = svg('rect', { class: 'timeline-band' });
  private readonly peak = svg('circle', { class: 'timeline-peak', r: 3.5 });
  private readonly marks = svg('path', { class: 'timeline-marks' });
  private readonly pointer = svg('path', { class: 'timeline-pointer' });
  private timeline: HeapTimeline | undefined;
  private width = 0;
  private height = 0;
  private first = 0;
  private last = 1;

  constructor() {
    this.element.append(this.grid, this.area, this.rss, this.line, this.band, this.ticks, this.peak, this.marks, this.pointer);
  }

  draw(
    timeline: HeapTimeline,
    picked: PickedMoments | undefined,
    detailed: readonly number[],
    width: number,
    height: number,
  ): void {
    if (width < LEFT + RIGHT + 10 || height < TOP + BOTTOM + 10) return;
    this.timeline = timeline;
    this.width = width;
    this.height = height;
    this.element.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const { moments } = timeline;
    this.first = moments[0]!.at;
    this.last = Math.max(this.first + 1, moments.at(-1)!.at);
    const hasRss = moments.some(({ rss }) => rss !== undefined);
    const most = Math.max(1, ...columnsOf(moments, (one) => Math.max(one.bytes, one.rss ?? 0), this.first, this.last, 400));
    const { max: top, ticks } = valueAxis(0, most, 2, 'bytes');
    const y = (bytes: number): number => this.height - BOTTOM - (bytes / top) * (this.height - TOP - BOTTOM);
    const path = (value: (one: HeapMoment) => number): string => this.pathOf(moments, value, y);
    const line = path(({ bytes }) => bytes);
    this.line.setAttribute('d', line);
    this.area.setAttribute('d', `${line}L${this.x(this.last)},${y(0)}L${this.x(this.first)},${y(0)}Z`);
    this.rss.setAttribute('d', hasRss ? path(({ rss }) => rss ?? 0) : '');
    this.drawGrid(ticks, y);
    const peakAt = moments.reduce((best, one) => (one.bytes > best.bytes ? one : best));
    this.peak.setAttribute('cx', `${this.x(peakAt.at)}`);
    this.peak.setAttribute('cy', `${y(peakAt.bytes)}`);
    const foot = y(0);
    const some = detailed.length > width ? [] : detailed;
    this.ticks.setAttribute('d', some.map((at) => `M${this.x(moments[at]!.at)},${foot}v-5`).join(''));
    const chosen = picked === undefined ? [] : [picked.from, picked.to].filter((at) => at !== undefined);
    this.marks.setAttribute('d', chosen.map((at) => `M${this.x(moments[at]!.at)},${TOP}V${foot}`).join(''));
    this.range(picked?.from ?? picked?.to, picked?.to);
  }

  /** From one moment to the other. */
  range(from: number | undefined, to: number | undefined): void {
    const { moments } = this.timeline ?? { moments: [] };
    const [a, b] = [from, to].map((at) => (at === undefined ? undefined : moments[at]));
    const isBand = a !== undefined && b !== undefined && a !== b;
    this.band.setAttribute('visibility', isBand ? 'visible' : 'hidden');
    if (!isBand) return;
    const [left, right] = [this.x(Math.min(a.at, b.at)), this.x(Math.max(a.at, b.at))];
    this.band.setAttribute('x', `${left}`);
    this.band.setAttribute('y', `${TOP}`);
    this.band.setAttribute('width', `${right - left}`);
    this.band.setAttribute('height', `${this.height - TOP - BOTTOM}`);
  }

  /** The one below the pointer. */
  point(moment: HeapMoment | undefined): void {
    this.pointer.setAttribute('d', moment === undefined ? '' : `M${this.x(moment.at)},${TOP}V${this.height - BOTTOM}`);
  }

  /** What lies at so many pixels from the left. */
  valueAt(x: number): number {
    const share = (x - LEFT) / Math.max(1, this.width - LEFT - RIGHT);
    return this.first + Math.min(1, Math.max(0, share)) * (this.last - this.first);
  }

  private x(at: number): number {
    return LEFT + ((at - this.first) / (this.last - this.first)) * (this.width - LEFT - RIGHT);
  }

  /** One point for each moment, or the largest of each pixel where there are more. */
  private pathOf(moments: readonly HeapMoment[], value: (one: HeapMoment) => number, y: (bytes: number) => number): string {
    const pixels = Math.max(1, Math.floor(this.width - LEFT - RIGHT));
    if (moments.length <= pixels * 2) {
      return moments.map((one, at) => `${at === 0 ? 'M' : 'L'}${this.x(one.at).toFixed(1)},${y(value(one)).toFixed(1)}`).join('');
    }
    const columns = columnsOf(moments, value, this.first, this.last, pixels);
    return columns.map((most, at) => `${at === 0 ? 'M' : 'L'}${LEFT + at},${y(most).toFixed(1)}`).join('');
  }

  private drawGrid(ticks: readonly number[], y: (bytes: number) => number): void {
    const { timeline } = this;
    if (timeline === undefined) return;
    const parts: SVGElement[] = [];
    for (const bytes of ticks) {
      parts.push(svg('path', { d: `M${LEFT},${y(bytes)}H${this.width - RIGHT}` }));
      parts.push(text(formatSize(bytes), LEFT - 6, y(bytes) + 4, 'end'));
    }
    const foot = this.height - 4;
    parts.push(text(timeText(timeline, this.first), LEFT, foot, 'start'));
    parts.push(text(timeText(timeline, this.last), this.width - RIGHT, foot, 'end'));
    this.grid.replaceChildren(...parts);
  }
}

/** The largest value of each of so many equal parts; parts without a moment hold the one before. */
function columnsOf(
  moments: readonly HeapMoment[],
  value: (one: HeapMoment) => number,
  first: number,
  last: number,
  count: number,
): number[] {
  const columns: number[] = [];
  for (const one of moments) {
    const at = Math.min(count - 1, Math.floor(((one.at - first) / (last - first)) * count));
    columns[at] = Math.max(columns[at] ?? 0, value(one));
  }
  let before = 0;
  return Array.from({ length: count }, (_, at) => (before = columns[at] ?? before));
}

function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | number>> = {},
): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, `${value}`);
  return made;
}

function text(content: string, x: number, y: number, anchor: string): SVGElement {
  const made = svg('text', { x, y, 'text-anchor': anchor });
  made.textContent = content;
  return made;
}
