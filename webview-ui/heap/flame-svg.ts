import { cssOf, mix } from '../shared/colour.js';
import { boxName, type FlameGraph, type FlameSight, rowsSeen, rowTop } from './flame-graph.js';
import type { FlameLook } from './flame-looks.js';
import { isFound } from './flame-search.js';
import { walkRow } from './flame-walk.js';
import { factsOf, foundWords, graphTitle } from './flame-words.js';

const EDGE = 12;
const HEAD = 34;
const KEY = 190;
/** Of a letter at the size that is written, at most: a viewer may have another font. */
const LETTER = 6.7;
const FONT = 'font-family="ui-monospace, Menlo, Consolas, monospace" font-size="11"';

/** What is seen as SVG: a rectangle for each box with its name, place and amounts as a title, and for boxes that are too narrow one of lines. */
export function flameSvg(graph: FlameGraph, sight: FlameSight): string {
  const { boxes, found, foundLook, looks, rowHeight, theme } = graph;
  const keys = keysOf(graph);
  const perLine = Math.max(1, Math.floor(sight.width / KEY));
  const width = Math.round(sight.width + 2 * EDGE);
  const height = Math.round(HEAD + sight.height + 2 * EDGE + 18 * Math.ceil(keys.length / perLine));
  const paper = cssOf(theme.background);
  const out: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ${FONT}>`,
    `<title>${escaped(pictureTitle(graph, sight))}</title>`,
    `<defs>${[...looks.looks.entries()].map(([at, look]) => linesOf(`look-${at}`, look, paper)).join('')}`,
    `<pattern id="narrow" width="3" height="3" patternUnits="userSpaceOnUse"><rect width="3" height="3" fill="${cssOf(mix(theme.background, theme.foreground, 0.16))}"/><path d="M1.5 0V3" stroke="${cssOf(mix(theme.background, theme.foreground, 0.4))}"/></pattern>`,
    `<clipPath id="sight"><rect x="${EDGE}" y="${HEAD}" width="${round(sight.width)}" height="${round(sight.height)}"/></clipPath></defs>`,
    `<rect width="${width}" height="${height}" fill="${paper}"/>`,
    `<text x="${EDGE}" y="22" font-size="13" font-weight="bold" fill="${theme.text}">${escaped(cut(pictureTitle(graph, sight), sight.width, 8))}</text>`,
    '<g clip-path="url(#sight)">',
  ];
  const fillOf = (look: FlameLook, id: string): string => (look.hatch === undefined ? look.fill : `url(#${id})`);
  const { first, last } = rowsSeen(graph, sight);
  for (let row = first; row <= last; row++) {
    const y = round(HEAD + rowTop(graph, sight, row));
    walkRow(boxes, row, sight.span, sight.width, {
      box: (box, left, right) => {
        const from = Math.max(0, left);
        const wide = Math.min(sight.width, right) - from;
        if (wide <= 0) return;
        const at = looks.of(boxes.node[box]!);
        const isHit = found !== undefined && isFound(found, box, box + 1);
        const look = isHit ? foundLook : looks.looks[at]!;
        const x = round(EDGE + from);
        out.push(
          `<g data-box="${box}"><title>${escaped(titleOf(graph, box, sight.focus))}</title><rect x="${x}" y="${y}" width="${round(Math.max(0.5, wide - (wide >= 3 ? 1 : 0)))}" height="${rowHeight - 1}" fill="${isHit ? look.fill : fillOf(look, `look-${at}`)}"${theme.highContrast ? ` stroke="${look.edge}"` : ''}/>`,
        );
        const shown = cut(boxName(graph, box), wide - 8, LETTER);
        if (shown !== '')
          out.push(
            `<text x="${round(EDGE + from + 4)}" y="${round(y + rowHeight / 2 + 4)}" fill="${look.ink}"${look.hatch === undefined ? '' : ` stroke="${paper}" stroke-width="4" paint-order="stroke"`}>${escaped(shown)}</text>`,
          );
        out.push('</g>');
      },
      run: (from, behind, left, right) =>
        out.push(
          `<g><title>${escaped(`${(behind - from).toLocaleString('en-US')} narrow ${behind - from === 1 ? 'box' : 'boxes'}`)}</title><rect x="${round(EDGE + left)}" y="${y}" width="${round(right - left)}" height="${rowHeight - 1}" fill="url(#narrow)"/></g>`,
        ),
    });
  }
  out.push('</g>');
  keys.forEach(({ label, look, at }, place) => {
    const x = EDGE + (place % perLine) * KEY;
    const y = round(HEAD + sight.height + EDGE + 18 * Math.floor(place / perLine));
    const fill = at === undefined ? look.fill : fillOf(look, `look-${at}`);
    out.push(
      `<rect x="${x + 0.5}" y="${y + 0.5}" width="11" height="11" fill="${fill}" stroke="${look.edge}"/>`,
      `<text x="${x + 18}" y="${y + 10}" fill="${theme.text}">${escaped(cut(label, KEY - 24, LETTER))}</text>`,
    );
  });
  out.push('</svg>');
  return `${out.join('\n')}\n`;
}

/** The key: what the colours mean; `at`: index into the looks. */
export function keysOf({ found, foundLook, looks }: FlameGraph): { label: string; look: FlameLook; at?: number }[] {
  return [
    ...looks.legend.map(({ label, look }) => ({ label, look: looks.looks[look]!, at: look })),
    ...(found === undefined || found.count === 0 ? [] : [{ label: 'Found', look: foundLook }]),
  ];
}

/** With what was searched for. */
export function pictureTitle(graph: FlameGraph, { focus }: FlameSight): string {
  const words = foundWords(graph);
  return `${graphTitle(graph, focus)}${words === '' ? '' : `; “${graph.data.search?.text ?? ''}”: ${words}`}`;
}

function titleOf(graph: FlameGraph, box: number, focus: number): string {
  const { name, place, module, total, self, shares } = factsOf(graph, box, focus);
  const held = [`total ${total}`, ...(self === undefined ? [] : [`self ${self}`]), ...shares].join(', ');
  return [name, place, module, held].filter((part) => part !== '').join('\n');
}

/** Lines of a look on the paper. */
function linesOf(id: string, { edge, hatch }: FlameLook, paper: string): string {
  if (hatch === undefined) return '';
  const { angle, distance } = hatch;
  return `<pattern id="${id}" width="${distance}" height="${distance}" patternUnits="userSpaceOnUse" patternTransform="rotate(${-angle})"><rect width="${distance}" height="${distance}" fill="${paper}"/><path d="M0 ${distance / 2}H${distance}" stroke="${edge}"/></pattern>`;
}

function cut(text: string, room: number, letter: number): string {
  const letters = [...text];
  const fits = Math.floor(room / letter);
  if (letters.length <= fits) return text;
  return fits < 3 ? '' : `${letters.slice(0, fits - 1).join('')}…`;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** As text of XML, which has no control characters at all, and no halves of characters. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
