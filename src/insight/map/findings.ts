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
/** Of vm.max_map_count. */
const NEAR_LIMIT = 0.5;
const AT_LIMIT = 0.8;
/** Of what the heap holds: freed and kept. */
const RETAINED_SHARE = 0.25;
const RETAINED_LEAST = 8 * MIB;
const DOMINATES = 0.5;
const DOMINATES_LEAST = 64 * MIB;
const LOCKED_LEAST = MIB;
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
  const at = readings.map((facts) => facts.at);
  return steadyGrowth(
    at,
    readings.map((facts) => value(facts) ?? Number.NaN),
    least,
  );
}

const bytesOf =
  (subject: SubjectName) =>
  ({ subjects }: MapFacts): number =>
    subjects[subject].bytes;

const perSecond = ({ perSecond: bytes }: SteadyGrowth): string => `${formatBytes(Math.round(bytes))} a second`;

const seconds = (ms: Milliseconds): string => `${Math.round(ms / 1000)} s`;

function steadily({ grown, windowMs }: SteadyGrowth): string {
  return `It grew by ${formatBytes(grown)} in ${seconds(windowMs)}; in each eighth of that time its lowest value was higher than in the one before, and it does not slow down.`;
}

function doubtOf({ windowMs }: SteadyGrowth): { readonly doubt?: string } {
  if (windowMs >= VERDICT_FROM) return {};
  return {
    doubt: 'A warm-up or a cache that takes minutes to fill looks the same so far. The trend judges it from 5 minutes on.',
  };
}

/** Rows of the subject that grow by themselves, those that grow fastest first; all of it when none does. */
function rowsOf({ growing }: Evidence, all: readonly number[]): readonly number[] {
  const there = new Set(all);
  const some = growing.filter(({ row }) => there.has(row)).map(({ row }) => row);
  return some.length > 0 ? some : all;
}

function growingSubject(rule: MapFinding['rule'], subject: SubjectName, name: string): Rule {
  return (evidence) => {
    const growth = growthOf(evidence, bytesOf(subject));
    const facts = newest(evidence)?.subjects[subject];
    if (growth === undefined || facts === undefined) return undefined;
    const grows = rowsOf(evidence, facts.rows);
    const where =
      facts.rows.length === 1
        ? []
        : [
            `${formatCount(grows.length, 'region')} of ${facts.rows.length.toLocaleString('en-US')} ${grows.length === 1 ? 'grows' : 'grow'}.`,
          ];
    return {
      rule,
      severity: 'warning',
      title: `${name} ${name.endsWith('s') ? 'grow' : 'grows'} by ${perSecond(growth)}`,
      reasons: [steadily(growth), `It holds ${formatBytes(facts.bytes)} now.`, ...where],
      ...doubtOf(growth),
      rows: grows,
      steps: [PROFILE, TREND, ROWS],
    };
  };
}

const threadsPileUp: Rule = (evidence) => {
  const count = ({ threads, subjects }: MapFacts): number => threads ?? subjects.stacks.rows.length;
  const growth = growthOf(evidence, count, LEAST_THREADS);
  const facts = newest(evidence);
  if (growth === undefined || facts === undefined) return undefined;
  const { stacks } = facts.subjects;
  return {
    rule: 'thread-stacks-pile-up',
    severity: 'warning',
    title: `Thread stacks pile up: ${growth.perSecond.toFixed(1)} threads more a second`,
    reasons: [
      `There are ${formatCount(count(facts), 'thread')}, ${formatCount(growth.grown, 'one')} more than ${seconds(growth.windowMs)} ago.`,
      `Their stacks reserve ${formatBytes(stacks.amounts.size)}${stacks.amounts.rss === undefined ? '' : `, of which ${formatBytes(stacks.amounts.rss)} is resident`}.`,
    ],
    doubt:
      'Threads that wait for work are meant to stay; threads that have ended and were not joined (pthread_join) keep their stacks, too.',
    rows: stacks.rows,
    steps: [ROWS, TREND],
  };
};

