import { formatCount, type Milliseconds } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import type { FromMapPage, PageStrip, ToMapPage } from '../../src/protocol/map.js';
import { element, icon, setAttribute, setChildren, setText } from '../shared/dom.js';
import { formatMoment } from '../shared/format.js';
import { swatch } from '../shared/swatch.js';
import type { Theme } from '../shared/theme.js';
import type { MapActions, MapModel } from './map-model.js';
import { sizeText } from './region-shape-words.js';
import { CELL, cellsFor, cellsPerRow, cellText, countsOf, countsText } from './strip-cells.js';
import { paintStrip, STRIP_WORDS, type StripPart, stripStyle } from './strip-painter.js';

interface Range {
  readonly start: number;
  readonly end: number;
  readonly pages: number;
}

/** The pages of the selected region, read when the user asks: a cell for each page, or for several where there are many. */
export class Strip {
  readonly element: HTMLElement;
  private readonly canvas = element('canvas', { attributes: { 'aria-hidden': 'true' } });
  private readonly stage: HTMLElement;
  private readonly why = element('p', { class: 'strip-why' });
  private readonly summary = element('p', { class: 'strip-summary', attributes: { role: 'status' } });
  private readonly cell = element('p', { class: 'strip-cell' });
  private readonly legend = element('ul', { class: 'strip-legend', attributes: { 'aria-label': 'What a cell shows' } });
  private readonly marked = element('p', { class: 'strip-why', attributes: { role: 'status', hidden: true } });
  /** When the pages of the process were marked, as far as this page knows. */
  private markedAt: Milliseconds | undefined;
  private readonly tools: HTMLElement;
  private range: Range | undefined;
  private strip: PageStrip | undefined;
  private cursor: number | undefined;

  constructor(
    private readonly actions: MapActions,
    send: (message: FromMapPage) => void,
    private readonly theme: () => Theme,
  ) {
    this.stage = element(
      'div',
      {
        class: 'strip-stage',
        attributes: { tabindex: 0, role: 'application', 'aria-roledescription': 'pages', hidden: true },
        on: {
          keydown: (event) => this.key(event),
          pointermove: (event) => this.point(this.cellAt(event)),
          pointerdown: (event) => this.point(this.cellAt(event)),
        },
      },
      this.canvas,
    );
    const button = (text: string, title: string, click: () => void): HTMLButtonElement =>
      element('button', { class: 'text-button', attributes: { type: 'button', title }, on: { click } }, text);
    this.tools = element(
      'span',
      { class: 'details-tools' },
      button('Show Pages', 'Read which pages of this region are in memory, swapped out, huge or written', () => this.ask(send)),
      button('Mark Pages', 'Take all pages of the process as unwritten from now on, to see later which were written', () =>
        send({ kind: 'mark-pages' }),
      ),
    );
    this.element = element(
      'section',
      { class: 'strip', attributes: { 'aria-label': 'Pages' } },
      element('div', { class: 'details-head' }, element('h3', {}, 'Pages'), this.tools),
      this.why,
      this.marked,
      this.stage,
      this.cell,
      this.summary,
      this.legend,
    );
    new ResizeObserver(() => this.draw()).observe(this.stage);
  }

  /** @param row undefined: none, or several */
  show(model: MapModel, row: number | undefined): void {
    this.element.hidden = row === undefined;
    if (row === undefined) {
      this.forget();
      return;
    }
    const { table, pageSize } = model.map.snapshot;
    const start = table.start[row] ?? Number.NaN;
    const end = table.end[row] ?? Number.NaN;
    // One that grows is the same one: its pages stay until they are read again.
    if (start !== this.range?.start) this.forget();
    this.range = { start, end, pages: Math.ceil((end - start) / pageSize) };
    const reason = whyNot(model);
    this.tools.hidden = reason !== undefined;
    if (reason !== undefined) this.tell(reason);
    else if (this.strip === undefined && this.why.dataset['of'] === 'state') this.tell(undefined);
    if (reason !== undefined) setAttribute(this.why, 'data-of', 'state');
  }

  take(message: Extract<ToMapPage, { kind: 'strip' | 'no-strip' }>): void {
    const start = message.kind === 'strip' ? message.strip.start : message.start;
    // Another region was selected meanwhile.
    if (start !== this.range?.start) return;
    this.cursor = undefined;
    setText(this.cell, '');
    this.strip = message.kind === 'strip' ? message.strip : undefined;
    this.tell(message.kind === 'strip' ? undefined : message.message);
    this.stage.hidden = this.strip === undefined;
    this.describe();
    this.draw();
  }

  /** The user has consented, and it was done. */
  pagesMarked(at: Milliseconds): void {
    this.markedAt = at;
    setText(
      this.marked,
      `All pages of the process were marked at ${formatMoment(at)}. Let it work, then show the pages again: those written since then have a bar above.`,
    );
    this.marked.hidden = false;
    this.describe();
  }

  themed(): void {
    this.describe();
    this.draw();
  }

