import { formatBytes, formatCount, formatDuration, MINUTE, type Milliseconds } from '../../base/units.js';
import type { MachineAccounting, SystemFinding, SystemStepId } from '../../model/machine-accounting.js';
import type { SysvSegment } from '../../model/system-owners.js';
import type { MemoryFile, SystemState } from '../../model/system-state.js';
import { meminfoMap } from '../meminfo-terms.js';
import { accountMachine } from './accounting.js';
import { availableTrend } from './available-trend.js';
import { cgroupNearLimit } from './cgroup-rule.js';
import { slabGrowth } from './diff.js';
import { elapsed, isRestarted } from './elapsed.js';
import { fileThrash, swapThrash } from './paging-rules.js';
import { type Case, type Found, over, percent, type Rule, type SystemEvidence } from './rule-case.js';

/** The part of the evidence that is the owners' of a state. */
export const filesOf = ({ owners }: Pick<SystemState, 'owners'>): Pick<SystemEvidence, 'files'> =>
  owners.files === undefined ? {} : { files: owners.files };

const MIB = 1024 * 1024;
/** Shares of the RAM, unless something else is said. docs/system.md has each with its reason. */
const LIMITS = {
  sharedOfTotal: 0.25,
  sharedOfCached: 0.8,
  cmaOfFree: 0.8,
  freeWithoutCma: 0.02,
  cmaLeft: 0.05,
  largeFile: 0.02,
  slabGrowth: 16 * MIB,
  slabGrowthShare: 0.1,
  /** What grows by so much is worth a word also where it is less than the amounts here: they are for machines of gigabytes. */
  growthOfSmall: 0.04,
  pageTables: 0.05,
  stacks: 0.01,
  stacksLeast: 16 * MIB,
  stacksOfSmall: 0.05,
  threads: 4000,
  /** The kernel has some threads of its own for each. */
  threadsOfCpu: 16,
  newThreads: 1000,
  newThreadsShare: 0.5,
  unexplained: 0.1,
  unexplainedGrowth: 0.01,
  unexplainedGrowthLeast: 64 * MIB,
  committed: 0.9,
  hugeUnused: 0.05,
  /** Of what is judged as a counter's rounding. */
  twice: 0.002,
} as const;
const SOON: Milliseconds = 60 * MINUTE;

/**
 * What a machine's state means, by the rules of docs/system.md: each says what it saw in numbers, and no more. The weightiest first; none for a
 * machine that is well, or of which too little is told.
 */
export function systemFindings(evidence: SystemEvidence): readonly SystemFinding[] {
  const { now, available } = evidence;
  const accounting = accountMachine(now);
  if (accounting === undefined) return [];
  const { total } = accounting;
  // What a machine held before it was started anew, or holds later, says nothing of what has grown until now.
  const isEarlier =
    evidence.before !== undefined && !isRestarted(evidence.before, now) && (elapsed(evidence.before, now) ?? 0) >= 0;
  const before = isEarlier ? evidence.before : undefined;
  const earlier = before === undefined ? undefined : accountMachine(before);
  const trend = available === undefined ? undefined : availableTrend(available, total);
  const { before: _, ...others } = evidence;
  const known: Case = {
    ...others,
    ...(before === undefined ? {} : { before }),
    accounting,
    ...(earlier === undefined ? {} : { earlier }),
    fields: meminfoMap(now.meminfo),
    total,
    ...(trend === undefined ? {} : { trend }),
  };
  const found = RULES.flatMap(([rule, judged]) => {
    const finding = judged(known);
    return finding === undefined ? [] : [{ rule, ...finding }];
  });
  const weight = ({ severity }: SystemFinding): number => ['error', 'warning', 'info'].indexOf(severity);
  return found.sort((one, other) => weight(one) - weight(other));
}

