import { visibleText } from '../../src/base/visible-text.js';
import { OTHER_VERSION } from '../../src/protocol/other-version.js';
import {
  type FromSystemPage,
  type ShownSystem,
  SYSTEM_PROTOCOL,
  type SystemDiffText,
  type SystemMark,
  type SystemPageState,
  type SystemStepText,
  type SystemSubject,
  type SystemTableId,
  type ToSystemPage,
} from '../../src/protocol/system.js';
import { Announcer } from '../shared/announcer.js';
import { element, icon, setAttribute, setChildren } from '../shared/dom.js';
import { FaultLine } from '../shared/fault-line.js';
import type { Host } from '../shared/host.js';
import { keepHues } from '../shared/hues.js';
import { onceAFrame } from '../shared/page.js';
import { textButton } from '../shared/tool-button.js';
import { ItemDetails } from './item-details.js';
import { LowerPanel } from './lower-panel.js';
import type { Pair } from './pair-choice.js';
import { type PanelName, readSaved, type Saved } from './saved.js';
import { SystemBar } from './system-bar.js';
import { SystemCards } from './system-cards.js';
import { Waterfall } from './waterfall.js';
import { type WaterfallRow, waterfallRows } from './waterfall-rows.js';

const SAY_EVERY = 100;

/** The table that a step leads to; others are the host's. */
const TABLE_OF_STEP: Readonly<Partial<Record<SystemStepText['step'], SystemTableId>>> = {
  'show-tmpfs': 'mounts',
  'show-processes': 'processes',
  'show-slab': 'slab',
  'show-vmalloc': 'vmalloc',
  'show-zones': 'zones',
  'show-cgroups': 'cgroups',
  'show-huge-pages': 'huge-pages',
};

/** The editor page System Memory: all of a machine's memory, what each part is and who holds it. */
export class SystemPage {
  readonly element = element('main', { class: 'page system' });
  private readonly bar: SystemBar;
  private readonly fault = new FaultLine();
  private readonly empty = element('div', { class: 'empty' });
  private readonly cards: SystemCards;
  private readonly waterfall: Waterfall;
  private readonly details: ItemDetails;
  private readonly lower: LowerPanel;
  private readonly body: HTMLElement;
  private readonly main: HTMLElement;
  /** In the place of the bars, where MemTotal is not told. */
  private readonly partial = element('p', { class: 'system-partial', attributes: { hidden: true } });
  private readonly announcer = new Announcer(SAY_EVERY);
  private readonly redraw = onceAFrame(() => this.draw());
  private saved: Saved = readSaved(undefined);
  private isGreeted = false;
  private state: SystemPageState = { kind: 'reading' };
  private subject: SystemSubject | undefined;
  private shown: ShownSystem | undefined;
  private diff: SystemDiffText | undefined;
  private pair: Pair | undefined;
  private marks: readonly SystemMark[] | undefined;
  private shownEmpty = '';

  constructor(private readonly host: Host<FromSystemPage, ToSystemPage>) {
    const send = (message: FromSystemPage): void => host.send(message);
    this.bar = new SystemBar({ send, showChanges: () => this.choosePanel('changes') });
    this.cards = new SystemCards({
      step: (step) => this.step(step),
      openRule: (anchor) => send({ kind: 'open-help', anchor }),
    });
    this.waterfall = new Waterfall(
      (row) => this.select(row),
      (what) => {
        const { saved } = this;
        this.keep(
          what === 'inside' ? { ...saved, showsInside: !saved.showsInside } : { ...saved, showsZeros: !saved.showsZeros },
        );
        this.redraw();
      },
    );
    this.details = new ItemDetails({
      showTable: (table) => this.showTable(table),
      openLink: (link) => send({ kind: 'open-link', link }),
      copy: (text) => this.copy(text),
    });
    this.lower = new LowerPanel({
      choose: (panel) => this.choosePanel(panel),
      chooseTable: (table) => this.showTable(table),
      openRootSetting: () => send({ kind: 'open-root-setting' }),
      compare: (pair) => send({ kind: 'compare', ...pair }),
      sort: (table, sorting) => this.keep({ ...this.saved, sortings: { ...this.saved.sortings, [table]: sorting } }),
      copy: (text) => this.copy(text),
      showMap: ({ pid, name }) => send({ kind: 'show-map', pid, name }),
      showTrend: ({ pid, name }) => send({ kind: 'show-process-trend', pid, name }),
      isLive: () => this.subject?.isLive === true,
    });
    this.main = element(
      'div',
      { class: 'system-main' },
      this.waterfall.element,
      element('aside', { class: 'system-side', attributes: { 'aria-label': 'Selected part' } }, this.details.element),
    );
    this.body = element(
      'div',
      { class: 'system-body', attributes: { hidden: true } },
      this.cards.element,
      this.partial,
      this.main,
      this.lower.element,
    );
    this.element.append(this.bar.element, this.fault.element, this.empty, this.body, this.announcer.element);
    keepHues(this.element);
    host.onMessage((message) => this.take(message));
    send({ kind: 'ready', version: SYSTEM_PROTOCOL });
    this.draw();
  }

