import { element, setText } from '../shared/dom.js';
import { onceAFrame } from '../shared/page.js';
import type { Theme } from '../shared/theme.js';
import { spaceFacts } from './address-space-facts.js';
import { AddressScale } from './address-space-scale.js';
import type { MapActions, MapModel, MapView } from './map-model.js';
import { TreemapBar } from './treemap-bar.js';
import { type Area, areasTold, type Grouping, groupsOf } from './treemap-groups.js';
import { takeTreemapKey } from './treemap-keys.js';
import { TreemapLegend } from './treemap-legend.js';
import { tileLooks } from './treemap-looks.js';
import { type Treemap, TreemapPainter } from './treemap-painter.js';
import { treemapPicture } from './treemap-picture.js';
import { reach, type Step } from './treemap-place.js';
import { type Chosen, chosenTiles, paintTreemapSelection } from './treemap-selection.js';
import { treemapSvg } from './treemap-svg.js';
import { type Tile, tileAt, tilesOf } from './treemap-tiles.js';
import { TreemapTip } from './treemap-tip.js';
import { NOTHING_WORDS, selectionWords, summaryWords, tileWords } from './treemap-words.js';

/**
 * The regions as rectangles whose area is an amount, in groups that can be looked into. As in the address space, the regions are on one
 * canvas and what is selected on another above it.
 */
export class TreemapView implements MapView {
  readonly element: HTMLElement;
  private readonly base = element('canvas', { attributes: { 'aria-hidden': 'true' } });
  private readonly overlay = element('canvas', { class: 'treemap-overlay', attributes: { 'aria-hidden': 'true' } });
  private readonly stage: HTMLElement;
  private readonly empty = element('div', { class: 'empty treemap-empty', attributes: { hidden: true } });
  private readonly note = element('p', { class: 'treemap-note', attributes: { hidden: true } });
  /** Told with each key: where one is. */
  private readonly spoken = element('div', { class: 'visually-hidden', attributes: { role: 'status', 'aria-live': 'polite' } });
  private readonly bar: TreemapBar;
  private readonly legend = new TreemapLegend();
  private readonly tip = new TreemapTip();
  private readonly painter = new TreemapPainter();
  private readonly redraw = onceAFrame(() => this.layOut());
  private model: MapModel | undefined;
  private map: Treemap | undefined;
  private area: Area = 'rss';
  private by: Grouping = 'segment';
  private path: readonly Step[] = [];
  private selected: readonly number[] = [];
  private chosen: readonly Chosen[] = [];
  private hovered = -1;
  /** The pointer, where it is over the stage. */
  private pointed: { readonly x: number; readonly y: number } | undefined;
  /** Where the keyboard is. */
  private cursor:
    | { readonly kind: Tile['kind']; readonly step: Step | undefined; readonly start: number | undefined }
    | undefined;
  private entered = false;

  constructor(
    private readonly actions: MapActions,
    private readonly theme: () => Theme,
  ) {
    this.bar = new TreemapBar({
      area: (area) => this.turn(() => (this.area = area)),
      by: (by) => this.turn(() => ([this.by, this.path] = [by, []])),
      back: (steps) => {
        this.go(this.path.slice(0, steps));
        this.stage.focus();
      },
    });
    this.stage = element(
      'div',
      {
        class: 'treemap-stage',
        attributes: {
          tabindex: 0,
          role: 'application',
          'aria-roledescription': 'treemap',
          'aria-label':
            'Treemap. Arrow left and right: the next larger and smaller. Arrow down: into the group, up: to the group. Enter: look into it. Escape: out. Space: select.',
        },
        on: { keydown: (event) => this.press(event), blur: () => this.drawOverlay() },
      },
      this.base,
      this.overlay,
      this.tip.element,
    );
    this.listen();
    this.element = element(
      'div',
      { class: 'treemap' },
      this.bar.element,
      this.note,
      this.stage,
      this.empty,
      this.legend.element,
      this.spoken,
    );
    new ResizeObserver(() => this.redraw()).observe(this.stage);
  }

  show(model: MapModel): void {
    this.model = model;
    this.layOut();
  }

  select(rows: readonly number[], reveal: boolean): void {
    this.selected = rows;
    const [first] = rows;
    // Outwards only: of what is drawn as one of many, the many are marked.
    if (reveal && first !== undefined && this.path.length > 0 && this.map?.tiles.every((tile) => !tile.rows.includes(first)))
      this.go([]);
    else this.mark();
  }