function sharedMemory({ fields, total, now, files = [] }: Case): Found | undefined {
  const [shmem, cached, swapFree] = [fields.get('Shmem'), fields.get('Cached'), fields.get('SwapFree') ?? 0];
  if (shmem === undefined || cached === undefined || cached === 0) return undefined;
  if (shmem / total <= LIMITS.sharedOfTotal || shmem / cached <= LIMITS.sharedOfCached) return undefined;
  const gain = Math.max(0, cached - shmem) + (fields.get('Buffers') ?? 0) + (fields.get('SReclaimable') ?? 0);
  const mounts = [...(now.tmpfs ?? [])].sort((one, other) => other.used - one.used).slice(0, 3);
  const orphans = (now.shm ?? []).filter(({ attached }) => attached === 0);
  const large = files.filter(({ bytes }) => bytes >= LIMITS.largeFile * total).slice(0, 3);
  const noSwap = swapFree === 0;
  return {
    severity: noSwap ? 'warning' : 'info',
    title: `The cache is mostly shared memory and tmpfs: ${formatBytes(shmem)}`,
    reasons: [
      `${percent(shmem / cached)} of Cached, and ${percent(shmem / total)} of the RAM, is Shmem: files of tmpfs, System V and POSIX shared memory, memfds.`,
      noSwap
        ? 'There is no free swap, so none of it can be reclaimed.'
        : `It can only be reclaimed by swapping; ${formatBytes(swapFree)} of swap is free.`,
      `Dropping caches can give back ${formatBytes(gain)} at most (${percent(gain / total)} of the RAM): it drops files and slab, not shared memory.`,
      ...mounts.map(({ mountPoint, used }) => `${mountPoint} holds ${formatBytes(used)}.`),
      ...large.map(({ path, bytes, holders = [] }) => `${path}${heldBy(holders)} is ${formatBytes(bytes)}.`),
      ...orphanWords(orphans),
    ],
    evidence: { shmem, cached, ofTotal: shmem / total, ofCached: shmem / cached, swapFree, dropCachesGain: gain },
    steps: ['show-tmpfs', 'show-processes'],
  };
}

/** Before Linux 2.6.37 only their lengths are told, of which not all needs to be in memory. */
function orphanWords(orphans: readonly SysvSegment[]): readonly string[] {
  if (orphans.length === 0) return [];
  const isKnown = orphans.every(({ resident }) => resident !== undefined);
  const bytes = orphans.reduce((sum, { resident, size }) => sum + (resident ?? size), 0);
  const amount = isKnown ? `${formatBytes(bytes)} in RAM` : `${formatBytes(bytes)} at most`;
  return [`${formatCount(orphans.length, 'System V segment')} that nobody has attached: ${amount}.`];
}

/** `, of viewer (9) and 2 more,` */
function heldBy(holders: NonNullable<MemoryFile['holders']>): string {
  const [first] = holders;
  if (first === undefined) return '';
  const more = holders.length > 1 ? ` and ${holders.length - 1} more` : '';
  return `, of ${first.name} (${first.pid})${more},`;
}

function freeIsCma({ fields, total }: Case): Found | undefined {
  const [free, cmaFree] = [fields.get('MemFree'), fields.get('CmaFree')];
  if (free === undefined || cmaFree === undefined || cmaFree === 0) return undefined;
  const rest = free - cmaFree;
  if (cmaFree / free <= LIMITS.cmaOfFree || rest / total >= LIMITS.freeWithoutCma) return undefined;
  return {
    severity: 'warning',
    title: `Of ${formatBytes(free)} free memory ${formatBytes(cmaFree)} is CMA`,
    reasons: [
      `Without CMA ${formatBytes(Math.max(0, rest))} is free (${percent(Math.max(0, rest) / total)} of the RAM).`,
      'Only movable pages may be taken from CMA: allocations of the kernel itself, such as page tables, slab and kernel stacks, fail while it is free.',
      ...(fields.has('MemAvailable') ? ['MemAvailable counts it as if everybody could use it.'] : []),
    ],
    evidence: { free, cmaFree, withoutCma: rest, ofTotal: rest / total },
    steps: ['show-zones'],
  };
}

