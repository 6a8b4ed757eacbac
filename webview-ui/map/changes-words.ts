import { formatCount } from '../../src/base/units.js';
import type { ChangedRegion, RegionChange } from '../../src/model/map-diff.js';
import { type Amount, addressText, permissionsText } from '../../src/model/map-table.js';
import { lastName } from './region-shape-words.js';

export const AMOUNT_LABELS: Readonly<Record<Amount, string>> = {
  size: 'Size',
  rss: 'RSS',
  pss: 'PSS',
  uss: 'USS',
  dirty: 'Dirty',
  swap: 'Swap',
  locked: 'Locked',
  thp: 'THP',
};

/** Why mappings of the two moments are taken for the same one: the reasons of insight/map/match.ts, in a sentence. */
export function matchWords({ match, before, after }: Pick<RegionChange, 'match' | 'before' | 'after'>): string {
  switch (match) {
    case 'same':
      return 'It lies at the same addresses with the same permissions and the same backing.';
    case 'same-start':
      return 'It begins where it began; its end has moved, or its permissions are others.';
    case 'same-end':
      return 'It ends where it ended; its beginning has moved.';
    case 'overlap':
      return 'Both borders have moved, but it shares addresses with what was there, with the same backing.';
    case 'split':
      return `One mapping has become ${formatCount(after.length, 'mapping')}, as by mprotect, or by munmap of a part.`;
    case 'merged':
      return `${formatCount(before.length, 'mapping has', 'mappings have')} become one, as the kernel joins neighbours that are alike.`;
    case 'rearranged':
      return `${formatCount(before.length, 'mapping has', 'mappings have')} become ${after.length.toLocaleString('en-US')} others at the same addresses, with the same backing.`;
    case 'moved':
      return 'A mapping of the same backing, size and permissions, the only one of its kind, is gone elsewhere: moved by mremap, or unmapped and mapped again.';
    case 'new':
      return 'Nothing with the same backing lay at these addresses before.';
    case 'gone':
      return 'Nothing with the same backing lies at these addresses any more.';
    default:
      return '';
  }
}

/** What a guess is worth, after the reason. */
export const GUESS_WORDS = 'This is a guess: it may be another mapping that looks alike by chance.';

/** `libc.so.6`, `[heap]`, `worker (4711)`; empty where it has no name. */
export function changedName({ path, owner }: ChangedRegion): string {
  if (path.startsWith('/')) return lastName(path);
  return lastName(owner === '' ? path : owner);
}

export const rangeText = ({ start, end }: ChangedRegion): string => `${addressText(start)}–${addressText(end)}`;

/** `rw-p`, or `r--p → rw-p` */
export function permissionsChange({ was, now }: Pick<RegionChange, 'was' | 'now'>): string {
  const texts = [was, now].flatMap((region) => (region === undefined ? [] : [permissionsText(region.permissions)]));
  return texts.length === 2 && texts[0] === texts[1] ? texts[0]! : texts.join(' → ');
}
