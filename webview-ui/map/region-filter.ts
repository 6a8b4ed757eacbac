import { err, ok, type Result } from '../../src/base/result.js';
import { addressText, EXECUTE, permissionsText, READ, SHARED, type TextColumn, WRITE } from '../../src/model/map-table.js';
import { MARKS, type Mark, SEGMENTS, type Segment } from '../../src/model/segment.js';
import {
  type Asked,
  type Filter,
  type FilterError,
  type FilterField,
  type FilterTerm,
  parseWords,
} from '../shared/filter-language.js';
import { filterName, type RegionColumn } from './region-columns.js';
import type { RegionData } from './region-data.js';
import { MARK_WORDS, segmentLabel } from './region-shape-words.js';

/** Of rows of one map. */
export type RegionFilter = Filter<number>;

type Term = FilterTerm<number>;
type Answer = Result<Term, FilterError>;

/** Names that the headers, maps, smaps and pmap give to what is a column. */
const NAMES: Readonly<Record<string, string>> = {
  address: 'start',
  addr: 'start',
  vss: 'size',
  vsz: 'size',
  kbytes: 'size',
  perm: 'permissions',
  perms: 'permissions',
  mode: 'permissions',
  dev: 'device',
  mapping: 'path',
  file: 'path',
  name: 'path',
  thread: 'owner',
  mark: 'marks',
  flag: 'flags',
  vmflags: 'flags',
};

const KINDS: Readonly<Record<RegionColumn['unit'], FilterField<number>['kind']>> = {
  text: 'text',
  address: 'address',
  bytes: 'bytes',
  growth: 'bytes',
  count: 'count',
};

/** What the help shows. */
export const FILTER_EXAMPLES: readonly (readonly [example: string, meaning: string])[] = [
  ['libc worker', 'path, name, owner or segment contain both; the beginning of an address is found, too'],
  ['"a b"', 'just this text, blanks and signs included'],
  ['rss>1M', 'also size, pss, uss, dirty, swap, locked, thp, and every amount by its name in smaps; K M G T are powers of 1024'],
  ['perm:w', 'may be written; also r, x, s (shared), p (private), and all of several: perm:wx'],
  ['segment:heap', 'by its name; else all whose name contains it: segment:stack'],
  ['path:libc', 'also owner, device, inode; = instead of : for the whole text'],
  ['at:7f12c0001234', 'the region that holds the address'],
  ['start>=7f00000000', 'also end, offset; hexadecimal'],
  ['flag:lo', 'one of VmFlags'],
  [
    'mark:deleted',
    `also ${Object.values(MARK_WORDS)
      .map(({ badge }) => badge)
      .filter((badge) => badge !== 'deleted')
      .join(', ')}`,
  ],
  ['growth>1K', 'bytes a second of a region that was followed; growing: all that grow'],
  ['!perm:w', '! turns a word round'],
];

/**
 * Words apart by blanks, all of which must hold: `rss>1M perm:w segment:heap !libc`.
 * @param offered what this map tells
 * @param isKnown whether another map may tell a column of that name
 */
export function parseRegionFilter(
  text: string,
  data: RegionData,
  offered: readonly RegionColumn[],
  isKnown: (name: string) => boolean,
): Result<RegionFilter, FilterError> {
  const byName = new Map(offered.map((column) => [filterName(column.id), column]));
  const idOf = (name: string): string => (Object.hasOwn(NAMES, name) ? NAMES[name]! : name);
  return parseWords<number>(text, {
    fieldOf: (name) => fieldOf(byName.get(idOf(name)), data),
    flagOf: (word) => (word === 'growing' ? (row) => (data.growthOf(row)?.perSecond ?? 0) > 0 : undefined),
    containing: (wanted) => containing(wanted, data),
    ask: (asked) => ask(idOf(asked.name), asked, data),
    whyNoField: (name) => (isKnown(idOf(name)) ? `This map does not tell "${name}".` : undefined),
  });
}

function fieldOf(column: RegionColumn | undefined, data: RegionData): FilterField<number> | undefined {
  if (column === undefined) return undefined;
  const { text, number } = column;
  if (column.unit === 'text') return { kind: 'text', value: (row) => text?.(data, row) };
  return {
    kind: KINDS[column.unit],
    value: (row) => {
      const value = number(data, row);
      return Number.isNaN(value) ? undefined : value;
    },
  };
}

/** Which texts contain it: each is asked once, though thousands of regions may have it. */
function holding(wanted: string, { index, texts }: TextColumn): (row: number) => boolean {
  let has: readonly boolean[] | undefined;
  return (row) => {
    has ??= texts.map((text) => text.toLowerCase().includes(wanted));
    return has[index[row] ?? 0] ?? false;
  };
}

function containing(text: string, data: RegionData): Term {
  const { table, snapshot, words } = data;
  const wanted = text.toLowerCase();
  const inPath = holding(wanted, table.path);
  const inOwner = holding(wanted, snapshot.classes.owner);
  const inSegment = SEGMENTS.map((id) => id.includes(wanted) || segmentLabel(words, id).toLowerCase().includes(wanted));
  const address = /^(0x)?([0-9a-f]{3,16})(-[0-9a-f]*)?$/.exec(wanted)?.[2]?.replace(/^0+/, '');
  return (row) =>
    inPath(row) ||
    inOwner(row) ||
    inSegment[snapshot.classes.segment[row] ?? 0] === true ||
    (address !== undefined && address !== '' && addressText(table.start[row]!).replace(/^0+/, '').startsWith(address));
}

