import { visibleText } from '../base/visible-text.js';
import { SEGMENT_WORDS } from '../insight/map/segment-words.js';
import type { MapForm, MapSnapshot } from '../model/map-snapshot.js';
import { MARKS, type Mark, type Segment } from '../model/segment.js';
import { markNames } from './map-marks.js';

const FORM_WORDS: Readonly<Record<MapForm, string>> = {
  smaps: 'smaps',
  maps: 'maps',
  pmap: 'output of pmap',
  'pmap-x': 'output of pmap -x',
  'pmap-X': 'output of pmap -X',
  'pmap-XX': 'output of pmap -XX',
  memlens: 'memlens',
};

const MARK_WORDS: Readonly<Record<Mark, string>> = {
  deleted: 'deleted',
  writableExecutable: 'writable and executable',
  hugePages: 'huge pages',
  locked: 'locked',
  guess: 'a guess',
  tmpfs: 'tmpfs',
};

/** `2026-11-21 15:50:12 UTC` */
const momentText = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** `server (4711) on board, 2026-11-21 15:50:12 UTC`; `saved.txt (output of pmap -x), written 2026-11-21 15:50:12 UTC` */
export function originText({ origin, form, at }: Pick<MapSnapshot, 'origin' | 'form' | 'at'>): string {
  if (origin.kind === 'file') return `${visibleText(origin.name)} (${FORM_WORDS[form]}), written ${momentText(at)}`;
  return `${visibleText(origin.command)} (${origin.process.pid}) on ${visibleText(origin.target)}, ${momentText(at)}`;
}

export interface NamedRegion {
  readonly path: string;
  readonly owner: string;
  /** MARKS */
  readonly marks?: number;
}

/** What stands behind the numbers: whose it is, its path, and what is true of it beside its segment. The path says ` (deleted)` itself. */
export function regionName({ path, owner, marks = 0 }: NamedRegion): string {
  const isPath = owner === path || path === `${owner} (deleted)`;
  const names = (isPath ? [path] : [owner, path]).filter((text) => text !== '').map(visibleText);
  const marked = markNames(marks & ~MARKS.deleted).map((mark) => MARK_WORDS[mark]);
  return [...names, ...(marked.length === 0 ? [] : [`{${marked.join(', ')}}`])].join('  ');
}

export const segmentText = (segment: Segment): string => SEGMENT_WORDS[segment].label;
