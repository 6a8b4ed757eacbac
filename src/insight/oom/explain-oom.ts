import type { Bytes } from '../../base/units.js';
import type { OomEvent } from '../../model/oom.js';
import { type OomCulprit, oomCulprits } from './oom-culprits.js';
import { type OomParts, oomParts } from './oom-parts.js';
import { type OomTasks, type OomVictim, oomTasks, oomVictim } from './oom-victim.js';
import { type OomZoneVerdict, oomZones } from './oom-zones.js';

/** Why memory ran out, with the numbers that prove it. The first one is the main one; the rest say more of it. */
export type OomReason =
  /** Somebody asked for the kill. */
  | { readonly code: 'manual' }
  /** A control group has reached its limit. `over`: usage beyond it, below 0 when a page was still left. */
  | {
      readonly code: 'group-limit';
      readonly group?: string;
      readonly limit: string;
      readonly usage: Bytes;
      readonly bound: Bytes;
      readonly over: Bytes;
    }
  /** The report names a control group, and no limit of it that was reached. */
  | { readonly code: 'group'; readonly group?: string }
  /** Only some nodes may be used. */
  | { readonly code: 'nodes'; readonly by: 'memory-policy' | 'cpuset'; readonly nodes?: string }
  /** Every zone that the request may use has less free than must be kept. */
  | { readonly code: 'below-min'; readonly zones: readonly OomZoneVerdict[] }
  /** Enough is free, but not in blocks of 2 to the power of `order` pages. */
  | { readonly code: 'fragmented'; readonly order: number; readonly block: Bytes; readonly zones: readonly OomZoneVerdict[] }
  /** Free memory that is CMA, which only movable pages may use; the request was for another. */
  | { readonly code: 'cma-only'; readonly free: Bytes; readonly cma: Bytes }
  /** Memory is free in zones that this request can't use: high memory of 32 bits, or other nodes. */
  | { readonly code: 'free-elsewhere'; readonly free: Bytes; readonly zones: readonly OomZoneVerdict[] }
  /** When the report was printed, the request could have been met: memory came back meanwhile, or the cause is not in the report. */
  | { readonly code: 'enough-free'; readonly zones: readonly OomZoneVerdict[] }
  /** The request came from a page fault that was refused by something else: the report has no request. */
  | { readonly code: 'no-request' }
  | { readonly code: 'swap-full'; readonly total: Bytes }
  | { readonly code: 'no-swap' }
  /** Swap was left: what filled the memory can't be swapped, or the pages could not be written fast enough. */
  | { readonly code: 'swap-left'; readonly free: Bytes; readonly total: Bytes }
  /** The report does not tell enough. */
  | { readonly code: 'not-told' };

export interface OomExplanation {
  readonly reasons: readonly OomReason[];
  readonly zones: readonly OomZoneVerdict[];
  readonly parts?: OomParts;
  readonly tasks: OomTasks;
  readonly victim: OomVictim;
  /** Who held the memory beside the one that was killed. */
  readonly culprits: readonly OomCulprit[];
}

/** All that follows from one event's report; nothing that does not. */
export function explainOom(event: OomEvent): OomExplanation {
  const zones = oomZones(event);
  const tasks = oomTasks(event);
  const parts = event.memory === undefined ? undefined : oomParts(event.memory);
  const victim = oomVictim(event, tasks);
  const reasons = [...boundReasons(event), ...zoneReasons(event, zones), ...swapReasons(event)];
  return {
    reasons: reasons.length === 0 ? [{ code: 'not-told' }] : reasons,
    zones,
    tasks,
    victim,
    culprits: oomCulprits(event, { tasks, victim, ...(parts === undefined ? {} : { parts }) }),
    ...(parts === undefined ? {} : { parts }),
  };
}

function boundReasons(event: OomEvent): readonly OomReason[] {
  const { asker, cgroup, constraint } = event;
  if (event.isManual) return [{ code: 'manual' }];
  if (constraint?.kind === 'memory-policy' || constraint?.kind === 'cpuset') {
    const nodes = constraint.kind === 'cpuset' ? asker?.memsAllowed : asker?.nodemask;
    return [{ code: 'nodes', by: constraint.kind, ...(nodes === undefined ? {} : { nodes }) }];
  }
  if (constraint?.kind !== 'memcg') return [];
  const group = cgroup?.path === undefined ? {} : { group: cgroup.path };
  const reached = (cgroup?.limits ?? []).flatMap(({ name, usage, limit }): readonly OomReason[] =>
    // A group without swap has 0 of 0: that alone stops nothing.
    limit === undefined || limit === 0 || usage + event.pageSize <= limit
      ? []
      : [{ code: 'group-limit', ...group, limit: name, usage, bound: limit, over: usage - limit }],
  );
  return reached.length === 0 ? [{ code: 'group', ...group }] : reached;
}

function zoneReasons(event: OomEvent, zones: readonly OomZoneVerdict[]): readonly OomReason[] {
  // The memory of the machine says nothing of a group's limit, nor of a kill that somebody asked for.
  if (event.isManual || event.constraint?.kind === 'memcg' || zones.length === 0) return [];
  const reasons: OomReason[] = [];
  if (event.asker?.gfp?.mask === 0) reasons.push({ code: 'no-request' });
  const usable = zones.filter(({ state }) => state !== 'out-of-reach' && state !== 'empty');
  const of = (state: OomZoneVerdict['state']): readonly OomZoneVerdict[] => usable.filter((zone) => zone.state === state);
  const [low, broken, good] = [of('below-min'), of('fragmented'), of('enough')];
  const order = event.asker?.order ?? 0;
  if (broken.length > 0) reasons.push({ code: 'fragmented', order, block: event.pageSize * 2 ** order, zones: broken });
  else if (good.length > 0 && event.asker?.gfp?.zone !== undefined) reasons.push({ code: 'enough-free', zones: good });
  if (low.length > 0 && low.length + broken.length === usable.length) reasons.push({ code: 'below-min', zones: low });
  const cma = cmaOf(event, usable);
  const free = usable.reduce((sum, zone) => sum + zone.free, 0);
  if (event.asker?.gfp?.isMovable === false && cma > 0 && cma * 2 > free) reasons.push({ code: 'cma-only', free, cma });
  const others = zones.filter(({ state, free: there, needed }) => state === 'out-of-reach' && there > (needed ?? 0));
  const elsewhere = others.reduce((sum, zone) => sum + zone.free, 0);
  if (elsewhere > free) reasons.push({ code: 'free-elsewhere', free: elsewhere, zones: others });
  return reasons;
}

/** Free CMA of the zones that the request may use. */
function cmaOf({ memory }: OomEvent, usable: readonly OomZoneVerdict[]): Bytes {
  let sum = 0;
  for (const { name, node, fields } of memory?.zones ?? [])
    if (usable.some((zone) => zone.zone === name && zone.node === node))
      sum += fields.find((field) => field.name === 'free_cma')?.value ?? 0;
  return sum;
}

function swapReasons({ isManual, memory }: OomEvent): readonly OomReason[] {
  if (isManual || memory?.swapTotal === undefined) return [];
  const { swapFree, swapTotal } = memory;
  if (swapTotal === 0) return [{ code: 'no-swap' }];
  if (swapFree === undefined) return [];
  return [
    swapFree * 100 < swapTotal
      ? { code: 'swap-full', total: swapTotal }
      : { code: 'swap-left', free: swapFree, total: swapTotal },
  ];
}