  private take(message: ToSystemPage): void {
    switch (message.kind) {
      case 'hello':
        if (message.version !== SYSTEM_PROTOCOL) {
          this.state = { kind: 'failed', ...OTHER_VERSION };
          break;
        }
        // Said again, it is older than what was chosen since.
        if (!this.isGreeted) this.saved = readSaved(message.saved);
        this.isGreeted = true;
        break;
      case 'state':
        this.takeState(message.state);
        this.subject = message.subject;
        break;
      case 'system':
        // Files have no moments to compare but those that were opened together.
        if (this.shown === undefined && this.subject?.isLive === false && this.saved.panel === 'changes') this.showOnly('owners');
        this.shown = message.shown;
        break;
      case 'marks':
        if (this.marks !== undefined && message.marks.length > this.marks.length) this.announcer.say('Marked');
        this.marks = message.marks;
        break;
      case 'diff':
        if (this.diff === undefined && message.diff !== undefined && this.subject?.isLive === false) this.showOnly('changes');
        this.diff = message.diff;
        this.pair = message.pair;
        if (message.diff !== undefined) this.announcer.say(message.diff.words[0] ?? 'Compared');
        break;
      case 'fault':
        // Before anything else has come, it is why nothing does.
        if (!this.isGreeted) this.state = { kind: 'failed', message: message.message, nextStep: message.nextStep };
        else this.showFault(message.message, message.nextStep, message.needsRoot === true);
        break;
      case 'keep':
        // The host of the page has taken it.
        return;
    }
    this.redraw();
  }

  private takeState(state: SystemPageState): void {
    this.state = state;
    // When it was read stands in the bar, which is told by itself.
    if (state.kind === 'failed' && this.shown !== undefined) this.showFault(state.message, state.nextStep, false);
  }

  private draw(): void {
    const { state, subject, shown, saved } = this;
    this.bar.describe(subject, state, shown);
    this.bar.update(this.marks ?? [], this.pair);
    this.bar.element.hidden = !this.isGreeted && state.kind === 'failed';
    this.body.hidden = shown === undefined;
    this.empty.hidden = shown !== undefined;
    setAttribute(this.body, 'aria-busy', state.kind === 'reading' ? 'true' : undefined);
    if (shown === undefined) {
      this.showEmpty(state);
      return;
    }
    const isPartial = shown.total === undefined;
    this.cards.element.hidden = isPartial;
    this.main.hidden = isPartial;
    this.partial.hidden = !isPartial;
    if (isPartial) setChildren(this.partial, icon('info'), element('span', {}, visibleText(shown.notes.join(' '))));
    this.cards.update(shown.findings);
    const choice = { inside: saved.showsInside, zeros: saved.showsZeros };
    const rows = waterfallRows(shown, choice);
    const chosen = rows.find(({ id }) => id === saved.item) ?? rows[0];
    if (!isPartial) {
      this.waterfall.show(shown, choice, chosen?.id);
      this.details.show(shown, chosen);
    }
    const compared = { marks: this.marks ?? [], pair: this.pair, diff: this.diff, isLive: subject?.isLive === true };
    this.lower.show(shown, compared, saved);
  }

  private showEmpty(state: SystemPageState): void {
    const isFailed = state.kind === 'failed';
    const now = JSON.stringify([state, this.isGreeted]);
    // The button stays, and with it the focus.
    if (now === this.shownEmpty) return;
    this.shownEmpty = now;
    const words = isFailed
      ? [state.message, state.nextStep]
      : [state.kind === 'reading' && state.what !== undefined ? `Reading: ${state.what}` : 'Reading the machine’s memory…'];
    setChildren(
      this.empty,
      icon(isFailed ? 'error' : 'sync'),
      ...words.map((text) => element('p', {}, visibleText(text))),
      isFailed &&
        this.isGreeted &&
        this.subject?.isLive === true &&
        textButton('Try Again', () => this.host.send({ kind: 'refresh' })),
    );
  }

  private showFault(message: string, nextStep: string, needsRoot: boolean): void {
    const deed = needsRoot ? textButton('Set the Root Command…', () => this.host.send({ kind: 'open-root-setting' })) : undefined;
    this.fault.show(message, nextStep, deed);
  }

  private select(row: WaterfallRow): void {
    const [table] = row.inside === undefined ? (row.item?.tables ?? []) : [];
    this.keep({
      ...this.saved,
      item: row.id,
      // Who holds it is shown with it, where that is what is looked at.
      ...(table === undefined || this.saved.panel !== 'owners' ? {} : { table }),
    });
    this.redraw();
  }

  private showTable(table: SystemTableId): void {
    this.keep({ ...this.saved, panel: 'owners', table });
    this.redraw();
  }

  private choosePanel(panel: PanelName): void {
    this.keep({ ...this.saved, panel });
    this.redraw();
  }

  /** Not as the user has chosen, and so not kept. */
  private showOnly(panel: PanelName): void {
    this.saved = { ...this.saved, panel };
  }

  private step({ step, pid }: SystemStepText): void {
    const { shown } = this;
    if (step === 'show-map') {
      if (pid !== undefined) this.host.send({ kind: 'show-map', pid, name: nameOf(shown, pid) });
      return;
    }
    if (step === 'mark-and-diff') {
      this.host.send({ kind: 'mark' });
      this.choosePanel('changes');
      return;
    }
    const table = TABLE_OF_STEP[step];
    if (table !== undefined && shown?.tables.some(({ id }) => id === table) === true) {
      this.showTable(table);
      this.lower.element.scrollIntoView({ block: 'nearest' });
    } else if (step === 'watch-trend' || (step === 'show-processes' && this.subject?.isLive === true)) {
      this.host.send({ kind: 'step', step });
    } else {
      // The files that would tell it were not read: why is said there.
      this.choosePanel('missing');
      this.lower.element.scrollIntoView({ block: 'nearest' });
    }
  }

  private copy(text: string): void {
    this.host.send({ kind: 'copy', text });
    this.announcer.say('Copied');
  }

  private keep(saved: Saved): void {
    this.saved = saved;
    this.host.send({ kind: 'save', state: saved });
  }
}

function nameOf(shown: ShownSystem | undefined, pid: number): string {
  const rows = shown?.tables.find(({ id }) => id === 'processes')?.rows ?? [];
  return rows.find(({ process }) => process?.pid === pid)?.process?.name ?? '';
}