  private forget(): void {
    this.range = undefined;
    this.strip = undefined;
    this.cursor = undefined;
    this.stage.hidden = true;
    setText(this.cell, '');
    this.tell(undefined);
    this.describe();
  }

  private tell(text: string | undefined): void {
    this.why.hidden = text === undefined;
    setAttribute(this.why, 'data-of', undefined);
    setChildren(this.why, text !== undefined && icon('info'), text !== undefined && element('span', {}, visibleText(text)));
  }

  private ask(send: (message: FromMapPage) => void): void {
    if (this.range === undefined) return;
    const { start, end, pages } = this.range;
    this.marked.hidden = true;
    if (this.strip === undefined) this.tell('Reading the pages…');
    send({ kind: 'pages', start, end, cells: cellsFor(pages, this.element.clientWidth) });
  }

  private describe(): void {
    const { strip } = this;
    this.summary.hidden = strip === undefined;
    this.legend.hidden = strip === undefined;
    if (strip === undefined) return;
    const counts = countsOf(strip);
    const scale =
      strip.pagesPerCell > 1
        ? ` Each cell stands for ${formatCount(strip.pagesPerCell, 'page')}.`
        : ` Each cell is a page of ${sizeText(strip.pageSize)}.`;
    const unknown = [
      ...(strip.huge === undefined ? ['which pages are huge'] : []),
      ...(strip.softDirty === undefined ? ['which were written since a mark'] : []),
    ];
    const text = `${countsText(counts, this.since)}. Read at ${formatMoment(strip.at)}.`;
    setText(this.summary, `${text}${scale}${unknown.length === 0 ? '' : ` Not told here: ${unknown.join(' and ')}.`}`);
    setAttribute(this.stage, 'aria-label', `Pages, low addresses first. ${text} Arrow keys go from cell to cell.`);
    const theme = this.theme();
    const has: Readonly<Record<StripPart, boolean>> = {
      private: counts.present > counts.fileOrShared || counts.fileOrShared === 0,
      shared: counts.fileOrShared > 0,
      swapped: counts.swapped > 0,
      absent: counts.present + counts.swapped < counts.pages,
      huge: (counts.huge ?? 0) > 0,
      written: (counts.written ?? 0) > 0,
    };
    const parts = (Object.keys(has) as StripPart[]).filter((part) => has[part]);
    setChildren(
      this.legend,
      ...parts.map((part) => element('li', {}, swatch(stripStyle(part, theme)), element('span', {}, STRIP_WORDS[part]))),
    );
  }

  /** Of a strip: from when on written pages are counted; undefined: not known. */
  private get since(): string | undefined {
    const { markedAt, strip } = this;
    return markedAt !== undefined && strip !== undefined && strip.at >= markedAt
      ? `the mark at ${formatMoment(markedAt)}`
      : undefined;
  }

  private draw(): void {
    const { strip } = this;
    const width = this.stage.clientWidth;
    if (strip === undefined || width === 0) return;
    const height = Math.ceil(strip.present.length / cellsPerRow(width)) * CELL.height + 2;
    const ratio = window.devicePixelRatio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    const ctx = this.canvas.getContext('2d');
    if (ctx === null) return;
    ctx.scale(ratio, ratio);
    paintStrip(ctx, strip, width, this.theme(), this.cursor);
  }

  private cellAt(event: PointerEvent): number | undefined {
    const box = this.stage.getBoundingClientRect();
    const perRow = cellsPerRow(box.width);
    const column = Math.floor((event.clientX - box.left) / CELL.width);
    const cell = Math.floor((event.clientY - box.top) / CELL.height) * perRow + column;
    return column >= 0 && column < perRow && cell >= 0 && cell < (this.strip?.present.length ?? 0) ? cell : undefined;
  }

  private point(cell: number | undefined): void {
    if (this.strip === undefined || cell === undefined || cell === this.cursor) return;
    this.cursor = cell;
    setText(this.cell, cellText(this.strip, cell, this.since));
    this.draw();
  }

  private key(event: KeyboardEvent): void {
    if (this.strip === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const last = this.strip.present.length - 1;
    const perRow = cellsPerRow(this.stage.clientWidth);
    const at = this.cursor ?? -1;
    const places: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at < 0 ? 0 : at + perRow,
      ArrowUp: at - perRow,
      Home: 0,
      End: last,
    };
    const place = places[event.key];
    if (place === undefined) return;
    event.preventDefault();
    // Beyond the edge it stays where it is, and is told again.
    this.point(place < 0 || place > last ? Math.max(0, at) : place);
    this.actions.say(this.cell.textContent);
  }
}

/** Why the pages can't be read now; undefined: they can. */
function whyNot({ map, moments, state }: MapModel): string | undefined {
  if (map.snapshot.origin.kind !== 'process' || state.kind === 'file' || state.kind === 'recorded')
    return 'A file does not tell of single pages: they are read from a running process.';
  if (state.kind === 'ended') return 'The process has ended: its pages can’t be read any more.';
  const newest = moments.at(-1)?.id ?? map.moment.id;
  return map.moment.id < newest ? 'This is an older moment: pages are read as they are now, beside the newest map.' : undefined;
}
