import { visibleText } from '../../src/base/visible-text.js';
import type { FromSystemPage, ShownSystem, SystemMark, SystemPageState, SystemSubject } from '../../src/protocol/system.js';
import { actionButton, below } from '../shared/action-button.js';
import { element, icon, setAttribute, setChildren, setText } from '../shared/dom.js';
import { formatMoment } from '../shared/format.js';
import type { IconName } from '../shared/icons.js';
import { type MenuEntry, showMenu } from '../shared/menu.js';
import { toolButton } from '../shared/tool-button.js';

export interface BarActions {
  send(message: FromSystemPage): void;
  showChanges(): void;
}

/** What can be done with the page: read again, mark, compare, drop the caches, export. */
export class SystemBar {
  readonly element: HTMLElement;
  private readonly description = element('p', { class: 'description' });
  private readonly stateLine = element('p', { class: 'system-state page-bar-state', attributes: { role: 'status' } });
  private readonly refresh: HTMLButtonElement;
  private readonly cancel: HTMLButtonElement;
  private readonly mark: HTMLButtonElement;
  private readonly marksButton: HTMLButtonElement;
  private readonly compare: HTMLButtonElement;
  private readonly drop: HTMLButtonElement;
  private readonly trend: HTMLButtonElement;
  private readonly exporting: HTMLButtonElement;
  private readonly dividers = [element('span', { class: 'divider' }), element('span', { class: 'divider' })] as const;
  private marks: readonly SystemMark[] = [];
  private pair: { readonly before: number; readonly after: number | undefined } | undefined;

  constructor(private readonly actions: BarActions) {
    const { send } = actions;
    this.refresh = actionButton('sync', 'Refresh', 'Read the machine again', () => send({ kind: 'refresh' }));
    this.cancel = actionButton('debug-stop', 'Cancel', 'Stop reading; what was read before stays', () =>
      send({ kind: 'cancel' }),
    );
    this.mark = actionButton('bookmark', 'Mark', 'Read now and keep this state, to compare another one with it', () =>
      send({ kind: 'mark' }),
    );
    this.marksButton = actionButton(undefined, 'Marks', 'Name or delete a mark', () => this.showMarks());
    this.compare = actionButton('diff', 'Compare', 'Show what has changed since a mark, or between two of them', () =>
      this.showComparisons(),
    );
    this.drop = actionButton(
      'discard',
      'Drop Caches and Compare…',
      'Have the kernel give up its caches, and see what stays. You are asked first',
      () => send({ kind: 'drop-caches' }),
    );
    this.trend = actionButton('graph-line', 'Trend', 'Show this machine over time', () =>
      send({ kind: 'step', step: 'watch-trend' }),
    );
    this.exporting = actionButton('export', 'Export', 'Save what is shown as a file', () => this.showExports());
    for (const button of [this.marksButton, this.compare, this.exporting]) setAttribute(button, 'aria-haspopup', 'menu');
    this.element = element(
      'header',
      { class: 'page-bar' },
      element('div', { class: 'page-bar-head' }, this.description, this.stateLine),
      element(
        'div',
        { class: 'actions', attributes: { role: 'group', 'aria-label': 'System memory' } },
        this.refresh,
        this.cancel,
        this.dividers[0],
        this.mark,
        this.compare,
        this.marksButton,
        this.drop,
        this.dividers[1],
        this.trend,
        this.exporting,
        toolButton('question', 'What is shown, and how it is counted', () => send({ kind: 'open-help' })),
      ),
    );
    this.describe(undefined, { kind: 'reading' }, undefined);
  }

