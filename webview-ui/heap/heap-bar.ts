import { visibleText } from '../../src/base/visible-text.js';
import { measureLabel } from '../../src/insight/heap/measure-words.js';
import type { HeapProfile } from '../../src/model/heap-profile.js';
import type { HeapExport, HeapMark, HeapState } from '../../src/protocol/heap.js';
import { actionButton, below } from '../shared/action-button.js';
import { element, icon, setAttribute, setChildren, setText } from '../shared/dom.js';
import { formatMoment } from '../shared/format.js';
import { type MenuEntry, showMenu } from '../shared/menu.js';
import { SelectBox } from '../shared/select-box.js';
import { toolButton } from '../shared/tool-button.js';
import type { Direction } from './heap-model.js';
import { stateWords } from './heap-state-words.js';
import { type ModuleShare, moduleOptions } from './module-options.js';
import { SearchBox } from './search-box.js';

interface BarDeeds {
  readonly measure: (index: number) => void;
  readonly direction: (direction: Direction) => void;
  readonly search: (text: string) => void;
  readonly step: (by: 1 | -1) => void;
  readonly filter: (on: boolean) => void;
  readonly module: (module: string | undefined) => void;
  readonly ownCode: (on: boolean) => void;
  readonly fold: () => void;
  readonly unfold: () => void;
  readonly annotate: (on: boolean) => void;
  readonly mark: () => void;
  readonly compareMark: (mark: number) => void;
  readonly compareFile: () => void;
  readonly stopComparing: () => void;
  readonly cancel: () => void;
  readonly help: () => void;
  readonly export: (format: HeapExport) => void;
  readonly exportPicture: (format: 'png' | 'svg') => void;
}

export interface BarFacts {
  readonly profile: HeapProfile;
  readonly measure: number;
  readonly direction: Direction;
  /** Whether the form that is shown has one. */
  readonly hasDirection: boolean;
  readonly hasFolds: boolean;
  readonly hasPicture: boolean;
  readonly search: string;
  readonly found: string;
  readonly isFilter: boolean;
  readonly module: string | undefined;
  readonly modules: readonly ModuleShare[];
  readonly ownCode: boolean;
  readonly isAnnotated: boolean;
  readonly isCompared: boolean;
  readonly marks: readonly HeapMark[];
  readonly isLive: boolean;
  /** What is shown of a moment of the timeline, which has one measure; undefined: of the whole profile. */
  readonly momentLabel: string | undefined;
}

const ALL_MODULES = '*';
const MOMENT = 'moment';

/** What can be done with the profile: which measure, from which end, what of it, and where it goes. */
export class HeapBar {
  readonly element: HTMLElement;
  private readonly description = element('p', { class: 'description' });
  private readonly stateLine = element('p', { class: 'heap-state page-bar-state', attributes: { role: 'status' } });
  private readonly cancel: HTMLButtonElement;
  private readonly measureBox: SelectBox<string>;
  private readonly directions: ReadonlyMap<Direction, HTMLButtonElement>;
  private readonly directionGroup: HTMLElement;
  private readonly search: SearchBox;
  private readonly moduleBox: SelectBox<string>;
  private readonly ownCode: HTMLButtonElement;
  private readonly fold: HTMLButtonElement;
  private readonly unfold: HTMLButtonElement;
  private readonly annotate: HTMLButtonElement;
  private readonly mark: HTMLButtonElement;
  private readonly compare: HTMLButtonElement;
  private readonly exporting: HTMLButtonElement;
  private readonly tools: HTMLElement;
  private facts: BarFacts | undefined;

  constructor(private readonly deeds: BarDeeds) {
    this.cancel = actionButton('close', 'Cancel', 'Stop reading', deeds.cancel);
    this.measureBox = new SelectBox('Measure', (value) => deeds.measure(Number(value)));
    this.directions = new Map([
      ['top-down', this.directionButton('top-down', 'Top Down', 'From the program’s start to what allocates')],
      ['bottom-up', this.directionButton('bottom-up', 'Bottom Up', 'From what allocates to who called it')],
    ]);
    this.directionGroup = element(
      'span',
      { class: 'segments', attributes: { role: 'radiogroup', 'aria-label': 'Direction' } },
      ...this.directions.values(),
    );
    this.search = new SearchBox(deeds);
    this.moduleBox = new SelectBox('Only stacks through a module', (value) =>
      deeds.module(value === ALL_MODULES ? undefined : value),
    );
    this.ownCode = actionButton('eye', 'Only My Code', 'Fold what the system’s libraries do into the line that called them', () =>
      deeds.ownCode(!this.isPressed(this.ownCode)),
    );
    this.fold = toolButton('dash', 'Fold All', deeds.fold);
    this.unfold = toolButton('add', 'Unfold (*)', deeds.unfold);
    this.annotate = actionButton('list-unordered', 'In the Editor', 'Tell the bytes at the lines in the editor', () =>
      deeds.annotate(!this.isPressed(this.annotate)),
    );
    this.mark = actionButton('bookmark', 'Mark', 'Keep what is live now, to compare it with later', deeds.mark);
    this.compare = actionButton('diff', 'Compare', 'What there is more than before', () => this.showComparisons());
    this.exporting = actionButton('export', 'Export', 'Save what is shown as a file', () => this.showExports());
    for (const button of [this.compare, this.exporting]) setAttribute(button, 'aria-haspopup', 'menu');
    this.tools = element(
      'div',
      { class: 'actions', attributes: { role: 'group', 'aria-label': 'Heap profile' } },
      this.measureBox.root,
      this.directionGroup,
      this.search.element,
      this.moduleBox.root,
      this.ownCode,
      this.fold,
      this.unfold,
      element('span', { class: 'divider' }),
      this.annotate,
      this.mark,
      this.compare,
      this.exporting,
    );
    this.element = element(
      'header',
      { class: 'heap-bar page-bar' },
      element(
        'div',
        { class: 'page-bar-head' },
        this.description,
        this.stateLine,
        this.cancel,
        toolButton('question', 'What Is Shown, and What Can’t Be Known', deeds.help),
      ),
      this.tools,
    );
    this.tools.hidden = true;
    this.cancel.hidden = true;
  }

