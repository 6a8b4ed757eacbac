import type { Bytes } from '../../base/units.js';
import { kernelVersion, kernelVersionOf } from '../../model/kernel-version.js';
import type { OomEvent, OomLimit, OomTask } from '../../model/oom.js';
import { zoneSum } from './oom-parts.js';

/** A task of the table with what the kernel counts against it. */
export interface OomHolder {
  readonly task: OomTask;
  /** RSS, swap and page tables. */
  readonly held: Bytes;
  /** `held` with `oom_score_adj` times a thousandth of the total; absent when the total is not told and the adjustment is not 0. */
  readonly points?: Bytes;
  /** It can't be chosen. */
  readonly isExempt: boolean;
}

export type OomScoreCheck =
  /** The score follows from the table. */
  | { readonly kind: 'agrees'; readonly printed: number; readonly withRootBonus: boolean }
  | { readonly kind: 'differs'; readonly printed: number; readonly computed: number }
  /** Since 5.1 the kernel prints none. */
  | { readonly kind: 'not-printed'; readonly computed?: number }
  /** `old-kernel`: before 2.6.36 it was made of the address space and the run time. */
  | {
      readonly kind: 'not-computable';
      readonly printed: number;
      readonly why: 'old-kernel' | 'not-in-table' | 'no-total' | 'asker-taken';
    };

export interface OomVictim {
  /** The row of who was chosen. */
  readonly holder?: OomHolder;
  /** Tasks that could be chosen and had more points; absent where that can't be told. */
  readonly higher?: readonly OomHolder[];
  readonly score?: OomScoreCheck;
  /** Another process was killed than was chosen: a child of it, that has memory of its own (until 5.0). */
  readonly isChild: boolean;
  /** The memory of the killed that was its alone at least: anonymous, without what the reaper left. */
  readonly freed?: Bytes;
}

export interface OomTasks {
  /** Most first. */
  readonly holders: readonly OomHolder[];
  /** oom_score_adj is -1000, or oom_adj -17. */
  readonly exempt: number;
  /** What the scores are thousandths of: the memory and swap that could be used. Absent where a control group may have used swap of the machine, which no line tells. */
  readonly total?: Bytes;
}

/** 3 % less for root until 4.16. */
const ROOT_BONUS = 0.03;
const NEW_SCORE = kernelVersion(2, 6, 36);
const SCORE_IN_PAGES = kernelVersion(3, 6);
const NO_BONUS = kernelVersion(4, 17);

/** Who held what, by the table of tasks. */
export function oomTasks(event: OomEvent): OomTasks {
  const total = totalOf(event);
  const holders = event.tasks.map((task) => holderOf(task, total, event.pageSize)).sort((a, b) => b.held - a.held);
  return { holders, exempt: holders.filter(({ isExempt }) => isExempt).length, ...(total === undefined ? {} : { total }) };
}

/** Why it was this one. */
export function oomVictim(event: OomEvent, { holders, total }: OomTasks): OomVictim {
  const { chosen, killed } = event;
  const pid = chosen?.pid ?? killed[0]?.pid;
  const holder = holders.find(({ task }) => task.pid === pid) ?? holders.find(({ task }) => task.tgid === pid);
  const score = scoreOf(event, holder, total);
  const higher = holder === undefined || isOld(event) || event.killsAsker ? undefined : higherThan(holder, holders);
  const freed = freedOf(event);
  return {
    isChild: chosen !== undefined && killed.length > 0 && killed.every((one) => one.pid !== chosen.pid),
    ...(holder === undefined ? {} : { holder }),
    ...(higher === undefined ? {} : { higher }),
    ...(score === undefined ? {} : { score }),
    ...(freed === undefined ? {} : { freed }),
  };
}

function holderOf(task: OomTask, total: Bytes | undefined, pageSize: Bytes): OomHolder {
  const held = (task.rss ?? 0) + (task.swap ?? 0) + (task.pageTables ?? 0);
  const adj = task.oomScoreAdj ?? 0;
  const isExempt = adj === -1000 || task.oomAdj === -17;
  if (adj !== 0 && total === undefined) return { task, held, isExempt };
  return { task, held, isExempt, points: held + adj * thousandth(total ?? 0, pageSize) };
}

/** Of the total, in whole pages: the kernel rounds before it multiplies. */
const thousandth = (total: Bytes, pageSize: Bytes): Bytes => Math.floor(total / pageSize / 1000) * pageSize;

function higherThan(holder: OomHolder, holders: readonly OomHolder[]): readonly OomHolder[] | undefined {
  const { points } = holder;
  const others = holders.filter((one) => one !== holder && !one.isExempt);
  if (points === undefined || others.some((one) => one.points === undefined)) return undefined;
  return others.filter((one) => (one.points ?? 0) > points);
}

