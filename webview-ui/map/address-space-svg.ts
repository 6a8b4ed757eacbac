import { visibleText } from '../../src/base/visible-text.js';
import { addressText, amountAt, permissionsText } from '../../src/model/map-table.js';
import { SEGMENTS, type Segment } from '../../src/model/segment.js';
import { cssOf, mix } from '../shared/colour.js';
import { bandsOf } from './address-space-bands.js';
import { PART_LOOKS } from './address-space-fills.js';
import type { Space } from './address-space-painter.js';
import { segmentOf } from './map-model.js';
import { PARTS } from './region-shape.js';
import { regionName, segmentLabel, sizeText } from './region-shape-words.js';
import { segmentColour, segmentLines } from './segment-style.js';

/** Higher is no picture any more; regions that are then below a pixel are merged. It also bounds the size of the text. */
const HIGHEST = 6000;
const WIDTH = 760;
const HEAD = 40;
const BAR = { left: 110, width: 260 };
/** Of the bar, at its left edge: the segment. In high contrast its lines tell which, and need room. */
const SPINE = { normal: 5, highContrast: 16 };
const LABEL = 384;
const READABLE = 9;
const LONGEST_NAME = 48;

/** Text and attribute values of XML; characters that XML forbids, and lone halves of others, don't come through `visibleText`. */
export const escaped = (text: string): string =>
  visibleText(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' })[c] ?? c);

/** `leaky (4711), 42 regions` */
export function spaceTitle({ model }: Space): string {
  const { origin, table } = model.map.snapshot;
  const whose = origin.kind === 'process' ? `${origin.command} (${origin.process.pid})` : origin.name;
  return `Address space of ${visibleText(whose)}, ${table.length.toLocaleString('en-US')} regions, ${new Date(model.map.moment.at).toISOString()}`;
}

/** The whole space in one column, as SVG: rectangles and text only. Never more than a few megabytes, whatever the map. */
export function spaceSvg(space: Space): string {
  const { fills, model, scale, shapes, theme } = space;
  const { snapshot } = model.map;
  const { table, classes } = snapshot;
  const zoom = Math.min(1.2, HIGHEST / Math.max(1, scale.height));
  const height = Math.ceil(scale.height * zoom);
  const bands = bandsOf(scale, zoom, 0, height);
  const present = new Set(classes.segment);
  const keys = SEGMENTS.filter((_, index) => present.has(index));
  const full = HEAD + height + 24 + 18 * Math.ceil(keys.length / 4);
  const out: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${full}" viewBox="0 0 ${WIDTH} ${full}" font-family="sans-serif" font-size="11">`,
    `<title>${escaped(spaceTitle(space))}</title>`,
    `<rect width="${WIDTH}" height="${full}" fill="${cssOf(theme.background)}"/>`,
    `<text x="12" y="22" font-size="13" font-weight="bold" fill="${theme.text}">${escaped(spaceTitle(space))}</text>`,
  ];
  const rect = (x: number, y: number, width: number, high: number, fill: string) =>
    out.push(`<rect x="${round(x)}" y="${y}" width="${round(width)}" height="${high}" fill="${fill}"/>`);
  const text = (x: number, y: number, content: string, fill: string, more = '') =>
    out.push(`<text x="${x}" y="${round(y)}" fill="${fill}"${more}>${escaped(content)}</text>`);
  // Where colours must not be the only thing that tells segments apart, each has lines of its own.
  const spineOf = (segment: Segment): string =>
    theme.highContrast ? `url(#lines-${SEGMENTS.indexOf(segment)})` : cssOf(segmentColour(segment, theme));
  const spine = theme.highContrast ? SPINE.highContrast : SPINE.normal;
  if (theme.highContrast) out.push(...keys.map((segment) => pattern(segment, theme)));
  const parts = new Float64Array(PARTS.length);
  let ruled = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < bands.length; at++) {
    const row = bands.row[at]!;
    const top = HEAD + bands.top[at]!;
    const high = bands.bottom[at]! - bands.top[at]!;
    const fill = fills[classes.segment[row]!]!;
    rect(
      BAR.left,
      top,
      BAR.width,
      Math.max(1, high - 1),
      high < 3
        ? fill.solid
        : cssOf(mix(theme.background, segmentColour(segmentOf(snapshot, row), theme), theme.highContrast ? 0 : 0.16)),
    );
    const readable = high >= READABLE;
    if (top - ruled >= (readable ? 10 : 40)) {
      ruled = top;
      text(
        BAR.left - 8,
        top + 9,
        addressText(table.start[row]!),
        theme.muted,
        ' text-anchor="end" font-family="monospace" font-size="10"',
      );
    }
    if (high < 3) continue;
    if (shapes.read(row, parts)) {
      const colour = segmentColour(segmentOf(snapshot, row), theme);
      const size = Math.max(1, table.end[row]! - table.start[row]!);
      let x = BAR.left + spine + 1;
      const right = BAR.left + BAR.width;
      PARTS.forEach((part, index) => {
        const bytes = parts[index]!;
        if (!(bytes > 0) || x >= right) return;
        const width = Math.min(right - x, Math.max(1, ((BAR.width - spine - 1) * bytes) / size));
        // Plain colours: shared parts are told by lightness here.
        const { strength, angle } = PART_LOOKS[part];
        rect(
          x,
          top,
          width,
          Math.max(1, high - 1),
          cssOf(mix(theme.background, colour, angle === undefined ? strength : strength * 0.75)),
        );
        x += width;
      });
    }
    rect(BAR.left, top, spine, Math.max(1, high - 1), spineOf(segmentOf(snapshot, row)));
    if (theme.highContrast) {
      const box = `x="${BAR.left + 0.5}" y="${top + 0.5}" width="${BAR.width - 1}" height="${Math.max(1, high - 2)}"`;
      out.push(`<rect ${box} fill="none" stroke="${fill.solid}"/>`);
    }
    if (!readable) continue;
    const middle = top + high / 2 + 4;
    const name = [...regionName(snapshot, row)];
    const shown = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME).join('')}…` : name.join('');
    const label = `${segmentLabel(model.words, segmentOf(snapshot, row))} ${permissionsText(table.permissions[row] ?? 0)} ${shown}`;
    text(LABEL, middle, label.trim(), theme.text);
    text(WIDTH - 12, middle, sizeText(amountAt(table, row, 'size') ?? 0), theme.text, ' text-anchor="end"');
  }
  for (let row = 0; row < scale.length && bands.length === scale.length; row++) {
    const above = row === 0 ? 0 : scale.bottom[row - 1]!;
    if ((scale.top[row]! - above) * zoom < READABLE) continue;
    const { from, to } = scale.gapBefore(row);
    text(
      LABEL,
      HEAD + ((above + scale.top[row]!) / 2) * zoom + 3,
      `not used, ${sizeText(to - from)}`,
      theme.muted,
      ' font-size="9"',
    );
  }
  keys.forEach((id, at) => {
    const x = 12 + (at % 4) * 186;
    const y = HEAD + height + 16 + Math.floor(at / 4) * 18;
    rect(x, y, 12, 12, spineOf(id));
    text(x + 18, y + 10, segmentLabel(model.words, id), theme.text);
  });
  out.push('</svg>');
  return `${out.join('\n')}\n`;
}

/** Lines of a segment on the background. */
function pattern(segment: Segment, theme: Space['theme']): string {
  const { angle, distance } = segmentLines(segment);
  const colour = cssOf(segmentColour(segment, theme));
  return [
    `<pattern id="lines-${SEGMENTS.indexOf(segment)}" width="${distance}" height="${distance}" patternUnits="userSpaceOnUse" patternTransform="rotate(${-angle})">`,
    `<rect width="${distance}" height="${distance}" fill="${cssOf(theme.background)}"/><path d="M0 ${distance / 2}H${distance}" stroke="${colour}"/></pattern>`,
  ].join('');
}

const round = (value: number): number => Math.round(value * 10) / 10;
