import { formatBytes, formatCount, type Milliseconds } from '../../base/units.js';
import type { MapFinding, MapStep } from '../../model/map-diff.js';
import type { MapFacts, SubjectName } from './map-facts.js';
import { type SteadyGrowth, steadyGrowth } from './steady-growth.js';

/** A region that grows steadily by itself: row of the newest map. */
export interface GrowingRow {
  readonly row: number;
  readonly perSecond: number;
}

/** What the rules judge: the readings, oldest first, and the mappings that grow. */
export interface Evidence {
  readonly readings: readonly MapFacts[];
  readonly growing: readonly GrowingRow[];
}

const MIB = 1024 * 1024;
/** Fewer threads or mappings more are no pile. */
const LEAST_THREADS = 8;
const LEAST_MAPPINGS = 24;
const LEAST_UNTOUCHED = MIB;
/** Of vm.max_map_count. */
const NEAR_LIMIT = 0.5;
const AT_LIMIT = 0.8;
/** Of what the heap holds: freed and kept. */
const RETAINED_SHARE = 0.25;
const RETAINED_LEAST = 8 * MIB;
/** Of the most that was seen free: a look falls into the upper quarter of a saw-tooth once in four times, but not each of five. */
const RETAINED_STEADY = 0.75;
/** The newest readings of the heap that count. */
const RETAINED_FOR: Milliseconds = 3 * 60_000;
/** A program that uses it again and again has used it at one of so many looks, over so long; of a large heap there are fewer. */
const ENOUGH_LOOKS: readonly { readonly times: number; readonly ms: Milliseconds }[] = [
  { times: 5, ms: 40_000 },
  { times: 4, ms: 55_000 },
];
const DOMINATES = 0.5;
const DOMINATES_LEAST = 64 * MIB;
const LOCKED_LEAST = MIB;
/** Of the growth of the machine's shared memory: a process that writes less is not it. */
const WRITTEN_SHARE = 0.5;
const ENOUGH = 0.9;
/** From here on the growth verdict of the trend speaks. */
const VERDICT_FROM: Milliseconds = 5 * 60_000;

const PROFILE: MapStep = { action: 'profile', title: 'Find the Lines That Allocate It' };
const TREND: MapStep = { action: 'show-trend', title: 'Show the Trend' };
const ROWS: MapStep = { action: 'show-rows', title: 'Show the Regions' };

/**
 * What the readings mean, by the rules of docs/map.md: each says what it saw in numbers, and no more. The weightiest first; none for
 * a process that stands still.
 */
export function mapFindings(evidence: Evidence): readonly MapFinding[] {
  const found = RULES.flatMap((rule) => rule(evidence) ?? []);
  return found.sort((one, other) => Number(other.severity === 'warning') - Number(one.severity === 'warning'));
}

type Rule = (evidence: Evidence) => MapFinding | undefined;

const newest = ({ readings }: Evidence): MapFacts | undefined => readings.at(-1);

function growthOf(
  { readings }: Evidence,
  value: (facts: MapFacts) => number | undefined,
  least?: number,
): SteadyGrowth | undefined {
  // What was not told at a reading, as the target was busy or it was not asked for yet, is no reason to know nothing.
  const told = readings.flatMap((facts) => {
    const known = value(facts);
    return known === undefined || Number.isNaN(known) ? [] : [{ at: facts.at, value: known }];
  });
  if (told.at(-1)?.at !== readings.at(-1)?.at) return undefined;
  return steadyGrowth(
    told.map(({ at }) => at),
    told.map((one) => one.value),
    least,
  );
}

const bytesOf =
  (subject: SubjectName) =>
  ({ subjects }: MapFacts): number =>
    subjects[subject].bytes;

const perSecond = ({ perSecond: bytes }: SteadyGrowth): string => `${formatBytes(Math.round(bytes))} a second`;

const seconds = (ms: Milliseconds): string => `${Math.round(ms / 1000)} s`;

const PARTS: Readonly<Record<number, string>> = { 4: 'quarter', 5: 'fifth', 8: 'eighth' };

function steadily({ grown, windowMs, stretches }: SteadyGrowth): string {
  return `It grew by ${formatBytes(grown)} in ${seconds(windowMs)}; in each ${PARTS[stretches] ?? 'part'} of that time its lowest value was higher than in the one before, and it does not slow down.`;
}