/** What `oom_badness` divides by. */
function totalOf(event: OomEvent): Bytes | undefined {
  const { constraint, memory } = event;
  if (constraint?.kind === 'memcg') return groupTotal(event);
  if (memory === undefined || constraint?.kind === 'memory-policy' || constraint?.kind === 'cpuset') return undefined;
  const usable = zoneSum(memory, 'managed') ?? (memory.ram === undefined ? undefined : memory.ram - (memory.reserved ?? 0));
  return usable === undefined ? undefined : usable + (memory.swapTotal ?? 0);
}

/**
 * Of a control group it is the limit of its memory and what it may swap, which is bounded by the swap of the machine, too: that is not told. So it is sure only
 * where swap is barred, or where the printed score shows which one it was.
 */
function groupTotal({ cgroup, chosen, pageSize, tasks }: OomEvent): Bytes | undefined {
  const limitOf = (name: string): OomLimit | undefined => cgroup?.limits.find((one) => one.name === name);
  const memory = limitOf('memory')?.limit;
  if (memory === undefined) return undefined;
  const both = limitOf('memory+swap')?.limit;
  const swap = limitOf('swap')?.limit;
  if (both === memory || swap === 0) return memory;
  const task = tasks.find(({ pid }) => pid === chosen?.pid);
  if (chosen?.score === undefined || task?.pageTables === undefined) return undefined;
  const most = both ?? (swap === undefined ? undefined : memory + swap);
  return [memory, most].find((total) => {
    if (total === undefined) return false;
    const { held, points = 0 } = holderOf(task, total, pageSize);
    const bonus = task.uid === 0 ? rootBonus(held, pageSize) : 0;
    return [points, points - bonus].some((one) => thousandthsOf(one, total, pageSize) === chosen.score);
  });
}

const thousandthsOf = (held: Bytes, total: Bytes, pageSize: Bytes): number =>
  Math.floor((Math.max(held, pageSize) * 1000) / total);

const rootBonus = (held: Bytes, pageSize: Bytes): Bytes => Math.floor((held / pageSize) * ROOT_BONUS) * pageSize;

function scoreOf(event: OomEvent, holder: OomHolder | undefined, total: Bytes | undefined): OomScoreCheck | undefined {
  const { chosen } = event;
  if (chosen === undefined) return undefined;
  const printed = chosen.score;
  const points = holder?.points;
  const thousandths = (held: Bytes): number => thousandthsOf(held, total ?? 1, event.pageSize);
  if (printed === undefined) {
    const isKnown = points !== undefined && total !== undefined;
    return { kind: 'not-printed', ...(isKnown ? { computed: thousandths(points) } : {}) };
  }
  if (event.killsAsker) return { kind: 'not-computable', printed, why: 'asker-taken' };
  if (isOld(event)) return { kind: 'not-computable', printed, why: 'old-kernel' };
  if (holder === undefined || holder.task.pageTables === undefined)
    return { kind: 'not-computable', printed, why: 'not-in-table' };
  if (points === undefined || total === undefined) return { kind: 'not-computable', printed, why: 'no-total' };
  const computed = thousandths(points);
  if (computed === printed) return { kind: 'agrees', printed, withRootBonus: false };
  const version = kernelVersionOf(event.kernel);
  if (holder.task.uid === 0 && (version === undefined || version < NO_BONUS)) {
    // Of what it holds, in whole pages; until 3.13 of the total.
    const own = rootBonus(holder.held, event.pageSize);
    const ofTotal = 1000 * ROOT_BONUS * thousandth(total, event.pageSize);
    if ([own, ofTotal].some((bonus) => thousandths(points - bonus) === printed))
      return { kind: 'agrees', printed, withRootBonus: true };
  }
  // Between 2.6.36 and 3.5 it was rounded in between.
  const isSure = event.constraint?.kind !== 'memcg' && version !== undefined && version >= SCORE_IN_PAGES;
  return isSure ? { kind: 'differs', printed, computed } : { kind: 'not-computable', printed, why: 'no-total' };
}

/** Before oom_score_adj. */
function isOld({ asker, kernel }: OomEvent): boolean {
  const version = kernelVersionOf(kernel);
  return version === undefined ? asker?.oomAdj !== undefined && asker.oomScoreAdj === undefined : version < NEW_SCORE;
}

function freedOf({ killed, reaped }: OomEvent): Bytes | undefined {
  let freed: Bytes | undefined;
  for (const { pid, anonRss } of killed) {
    if (anonRss === undefined) continue;
    const left = reaped.find((one) => one.pid === pid)?.left?.anonRss ?? 0;
    freed = (freed ?? 0) + anonRss - left;
  }
  return freed;
}
