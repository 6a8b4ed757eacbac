import type { Bytes } from '../../base/units.js';
import type { OomEvent, OomField, OomTask } from '../../model/oom.js';
import { fieldsOfAll } from './group-fields.js';
import type { OomPartId, OomParts } from './oom-parts.js';
import type { OomTasks, OomVictim } from './oom-victim.js';

/** Parts that no kill gives back, or little of them: what each is of the whole at least, to be worth a sentence. */
const LARGE_PARTS = {
  shared: 0.25,
  slabUnreclaimable: 0.25,
  slab: 0.25,
  hugePages: 0.25,
  zspages: 0.25,
  gpu: 0.25,
  balloon: 0.1,
  pageTables: 0.1,
  kernelStacks: 0.05,
  unexplained: 0.2,
} as const satisfies Partial<Record<OomPartId, number>>;
export type OomLargePart = keyof typeof LARGE_PARTS;

const isLargePart = (id: OomPartId): id is OomLargePart => Object.hasOwn(LARGE_PARTS, id);

/** Of the whole: pages that are locked, and pages that the disk does not have yet. */
const LOCKED = 0.25;
const UNWRITTEN = 0.1;
/** So many tasks of one name, with so much of the whole. */
const MANY_TASKS = 5;
const MANY_SHARE = 0.25;
/** Who was killed held less than this of the whole. */
const LITTLE = 0.05;

/**
 * Who held the memory, where it is not simply the one that was killed. `whole`: all RAM of the report, or the limit of the control group.
 */
export type OomCulprit =
  | { readonly code: 'part'; readonly part: OomLargePart; readonly bytes: Bytes; readonly whole: Bytes; readonly cache?: string }
  | { readonly code: 'locked'; readonly bytes: Bytes; readonly whole: Bytes }
  /** Dirty pages and those under writeback. */
  | { readonly code: 'unwritten'; readonly bytes: Bytes; readonly whole: Bytes }
  /** Many tasks of one name. `isExact`: of anonymous memory and swap alone, else what they share counts for each. */
  | {
      readonly code: 'many';
      readonly name: string;
      readonly count: number;
      readonly bytes: Bytes;
      readonly most: Bytes;
      readonly isExact: boolean;
      readonly whole: Bytes;
    }
  | { readonly code: 'little'; readonly pid: number; readonly name: string; readonly bytes: Bytes; readonly whole: Bytes };

interface Explained {
  readonly parts?: OomParts;
  readonly tasks: OomTasks;
  readonly victim: OomVictim;
}

/**
 * What the table of tasks alone does not show. Nothing of a kill that somebody asked for, nor where only some nodes could be used: the report does not
 * tell what those held.
 */
export function oomCulprits(event: OomEvent, { parts, tasks, victim }: Explained): readonly OomCulprit[] {
  const { constraint, isManual, memory } = event;
  if (isManual || constraint?.kind === 'cpuset' || constraint?.kind === 'memory-policy') return [];
  const isGroup = constraint?.kind === 'memcg';
  const whole = isGroup ? event.cgroup?.limits.find(({ name }) => name === 'memory')?.limit : parts?.total;
  if (whole === undefined || whole <= 0) return [];
  const sums = isGroup ? groupSums(event) : new Map((memory?.sums ?? []).map(({ name, value }) => [name, value]));
  const sum = (...names: readonly string[]): Bytes => names.reduce((all, name) => all + (sums.get(name) ?? 0), 0);
  const found: OomCulprit[] = [];
  for (const [part, bytes] of isGroup ? groupParts(sums) : partsOf(parts)) {
    if (bytes < whole * LARGE_PARTS[part]) continue;
    const [cache] =
      part === 'slabUnreclaimable' && !isGroup ? (memory?.slabCaches ?? []).toSorted((a, b) => b.total - a.total) : [];
    found.push({ code: 'part', part, bytes, whole, ...(cache === undefined ? {} : { cache: cache.name }) });
  }
  const locked = sum('unevictable');
  if (locked >= whole * LOCKED) found.push({ code: 'locked', bytes: locked, whole });
  // As version 2 of control groups names them, and as all others do.
  const unwritten = sum('file_dirty', 'file_writeback', 'dirty', 'writeback');
  if (unwritten >= whole * UNWRITTEN) found.push({ code: 'unwritten', bytes: unwritten, whole });
  found.push(...manyOf(event.tasks, whole));
  const { holder } = victim;
  if (holder !== undefined && tasks.holders.length > 1 && holder.held < whole * LITTLE)
    found.push({ code: 'little', pid: holder.task.pid, name: holder.task.name, bytes: holder.held, whole });
  return found;
}