function cmaExhausted({ fields, now, before }: Case): Found | undefined {
  const [all, left] = [fields.get('CmaTotal'), fields.get('CmaFree')];
  if (all === undefined || left === undefined || all === 0) return undefined;
  const [fails, failsBefore] = [now.counters?.cmaFails, before?.counters?.cmaFails];
  const failed = fails === undefined || failsBefore === undefined ? 0 : Math.max(0, fails - failsBefore);
  const isLow = left / all < LIMITS.cmaLeft;
  if (!isLow && failed === 0) return undefined;
  return {
    severity: failed > 0 ? 'warning' : 'info',
    title:
      failed > 0
        ? `${formatCount(failed, 'allocation')} from CMA failed${over(before, now)}`
        : `CMA is nearly used up: ${formatBytes(left)} of ${formatBytes(all)} is free`,
    reasons: [
      `${percent(left / all)} of the memory for contiguous allocations is free.`,
      ...(failed === 0 && fails !== undefined && fails > 0
        ? [`Since the start of the machine ${formatCount(fails, 'allocation')} from it have failed.`]
        : []),
      failed > 0 && !isLow
        ? 'Pages in the way could not be moved, or no piece without gaps was as large as was asked for.'
        : 'Drivers that need a large contiguous buffer have to wait until pages are moved out of it, or fail.',
    ],
    ...(failed > 0
      ? {}
      : {
          doubt:
            'Movable pages of applications and of the page cache use it too, and can be moved away: meminfo does not say how much that is.',
        }),
    evidence: { cmaTotal: all, cmaFree: left, ...(failed > 0 ? { cmaFails: failed } : {}) },
    steps: ['show-zones', 'mark-and-diff'],
  };
}

function slabGrows({ now, before, fields, total }: Case): Found | undefined {
  const after = fields.get('SUnreclaim');
  const start = before === undefined ? undefined : meminfoMap(before.meminfo).get('SUnreclaim');
  if (after === undefined || start === undefined) return undefined;
  const growth = after - start;
  const least = Math.min(LIMITS.slabGrowth, LIMITS.growthOfSmall * total);
  if (growth < least || growth < start * LIMITS.slabGrowthShare) return undefined;
  const caches =
    before === undefined
      ? []
      : slabGrowth(before, now)
          .filter(({ change }) => change > 0)
          .slice(0, 3);
  return {
    severity: 'warning',
    title: `Unreclaimable slab grew by ${formatBytes(growth)}${over(before, now)}`,
    reasons: [
      `From ${formatBytes(start)} to ${formatBytes(after)}, now ${percent(after / total)} of the RAM.`,
      ...caches.map(({ name, change }) => `${name} grew by ${formatBytes(change)}.`),
      ...(caches.length === 0 ? ['/proc/slabinfo of both moments would tell which cache it is; only root may read it.'] : []),
    ],
    doubt: 'Caches of the kernel fill while it works: mark, do the same once more, and see whether it grows again.',
    evidence: { before: start, after, growth },
    steps: ['show-slab', 'mark-and-diff'],
  };
}

function pageTables({ fields, total, now }: Case): Found | undefined {
  const bytes = (fields.get('PageTables') ?? 0) + (fields.get('SecPageTables') ?? 0);
  if (bytes / total <= LIMITS.pageTables) return undefined;
  const most = now.mostPageTables;
  return {
    severity: 'warning',
    title: `Page tables take ${formatBytes(bytes)}`,
    reasons: [
      `That is ${percent(bytes / total)} of the RAM; a page table describes 512 times its size of mapped memory, on most machines.`,
      most === undefined
        ? 'VmPTE in /proc/PID/status tells which process has them.'
        : `${most.name} (${most.pid}) has ${formatBytes(most.bytes)} of them.`,
      'Many processes that map the same large shared memory have page tables for it each; huge pages need hardly any.',
    ],
    evidence: {
      pageTables: bytes,
      ofTotal: bytes / total,
      ...(most === undefined ? {} : { mostOfOne: most.bytes, pid: most.pid }),
    },
    steps: ['show-processes', 'show-huge-pages'],
  };
}

