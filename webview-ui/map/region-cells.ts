import { formatBytes, formatCount } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import { textAt } from '../../src/model/map-table.js';
import { formatChange, formatShare, formatSize } from '../shared/format.js';
import { segmentOf } from './map-model.js';
import type { RegionColumn } from './region-columns.js';
import type { RegionData } from './region-data.js';
import { MARK_WORDS, marksOf, permissionWords, segmentLabel } from './region-shape-words.js';
import type { RegionSum } from './region-sums.js';

/** Stands where a value is not told. */
export const DASH = '–';

// A formatter that is made anew for each number costs more than the rest of a row.
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

function numberText({ unit }: RegionColumn, value: number): string {
  if (unit === 'growth') return formatChange(value, 'bytes-per-second');
  if (unit === 'bytes') return value === 0 ? '0' : formatSize(value);
  return whole.format(value);
}

export function cellText(column: RegionColumn, data: RegionData, row: number): string {
  if (column.text !== undefined) return visibleText(column.text(data, row));
  const value = column.number(data, row);
  return Number.isNaN(value) ? DASH : numberText(column, value);
}

/** `≥ 1.5 MiB`: some of them don't tell it. Empty where nothing can be added up. */
export function sumText(column: RegionColumn, sum: RegionSum | undefined, count: number): string {
  if (sum === undefined) return '';
  if (sum.unknown === count) return count === 0 ? '0' : DASH;
  return `${sum.unknown > 0 ? '≥ ' : ''}${numberText(column, sum.total)}`;
}

export function sumNote({ label }: RegionColumn, sum: RegionSum, count: number, all: RegionSum | undefined): string {
  if (sum.unknown === count) return count === 0 ? '' : `${label} is not told of these regions.`;
  const share = formatShare(sum.total, all?.total);
  const missing =
    sum.unknown === 0
      ? ''
      : ` ${formatCount(sum.unknown, 'region')} that ${sum.unknown === 1 ? 'does' : 'do'} not tell it left out.`;
  return `Sum of ${label}: ${formatCount(sum.total, 'byte')}${share === '' ? '' : `, ${share} of all`}.${missing}`;
}

/** What the pointer over a cell, or a screen reader on it, is told beside the text. */
export function cellNote(column: RegionColumn, data: RegionData, row: number): string {
  const { words, snapshot, table } = data;
  switch (column.id) {
    case 'segment': {
      const segment = segmentOf(snapshot, row);
      const definition = words.segments.find(({ id }) => id === segment)?.definition;
      const rule = words.rules[snapshot.classes.rule[row] ?? -1]?.text;
      return [segmentLabel(words, segment), definition, rule === undefined ? undefined : `Decided by: ${rule}`]
        .filter((line) => line !== undefined)
        .join('\n');
    }
    case 'permissions':
      return permissionWords(table.permissions[row] ?? 0);
    case 'marks':
      return marksOf(snapshot, row)
        .map((mark) => `${MARK_WORDS[mark].badge}: ${MARK_WORDS[mark].text}`)
        .join('\n');
    case 'flags':
      return textAt(table.flags, row)
        .split(' ')
        .filter((flag) => flag !== '')
        .map((flag) => `${flag}: ${Object.hasOwn(words.flags, flag) ? words.flags[flag] : 'not known to this version'}`)
        .join('\n');
    case 'start': {
      const name = textAt(table.path, row) || textAt(snapshot.classes.owner, row);
      const range = `${column.text?.(data, row)}-${data.table.end[row]!.toString(16)}`;
      return name === '' ? range : `${range}\n${visibleText(name)}`;
    }
    case 'growth':
      return growthNote(data, row);
    default: {
      if (column.text !== undefined) return cellText(column, data, row);
      const value = column.number(data, row);
      if (Number.isNaN(value)) return `${column.label} is not told of this region.`;
      return `${column.label}: ${column.unit === 'bytes' ? formatCount(value, 'byte') : value}`;
    }
  }
}

function growthNote(data: RegionData, row: number): string {
  const line = data.growthOf(row);
  if (line === undefined) return 'This region was not followed: it did not change, or has just come.';
  const known = line.values.filter((value) => !Number.isNaN(value));
  const range = `${formatBytes(known[0] ?? 0)} to ${formatBytes(known.at(-1) ?? 0)}`;
  const rate = formatChange(line.perSecond, 'bytes-per-second');
  return `${rate}: ${range} in ${formatCount(known.length, 'reading')}.${line.guess ? ' That it is the same region all along is a guess.' : ''}`;
}
