import { visibleText } from '../../src/base/visible-text.js';
import type { Cell, SystemColumn, SystemRow, SystemTable } from '../../src/protocol/system.js';
import { formatChange, formatValue } from '../shared/format.js';
import type { TableSorting } from './saved.js';

const UNKNOWN = '–';

/** What stands in a cell, and is copied of it. */
export function cellText(value: Cell, { unit, id }: SystemColumn): string {
  if (value === undefined) return UNKNOWN;
  if (typeof value === 'string') return visibleText(value);
  if (unit === 'change') return formatChange(value, 'bytes');
  if (unit === 'percent') return formatValue(value, 'percent');
  // A number that names a process has no thousands.
  if (unit === 'count') return NAMING.has(id) ? `${value}` : formatValue(value, 'count');
  return formatValue(value, 'bytes');
}

const NAMING: ReadonlySet<string> = new Set(['pid', 'creator', 'last']);

export const isUnknown = (value: Cell): boolean => value === undefined;

/** Rows in order; those that do not tell the value are always last. */
export function sortedRows(table: SystemTable, rows: readonly SystemRow[], sorting: TableSorting): readonly SystemRow[] {
  const at = table.columns.findIndex(({ id }) => id === sorting.column);
  if (at < 0) return rows;
  const sign = sorting.descending ? -1 : 1;
  return rows.toSorted((one, other) => compare(one.cells[at], other.cells[at], sign));
}

function compare(one: Cell, other: Cell, sign: number): number {
  if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
  if (typeof one === 'number' && typeof other === 'number') return sign * (one - other);
  // A word among amounts, such as none, is beyond them.
  if (typeof one !== typeof other) return sign * (typeof one === 'string' ? 1 : -1);
  return sign * `${one}`.localeCompare(`${other}`, 'en', { numeric: true });
}

/** Words apart by blanks must all be in the texts of a row; `-word` must not; `>10M` asks for an amount above it. */
export function filteredRows(table: SystemTable, text: string): readonly SystemRow[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '-');
  if (words.length === 0) return table.rows;
  const tests = words.map((word) => testOf(word, table.columns));
  return table.rows.filter((row) => tests.every((test) => test(row)));
}

const POWERS: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4 };

function testOf(word: string, columns: readonly SystemColumn[]): (row: SystemRow) => boolean {
  const [, sign, number, unit = ''] = /^([<>])(\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?$/.exec(word) ?? [];
  if (number !== undefined) {
    const limit = Number(number) * 1024 ** (POWERS[unit] ?? 0);
    const at = columns.findIndex((column) => column.unit === 'bytes' || column.unit === 'change');
    return ({ cells }) => {
      const value = cells[at];
      return typeof value === 'number' && (sign === '>' ? value > limit : value < limit);
    };
  }
  const isNot = word.startsWith('-');
  const wanted = isNot ? word.slice(1) : word;
  return ({ cells }) => cells.some((cell, at) => isWord(columns[at], cell) && `${cell}`.toLowerCase().includes(wanted)) !== isNot;
}

const isWord = (column: SystemColumn | undefined, cell: Cell): boolean =>
  cell !== undefined && (typeof cell === 'string' || (column !== undefined && NAMING.has(column.id)));

/** Sums of the columns that have one, of these rows. */
export function sumsOf(table: SystemTable, rows: readonly SystemRow[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    table.columns.flatMap((column, at) => {
      if (column.isSum !== true) return [];
      const values = rows.map(({ cells }) => cells[at]).filter((value) => typeof value === 'number');
      const sum = values.reduce((all, value) => all + value, 0);
      return values.length === 0 ? [] : [[column.id, cellText(sum, column)]];
    }),
  );
}
