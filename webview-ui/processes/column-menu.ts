import { toggled } from '../shared/column-choice.js';
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
        run: () => events.columns(toggled(current(), id, COLUMN_IDS)),
      }),
    ),
    { separator: true, label: 'Bars in cells' },
    ...BARS.map(([id, label]): MenuEntry => ({ label, kind: 'radio', checked: bars === id, run: () => events.bars(id) })),
    { separator: true },
    { label: 'Reset Widths', run: events.resetWidths },
  ];
}