  describe(description: string, state: HeapState, profile: HeapProfile | undefined): void {
    setText(this.description, visibleText(description));
    setAttribute(this.description, 'title', visibleText(description));
    const [picture, words] = stateWords(state, profile);
    const text = `${picture} ${words}`;
    if (this.stateLine.dataset['shown'] !== text) {
      this.stateLine.dataset['shown'] = text;
      setChildren(this.stateLine, words !== '' && icon(picture), element('span', {}, words));
    }
    setAttribute(this.stateLine, 'data-state', state.kind);
    this.cancel.hidden = state.kind !== 'reading';
  }

  update(facts: BarFacts): void {
    this.facts = facts;
    const { profile, measure, direction, momentLabel } = facts;
    this.tools.hidden = false;
    if (!this.measureBox.root.open) {
      if (momentLabel !== undefined) this.measureBox.show([[MOMENT, momentLabel]], MOMENT);
      else
        this.measureBox.show(
          profile.measures.map((one, at) => [`${at}`, measureLabel(one)]),
          `${measure}`,
        );
    }
    this.measureBox.root.disabled = momentLabel !== undefined;
    this.directionGroup.hidden = !facts.hasDirection;
    for (const [name, button] of this.directions) {
      setAttribute(button, 'aria-checked', `${name === direction}`);
      setAttribute(button, 'tabindex', name === direction ? 0 : -1);
    }
    this.search.show(facts.search, facts.found, facts.isFilter);
    if (!this.moduleBox.root.open) {
      this.moduleBox.show(
        [[ALL_MODULES, 'All modules'], ...moduleOptions(facts.modules, facts.module)],
        facts.module ?? ALL_MODULES,
      );
    }
    this.moduleBox.root.hidden = facts.modules.length < 2 && facts.module === undefined;
    setAttribute(this.ownCode, 'aria-pressed', `${facts.ownCode}`);
    for (const button of [this.fold, this.unfold]) button.hidden = !facts.hasFolds;
    setAttribute(this.annotate, 'aria-pressed', `${facts.isAnnotated}`);
    this.mark.hidden = !facts.isLive;
    setAttribute(this.compare, 'aria-pressed', `${facts.isCompared}`);
  }

  focusSearch(): void {
    this.search.focus();
  }

  private isPressed(button: HTMLElement): boolean {
    return button.getAttribute('aria-pressed') === 'true';
  }

  private directionButton(name: Direction, text: string, title: string): HTMLButtonElement {
    const other: Direction = name === 'top-down' ? 'bottom-up' : 'top-down';
    return element(
      'button',
      {
        class: 'segment',
        attributes: { type: 'button', role: 'radio', title },
        on: {
          click: () => this.deeds.direction(name),
          keydown: (event) => {
            if (!event.key.startsWith('Arrow')) return;
            event.preventDefault();
            this.deeds.direction(other);
            this.directions.get(other)?.focus();
          },
        },
      },
      text,
    );
  }

  private showComparisons(): void {
    const { deeds, facts } = this;
    const marks: MenuEntry[] = (facts?.marks ?? []).map(({ id, at }) => ({
      label: `With the Mark of ${formatMoment(at)}`,
      run: () => deeds.compareMark(id),
    }));
    const entries: MenuEntry[] = [
      ...marks,
      { label: 'With an Older Profile…', run: deeds.compareFile },
      { label: 'Stop Comparing', disabled: facts?.isCompared !== true, run: deeds.stopComparing },
    ];
    showMenu('Compare', entries, below(this.compare));
  }

  private showExports(): void {
    const { deeds } = this;
    const entry = (label: string, format: HeapExport): MenuEntry => ({ label, run: () => deeds.export(format) });
    const hasPicture = this.facts?.hasPicture === true;
    showMenu(
      'Export',
      [
        entry('pprof: All Measures, Packed…', 'pprof'),
        entry('speedscope: This Measure…', 'speedscope'),
        entry('Folded Stacks: This Measure…', 'folded'),
        entry('CSV: Each Stack with All Measures…', 'csv'),
        entry('JSON: Opens as a Heap Profile Again…', 'json'),
        { separator: true },
        { label: 'PNG: What Is Drawn…', disabled: !hasPicture, run: () => deeds.exportPicture('png') },
        { label: 'SVG: What Is Drawn, as Lines…', disabled: !hasPicture, run: () => deeds.exportPicture('svg') },
      ],
      below(this.exporting),
    );
  }
}
