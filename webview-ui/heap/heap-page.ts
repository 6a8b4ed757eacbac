import { formatCount } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import { framePlace } from '../../src/insight/heap/frame-name.js';
import { measureLabel } from '../../src/insight/heap/measure-words.js';
import type { HeapNarrowing } from '../../src/model/heap-narrowing.js';
import { type FromHeapPage, HEAP_PROTOCOL, type HeapMark, type HeapState, type ToHeapPage } from '../../src/protocol/heap.js';
import { OTHER_VERSION } from '../../src/protocol/other-version.js';
import { Announcer } from '../shared/announcer.js';
import { element, setAttribute, setChildren } from '../shared/dom.js';
import type { Host } from '../shared/host.js';
import { keepHues } from '../shared/hues.js';
import { type MenuEntry, showMenu } from '../shared/menu.js';
import { onceAFrame } from '../shared/page.js';
import { TabRow } from '../shared/tab-row.js';
import { onThemeChange, readTheme, type Theme } from '../shared/theme.js';
import { FoundCalls } from './found-calls.js';
import { HeapBar } from './heap-bar.js';
import { chosenStack, HeapDetails } from './heap-details.js';
import type { Chosen, HeapActions, HeapMenuEntry, HeapView, ShownHeap } from './heap-model.js';
import { HeapNotices } from './heap-notices.js';
import { type ModuleShare, modulesOf } from './module-options.js';
import { sameChosen } from './same-chosen.js';
import { readSaved, type Saved, VIEWS, type ViewName } from './saved.js';
import { ShownHeaps } from './shown-heap.js';
import { Timeline } from './timeline.js';
import { type PickedMoments, sameMoments } from './timeline-words.js';
import { VIEW_TITLES } from './view-titles.js';
import { makeViews } from './views.js';

type Told = Extract<ToHeapPage, { kind: 'profile' }>;

/** Of what comes at once the last is told: what the user did is told with no delay that would be felt. */
const SAY_EVERY = 100;

/** The editor page Heap Profile: who allocated what, in forms that share one selection. */
export class HeapPage {
  readonly element = element('main', { class: 'page heap' });
  private readonly notices: HeapNotices;
  private readonly announcer = new Announcer(SAY_EVERY);
  private readonly bar: HeapBar;
  private readonly timeline: Timeline;
  private readonly tabs: TabRow<ViewName>;
  private readonly place = element('div', {
    class: 'heap-view',
    id: 'heap-view',
    attributes: { role: 'tabpanel' },
  });
  private readonly details: HeapDetails;
  private readonly body = element('div', { class: 'heap-body', attributes: { hidden: true } });
  private readonly views: Readonly<Record<ViewName, HeapView>>;
  private readonly redraw = onceAFrame(() => {
    // What says so is painted before it begins.
    if (this.body.getAttribute('aria-busy') === 'true') setTimeout(() => this.draw(), 0);
    else this.draw();
  });
  private readonly heaps = new ShownHeaps();
  private readonly foundCalls = new FoundCalls();
  private theme: Theme = readTheme();
  private saved: Saved = readSaved(undefined);
  private isGreeted = false;
  private isAnnotated = false;
  private state: HeapState | undefined;
  private description = '';
  private told: Told | undefined;
  /** The host knows that `told` is drawn. */
  private isDrawn = true;
  private modules: readonly ModuleShare[] = [];
  private marks: readonly HeapMark[] = [];
  private measure = 0;
  private search = '';
  private isFilter = false;
  private module: string | undefined;
  private moment: PickedMoments | undefined;
  private shown: ShownHeap | undefined;
  private chosen: Chosen | undefined;
  private placed: ViewName | undefined;
  private said = '';

