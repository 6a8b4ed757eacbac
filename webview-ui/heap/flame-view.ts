import './flame.css';
import { element, setText } from '../shared/dom.js';
import { onceAFrame } from '../shared/page.js';
import { savedFields } from '../shared/saved-state.js';
import type { Theme } from '../shared/theme.js';
import { FlameBar, type FlameChoices } from './flame-bar.js';
import { FlameCrumbs } from './flame-crumbs.js';
import { boxName, type FlameGraph, type FlameSight, rowsSeen, rowTop } from './flame-graph.js';
import { flameGraph, grownGraph, inTheme } from './flame-graphs.js';
import { type FlameHit, flameHit } from './flame-hit.js';
import { takeFlameKey } from './flame-keys.js';
import { NO_BOX, rowOf } from './flame-layout.js';
import { FlameLegend } from './flame-legend.js';
import { boxNamed, namesTo } from './flame-likeness.js';
import { FlameMotion } from './flame-motion.js';
import { FlamePainter } from './flame-painter.js';
import { lightPaper } from './flame-paper.js';
import { flamePicture } from './flame-picture.js';
import { type FlamePoint, listenToFlamePointer } from './flame-pointer.js';
import { revealBox } from './flame-reveal.js';
import { nextFound } from './flame-search.js';
import { paintFlameMarks } from './flame-selection.js';
import { FlameStage } from './flame-stage.js';
import { flameSvg } from './flame-svg.js';
import { FlameTip } from './flame-tip.js';
import { FlameTwin } from './flame-twin.js';
import { FlameWindow } from './flame-window.js';
import { boxWords, summaryWords } from './flame-words.js';
import type { Chosen, HeapActions, HeapView, ShownHeap } from './heap-model.js';

const LABEL =
  'Flame graph. Arrows: parent, child, siblings. Home and End: first and last sibling. Enter: zoom. Escape: back. O: open the line. N: next box found. 0: the whole.';
/** So many rows are made below those that are seen, where they are made as they are needed. */
const AHEAD = 60;
/** Of a picture of what is not shown. */
const PLAIN = { width: 1000, height: 600 };

/** The stacks as boxes that stand on each other, as wide as what they hold. Only what is seen is walked and drawn. */
export class FlameView implements HeapView {
  readonly element: HTMLElement;
  private readonly bar: FlameBar;
  private readonly crumbs = new FlameCrumbs((box) => this.zoomTo(box));
  private readonly empty = element('div', { class: 'empty', attributes: { hidden: true } });
  private readonly legend = new FlameLegend();
  private readonly tip = new FlameTip();
  private readonly stage = new FlameStage(this.tip, LABEL);
  private readonly twin = new FlameTwin((box) => this.goTo(box));
  private readonly painter = new FlamePainter();
  private readonly window = new FlameWindow();
  private readonly motion = new FlameMotion((span) => {
    this.window.set(span);
    this.draw();
  });
  private readonly redraw = onceAFrame(() => this.draw());
  private readonly observer = new ResizeObserver(() => this.resize());
  private graph: FlameGraph | undefined;
  private choices: FlameChoices = { form: 'icicle', order: 'size', colour: 'code', foldsRecursion: false };
  private chosen: Chosen | undefined;
  private frames: Uint8Array | undefined;
  private box: number | undefined;
  private hit: FlameHit | undefined;
  private pointed: FlamePoint | undefined;
  private isTwinShown = false;
  private growing: number | undefined;

  constructor(
    private readonly actions: HeapActions,
    private readonly theme: () => Theme,
  ) {
    this.bar = new FlameBar({
      choose: (choices) => this.choose(choices),
      zoomBy: (factor) => this.zoomBy(factor, this.stage.width / 2),
      whole: () => this.zoomTo(0),
      showTwin: (isShown) => this.showTwin(isShown),
    });
    this.element = element(
      'div',
      { class: 'flame' },
      this.bar.element,
      this.crumbs.element,
      this.stage.element,
      this.empty,
      this.legend.element,
      this.twin.element,
    );
    const { scroller } = this.stage;
    scroller.addEventListener('keydown', (event) => this.press(event));
    scroller.addEventListener('scroll', () => {
      this.hideTip();
      this.redraw();
    });
    for (const name of ['focus', 'blur']) scroller.addEventListener(name, () => this.drawMarks());
    listenToFlamePointer(scroller, {
      pan: (x, y) => this.pan(x, y),
      zoom: (factor, x) => this.zoomBy(factor, x),
      hover: (at) => this.point(at),
      click: (at, isOpening) => this.click(at, isOpening),
      menu: (at, event) => this.menuAt(at, { x: event.clientX, y: event.clientY }),
    });
    this.observer.observe(scroller);
  }

