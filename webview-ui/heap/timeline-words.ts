import { formatCount } from '../../src/base/units.js';
import type { HeapTimeline } from '../../src/model/heap-profile.js';
import { formatDuration, formatSize } from '../shared/format.js';

/** Indices into the moments: what is live at `to`, less what was live at `from`. */
export interface PickedMoments {
  readonly from?: number;
  readonly to: number;
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
