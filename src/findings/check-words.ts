import { formatBytes, formatCount, formatDuration } from '../base/units.js';
import type { SizeAndCount } from '../model/finding.js';
import type { LeakCheck, LeakCheckTotals, LeakStatement, LeakTrack } from '../model/leak-check.js';
import type { PlacedFinding, Report } from '../model/report.js';
import { leakSums } from './leak-sums.js';

const STATEMENTS: Readonly<Record<LeakStatement, string>> = {
  'first-check': 'seen at one check only',
  'once-only': 'once only',
  'still-growing': 'still growing',
  steady: 'steady',
  gone: 'gone',
};

/** What the checks of a program that goes on say of a finding; undefined: it is no leak of theirs. */
export function trackOf(
  check: LeakCheck,
  { fingerprint, pid }: Pick<PlacedFinding, 'fingerprint' | 'pid'>,
): LeakTrack | undefined {
  return check.leaks.find((track) => track.fingerprint === fingerprint && (track.pid === undefined || track.pid === pid));
}

/** For a narrow view: `new`, `still growing, 3 MiB a minute`, `steady`. undefined: one check tells nothing of it yet. */
export function shortTrackWords(track: LeakTrack): string | undefined {
  const rate = rateWords(track);
  if (track.isNew) return 'new since the last check';
  if (track.statement === 'first-check') return undefined;
  return [STATEMENTS[track.statement], track.statement === 'still-growing' ? rate : undefined].filter(Boolean).join(', ');
}

/**
 * As `trackWords`, beside a report that may be of the end of the run: its amounts are newer than those of the check, and nothing can be asked again.
 */
export function trackWordsIn({ run }: Pick<Report, 'run'>, track: LeakTrack, check: LeakCheck): string {
  if (run?.exit === undefined) return trackWords(track, check);
  const words = trackWords(track, check).replace(/ Check again .*/, '');
  const then = `At check ${check.number}, the last one before its end: `;
  return `${then}${(words[0] ?? '').toLowerCase()}${words.slice(1).replace(/ now([;.])/, ' then$1')}`;
}

/** `New since the last check: 0 bytes 40 s ago, 12 KiB in 3 blocks now; still growing, 3 MiB a minute.` */
export function trackWords(track: LeakTrack, check: LeakCheck): string {
  const { now, before, since, statement, isNew } = track;
  const ago = check.sinceLast === undefined ? 'at the last check' : `${formatDuration(check.sinceLast)} before`;
  const amounts =
    now === undefined
      ? 'not told at this check, for only what has increased was asked for'
      : before === undefined
        ? `${sized(now)} now`
        : `${sized(before)} ${ago}, ${sized(now)} now`;
  switch (statement) {
    case 'first-check':
      return isNew
        ? `New since the last check: ${amounts}. Check again to see whether it goes on growing.`
        : `Check ${check.number}: ${amounts}. Check again to see whether it grows.`;
    case 'still-growing':
      return `${isNew ? 'New since the last check' : `Still growing since check ${since}`}: ${amounts}${rateWords(track) === undefined ? '' : `; ${rateWords(track)}`}.`;
    case 'once-only':
      return `Once only: it was ${track.leakKind === 'reachable' ? 'there' : 'lost'} by check ${since} and is the same since; ${amounts}.`;
    case 'steady':
      return `Steady: it grew before, but not since the last check; ${amounts}.`;
    case 'gone':
      return `Gone: the last check saw it, this one does not.`;
  }
}

/** `3 MiB a minute`; undefined: there is one check only, or it does not grow. */
function rateWords({ perMinute }: LeakTrack): string | undefined {
  if (perMinute === undefined || (perMinute.bytes <= 0 && perMinute.blocks <= 0)) return undefined;
  if (perMinute.bytes >= 1) return `${formatBytes(Math.round(perMinute.bytes))} a minute`;
  return perMinute.bytes > 0 ? 'less than 1 byte a minute' : `${formatCount(Math.round(perMinute.blocks), 'block')} a minute`;
}

/** `12 KiB in 3 blocks lost · 2 growing · not complete`. */
export function checkTotalsWords({ lost, possibly, reachable, growing, isComplete }: LeakCheckTotals): string {
  return [
    lost.blocks === 0 && lost.bytes === 0 ? 'nothing lost' : `${sized(lost)} lost`,
    amount(possibly, 'possibly lost'),
    amount(reachable, 'still reachable'),
    growing === 0 ? undefined : `${growing.toLocaleString('en-US')} growing`,
    isComplete ? undefined : 'not complete',
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

/** `Check 2 of server: 12 KiB in 3 blocks lost, 1 new since the last check, 2 still growing.` */
export function checkSentence(title: string, check: LeakCheck): string {
  const { leaks, number } = check;
  const { lost, possibly, reachable } = leakSums(leaks);
  const count = (keep: (track: LeakTrack) => boolean, words: string): string | undefined => {
    const found = leaks.filter(keep).length;
    return found === 0 ? undefined : `${found.toLocaleString('en-US')} ${words}`;
  };
  const parts = [
    lost.blocks === 0 && lost.bytes === 0 ? 'nothing is lost' : `${sized(lost)} lost`,
    amount(possibly, 'possibly lost'),
    amount(reachable, 'still reachable'),
    number === 1 ? undefined : count(({ isNew }) => isNew, 'new since the last check'),
    count(({ statement, isNew }) => statement === 'still-growing' && !isNew, 'still growing'),
    count(({ statement }) => statement === 'once-only', 'once only'),
    count(({ statement }) => statement === 'steady', 'steady'),
    count(({ statement }) => statement === 'gone', 'gone'),
    check.isComplete ? undefined : 'not complete',
  ].filter((part) => part !== undefined);
  const again = number === 1 && leaks.length > 0 ? ' Check again to see which of it grows.' : '';
  return `Check ${number} of ${title}: ${parts.join(', ')}.${again}`;
}

const amount = (size: SizeAndCount | undefined, words: string): string | undefined =>
  size === undefined || size.blocks === 0 ? undefined : `${sized(size)} ${words}`;

function sized({ bytes, blocks }: SizeAndCount): string {
  return blocks === 0 && bytes === 0 ? 'nothing' : `${formatBytes(bytes)} in ${formatCount(blocks, 'block')}`;
}
