import { formatBytes } from '../../base/units.js';
import { meminfoMap } from '../../insight/meminfo-terms.js';
import { systemGrowth } from '../../insight/system/diff.js';
import { isRestarted, RESTARTED } from '../../insight/system/elapsed.js';
import { fragmentationWords } from '../../insight/system/fragmentation.js';
import { growthName } from '../../insight/system/growth-name.js';
import { leftBehind } from '../../insight/system/left-behind.js';
import { leftBehindWords } from '../../insight/system/left-behind-words.js';
import { ownerGrowth } from '../../insight/system/owner-growth.js';
import type { GrowthLine, SystemFacts } from '../../model/machine-accounting.js';
import type { OwnerGrowth, SystemState } from '../../model/system-state.js';
import type { SystemDiffText, SystemTable } from '../../protocol/system.js';
import { signedBytes } from './shown-system.js';

/** A line of a comparison, whatever it is of. */
type Growth = GrowthLine | OwnerGrowth;

const KINDS: Readonly<Record<Growth['kind'], string>> = {
  part: 'part of MemTotal',
  unexplained: 'unexplained',
  field: 'field of meminfo',
  slab: 'slab cache',
  vmalloc: 'vmalloc caller',
  module: 'module',
  cgroup: 'cgroup',
  swap: 'swap',
  zram: 'zram',
  'huge-pages': 'pool of huge pages',
  zone: 'zone',
  blocks: 'free blocks',
  process: 'process',
  mount: 'mount in memory',
  file: 'file in memory',
  segment: 'System V segment',
  'dma-buf': 'dma-buf',
};

/** Of everything, the largest change first. */
export const allGrowth = (before: SystemState, after: SystemState): readonly Growth[] =>
  [...systemGrowth(before.facts, after.facts), ...ownerGrowth(before, after)].sort(
    (one, other) => Math.abs(other.change) - Math.abs(one.change) || other.change - one.change,
  );

/** The growth of each line, the largest first. */
function growthTable(lines: readonly Growth[]): SystemTable {
  return {
    title: 'Changes',
    words: ['line', 'lines'],
    sortedBy: 'change',
    columns: [
      { id: 'name', label: 'What', definition: 'the line that is compared', unit: 'text' },
      { id: 'change', label: 'Change', definition: 'what the second moment has more, or less', unit: 'change' },
      { id: 'before', label: 'Before', definition: 'at the first moment', unit: 'bytes' },
      { id: 'after', label: 'After', definition: 'at the second moment', unit: 'bytes' },
      {
        id: 'kind',
        label: 'Kind',
        definition: 'what the line is; slab caches and callers of vmalloc are inside of their parts',
        unit: 'text',
      },
      { id: 'news', label: 'News', definition: 'whether it is new, or gone', unit: 'text' },
    ],
    rows: lines.map((line) => ({
      id: `${line.kind} ${line.name}`,
      cells: [growthName(line), line.change, line.before, line.after, KINDS[line.kind], line.news ?? ''],
    })),
    notes: [],
  };
}

/** A named moment. */
export interface NamedState {
  readonly label: string;
  readonly state: SystemState;
}

/** Two moments, in a table and in words. `between`: what was seen meanwhile. `dropped`: the caches were dropped between them. */
export function diffText(
  before: NamedState,
  after: NamedState,
  dropped: boolean,
  between: readonly SystemState[] = [],
): SystemDiffText {
  const lines = allGrowth(before.state, after.state);
  const [one, other] = [before.state.facts, after.state.facts];
  return {
    before: before.label,
    after: after.label,
    words: dropped
      ? droppedWords(one, other)
      : growthWords(lines, one, other, leftBehindWords(leftBehind(before.state, between, after.state))),
    table: growthTable(lines),
  };
}

const MOST_NAMED = 5;