  constructor(private readonly host: Host<FromHeapPage, ToHeapPage>) {
    const send = (message: FromHeapPage): void => host.send(message);
    const actions: HeapActions = {
      select: (chosen) => this.select(chosen, false),
      reveal: (chosen) => this.select(chosen, true),
      openFrame: (frame) => this.openFrame(frame),
      menu: (chosen, at, more) => this.showMenu(chosen, at, more),
      copy: (text) => send({ kind: 'copy', text }),
      say: (text) => this.say(text),
      keep: (view, state) => this.keep({ ...this.saved, views: { ...this.saved.views, [view]: state } }),
    };
    this.notices = new HeapNotices({
      retry: () => send({ kind: 'retry' }),
      stopComparing: () => send({ kind: 'stop-comparing' }),
    });
    this.bar = new HeapBar({
      measure: (index) => this.change(() => (this.measure = index)),
      direction: (direction) => {
        this.change(() => this.keep({ ...this.saved, direction }));
      },
      search: (text) => this.change(() => (this.search = text)),
      step: (by) => this.stepFound(by),
      filter: (on) => this.change(() => (this.isFilter = on)),
      module: (module) => this.change(() => (this.module = module)),
      ownCode: (ownCode) => {
        this.change(() => this.keep({ ...this.saved, ownCode }));
      },
      fold: () => this.views[this.saved.view].fold?.(),
      unfold: () => this.views[this.saved.view].unfold?.(),
      annotate: (on) => send({ kind: 'annotate', measure: on ? this.measure : undefined }),
      mark: () => send({ kind: 'mark' }),
      compareMark: (mark) => send({ kind: 'compare-mark', mark }),
      compareFile: () => send({ kind: 'compare-file' }),
      stopComparing: () => send({ kind: 'stop-comparing' }),
      cancel: () => send({ kind: 'cancel' }),
      help: () => send({ kind: 'open-help' }),
      export: (format) => send({ kind: 'export', format, narrowing: this.narrowing }),
      exportPicture: (format) => void this.exportPicture(format),
    });
    this.timeline = new Timeline({
      pick: (picked) => this.change(() => (this.moment = picked)),
      say: (text) => this.say(text),
    });
    this.details = new HeapDetails(actions);
    this.tabs = new TabRow({
      label: 'Form of the profile',
      titles: VIEW_TITLES,
      panel: () => this.place.id,
      choose: (view) => this.choose(view),
    });
    this.tabs.offer(VIEWS);
    this.views = makeViews(actions, () => this.theme);
    this.body.append(
      element('div', { class: 'heap-main' }, this.tabs.element, this.place),
      element('aside', { class: 'heap-side', attributes: { 'aria-label': 'Selected frame' } }, this.details.element),
    );
    keepHues(this.element);
    this.element.append(
      this.bar.element,
      this.notices.fault,
      this.notices.compared,
      this.notices.notes,
      this.timeline.element,
      this.notices.empty,
      this.body,
      this.announcer.element,
    );
    onThemeChange(() => {
      this.theme = readTheme();
      for (const view of Object.values(this.views)) view.themed();
    });
    new ResizeObserver(() => {
      if (this.placed !== undefined) this.views[this.placed].resize();
    }).observe(this.place);
    document.addEventListener('keydown', (event) => this.onKey(event));
    host.onMessage((message) => this.take(message));
    send({ kind: 'ready', version: HEAP_PROTOCOL });
    this.draw();
  }

  private take(message: ToHeapPage): void {
    switch (message.kind) {
      case 'hello':
        if (message.version !== HEAP_PROTOCOL) {
          this.told = undefined;
          this.state = { kind: 'failed', ...OTHER_VERSION };
          break;
        }
        // Said again, it is older than what was chosen since.
        if (!this.isGreeted) {
          this.saved = readSaved(message.saved);
          for (const name of VIEWS) this.views[name].restore?.(this.saved.views[name]);
        }
        this.isGreeted = true;
        break;
      case 'state':
        this.state = message.state;
        this.description = message.description;
        if (message.state.kind === 'failed' && this.told !== undefined)
          this.notices.showFault(message.state.message, message.state.nextStep);
        break;
      case 'profile':
        this.takeProfile(message);
        break;
      case 'marks':
        if (message.marks.length > this.marks.length) this.say('Marked: Compare shows what has come since');
        this.marks = message.marks;
        break;
      case 'annotated':
        this.isAnnotated = message.isOn;
        break;
      case 'fault':
        // Before anything else has come, it is why nothing does.
        if (!this.isGreeted) this.state = { kind: 'failed', message: message.message, nextStep: message.nextStep };
        else this.notices.showFault(message.message, message.nextStep);
        break;
      case 'keep':
        // The host of the page has taken it.
        return;
    }
    this.redraw();
  }

  private takeProfile(message: Told): void {
    const before = this.told?.profile;
    const { profile } = message;
    const label = before?.measures[this.measure];
    const same = label === undefined ? -1 : profile.measures.findIndex((one) => measureLabel(one) === measureLabel(label));
    this.measure = same >= 0 ? same : profile.chief;
    this.moment = this.moment && sameMoments(this.moment, before?.timeline, profile.timeline);
    this.told = message;
    this.isDrawn = false;
    this.modules = modulesOf(profile);
    if (this.module !== undefined && !profile.texts.includes(this.module)) this.module = undefined;
  }

