import { element, setChildren, setText } from '../shared/dom.js';
import { SelectBox } from '../shared/select-box.js';
import { type Area, GROUPINGS, type Grouping } from './treemap-groups.js';
import type { Reached } from './treemap-place.js';
import { AREA_WORDS, GROUPING_WORDS } from './treemap-words.js';

export interface TreemapBarActions {
  area(area: Area): void;
  by(by: Grouping): void;
  /** Back to so many steps of the path. */
  back(steps: number): void;
}

/** What the area stands for, how the regions are grouped, and where one is. */
export class TreemapBar {
  readonly element: HTMLElement;
  private readonly area: SelectBox<Area>;
  private readonly by: SelectBox<Grouping>;
  private readonly summary = element('span', { class: 'treemap-summary' });
  private readonly crumbs = element('ol', { class: 'crumbs' });
  private readonly trail: HTMLElement;
  private shown = '';

  constructor(private readonly actions: TreemapBarActions) {
    this.area = new SelectBox('Area', (value) => actions.area(value));
    this.by = new SelectBox('Grouped by', (value) => actions.by(value));
    this.trail = element('nav', { class: 'treemap-trail', attributes: { 'aria-label': 'Shown part' } }, this.crumbs);
    const label = (text: string) => element('span', { attributes: { 'aria-hidden': 'true' } }, text);
    this.element = element(
      'div',
      { class: 'treemap-head' },
      element('div', { class: 'treemap-bar' }, label('Area'), this.area.root, label('by'), this.by.root, this.summary),
      this.trail,
    );
  }

  show(areas: readonly Area[], area: Area, by: Grouping, summary: string): void {
    this.area.show(
      areas.map((one) => [one, AREA_WORDS[one]]),
      area,
    );
    this.by.show(
      GROUPINGS.map((one) => [one, GROUPING_WORDS[one].by]),
      by,
    );
    setText(this.summary, summary);
  }

  showTrail({ crumbs }: Reached, by: Grouping): void {
    const labels = [{ label: GROUPING_WORDS[by].all, title: 'Show the whole' }, ...crumbs];
    this.trail.hidden = crumbs.length === 0;
    const key = labels.map(({ label }) => label).join('\n');
    if (key === this.shown) return;
    this.shown = key;
    setChildren(
      this.crumbs,
      ...labels.map(({ label, title }, at) =>
        at === labels.length - 1
          ? element('li', {}, element('span', { attributes: { 'aria-current': 'true', title } }, label))
          : element(
              'li',
              {},
              element(
                'button',
                { class: 'crumb', attributes: { type: 'button', title }, on: { click: () => this.actions.back(at) } },
                label,
              ),
            ),
      ),
    );
  }
}