  themed(): void {
    this.layOut();
  }

  async picture(): Promise<Uint8Array | undefined> {
    return this.drawn === undefined ? undefined : treemapPicture(this.drawn, { base: this.base, overlay: this.overlay });
  }

  svg(): string {
    return this.drawn === undefined ? '' : treemapSvg(this.drawn);
  }

  private get drawn(): Treemap | undefined {
    return this.map?.tiles.length === 0 ? undefined : this.map;
  }

  private turn(change: () => void): void {
    change();
    this.cursor = undefined;
    this.layOut();
  }

  private go(path: readonly Step[]): void {
    this.path = path;
    this.pointed = undefined;
    this.cursor = undefined;
    this.layOut();
  }

  /** Everything anew, for another map, another size or another question. */
  private layOut(): void {
    const { by, model } = this;
    if (model === undefined) return;
    const { snapshot, totals } = model.map;
    const told = areasTold(totals.whole);
    const area = told.includes(this.area) ? this.area : (told[0] ?? 'size');
    const before = this.map;
    const same = before?.model.map.snapshot === snapshot && before.area === area && before.by === by;
    const groups = same ? before.groups : groupsOf(snapshot, model.words, area, by);
    const reached = reach(groups, this.path);
    this.path = reached.path;
    this.bar.show(told, area, by, groups.holding === 0 ? '' : summaryWords(groups, area));
    this.bar.showTrail(reached, by);
    const nothing = groups.groups.length === 0;
    this.stage.hidden = nothing;
    this.empty.hidden = !nothing;
    this.legend.element.hidden = nothing;
    setText(this.empty, NOTHING_WORDS[snapshot.table.length === 0 ? 'size' : area]);
    this.hovered = -1;
    const width = this.stage.clientWidth;
    const height = this.stage.clientHeight;
    if (nothing || width === 0) this.tip.hide();
    if (!nothing && (width === 0 || height === 0)) return;
    const theme = this.theme();
    this.map = {
      model,
      area,
      by,
      groups,
      reached,
      tiles: nothing ? [] : tilesOf(reached.place, groups.values, width, height),
      facts: spaceFacts(model, new AddressScale(snapshot.table)),
      looks: tileLooks(theme),
      theme,
      width,
      height,
    };
    this.fit(width, height);
    const ctx = contextOf(this.base);
    if (ctx !== undefined) this.painter.paint(ctx, this.map);
    this.legend.show(this.map);
    this.mark();
    // Live, the pointer may rest there for long: it is told of the new reading.
    if (this.pointed !== undefined && this.stage.matches(':hover')) this.point(this.pointed);
    else this.tip.hide();
  }

