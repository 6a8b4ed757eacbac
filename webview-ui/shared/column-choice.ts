import type { MenuEntry, MenuPlace } from './menu.js';

/** A new column comes where the list of all has it among those that are shown. The first one stays, and never alone. */
export function toggled<Id extends string>(shown: readonly Id[], id: Id, all: readonly Id[]): readonly Id[] {
  if (shown.includes(id)) return shown.length > 2 ? shown.filter((one) => one !== id) : shown;
  const before = new Set(all.slice(0, all.indexOf(id)));
  const at = shown.findLastIndex((one) => before.has(one));
  return shown.toSpliced(at + 1, 0, id);
}

/** The column stands before the other one. The first one stays first. */
export function moved<Id extends string>(shown: readonly Id[], id: Id, before: Id): readonly Id[] {
  if (id === shown[0] || id === before || !shown.includes(id)) return shown;
  const rest = shown.filter((one) => one !== id);
  return rest.toSpliced(Math.max(1, rest.indexOf(before)), 0, id);
}

interface HeaderMenuEvents<Id extends string> {
  readonly sort: (descending: boolean) => void;
  /** Other columns, or others first. */
  readonly columns: (columns: readonly Id[]) => void;
  readonly all: () => void;
}

/** What can be done with a column that is shown. */
export function headerMenu<Id extends string>(
  id: Id,
  shown: readonly Id[],
  { sort, columns, all }: HeaderMenuEvents<Id>,
): readonly MenuEntry[] {
  const disabled = id === shown[0];
  const move = (by: 1 | -1): void => {
    const other = shown[shown.indexOf(id) + by];
    if (other !== undefined) columns(by === 1 ? moved(shown, other, id) : moved(shown, id, other));
  };
  return [
    { label: 'Sort Ascending', run: () => sort(false) },
    { label: 'Sort Descending', run: () => sort(true) },
    { separator: true },
    { label: 'Move Left', keys: 'Alt+Left', disabled, run: () => move(-1) },
    { label: 'Move Right', keys: 'Alt+Right', disabled, run: () => move(1) },
    { label: 'Hide Column', disabled, run: () => columns(shown.filter((one) => one !== id)) },
    { separator: true },
    { label: 'Columns…', run: all },
  ];
}

export function placeBelow(button: HTMLElement): MenuPlace {
  const box = button.getBoundingClientRect();
  return { x: box.left, y: box.bottom + 2 };
}
