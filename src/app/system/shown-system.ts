import { formatBytes, formatDuration } from '../../base/units.js';
import { meminfoMap } from '../../insight/meminfo-terms.js';
import type { Points } from '../../insight/series.js';
import { accountMachine } from '../../insight/system/accounting.js';
import { freeColumns, freeVersion } from '../../insight/system/free-columns.js';
import { AVAILABLE_WORDS, ITEM_WORDS, NOTE_WORDS } from '../../insight/system/items.js';
import { filesOf, SYSTEM_STEPS, systemFindings } from '../../insight/system/rules.js';
import {
  ACCOUNT_PARTS,
  type AccountId,
  type AccountInsideId,
  type AccountNote,
  type AccountPartId,
  type FreeColumns,
  type FreeVersion,
  type MachineAccounting,
  type PagingRates,
  type SystemFacts,
  type SystemFinding,
} from '../../model/machine-accounting.js';
import type { SystemState } from '../../model/system-state.js';
import type {
  FreeText,
  InsideItem,
  ItemText,
  OwnerTable,
  ShownSystem,
  SystemFindingText,
  SystemItem,
  SystemStepText,
} from '../../protocol/system.js';
import { ITEM_GROUPS } from './item-groups.js';
import { missingTexts } from './missing-words.js';
import { ownerTables, TABLES_OF } from './owner-tables.js';

/** What is known beside the state itself. */
export interface SystemSurroundings {
  /** Another one for each reading. */
  readonly id: number;
  /** A target that can be asked again. */
  readonly isLive: boolean;
  /** An earlier state, for rules about growth. */
  readonly before?: SystemFacts;
  /** MemAvailable over time, in bytes. */
  readonly available?: Points;
  /** Of what was watched, the last minute. */
  readonly rates?: PagingRates;
}

/** A state as the page shows it; undefined: it has neither MemTotal nor a table of owners. */
export function shownSystem(state: SystemState, around: SystemSurroundings): ShownSystem | undefined {
  const { facts } = state;
  const accounting = accountMachine(facts);
  const tables = ownerTables(state, accounting);
  if (accounting === undefined && tables.length === 0) return undefined;
  const available = meminfoMap(facts.meminfo).get('MemAvailable');
  const installedFree = state.procps;
  return {
    id: around.id,
    ...(facts.at === undefined ? {} : { at: facts.at }),
    ...kernelOf(facts),
    ...(accounting === undefined
      ? { items: [], notes: [NO_MEMINFO] }
      : { total: accounting.total, items: itemsOf(accounting, tables), notes: wholeNotes(accounting) }),
    ...(available === undefined ? {} : { available }),
    availableIs: AVAILABLE_WORDS,
    free: accounting === undefined ? [] : freeTexts(facts, installedFree),
    ...(installedFree === undefined ? {} : { installedFree }),
    findings: systemFindings({
      now: facts,
      ...filesOf(state),
      ...(around.before === undefined ? {} : { before: around.before }),
      ...(around.available === undefined ? {} : { available: around.available }),
      ...(around.rates === undefined ? {} : { rates: around.rates }),
    }).map((finding) => findingText(finding, around.isLive)),
    tables,
    missing: missingTexts(state.missing, around.isLive),
    ...(state.rootRefused === undefined ? {} : { rootRefused: state.rootRefused }),
  };
}

const NO_MEMINFO =
  'There is no meminfo with it: who holds memory is shown, and not what part of the machine it is. Save /proc/meminfo with it, and open the folder.';

function kernelOf({ kernelRelease, architecture }: SystemFacts): { readonly kernel?: string } {
  const words = [kernelRelease === undefined ? undefined : `Linux ${kernelRelease}`, architecture].filter((word) => word);
  return words.length === 0 ? {} : { kernel: words.join(', ') };
}

const isPart = (id: AccountId): id is AccountPartId => (ACCOUNT_PARTS as readonly AccountId[]).includes(id);