  describe(subject: SystemSubject | undefined, state: SystemPageState, shown: ShownSystem | undefined): void {
    const words = visibleText([subject?.description, shown?.kernel].filter((text) => text).join(' · '));
    setText(this.description, words);
    setAttribute(this.description, 'title', words);
    const [picture, text] = stateWords(state, shown);
    const now = `${picture} ${text}`;
    if (this.stateLine.dataset['shown'] !== now) {
      this.stateLine.dataset['shown'] = now;
      setChildren(this.stateLine, icon(picture), element('span', {}, visibleText(text)));
    }
    setAttribute(this.stateLine, 'data-state', state.kind);
    const isLive = subject?.isLive === true;
    const isReading = state.kind === 'reading';
    for (const part of [this.refresh, this.mark, this.drop, this.trend, ...this.dividers]) part.hidden = !isLive;
    this.cancel.hidden = !isReading || !isLive;
    this.refresh.hidden = !isLive || isReading;
    for (const button of [this.mark, this.drop]) button.disabled = isReading;
    this.exporting.disabled = shown === undefined;
  }

  update(marks: readonly SystemMark[], pair: { readonly before: number; readonly after: number | undefined } | undefined): void {
    this.marks = marks;
    this.pair = pair;
    this.compare.disabled = marks.length === 0;
    this.marksButton.hidden = marks.length === 0;
    setText(this.marksButton, `Marks (${marks.length})`);
    setAttribute(this.compare, 'aria-pressed', `${pair !== undefined}`);
  }

  private showMarks(): void {
    const { send } = this.actions;
    showMenu(
      'Marks',
      this.marks.toReversed().flatMap((mark): readonly MenuEntry[] => [
        { separator: true, label: markWords(mark) },
        { label: 'Name…', run: () => send({ kind: 'name-mark', mark: mark.id }) },
        { label: 'Delete', run: () => send({ kind: 'remove-mark', mark: mark.id }) },
      ]),
      below(this.marksButton),
    );
  }

  private showComparisons(): void {
    const { actions, marks, pair } = this;
    const compare = (before: number, after: number | undefined) => (): void => {
      actions.send({ kind: 'compare', before, after });
      actions.showChanges();
    };
    const isPair = (before: number, after: number | undefined): boolean => pair?.before === before && pair.after === after;
    const newest = marks.toReversed();
    // All other pairs are chosen above the table of changes.
    const between = newest.flatMap((after, at) => {
      const before = newest[at + 1];
      return before === undefined ? [] : [{ before, after }];
    });
    showMenu(
      'Compare',
      [
        { separator: true, label: 'Now, and the mark' },
        ...newest.map(
          (mark): MenuEntry => ({
            label: markWords(mark),
            kind: 'radio',
            checked: isPair(mark.id, undefined),
            run: compare(mark.id, undefined),
          }),
        ),
        ...(between.length > 0 ? [{ separator: true, label: 'A mark, and the one before it' } as const] : []),
        ...between.map(
          ({ before, after }): MenuEntry => ({
            label: `${markWords(before)} → ${markWords(after)}`,
            kind: 'radio',
            checked: isPair(before.id, after.id),
            run: compare(before.id, after.id),
          }),
        ),
        { separator: true },
        { label: 'Stop Comparing', disabled: pair === undefined, run: () => actions.send({ kind: 'stop-comparing' }) },
      ],
      below(this.compare),
    );
  }

  private showExports(): void {
    const { send } = this.actions;
    showMenu(
      'Export',
      [
        { label: 'JSON: This State, Which Opens Again…', run: () => send({ kind: 'export', format: 'json' }) },
        {
          label: 'CSV: What Has Changed…',
          disabled: this.pair === undefined,
          run: () => send({ kind: 'export', format: 'csv' }),
        },
      ],
      below(this.exporting),
    );
  }
}

export const markWords = ({ label, at }: SystemMark): string =>
  label === '' ? formatMoment(at) : `${visibleText(label)}, ${formatMoment(at)}`;

function stateWords(state: SystemPageState, shown: ShownSystem | undefined): readonly [IconName, string] {
  switch (state.kind) {
    case 'reading':
      return ['sync', state.what === undefined ? 'Reading…' : `Reading: ${state.what}`];
    case 'failed':
      return ['error', 'Could not be read'];
    case 'still':
      return ['watch', shown?.at === undefined ? 'Time not told' : `As of ${formatMoment(shown.at)}`];
  }
}
