import { cutStart, cutToWidth, displayWidth } from './display-width.js';

export interface TextColumnOf<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** Numbers stand on the right. */
  readonly right?: boolean;
  /** Of the last column: where the room is short, the beginning is cut off. */
  readonly keepsEnd?: boolean;
}

/** In less room the beginning and the end of a path tell equally little. */
const LEAST_ROOM = 4;

/**
 * A table for people, line by line. Columns are as wide as what is in them, and lines are cut at `width` cells, when there is one. Every cell is
 * made twice, once for its width: the cells of 65,530 rows are not kept.
 */
export function* tableLines<Row>(
  columns: readonly TextColumnOf<Row>[],
  rows: Iterable<Row>,
  width: number | undefined,
): Generator<string> {
  const widths = columns.map(({ title }) => displayWidth(title));
  for (const row of rows) {
    // What stands last needs no room behind it.
    for (let i = 0; i < columns.length - 1; i++) widths[i] = Math.max(widths[i]!, displayWidth(columns[i]!.text(row)));
  }
  const room = (width ?? Number.POSITIVE_INFINITY) - widths.slice(0, -1).reduce((sum, cells) => sum + cells + 2, 0);
  const line = (text: (column: TextColumnOf<Row>) => string): string => {
    const cells = columns.map((column, i) => {
      const cell = text(column);
      if (column.right !== true && i === columns.length - 1) {
        return column.keepsEnd === true && room >= LEAST_ROOM ? cutStart(cell, room) : cell;
      }
      const space = ' '.repeat(Math.max(0, widths[i]! - displayWidth(cell)));
      return column.right === true ? space + cell : cell + space;
    });
    const whole = cells.join('  ').trimEnd();
    return `${width === undefined ? whole : cutToWidth(whole, width)}\n`;
  };
  yield line(({ title }) => title);
  for (const row of rows) yield line(({ text }) => text(row));
}