function growthWords(
  lines: readonly Growth[],
  before: SystemFacts,
  after: SystemFacts,
  left: readonly string[],
): readonly string[] {
  const grown = (kind: Growth['kind']): readonly Growth[] => lines.filter((line) => line.kind === kind && line.change > 0);
  const [most] = lines.filter(
    ({ kind, name, change }) => (kind === 'part' || kind === 'unexplained') && change > 0 && name !== 'free',
  );
  const free = lines.find(({ kind, name }) => kind === 'part' && name === 'free');
  const hasMeminfo = before.meminfo.length > 0 && after.meminfo.length > 0;
  const whole = [
    ...(!hasMeminfo ? [] : free === undefined ? ['Free memory is the same.'] : [`Free memory: ${change(free.change)}.`]),
    ...(most === undefined ? [] : [`${growthName(most)} grew most: ${change(most.change)}.`]),
  ].join(' ');
  return [
    ...(whole === '' ? [] : [whole]),
    ...left,
    ...named('Processes that have more', grown('process')),
    ...named('Slab caches that have more', grown('slab')),
    ...named('Callers of vmalloc that have more', grown('vmalloc')),
    ...(left.length === 0 && grown('slab').length + grown('vmalloc').length > 0
      ? [
          'What a program needed goes with it: a cache or caller that stays larger each time it has run and ended is what leaks, or fills. A mark while it runs tells what stays of what it took.',
        ]
      : []),
    ...fragmentationWords(before, after),
    ...(isRestarted(before, after) ? [RESTARTED] : []),
    ...unread(before, after),
  ];
}

const change = (bytes: number): string => (bytes > 0 ? `+${signedBytes(bytes)}` : signedBytes(bytes));

function named(what: string, lines: readonly Growth[]): readonly string[] {
  if (lines.length === 0) return [];
  const first = lines
    .slice(0, MOST_NAMED)
    .map((line) => `${line.name} ${change(line.change)}${line.news === 'new' ? ' (new)' : ''}`);
  const more = lines.length > MOST_NAMED ? `, and ${lines.length - MOST_NAMED} more` : '';
  return [`${what}: ${first.join(', ')}${more}.`];
}

/** What can't be compared, because one of the moments does not tell it. */
function unread(before: SystemFacts, after: SystemFacts): readonly string[] {
  const lacks = (fact: 'slab' | 'vmalloc'): boolean => before[fact] === undefined || after[fact] === undefined;
  const files = [...(lacks('slab') ? ['/proc/slabinfo'] : []), ...(lacks('vmalloc') ? ['/proc/vmallocinfo'] : [])];
  return files.length === 0
    ? []
    : [
        `${files.join(' and ')} ${files.length === 1 ? 'was' : 'were'} not read at both moments, so nobody inside of the kernel is named.`,
      ];
}

/** What came back was cache. What stays is told by what it is. */
function droppedWords(before: SystemFacts, after: SystemFacts): readonly string[] {
  const [one, other] = [meminfoMap(before.meminfo), meminfoMap(after.meminfo)];
  const less = (name: string): number => (one.get(name) ?? 0) - (other.get(name) ?? 0);
  const free = -less('MemFree');
  const shmem = other.get('Shmem') ?? 0;
  const files = less('Cached') + (one.get('Shmem') === undefined ? 0 : -less('Shmem'));
  const given = [
    ['page cache', files],
    ['buffers', less('Buffers')],
    ['reclaimable slab', less('SReclaimable')],
  ] as const;
  const parts = given.filter(([, bytes]) => bytes > 0).map(([name, bytes]) => `${name} ${formatBytes(bytes)}`);
  const cacheLeft = Math.max(0, (other.get('Cached') ?? 0) - shmem) + (other.get('Buffers') ?? 0);
  const used = (other.get('MemTotal') ?? 0) - (other.get('MemFree') ?? 0);
  const [wasAvailable, isAvailable] = [one.get('MemAvailable'), other.get('MemAvailable')];
  return [
    `${free > 0 ? `${formatBytes(free)} came back as free memory` : `Free memory did not grow (${change(free)})`}${parts.length > 0 ? `; given up: ${parts.join(', ')}` : ''}. That was cache, and no leak.`,
    `${formatBytes(used)} stays in use. Of it ${formatBytes(cacheLeft)} is files that are mapped, in use or read again meanwhile, ${formatBytes(shmem)} is shared memory and tmpfs, ${formatBytes(other.get('SUnreclaim') ?? 0)} is slab that can’t be reclaimed: dropping caches does not reach them, and a leak is among what stays.`,
    ...(wasAvailable === undefined || isAvailable === undefined
      ? []
      : [
          `MemAvailable went from ${formatBytes(wasAvailable)} to ${formatBytes(isAvailable)}: it counted most of the cache as available before it was dropped.`,
        ]),
  ];
}
