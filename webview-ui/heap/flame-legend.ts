import { element, setChildren } from '../shared/dom.js';
import { swatch } from '../shared/swatch.js';
import type { FlameGraph } from './flame-graph.js';

/** The key to the colours, and in high contrast to the lines. */
export class FlameLegend {
  readonly element = element('ul', { class: 'flame-legend', attributes: { 'aria-label': 'Colours' } });
  private shown = '';

  show({ looks: { legend, looks }, found, foundLook }: FlameGraph): void {
    const entries = [
      ...legend.map(({ label, look }) => ({ label, look: looks[look]! })),
      ...(found === undefined || found.count === 0 ? [] : [{ label: 'Found', look: foundLook }]),
    ];
    const key = JSON.stringify(entries);
    // A list that is made anew is read out anew.
    if (key === this.shown) return;
    this.shown = key;
    setChildren(
      this.element,
      ...entries.map(({ label, look: { edge, fill, hatch } }) =>
        element('li', {}, swatch({ shape: 'area', stroke: edge, fill, ...(hatch && { hatch }), dash: [], width: 1 }), label),
      ),
    );
  }
}
