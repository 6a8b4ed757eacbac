import type { ShownSystem } from '../../src/protocol/system.js';
import { element, setChildren } from '../shared/dom.js';
import { formatValue } from '../shared/format.js';
import { StackBox } from '../shared/stack-box.js';

/** What free(1) shows of the same figures, as each version counts. */
export class FreePanel {
  readonly element = element('div', { class: 'free-panel' });
  private readonly box = new StackBox();

  show({ free, installedFree, available, availableIs }: ShownSystem): void {
    if (free.length === 0) {
      setChildren(
        this.element,
        element('p', { class: 'muted' }, 'What free shows is made of /proc/meminfo, which was not read.'),
      );
      return;
    }
    const names = ['total', 'used', 'free', 'shared', 'buff/cache', 'buffers', 'cached', 'available'];
    const head = element(
      'thead',
      {},
      element('tr', {}, ...['Version', ...names, 'used is'].map((name) => element('th', { attributes: { scope: 'col' } }, name))),
    );
    const rows = free.map(({ label, isInstalled, columns, usedIs }) =>
      element(
        'tr',
        { class: isInstalled ? 'installed' : '' },
        element(
          'th',
          { class: 'lead', attributes: { scope: 'row' } },
          label,
          isInstalled && element('span', { class: 'badge' }, 'installed'),
        ),
        ...names.map((name) => {
          const column = columns.find((one) => one.name === name);
          const text = column === undefined ? '' : column.bytes === undefined ? '–' : formatValue(column.bytes, 'bytes');
          const attributes = { 'aria-label': text === '–' ? 'not told' : undefined, 'data-title': name };
          return element('td', { attributes }, text);
        }),
        element('td', { class: 'formula line', attributes: { 'data-title': 'used is' } }, usedIs),
      ),
    );
    const installed = free.some((one) => one.isInstalled);
    setChildren(
      this.element,
      element(
        'p',
        {},
        'The same machine has another “used” with each version of free(1): what it takes for cache has changed.',
        ' ',
        installedFree === undefined
          ? 'Which one is installed there is not known.'
          : installed
            ? `Installed there is procps ${installedFree}.`
            : `Installed there is procps ${installedFree}, which counts in a way that is not known here.`,
      ),
      this.box.element,
      element(
        'h3',
        {},
        available === undefined ? 'MemAvailable is not told' : `MemAvailable: ${formatValue(available, 'bytes')}`,
      ),
      element('p', {}, availableIs),
    );
    this.box.show(
      element(
        'table',
        { class: 'free-table', attributes: { 'aria-label': 'What free shows, by version' } },
        head,
        element('tbody', {}, ...rows),
      ),
    );
  }
}
