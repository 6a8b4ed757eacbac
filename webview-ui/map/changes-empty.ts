import { formatCount } from '../../src/base/units.js';
import type { MapState, Moment } from '../../src/protocol/map.js';
import type { Compared } from './comparison.js';
import type { ShownDiff } from './map-model.js';

export type EmptyDeed = 'mark' | 'live' | 'refresh' | 'begin' | 'show-all';

export interface EmptyChanges {
  readonly text: string;
  /** What helps, the likeliest first. */
  readonly deeds: readonly EmptyDeed[];
}

interface ChangesSituation {
  readonly state: MapState;
  readonly moments: readonly Moment[];
  readonly pair: Compared | undefined;
  /** Of the pair; undefined: not come yet. */
  readonly diff: ShownDiff | undefined;
  /** Changes that the choice of kinds lets through. */
  readonly shown: number;
}

/** Why there is no change to be listed, and what to do; undefined: there are some. */
export function emptyChanges({ state, moments, pair, diff, shown }: ChangesSituation): EmptyChanges | undefined {
  if (pair === undefined) return nothingCompared(state, moments);
  if (diff === undefined) return { text: 'Comparing…', deeds: [] };
  const { changes, mappings } = diff.diff;
  if (changes.length > 0) {
    if (shown > 0) return undefined;
    return { text: `${formatCount(changes.length, 'change is', 'changes are')} of kinds that are hidden.`, deeds: ['show-all'] };
  }
  if (diff.before.id === diff.after.id) {
    const isLive = state.kind === 'live';
    return {
      text: isLive
        ? 'Nothing newer has been read yet: what changes from now on comes with the next reading.'
        : 'Marked. Let the program do what you suspect, then read the map again: what has changed is listed here.',
      deeds: isLive || isOver(state) ? [] : ['refresh', 'live'],
    };
  }
  return {
    text: `Nothing has changed: ${formatCount(mappings.after, 'mapping is', 'mappings are all')} as ${mappings.after === 1 ? 'it was' : 'they were'}, with the same amounts.`,
    deeds: [],
  };
}

const isOver = ({ kind }: MapState): boolean => kind === 'ended' || kind === 'file' || kind === 'recorded';

function nothingCompared(state: MapState, moments: readonly Moment[]): EmptyChanges {
  if (moments.length > 1) {
    return {
      text: 'Nothing is compared. Choose two moments above, or begin with the newest mark or the first reading.',
      deeds: ['begin'],
    };
  }
  switch (state.kind) {
    case 'file':
      return {
        text: 'A saved map is a single moment, so that there is nothing to compare it with. Two files are compared on the command line: memlens map diff A B.',
        deeds: [],
      };
    case 'recorded':
      return {
        text: 'The recording holds a single map of this process, so that there is nothing to compare it with.',
        deeds: [],
      };
    case 'ended':
      return { text: 'The process has ended after a single reading, so that there is nothing to compare it with.', deeds: [] };
    default:
      return {
        text: 'Mark this moment, let the program do what you suspect, and what has become of each region since then is listed here: new, gone, grown, shrunk, moved.',
        deeds: state.kind === 'live' ? ['mark'] : ['mark', 'live'],
      };
  }
}