function doubtOf({ windowMs }: SteadyGrowth): { readonly doubt?: string } {
  if (windowMs >= VERDICT_FROM) return {};
  return {
    doubt: 'A warm-up or a cache that takes minutes to fill looks the same so far. The trend judges it from 5 minutes on.',
  };
}

/** Rows of the subject that grow steadily by themselves, those that grow fastest first. */
function growingOf({ growing }: Evidence, all: readonly number[]): readonly number[] {
  const there = new Set(all);
  return growing.filter(({ row }) => there.has(row)).map(({ row }) => row);
}

/** The same; all of it when none does. */
function rowsOf(evidence: Evidence, all: readonly number[]): readonly number[] {
  const some = growingOf(evidence, all);
  return some.length > 0 ? some : all;
}

/** Which of the regions carry it. */
function whereOf(evidence: Evidence, all: readonly number[]): readonly string[] {
  if (all.length === 1) return [];
  const grows = growingOf(evidence, all).length;
  const of = all.length.toLocaleString('en-US');
  if (grows > 0) return [`${formatCount(grows, 'region')} of ${of} ${grows === 1 ? 'grows' : 'grow'}.`];
  return [`There are ${of} regions, none of which grows steadily by itself: there are more of them, or they take turns.`];
}

interface GrowingSubject {
  readonly rule: MapFinding['rule'];
  readonly subject: SubjectName;
  readonly name: string;
  readonly causes: string;
  /** Addresses that are asked for and not touched, which RSS does not show. */
  readonly sizeOf?: (facts: MapFacts) => number;
}

function growingSubject({ rule, subject, name, causes, sizeOf }: GrowingSubject): Rule {
  const verb = name.endsWith('s') ? 'grow' : 'grows';
  return (evidence) => {
    const facts = newest(evidence)?.subjects[subject];
    if (facts === undefined) return undefined;
    const growth = growthOf(evidence, bytesOf(subject));
    const common = { rule, severity: 'warning', rows: rowsOf(evidence, facts.rows), steps: [PROFILE, TREND, ROWS] } as const;
    if (growth !== undefined) {
      return {
        ...common,
        title: `${name} ${verb} by ${perSecond(growth)}`,
        reasons: [steadily(growth), `It holds ${formatBytes(facts.bytes)} now.`, ...whereOf(evidence, facts.rows), causes],
        ...doubtOf(growth),
      };
    }
    const untouched = sizeOf === undefined ? undefined : growthOf(evidence, sizeOf, LEAST_UNTOUCHED);
    if (untouched === undefined) return undefined;
    return {
      ...common,
      title: `${name} ${verb} by ${perSecond(untouched)} in size, not in memory`,
      reasons: [
        steadily(untouched),
        'Its resident part does not grow steadily: addresses are asked for and hardly touched. They take no memory yet, but count towards limits (ulimit -v, overcommit).',
        causes,
      ],
      ...doubtOf(untouched),
    };
  };
}

/** The main thread’s stack is no mapping of its own kind: with it there are as many stacks as threads. */
const stacksOf = ({ subjects }: MapFacts): number => subjects.stacks.count + 1;

const threadsPileUp: Rule = (evidence) => {
  const facts = newest(evidence);
  if (facts === undefined) return undefined;
  const alive = growthOf(evidence, ({ threads }) => threads, LEAST_THREADS);
  const growth = alive ?? growthOf(evidence, stacksOf, LEAST_THREADS);
  if (growth === undefined) return undefined;
  const { threads, subjects } = facts;
  const { rows, amounts } = subjects.stacks;
  const more = `${growth.grown.toLocaleString('en-US')} more than ${seconds(growth.windowMs)} ago`;
  const reserved = `Their stacks reserve ${formatBytes(amounts.size)}${amounts.rss === undefined ? '' : `, of which ${formatBytes(amounts.rss)} is resident`}.`;
  const common = { rule: 'thread-stacks-pile-up', severity: 'warning', rows, steps: [ROWS, TREND] } as const;
  const pace = growth.perSecond.toFixed(1);
  if (alive !== undefined && threads !== undefined) {
    return {
      ...common,
      title: `Thread stacks pile up: ${pace} threads more a second`,
      reasons: [`There are ${formatCount(threads, 'thread')}, ${more}.`, reserved],
      doubt: 'Threads that wait for work are meant to stay, and a pool may still be filling.',
    };
  }
  const unused = threads === undefined ? 0 : stacksOf(facts) - threads;
  return {
    ...common,
    title: `Thread stacks pile up: ${pace} more a second`,
    reasons: [
      `There are ${formatCount(rows.length, 'stack')} beside the main one, ${more}${threads === undefined ? '' : `, and ${formatCount(threads, 'thread')}`}.`,
      reserved,
      ...(unused < LEAST_THREADS
        ? []
        : ['Threads that have ended and were neither joined (pthread_join) nor detached keep their stacks.']),
    ],
    doubt: 'What is laid out as a stack is taken for one.',
  };
};

