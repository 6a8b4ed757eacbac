import { SEGMENTS } from '../../src/model/segment.js';
import { element, setChildren } from '../shared/dom.js';
import { swatch } from '../shared/swatch.js';
import { segmentLabel } from './region-shape-words.js';
import { oneSegment } from './treemap-looks.js';
import type { Treemap } from './treemap-painter.js';

/** The segments that are drawn, by index. */
export function segmentsShown({ model, tiles }: Pick<Treemap, 'model' | 'tiles'>): number[] {
  const shown = new Set<number>();
  for (const { kind, rows } of tiles) {
    const segment = kind === 'group' ? undefined : oneSegment(model.map.snapshot, rows);
    if (segment !== undefined) shown.add(segment);
  }
  return [...shown].sort((a, b) => a - b);
}

/** The key to the colours, and in high contrast to the lines. */
export class TreemapLegend {
  readonly element = element('ul', { class: 'treemap-legend', attributes: { 'aria-label': 'Colours' } });
  private shown = '';

  show(map: Treemap): void {
    const segments = segmentsShown(map);
    const key = segments.map((index) => `${index} ${map.looks[index]!.fill} ${map.looks[index]!.edge}`).join();
    // A list that is made anew is read out anew.
    if (key === this.shown) return;
    this.shown = key;
    setChildren(
      this.element,
      ...segments.map((index) => {
        const { edge, fill, hatch } = map.looks[index]!;
        const picture = swatch({ shape: 'area', stroke: edge, fill, ...(hatch && { hatch }), dash: [], width: 1 });
        return element('li', {}, picture, segmentLabel(map.model.words, SEGMENTS[index]!));
      }),
    );
  }
}
