import { SYSTEM_TABLES, type SystemTableId } from '../../src/protocol/system.js';
import { savedFields } from '../shared/saved-state.js';

export const PANELS = ['owners', 'changes', 'free', 'missing'] as const;
export type PanelName = (typeof PANELS)[number];

/** What the page keeps over a reload of the window. */
export interface Saved {
  readonly panel: PanelName;
  /** What is inside of the parts is listed below them. */
  readonly showsInside: boolean;
  /** Parts that are nothing are listed, too. */
  readonly showsZeros: boolean;
  /** Id of an item. */
  readonly item: string | undefined;
  readonly table: SystemTableId | undefined;
  /** How tables are sorted, by their ids. */
  readonly sortings: Readonly<Record<string, TableSorting>>;
}

export interface TableSorting {
  readonly column: string;
  readonly descending: boolean;
}

/** What is not understood is as at first. */
export function readSaved(state: unknown): Saved {
  const { panel, showsInside, showsZeros, item, table, sortings } = savedFields(state);
  return {
    panel: PANELS.find((name) => name === panel) ?? 'owners',
    showsInside: showsInside !== false,
    showsZeros: showsZeros === true,
    item: typeof item === 'string' ? item : undefined,
    table: SYSTEM_TABLES.find((name) => name === table),
    sortings: Object.fromEntries(
      Object.entries(savedFields(sortings)).flatMap(([name, sorting]) => {
        const { column, descending } = savedFields(sorting);
        return typeof column === 'string' ? [[name, { column, descending: descending !== false }]] : [];
      }),
    ),
  };
}
