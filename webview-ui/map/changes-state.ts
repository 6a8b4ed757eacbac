import type { Sorting } from '../shared/grid-shape.js';
import { savedFields, savedTexts } from '../shared/saved-state.js';
import type { ChangeColumnId } from './changes-columns.js';
import { CHANGE_KINDS, type ChangeKind, isAmount } from './changes-rows.js';

/** What the list of changes keeps over a reload of the window. */
export interface ChangesState {
  /** undefined: nobody has chosen an order. */
  readonly sorting: Sorting<ChangeColumnId> | undefined;
  readonly hidden: readonly ChangeKind[];
}

const OTHERS: readonly ChangeColumnId[] = ['what', 'address', 'permissions', 'growth', 'match'];

/** What is not understood is as at first. */
export function readChangesState(kept: unknown): ChangesState {
  const { column, descending, hidden } = savedFields(kept);
  const known = typeof column === 'string' && isAmount(column) ? column : OTHERS.find((id) => id === column);
  const kinds = savedTexts(hidden) ?? [];
  return {
    sorting: known === undefined ? undefined : { column: known, descending: descending === true },
    hidden: CHANGE_KINDS.filter((kind) => kinds.includes(kind)),
  };
}
