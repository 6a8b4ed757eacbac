import type { Milliseconds } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import type { MapState } from '../../src/protocol/map.js';
import { formatDuration, formatMoment } from '../shared/format.js';
import type { IconName } from '../shared/icons.js';

/** What is known of the newest reading. */
export interface NewestReading {
  readonly at: Milliseconds;
  /** What it cost the process; undefined: not told. */
  readonly costMs: Milliseconds | undefined;
}

/** How the map comes, with a picture. */
export function stateWords(state: MapState, newest: NewestReading | undefined): readonly [IconName, string] {
  switch (state.kind) {
    case 'reading':
      return ['sync', 'Reading the map…'];
    case 'still':
      return ['circle', newest === undefined ? 'Read once' : `Read at ${formatMoment(newest.at)}`];
    case 'live':
      return ['circle-filled', liveWords(state, newest?.costMs)];
    case 'ended':
      return ['debug-stop', `The process has ended; this was its map at ${formatMoment(state.at)}`];
    case 'file':
      return ['file', `From the file ${visibleText(state.name)}`];
    case 'recorded':
      return ['file', `From the recording ${visibleText(state.name)}`];
    case 'failed':
      // Why stands below, with the next step.
      return [
        'error',
        newest === undefined ? 'Not read' : `Could not be read again; this was its map at ${formatMoment(newest.at)}`,
      ];
  }
}

function liveWords({ everyMs, askedMs }: Extract<MapState, { kind: 'live' }>, costMs: Milliseconds | undefined): string {
  if (everyMs <= askedMs) return `Live: every ${formatDuration(everyMs)}`;
  const cost =
    costMs === undefined || costMs < 1 ? 'reading costs the process too much' : `a reading costs the process ${costText(costMs)}`;
  return `Live: every ${formatDuration(everyMs)} instead of ${formatDuration(askedMs)}, because ${cost}`;
}

const costText = (costMs: Milliseconds): string => (costMs < 950 ? `${Math.round(costMs)} ms` : formatDuration(costMs));
