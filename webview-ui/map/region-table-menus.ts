import type { MapSnapshot } from '../../src/model/map-snapshot.js';
import { textAt } from '../../src/model/map-table.js';
import { headerMenu, toggled } from '../shared/column-choice.js';
import { type MenuEntry, type MenuPlace, showMenu } from '../shared/menu.js';
import { hasMark, segmentOf } from './map-model.js';
import type { ColumnSetId } from './region-column-sets.js';
import type { RegionColumn } from './region-columns.js';
import { pathWord, segmentWord } from './region-filter.js';

export interface ColumnMenuEvents {
  readonly columns: (columns: readonly string[]) => void;
  readonly columnSet: (set: ColumnSetId) => void;
  readonly resetWidths: () => void;
}

/** `current` is asked for at each click: the menu stays open while boxes are checked. */
export function showColumnMenu(
  place: MenuPlace,
  offered: readonly RegionColumn[],
  sets: readonly (readonly [ColumnSetId, string])[],
  set: ColumnSetId | undefined,
  current: () => readonly string[],
  events: ColumnMenuEvents,
): void {
  const ids = offered.map(({ id }) => id);
  const shown = current();
  const entries: readonly MenuEntry[] = [
    { separator: true, label: 'Sets' },
    ...sets.map(([id, label]): MenuEntry => ({ label, kind: 'radio', checked: set === id, run: () => events.columnSet(id) })),
    { separator: true, label: 'Columns that this map tells' },
    ...offered.slice(1).map(
      ({ id, label }): MenuEntry => ({
        label,
        kind: 'check',
        checked: shown.includes(id),
        run: () => events.columns(toggled(current(), id, ids)),
      }),
    ),
    { separator: true },
    { label: 'Reset Widths', run: events.resetWidths },
  ];
  showMenu('Columns', entries, place);
}

export function showHeaderMenu(
  place: MenuPlace,
  { id, label }: RegionColumn,
  shown: readonly string[],
  events: Parameters<typeof headerMenu>[2],
): void {
  showMenu(label, headerMenu(id, shown, events), place);
}

export interface RowMenuEvents {
  readonly copyAddress: () => void;
  readonly copyRows: () => void;
  readonly copyPath: (path: string) => void;
  readonly openFile: (path: string) => void;
  /** Puts a word into the filter. */
  readonly filter: (word: string) => void;
  readonly closed: () => void;
}

/** @param count how many rows are selected, this one among them */
export function showRowMenu(place: MenuPlace, snapshot: MapSnapshot, row: number, count: number, events: RowMenuEvents): void {
  const path = textAt(snapshot.table.path, row);
  const word = pathWord(path);
  // What was deleted can't be opened by its name, nor what is no file.
  const isFile = path.startsWith('/') && !hasMark(snapshot, row, 'deleted');
  showMenu(
    'Region',
    [
      { label: 'Copy Address', run: events.copyAddress },
      { label: count > 1 ? `Copy ${count.toLocaleString('en-US')} Rows` : 'Copy Row', keys: 'Ctrl+C', run: events.copyRows },
      { label: 'Copy Path or Name', disabled: path === '', run: () => events.copyPath(path) },
      { separator: true },
      { label: 'Open File…', disabled: !isFile, run: () => events.openFile(path) },
      { separator: true },
      { label: 'Show Only This Segment', run: () => events.filter(segmentWord(segmentOf(snapshot, row))) },
      {
        label: 'Show Only This File or Name',
        disabled: word === undefined,
        run: () => word !== undefined && events.filter(word),
      },
    ],
    place,
    events.closed,
  );
}

export interface GroupMenuEvents {
  readonly toggle: () => void;
  readonly expandAll: (expanded: boolean) => void;
  readonly select: () => void;
  readonly closed: () => void;
}

export function showGroupMenu(place: MenuPlace, expanded: boolean, events: GroupMenuEvents): void {
  showMenu(
    'Group',
    [
      { label: expanded ? 'Collapse' : 'Expand', keys: 'Enter', run: events.toggle },
      { label: 'Expand All', run: () => events.expandAll(true) },
      { label: 'Collapse All', run: () => events.expandAll(false) },
      { separator: true },
      { label: 'Select Its Regions', run: events.select },
    ],
    place,
    events.closed,
  );
}
