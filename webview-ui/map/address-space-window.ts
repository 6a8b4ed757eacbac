/** A label is read from so many pixels on; a region of a page is 15 high at zoom 1. */
const READABLE = 0.9;
const LARGEST = 12;
const STRETCHED = 1.6;
/** A column more is made only where less than this would be readable of the whole: fewer ones have room for names. */
const PLAIN = 1;
/** The narrowest column in which addresses, bars and names have room. */
const COLUMN = 380;
const MOST_COLUMNS = 4;
/** Kept free around what is brought into view. */
const MARGIN = 24;

/** Which part of the drawing is seen: it flows through columns side by side, as the text of a newspaper does. Heights in pixels; `natural`: at zoom 1. */
export class SpaceWindow {
  zoom = 1;
  /** Of the zoomed drawing, at the top of the first column. */
  offset = 0;
  columns = 1;
  width = 0;
  height = 0;
  private natural = 0;
  /** The user has chosen a zoom: another map or size leaves it alone. */
  private chosen = false;

  /** @param natural height of the whole drawing */
  fit(natural: number, width: number, height: number): void {
    this.natural = natural;
    this.width = width;
    this.height = height;
    const most = Math.max(1, Math.min(MOST_COLUMNS, Math.floor(width / COLUMN)));
    if (!this.chosen) {
      const wanted = Math.max(1, Math.min(most, Math.ceil((natural * PLAIN) / Math.max(1, height))));
      this.zoom = Math.max(READABLE, Math.min(STRETCHED, (wanted * height) / Math.max(1, natural)));
    }
    this.columns = Math.max(1, Math.min(most, Math.ceil((natural * this.zoom) / Math.max(1, height) - 0.001)));
    this.zoom = Math.min(LARGEST, Math.max(this.least, this.zoom));
    this.moveTo(this.offset);
  }

  /** Of all columns together. */
  get room(): number {
    return this.columns * this.height;
  }

  get total(): number {
    return this.natural * this.zoom;
  }

  /** At this zoom the whole is seen. */
  private get least(): number {
    const most = Math.max(1, Math.min(MOST_COLUMNS, Math.floor(this.width / COLUMN)));
    return Math.min(READABLE, (most * this.height) / Math.max(1, this.natural));
  }

  get atStart(): boolean {
    return this.offset <= 0;
  }

  get atEnd(): boolean {
    return this.offset >= this.total - this.room - 0.5;
  }

  moveTo(offset: number): void {
    this.offset = Math.max(0, Math.min(offset, this.total - this.room));
  }

  moveBy(pixels: number): void {
    this.moveTo(this.offset + pixels);
  }

  /** What lies there (pixels from the offset, along the columns) stays there. */
  zoomBy(factor: number, at: number): void {
    const natural = (this.offset + at) / this.zoom;
    this.chosen = true;
    this.zoom = Math.min(LARGEST, Math.max(this.least, this.zoom * factor));
    this.offset = natural * this.zoom - at;
    this.fit(this.natural, this.width, this.height);
  }

  showWhole(): void {
    this.chosen = true;
    this.zoom = this.least;
    this.offset = 0;
    this.fit(this.natural, this.width, this.height);
  }

  /** Moves only as far as is needed. */
  reveal(top: number, bottom: number): void {
    const upper = top * this.zoom - MARGIN;
    const lower = bottom * this.zoom + MARGIN;
    if (upper < this.offset || lower - upper > this.room) this.moveTo(upper);
    else if (lower > this.offset + this.room) this.moveTo(lower - this.room);
  }

  /** The height of the drawing (at zoom 1) at a point of the page. */
  naturalAt(x: number, y: number): number {
    return (this.offset + this.along(x, y)) / this.zoom;
  }

  /** Pixels from the offset along the columns. */
  along(x: number, y: number): number {
    const column = Math.max(0, Math.min(this.columns - 1, Math.floor(x / this.columnWidth)));
    return column * this.height + Math.max(0, Math.min(this.height, y));
  }

  get columnWidth(): number {
    return this.width / this.columns;
  }
}
