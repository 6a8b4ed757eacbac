import { formatBytes, formatDuration } from '../../base/units.js';
import type { Finding, Note } from '../../model/finding.js';
import type { HeapProfile, HeapQuantity } from '../../model/heap-profile.js';
import type { LiveWayId } from '../../model/live.js';
import { type Rise, riseOf } from './rise.js';
import { type Site, sitesOf } from './sites.js';
import { stackOf } from './stack-of.js';

/** The process while it was looked at, by the clock of the profile. */
export interface SizeSeries {
  /** Milliseconds since the beginning. */
  readonly at: readonly number[];
  /** Bytes. */
  readonly rss: readonly number[];
  readonly vss: readonly number[];
}

export interface GrowingFindings {
  /** The most first. */
  readonly findings: readonly Finding[];
  /** Why something is none. */
  readonly notes: readonly Note[];
}

/** What each number of a profile is made of. */
const DONE: Partial<Readonly<Record<HeapQuantity, string>>> = {
  touched: 'touched for the first time',
  mapped: 'mapped and not given back',
  live: 'allocated and not freed',
};
/** Ways that see blocks from when they come on: that an older one is freed they don't see, so that a new one in its place looks like growth. */
const SEES_NO_OLDER: ReadonlySet<LiveWayId> = new Set(['heaptrack', 'memleak']);
/** A page is the least that the kernel gives: a few of them are no growth. */
const LEAST_BYTES = 16 << 10;
/** A site may touch or allocate so many times what the process grows by, for that it is measured by other means. */
const TOLERANCE = 1.5;
/** RSS of /proc/PID/stat may be off by some pages for each processor. */
const SLACK = 64 << 10;
/** Seen with a program that leaks on one line, and allocates and frees on another: the second touches most of the new pages. */
const SHARED =
  'Several lines touch new memory. What one of them loses, the others can’t use again, so that they touch new memory too: heaptrack or a leak check tells which of them it is.';
const MOST_FINDINGS = 100;
const MOST_STACKS = 4;

/**
 * Findings of what grows as long as one looks. `isSystem`: 1 for each frame of the profile that is not the user's. Pages that are touched for the first time
 * may be given back and taken anew at other addresses (at the same ones they count once, where addresses are known), and blocks may take the place of older
 * ones: these count only as far as the process itself grows (`size`), blocks also as far as its address space does, since they need not be used.
 */
export function growingFindings(
  profile: HeapProfile,
  isSystem: Uint8Array,
  engine: LiveWayId,
  size: SizeSeries | undefined,
): GrowingFindings {
  const quantity = profile.measures[profile.chief]?.quantity;
  const done = quantity === undefined ? undefined : DONE[quantity];
  const made = done === undefined ? undefined : sitesOf(profile, isSystem);
  if (done === undefined || made === undefined) return { findings: [], notes: [] };
  const isTouched = quantity === 'touched';
  const isBounded = isTouched || (quantity === 'live' && SEES_NO_OLDER.has(engine));
  const grown = isBounded ? grownBy(size, isTouched) : undefined;
  const notes: Note[] = [];
  const findings: Finding[] = [];
  const rises = made.sites.flatMap((site) => {
    const rise = riseOf(made.at, site.values);
    return rise === undefined || rise.bytes < LEAST_BYTES ? [] : [{ site, rise }];
  });
  rises.sort((a, b) => b.rise.bytes - a.rise.bytes);
  const returned = rises.filter(({ rise }) => grown !== undefined && rise.bytes > TOLERANCE * grown + SLACK);
  if (returned.length > 0 && grown !== undefined) {
    const bytes = returned.reduce((sum, { rise }) => sum + rise.bytes, 0);
    const why = isTouched
      ? 'most of it was given back and taken anew. Whether a part of it stays is not seen this way; heaptrack sees it.'
      : 'older blocks were freed meanwhile, which can’t be seen of what was there before. A longer look tells more.';
    notes.push({
      severity: 'info',
      code: 'given-back',
      text: `${formatBytes(bytes)} were ${done} at ${lines(returned.length)} that ${returned.length === 1 ? 'is' : 'are'} not listed as growing: the process grew by ${formatBytes(Math.max(0, grown))} only, so ${why}`,
    });
  }
  for (const { site, rise } of rises) {
    if (returned.some((other) => other.site === site)) continue;
    if (findings.length === MOST_FINDINGS) break;
    const others = rises.length - returned.length - 1;
    findings.push(findingOf(profile, site, rise, { engine, done, grown, others, isTouched }));
  }
  return { findings, notes };
}

interface Told {
  readonly engine: LiveWayId;
  readonly done: string;
  /** By how much the process has grown; undefined: not known. */
  readonly grown: number | undefined;
  readonly isTouched: boolean;
  /** So many further lines grow. */
  readonly others: number;
}

function findingOf(profile: HeapProfile, { nodes }: Site, rise: Rise, { engine, done, grown, isTouched, others }: Told): Finding {
  const pace = rise.overMs > 0 ? `, ${formatBytes(Math.round((rise.bytes * 1000) / rise.overMs))} a second` : '';
  return {
    engine,
    kind: 'leak',
    certainty: 'growing',
    message: `Grows: ${formatBytes(rise.bytes)} ${done} in ${formatDuration(rise.overMs)}${pace}, and still at the end`,
    bytes: rise.bytes,
    count: 1,
    ...(profile.pid === undefined ? {} : { pid: profile.pid }),
    stacks: nodes.slice(0, MOST_STACKS).map((node, index) => ({
      role: 'allocation',
      ...(index === 0 ? {} : { label: 'and here' }),
      frames: stackOf(profile, node),
    })),
    details: [
      `It grew in ${rise.grown} of ${rise.intervals} intervals.`,
      ...(grown === undefined
        ? []
        : [
            `The whole process grew by ${formatBytes(Math.max(0, Math.round(grown)))} meanwhile (${isTouched ? 'RSS' : 'RSS or VSS'}).`,
          ]),
      ...(isTouched && others > 0 ? [SHARED] : []),
      isTouched
        ? 'Page faults tell which line first touches new memory; whether something still points to it they don’t tell.'
        : 'That it grows is no proof that it is lost: a leak check tells whether something still points to it.',
    ],
  };
}

/** The larger one of RSS and VSS, or RSS alone; undefined: too little is known. */
function grownBy(size: SizeSeries | undefined, isTouched: boolean): number | undefined {
  if (size === undefined || size.at.length < 6) return undefined;
  const rss = rise(size.rss);
  return isTouched ? rss : Math.max(rss, rise(size.vss));
}

/** From the beginning to the end, as the mean of the last values. */
const rise = (values: readonly number[]): number => values.slice(-3).reduce((sum, value) => sum + value, 0) / 3 - values[0]!;

const lines = (count: number): string => (count === 1 ? 'one line' : `${count.toLocaleString('en-US')} lines`);
