import { formatCount, type Milliseconds } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import { textAt } from '../../src/model/map-table.js';
import type { Segment } from '../../src/model/segment.js';
import type { FromMapPage, ToMapPage } from '../../src/protocol/map.js';
import { element, icon, setAttribute, setChildren, setText } from '../shared/dom.js';
import type { IconName } from '../shared/icons.js';
import type { Theme } from '../shared/theme.js';
import { gapFacts, gapMeaning, gapRange } from './address-gap.js';
import { segmentSwatch } from './address-space-legend.js';
import { type Fact, factsText, figureFacts, flagFacts, rangeText, regionFacts } from './details-facts.js';
import { growthLines } from './details-growth.js';
import { sumFacts } from './details-sums.js';
import { type Gap, hasMark, type MapActions, type MapModel, segmentOf } from './map-model.js';
import { MARK_WORDS, marksOf, regionName, segmentLabel } from './region-shape-words.js';
import { Strip } from './strip.js';

/** The pane beside the map: all that is known of the region that is selected, or the sums of several. */
export class Details {
  readonly element = element('div', { class: 'details' });
  private readonly hint = element(
    'p',
    { class: 'details-hint' },
    icon('info'),
    element(
      'span',
      {},
      'Select a region to see all that is known of it: click it, or press the arrow keys in the map. With Ctrl or Shift several are selected, and their sums shown here.',
    ),
  );
  private readonly picture = element('span', { class: 'details-swatch' });
  private readonly name = element('span');
  private readonly title = element('h2', {}, this.picture, this.name);
  private readonly definition = element('p', { class: 'details-definition' });
  private readonly openFile: HTMLButtonElement;
  private readonly copyRange: HTMLButtonElement;
  private readonly facts = element('dl', { class: 'details-facts' });
  private readonly rule = element('p', { class: 'details-rule' });
  private readonly ruleLink: HTMLAnchorElement;
  private readonly marks = element('ul', { class: 'details-marks', attributes: { 'aria-label': 'Marks' } });
  private readonly growth = element('div', { class: 'details-growth' });
  private readonly explain: HTMLButtonElement;
  private readonly figures = element('dl', { class: 'details-figures' });
  private readonly figuresPart: HTMLElement;
  private readonly flags = element('dl', { class: 'details-flags' });
  private readonly flagsPart: HTMLElement;
  private readonly strip: Strip;
  private readonly body: HTMLElement;
  private model: MapModel | undefined;
  private rows: readonly number[] = [];
  private gap: Gap | undefined;
  private copied: { readonly title: string; readonly facts: readonly Fact[] } = { title: '', facts: [] };

  constructor(
    private readonly actions: MapActions,
    send: (message: FromMapPage) => void,
    private readonly theme: () => Theme,
  ) {
    this.strip = new Strip(actions, send, theme);
    this.ruleLink = element(
      'a',
      {
        class: 'rule-link',
        on: {
          click: (event) => {
            event.preventDefault();
            actions.openLink(this.ruleLink.getAttribute('href') ?? '');
          },
        },
      },
      'How this is decided',
    );
    this.openFile = button('file', 'Open File', 'Open this file in the editor', () => actions.openFile(this.path));
    this.copyRange = button(undefined, 'Copy Addresses', 'Copy the addresses as the kernel writes them', () =>
      this.copyAddresses(),
    );
    const copy = button(undefined, 'Copy All', 'Copy all that is shown here as text', () => this.copyAll());
    this.explain = button('question', 'Explain', 'Say below each figure what it means', () => {
      const shown = this.explain.getAttribute('aria-pressed') !== 'true';
      setAttribute(this.explain, 'aria-pressed', `${shown}`);
      this.element.classList.toggle('explained', shown);
    });
    setAttribute(this.explain, 'aria-pressed', 'false');
    this.figuresPart = section('Figures', this.explain, this.figures);
    this.flagsPart = section('VmFlags', undefined, this.flags);
    const tools = element(
      'div',
      { class: 'details-tools', attributes: { role: 'group', 'aria-label': 'Region' } },
      this.openFile,
      this.copyRange,
      copy,
    );
    this.body = element(
      'div',
      { attributes: { hidden: true } },
      this.title,
      this.definition,
      this.rule,
      this.ruleLink,
      this.marks,
      tools,
      this.facts,
      this.growth,
      this.strip.element,
      this.figuresPart,
      this.flagsPart,
    );
    this.element.append(this.hint, this.body);
  }

