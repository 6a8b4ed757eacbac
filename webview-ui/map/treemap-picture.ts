import { visibleText } from '../../src/base/visible-text.js';
import { SEGMENTS } from '../../src/model/segment.js';
import { cssOf } from '../shared/colour.js';
import { formatMoment } from '../shared/format.js';
import { segmentLabel } from './region-shape-words.js';
import { segmentsShown } from './treemap-legend.js';
import { fillOf } from './treemap-looks.js';
import type { Treemap } from './treemap-painter.js';
import { AREA_WORDS, GROUPING_WORDS, summaryWords } from './treemap-words.js';

const EDGE = 12;
const LINE = 20;
const KEY = 180;

/** `RSS of leaky (4711) by segment: 14.2 MiB in 132 of 512 regions, 2026-01-15 10:00:00`; with the part that is shown. */
export function treemapTitle({ area, by, groups, model, reached }: Treemap): string {
  const { moment, snapshot } = model.map;
  const { origin } = snapshot;
  const whose = origin.kind === 'process' ? `${origin.command} (${origin.process.pid})` : origin.name;
  const part = reached.crumbs.map(({ label }) => `${label}, `).join('');
  const when = `${new Date(moment.at).toISOString().slice(0, 10)} ${formatMoment(moment.at)}`;
  return `${AREA_WORDS[area]} of ${visibleText(whose)} by ${GROUPING_WORDS[by].by.toLowerCase()}: ${part}${summaryWords(groups, area)}, ${when}`;
}

/** What is shown as a PNG, with a title above and the colours below. */
export async function treemapPicture(
  map: Treemap,
  { base, overlay }: { readonly base: HTMLCanvasElement; readonly overlay: HTMLCanvasElement },
): Promise<Uint8Array | undefined> {
  const { theme } = map;
  const ratio = base.width / Math.max(1, map.width);
  const width = map.width + 2 * EDGE;
  const keys = segmentsShown(map);
  const perLine = Math.max(1, Math.floor(map.width / KEY));
  const height = map.height + LINE * (1 + Math.ceil(keys.length / perLine)) + 3 * EDGE;
  const whole = document.createElement('canvas');
  whole.width = Math.ceil(width * ratio);
  whole.height = Math.ceil(height * ratio);
  const ctx = whole.getContext('2d');
  if (ctx === null) return undefined;
  ctx.scale(ratio, ratio);
  ctx.fillStyle = cssOf(theme.background);
  ctx.fillRect(0, 0, width, height);
  ctx.textBaseline = 'middle';
  ctx.fillStyle = theme.text;
  ctx.font = `600 ${theme.fontSize}px ${theme.font}`;
  ctx.fillText(treemapTitle(map), EDGE, EDGE + LINE / 2 - 2, map.width);
  for (const canvas of [base, overlay]) ctx.drawImage(canvas, EDGE, EDGE + LINE, map.width, map.height);
  ctx.font = `${theme.fontSize - 1}px ${theme.font}`;
  keys.forEach((index, at) => {
    const x = EDGE + (at % perLine) * KEY;
    const y = 2 * EDGE + LINE + map.height + Math.floor(at / perLine) * LINE;
    const look = map.looks[index]!;
    ctx.fillStyle = fillOf(look);
    ctx.fillRect(x, y + 4, 12, 12);
    ctx.strokeStyle = look.edge;
    ctx.strokeRect(x + 0.5, y + 4.5, 11, 11);
    ctx.fillStyle = theme.text;
    ctx.fillText(segmentLabel(map.model.words, SEGMENTS[index]!), x + 18, y + LINE / 2, KEY - 24);
  });
  const blob = await new Promise<Blob | null>((done) => whole.toBlob(done, 'image/png'));
  return blob === null ? undefined : new Uint8Array(await blob.arrayBuffer());
}
