import { SEGMENTS } from '../../src/model/segment.js';
import { cssOf, mix } from '../shared/colour.js';
import { escaped } from './address-space-svg.js';
import { segmentLabel, sizeText } from './region-shape-words.js';
import { segmentsShown } from './treemap-legend.js';
import { oneSegment } from './treemap-looks.js';
import { boxOf, type Treemap } from './treemap-painter.js';
import { treemapTitle } from './treemap-picture.js';
import { regionLabel } from './treemap-words.js';

const EDGE = 12;
const HEAD = 34;
const KEY = 180;
/** Of a letter at the size that is written, at most: a viewer may have another font. */
const LETTER = 6.6;

/** What is shown as SVG: rectangles and text, each rectangle with its name and amount as a title. */
export function treemapSvg(map: Treemap): string {
  const { by, looks, model, theme, tiles } = map;
  const { snapshot } = model.map;
  const keys = segmentsShown(map);
  const perLine = Math.max(1, Math.floor(map.width / KEY));
  const width = map.width + 2 * EDGE;
  const height = HEAD + map.height + 2 * EDGE + 18 * Math.ceil(keys.length / perLine);
  const ink = theme.text;
  const paper = cssOf(theme.background);
  const fill = (index: number): string => (looks[index]!.hatch === undefined ? looks[index]!.fill : `url(#lines-${index})`);
  const out: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<title>${escaped(treemapTitle(map))}</title>`,
    `<rect width="${width}" height="${height}" fill="${paper}"/>`,
    `<text x="${EDGE}" y="22" font-size="13" font-weight="bold" fill="${ink}">${escaped(treemapTitle(map))}</text>`,
  ];
  for (const index of keys) {
    const { edge, hatch } = looks[index]!;
    if (hatch === undefined) continue;
    const { angle, distance } = hatch;
    out.push(
      `<pattern id="lines-${index}" width="${distance}" height="${distance}" patternUnits="userSpaceOnUse" patternTransform="rotate(${-angle})">`,
      `<rect width="${distance}" height="${distance}" fill="${paper}"/><path d="M0 ${distance / 2}H${distance}" stroke="${edge}"/></pattern>`,
    );
  }
  const text = (x: number, y: number, content: string, room: number, colour: string, more = ''): void => {
    const letters = [...content];
    const fits = Math.floor(room / LETTER);
    if (letters.length > fits && fits < 5) return;
    const shown = letters.length > fits ? `${letters.slice(0, fits - 1).join('')}…` : content;
    // A line of paper around the letters: they may stand on lines.
    out.push(
      `<text x="${x}" y="${y}" fill="${colour}" stroke="${paper}" stroke-width="${theme.highContrast ? 4 : 0}" paint-order="stroke"${more}>${escaped(shown)}</text>`,
    );
  };
  for (const tile of tiles) {
    const box = boxOf(tile);
    if (box.width <= 0 || box.height <= 0) continue;
    const x = EDGE + box.x;
    const y = HEAD + box.y;
    const row = tile.rows[0]!;
    const index = tile.kind === 'group' ? undefined : oneSegment(snapshot, tile.rows);
    const [inside, edge] =
      index === undefined
        ? [cssOf(mix(theme.background, theme.foreground, 0.1)), tile.kind === 'group' ? paper : theme.muted]
        : [fill(index), looks[index]!.edge];
    const label = tile.kind === 'region' ? regionLabel(model.words, snapshot, row, by) || sizeText(tile.value) : tile.label;
    out.push(
      `<g><title>${escaped(`${label}, ${sizeText(tile.value)}`)}</title>`,
      `<rect x="${x + 0.5}" y="${y + 0.5}" width="${Math.max(0.5, box.width - 1)}" height="${Math.max(0.5, box.height - 1)}" fill="${inside}" stroke="${edge}"/>`,
    );
    if (tile.kind === 'group' ? tile.header > 0 : box.height >= 15)
      text(
        x + 4,
        y + 12,
        label,
        box.width - 8,
        index === undefined ? ink : looks[index]!.ink,
        tile.kind === 'group' ? ' font-weight="bold"' : '',
      );
    out.push('</g>');
  }
  keys.forEach((index, at) => {
    const x = EDGE + (at % perLine) * KEY;
    const y = HEAD + map.height + EDGE + 18 * Math.floor(at / perLine);
    out.push(
      `<rect x="${x + 0.5}" y="${y + 0.5}" width="11" height="11" fill="${fill(index)}" stroke="${looks[index]!.edge}"/>`,
      `<text x="${x + 18}" y="${y + 10}" fill="${ink}">${escaped(segmentLabel(model.words, SEGMENTS[index]!))}</text>`,
    );
  });
  out.push('</svg>');
  return `${out.join('\n')}\n`;
}
