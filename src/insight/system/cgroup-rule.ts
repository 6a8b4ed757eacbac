import { formatBytes, formatCount } from '../../base/units.js';
import type { CgroupEvents, CgroupMemory } from '../../model/machine-accounting.js';
import { type Case, type Found, over, percent } from './rule-case.js';

/** docs/system.md has each with its reason. */
const LIMITS = { near: 0.9, at: 0.98 } as const;

/** A group and a bound of it. */
interface Bound {
  readonly group: CgroupMemory;
  /** `around`: of a group around it that can't be seen. `high`: beyond it processes are slowed down only. */
  readonly kind: 'limit' | 'around' | 'high';
  readonly limit: number;
  readonly share: number;
  /** The share that stays when the page cache goes. */
  readonly held: number;
}

/**
 * What of the usage stays when the page cache goes decides: a group whose files fill it up to its limit is well. A limit counts for all
 * groups below it, so that the group with the limit is named, and who in it holds most.
 */
export function cgroupNearLimit({ now, before }: Case): Found | undefined {
  const groups = now.cgroups ?? [];
  const earlier = new Map((before?.cgroups ?? []).map((one) => [one.group, one.events]));
  const news = new Map(groups.map((group) => [group, newEvents(group, earlier)] as const));
  const killed = killsOf(groups, (group) => news.get(group)?.oomKill ?? 0);
  const near = groups
    .flatMap(boundsOf)
    .filter(({ share }) => share >= LIMITS.near)
    .sort((one, other) => weight(other) - weight(one) || other.held - one.held || other.share - one.share);
  const [first] = near;
  if (killed.length > 0) {
    const hit = groups.filter((one) => (news.get(one)?.max ?? 0) > 0);
    return killedWords(killed, first, { groups, hit, during: over(before, now) });
  }
  if (first === undefined) return undefined;
  const { group, kind, limit, share } = first;
  const isHeld = first.held >= LIMITS.near;
  const isKnown = group.reclaimable !== undefined;
  return {
    severity: isHeld ? 'warning' : 'info',
    title: `${group.group} has ${percent(share)} of the memory it may have${kind === 'high' ? ' before it is slowed down' : ''}`,
    reasons: [
      ...near.slice(0, 3).map(boundWords),
      ...(near.length > 3 ? [`${near.length - 3} more are near their limits.`] : []),
      ...holderWords(first, groups),
      ...eventWords(group, news.get(group), over(before, now)),
      ...(isHeld && isKnown
        ? [
            kind === 'high'
              ? 'When it wants more than can be given back, its processes are slowed down until it does, and none is killed for it.'
              : 'When it wants more than can be given back, one of its processes is killed.',
          ]
        : []),
    ],
    ...(isKnown
      ? isHeld
        ? {}
        : {
            doubt:
              'That is how a group looks that reads and writes many files; it is well as long as it does not wait for them again and again.',
          }
      : {
          doubt: `The page cache of its files counts, and is given back before ${share >= LIMITS.at ? 'anything is killed: a group at its limit may be well' : 'the limit hurts'}; memory.stat would tell how much that is.`,
        }),
    evidence: {
      usage: group.usage,
      ...(group.reclaimable === undefined ? {} : { reclaimable: group.reclaimable }),
      limit,
      share,
      groups: near.length,
    },
    steps: ['show-cgroups'],
  };
}

function boundsOf(group: CgroupMemory): readonly Bound[] {
  const { usage, limit, high = 'max', aroundLimit, reclaimable = 0 } = group;
  const bound = (kind: Bound['kind'], value: number | 'max'): readonly Bound[] =>
    value === 'max' || value <= 0
      ? []
      : [{ group, kind, limit: value, share: usage / value, held: Math.max(0, usage - reclaimable) / value }];
  const own = limit === 'max' ? Number.POSITIVE_INFINITY : limit;
  const limits = [
    ...bound('limit', limit),
    ...(aroundLimit !== undefined && aroundLimit < own ? bound('around', aroundLimit) : []),
  ];
  // Of a limit and a memory.high below it, that which is reached is told: the limit when it is near, for it kills.
  const nearest = limits.find(({ share }) => share >= LIMITS.near);
  return nearest === undefined ? [...limits, ...(high !== 'max' && high < own ? bound('high', high) : [])] : [nearest];
}

/** What holds memory up to a limit that kills, then to one that slows down, then what can be given back. */
const weight = ({ kind, held }: Bound): number => (held < LIMITS.near ? 0 : kind === 'high' ? 1 : 2);

function boundWords({ group: { group, usage, reclaimable }, kind, limit }: Bound): string {
  const whose = { limit: '', around: ', the limit of a group around it', high: ', its memory.high' }[kind];
  const back =
    reclaimable === undefined ? '' : `; ${formatBytes(reclaimable)} of it is page cache and slab that can be given back`;
  return `${group}: ${formatBytes(usage)} of ${formatBytes(limit)}${whose}${back}.`;
}

const isBelow = (inner: string, outer: string): boolean => inner !== outer && inner.startsWith(outer === '/' ? '/' : `${outer}/`);

