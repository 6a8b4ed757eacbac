import { formatBytes, formatDuration, SECOND } from '../../base/units.js';
import type { PagingRates, SystemFacts } from '../../model/machine-accounting.js';
import { knownPageSize } from './page-size.js';
import { hasCounted, ratesBetween, ratesOfLook } from './paging-rates.js';
import { type Case, type Found, percent } from './rule-case.js';

const MIB = 1024 * 1024;
/** docs/system.md has each with its reason. */
const LIMITS = {
  stallPercent: 5,
  swapInPerSecond: 4 * MIB,
  refaultsPerSecond: MIB,
  majorFaultsPerSecond: 20,
  /** Where nobody tells how long tasks wait. */
  unsureRefaultsPerSecond: 4 * MIB,
  unsureMajorFaultsPerSecond: 100,
  unsureFor: 5 * SECOND,
  shortOfMemory: 0.1,
} as const;

/** What was paged, and how long tasks waited for it. */
interface Paging extends PagingRates {
  /** Percent; undefined where the kernel does not tell. */
  readonly full: number | undefined;
  /** `of the last 10 seconds` */
  readonly fullOf: string;
}

/** Between two states, of a series, and during the look at one state: the machine may have begun or ended to thrash in between. */
function pagings({ now, before, fields, total, rates }: Case): readonly Paging[] {
  const size = knownPageSize(now.pageSize, now.zones, total);
  const told = [ratesBetween(before, now, size), rates, ratesOfLook(now, size)].filter((one) => one !== undefined);
  const hasSwap = fields.get('SwapTotal') !== 0;
  return told.map((one) => {
    const { swapIn, ...others } = one;
    return { ...(hasSwap ? one : others), ...waiting(one, now) };
  });
}

/** Of the same time as the rates, or of the last seconds: whichever says that tasks wait. */
function waiting({ stalled, duringMs }: PagingRates, now: SystemFacts): Pick<Paging, 'full' | 'fullOf'> {
  const lately = hasCounted(now) ? now.pressure?.full?.avg10 : undefined;
  const isOfRates = stalled !== undefined && (lately === undefined || (lately < LIMITS.stallPercent && stalled > lately));
  return isOfRates
    ? { full: stalled, fullOf: `of ${formatDuration(duringMs)}` }
    : { full: lately, fullOf: 'of the last 10 seconds' };
}

const isStalling = ({ full }: Paging): boolean => full !== undefined && full >= LIMITS.stallPercent;

const waitWords = ({ full, fullOf }: Paging): string =>
  full === undefined
    ? 'The kernel does not tell how long tasks wait (/proc/pressure/memory).'
    : `For ${Number(full.toFixed(1))} % ${fullOf} every task that could run waited for memory.`;

export function swapThrash(known: Case): Found | undefined {
  // Swapping in by itself may be a program that is used again; waiting by itself may be for file pages.
  const paging = pagings(known).find(
    (one) => (one.swapIn ?? 0) >= LIMITS.swapInPerSecond && (one.full === undefined || isStalling(one)),
  );
  if (paging?.swapIn === undefined) return undefined;
  const { swapIn, duringMs, full } = paging;
  const rate = formatBytes(Math.round(swapIn));
  return {
    severity: full === undefined ? 'warning' : 'error',
    title:
      full === undefined ? `${rate} a second is swapped in` : 'The machine waits for memory: it swaps the same pages in and out',
    reasons: [`${rate} a second came back from swap over ${formatDuration(duringMs)}.`, waitWords(paging)],
    evidence: { swapInPerSecond: swapIn, duringMs, ...(full === undefined ? {} : { stalledShare: full / 100 }) },
    steps: ['show-processes', 'watch-trend'],
  };
}

/** Pages of files that are given up and read again: what a machine without swap does when programs have no room, with their code. */
export function fileThrash(known: Case): Found | undefined {
  if (swapThrash(known) !== undefined) return undefined;
  const paging = pagings(known).find(isReadingAgain);
  if (paging?.refaults === undefined) return undefined;
  const { refaults, majorFaults = 0, duringMs, full } = paging;
  const available = known.fields.get('MemAvailable');
  const isShort = available !== undefined && available < LIMITS.shortOfMemory * known.total;
  // What is read with read(2) makes no faults: nothing but a file that is larger than the memory, read over and over.
  const isOfPrograms = majorFaults >= LIMITS.majorFaultsPerSecond;
  const rate = formatBytes(Math.round(refaults));
  return {
    severity: !isOfPrograms ? 'info' : full !== undefined && isShort ? 'error' : 'warning',
    title: isOfPrograms
      ? `The machine reads the same files again and again: ${rate} a second`
      : `Files that are read do not fit into the memory: ${rate} a second is read again`,
    reasons: [
      `${rate} a second of files came back soon after they had been given up, over ${formatDuration(duringMs)}.`,
      isOfPrograms
        ? `${Math.round(majorFaults).toLocaleString('en-US')} faults a second waited for storage: code of programs and files that they have mapped.`
        : `Hardly any fault waited for storage (${Number(majorFaults.toFixed(1))} a second): files are read, and it is not code of programs.`,
      waitWords(paging),
      ...(available === undefined
        ? []
        : [`${formatBytes(available)} is available (${percent(available / known.total)} of the RAM).`]),
      ...(known.fields.get('SwapTotal') === 0
        ? ['There is no swap: memory of applications can’t be given up, so the pages of files go.']
        : []),
    ],
    ...(full === undefined || !isOfPrograms
      ? {
          doubt: isOfPrograms
            ? 'A program that begins reads its code, too: it is thrashing when it goes on.'
            : 'A backup or a database that reads more than there is memory looks so, and other programs may be well.',
        }
      : {}),
    evidence: {
      refaultsPerSecond: refaults,
      majorFaultsPerSecond: majorFaults,
      duringMs,
      ...(full === undefined ? {} : { stalledShare: full / 100 }),
      ...(available === undefined ? {} : { available }),
    },
    steps: ['show-processes', 'watch-trend'],
  };
}

function isReadingAgain(one: Paging): boolean {
  const { refaults = 0, majorFaults = 0, duringMs, full } = one;
  if (full !== undefined) return refaults >= LIMITS.refaultsPerSecond && isStalling(one);
  return (
    refaults >= LIMITS.unsureRefaultsPerSecond && majorFaults >= LIMITS.unsureMajorFaultsPerSecond && duringMs >= LIMITS.unsureFor
  );
}