const partsOf = (parts: OomParts | undefined): readonly (readonly [OomLargePart, Bytes])[] =>
  (parts?.parts ?? []).flatMap(({ id, bytes }) => (isLargePart(id) ? [[id, bytes] as const] : []));

/** By the names of memory.stat, of version 1 and 2. */
const GROUP_PARTS: readonly (readonly [OomLargePart, string])[] = [
  ['shared', 'shmem'],
  ['slabUnreclaimable', 'slab_unreclaimable'],
  ['pageTables', 'pagetables'],
  ['kernelStacks', 'kernel_stack'],
];
const groupParts = (sums: ReadonlyMap<string, Bytes>): readonly (readonly [OomLargePart, Bytes])[] =>
  GROUP_PARTS.flatMap(([part, name]) => {
    const bytes = sums.get(name);
    return bytes === undefined ? [] : [[part, bytes] as const];
  });

/**
 * Of the group whose limit was hit, with those below it: version 2 and new kernels' version 1 (`total_...`) add them up in its own lines; the others print
 * each group by itself.
 */
function groupSums({ cgroup }: OomEvent): ReadonlyMap<string, Bytes> {
  const stats = cgroup?.stats ?? [];
  const own = stats.find(({ path }) => path === cgroup?.path) ?? stats[0];
  if (own === undefined) return new Map();
  const isVersion2 = own.fields.some(({ name }) => name === 'anon');
  return sumsOf(fieldsOfAll(own) ?? (isVersion2 ? own.fields : stats.flatMap(({ fields }) => fields)));
}

function sumsOf(fields: readonly OomField[]): ReadonlyMap<string, Bytes> {
  const sums = new Map<string, Bytes>();
  for (const { name, unit, value } of fields) if (unit === 'bytes') sums.set(name, (sums.get(name) ?? 0) + value);
  return sums;
}

/** The name with the most, where it is the many that make it much. */
function manyOf(tasks: readonly OomTask[], whole: Bytes): readonly OomCulprit[] {
  const groups = new Map<string, OomTask[]>();
  for (const task of tasks) {
    // Until 2.6.3x the table had the threads of a process, too, each with the memory of all.
    if (task.tgid !== undefined && task.tgid !== task.pid) continue;
    const group = groups.get(task.name);
    if (group === undefined) groups.set(task.name, [task]);
    else group.push(task);
  }
  const found = [...groups].flatMap(([name, group]): readonly (OomCulprit & { readonly code: 'many' })[] => {
    if (group.length < MANY_TASKS) return [];
    const isExact = group.every(({ rssAnon }) => rssAnon !== undefined);
    const held = group.map(({ rss = 0, rssAnon, swap = 0 }) => (isExact ? (rssAnon ?? 0) : rss) + swap);
    const bytes = held.reduce((sum, one) => sum + one, 0);
    // More than there is: they share most of it, and nothing tells how much.
    if (bytes < whole * MANY_SHARE || (bytes > whole && !isExact)) return [];
    const most = Math.max(...held);
    return most * 2 > bytes ? [] : [{ code: 'many', name, count: group.length, bytes, most, isExact, whole }];
  });
  return found.sort((a, b) => b.bytes - a.bytes).slice(0, 1);
}
