import { type Bytes, formatBytes } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import type { MapSnapshot } from '../../src/model/map-snapshot.js';
import { amountAt, EXECUTE, permissionsText, READ, SHARED, textAt, WRITE } from '../../src/model/map-table.js';
import type { Mark, Segment } from '../../src/model/segment.js';
import { hasMark, segmentOf, type Words } from './map-model.js';

const EXBI = 2 ** 60;

/** Like `formatBytes`; the hole in the middle of a 64-bit space is larger than its largest unit. */
export const sizeText = (bytes: Bytes): string =>
  bytes >= EXBI ? `${(bytes / EXBI).toFixed(1).replace(/\.0$/, '')} EiB` : formatBytes(bytes);

/** The words of MARKS, as short as a badge. */
export const MARK_WORDS: Readonly<Record<Mark, { readonly badge: string; readonly text: string }>> = {
  writableExecutable: { badge: 'w+x', text: 'writable and executable at once' },
  locked: { badge: 'locked', text: 'locked in memory: never swapped out' },
  deleted: { badge: 'deleted', text: 'its file was deleted, and is held until it is unmapped' },
  hugePages: { badge: 'THP', text: 'holds transparent huge pages' },
  tmpfs: { badge: 'tmpfs', text: 'its file lies in memory, not on a disk' },
  guess: { badge: 'guess', text: 'the segment follows from the usual layout, which may mislead' },
};

export const marksOf = (snapshot: MapSnapshot, row: number): Mark[] =>
  (Object.keys(MARK_WORDS) as Mark[]).filter((mark) => hasMark(snapshot, row, mark));

const labels = new WeakMap<Words, ReadonlyMap<Segment, string>>();

export function segmentLabel(words: Words, segment: Segment): string {
  let known = labels.get(words);
  if (known === undefined) {
    known = new Map(words.segments.map(({ id, label }) => [id, label]));
    labels.set(words, known);
  }
  return known.get(segment) ?? segment;
}

/** The last name of a path; a name in brackets, or of something that is no file, as it is. */
export function lastName(path: string): string {
  const name = path.startsWith('/') ? (/([^/]+)\/*$/.exec(path)?.[1] ?? path) : path;
  return visibleText(name);
}

/** `libc.so.6`, `worker (4711)`, `[heap]`; empty where it has no name. */
export function regionName({ table, classes }: MapSnapshot, row: number): string {
  const path = textAt(table.path, row);
  if (path.startsWith('/')) return lastName(path);
  const owner = classes.owner.texts[classes.owner.index[row] ?? 0] ?? '';
  return lastName(owner === '' ? path : owner);
}

/** `readable, writable, private` */
export function permissionWords(bits: number): string {
  const words = [
    ...(bits & READ ? ['readable'] : []),
    ...(bits & WRITE ? ['writable'] : []),
    ...(bits & EXECUTE ? ['executable'] : []),
  ];
  return [...(words.length > 0 ? words : ['may not be touched']), bits & SHARED ? 'shared' : 'private'].join(', ');
}

/** What a screen reader is told of a region: `Heap, 132 KiB, rw-p, 120 KiB resident`. */
export function regionWords(words: Words, snapshot: MapSnapshot, row: number): string {
  const { table } = snapshot;
  const name = regionName(snapshot, row);
  const rss = amountAt(table, row, 'rss');
  const swap = amountAt(table, row, 'swap');
  return [
    segmentLabel(words, segmentOf(snapshot, row)),
    ...(name === '' ? [] : [name]),
    sizeText(amountAt(table, row, 'size') ?? 0),
    permissionsText(table.permissions[row] ?? 0),
    ...(rss === undefined ? [] : [`${sizeText(rss)} resident`]),
    ...(swap === undefined || swap === 0 ? [] : [`${sizeText(swap)} swapped`]),
    ...marksOf(snapshot, row).map((mark) => MARK_WORDS[mark].badge),
  ].join(', ');
}
