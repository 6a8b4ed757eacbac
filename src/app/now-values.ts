import { UNKNOWN_NOTES } from '../model/unknown-words.js';
import type { NowValues } from '../protocol/trends.js';
import { type Subject, seriesOf, sourceId } from './subject.js';

/** The newest value of everything that is known of a subject, and why something is not; undefined before the first sample. */
export function nowValues(subject: Subject): NowValues | undefined {
  const series = seriesOf(subject);
  const at = series.span?.to;
  if (at === undefined) return undefined;
  const values: Record<string, number> = {};
  const readAt: Record<string, number> = {};
  for (const id of series.ids) {
    const newest = series.latest(id);
    if (newest === undefined) continue;
    values[id] = newest.value;
    if (newest.at !== at) readAt[id] = newest.at;
  }
  const why = subject.watch?.row?.rollupUnknown;
  const unknown =
    why === undefined
      ? {}
      : Object.fromEntries(['pss', 'uss', 'rss'].flatMap((id) => (id in values ? [] : [[id, UNKNOWN_NOTES[why]]])));
  return { source: sourceId(subject), at, values, readAt, unknown };
}
