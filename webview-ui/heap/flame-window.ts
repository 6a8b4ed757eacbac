import { type FlameBoxes, rowsFrom } from './flame-layout.js';

/** A part of the width, in the unit of the values. */
export interface FlameSpan {
  readonly from: number;
  readonly to: number;
}

/** So much of the whole is seen at least: below it numbers are too coarse to tell two edges apart. */
const NARROWEST = 1e-10;

/** Which part of the boxes is seen: a span of their width, and the box whose zoom it is. Going back leads through the boxes that were zoomed. */
export class FlameWindow {
  /** The box that is as wide as the window, or wider where the user has zoomed on. */
  focus = 0;
  from = 0;
  to = 1;
  private boxes: FlameBoxes | undefined;
  private before: number[] = [];

  get span(): FlameSpan {
    return { from: this.from, to: this.to };
  }

  /** Rows of what is seen: those down to the focus, and what stands on it. */
  get rows(): number {
    const { boxes, focus } = this;
    if (boxes === undefined) return 0;
    let above = 0;
    for (let at = focus; at !== 0; at = boxes.parent[at]!) above++;
    return above + rowsFrom(boxes, focus);
  }

  get isWhole(): boolean {
    return this.focus === 0 && this.fits;
  }

  /** The window is the focus, no more and no less. */
  get fits(): boolean {
    const { from, to } = this.spanOf(this.focus);
    return this.from === from && this.to === to;
  }

  /** Other boxes: the whole of them, or the box that stands for what was seen before. */
  use(boxes: FlameBoxes, focus = 0): void {
    this.boxes = boxes;
    this.before = [];
    this.focus = focus;
    this.set(this.spanOf(focus));
  }

  /** The same boxes with others among them; what is seen is the same. `box` tells the new number of an old one. */
  renumber(boxes: FlameBoxes, box: (old: number) => number): void {
    this.boxes = boxes;
    this.focus = box(this.focus);
    this.before = this.before.map(box);
  }

  spanOf(box: number): FlameSpan {
    const { boxes } = this;
    if (boxes === undefined || box >= boxes.length) return { from: 0, to: 1 };
    const from = boxes.start[box]!;
    const width = boxes.width[box]!;
    return { from, to: from + (width > 0 ? width : 1) };
  }

  /** Another box becomes the width. What is seen in between is left to the caller: see `set`. */
  zoomTo(box: number): void {
    if (box === this.focus) return;
    const { boxes } = this;
    // Back to where one came from is no further step.
    const there = this.before.indexOf(box);
    if (there >= 0) this.before.length = there;
    else if (boxes !== undefined && isBelow(boxes, box, this.focus)) this.before.push(this.focus);
    else this.before = this.before.filter((one) => boxes !== undefined && isBelow(boxes, box, one));
    this.focus = box;
  }

  /** The box to which one goes back from here; undefined: the whole is seen. */
  get back(): number | undefined {
    if (!this.fits) return this.focus;
    return this.before.at(-1) ?? (this.focus === 0 ? undefined : 0);
  }

  set({ from, to }: FlameSpan): void {
    this.from = from;
    this.to = to;
  }

  /** The place, as a share of the width, stays where it is. */
  zoomBy(factor: number, at: number): void {
    const whole = this.spanOf(0);
    const all = whole.to - whole.from;
    const wide = Math.min(all, Math.max(all * NARROWEST, (this.to - this.from) / factor));
    const place = this.from + (this.to - this.from) * at;
    this.moveTo(place - wide * at, wide);
  }

  /** By a share of the width. */
  panBy(share: number): void {
    const wide = this.to - this.from;
    this.moveTo(this.from + wide * share, wide);
  }

  private moveTo(from: number, wide: number): void {
    const whole = this.spanOf(0);
    const left = Math.max(whole.from, Math.min(from, whole.to - wide));
    this.set(wide >= whole.to - whole.from ? whole : { from: left, to: left + wide });
    const { boxes } = this;
    // What is seen now goes beyond the box that was zoomed: an outer one is.
    while (boxes !== undefined && this.focus !== 0 && !this.isWithin(this.focus)) {
      this.focus = boxes.parent[this.focus]!;
      if (this.before.at(-1) === this.focus) this.before.pop();
    }
  }

  private isWithin(box: number): boolean {
    const { from, to } = this.spanOf(box);
    const slack = (to - from) * 1e-9;
    return this.from >= from - slack && this.to <= to + slack;
  }
}

function isBelow({ parent }: FlameBoxes, box: number, above: number): boolean {
  for (let at = box; ; at = parent[at]!) {
    if (at === above) return true;
    if (at === 0) return false;
  }
}
