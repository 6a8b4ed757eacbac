import { visibleText } from '../../src/base/visible-text.js';
import type { ShownSystem } from '../../src/protocol/system.js';
import { element, icon, setChildren } from '../shared/dom.js';

/** What could not be read, and how to get it. */
export class MissingPanel {
  readonly element = element('div', { class: 'missing-panel' });

  constructor(private readonly openSetting: () => void) {}

  show({ missing, rootRefused }: ShownSystem): void {
    if (missing.length === 0) {
      setChildren(this.element, element('p', { class: 'muted' }, icon('pass'), ' All that MemLens looks for was read.'));
      return;
    }
    const needsRoot = missing.some((one) => one.needsRoot);
    setChildren(
      this.element,
      rootRefused !== undefined &&
        element('p', {}, icon('warning'), visibleText(` The command for root did not work: ${rootRefused}`)),
      needsRoot &&
        element(
          'p',
          {},
          'Some of it only root may read. ',
          element(
            'button',
            { class: 'text-button', attributes: { type: 'button' }, on: { click: this.openSetting } },
            icon('settings'),
            'Set the Root Command…',
          ),
        ),
      element(
        'ul',
        { class: 'missing-list' },
        ...missing.map(({ path, why, remedy }) =>
          element(
            'li',
            {},
            element('code', {}, visibleText(path)),
            element('span', {}, ' ', visibleText(why), ' '),
            element('span', { class: 'muted' }, visibleText(remedy)),
          ),
        ),
      ),
    );
  }
}