  restore(kept: unknown): void {
    const { form, order, colour, foldsRecursion } = savedFields(kept);
    this.choices = {
      form: form === 'flame' ? 'flame' : 'icicle',
      order: order === 'name' ? 'name' : 'size',
      colour: colour === 'module' ? 'module' : 'code',
      foldsRecursion: foldsRecursion === true,
    };
  }

  show(data: ShownHeap): void {
    this.layOut(data);
    this.select(this.chosen, false);
  }

  select(chosen: Chosen | undefined, reveal: boolean): void {
    const { graph } = this;
    this.chosen = chosen;
    this.frames = undefined;
    if (graph === undefined) return;
    if (chosen?.kind === 'row') {
      this.frames = new Uint8Array(graph.data.profile.frames.length);
      for (const frame of chosen.frames) this.frames[frame] = 1;
    }
    const node = chosen === undefined ? undefined : graph.source.nodeOf(chosen);
    // The way to it may have been made just now.
    if (node !== undefined && node >= graph.boxes.boxOf.length) this.takeGrown(graph);
    this.box = chosen === undefined ? undefined : this.boxOf(chosen);
    if (this.box === undefined) this.stage.tellNothing();
    else this.tell(this.box);
    if (reveal && this.box !== undefined) this.reveal(this.box);
    this.drawMarks();
  }

  resize(): void {
    this.draw();
  }

  themed(): void {
    if (this.graph === undefined) return;
    this.graph = inTheme(this.graph, this.theme());
    this.legend.show(this.graph);
    this.draw();
  }

  focus(): void {
    this.stage.scroller.focus();
  }

  async toPng(isLight = false): Promise<Uint8Array | undefined> {
    const graph = this.pictured(isLight);
    return graph === undefined ? undefined : flamePicture(graph, this.sight(graph));
  }

  toSvg(isLight = false): string {
    const graph = this.pictured(isLight);
    return graph === undefined ? '' : flameSvg(graph, this.sight(graph));
  }

  dispose(): void {
    this.observer.disconnect();
    this.motion.cancel();
    if (this.growing !== undefined) cancelAnimationFrame(this.growing);
  }

  private pictured(isLight: boolean): FlameGraph | undefined {
    const { graph } = this;
    if (graph === undefined || !(graph.boxes.width[0]! > 0)) return undefined;
    return isLight ? inTheme(graph, lightPaper(graph.theme)) : graph;
  }

  /** For other data or another choice. */
  private layOut(data: ShownHeap): void {
    const { choices, graph: old } = this;
    this.motion.cancel();
    const graph = flameGraph(data, choices, this.theme(), old);
    const { boxes, source } = graph;
    const isTurned = old?.form !== graph.form;
    this.graph = graph;
    if (old?.boxes !== boxes) {
      const isOf = old !== undefined && old.data.direction === data.direction;
      this.window.use(boxes, isOf ? boxNamed(graph, namesTo(old, this.window.focus)) : 0);
    }
    this.hit = undefined;
    this.bar.show(choices, data.direction === 'bottom-up', source.sums.hasLess);
    this.legend.show(graph);
    const isEmpty = !(boxes.width[0]! > 0);
    this.empty.hidden = !isEmpty;
    this.stage.element.hidden = isEmpty;
    setText(this.empty, isEmpty ? 'Of this measure, nothing is held by the stacks that are shown.' : '');
    this.tellPlace();
    this.draw();
    if (isTurned && graph.form === 'flame') this.stage.scroller.scrollTop = this.stage.scroller.scrollHeight;
    // Live, the pointer may rest there for long: it is told of the new figures.
    if (this.pointed !== undefined && this.stage.scroller.matches(':hover')) this.point(this.pointed);
    else this.tip.hide();
  }

  private sight({ form, rowHeight }: FlameGraph): FlameSight {
    const isShown = this.stage.width > 0;
    const { width, height } = isShown ? this.stage : PLAIN;
    const fullHeight = Math.max(height, this.window.rows * rowHeight);
    const top = isShown
      ? Math.min(this.stage.scroller.scrollTop, fullHeight - height)
      : form === 'flame'
        ? fullHeight - height
        : 0;
    return { span: this.window.span, width, height, fullHeight, top, focus: this.window.focus };
  }

  private draw(): void {
    const { graph, stage } = this;
    if (graph === undefined || stage.element.hidden || !stage.fit()) return;
    const ctx = stage.boxes;
    if (ctx === undefined) return;
    this.makeRoom(graph);
    this.painter.paint(ctx, graph, this.sight(graph));
    this.drawMarks();
    this.grow();
  }

