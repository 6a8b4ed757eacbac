import { element, setAttribute } from '../shared/dom.js';
import { formatChange, formatDuration } from '../shared/format.js';
import { CHANGE_SIGNS } from './address-space-facts.js';
import type { MapModel } from './map-model.js';
import { sparkPath } from './spark-path.js';

const SVG = 'http://www.w3.org/2000/svg';
const BOX = { width: 260, height: 36 };

/** How these regions changed: since the moment that is compared, and over the live readings as a line. */
export function growthLines(
  { growth, diff }: Pick<MapModel, 'growth' | 'diff'>,
  rows: readonly number[],
): readonly HTMLElement[] {
  const wanted = new Set(rows);
  const made: HTMLElement[] = [];
  const changes = diff?.diff.changes.filter(({ after }) => after.some((row) => wanted.has(row))) ?? [];
  const [change] = changes;
  if (change !== undefined && changes.length === 1) {
    const { sign, word } = CHANGE_SIGNS[change.kind];
    const { size, rss } = change.delta;
    const amounts = [
      ...(size === undefined ? [] : [`size ${formatChange(size, 'bytes')}`]),
      ...(rss === undefined ? [] : [`RSS ${formatChange(rss, 'bytes')}`]),
    ];
    const text = `${sign} ${word} since the moment compared: ${amounts.join(', ')}`;
    made.push(element('p', {}, `${text}${change.guess ? '. That it is the same region is a guess.' : ''}`));
  } else if (diff !== undefined && changes.length === 0) made.push(element('p', {}, 'As it was at the moment compared.'));
  const lines = growth?.lines.filter(({ row }) => wanted.has(row)) ?? [];
  const [line] = lines;
  if (growth === undefined || line === undefined) return made;
  const perSecond = lines.reduce((sum, one) => sum + one.perSecond, 0);
  const watched = formatDuration((growth.at.at(-1) ?? 0) - (growth.at[0] ?? 0));
  const guess = lines.some((one) => one.guess) ? '; that it is the same region over that time is a guess' : '';
  const of = rows.length === 1 ? '' : ` (${lines.length.toLocaleString('en-US')} of them change)`;
  made.push(element('p', {}, `${formatChange(perSecond, 'bytes-per-second')} over ${watched}${of}${guess}`));
  if (rows.length === 1) made.push(element('div', { class: 'details-spark' }, spark(growth.at, line.values)));
  return made;
}

/** Told in words above it. */
function spark(at: readonly number[], values: Float64Array): Element {
  const picture = document.createElementNS(SVG, 'svg');
  setAttribute(picture, 'viewBox', `-2 -3 ${BOX.width + 4} ${BOX.height + 6}`);
  setAttribute(picture, 'preserveAspectRatio', 'none');
  setAttribute(picture, 'aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  setAttribute(path, 'd', sparkPath(at, values, BOX.width, BOX.height));
  setAttribute(path, 'vector-effect', 'non-scaling-stroke');
  picture.append(path);
  return picture;
}
