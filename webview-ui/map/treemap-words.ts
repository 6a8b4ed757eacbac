import { formatCount } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import type { MapSnapshot } from '../../src/model/map-snapshot.js';
import { formatShare } from '../shared/format.js';
import type { Words } from './map-model.js';
import { segmentOf } from './map-model.js';
import { regionName, regionWords, segmentLabel, sizeText } from './region-shape-words.js';
import type { Area, Grouping, Groups } from './treemap-groups.js';
import { siblingsOf } from './treemap-keys.js';
import type { Tile } from './treemap-tiles.js';

export const AREA_WORDS: Readonly<Record<Area, string>> = { rss: 'RSS', pss: 'PSS', uss: 'USS', swap: 'Swap', size: 'Size' };

export const GROUPING_WORDS: Readonly<Record<Grouping, { readonly by: string; readonly all: string }>> = {
  segment: { by: 'Segment', all: 'All segments' },
  file: { by: 'File', all: 'All files' },
  permission: { by: 'Permission', all: 'All permissions' },
};

/** What is said where no region holds any. */
export const NOTHING_WORDS: Readonly<Record<Area, string>> = {
  rss: 'Nothing of this process is in memory.',
  pss: 'No memory is counted to this process.',
  uss: 'No page belongs to this process alone.',
  swap: 'Nothing of this process is swapped out.',
  size: 'There are no mappings to be drawn.',
};

/** `RSS: 14.2 MiB in 132 of 512 regions` */
export function summaryWords({ holding, total, untold, values }: Groups, area: Area): string {
  const { length } = values;
  const of =
    holding === length ? formatCount(length, 'region') : `${holding.toLocaleString('en-US')} of ${formatCount(length, 'region')}`;
  return `${sizeText(total)} in ${of}${untold > 0 ? `, ${untold.toLocaleString('en-US')} don’t tell their ${AREA_WORDS[area]}` : ''}`;
}

/** The name on a region's rectangle. The segment is said by the group when it is grouped by segment. */
export function regionLabel(words: Words, snapshot: MapSnapshot, row: number, by: Grouping): string {
  const name = visibleText(regionName(snapshot, row));
  const segment = segmentLabel(words, segmentOf(snapshot, row));
  if (by === 'segment') return name;
  return by === 'permission' && name !== '' ? name : segment;
}

/** What a screen reader is told of a rectangle: what it is, how much of the whole, and where one is. */
export function tileWords(
  words: Words,
  snapshot: MapSnapshot,
  tiles: readonly Tile[],
  at: number,
  { area, total }: { readonly area: Area; readonly total: number },
): string {
  const tile = tiles[at];
  if (tile === undefined) return '';
  const siblings = siblingsOf(tiles, tile.parent);
  const [row] = tile.rows;
  const share = formatShare(tile.value, total);
  const what =
    tile.kind === 'region' && row !== undefined
      ? regionWords(words, snapshot, row)
      : `${tile.kind === 'group' ? `${tile.label}, ${formatCount(tile.rows.length, 'region')}` : `${tile.label}, too small to be drawn alone`}`;
  return `${what}, ${AREA_WORDS[area]} ${sizeText(tile.value)}, ${share} of the whole, ${siblings.indexOf(at) + 1} of ${siblings.length}`;
}

/** Where the selection is not seen as an outline of its own; empty where it is. */
export function selectionWords(
  { area, groups, tiles }: { readonly area: Area; readonly groups: Groups; readonly tiles: readonly Tile[] },
  selected: readonly number[],
  chosen: readonly ('none' | 'some' | 'all')[],
): string {
  if (selected.length === 0 || tiles.length === 0) return '';
  const what = selected.length === 1 ? 'The selected region' : `${formatCount(selected.length, 'selected region')}`;
  if (!selected.some((row) => groups.values[row]! > 0)) {
    const isOne = selected.length === 1;
    const told = selected.some((row) => !Number.isNaN(groups.values[row] ?? Number.NaN));
    if (!told) return `${what} ${isOne ? 'does' : 'do'} not tell ${AREA_WORDS[area]}.`;
    return `${what} ${isOne ? 'has' : 'have'} no ${AREA_WORDS[area]}, and so no area here.`;
  }
  if (chosen.every((one) => one === 'none'))
    return `${what} ${selected.length === 1 ? 'lies' : 'lie'} outside of the part that is shown.`;
  if (selected.length > 1) return '';
  const many = tiles.find(({ kind }, at) => kind === 'more' && chosen[at] !== 'none');
  return many === undefined ? '' : `${what} is one of those that are drawn as “${many.label}”.`;
}