function itemsOf(accounting: MachineAccounting, tables: readonly OwnerTable[]): readonly SystemItem[] {
  const there = new Set(tables.map(({ id }) => id));
  const tablesOf = (id: SystemItem['id']): SystemItem['tables'] => (TABLES_OF[id] ?? []).filter((table) => there.has(table));
  const inside = accounting.items.flatMap((item) =>
    item.inside === undefined || isPart(item.id) ? [] : [{ ...item, id: item.id, inside: item.inside }],
  );
  const parts = accounting.items.flatMap(({ id, bytes, sources, inside: within }): readonly SystemItem[] => {
    if (within !== undefined || !isPart(id)) return [];
    return [
      {
        id,
        group: ITEM_GROUPS[id],
        bytes,
        ...wordsOf(id, sources),
        notes: accounting.notes.flatMap((note) => (itemOfNote(note, accounting) === id ? [noteText(note)] : [])),
        // Of what several parts hold together, the first one shows it.
        inside: inside
          .filter(({ inside: of }) => of[0] === id)
          .map((item) => insideOf(item.id, item.bytes, item.sources, item.inside)),
        tables: tablesOf(id),
      },
    ];
  });
  const unexplained: SystemItem = {
    id: 'unexplained',
    group: 'unexplained',
    bytes: accounting.unexplained,
    ...wordsOf('unexplained', ['MemTotal']),
    notes: [
      ...remainderNotes(accounting),
      ...accounting.notes.flatMap((note) => (itemOfNote(note, accounting) === 'unexplained' ? [noteText(note)] : [])),
    ],
    inside: [],
    tables: tablesOf('unexplained'),
  };
  return [...parts, unexplained];
}

const wordsOf = (id: AccountId | 'unexplained', sources: readonly string[]): ItemText => ({ ...ITEM_WORDS[id], sources });

const insideOf = (id: AccountInsideId, bytes: number, sources: readonly string[], of: readonly AccountPartId[]): InsideItem => ({
  id,
  bytes,
  ...wordsOf(id, sources),
  of,
});

/** Where a note is read: at the part that it is about, or at what is left. */
function itemOfNote(note: AccountNote, { items }: MachineAccounting): SystemItem['id'] | undefined {
  switch (note.kind) {
    case 'vmalloc-with-ioremap':
    case 'vmalloc-not-told':
    case 'cpu-lists-not-told':
      return 'unexplained';
    case 'stacks-inside-vmalloc':
    case 'stacks-perhaps-inside':
      return items.some(({ id }) => id === 'vmalloc') ? 'vmalloc' : 'kernelStacks';
    case 'not-a-size':
      return undefined;
  }
}

function noteText(note: AccountNote): string {
  const words = NOTE_WORDS[note.kind];
  switch (note.kind) {
    case 'vmalloc-with-ioremap':
      return `${words} It says ${formatBytes(note.bytes)}.`;
    case 'stacks-inside-vmalloc':
      return `${words} ${note.seen ? 'The callers of vmalloc show it.' : 'That is how kernels of this version and architecture are built; the callers of vmalloc, which root may read, would show it.'}`;
    case 'stacks-perhaps-inside':
      return `${words} That is ${formatBytes(note.bytes)} at most.`;
    case 'not-a-size':
      return `${words} ${note.fields.join(', ')}.`;
    default:
      return words;
  }
}

const wholeNotes = (accounting: MachineAccounting): readonly string[] =>
  accounting.notes.flatMap((note) => (itemOfNote(note, accounting) === undefined ? [noteText(note)] : []));

function remainderNotes({ unexplained, overlaps, total }: MachineAccounting): readonly string[] {
  if (unexplained >= 0) return [];
  const over = `The parts are ${formatBytes(-unexplained)} more than MemTotal: something is counted twice, or the files are of different moments.`;
  // The counters of the CPUs are summed up at different moments.
  const small = -unexplained < total / 500 ? [' So little is how exactly the kernel counts.'] : [];
  const pairs = overlaps
    .slice(0, 3)
    .map(
      ({ pair, bytes, leaves }) =>
        `Likely in ${pair.join(' and in ')}: ${formatBytes(bytes)}; counted once, ${formatBytes(Math.abs(leaves))} ${leaves < 0 ? 'is still too much' : 'stays unexplained'}.`,
    );
  return [
    over + small.join(''),
    ...(pairs.length > 0
      ? pairs
      : small.length > 0
        ? []
        : ['No pair of fields that kernels are known to count twice is of this size.']),
  ];
}

const FREE_LABELS: Readonly<Record<FreeVersion, string>> = {
  '3.3.8': 'procps up to 3.3.8',
  '3.3.9': 'procps 3.3.9',
  '3.3.11': 'procps 3.3.10 and 3.3.11',
  '4.0.0': 'procps 3.3.12 to 4.0.0',
  '4.0.1': 'procps 4.0.1 and newer',
};

/** The newest way to count first. */
function freeTexts({ meminfo }: SystemFacts, installedFree: string | undefined): readonly FreeText[] {
  const installed = installedFree === undefined ? undefined : freeVersion(installedFree);
  return freeColumns(meminfo)
    .map((columns) => ({
      version: columns.version,
      label: FREE_LABELS[columns.version],
      isInstalled: columns.version === installed,
      columns: namedColumns(columns),
      usedIs: columns.usedIs,
    }))
    .toReversed();
}

