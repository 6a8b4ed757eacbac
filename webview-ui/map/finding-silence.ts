import type { Milliseconds } from '../../src/base/units.js';
import type { MapState } from '../../src/protocol/map.js';
import { formatDuration } from '../shared/format.js';

/** Growth is told from here on at the earliest, and by now at the latest, when it is plain: "What steady growth means" of docs/map.md. */
const EARLIEST: Milliseconds = 80_000;
const LATEST: Milliseconds = 100_000;
const LEAST_READINGS = 6;

export interface Watch {
  readonly state: MapState;
  /** Readings that were learned from. */
  readonly readings: number;
  /** From the first of them to the newest. */
  readonly watchedMs: Milliseconds;
}

/** Why there is no finding: that nothing stands out is not said before it can be known. */
export function silenceWords({ state, readings, watchedMs }: Watch): string {
  const everyMs = state.kind === 'live' ? state.everyMs : 0;
  const needed = Math.max(EARLIEST, (LEAST_READINGS - 1) * everyMs);
  const watched = `Watched for ${formatDuration(watchedMs)}`;
  if (readings >= LEAST_READINGS && watchedMs >= LATEST) {
    return `${watched}: nothing stands out. Slow growth takes longer to show; the trend judges it from 5 minutes on.`;
  }
  switch (state.kind) {
    case 'file':
      return 'Nothing stands out in this map. Whether anything grows, a single moment does not tell.';
    case 'recorded':
      return readings < 2
        ? 'Nothing stands out in this map. Whether anything grows, a single moment does not tell.'
        : `Nothing stands out in ${readings} maps over ${formatDuration(watchedMs)}; growth needs ${LEAST_READINGS} of them over ${formatDuration(EARLIEST)} at least.`;
    case 'ended':
      return `Nothing had stood out when the process ended${watchedMs > 0 ? `. ${watched}; growth needs ${formatDuration(EARLIEST)} at least` : ''}.`;
    case 'live':
      return `${watchedMs > 0 ? `No finding yet. ${watched}; g` : 'No finding yet: g'}rowth needs ${formatDuration(needed)} at least.`;
    case 'failed':
      return `Nothing had stood out when the map was read last${watchedMs > 0 ? `. ${watched}` : ''}.`;
    default:
      return 'Nothing stands out so far. Whether anything grows, a single reading does not tell: turn on live reading, or mark two moments and compare them.';
  }
}
