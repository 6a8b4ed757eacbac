import { type FlameGraph, type FlameSight, rowTop } from './flame-graph.js';
import { type FlameHit, flameHit } from './flame-hit.js';
import { rowOf } from './flame-layout.js';
import { FlamePainter } from './flame-painter.js';
import type { FlamePoint } from './flame-pointer.js';
import { paintFlameMarks } from './flame-selection.js';
import { FlameStage } from './flame-stage.js';
import { FlameTip } from './flame-tip.js';
import { FlameWindow } from './flame-window.js';

/** Of a picture of what is not shown. */
const PLAIN = { width: 1000, height: 600 };

/** The graph on its stage: what of it is seen, what is marked, and what lies under the pointer. */
export class FlameScene {
  readonly window = new FlameWindow();
  readonly tip = new FlameTip();
  readonly stage: FlameStage;
  graph: FlameGraph | undefined;
  /** The box that is chosen. */
  box: number | undefined;
  /** Frames that are chosen, 1 for each. */
  frames: Uint8Array | undefined;
  private readonly painter = new FlamePainter();
  private hit: FlameHit | undefined;
  private pointed: FlamePoint | undefined;

  constructor(label: string) {
    this.stage = new FlameStage(this.tip, label);
  }

  sight({ form, rowHeight }: FlameGraph): FlameSight {
    const isShown = this.stage.width > 0;
    const { width, height } = isShown ? this.stage : PLAIN;
    const fullHeight = Math.max(height, this.window.rows * rowHeight);
    const foot = form === 'flame' ? fullHeight - height : 0;
    const top = isShown ? Math.min(this.stage.scroller.scrollTop, fullHeight - height) : foot;
    return { span: this.window.span, width, height, fullHeight, top, focus: this.window.focus };
  }

  /** False: there is nothing to be drawn, or no place. */
  draw(): boolean {
    const { graph, stage } = this;
    if (graph === undefined || stage.element.hidden || !stage.fit()) return false;
    const ctx = stage.boxes;
    if (ctx === undefined) return false;
    this.makeRoom(graph);
    this.painter.paint(ctx, graph, this.sight(graph));
    this.drawMarks();
    return true;
  }

  drawMarks(): void {
    const { box, frames, graph, hit, stage } = this;
    const ctx = graph === undefined || stage.width === 0 ? undefined : stage.marks;
    if (graph === undefined || ctx === undefined) return;
    paintFlameMarks(ctx, graph, this.sight(graph), {
      chosen: box,
      frames,
      hovered: hit?.kind === 'box' ? hit.box : undefined,
      hasFocus: document.activeElement === stage.scroller,
    });
  }

  /** As many rows as what is zoomed has. Flames stand on their foot: what is seen stays as far from it. */
  makeRoom(graph: FlameGraph): void {
    const { scroller } = this.stage;
    const before = scroller.scrollHeight;
    const wanted = Math.max(this.stage.height, this.window.rows * graph.rowHeight);
    if (before === wanted) return;
    const { scrollTop } = scroller;
    this.stage.setRoom(wanted);
    if (graph.form === 'flame') scroller.scrollTop = scrollTop + wanted - before;
  }

  hitAt(at: FlamePoint): FlameHit | undefined {
    return this.graph === undefined ? undefined : flameHit(this.graph, this.sight(this.graph), at.x, at.y);
  }

  /** The pointer is there: what lies below it is told. */
  point(at: FlamePoint | undefined): void {
    const { graph } = this;
    this.pointed = at;
    const hit = at === undefined ? undefined : this.hitAt(at);
    if (JSON.stringify(hit) !== JSON.stringify(this.hit)) {
      this.hit = hit;
      this.drawMarks();
    }
    if (graph === undefined || at === undefined || hit === undefined) this.tip.hide();
    else this.tip.show(graph, hit, this.window.focus, at, this.stage);
  }

  hideTip(): void {
    this.pointed = undefined;
    this.hit = undefined;
    this.tip.hide();
  }

  /** Live, the pointer may rest there for long: it is told of the new figures. */
  pointAgain(): void {
    this.hit = undefined;
    if (this.pointed !== undefined && this.stage.scroller.matches(':hover')) this.point(this.pointed);
    else this.tip.hide();
  }

  /** Where the middle of a box is seen, so that a zoom leads to it; else that of the stage. */
  middleOf(box: number | undefined): number {
    const { boxes } = this.graph ?? {};
    const { from, to } = this.window.span;
    const place = box === undefined || boxes === undefined ? from : boxes.start[box]! + boxes.width[box]! / 2;
    return place > from && place < to ? ((place - from) / (to - from)) * this.stage.width : this.stage.width / 2;
  }

  /** Below a box, in the window of the editor. */
  placeOf(graph: FlameGraph, box: number): FlamePoint {
    const { left, top } = this.stage.scroller.getBoundingClientRect();
    return { x: left + this.middleOf(box), y: top + rowTop(graph, this.sight(graph), rowOf(graph.boxes, box)) + graph.rowHeight };
  }

  /** Scrolls only as far as is needed. */
  scrollTo(graph: FlameGraph, box: number): void {
    this.makeRoom(graph);
    const top = rowTop(graph, this.sight(graph), rowOf(graph.boxes, box));
    const over = Math.min(0, top - graph.rowHeight) + Math.max(0, top + 2 * graph.rowHeight - this.stage.height);
    if (over !== 0) this.stage.scroller.scrollTop += over;
  }
}
