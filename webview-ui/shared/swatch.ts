import { setAttribute } from './dom.js';

/** How a series is drawn. */
export interface SeriesStyle {
  readonly shape: 'line' | 'area';
  readonly stroke: string;
  /** Of an area: its colour, and the angle of its lines where colours alone would not tell the parts apart. */
  readonly fill?: string;
  readonly hatch?: { readonly angle: number; readonly distance: number };
  readonly dash: readonly number[];
  readonly width: number;
}

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 18;
const HEIGHT = 12;

/** A piece of the series, as a key to the chart. */
export function swatch(style: SeriesStyle): SVGSVGElement {
  const picture = make('svg', {
    class: 'swatch',
    width: WIDTH,
    height: HEIGHT,
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    'aria-hidden': 'true',
  });
  if (style.shape === 'line') {
    const dash = style.dash.length > 0 ? style.dash.join(' ') : 'none';
    picture.append(
      make('line', {
        x1: 0,
        y1: 6,
        x2: WIDTH,
        y2: 6,
        stroke: style.stroke,
        'stroke-width': Math.max(2, style.width),
        'stroke-dasharray': dash,
      }),
    );
    return picture;
  }
  picture.append(
    make('rect', { x: 3.5, y: 0.5, width: 11, height: 11, rx: 1.5, fill: style.fill ?? 'none', stroke: style.stroke }),
  );
  if (style.hatch) picture.append(...hatchLines(style.stroke, style.hatch));
  return picture;
}

function hatchLines(stroke: string, { angle, distance }: NonNullable<SeriesStyle['hatch']>): Element[] {
  const lines: Element[] = [];
  const line = (x1: number, y1: number, x2: number, y2: number) =>
    lines.push(make('line', { x1, y1, x2, y2, stroke, 'stroke-width': 1 }));
  for (let at = distance / 2; at < 11; at += distance) {
    if (angle === 0) line(4, at + 0.5, 14, at + 0.5);
    else if (angle === 90) line(at + 3.5, 1, at + 3.5, 11);
    else if (angle === 45) {
      line(4, at + 0.5, 4 + at, 0.5);
      line(4 + at, 11.5, 14.5, at + 0.5);
    } else {
      line(4, 11.5 - at, 4 + at, 11.5);
      line(4 + at, 0.5, 14.5, 11.5 - at);
    }
  }
  return lines;
}

function make<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Record<string, string | number>,
): SVGElementTagNameMap[Name] {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) setAttribute(node, key, value);
  return node;
}
