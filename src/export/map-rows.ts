import { EXECUTE, type MapTable, READ, SHARED, type TextColumn, WRITE } from '../model/map-table.js';

/** `7f12c0000000`, as the kernel writes it. A `number` holds every page's address exactly. */
export const hexOf = (address: number): string => BigInt(address).toString(16).padStart(8, '0');

/** `rw-p` */
export const permissionsText = (bits: number): string =>
  `${bits & READ ? 'r' : '-'}${bits & WRITE ? 'w' : '-'}${bits & EXECUTE ? 'x' : '-'}${bits & SHARED ? 's' : 'p'}`;

export const textAt = (column: TextColumn, row: number): string => column.texts[column.index[row] ?? 0] ?? '';

/** Names of the amounts that the map tells, as they came. */
export const figureNames = (table: MapTable): readonly string[] => Object.keys(table.figures);
