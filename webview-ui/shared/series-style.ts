import type { MachinePartId } from '../../src/model/measure.js';
import { type Colour, cssOf, mix, withContrast } from './colour.js';
import { dashOf, hatch } from './patterns.js';
import type { SeriesStyle } from './swatch.js';
import type { Theme } from './theme.js';

const ANGLES = [45, 0, 135, 90] as const;

/** Of a part of the machine's memory: kin have kindred colours. */
export function partStyle(id: MachinePartId, theme: Theme): SeriesStyle {
  const { blue, green, neutral, orange, purple, red, yellow } = theme.hues;
  const colours: Record<MachinePartId, Colour> = {
    applications: blue,
    shared: purple,
    pageCache: green,
    buffers: mix(green, blue, 0.5),
    slabReclaimable: yellow,
    slabUnreclaimable: orange,
    pageTables: mix(orange, red, 0.5),
    kernelStacks: red,
    hugePages: mix(purple, red, 0.5),
    otherKernel: neutral,
    free: neutral,
  };
  const colour = colours[id];
  const order = Object.keys(colours).indexOf(id);
  const free = id === 'free';
  // Neighbours differ in lightness, too: hues alone are not told apart by everybody.
  const strength = theme.highContrast ? 0 : free ? 0.08 : order % 2 === 0 ? 0.75 : 0.4;
  const fill = cssOf(mix(theme.background, colour, strength));
  const style: SeriesStyle = {
    shape: 'area',
    stroke: free ? cssOf(mix(theme.background, colour, 0.5)) : cssOf(colour),
    fill,
    dash: [],
    width: 1,
  };
  // Free memory holds nothing: it is left blank.
  return theme.highContrast && !free
    ? { ...style, hatch: { angle: ANGLES[order % 4] ?? 45, distance: 4 + 2 * (order % 3) } }
    : style;
}

/** What a canvas fills the area with. */
export const fillOf = ({ fill, hatch: lines, stroke }: SeriesStyle): string | CanvasPattern | undefined =>
  lines ? hatch(stroke, fill, lines.distance, lines.angle) : fill;

/** Of the line with this number in its chart. `dash`: another number, where lines of one colour must be told apart. */
export function lineStyle(number: number, theme: Theme, dash = theme.highContrast ? number : 0): SeriesStyle {
  const { blue, green, orange, purple, red, yellow } = theme.hues;
  const hues = [blue, orange, green, purple, red, yellow];
  const round = Math.floor(number / hues.length);
  const hue = hues[number % hues.length] ?? blue;
  const colour = round === 0 ? hue : withContrast(mix(hue, theme.foreground, Math.min(0.6, 0.35 * round)), theme.background, 3);
  return { shape: 'line', stroke: cssOf(colour), dash: dashOf(dash), width: 1.5 };
}

/** A line that stands out among areas. */
export const overlayStyle = (theme: Theme): SeriesStyle => ({ shape: 'line', stroke: theme.text, dash: [], width: 2 });
