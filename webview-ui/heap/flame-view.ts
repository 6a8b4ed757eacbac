import './flame.css';
import { element, setText } from '../shared/dom.js';
import { onceAFrame } from '../shared/page.js';
import { savedFields } from '../shared/saved-state.js';
import type { Theme } from '../shared/theme.js';
import { FlameBar, type FlameChoices } from './flame-bar.js';
import { FlameCrumbs } from './flame-crumbs.js';
import { boxName, type FlameGraph, rowsSeen } from './flame-graph.js';
import { flameGraph, grownGraph, inTheme } from './flame-graphs.js';
import { takeFlameKey } from './flame-keys.js';
import { NO_BOX, rowOf } from './flame-layout.js';
import { FlameLegend } from './flame-legend.js';
import { boxNamed, namesTo } from './flame-likeness.js';
import { FlameMotion } from './flame-motion.js';
import { lightPaper } from './flame-paper.js';
import { flamePicture } from './flame-picture.js';
import { type FlamePoint, listenToFlamePointer } from './flame-pointer.js';
import { revealBox } from './flame-reveal.js';
import { FlameScene } from './flame-scene.js';
import { nextFound } from './flame-search.js';
import { flameSvg } from './flame-svg.js';
import { FlameTwin } from './flame-twin.js';
import { boxWords, summaryWords } from './flame-words.js';
import type { Chosen, HeapActions, HeapView, ShownHeap } from './heap-model.js';

const LABEL =
  'Flame graph. Arrows: parent, child, siblings. Home and End: first and last sibling. Enter: zoom. Escape: back. O: open the line. N: next box found. 0: the whole.';
/** So many rows are made below those that are seen, where they are made as they are needed. */
const AHEAD = 60;