function namedColumns({
  version,
  total,
  used,
  free,
  shared,
  cache,
  buffers,
  cached,
  available,
}: FreeColumns): FreeText['columns'] {
  const isEarly = version === '3.3.8' || version === '3.3.9';
  return [
    { name: 'total', bytes: total },
    { name: 'used', bytes: used },
    { name: 'free', bytes: free },
    { name: 'shared', bytes: shared },
    ...(isEarly
      ? [
          { name: 'buffers', bytes: buffers },
          { name: 'cached', bytes: cached },
        ]
      : [
          { name: 'buff/cache', bytes: cache },
          { name: 'available', bytes: available },
        ]),
  ];
}

function findingText(
  { rule, severity, title, reasons, doubt, evidence, steps }: SystemFinding,
  isLive: boolean,
): SystemFindingText {
  const told: readonly SystemStepText[] = steps.flatMap((step) =>
    // Files are of one moment, and nothing goes on there.
    !isLive && (step === 'watch-trend' || step === 'mark-and-diff') ? [] : [{ step, title: SYSTEM_STEPS[step] }],
  );
  const { pid } = evidence;
  return {
    rule,
    severity,
    title,
    reasons,
    ...(doubt === undefined ? {} : { doubt }),
    evidence: evidenceTexts(evidence),
    steps: pid === undefined || !isLive ? told : [...told, { step: 'show-map', title: `Memory Map of ${pid}`, pid }],
    link: rule,
  };
}

type EvidenceUnit = 'bytes' | 'bytes an hour' | 'bytes a second' | 'share' | 'count' | 'duration';

/** The figures of the rules by their names; of `before` and `after`, the rule says of what. */
export const EVIDENCE: Readonly<Record<string, readonly [label: string, unit: EvidenceUnit]>> = {
  shmem: ['Shmem', 'bytes'],
  cached: ['Cached', 'bytes'],
  ofTotal: ['Of the RAM', 'share'],
  ofCached: ['Of Cached', 'share'],
  swapFree: ['Swap free', 'bytes'],
  dropCachesGain: ['Dropping caches gives at most', 'bytes'],
  free: ['MemFree', 'bytes'],
  cmaFree: ['CmaFree', 'bytes'],
  withoutCma: ['Free without CMA', 'bytes'],
  cmaTotal: ['CmaTotal', 'bytes'],
  before: ['Before', 'bytes'],
  after: ['Now', 'bytes'],
  growth: ['Growth', 'bytes'],
  pageTables: ['Page tables', 'bytes'],
  mostOfOne: ['Most of one process', 'bytes'],
  pid: ['Its PID', 'count'],
  stacks: ['Kernel stacks', 'bytes'],
  threads: ['Threads', 'count'],
  newThreads: ['More threads', 'count'],
  threadsOfOne: ['Most of one process', 'count'],
  reclaimable: ['Can be given back', 'bytes'],
  cmaFails: ['Allocations that failed', 'count'],
  unexplained: ['Unexplained', 'bytes'],
  overlap: ['Likely counted twice', 'bytes'],
  leaves: ['Left when counted once', 'bytes'],
  swapInPerSecond: ['Swapped in', 'bytes a second'],
  stalledShare: ['Time that all tasks waited', 'share'],
  committed: ['Committed_AS', 'bytes'],
  limit: ['Limit', 'bytes'],
  share: ['Of the limit', 'share'],
  unused: ['Not used', 'bytes'],
  usage: ['Usage', 'bytes'],
  groups: ['Groups near their limits', 'count'],
  left: ['Available', 'bytes'],
  ratePerHour: ['Falls by', 'bytes an hour'],
  errorPerHour: ['Give or take', 'bytes an hour'],
  reachedInMs: ['Gone in about', 'duration'],
  earliestMs: ['At the earliest', 'duration'],
  latestMs: ['At the latest', 'duration'],
};

const evidenceTexts = (evidence: SystemFinding['evidence']): SystemFindingText['evidence'] =>
  Object.entries(evidence).map(([key, value]) => {
    const [name, unit] = EVIDENCE[key] ?? [key, 'count'];
    return { name, text: evidenceText(value, unit) };
  });

function evidenceText(value: number, unit: EvidenceUnit): string {
  switch (unit) {
    case 'bytes':
      return signedBytes(value);
    case 'bytes an hour':
      return `${signedBytes(value)} an hour`;
    case 'bytes a second':
      return `${signedBytes(value)} a second`;
    case 'share':
      return `${(100 * value).toFixed(1)} %`;
    case 'duration':
      return formatDuration(value);
    case 'count':
      return value.toLocaleString('en-US', { useGrouping: value >= 100_000 || value < 0 });
  }
}

/** `1.5 MiB`, `−3 KiB`. */
export const signedBytes = (value: number): string =>
  value < 0 ? `\u2212${formatBytes(Math.round(-value))}` : formatBytes(Math.round(value));