  private get narrowing(): HeapNarrowing {
    const { search, isFilter, module, moment, measure, saved } = this;
    return {
      measure,
      ...(isFilter && search !== '' ? { text: search } : {}),
      ...(module === undefined ? {} : { module }),
      ownCode: saved.ownCode,
      ...(moment === undefined ? {} : { moment }),
    };
  }

  private draw(): void {
    const { told, state, saved } = this;
    setAttribute(this.body, 'aria-busy', undefined);
    if (state !== undefined) this.bar.describe(this.description, state, told?.profile);
    this.bar.element.hidden = !this.isGreeted && state?.kind === 'failed';
    const isEmpty = told === undefined || told.profile.tree.length < 2;
    this.body.hidden = isEmpty;
    this.notices.empty.hidden = !isEmpty;
    this.notices.showNotes(told?.notes ?? []);
    this.notices.showCompared(told?.compared);
    this.timeline.show(told?.profile.timeline, this.moment);
    const empty = state?.kind === 'live' ? NOTHING_YET : EMPTY_WORDS;
    if (isEmpty) this.notices.showEmpty(state, told === undefined ? undefined : empty, this.isGreeted);
    else this.drawProfile(told, saved.view);
    if (this.isDrawn) return;
    this.isDrawn = true;
    this.host.send({ kind: 'drawn' });
  }

  private drawProfile(told: Told, name: ViewName): void {
    const { saved, search } = this;
    const shown = this.heaps.of(told.profile, told.system, {
      narrowing: this.narrowing,
      direction: saved.direction,
      search,
    });
    const before = this.shown;
    const isOther = before !== undefined && before.profile !== shown.profile;
    if (isOther) this.keepSelection(before, shown);
    this.shown = shown;
    const view = this.views[name];
    this.bar.update({
      profile: told.profile,
      measure: this.measure,
      direction: saved.direction,
      hasDirection: name === 'flame' || name === 'tree',
      hasFolds: view.fold !== undefined && name === 'tree',
      hasPicture: this.views.flame.toSvg !== undefined,
      search,
      found: this.foundWords(shown),
      isFilter: this.isFilter,
      module: this.module,
      modules: this.modules,
      ownCode: saved.ownCode,
      isAnnotated: this.isAnnotated,
      isCompared: told.compared !== undefined,
      marks: this.marks,
      isLive: this.state?.kind === 'live',
      momentLabel: this.moment === undefined ? undefined : measureLabel(shown.profile.measures[shown.measure]!),
    });
    this.tabs.show(name);
    setAttribute(this.place, 'aria-labelledby', `tab-${name}`);
    if (this.placed !== name) {
      this.placed = name;
      setChildren(this.place, view.element);
      view.resize();
      view.show(shown);
      view.select(this.chosen, true);
    } else {
      view.show(shown);
      // Nodes of another profile are other nodes.
      // Live, nobody is led away from what they look at.
      const isNewer = isOther && before.profile.frames !== shown.profile.frames;
      if (isOther || before?.direction !== shown.direction) view.select(this.chosen, !isNewer);
    }
    this.details.show(shown, this.chosen);
  }

  private foundWords({ search, totals, amount, weights, isChange }: ShownHeap): string {
    if (search === undefined) return '';
    if (search.count === 0) return 'Not found';
    const whole = weights[0] ?? totals[0]!;
    const share = whole > 0 ? `, ${((100 * search.held) / whole).toFixed(1)} %` : '';
    const held = isChange ? '' : `: ${amount(search.held)}${share}`;
    return `${formatCount(search.count, 'frame')}${held}`;
  }

  /** What takes long is begun once it is seen that it is. */
  private change(set: () => void): void {
    set();
    const isLarge = (this.told?.profile.tree.length ?? 0) > LARGE;
    if (isLarge) setAttribute(this.body, 'aria-busy', 'true');
    this.redraw();
  }

  private select(chosen: Chosen | undefined, reveal: boolean): void {
    this.chosen = chosen;
    const { shown } = this;
    if (shown === undefined) return;
    this.views[this.saved.view].select(chosen, reveal);
    this.details.show(shown, chosen);
  }

