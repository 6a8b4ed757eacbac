import { visibleText } from '../../src/base/visible-text.js';
import type { MapSnapshot } from '../../src/model/map-snapshot.js';
import { amountAt, type MapAmounts, permissionsText, textAt } from '../../src/model/map-table.js';
import { SEGMENTS } from '../../src/model/segment.js';
import type { Words } from './map-model.js';
import { lastName, permissionWords, segmentLabel } from './region-shape-words.js';

/** What the area stands for. */
export const AREAS = ['rss', 'pss', 'uss', 'swap', 'size'] as const;
export type Area = (typeof AREAS)[number];

export const GROUPINGS = ['segment', 'file', 'permission'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Regions that belong together, and hold something. */
export interface Group {
  readonly key: string;
  readonly label: string;
  /** What the segment is, the whole path, the permissions in words. */
  readonly title: string;
  /** Largest first. */
  readonly rows: readonly number[];
  readonly total: number;
}

export interface Groups {
  /** Largest first. */
  readonly groups: readonly Group[];
  /** Bytes of each row; NaN: not told. */
  readonly values: Float64Array;
  readonly total: number;
  /** Regions that hold something; others have no area. */
  readonly holding: number;
  /** Regions of which it is not told. */
  readonly untold: number;
}

/** Those that the form tells. */
export const areasTold = (whole: MapAmounts): Area[] => AREAS.filter((area) => whole[area] !== undefined);

export function groupsOf(snapshot: MapSnapshot, words: Words, area: Area, by: Grouping): Groups {
  const { table, classes } = snapshot;
  const values = new Float64Array(table.length);
  const keys: ArrayLike<number> = by === 'segment' ? classes.segment : by === 'file' ? table.path.index : table.permissions;
  const rowsOf = new Map<number, number[]>();
  let untold = 0;
  for (let row = 0; row < table.length; row++) {
    const value = amountAt(table, row, area) ?? Number.NaN;
    values[row] = value;
    if (Number.isNaN(value)) untold++;
    if (!(value > 0)) continue;
    const key = keys[row]!;
    const rows = rowsOf.get(key);
    if (rows === undefined) rowsOf.set(key, [row]);
    else rows.push(row);
  }
  const groups = [...rowsOf.values()].map((rows): Group => {
    // By address where they are alike: the sort is stable.
    rows.sort((a, b) => values[b]! - values[a]!);
    return { ...named(snapshot, words, by, rows[0]!), rows, total: rows.reduce((sum, row) => sum + values[row]!, 0) };
  });
  groups.sort((a, b) => b.total - a.total);
  return {
    groups,
    values,
    total: groups.reduce((sum, { total }) => sum + total, 0),
    holding: groups.reduce((sum, { rows }) => sum + rows.length, 0),
    untold,
  };
}

function named({ table, classes }: MapSnapshot, words: Words, by: Grouping, row: number): Pick<Group, 'key' | 'label' | 'title'> {
  if (by === 'segment') {
    const segment = SEGMENTS[classes.segment[row]!] ?? 'anonymous';
    const title = words.segments.find(({ id }) => id === segment)?.definition ?? '';
    return { key: segment, label: segmentLabel(words, segment), title };
  }
  if (by === 'permission') {
    const bits = table.permissions[row]!;
    const text = permissionsText(bits);
    return { key: text, label: text, title: permissionWords(bits) };
  }
  const path = textAt(table.path, row);
  if (path === '') return { key: '', label: 'No file', title: 'Memory without a file or a name' };
  return { key: path, label: lastName(path), title: visibleText(path) };
}
