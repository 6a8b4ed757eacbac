import { formatCount } from '../../src/base/units.js';
import type { HeapMoment, HeapTimeline } from '../../src/model/heap-profile.js';
import { formatDuration, formatSize } from '../shared/format.js';

/** Indices into the moments: what is live at `to`, less what was live at `from`. */
export interface PickedMoments {
  readonly from?: number;
  readonly to: number;
}

/** The same moments in another timeline, as one that goes on: of the same time and bytes, and with their stacks. undefined: one is not there. */
export function sameMoments(
  { from, to }: PickedMoments,
  before: HeapTimeline | undefined,
  after: HeapTimeline | undefined,
): PickedMoments | undefined {
  const there = (index: number): number | undefined => {
    const moment = before?.moments[index];
    if (moment === undefined || before?.unit !== after?.unit) return undefined;
    const isIt = ({ at, bytes, self, isPeak }: HeapMoment): boolean =>
      at === moment.at && bytes === moment.bytes && isPeak === moment.isPeak && self !== undefined;
    const found = after?.moments.findIndex(isIt) ?? -1;
    return found < 0 ? undefined : found;
  };
  const now = there(to);
  const since = from === undefined ? undefined : there(from);
  if (now === undefined || (from !== undefined && since === undefined)) return undefined;
  return since === undefined ? { to: now } : { from: since, to: now };
}

/** `3.2 s`, `1.2 million instructions`, `12.0 MiB allocated`. */
export function timeText({ unit }: HeapTimeline, at: number): string {
  switch (unit) {
    case 'ms':
      return at < 950 ? `${Math.round(at)} ms` : formatDuration(at);
    case 'instructions':
      return at < 1e6
        ? formatCount(at, 'instruction')
        : `${(at / 1e6).toLocaleString('en-US', { maximumFractionDigits: 1 })} million instructions`;
    case 'allocated-bytes':
      return `${formatSize(at)} allocated`;
  }
}

/** `3.2 s: 12.0 MiB` */
export function momentText(timeline: HeapTimeline, index: number): string {
  const moment = timeline.moments[index];
  if (moment === undefined) return '';
  return `${timeText(timeline, moment.at)}: ${formatSize(moment.bytes)}${moment.isPeak === true ? ', the peak' : ''}`;
}