const mappingsGrow: Rule = (evidence) => {
  // Stacks and their guards have a rule of their own.
  const own = ({ mappings, subjects }: MapFacts): number => mappings - 2 * subjects.stacks.rows.length;
  const growth = growthOf(evidence, own, LEAST_MAPPINGS);
  const facts = newest(evidence);
  if (growth === undefined || facts === undefined) return undefined;
  const { mappings, maxMapCount } = facts;
  const left = maxMapCount === undefined ? undefined : maxMapCount - mappings;
  return {
    rule: 'mappings-grow',
    severity: 'warning',
    title: `The number of mappings grows by ${growth.perSecond.toFixed(1)} a second`,
    reasons: [
      `There are ${formatCount(mappings, 'mapping')}, ${formatCount(growth.grown, 'one')} more than ${seconds(growth.windowMs)} ago: something is mapped (mmap) and not unmapped (munmap).`,
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
  const mapped = growthOf(evidence, bytesOf('shared'));
  const open = growthOf(evidence, ({ sharedMemory }) => sharedMemory?.open?.bytes);
  const machine = growthOf(evidence, ({ sharedMemory }) => sharedMemory?.machine);
  const written = growthOf(evidence, ({ sharedMemory }) => sharedMemory?.written);
  const rows = rowsOf(evidence, facts.subjects.shared.rows);
  const common = { rule: 'shared-memory-grows', severity: 'warning', rows, steps: [ROWS, TREND] } as const;
  if (mapped !== undefined) {
    return {
      ...common,
      title: `Shared memory grows by ${perSecond(mapped)}`,
      reasons: [
        steadily(mapped),
        'It is mapped by this process; it stays until the last process has let go of it and its file is removed.',
      ],
      ...doubtOf(mapped),
    };
  }
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
  // Files that were written and closed: only the machine's sum shows them, and that the process writes at least as much.
  if (machine === undefined || written === undefined || written.perSecond < machine.perSecond * 0.8) return undefined;
  return {
    ...common,
    severity: 'info',
    title: `Shared memory of the machine grows by ${perSecond(machine)}`,
    reasons: [steadily(machine), `This process writes ${perSecond(written)} to files, enough for it.`],
    doubt: 'Whose it is can’t be seen in a map: look for files in tmpfs (/dev/shm, /tmp, /run) that grow in size or number.',
  };
};

const fileCacheOnly: Rule = (evidence) => {
  const files = growthOf(evidence, bytesOf('files'));
  const facts = newest(evidence);
  if (files === undefined || facts === undefined) return undefined;
  const others = growthOf(evidence, ({ whole, subjects }) => (whole.rss ?? whole.size) - subjects.files.bytes);
  if (others !== undefined) return undefined;
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
  const use = facts?.heapUse;
  if (facts === undefined || use === undefined) return undefined;
  const held = use.inUse + use.free + use.top;
  const retained = use.free + use.top;
  if (retained < RETAINED_LEAST || retained < RETAINED_SHARE * held) return undefined;
  return {
    rule: 'arenas-retain',
    severity: 'warning',
    title: `The heap keeps ${formatBytes(retained)} that the program has freed`,
    reasons: [
      `Of ${formatBytes(held)} of heap ${formatBytes(use.inUse)} is in use at most, and ${formatBytes(use.free)} lies free between blocks in use; the largest free piece has ${formatBytes(use.largestFree)}.`,
      'malloc can give only the end of the heap back to the kernel (malloc_trim also the pages within it).',
    ],
    doubt: 'The program may need it again soon: then nothing is lost.',
    rows: facts.subjects.heap.rows,
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
  growingSubject('heap-grows', 'heap', 'The heap'),
  growingSubject('arena-grows', 'arenas', 'malloc arenas'),
  growingSubject('anonymous-grows', 'anonymous', 'Anonymous memory'),
  threadsPileUp,
  mappingsGrow,
  mappingsNearLimit,
  sharedMemoryGrows,
  arenasRetain,
  swapDominates,
  hugePagesDominate,
  memoryLocked,
  fileCacheOnly,
];