const mappingsGrow: Rule = (evidence) => {
  const growth = growthOf(evidence, ({ ownMappings }) => ownMappings, LEAST_MAPPINGS);
  const facts = newest(evidence);
  if (growth === undefined || facts === undefined) return undefined;
  const { mappings, maxMapCount } = facts;
  const left = maxMapCount === undefined ? undefined : maxMapCount - mappings;
  return {
    rule: 'mappings-grow',
    severity: 'warning',
    title: `The number of mappings grows by ${growth.perSecond.toFixed(1)} a second`,
    reasons: [
      `There are ${formatCount(mappings, 'mapping')}, ${growth.grown.toLocaleString('en-US')} more than ${seconds(growth.windowMs)} ago: something is mapped (mmap) and not unmapped (munmap).`,
      ...(left === undefined || maxMapCount === undefined
        ? []
        : [
            `The limit is ${maxMapCount.toLocaleString('en-US')} (vm.max_map_count): at this pace it is reached in about ${minutes(left / growth.perSecond)}.`,
          ]),
    ],
    ...doubtOf(growth),
    rows: rowsOf(evidence, []),
    steps: [PROFILE, TREND],
  };
};

function minutes(inSeconds: number): string {
  if (inSeconds < 120) return `${Math.max(0, Math.round(inSeconds))} seconds`;
  if (inSeconds < 7200) return `${Math.round(inSeconds / 60)} minutes`;
  return inSeconds < 172_800
    ? `${Math.round(inSeconds / 3600)} hours`
    : `${Math.round(inSeconds / 86_400).toLocaleString('en-US')} days`;
}

const mappingsNearLimit: Rule = (evidence) => {
  const facts = newest(evidence);
  if (facts?.maxMapCount === undefined || facts.mappings < NEAR_LIMIT * facts.maxMapCount) return undefined;
  const { mappings, maxMapCount } = facts;
  return {
    rule: 'mappings-near-limit',
    severity: mappings >= AT_LIMIT * maxMapCount ? 'warning' : 'info',
    title: `${Math.round((100 * mappings) / maxMapCount)} % of the possible mappings are in use`,
    reasons: [
      `There are ${formatCount(mappings, 'mapping')} of at most ${maxMapCount.toLocaleString('en-US')} (vm.max_map_count). Beyond that mmap, and with it malloc, fail with ENOMEM.`,
    ],
    rows: [],
    steps: [TREND],
  };
};

const sharedMemoryGrows: Rule = (evidence) => {
  const facts = newest(evidence);
  if (facts === undefined) return undefined;
  const { rows: all } = facts.subjects.shared;
  const common = { rule: 'shared-memory-grows', severity: 'warning', rows: rowsOf(evidence, all), steps: [ROWS, TREND] } as const;
  const mapped = growthOf(evidence, bytesOf('shared'));
  if (mapped !== undefined && wasThere(evidence, mapped)) {
    return {
      ...common,
      severity: 'info',
      title: `More of shared memory that is there already is touched, ${perSecond(mapped)}: harmless`,
      reasons: [
        `The shared memory that this process has touched grew by ${formatBytes(mapped.grown)} in ${seconds(mapped.windowMs)}, but that of the whole machine (Shmem) by less than half of it.`,
        'RSS counts shared pages in each process that has touched them.',
      ],
    };
  }
  if (mapped !== undefined) {
    return {
      ...common,
      title: `Shared memory grows by ${perSecond(mapped)}`,
      reasons: [
        steadily(mapped),
        ...whereOf(evidence, all),
        'It is mapped by this process; it stays until the last process has let go of it and its file is removed.',
      ],
      ...doubtOf(mapped),
    };
  }
  const open = growthOf(evidence, ({ sharedMemory }) => sharedMemory?.open?.bytes);
  if (open !== undefined) {
    const files = facts.sharedMemory?.open?.files ?? 0;
    return {
      ...common,
      title: `Files in tmpfs grow by ${perSecond(open)}`,
      reasons: [
        steadily(open),
        `The process holds ${formatCount(files, 'file')} of tmpfs or memfd open. They are memory, though no mapping shows them.`,
      ],
      ...doubtOf(open),
    };
  }
  const made = growthOf(evidence, ({ sharedMemory }) => sharedMemory?.segments?.bytes);
  if (made !== undefined) {
    const segments = facts.sharedMemory?.segments?.count ?? 0;
    return {
      ...common,
      title: `System V shared memory grows by ${perSecond(made)}`,
      reasons: [
        steadily(made),
        `There are ${formatCount(segments, 'segment')} that this process has made (ipcs -mp). They stay, even after its end, until somebody removes them (shmctl with IPC_RMID, ipcrm).`,
      ],
      ...doubtOf(made),
    };
  }
  return closedFiles(evidence, common);
};

