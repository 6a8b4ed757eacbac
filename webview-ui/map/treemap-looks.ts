import type { MapSnapshot } from '../../src/model/map-snapshot.js';
import { SEGMENTS, type Segment } from '../../src/model/segment.js';
import { contrast, cssOf, mix } from '../shared/colour.js';
import { hatch } from '../shared/patterns.js';
import type { Theme } from '../shared/theme.js';
import { segmentColour, segmentLines } from './segment-style.js';

/** How a region of a segment is drawn. */
export interface TileLook {
  /** Pale enough to be written on. */
  readonly fill: string;
  readonly edge: string;
  /** Lines in high contrast, so that segments are told apart without colours. */
  readonly hatch?: { readonly angle: number; readonly distance: number };
}

const READABLE = 4.5;

/** Of each of SEGMENTS, by its index. */
export const tileLooks = (theme: Theme): readonly TileLook[] => SEGMENTS.map((segment) => lookOf(segment, theme));

function lookOf(segment: Segment, theme: Theme): TileLook {
  const { background, foreground, highContrast } = theme;
  const colour = segmentColour(segment, theme);
  if (highContrast) return { fill: cssOf(background), edge: cssOf(colour), hatch: segmentLines(segment) };
  let strength = 0.65;
  while (strength > 0.15 && contrast(mix(background, colour, strength), foreground) < READABLE) strength -= 0.05;
  return { fill: cssOf(mix(background, colour, strength)), edge: cssOf(mix(background, colour, 0.9)) };
}

/** The segment that all of these rows have, by its index. */
export function oneSegment({ classes }: MapSnapshot, rows: readonly number[]): number | undefined {
  const segment = classes.segment[rows[0] ?? -1];
  return rows.every((row) => classes.segment[row] === segment) ? segment : undefined;
}

/** For a canvas. */
export const fillOf = ({ edge, fill, hatch: lines }: TileLook): string | CanvasPattern =>
  lines === undefined ? fill : hatch(edge, fill, lines.distance, lines.angle);
