import { SEGMENTS, type Segment } from '../../src/model/segment.js';
import { type Colour, cssOf, mix } from '../shared/colour.js';
import { hatch } from '../shared/patterns.js';
import type { Theme } from '../shared/theme.js';
import { PARTS, type Part } from './region-shape.js';
import { segmentColour, segmentLines } from './segment-style.js';

export type Fill = string | CanvasPattern;

/**
 * How much of the segment's colour is in a part, and the lines that tell it: what was written is full, what is as on disk is pale, what is
 * shared has slanting lines, what is swapped out lying ones. Lightness and lines carry it, the colour says the segment.
 */
export const PART_LOOKS: Readonly<Record<Part, { readonly strength: number; readonly angle?: number }>> = {
  'private-dirty': { strength: 1 },
  'private-clean': { strength: 0.5 },
  'shared-dirty': { strength: 1, angle: 45 },
  'shared-clean': { strength: 0.5, angle: 45 },
  resident: { strength: 0.8 },
  swapped: { strength: 0.12, angle: 0 },
};

/** Of what is not in memory. */
const TRACK = { normal: 0.16, highContrast: 0 };

/** Addresses that are kept and may not be touched. */
const NO_ACCESS: ReadonlySet<Segment> = new Set(['guard', 'reserved']);

/** The colours of a segment on the drawing. */
export interface SegmentFills {
  readonly solid: string;
  /** The segment's own mark: in high contrast with its lines. */
  readonly spine: Fill;
  readonly track: Fill;
  /** Nothing is ever in it: without an outline it would hardly be seen. */
  readonly outlined: boolean;
  readonly parts: readonly Fill[];
  /** By share that is in memory, in steps: where a pixel stands for several mappings. */
  readonly steps: readonly string[];
}

export const STEPS = 8;

/** Of each of SEGMENTS, by its index. */
export function segmentFills(theme: Theme): readonly SegmentFills[] {
  return SEGMENTS.map((segment) => fillsOf(segment, theme));
}

function fillsOf(segment: Segment, theme: Theme): SegmentFills {
  const { background, highContrast } = theme;
  const colour = segmentColour(segment, theme);
  const of = (strength: number): string => cssOf(mix(background, colour, strength));
  const track = of(highContrast ? TRACK.highContrast : TRACK.normal);
  const outlined = NO_ACCESS.has(segment);
  return {
    solid: of(1),
    spine: highContrast ? linesOf(segment, colour, background) : of(1),
    track: outlined ? hatch(of(0.6), track, 10, 135) : track,
    outlined,
    parts: PARTS.map((part) => {
      const { strength, angle } = PART_LOOKS[part];
      if (angle === undefined) return of(strength);
      const lines = part === 'swapped' ? theme.text : strength < 1 ? of(1) : cssOf(background);
      return hatch(lines, of(strength), part === 'swapped' ? 4 : 6, angle);
    }),
    steps: Array.from({ length: STEPS + 1 }, (_, step) => of(0.3 + (0.7 * step) / STEPS)),
  };
}

function linesOf(segment: Segment, colour: Colour, background: Colour): Fill {
  const { angle, distance } = segmentLines(segment);
  return hatch(cssOf(colour), cssOf(background), distance, angle);
}