/** Files that were written and closed: they are somewhere in tmpfs, and the process writes enough for much of it. */
function closedFiles(evidence: Evidence, common: Pick<MapFinding, 'rule' | 'rows' | 'steps'>): MapFinding | undefined {
  const named = growthOf(evidence, ({ sharedMemory }) => sharedMemory?.named?.bytes);
  // Without names: of the whole machine.
  const grows = named ?? growthOf(evidence, ({ sharedMemory }) => sharedMemory?.machine);
  const written = growthOf(evidence, ({ sharedMemory }) => sharedMemory?.written);
  if (grows === undefined || written === undefined || written.perSecond < grows.perSecond * WRITTEN_SHARE) return undefined;
  const files = newest(evidence)?.sharedMemory?.named?.files ?? 0;
  return {
    ...common,
    severity: 'info',
    title: `${named === undefined ? 'tmpfs or shared memory of the machine grows' : 'Files in tmpfs grow'} by ${perSecond(grows)}`,
    reasons: [
      steadily(grows),
      ...(named === undefined
        ? []
        : [
            `There are ${formatCount(files, 'file')} with a name in tmpfs (/dev/shm, /tmp, /run...). They are memory until they are removed.`,
          ]),
      `This process writes ${perSecond(written)} to files: ${written.perSecond < grows.perSecond * ENOUGH ? 'it may be a part of it' : 'enough for it'}.`,
    ],
    doubt:
      'Whose it is can’t be seen in a map: another process may write there, too. Look for files in tmpfs that grow in size or number.',
  };
}

/** What is touched of shared memory was made before, by this process or another one: the machine's sum does not grow with it. */
function wasThere({ readings }: Evidence, { grown, windowMs }: SteadyGrowth): boolean {
  const to = readings.at(-1)!;
  const from = readings.find(({ at }) => at >= to.at - windowMs);
  const [before, after] = [from?.sharedMemory?.machine, to.sharedMemory?.machine];
  return before !== undefined && after !== undefined && after - before < grown / 2;
}

const fileCacheOnly: Rule = (evidence) => {
  const files = growthOf(evidence, bytesOf('files'));
  const facts = newest(evidence);
  if (files === undefined || facts === undefined) return undefined;
  const others = growthOf(
    evidence,
    ({ whole, subjects }) => (whole.rss === undefined ? whole.size : whole.rss + (whole.swap ?? 0)) - subjects.files.bytes,
  );
  // More and more mappings are not harmless, whatever they are of.
  if (others !== undefined || mappingsGrow(evidence) !== undefined) return undefined;
  return {
    rule: 'file-cache-only',
    severity: 'info',
    title: `Only mapped files grow, by ${perSecond(files)}: harmless`,
    reasons: [
      steadily(files),
      'Pages of mapped files are the page cache’s. When memory is short the kernel takes them back; dirty ones are written to their file first.',
    ],
    rows: rowsOf(evidence, facts.subjects.files.rows),
    steps: [ROWS],
  };
};

