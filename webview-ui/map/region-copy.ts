import { visibleText } from '../../src/base/visible-text.js';
import type { RegionColumn } from './region-columns.js';
import type { RegionData } from './region-data.js';

/** A spreadsheet would run a cell that begins like a formula. */
const safe = (text: string): string => (/^\s*[=+\-@\uff0b\uff0d\uff1d\uff20]/.test(text) ? `'${text}` : text);

const heading = ({ label, unit }: RegionColumn): string =>
  unit === 'bytes' ? `${label} [bytes]` : unit === 'growth' ? `${label} [bytes/s]` : label;

function cell(column: RegionColumn, data: RegionData, row: number): string {
  if (column.id === 'permissions') return column.text!(data, row);
  if (column.text !== undefined) {
    const text = visibleText(column.text(data, row));
    if (column.unit !== 'address') return safe(text);
    return text === '' ? '' : `0x${text}`;
  }
  const value = column.number(data, row);
  return Number.isNaN(value) ? '' : `${column.unit === 'growth' ? Math.round(value) : value}`;
}

/**
 * Cells apart by tabs below the names of the columns, as a spreadsheet takes them: amounts in bytes, addresses in hexadecimal, nothing for what is
 * not told.
 */
export function copyText(columns: readonly RegionColumn[], data: RegionData, rows: Iterable<number>): string {
  const lines = [columns.map(heading).join('\t')];
  for (const row of rows) lines.push(columns.map((column) => cell(column, data, row)).join('\t'));
  return `${lines.join('\n')}\n`;
}