  private fit(width: number, height: number): void {
    const ratio = window.devicePixelRatio;
    for (const canvas of [this.base, this.overlay]) {
      const wanted = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
      if (canvas.width === wanted.width && canvas.height === wanted.height) continue;
      Object.assign(canvas, wanted);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
  }

  /** What is selected is other than before. */
  private mark(): void {
    const { map } = this;
    if (map === undefined) return;
    this.chosen = chosenTiles(map, new Set(this.selected));
    const words = selectionWords(map, this.selected, this.chosen);
    setText(this.note, words);
    this.note.hidden = words === '';
    this.drawOverlay();
  }

  private drawOverlay(): void {
    const { map } = this;
    const ctx = contextOf(this.overlay);
    if (map === undefined || ctx === undefined || map.tiles.length === 0) return;
    const cursor = document.activeElement === this.stage ? this.cursorAt(map) : -1;
    paintTreemapSelection(ctx, map, this.chosen, this.hovered, cursor);
  }

  /** The same rectangle after another layout, or in another reading, where its rows are others. */
  private cursorAt(map: Treemap): number {
    const { cursor } = this;
    if (cursor === undefined) return -1;
    const { start } = map.model.map.snapshot.table;
    return map.tiles.findIndex(
      ({ kind, rows, steps }) =>
        kind === cursor.kind && (kind === 'group' ? leadsTo(steps, cursor.step) : start[rows[0] ?? -1] === cursor.start),
    );
  }

  private reachTile({ kind, rows, steps }: Tile): void {
    const { start } = this.map?.model.map.snapshot.table ?? {};
    this.cursor = { kind, step: steps?.at(-1), start: start?.[rows[0] ?? -1] };
  }

  /** The pointer is there: what lies below it is told. */
  private point(place: { readonly x: number; readonly y: number }): void {
    this.pointed = place;
    const at = tileAt(this.map?.tiles ?? [], place.x, place.y);
    const tile = this.map?.tiles[at];
    if (at !== this.hovered) {
      this.hovered = at;
      this.drawOverlay();
    }
    this.stage.classList.toggle('leads', tile?.steps !== undefined);
    if (this.map === undefined || tile === undefined) this.tip.hide();
    else this.tip.show(this.map, tile, place);
  }

  private listen(): void {
    const { stage } = this;
    const under = (event: MouseEvent): { x: number; y: number; at: number } => {
      const box = stage.getBoundingClientRect();
      const x = event.clientX - box.left;
      const y = event.clientY - box.top;
      return { x, y, at: tileAt(this.map?.tiles ?? [], x, y) };
    };
    stage.addEventListener('pointermove', (event) => {
      const { x, y } = under(event);
      this.point({ x, y });
    });
    stage.addEventListener('pointerleave', () => {
      this.pointed = undefined;
      this.hovered = -1;
      this.tip.hide();
      this.drawOverlay();
    });
    stage.addEventListener('click', (event) => {
      // The second of a double click, which went in already.
      if (event.detail > 1 && this.entered) return;
      this.entered = false;
      this.click(under(event).at, event.ctrlKey || event.metaKey || event.shiftKey, event.detail > 1);
    });
  }

  /** A region is selected; a group is looked into, and with Ctrl selected. The second click on a region looks into its group. */
  private click(at: number, extend: boolean, twice: boolean): void {
    const tile = this.map?.tiles[at];
    if (tile === undefined) return;
    this.reachTile(tile);
    const group = this.map?.tiles[tile.parent];
    if (extend) this.choose(tile, true);
    else if (tile.steps !== undefined) this.enter(tile);
    else if (twice && group !== undefined) this.enter(group);
    else this.choose(tile, false);
  }

  private enter({ steps }: Tile): void {
    if (steps === undefined) return;
    this.entered = true;
    this.go([...this.path, ...steps]);
  }

  private choose({ rows }: Tile, extend: boolean): void {
    if (!extend) {
      this.actions.select(rows);
      return;
    }
    const chosen = new Set(this.selected);
    const all = rows.every((row) => chosen.has(row));
    const these = new Set(rows);
    const others = this.selected.filter((row) => !these.has(row));
    this.actions.select(all ? others : [...rows, ...others]);
  }

  private press(event: KeyboardEvent): void {
    const { map } = this;
    if (map === undefined) return;
    const at = this.cursorAt(map);
    takeTreemapKey(event, map.tiles, at, {
      move: (to, extend) => this.moveTo(to, extend),
      enter: () => {
        const tile = map.tiles[at];
        if (tile?.steps === undefined) {
          if (tile !== undefined) this.choose(tile, false);
          return;
        }
        this.enter(tile);
        this.moveTo(0, false);
      },
      out: () => {
        if (this.path.length === 0) {
          this.actions.select([]);
          return;
        }
        const left = this.path.at(-1);
        this.go(this.path.slice(0, -1));
        const from = this.map?.tiles.findIndex(({ steps }) => leadsTo(steps, left)) ?? 0;
        this.moveTo(Math.max(0, from), false);
      },
      choose: () => {
        const tile = map.tiles[at];
        if (tile !== undefined) this.choose(tile, event.shiftKey);
      },
    });
  }

  /** By the keyboard: a region is selected, everything is told. */
  private moveTo(at: number, extend: boolean): void {
    const { map } = this;
    const tile = map?.tiles[at];
    if (map === undefined || tile === undefined) return;
    this.reachTile(tile);
    if (tile.kind === 'region') this.choose(tile, extend);
    this.drawOverlay();
    const { snapshot } = map.model.map;
    setText(this.spoken, tileWords(map.model.words, snapshot, map.tiles, at, { area: map.area, total: map.groups.total }));
  }
}

/** There may be two steps, into a group and into a run in it: the last of them tells where. */
const leadsTo = (steps: readonly Step[] | undefined, left: Step | undefined): boolean =>
  steps !== undefined && JSON.stringify(steps.at(-1)) === JSON.stringify(left);

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D | undefined {
  const ctx = canvas.getContext('2d');
  ctx?.setTransform(window.devicePixelRatio, 0, 0, window.devicePixelRatio, 0, 0);
  return ctx ?? undefined;
}
