import { type ColumnId, columnOf } from './columns.js';

/** Below this width, in pixels, the columns that matter most come first. */
export const NARROW = 460;

/** Widths where there is no room to spare: the command, USS and growth fill 300 pixels. */
const SLIM: ReadonlyMap<ColumnId, number> = new Map([
  ['uss', 76],
  ['growth', 104],
]);
const SLIM_COMMAND = 106;

export interface ColumnLayout {
  readonly columns: readonly ColumnId[];
  readonly widths: readonly number[];
}

/** Order and widths for a table this wide. A width of the user's own always holds. */
export function layoutColumns(
  columns: readonly ColumnId[],
  own: Readonly<Record<string, number>>,
  available: number,
): ColumnLayout {
  if (available >= NARROW || available === 0) {
    return { columns, widths: columns.map((id) => own[id] ?? columnOf(id).width) };
  }
  const first = columns.filter((id) => SLIM.has(id)).sort((a, b) => (a === 'uss' ? -1 : b === 'uss' ? 1 : 0));
  const ordered = ['command' as const, ...first, ...columns.filter((id) => id !== 'command' && !SLIM.has(id))];
  const widthOf = (id: ColumnId): number => own[id] ?? SLIM.get(id) ?? columnOf(id).width;
  const command = Math.max(SLIM_COMMAND, available - first.reduce((sum, id) => sum + widthOf(id), 0));
  return { columns: ordered, widths: ordered.map((id) => (id === 'command' ? (own['command'] ?? command) : widthOf(id))) };
}
