import { DAY, type Milliseconds } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import type { Moment } from '../../src/protocol/map.js';
import { formatMoment } from '../shared/format.js';

/** `14:05:09`, `14:05:09 (mark)`, `3 Mar 14:05:09` where more than a day is spanned, or where it is not of today. */
export function momentWords({ at, kind, label }: Moment, span: Milliseconds = 0): string {
  const isSaved = kind === 'file' || kind === 'recorded';
  const time = formatMoment(at, isSaved ? Math.max(DAY, span) : span);
  const name = label === undefined || label === '' ? (kind === 'mark' ? 'mark' : '') : visibleText(label);
  return name === '' ? time : `${time} (${name})`;
}

/** From the oldest to the newest of them. */
export const spanOf = (moments: readonly Moment[]): Milliseconds => (moments.at(-1)?.at ?? 0) - (moments[0]?.at ?? 0);
