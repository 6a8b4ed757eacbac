import { SEGMENTS, type Segment } from '../../src/model/segment.js';
import { cssOf, mix } from '../shared/colour.js';
import { element, setChildren } from '../shared/dom.js';
import { swatch } from '../shared/swatch.js';
import type { Theme } from '../shared/theme.js';
import { PART_LOOKS } from './address-space-fills.js';
import type { Space } from './address-space-painter.js';
import { PARTS, type Part } from './region-shape.js';
import { segmentLabel } from './region-shape-words.js';
import { segmentColour, segmentLines } from './segment-style.js';

const PART_WORDS: Readonly<Record<Part, string>> = {
  'private-dirty': 'private, written',
  'private-clean': 'private, as on disk',
  'shared-dirty': 'shared, written',
  'shared-clean': 'shared, as on disk',
  resident: 'in memory',
  swapped: 'swapped out',
};

/** From so many regions on, some share a line of the drawing when the whole of it is seen. */
const SHARED_LINES = 1000;

/** The key to the drawing: the segments of this map by colour, and what fills a bar. */
export class SpaceLegend {
  readonly element = element('div', { class: 'space-legend' });
  private shown = '';

  show({ model, shapes, theme }: Space): void {
    const { segment } = model.map.snapshot.classes;
    const present = new Set(segment);
    const colours = SEGMENTS.map((id) => cssOf(segmentColour(id, theme)));
    // A list that is made anew is read out anew.
    const key = `${segment.length > SHARED_LINES} ${[...present].sort((a, b) => a - b).join()} ${shapes.detailed} ${shapes.told} ${colours.join()}`;
    if (key === this.shown) return;
    this.shown = key;
    const item = (picture: Element, text: string) => element('li', {}, picture, text);
    const segments = SEGMENTS.flatMap((id, index) => {
      if (!present.has(index)) return [];
      return [item(segmentSwatch(id, theme), segmentLabel(model.words, id))];
    });
    const parts = PARTS.filter((part) =>
      part === 'resident' ? !shapes.detailed : part === 'swapped' ? model.map.snapshot.table.figures['Swap'] : shapes.detailed,
    );
    const fills = shapes.told
      ? [
          ...parts.map((part) => item(partSwatch(part, theme), PART_WORDS[part])),
          item(partSwatch(undefined, theme), 'not in memory'),
          ...(segment.length > SHARED_LINES
            ? [element('li', {}, 'Where many share a line, each segment has its share of it.')]
            : []),
        ]
      : [element('li', {}, 'This form of a map does not tell what is in memory.')];
    setChildren(
      this.element,
      element('ul', { attributes: { 'aria-label': 'Colours' } }, ...segments),
      element('ul', { attributes: { 'aria-label': 'Fill of a bar' } }, ...fills),
    );
  }
}

export function segmentSwatch(segment: Segment, theme: Theme): SVGSVGElement {
  const colour = cssOf(segmentColour(segment, theme));
  const look = theme.highContrast ? { fill: cssOf(theme.background), hatch: segmentLines(segment) } : { fill: colour };
  return swatch({ shape: 'area', stroke: colour, ...look, dash: [], width: 1 });
}

function partSwatch(part: Part | undefined, theme: Theme): SVGSVGElement {
  const { background, foreground, hues } = theme;
  const colour = theme.highContrast ? foreground : hues.neutral;
  const { strength, angle } =
    part === undefined ? { strength: theme.highContrast ? 0 : 0.16, angle: undefined } : PART_LOOKS[part];
  const lines = strength === 1 ? cssOf(background) : part === 'swapped' ? theme.text : cssOf(colour);
  return swatch({
    shape: 'area',
    stroke: angle === undefined ? cssOf(colour) : lines,
    fill: cssOf(mix(background, colour, strength)),
    ...(angle === undefined ? {} : { hatch: { angle, distance: 4 } }),
    dash: [],
    width: 1,
  });
}
