import { visibleText } from '../../src/base/visible-text.js';
import { framePlace } from '../../src/insight/heap/frame-name.js';
import { measureLabel } from '../../src/insight/heap/measure-words.js';
import { stackOf } from '../../src/insight/heap/sums.js';
import { element, icon, setChildren, setText } from '../shared/dom.js';
import { formatShare } from '../shared/format.js';
import type { IconName } from '../shared/icons.js';
import type { Chosen, HeapActions, ShownHeap } from './heap-model.js';
import { placeOf } from './heap-row-view.js';

/** So many frames of a stack are listed; all of them are copied. */
const MOST_FRAMES = 300;

/** The pane beside the profile: all that is told of what is chosen, and the stack that it is in. */
export class HeapDetails {
  readonly element = element('div', { class: 'details' });
  private readonly hint = element(
    'p',
    { class: 'details-hint' },
    icon('info'),
    element(
      'span',
      {},
      'Select a function to see what it holds and the stack that leads to it: click it, or press the arrow keys.',
    ),
  );
  private readonly title = element('h2');
  private readonly place = element('p', { class: 'details-place' });
  private readonly amounts = element('tbody');
  private readonly stackTitle = element('h3');
  private readonly stack = element('ol', { class: 'heap-stack' });
  private readonly body: HTMLElement;
  private readonly open: HTMLButtonElement;
  private shown: ShownHeap | undefined;
  private chosen: Chosen | undefined;

  constructor(private readonly actions: HeapActions) {
    this.open = button('file', 'Open Line', 'Open the line in the editor', () => {
      const frame = this.frame;
      if (frame !== undefined) actions.openFrame(frame);
    });
    const copy = button(undefined, 'Copy Stack', 'Copy the stack as text', () => {
      if (this.shown !== undefined && this.chosen !== undefined) actions.copy(chosenStack(this.shown, this.chosen));
    });
    const heads = ['', 'With callees', 'Share', 'Self'].map((text, at) =>
      at === 0 ? element('td') : element('th', { attributes: { scope: 'col' } }, text),
    );
    this.body = element(
      'div',
      { attributes: { hidden: true } },
      this.title,
      this.place,
      element('div', { class: 'details-tools', attributes: { role: 'group', 'aria-label': 'Frame' } }, this.open, copy),
      element(
        'table',
        { class: 'heap-amounts', attributes: { 'aria-label': 'Amounts' } },
        element('thead', {}, element('tr', {}, ...heads)),
        this.amounts,
      ),
      element('section', {}, this.stackTitle, this.stack),
    );
    this.element.append(this.hint, this.body);
  }

  show(shown: ShownHeap, chosen: Chosen | undefined): void {
    const { shown: before } = this;
    const isSame = before?.profile === shown.profile && before.measure === shown.measure && chosen === this.chosen;
    this.shown = shown;
    this.chosen = chosen;
    if (!isSame) this.draw(shown);
  }

  private draw(shown: ShownHeap): void {
    const { chosen, frame } = this;
    this.hint.hidden = frame !== undefined;
    this.body.hidden = frame === undefined;
    if (chosen === undefined || frame === undefined) return;
    setText(this.title, visibleText(shown.nameOf(frame)));
    const { profile } = shown;
    const module = profile.texts[profile.frames.module[frame]!] ?? '';
    const parts = [framePlace(profile, frame), module].filter((part) => part !== '').map(visibleText);
    if (profile.frames.inlined[frame] === 1) parts.push('inlined into its caller');
    setText(this.place, parts.join(' · '));
    this.open.disabled = framePlace(profile, frame) === '';
    this.open.title = this.open.disabled ? 'The profile does not tell the file and line' : 'Open the line in the editor';
    setChildren(this.amounts, ...profile.measures.map((_, measure) => this.amountsRow(shown, chosen, measure)));
    const stack = this.frames;
    setText(this.stackTitle, stackTitle(chosen));
    setChildren(this.stack, ...stack.slice(0, MOST_FRAMES).map((one) => this.stackItem(shown, one.frame, one.node)));
    if (stack.length > MOST_FRAMES)
      this.stack.append(element('li', { class: 'more' }, `${stack.length - MOST_FRAMES} more frames`));
  }

  private amountsRow(shown: ShownHeap, chosen: Chosen, measure: number): HTMLElement {
    const [total, self] = amountsOf(shown, chosen, measure);
    const whole = shown.wholeOf(measure);
    const text = (value: number | undefined): string => (value === undefined ? '' : shown.amountOf(measure, value));
    const share = total === undefined || total < 0 ? '' : formatShare(total, whole);
    return element(
      'tr',
      { class: measure === shown.measure ? 'shown' : '' },
      element('th', { attributes: { scope: 'row' } }, measureLabel(shown.profile.measures[measure]!)),
      ...[text(total), share, text(self)].map((cell) => element('td', {}, cell)),
    );
  }

