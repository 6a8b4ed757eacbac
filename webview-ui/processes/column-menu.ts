import type { MenuEntry } from '../shared/menu.js';
import { COLUMN_SETS, type ColumnSetId, setOf } from './column-sets.js';
import { COLUMN_IDS, type ColumnId, columnOf } from './columns.js';
import type { Bars } from './view-state.js';

export interface ColumnMenuEvents {
  readonly columns: (columns: readonly ColumnId[]) => void;
  readonly columnSet: (set: ColumnSetId) => void;
  readonly bars: (bars: Bars) => void;
  readonly resetWidths: () => void;
}

const BARS: readonly (readonly [Bars, string])[] = [
  ['largest', 'Share of the largest'],
  ['machine', 'Share of the memory of the machine'],
  ['none', 'No bars'],
];

/** `current` is asked for at each click: the menu stays open while boxes are checked. */
export function columnMenu(current: () => readonly ColumnId[], bars: Bars, events: ColumnMenuEvents): readonly MenuEntry[] {
  const shown = current();
  return [
    { separator: true, label: 'Sets' },
    ...COLUMN_SETS.map(
      ({ id, label }): MenuEntry => ({ label, kind: 'radio', checked: setOf(shown) === id, run: () => events.columnSet(id) }),
    ),
    { separator: true, label: 'Columns' },
    ...COLUMN_IDS.filter((id) => id !== 'command').map(
      (id): MenuEntry => ({
        label: columnOf(id).label,
        kind: 'check',
        checked: shown.includes(id),
        run: () => events.columns(toggled(current(), id)),
      }),
    ),
    { separator: true, label: 'Bars in cells' },
    ...BARS.map(([id, label]): MenuEntry => ({ label, kind: 'radio', checked: bars === id, run: () => events.bars(id) })),
    { separator: true },
    { label: 'Reset Widths', run: events.resetWidths },
  ];
}

/** A new column comes where the list of all has it among those that are shown. */
export function toggled(shown: readonly ColumnId[], id: ColumnId): readonly ColumnId[] {
  if (shown.includes(id)) return shown.length > 2 ? shown.filter((one) => one !== id) : shown;
  const before = new Set(COLUMN_IDS.slice(0, COLUMN_IDS.indexOf(id)));
  const at = shown.findLastIndex((one) => before.has(one));
  return shown.toSpliced(at + 1, 0, id);
}

/** The column stands before the other one. The command stays first. */
export function moved(shown: readonly ColumnId[], id: ColumnId, before: ColumnId): readonly ColumnId[] {
  if (id === 'command' || id === before || !shown.includes(id)) return shown;
  const rest = shown.filter((one) => one !== id);
  return rest.toSpliced(Math.max(1, rest.indexOf(before)), 0, id);
}

export function headerMenu(
  id: ColumnId,
  events: {
    readonly sort: (descending: boolean) => void;
    readonly hide: () => void;
    readonly move: (by: 1 | -1) => void;
    readonly all: () => void;
  },
): readonly MenuEntry[] {
  const fixed = id === 'command';
  return [
    { label: 'Sort Ascending', run: () => events.sort(false) },
    { label: 'Sort Descending', run: () => events.sort(true) },
    { separator: true },
    { label: 'Move Left', keys: 'Alt+Left', disabled: fixed, run: () => events.move(-1) },
    { label: 'Move Right', keys: 'Alt+Right', disabled: fixed, run: () => events.move(1) },
    { label: 'Hide Column', disabled: fixed, run: events.hide },
    { separator: true },
    { label: 'Columns…', run: events.all },
  ];
}