  /** As many rows as what is zoomed has. Flames stand on their foot: what is seen stays as far from it. */
  private makeRoom(graph: FlameGraph): void {
    const { scroller } = this.stage;
    const before = scroller.scrollHeight;
    const wanted = Math.max(this.stage.height, this.window.rows * graph.rowHeight);
    if (before === wanted) return;
    const { scrollTop } = scroller;
    this.stage.setRoom(wanted);
    if (graph.form === 'flame') scroller.scrollTop = scrollTop + wanted - before;
  }

  private drawMarks(): void {
    const { graph, hit, stage } = this;
    const ctx = graph === undefined || stage.width === 0 ? undefined : stage.marks;
    if (graph === undefined || ctx === undefined) return;
    paintFlameMarks(ctx, graph, this.sight(graph), {
      chosen: this.box,
      frames: this.frames,
      hovered: hit?.kind === 'box' ? hit.box : undefined,
      hasFocus: document.activeElement === stage.scroller,
    });
  }

  /** More boxes, as long as there are some that would be seen; a little with each frame. */
  private grow(): void {
    const { graph } = this;
    if (graph?.source.grow === undefined || this.growing !== undefined) return;
    this.growing = requestAnimationFrame(() => {
      this.growing = undefined;
      const { graph: now } = this;
      if (now?.source.grow === undefined || this.stage.width === 0) return;
      const { from, to } = this.window.span;
      const rows = rowsSeen(now, this.sight(now)).last + AHEAD;
      const goesOn = now.source.grow((to - from) / this.stage.width, rows);
      // All boxes are laid out anew: not for a few of them.
      if (now.source.tree.length > now.boxes.boxOf.length * (goesOn ? 1.3 : 1)) this.takeGrown(now);
      else if (goesOn) this.grow();
    });
  }

  private takeGrown(graph: FlameGraph): void {
    const grown = grownGraph(graph);
    this.window.renumber(grown.boxes, (old) => grown.boxes.boxOf[graph.boxes.node[old]!]!);
    this.graph = grown;
    this.hit = undefined;
    this.box = this.chosen === undefined ? undefined : this.boxOf(this.chosen);
    this.tellPlace();
    this.draw();
  }

  private boxOf(chosen: Chosen): number | undefined {
    const { graph } = this;
    const node = graph?.source.nodeOf(chosen);
    const box = node === undefined ? undefined : graph?.boxes.boxOf[node];
    return box === NO_BOX ? undefined : box;
  }

  private choose(choices: Partial<FlameChoices>): void {
    const { graph } = this;
    this.choices = { ...this.choices, ...choices };
    this.actions.keep('flame', this.choices);
    if (graph === undefined) return;
    this.layOut(graph.data);
    this.select(this.chosen, false);
  }

  private showTwin(isShown: boolean): void {
    this.isTwinShown = isShown;
    this.twin.element.hidden = !isShown;
    this.tellPlace();
  }

  /** Where one is, and what was found. */
  private tellPlace(): void {
    const { graph } = this;
    if (graph === undefined) return;
    const { focus } = this.window;
    this.crumbs.show(graph, focus);
    this.bar.tell(summaryWords(graph), this.window.isWhole);
    if (this.isTwinShown) this.twin.show(graph, focus);
  }

  private tell(box: number): void {
    const { graph } = this;
    if (graph === undefined) return;
    const { firstChild, parent } = graph.boxes;
    const above = parent[box]!;
    const first = box === 0 ? 0 : firstChild[above]!;
    const count = box === 0 ? 1 : firstChild[above + 1]! - first;
    this.stage.tell(boxWords(graph, box, this.window.focus), rowOf(graph.boxes, box) + 1, box - first + 1, count);
  }

  /** @param part of the box, where not all of it is to be seen */
  private zoomTo(box: number, part = this.window.spanOf(box)): void {
    const { graph } = this;
    if (graph === undefined) return;
    this.hideTip();
    this.motion.finish();
    const { span } = this.window;
    this.window.zoomTo(box);
    this.tellPlace();
    this.bar.tell(summaryWords(graph), box === 0);
    this.actions.say(box === 0 ? 'The whole is shown' : `Zoomed to ${boxName(graph, box)}`);
    this.motion.go(span, part);
  }

  private back(): void {
    this.motion.finish();
    const box = this.window.back;
    if (box === undefined) this.choice(undefined);
    else this.zoomTo(box);
  }

  private zoomBy(factor: number, x: number): void {
    this.motion.finish();
    this.window.zoomBy(factor, x / Math.max(1, this.stage.width));
    this.moved();
  }

  private pan(x: number, y: number): void {
    this.motion.finish();
    this.window.panBy(x / Math.max(1, this.stage.width));
    if (y !== 0) this.stage.scroller.scrollTop += y;
    this.moved();
  }