  private stepFound(by: 1 | -1): void {
    const { shown } = this;
    if (shown?.search === undefined) return;
    const { node, at, count } = this.foundCalls.step(shown, by);
    if (node === undefined) {
      this.say('Not found');
      return;
    }
    this.select({ kind: 'node', node }, true);
    this.say(
      `${at} of ${count}: ${visibleText(shown.nameOf(shown.profile.tree.frame[node]!))}, ${shown.amount(shown.totals[node]!)}`,
    );
  }

  private keepSelection(before: ShownHeap, after: ShownHeap): void {
    this.chosen = this.chosen && sameChosen(this.chosen, before, after);
  }

  private openFrame(frame: number): void {
    const { shown } = this;
    if (shown === undefined) return;
    if (framePlace(shown.profile, frame) === '') this.say('The profile does not tell the file and line of this frame');
    else this.host.send({ kind: 'open-frame', frame });
  }

  private showMenu(chosen: Chosen, at: { x: number; y: number }, more: readonly HeapMenuEntry[] = []): void {
    const { shown } = this;
    if (shown === undefined) return;
    const { profile } = shown;
    const frame = frameOf(chosen, shown);
    if (frame === undefined) return;
    const name = shown.nameOf(frame);
    const module = profile.texts[profile.frames.module[frame]!] ?? '';
    const view = (to: ViewName): MenuEntry => ({
      label: `Show in ${VIEW_TITLES[to]}`,
      disabled: this.saved.view === to,
      run: () => this.choose(to),
    });
    const entries: MenuEntry[] = [
      { label: 'Open Line', keys: 'Enter', disabled: framePlace(profile, frame) === '', run: () => this.openFrame(frame) },
      { separator: true },
      ...more,
      ...(more.length > 0 ? [{ separator: true } as const] : []),
      {
        label: 'Find All Calls of It',
        run: () => this.change(() => (this.search = name)),
      },
      {
        label: 'Only Stacks with It',
        run: () =>
          this.change(() => {
            this.search = name;
            this.isFilter = true;
          }),
      },
      {
        label: 'Only Stacks through Its Module',
        disabled: module === '',
        run: () => this.change(() => (this.module = module)),
      },
      { separator: true },
      view('flame'),
      view('tree'),
      view('functions'),
      { separator: true },
      { label: 'Copy Name', run: () => this.host.send({ kind: 'copy', text: name }) },
      { label: 'Copy Stack', run: () => this.host.send({ kind: 'copy', text: chosenStack(shown, chosen) }) },
    ];
    showMenu('Frame', entries, at);
  }

  private onKey(event: KeyboardEvent): void {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'f') {
      event.preventDefault();
      this.bar.focusSearch();
    } else if (event.key === '/' && !isWriting(event)) {
      event.preventDefault();
      this.bar.focusSearch();
    } else if (event.key === 'F3') {
      event.preventDefault();
      this.stepFound(event.shiftKey ? -1 : 1);
    }
  }

  /** What is said twice is told twice. */
  private say(text: string): void {
    this.said = text === this.said ? `${text}\u00a0` : text;
    this.announcer.say(this.said);
  }

  private choose(view: ViewName): void {
    this.keep({ ...this.saved, view });
    this.draw();
  }

  private keep(saved: Saved): void {
    this.saved = saved;
    this.host.send({ kind: 'save', state: saved });
  }

  private async exportPicture(format: 'png' | 'svg'): Promise<void> {
    const { flame } = this.views;
    const { shown } = this;
    if (shown === undefined) return;
    // The tables have no picture of their own: the flame graph stands for them.
    if (this.placed !== 'flame') flame.show(shown);
    const bytes = format === 'svg' ? new TextEncoder().encode(flame.toSvg?.() ?? '') : await flame.toPng?.();
    if (bytes === undefined || bytes.length === 0) this.notices.showFault('There is nothing to be drawn.', '');
    else this.host.send({ kind: 'export-image', format, bytes });
  }
}

/** A field takes the key as a letter; that of a custom element is within it. */
const isWriting = (event: KeyboardEvent): boolean => event.composedPath()[0] instanceof HTMLInputElement;

/** With more nodes some steps take so long that they are felt. */
const LARGE = 200_000;
const NOTHING_YET = 'No stack holds anything yet.';
const EMPTY_WORDS = 'This profile holds no stacks: nothing was allocated while it was taken, or nothing is left of it.';

function frameOf(chosen: Chosen, { profile }: ShownHeap): number | undefined {
  if (chosen.kind === 'row') return chosen.frame;
  if (chosen.kind === 'callers') return chosen.caller.frame;
  return chosen.node === 0 ? undefined : profile.tree.frame[chosen.node];
}
