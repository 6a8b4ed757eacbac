import { AMOUNT_FIGURES, type MapAmounts, type MapTable } from '../../model/map-table.js';

const { uss, dirty, thp } = AMOUNT_FIGURES;

/** Sums over these rows of a map, or over all; in bytes. */
export function amountsOf(table: MapTable, rows?: readonly number[]): MapAmounts {
  const sum = (valueAt: (row: number) => number): number => {
    let total = 0;
    if (rows === undefined) for (let row = 0; row < table.length; row++) total += valueAt(row);
    else for (const row of rows) total += valueAt(row);
    return total;
  };
  // A mapping that is cut off does not tell everything; a note of the map says so. What no mapping tells is not known.
  const figure = (name: string): number | undefined => {
    const column = table.figures[name];
    if (column === undefined) return undefined;
    let told = rows?.length === 0;
    const total = sum((row) => {
      const value = column[row]!;
      if (Number.isNaN(value)) return 0;
      told = true;
      return value;
    });
    return told ? total : undefined;
  };
  const all = (names: readonly string[]): number | undefined => {
    const parts = names.map(figure);
    return parts.includes(undefined) ? undefined : parts.reduce<number>((total, part) => total + (part ?? 0), 0);
  };
  const huge = thp.map(figure).filter((bytes) => bytes !== undefined);
  return {
    size: sum((row) => table.end[row]! - table.start[row]!),
    rss: figure('Rss'),
    pss: figure('Pss'),
    uss: all(uss),
    dirty: all(dirty),
    swap: figure('Swap'),
    locked: figure('Locked'),
    thp: huge.length === 0 ? undefined : huge.reduce((total, part) => total + part, 0),
  };
}