/** The deepest group below that has most of it by itself, and what its own limit would allow. */
function holderWords({ group, limit }: Bound, groups: readonly CgroupMemory[]): readonly string[] {
  let holder: CgroupMemory | undefined;
  for (const one of groups) {
    if (!isBelow(one.group, group.group) || one.usage < 0.5 * group.usage) continue;
    if (holder === undefined || isBelow(one.group, holder.group)) holder = one;
  }
  if (holder === undefined) return [];
  const own = holder.limit;
  const isLarger = own === 'max' || own > limit;
  return [
    `${holder.group} has ${formatBytes(holder.usage)} of that${isLarger ? `; ${own === 'max' ? 'it has no limit of its own' : `its own limit of ${formatBytes(own)} does not count`}: that of ${group.group} does` : ''}.`,
  ];
}

/** What was counted since the earlier look; undefined: it is not known, or the group was made anew. */
function newEvents(
  { group, events }: CgroupMemory,
  before: ReadonlyMap<string, CgroupEvents | undefined>,
): CgroupEvents | undefined {
  const earlier = before.get(group);
  if (events === undefined || earlier === undefined) return undefined;
  const more = (name: keyof CgroupEvents): number => (events[name] ?? Number.NaN) - (earlier[name] ?? Number.NaN);
  const names = ['high', 'max', 'oom', 'oomKill'] as const;
  if (names.some((name) => more(name) < 0)) return undefined;
  return Object.fromEntries(names.flatMap((name) => (Number.isNaN(more(name)) ? [] : [[name, more(name)]])));
}

const times = (count: number): string => formatCount(count, 'time');

function eventWords(group: CgroupMemory, news: CgroupEvents | undefined, during: string): readonly string[] {
  const told = news ?? group.events;
  if (told === undefined) return [];
  const { high = 0, max = 0, oom = 0, oomKill = 0 } = told;
  const words = [
    ...(max > 0 ? [`its limit was reached ${times(max)}`] : []),
    ...(high > 0 ? [`its processes were slowed down ${times(high)}`] : []),
    ...(oom > 0 ? [`an allocation was about to fail ${times(oom)}`] : []),
    ...(oomKill > 0 ? [`${formatCount(oomKill, 'process', 'processes')} of it ${oomKill === 1 ? 'was' : 'were'} killed`] : []),
  ];
  if (words.length === 0) return news === undefined ? [] : [`Its limit was not reached${during}.`];
  const list = words.join(', ');
  return [news === undefined ? `Since it was made ${list}.` : `${list.charAt(0).toUpperCase()}${list.slice(1)}${during}.`];
}

interface Killed {
  readonly group: CgroupMemory;
  readonly count: number;
}

/** A group counts what is killed in the groups below, too: the deepest that has its count by itself is whose processes they were. */
function killsOf(groups: readonly CgroupMemory[], count: (group: CgroupMemory) => number): readonly Killed[] {
  const known = new Set(groups.map(({ group }) => group));
  const below = new Map<string, number>();
  for (const group of groups) {
    const parent = groupAround(group.group, known);
    if (parent !== undefined) below.set(parent, (below.get(parent) ?? 0) + count(group));
  }
  return groups.flatMap((group) => (count(group) > (below.get(group.group) ?? 0) ? [{ group, count: count(group) }] : []));
}

/** The nearest group around it that is told. */
function groupAround(group: string, known: ReadonlySet<string>): string | undefined {
  for (let at = group.lastIndexOf('/'); at >= 0 && group !== '/'; at = at === 0 ? -1 : group.lastIndexOf('/', at - 1)) {
    const outer = at === 0 ? '/' : group.slice(0, at);
    if (known.has(outer)) return outer;
  }
  return undefined;
}

function killedWords(
  killed: readonly Killed[],
  near: Bound | undefined,
  {
    groups,
    hit,
    during,
  }: { readonly groups: readonly CgroupMemory[]; readonly hit: readonly CgroupMemory[]; readonly during: string },
): Found {
  const [first] = [...killed].sort((one, other) => other.count - one.count);
  const { group, count } = first!;
  const bounds = boundsOf(group).filter(({ kind }) => kind !== 'high');
  return {
    severity: 'error',
    title: `${formatCount(count, 'process', 'processes')} of ${group.group} ${count === 1 ? 'was' : 'were'} killed for want of memory${during}`,
    reasons: [
      ...killed.slice(0, 3).map((one) => `${one.group.group}: ${one.count.toLocaleString('en-US')} killed.`),
      ...(killed.length > 3 ? [`${killed.length - 3} more groups lost processes.`] : []),
      ...bounds.slice(0, 1).map(boundWords),
      // Whose limit it was: its own, or that of a group around it.
      ...hit
        .filter((one) => one === group || isBelow(group.group, one.group))
        .map(
          (one) => `The limit of ${one.group} (${one.limit === 'max' ? 'none' : formatBytes(one.limit)}) was reached meanwhile.`,
        ),
      ...(near === undefined || near.group === group ? [] : [boundWords(near), ...holderWords(near, groups)]),
      'The kernel’s log says who was killed, and whether it was the limit of the group or the whole machine: memlens oom.',
    ],
    evidence: { killed: count, usage: group.usage, ...(group.limit === 'max' ? {} : { limit: group.limit }) },
    steps: ['show-cgroups'],
  };
}