/** The stacks as boxes that stand on each other, as wide as what they hold. Only what is seen is walked and drawn. */
export class FlameView implements HeapView {
  readonly element: HTMLElement;
  private readonly bar: FlameBar;
  private readonly crumbs = new FlameCrumbs((box) => this.zoomTo(box));
  private readonly empty = element('div', { class: 'empty', attributes: { hidden: true } });
  private readonly legend = new FlameLegend();
  private readonly scene = new FlameScene(LABEL);
  private readonly window = this.scene.window;
  private readonly stage = this.scene.stage;
  private readonly twin = new FlameTwin((box) => this.goTo(box));
  private readonly motion = new FlameMotion((span) => {
    this.window.set(span);
    this.draw();
  });
  private readonly redraw = onceAFrame(() => this.draw());
  private readonly observer = new ResizeObserver(() => this.resize());
  private choices: FlameChoices = { form: 'icicle', order: 'size', colour: 'code', foldsRecursion: false };
  private chosen: Chosen | undefined;
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
      this.scene.hideTip();
      this.redraw();
    });
    for (const name of ['focus', 'blur']) scroller.addEventListener(name, () => this.scene.drawMarks());
    listenToFlamePointer(scroller, {
      pan: (x, y) => this.pan(x, y),
      zoom: (factor, x) => this.zoomBy(factor, x),
      hover: (at) => this.scene.point(at),
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
    // Nodes of another profile are others.
    const isSame = this.scene.graph?.data.profile.tree === data.profile.tree;
    this.layOut(data);
    this.select(isSame ? this.chosen : undefined, false);
  }

  select(chosen: Chosen | undefined, reveal: boolean): void {
    const { graph } = this.scene;
    this.chosen = chosen;
    this.scene.frames = undefined;
    if (graph === undefined) return;
    if (chosen?.kind === 'row') {
      this.scene.frames = new Uint8Array(graph.data.profile.frames.length);
      for (const frame of chosen.frames) this.scene.frames[frame] = 1;
    }
    const node = chosen === undefined ? undefined : graph.source.nodeOf(chosen);
    // The way to it may have been made just now.
    if (graph.source.grow !== undefined && (node ?? 0) >= graph.boxes.boxOf.length) this.takeGrown(graph);
    this.scene.box = chosen === undefined ? undefined : this.boxOf(chosen);
    if (this.scene.box === undefined) this.stage.tellNothing();
    else this.tell(this.scene.box);
    if (reveal && this.scene.box !== undefined) this.reveal(this.scene.box);
    this.scene.drawMarks();
  }

  resize(): void {
    this.draw();
  }

  themed(): void {
    if (this.scene.graph === undefined) return;
    this.scene.graph = inTheme(this.scene.graph, this.theme());
    this.legend.show(this.scene.graph);
    this.draw();
  }

  focus(): void {
    this.stage.scroller.focus();
  }

  async toPng(isLight = false): Promise<Uint8Array | undefined> {
    const graph = this.pictured(isLight);
    return graph === undefined ? undefined : flamePicture(graph, this.scene.sight(graph));
  }

  toSvg(isLight = false): string {
    const graph = this.pictured(isLight);
    return graph === undefined ? '' : flameSvg(graph, this.scene.sight(graph));
  }

  dispose(): void {
    this.observer.disconnect();
    this.motion.cancel();
    if (this.growing !== undefined) cancelAnimationFrame(this.growing);
  }

  private pictured(isLight: boolean): FlameGraph | undefined {
    const { graph } = this.scene;
    if (graph === undefined || !(graph.boxes.width[0]! > 0)) return undefined;
    return isLight ? inTheme(graph, lightPaper(graph.theme)) : graph;
  }

  /** For other data or another choice. */
  private layOut(data: ShownHeap): void {
    const { choices, scene } = this;
    const old = scene.graph;
    this.motion.cancel();
    const graph = flameGraph(data, choices, this.theme(), old);
    const { boxes, source } = graph;
    const isTurned = old?.form !== graph.form;
    this.scene.graph = graph;
    if (old?.boxes !== boxes) {
      const isOf = old !== undefined && old.data.direction === data.direction;
      this.window.use(boxes, isOf ? boxNamed(graph, namesTo(old, this.window.focus)) : 0);
    }
    this.bar.show(choices, data.direction === 'bottom-up', source.sums.hasLess);
    this.legend.show(graph);
    const isEmpty = !(boxes.width[0]! > 0);
    this.empty.hidden = !isEmpty;
    this.stage.element.hidden = isEmpty;
    setText(this.empty, isEmpty ? 'Of this measure, nothing is held by the stacks that are shown.' : '');
    this.tellPlace();
    this.draw();
    if (isTurned && graph.form === 'flame') this.stage.scroller.scrollTop = this.stage.scroller.scrollHeight;
    this.scene.pointAgain();
  }

  private draw(): void {
    if (this.scene.draw()) this.grow();
  }

  /** More boxes, as long as there are some that would be seen; a little with each frame. */
  private grow(): void {
    const { graph } = this.scene;
    if (graph?.source.grow === undefined || this.growing !== undefined) return;
    this.growing = requestAnimationFrame(() => {
      this.growing = undefined;
      const { graph: now } = this.scene;
      if (now?.source.grow === undefined || this.stage.width === 0) return;
      const { from, to } = this.window.span;
      const rows = rowsSeen(now, this.scene.sight(now)).last + AHEAD;
      const goesOn = now.source.grow((to - from) / this.stage.width, rows);
      // All boxes are laid out anew: not for a few of them.
      if (now.source.tree.length > now.boxes.boxOf.length * (goesOn ? 1.3 : 1)) this.takeGrown(now);
      else if (goesOn) this.grow();
    });
  }

  private takeGrown(graph: FlameGraph): void {
    const grown = grownGraph(graph);
    this.window.renumber(grown.boxes, (old) => grown.boxes.boxOf[graph.boxes.node[old]!]!);
    this.scene.graph = grown;
    this.scene.box = this.chosen === undefined ? undefined : this.boxOf(this.chosen);
    this.tellPlace();
    this.draw();
  }

  private boxOf(chosen: Chosen): number | undefined {
    const { graph } = this.scene;
    const node = graph?.source.nodeOf(chosen);
    const box = node === undefined ? undefined : graph?.boxes.boxOf[node];
    return box === NO_BOX ? undefined : box;
  }

  private choose(choices: Partial<FlameChoices>): void {
    const { graph } = this.scene;
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
    const { graph } = this.scene;
    if (graph === undefined) return;
    const { focus } = this.window;
    this.crumbs.show(graph, focus);
    this.bar.tell(summaryWords(graph), this.window.isWhole);
    if (this.isTwinShown) this.twin.show(graph, focus);
  }

  private tell(box: number): void {
    const { graph } = this.scene;
    if (graph === undefined) return;
    const { firstChild, parent } = graph.boxes;
    const above = parent[box]!;
    const first = box === 0 ? 0 : firstChild[above]!;
    const count = box === 0 ? 1 : firstChild[above + 1]! - first;
    this.stage.tell(boxWords(graph, box, this.window.focus), rowOf(graph.boxes, box) + 1, box - first + 1, count);
  }

  /** @param part of the box, where not all of it is to be seen */
  private zoomTo(box: number, part = this.window.spanOf(box)): void {
    const { graph } = this.scene;
    if (graph === undefined) return;
    this.scene.hideTip();
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
    this.scene.hideTip();
    this.tellPlace();
    this.redraw();
  }

  private click(at: FlamePoint, isOpening: boolean): void {
    const hit = this.scene.hitAt(at);
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
    const hit = this.scene.hitAt(at);
    if (hit?.kind === 'box') {
      this.choice(hit.box);
      this.menu(place);
    }
  }

  private menu(place: FlamePoint): void {
    const { box, graph } = this.scene;
    const chosen = box === undefined ? undefined : graph?.source.chosenOf(graph.boxes.node[box]!);
    if (box === undefined || chosen === undefined) return;
    this.actions.menu(chosen, place, [
      { label: 'Zoom In', run: () => this.zoomTo(box), disabled: this.window.focus === box && this.window.fits },
      { label: 'Show the Whole', run: () => this.zoomTo(0), disabled: this.window.isWhole },
    ]);
  }

  /** A box is chosen here; other views hear of it. */
  private choice(box: number | undefined): void {
    const { graph } = this.scene;
    if (graph === undefined) return;
    const chosen = box === undefined ? undefined : graph.source.chosenOf(graph.boxes.node[box]!);
    this.actions.select(chosen);
    // Of the whole, which is nothing that other views could choose, they know nothing.
    this.chosen = chosen;
    this.scene.frames = undefined;
    this.scene.box = box;
    if (box === undefined) this.stage.tellNothing();
    else this.tell(box);
    this.scene.drawMarks();
  }

  private open(): void {
    const { box, graph } = this.scene;
    if (box !== undefined && box !== 0 && graph !== undefined)
      this.actions.openFrame(graph.source.tree.frame[graph.boxes.node[box]!]!);
  }

  private press(event: KeyboardEvent): void {
    const { box, graph } = this.scene;
    if (graph === undefined) return;
    takeFlameKey(event, graph.boxes, box, this.window.focus, graph.form === 'flame', {
      move: (to) => this.goTo(to),
      zoom: () => this.zoomTo(box ?? 0),
      back: () => this.back(),
      open: () => this.open(),
      menu: () => this.menu(this.scene.placeOf(graph, box ?? 0)),
      find: (by) => {
        const next = graph.found === undefined ? undefined : nextFound(graph.found, box ?? 0, by);
        if (next === undefined) this.actions.say('No box is found');
        else this.goTo(next);
      },
      zoomBy: (factor) => this.zoomBy(factor, this.scene.middleOf(box)),
      whole: () => this.zoomTo(0),
    });
  }

  /** By the keyboard, the table or the search: it is brought into view. */
  private goTo(box: number): void {
    this.choice(box);
    this.reveal(box);
  }

  /** Moves and zooms only as far as is needed. */
  private reveal(box: number): void {
    const { stage } = this;
    const { graph } = this.scene;
    if (graph === undefined || stage.width === 0) return;
    this.motion.finish();
    const wanted = revealBox(graph.boxes, box, this.window.span, stage.width);
    if (wanted !== undefined) this.zoomTo(wanted.focus, wanted.span);
    this.scene.scrollTo(graph, box);
    this.redraw();
  }
}