  private stackItem(shown: ShownHeap, frame: number, node: number | undefined): HTMLElement {
    const hasPlace = framePlace(shown.profile, frame) !== '';
    const name = element(
      'button',
      {
        class: `stack-frame${shown.system[frame] === 1 ? ' system' : ''}`,
        attributes: { type: 'button', title: shown.frameText(frame) },
        on: {
          click: () => {
            if (node !== undefined) this.actions.reveal({ kind: 'node', node });
            else if (hasPlace) this.actions.openFrame(frame);
          },
        },
      },
      visibleText(shown.nameOf(frame)),
    );
    const place = visibleText(placeOf(frame, shown));
    const where = hasPlace
      ? element(
          'button',
          {
            class: 'stack-place link',
            attributes: { type: 'button', title: `Open ${visibleText(framePlace(shown.profile, frame))}` },
            on: { click: () => this.actions.openFrame(frame) },
          },
          place,
        )
      : element('span', { class: 'stack-place' }, place);
    return element('li', {}, name, ' ', where);
  }

  private get frame(): number | undefined {
    const { chosen, shown } = this;
    if (chosen === undefined || shown === undefined) return undefined;
    if (chosen.kind === 'row') return chosen.frame;
    if (chosen.kind === 'callers') return chosen.caller.frame;
    return chosen.node === 0 ? undefined : shown.profile.tree.frame[chosen.node];
  }

  /** From the innermost frame outwards. */
  private get frames(): readonly { readonly frame: number; readonly node?: number }[] {
    const { chosen, shown } = this;
    if (chosen === undefined || shown === undefined) return [];
    if (chosen.kind === 'callers') return chosen.path.map((frame) => ({ frame }));
    const { tree } = shown.profile;
    const node = chosen.kind === 'node' ? chosen.node : heaviest(shown, chosen.frames);
    if (node === undefined) return [];
    const frames: { frame: number; node: number }[] = [];
    for (let at = node; at !== 0; at = tree.parent[at]!) frames.push({ frame: tree.frame[at]!, node: at });
    return frames;
  }
}

const stackTitle = ({ kind }: Chosen): string =>
  kind === 'row' ? 'The Largest Stack with It' : kind === 'callers' ? 'From the Innermost Frame to This Caller' : 'Stack';

/** With all below, and by itself; undefined: it has none of its own. */
function amountsOf(shown: ShownHeap, chosen: Chosen, measure: number): readonly [number | undefined, number | undefined] {
  const self = shown.profile.self[measure]!;
  switch (chosen.kind) {
    case 'node':
      return [shown.totalsOf(measure)[chosen.node], self[chosen.node]];
    case 'callers': {
      let sum = 0;
      for (const leaf of chosen.caller.leaves) sum += self[leaf]!;
      return [sum, chosen.path.length === 1 ? sum : undefined];
    }
    case 'row': {
      const isOf = new Set(chosen.frames);
      const { length, parent, frame } = shown.profile.tree;
      const totals = shown.totalsOf(measure);
      const isIn = new Uint8Array(length);
      let [total, own] = [0, 0];
      for (let node = 1; node < length; node++) {
        const isMine = isOf.has(frame[node]!);
        if (isMine) own += self[node]!;
        if (isIn[parent[node]!] === 1) isIn[node] = 1;
        else if (isMine) {
          isIn[node] = 1;
          total += totals[node]!;
        }
      }
      return [total, own];
    }
  }
}

function heaviest({ profile, weights }: ShownHeap, frames: readonly number[]): number | undefined {
  const wanted = new Set(frames);
  let best: number | undefined;
  for (let node = 1; node < profile.tree.length; node++) {
    if (wanted.has(profile.tree.frame[node]!) && (best === undefined || weights[node]! > weights[best]!)) best = node;
  }
  return best;
}

/** The stack of what is chosen as text, the innermost frame first. */
export function chosenStack(shown: ShownHeap, chosen: Chosen): string {
  const frames =
    chosen.kind === 'callers'
      ? chosen.path
      : chosen.kind === 'row'
        ? stackOf(shown.profile.tree, heaviest(shown, chosen.frames) ?? 0)
        : stackOf(shown.profile.tree, chosen.node);
  return frames.map((frame) => shown.frameText(frame)).join('\n');
}

function button(picture: IconName | undefined, text: string, title: string, click: () => void): HTMLButtonElement {
  return element(
    'button',
    { class: 'text-button', attributes: { type: 'button', title }, on: { click } },
    picture !== undefined && icon(picture),
    text,
  );
}