function stacksPileUp({ fields, total, now, before }: Case): Found | undefined {
  const bytes = fields.get('KernelStack');
  if (bytes === undefined) return undefined;
  const { threads, mostThreads } = now;
  const cpus = Math.max(0, ...(now.zones ?? []).map((zone) => zone.cpus.length));
  const isLarge = bytes / total >= LIMITS.stacks && (bytes >= LIMITS.stacksLeast || bytes / total >= LIMITS.stacksOfSmall);
  const isMany = threads !== undefined && threads >= LIMITS.threads + LIMITS.threadsOfCpu * cpus;
  const grown = threads === undefined || before?.threads === undefined ? 0 : threads - before.threads;
  const grows = grown >= LIMITS.newThreads && grown >= LIMITS.newThreadsShare * (before?.threads ?? 0);
  if (!isLarge && !isMany && !grows) return undefined;
  return {
    severity: isLarge || grows ? 'warning' : 'info',
    title: grows
      ? `${formatCount(grown, 'more thread')}${over(before, now)}: kernel stacks take ${formatBytes(bytes)}`
      : `Kernel stacks take ${formatBytes(bytes)}`,
    reasons: [
      `That is ${percent(bytes / total)} of the RAM.`,
      threads === undefined
        ? 'Each thread of the machine has one, of 8 to 16 KiB on most.'
        : `${formatCount(threads, 'thread')} have one each: ${formatBytes(Math.round(bytes / Math.max(1, threads)))} for a thread.`,
      mostThreads === undefined
        ? 'Threads in /proc/PID/status tells which process has them.'
        : `${mostThreads.name} (${mostThreads.pid}) has ${mostThreads.threads.toLocaleString('en-US')} of them.`,
    ],
    ...(grows ? { doubt: 'A server may begin a pool of threads and keep it: mark, and see whether more come.' } : {}),
    evidence: {
      stacks: bytes,
      ofTotal: bytes / total,
      ...(threads === undefined ? {} : { threads }),
      ...(grows ? { newThreads: grown } : {}),
      ...(mostThreads === undefined ? {} : { threadsOfOne: mostThreads.threads, pid: mostThreads.pid }),
    },
    steps: ['show-processes', ...(grows ? (['mark-and-diff'] as const) : [])],
  };
}

function unexplainedLarge({ accounting, total }: Case): Found | undefined {
  const { unexplained, notes, items } = accounting;
  if (unexplained / total <= LIMITS.unexplained) return undefined;
  // WSL 1 and some containers tell only what is free.
  const untold = (
    [
      ['applications', 'applications'],
      ['pageCache', 'the page cache'],
    ] as const
  ).flatMap(([part, words]) => (items.some(({ id }) => id === part) ? [] : [words]));
  if (untold.length > 0)
    return {
      severity: 'info',
      title: `${formatBytes(unexplained)} is not told apart`,
      reasons: [
        `That is ${percent(unexplained / total)} of the RAM: this meminfo does not tell ${untold.join(' and ')}, which are in it.`,
      ],
      evidence: { unexplained, ofTotal: unexplained / total },
      steps: ['show-processes'],
    };
  return {
    severity: 'info',
    title: `${formatBytes(unexplained)} is in no field of the kernel`,
    reasons: [
      `That is ${percent(unexplained / total)} of the RAM: pages that drivers, sockets and pipes took from the page allocator themselves, balloons of a hypervisor, memory of graphics.`,
      ...(notes.some(({ kind }) => kind === 'cpu-lists-not-told')
        ? [
            'The free lists of the CPUs are in it, hundreds of MiB on a large machine and less than one on a small board: /proc/zoneinfo would tell them.',
          ]
        : []),
      ...(notes.some(({ kind }) => kind === 'vmalloc-not-told' || kind === 'vmalloc-with-ioremap')
        ? ['vmalloc is in it: on this kernel only /proc/vmallocinfo tells how much that is.']
        : []),
    ],
    doubt: 'An amount that stays is how this machine is set up. What grows is what leaks: mark, and compare.',
    evidence: { unexplained, ofTotal: unexplained / total },
    steps: ['mark-and-diff', 'show-vmalloc'],
  };
}