/** What is asked in a way of its own. */
function ask(id: string, asked: Asked, data: RegionData): Answer | undefined {
  switch (id) {
    case 'permissions':
      return askPermissions(asked, data);
    case 'segment':
      return askSegment(asked, data);
    case 'marks':
      return askMark(asked, data);
    case 'flags':
      return asked.operator === ':' ? askFlag(asked, data) : undefined;
    case 'at':
      return askAddress(asked, data);
    default:
      return undefined;
  }
}

const turnedBy = (operator: string, term: Term): Term => (operator === '!=' ? (row) => !term(row) : term);

const isOrder = ({ operator }: Asked): boolean => operator.startsWith('<') || operator.startsWith('>');

const noOrder = ({ word }: Asked): Answer => err({ word, message: `It has no order: write : or = in "${word}".` });

const LETTERS: Readonly<Record<string, (bits: number) => boolean>> = {
  r: (bits) => (bits & READ) !== 0,
  w: (bits) => (bits & WRITE) !== 0,
  x: (bits) => (bits & EXECUTE) !== 0,
  s: (bits) => (bits & SHARED) !== 0,
  p: (bits) => (bits & SHARED) === 0,
};

/** `perm:wx`: all of these letters; `perm=r-xp`: just so. */
function askPermissions(asked: Asked, { table }: RegionData): Answer {
  const { operator, value, word } = asked;
  if (isOrder(asked)) return noOrder(asked);
  const wanted = value.toLowerCase();
  if (!/^[rwxsp-]+$/.test(wanted)) {
    return err({
      word,
      message: `Permissions are written with the letters r, w, x, s and p, as in perm:w or perm=rw-p, not "${word}".`,
    });
  }
  if (operator === '=' || operator === '!=') {
    return ok(turnedBy(operator, (row) => permissionsText(table.permissions[row] ?? 0) === wanted));
  }
  const tests = [...wanted].flatMap((letter) => LETTERS[letter] ?? []);
  return ok((row) => tests.every((test) => test(table.permissions[row] ?? 0)));
}

/** By its label or its name in exports; else all that contain it. */
function askSegment(asked: Asked, { snapshot, words }: RegionData): Answer {
  const { operator, value, word } = asked;
  if (isOrder(asked)) return noOrder(asked);
  const wanted = value.toLowerCase();
  const labels = SEGMENTS.map((segment) => segmentLabel(words, segment));
  const names = SEGMENTS.map((segment, at) => [segment, labels[at]!.toLowerCase()]);
  const exact = names.map((both) => both.includes(wanted));
  const part = names.map((both) => wanted !== '' && both.some((name) => name.includes(wanted)));
  const chosen = operator !== '~' && exact.includes(true) ? exact : part;
  if (!chosen.includes(true)) {
    return err({ word, message: `There is no segment "${value}". Segments are ${labels.join(', ')}.` });
  }
  return ok(turnedBy(operator, (row) => chosen[snapshot.classes.segment[row] ?? 0] === true));
}

function askMark(asked: Asked, { snapshot }: RegionData): Answer {
  const { operator, value, word } = asked;
  if (isOrder(asked)) return noOrder(asked);
  const wanted = value.toLowerCase();
  const known = Object.entries(MARK_WORDS) as [Mark, (typeof MARK_WORDS)[Mark]][];
  const mark = known.find(([id, { badge }]) => id.toLowerCase() === wanted || badge.toLowerCase() === wanted)?.[0];
  if (mark === undefined) {
    const badges = known.map(([, { badge }]) => badge).join(', ');
    return err({ word, message: `There is no mark "${value}". Marks are ${badges}.` });
  }
  return ok(turnedBy(operator, (row) => ((snapshot.classes.marks[row] ?? 0) & MARKS[mark]) !== 0));
}

/** `flag:lo`; of several all: `flag:lo,dd`. */
function askFlag({ value, word }: Asked, { table, words }: RegionData): Answer {
  const wanted = value.toLowerCase().split(',');
  const { index, texts } = table.flags;
  const sets = texts.map((text) => new Set(text.split(' ')));
  const unknown = wanted.find((flag) => !Object.hasOwn(words.flags, flag) && !sets.some((set) => set.has(flag)));
  if (unknown !== undefined)
    return err({ word, message: `There is no flag "${unknown}" in VmFlags: write two letters, as in flag:lo.` });
  if (texts.every((text) => text === '')) return err({ word, message: 'This map does not tell VmFlags.' });
  const has = sets.map((set, at) => (texts[at] === '' ? undefined : wanted.every((flag) => set.has(flag))));
  return ok((row) => has[index[row] ?? 0]);
}

/** Exact for every address of 64 bits: what begins on a page is compared in whole pages. */
function askAddress(asked: Asked, { table }: RegionData): Answer {
  const { value, word } = asked;
  if (isOrder(asked)) return noOrder(asked);
  if (!/^(0x)?[0-9a-f]{1,16}$/i.test(value)) {
    return err({ word, message: `An address in hexadecimal like 7f12c0001234 is missing in "${word}".` });
  }
  const address = Number(BigInt(`0x${value.replace(/^0x/i, '')}`) & ~0xfffn);
  return ok((row) => table.start[row]! <= address && address < table.end[row]!);
}

/** The word that asks for just this file; undefined: a filter of one line can't say it. */
export const pathWord = (path: string): string | undefined =>
  /["\r\n]/.test(path) || path === '' ? undefined : `path="${path}"`;

export const segmentWord = (segment: Segment): string => `segment=${segment}`;