  private moved(): void {
    this.hideTip();
    this.tellPlace();
    this.redraw();
  }

  private hitAt(at: FlamePoint): FlameHit | undefined {
    return this.graph === undefined ? undefined : flameHit(this.graph, this.sight(this.graph), at.x, at.y);
  }

  private point(at: FlamePoint | undefined): void {
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

  private hideTip(): void {
    this.pointed = undefined;
    this.hit = undefined;
    this.tip.hide();
  }

  private click(at: FlamePoint, isOpening: boolean): void {
    const hit = this.hitAt(at);
    this.focus();
    if (hit === undefined) this.choice(undefined);
    else if (hit.kind === 'run') this.zoomBy(16, at.x);
    else {
      this.choice(hit.box);
      if (isOpening) this.open();
      else this.zoomTo(hit.box);
    }
  }

  private menuAt(at: FlamePoint, place: FlamePoint): void {
    const hit = this.hitAt(at);
    if (hit?.kind === 'box') {
      this.choice(hit.box);
      this.menu(place);
    }
  }

  private menu(place: FlamePoint): void {
    const { box, graph } = this;
    const chosen = box === undefined ? undefined : graph?.source.chosenOf(graph.boxes.node[box]!);
    if (box === undefined || chosen === undefined) return;
    this.actions.menu(chosen, place, [
      { label: 'Zoom In', run: () => this.zoomTo(box), disabled: this.window.focus === box && this.window.fits },
      { label: 'Show the Whole', run: () => this.zoomTo(0), disabled: this.window.isWhole },
    ]);
  }

  /** A box is chosen here; other views hear of it. */
  private choice(box: number | undefined): void {
    const { graph } = this;
    if (graph === undefined) return;
    const chosen = box === undefined ? undefined : graph.source.chosenOf(graph.boxes.node[box]!);
    this.actions.select(chosen);
    // Of the whole, which is nothing that other views could choose, they know nothing.
    this.chosen = chosen;
    this.frames = undefined;
    this.box = box;
    if (box === undefined) this.stage.tellNothing();
    else this.tell(box);
    this.drawMarks();
  }

  private open(): void {
    const { box, graph } = this;
    if (box !== undefined && box !== 0 && graph !== undefined)
      this.actions.openFrame(graph.source.tree.frame[graph.boxes.node[box]!]!);
  }

  private press(event: KeyboardEvent): void {
    const { box, graph } = this;
    if (graph === undefined) return;
    takeFlameKey(event, graph.boxes, box, this.window.focus, graph.form === 'flame', {
      move: (to) => this.goTo(to),
      zoom: () => this.zoomTo(box ?? 0),
      back: () => this.back(),
      open: () => this.open(),
      menu: () => this.menu(this.placeOf(graph, box ?? 0)),
      find: (by) => {
        const next = graph.found === undefined ? undefined : nextFound(graph.found, box ?? 0, by);
        if (next === undefined) this.actions.say('No box is found');
        else this.goTo(next);
      },
      zoomBy: (factor) => this.zoomBy(factor, this.middleOf(box)),
      whole: () => this.zoomTo(0),
    });
  }

  /** By the keyboard, the table or the search: it is brought into view. */
  private goTo(box: number): void {
    this.choice(box);
    this.reveal(box);
  }

  /** Where the box is seen, so that a zoom leads to it; else the middle. */
  private middleOf(box: number | undefined): number {
    const { boxes } = this.graph ?? {};
    const { from, to } = this.window.span;
    const place = box === undefined || boxes === undefined ? from : boxes.start[box]! + boxes.width[box]! / 2;
    return place > from && place < to ? ((place - from) / (to - from)) * this.stage.width : this.stage.width / 2;
  }

  private placeOf(graph: FlameGraph, box: number): FlamePoint {
    const { left, top } = this.stage.scroller.getBoundingClientRect();
    return { x: left + this.middleOf(box), y: top + rowTop(graph, this.sight(graph), rowOf(graph.boxes, box)) + graph.rowHeight };
  }

  /** Moves and zooms only as far as is needed. */
  private reveal(box: number): void {
    const { graph, stage } = this;
    if (graph === undefined || stage.width === 0) return;
    this.motion.finish();
    const wanted = revealBox(graph.boxes, box, this.window.span, stage.width);
    if (wanted !== undefined) this.zoomTo(wanted.focus, wanted.span);
    this.makeRoom(graph);
    const top = rowTop(graph, this.sight(graph), rowOf(graph.boxes, box));
    const over = Math.min(0, top - graph.rowHeight) + Math.max(0, top + 2 * graph.rowHeight - stage.height);
    if (over !== 0) stage.scroller.scrollTop += over;
    this.redraw();
  }
}