function unexplainedGrows({ accounting, earlier, total, now, before }: Case): Found | undefined {
  if (earlier === undefined) return undefined;
  const growth = accounting.unexplained - earlier.unexplained;
  // What is told of one moment only would look as if it had grown.
  const told = ({ items }: MachineAccounting): string => items.map(({ id }) => id).join();
  if (told(accounting) !== told(earlier)) return undefined;
  const least = Math.min(LIMITS.unexplainedGrowthLeast, LIMITS.growthOfSmall * total);
  if (growth < Math.max(LIMITS.unexplainedGrowth * total, least)) return undefined;
  const noLists = accounting.notes.some(({ kind }) => kind === 'cpu-lists-not-told');
  return {
    severity: noLists ? 'info' : 'warning',
    title: `Memory that no field explains grew by ${formatBytes(growth)}${over(before, now)}`,
    reasons: [
      `From ${formatBytes(earlier.unexplained)} to ${formatBytes(accounting.unexplained)}.`,
      'Such memory is taken from the page allocator directly: by drivers, a balloon of the hypervisor, graphics, sockets and pipes that nobody reads.',
    ],
    ...(noLists
      ? {
          doubt:
            'The free lists of the CPUs are in it, and on a large machine they alone can differ by hundreds of MiB: read /proc/zoneinfo with meminfo.',
        }
      : {}),
    evidence: { before: earlier.unexplained, after: accounting.unexplained, growth },
    steps: ['mark-and-diff', 'show-vmalloc'],
  };
}

function countedTwice({ accounting, total }: Case): Found | undefined {
  const { unexplained, overlaps } = accounting;
  if (unexplained >= -LIMITS.twice * total) return undefined;
  const [likely] = overlaps;
  return {
    severity: 'info',
    title: `The parts are ${formatBytes(-unexplained)} more than the RAM`,
    reasons: [
      'Some memory is in two fields of this kernel, or the files are not of the same moment.',
      likely === undefined
        ? 'No pair of fields that kernels are known to count twice is of this size.'
        : `It is likely in ${likely.pair.join(' and in ')}: counted once, ${formatBytes(Math.abs(likely.leaves))} ${likely.leaves < 0 ? 'is still too much' : 'stays unexplained'}.`,
    ],
    evidence: { unexplained, ...(likely === undefined ? {} : { overlap: likely.bytes, leaves: likely.leaves }) },
    steps: ['show-vmalloc'],
  };
}

function overcommit({ fields, now }: Case): Found | undefined {
  const [limit, committed] = [fields.get('CommitLimit'), fields.get('Committed_AS')];
  // In the modes 0 and 1 the limit is not enforced.
  if (now.overcommitMode !== 2 || limit === undefined || committed === undefined || limit === 0) return undefined;
  if (committed / limit < LIMITS.committed) return undefined;
  return {
    severity: 'warning',
    title: `${percent(committed / limit)} of the address space that may be promised is promised`,
    reasons: [
      `Committed_AS is ${formatBytes(committed)}, CommitLimit ${formatBytes(limit)}, and vm.overcommit_memory is 2: beyond it malloc and fork fail, however much memory is free.`,
      'vm.overcommit_ratio (or overcommit_kbytes) and swap raise the limit.',
    ],
    evidence: { committed, limit, share: committed / limit },
    steps: ['show-processes'],
  };
}