const arenasRetain: Rule = (evidence) => {
  const facts = newest(evidence);
  const uses = evidence.readings.flatMap(({ heapUse }) => heapUse ?? []);
  const use = uses.at(-1);
  if (facts?.heapUse === undefined || use === undefined) return undefined;
  // What is freed at one moment may be used again at the next: the least that was seen is what is kept.
  const since = uses.filter(({ at }) => at >= use.at - RETAINED_FOR);
  const times = new Set(since.map(({ at }) => at)).size;
  // Of a process that is looked at once there is no more than that.
  const looked = ENOUGH_LOOKS.some((enough) => times >= enough.times && use.at - since[0]!.at >= enough.ms);
  if (!looked && evidence.readings.length > 1) return undefined;
  const freed = since.map(({ free, top }) => free + top);
  const retained = Math.min(...freed);
  // What comes and goes is in use, by turns, even when it was never seen to be used up.
  if (retained < RETAINED_STEADY * Math.max(...freed)) return undefined;
  const held = use.inUse + use.free + use.top;
  if (retained < RETAINED_LEAST || retained < RETAINED_SHARE * held) return undefined;
  const rows = [...facts.subjects.heap.rows, ...facts.subjects.arenas.rows];
  return {
    rule: 'arenas-retain',
    severity: 'warning',
    title: `malloc keeps ${formatBytes(retained)} that the program has freed`,
    reasons: [
      `Of ${formatBytes(held)} in the heap${facts.subjects.arenas.rows.length > 0 ? ' and arenas' : ''} ${formatBytes(use.inUse)} is in use at most, and ${formatBytes(use.free)} lies free between blocks in use; the largest free piece has ${formatBytes(use.largestFree)}.`,
      ...(times > 1 ? [`It was seen ${times.toLocaleString('en-US')} times in ${seconds(use.at - since[0]!.at)}.`] : []),
      'malloc can give only the end of a heap back to the kernel (malloc_trim also the pages within it).',
    ],
    doubt: `${times > 1 ? 'T' : 'This was looked at once: t'}he program may need it again, and then nothing is lost.`,
    rows,
    steps: [ROWS, TREND],
  };
};

const swapDominates: Rule = (evidence) => {
  const facts = newest(evidence);
  const { rss, swap } = facts?.whole ?? {};
  if (rss === undefined || swap === undefined || swap < DOMINATES_LEAST || swap < DOMINATES * (rss + swap)) return undefined;
  return {
    rule: 'swap-dominates',
    severity: 'warning',
    title: `${formatBytes(swap)} of ${formatBytes(rss + swap)} is swapped out`,
    reasons: ['Touching it again costs a major page fault each. The trend shows major faults a second.'],
    rows: [],
    steps: [TREND],
  };
};

const hugePagesDominate: Rule = (evidence) => {
  const facts = newest(evidence);
  const { rss, thp } = facts?.whole ?? {};
  if (rss === undefined || thp === undefined || thp < DOMINATES_LEAST || thp < DOMINATES * rss) return undefined;
  return {
    rule: 'huge-pages-dominate',
    severity: 'info',
    title: `${formatBytes(thp)} of ${formatBytes(rss)} RSS is transparent huge pages`,
    reasons: [
      'A huge page is resident as a whole (2 MiB on most machines) even if a single byte of it is used: RSS may be more than the program needs.',
    ],
    rows: [],
    steps: [TREND],
  };
};

const memoryLocked: Rule = (evidence) => {
  const locked = newest(evidence)?.whole.locked;
  if (locked === undefined || locked < LOCKED_LEAST) return undefined;
  return {
    rule: 'memory-locked',
    severity: 'info',
    title: `${formatBytes(locked)} is locked`,
    reasons: ['mlock or mlockall keeps it in memory: the kernel can’t take it back or swap it out, however short memory is.'],
    rows: [],
    steps: [],
  };
};

const RULES: readonly Rule[] = [
  growingSubject({
    rule: 'heap-grows',
    subject: 'heap',
    name: 'The heap',
    causes:
      'malloc and new of small blocks enlarge it: more is taken than is freed, or what is freed lies in pieces that don’t fit.',
    sizeOf: ({ subjects }) => subjects.heap.amounts.size,
  }),
  growingSubject({
    rule: 'arena-grows',
    subject: 'arenas',
    name: 'malloc arenas',
    causes: 'malloc and new in threads other than the main one enlarge them.',
    sizeOf: ({ subjects }) => subjects.arenas.amounts.size,
  }),
  threadsPileUp,
  mappingsGrow,
  growingSubject({
    rule: 'anonymous-grows',
    subject: 'anonymous',
    name: 'Anonymous memory',
    causes:
      'mmap without munmap, and blocks that malloc maps by themselves (128 KiB and more) and that are not freed, look like this; neighbours that are alike are one region to the kernel.',
    sizeOf: ({ anonymousSize }) => anonymousSize,
  }),
  mappingsNearLimit,
  sharedMemoryGrows,
  arenasRetain,
  swapDominates,
  hugePagesDominate,
  memoryLocked,
  fileCacheOnly,
];