  /** Rows that are not of this map any more are left out. `gap`: instead of rows. */
  show(model: MapModel, rows: readonly number[], gap?: Gap): void {
    const there = rows.filter((row) => row < model.map.snapshot.table.length);
    const { model: old } = this;
    const same = old?.map === model.map && old.growth === model.growth && old.diff === model.diff && old.words === model.words;
    this.model = model;
    this.strip.show(model, there.length === 1 ? there[0] : undefined);
    if (same && isSame(there, this.rows) && gap === this.gap) return;
    this.rows = there;
    this.gap = gap;
    this.draw(model);
  }

  takeStrip(message: Extract<ToMapPage, { kind: 'strip' | 'no-strip' }>): void {
    this.strip.take(message);
  }

  pagesMarked(at: Milliseconds): void {
    this.strip.pagesMarked(at);
  }

  themed(): void {
    if (this.model !== undefined) this.draw(this.model);
    this.strip.themed();
  }

  private draw(model: MapModel): void {
    const { gap, rows } = this;
    const [row] = rows;
    this.hint.hidden = row !== undefined || gap !== undefined;
    this.body.hidden = !this.hint.hidden;
    if (row === undefined) {
      if (gap !== undefined) this.drawGap(model, gap);
      return;
    }
    const { words, map } = model;
    const single = rows.length === 1;
    const facts = single ? regionFacts(map.snapshot, row) : sumFacts(words, map.snapshot, rows);
    const figures = figureFacts(words, map.snapshot.table, rows);
    const flags = single ? flagFacts(words, map.snapshot.table, row) : [];
    if (single) this.drawRegion(model, row);
    else this.drawSeveral(rows.length);
    setChildren(this.growth, ...growthLines(model, rows));
    this.growth.hidden = this.growth.childElementCount === 0;
    this.tell(facts, figures, flags);
  }

  /** The lists; what they say is what is copied. */
  private tell(facts: readonly Fact[], figures: readonly Fact[], flags: readonly Fact[]): void {
    setFacts(this.facts, facts);
    setFacts(this.figures, figures);
    setFacts(this.flags, flags);
    this.figuresPart.hidden = figures.length === 0;
    this.flagsPart.hidden = flags.length === 0;
    const told = [this.definition, this.rule].flatMap(({ hidden, textContent }) =>
      hidden || textContent === '' ? [] : [{ label: 'What it is', value: textContent }],
    );
    this.copied = { title: this.name.textContent, facts: [...told, ...facts, ...figures, ...flags] };
  }

  private drawRegion({ words, map }: MapModel, row: number): void {
    const { snapshot } = map;
    const segment = segmentOf(snapshot, row);
    const name = regionName(snapshot, row);
    setText(this.name, [segmentLabel(words, segment), name].filter(Boolean).join(' · '));
    setChildren(this.picture, segmentSwatch(segment, this.theme()));
    setText(this.definition, words.segments.find(({ id }) => id === segment)?.definition ?? '');
    this.definition.hidden = this.definition.textContent === '';
    const rule = words.rules[snapshot.classes.rule[row] ?? -1];
    this.rule.hidden = rule === undefined;
    this.ruleLink.hidden = rule === undefined;
    setText(this.rule, rule === undefined ? '' : `Told by: ${visibleText(rule.text)}`);
    setAttribute(this.ruleLink, 'href', rule?.link ?? '');
    const marks = marksOf(snapshot, row).map((mark) => {
      const { badge, text } = MARK_WORDS[mark];
      return element('li', {}, element('span', { class: 'badge' }, badge), ` ${text}`);
    });
    setChildren(this.marks, ...marks);
    this.marks.hidden = marks.length === 0;
    this.openFile.hidden = this.path === '';
    this.copyRange.hidden = false;
  }