function hugePagesUnused({ fields, total, now }: Case): Found | undefined {
  const pools =
    now.hugePages ??
    ([['HugePages_Free', 'HugePages_Rsvd', 'Hugepagesize']] as const).flatMap(([free, reserved, size]) => {
      const pageSize = fields.get(size);
      return pageSize === undefined ? [] : [{ pageSize, free: fields.get(free) ?? 0, reserved: fields.get(reserved) ?? 0 }];
    });
  const unused = pools.reduce((sum, { pageSize, free = 0, reserved = 0 }) => sum + Math.max(0, free - reserved) * pageSize, 0);
  if (unused / total < LIMITS.hugeUnused) return undefined;
  return {
    severity: 'warning',
    title: `${formatBytes(unused)} of huge pages is set aside and not used`,
    reasons: [
      `That is ${percent(unused / total)} of the RAM; nothing but hugetlb can use it.`,
      'Neither used nor promised (reserved): vm.nr_hugepages can be lowered by so much.',
    ],
    evidence: { unused, ofTotal: unused / total },
    steps: ['show-huge-pages'],
  };
}

function availableFalls({ trend }: Case): Found | undefined {
  const { goneInMs, earliestMs, latestMs, fallsPerHour = 0, errorPerHour = 0, windowMs = 0, last = 0 } = trend ?? {};
  if (goneInMs === undefined || earliestMs === undefined) return undefined;
  // The kernel's estimate ends at 0.
  const isGone = last <= 0;
  const latest = latestMs === undefined ? 'or never' : `at the latest in ${formatDuration(latestMs)}`;
  return {
    severity: goneInMs <= SOON ? 'error' : 'warning',
    title: isGone ? 'Available memory is gone' : `Available memory is gone in about ${formatDuration(goneInMs)}`,
    reasons: [
      `It ${isGone ? 'fell' : 'falls'} by ${formatBytes(Math.round(fallsPerHour))} ± ${formatBytes(Math.round(errorPerHour))} an hour over ${formatDuration(windowMs)}; ${isGone ? 'nothing' : formatBytes(last)} is left.`,
      ...(isGone ? [] : [`At this rate it is gone at the earliest in ${formatDuration(earliestMs)}, ${latest}.`]),
    ],
    doubt: 'A straight line: what fills now (a cache, a start) may end by itself.',
    evidence: {
      left: last,
      ratePerHour: fallsPerHour,
      errorPerHour,
      reachedInMs: goneInMs,
      earliestMs,
      ...(latestMs === undefined ? {} : { latestMs }),
    },
    steps: ['show-processes', 'watch-trend'],
  };
}

const RULES: readonly (readonly [SystemFinding['rule'], Rule])[] = [
  ['available-falls', availableFalls],
  ['swap-thrash', swapThrash],
  ['file-thrash', fileThrash],
  ['cache-is-shared-memory', sharedMemory],
  ['free-is-cma', freeIsCma],
  ['unreclaimable-slab-grows', slabGrows],
  ['unexplained-grows', unexplainedGrows],
  ['page-tables-large', pageTables],
  ['kernel-stacks-large', stacksPileUp],
  ['overcommit-near-limit', overcommit],
  ['huge-pages-unused', hugePagesUnused],
  ['cgroup-near-limit', cgroupNearLimit],
  ['cma-exhausted', cmaExhausted],
  ['unexplained-large', unexplainedLarge],
  ['counted-twice', countedTwice],
];

/** What a step leads to, as a button says it. */
export const SYSTEM_STEPS: Readonly<Record<SystemStepId, string>> = {
  'show-tmpfs': 'Show tmpfs Mounts and Shared Memory',
  'show-processes': 'Show the Processes',
  'show-slab': 'Show the Slab Caches',
  'show-vmalloc': 'Show the Callers of vmalloc',
  'show-zones': 'Show the Zones',
  'show-cgroups': 'Show the Cgroups',
  'show-huge-pages': 'Show the Huge Pages',
  'mark-and-diff': 'Mark, and Compare Later',
  'watch-trend': 'Show the Trend',
};
