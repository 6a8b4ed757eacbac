import type { MapSnapshot } from '../../src/model/map-snapshot.js';
import { SEGMENTS, type Segment } from '../../src/model/segment.js';
import { type Colour, contrast, cssOf, mix } from '../shared/colour.js';
import { hatch } from '../shared/patterns.js';
import type { Theme } from '../shared/theme.js';
import { segmentColour, segmentLines } from './segment-style.js';

/** How a region of a segment is drawn. */
export interface TileLook {
  readonly fill: string;
  readonly edge: string;
  /** What is written on it. */
  readonly ink: string;
  /** Lines in high contrast, so that segments are told apart without colours. */
  readonly hatch?: { readonly angle: number; readonly distance: number };
}

type Paper = Pick<Theme, 'background' | 'foreground' | 'highContrast' | 'hues'>;

const STRENGTH = 0.62;
const READABLE = 4.5;
const BLACK: Colour = { red: 0, green: 0, blue: 0, alpha: 1 };
const WHITE: Colour = { red: 255, green: 255, blue: 255, alpha: 1 };

/** Of each of SEGMENTS, by its index. */
export const tileLooks = (theme: Paper): readonly TileLook[] => SEGMENTS.map((segment) => lookOf(segment, theme));

function lookOf(segment: Segment, theme: Paper): TileLook {
  const { background, foreground, highContrast } = theme;
  const colour = segmentColour(segment, theme);
  const edge = cssOf(mix(background, colour, highContrast ? 1 : 0.95));
  if (highContrast) return { fill: cssOf(background), edge, ink: cssOf(foreground), hatch: segmentLines(segment) };
  const fill = mix(background, colour, STRENGTH);
  // One of black and white is readable on any colour.
  const strict = contrast(fill, BLACK) > contrast(fill, WHITE) ? BLACK : WHITE;
  return { fill: cssOf(fill), edge, ink: cssOf(contrast(fill, foreground) >= READABLE ? foreground : strict) };
}

/** The segment that all of these rows have, by its index. */
export function oneSegment({ classes }: MapSnapshot, rows: readonly number[]): number | undefined {
  const segment = classes.segment[rows[0] ?? -1];
  return rows.every((row) => classes.segment[row] === segment) ? segment : undefined;
}

/** For a canvas. */
export const fillOf = ({ edge, fill, hatch: lines }: TileLook): string | CanvasPattern =>
  lines === undefined ? fill : hatch(edge, fill, lines.distance, lines.angle);