  private drawGap({ words, map }: MapModel, gap: Gap): void {
    setText(this.name, 'Not used');
    setChildren(this.picture);
    setText(this.definition, gapMeaning(map.snapshot, gap));
    this.definition.hidden = false;
    for (const part of [this.rule, this.ruleLink, this.marks, this.openFile, this.growth]) part.hidden = true;
    this.copyRange.hidden = false;
    this.tell(gapFacts(words, map.snapshot, gap), [], []);
  }

  private drawSeveral(count: number): void {
    setText(this.name, `${formatCount(count, 'region')} selected`);
    setChildren(this.picture);
    for (const part of [this.definition, this.rule, this.ruleLink, this.marks, this.openFile, this.copyRange]) part.hidden = true;
  }

  /** Of a file that can be opened here: one of this machine that is still there; else empty. */
  private get path(): string {
    const [row] = this.rows;
    if (this.model === undefined || row === undefined) return '';
    const { snapshot } = this.model.map;
    const { origin, table } = snapshot;
    if (origin.kind !== 'process' || origin.target !== 'local' || hasMark(snapshot, row, 'deleted')) return '';
    const path = textAt(table.path, row);
    const isFile = path.startsWith('/') && textAt(table.inode, row) !== '0' && !path.startsWith('/dev/');
    return isFile && !NO_FILE.has(segmentOf(snapshot, row)) ? path : '';
  }

  private copyAddresses(): void {
    const [row] = this.rows;
    if (this.gap !== undefined) this.actions.copy(gapRange(this.gap));
    else if (this.model !== undefined && row !== undefined) this.actions.copy(rangeText(this.model.map.snapshot.table, row));
  }

  private copyAll(): void {
    this.actions.copy(factsText(this.copied.title, this.copied.facts));
  }
}

/** Their paths are the kernel's own words: nothing lies there. */
const NO_FILE: ReadonlySet<Segment> = new Set(['memfd', 'sysv-shm', 'shared-anonymous', 'device']);

const isSame = (first: readonly number[], second: readonly number[]): boolean =>
  first === second || (first.length === second.length && first.every((row, at) => row === second[at]));

/** Live, only values change: what the user has selected in the text stays selected. */
function setFacts(list: HTMLElement, facts: readonly Fact[]): void {
  const shape = facts.map(({ label, meaning }) => `${label}\n${meaning ?? ''}`).join('\n');
  if (list.dataset['shape'] === shape) {
    const values = list.querySelectorAll('dd:not(.meaning)');
    facts.forEach(({ value, isZero }, at) => {
      const node = values[at];
      if (node === undefined) return;
      setText(node, value);
      setAttribute(node, 'data-zero', isZero);
    });
    return;
  }
  list.dataset['shape'] = shape;
  setChildren(
    list,
    ...facts.flatMap(({ label, value, meaning, isZero }) => [
      element('dt', { attributes: { title: meaning } }, label),
      element('dd', { attributes: { 'data-zero': isZero } }, value),
      meaning !== undefined && element('dd', { class: 'meaning' }, meaning),
    ]),
  );
}

const section = (title: string, tool: HTMLElement | undefined, content: HTMLElement): HTMLElement =>
  element(
    'section',
    { attributes: { 'aria-label': title } },
    element('div', { class: 'details-head' }, element('h3', {}, title), tool),
    content,
  );

function button(picture: IconName | undefined, text: string, title: string, click: () => void): HTMLButtonElement {
  return element(
    'button',
    { class: 'text-button', attributes: { type: 'button', title }, on: { click } },
    picture !== undefined && icon(picture),
    text,
  );
}
