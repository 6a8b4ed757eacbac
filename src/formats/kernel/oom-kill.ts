import { ownValue } from '../../base/own-value.js';
import type { OomChosen, OomConstraint, OomKilled, OomReaped } from '../../model/oom.js';

const CHOSEN =
  /(\bOut of [Mm]emory(?: \(oom_kill_allocating_task\))?|\bMemory cgroup out of memory|\bNo available memory \((?:MPOL_BIND|cpuset)\)): [Kk]ill process (\d+) \((.*)\)(?: score (-?\d+))?/;
const KILLED =
  /(?:(\bOut of [Mm]emory(?: \([a-z_ ]+\))?|\bMemory cgroup out of memory|\bNo available memory \((?:MPOL_BIND|cpuset)\)) ?: )?\bKilled process (\d+),?(?: UID (\d+),)? \((.*)\)(?:, UID (\d+))?(?=[,.]? ?(?:total-vm|vsz):|\.?$)/;
/** Kernels of OpenVZ and Virtuozzo (2.6.32). Its score is one of their own. */
const KILLED_IN_CONTAINER =
  /\bOut of memory in (UB \d+): OOM ?killed process (\d+) \((.*)\) score -?\d+ vm:(\d+)kB, rss:(\d+)kB, swap:(\d+)kB/;
const REAPED = /\boom_reaper: reaped process (\d+) \((.*)\),? now (anon-rss:.*)$/;
const UNABLE = /\boom_reaper: unable to reap pid:(\d+) \((.*)\)/;

/** The beginning of the line of a kill; those of a cpuset and of a policy until 2.6.35. */
export type KillWords = 'global' | 'allocating-task' | 'memcg' | 'cpuset' | 'memory-policy';

export interface ChosenLine {
  readonly words: KillWords;
  readonly chosen: OomChosen;
}

export interface KilledLine {
  /** Absent: the line says only who; the reason stands in the line before. */
  readonly words?: KillWords;
  /** Where the line itself names what bounded the memory. */
  readonly constraint?: OomConstraint;
  readonly killed: OomKilled;
}

/** `Out of memory: Kill process 443 (shop) score 855 or sacrifice child`, until 5.0. */
export function chosenLine(text: string): ChosenLine | undefined {
  const told = CHOSEN.exec(text);
  if (told === null) return undefined;
  const [, words = '', pid, name = '', score] = told;
  return {
    words: wordsOf(words),
    chosen: { pid: Number(pid), name, ...(score === undefined ? {} : { score: Number(score) }) },
  };
}

/** `Killed process 443 (shop) total-vm:493248kB, anon-rss:423880kB, ...`, and the forms without any amount, of 2.6. */
export function killedLine(text: string): KilledLine | undefined {
  const told = KILLED.exec(text);
  if (told === null) return killedInContainer(text);
  // Where RHEL puts the user, it stands before the name (6) or behind it (7).
  const [whole, words, pid, uid, name = '', later] = told;
  const rest = text.slice(told.index + whole.length);
  const kib = new Map<string, number>();
  for (const [, key = '', value] of rest.matchAll(/([a-z][a-z-]*):(\d+)kB/g)) kib.set(key, Number(value) * 1024);
  const user = uid ?? later ?? /\bUID:(\d+)(?= )/.exec(rest)?.[1];
  const adj = /\boom_score_adj:(-?\d+)/.exec(rest)?.[1];
  const bytes = (key: keyof OomKilled, ...names: readonly string[]): object => {
    const value = names.map((one) => kib.get(one)).find((one) => one !== undefined);
    return value === undefined ? {} : { [key]: value };
  };
  return {
    ...(words === undefined ? {} : { words: wordsOf(words) }),
    killed: {
      pid: Number(pid),
      name,
      ...(user === undefined ? {} : { uid: Number(user) }),
      ...bytes('totalVm', 'total-vm', 'vsz'),
      ...bytes('anonRss', 'anon-rss'),
      ...bytes('fileRss', 'file-rss'),
      ...bytes('shmemRss', 'shmem-rss'),
      ...bytes('pageTables', 'pgtables'),
      ...(adj === undefined ? {} : { oomScoreAdj: Number(adj) }),
    },
  };
}

function killedInContainer(text: string): KilledLine | undefined {
  const told = KILLED_IN_CONTAINER.exec(text);
  if (told === null) return undefined;
  const [, container = '', pid, name = '', vm, rss, swap] = told;
  const bytes = (kib: string | undefined): number => Number(kib) * 1024;
  return {
    words: 'global',
    constraint: { kind: 'other', told: container },
    killed: { pid: Number(pid), name, totalVm: bytes(vm), rss: bytes(rss), swap: bytes(swap) },
  };
}

/** What the reaper says, some moments after the kill. */
export function reapedLine(text: string): OomReaped | undefined {
  if (!text.includes('oom_reaper')) return undefined;
  const unable = UNABLE.exec(text);
  if (unable !== null) return { pid: Number(unable[1]), name: unable[2] ?? '' };
  const told = REAPED.exec(text);
  if (told === null) return undefined;
  const kib = new Map(
    [...(told[3] ?? '').matchAll(/([a-z-]+):(\d+)[kl]B/g)].map(([, key, value]) => [key, Number(value) * 1024]),
  );
  const anonRss = kib.get('anon-rss');
  const fileRss = kib.get('file-rss');
  const shmemRss = kib.get('shmem-rss');
  const left =
    anonRss === undefined || fileRss === undefined
      ? undefined
      : { anonRss, fileRss, ...(shmemRss === undefined ? {} : { shmemRss }) };
  return { pid: Number(told[1]), name: told[2] ?? '', ...(left === undefined ? {} : { left }) };
}

export interface ConstraintLine {
  readonly constraint: OomConstraint;
  readonly nodemask?: string;
  readonly cpuset?: string;
  readonly memsAllowed?: string;
  readonly group?: string;
  readonly taskGroup?: string;
  readonly chosen?: OomChosen;
}

const KINDS: Readonly<Record<string, OomConstraint['kind']>> = {
  CONSTRAINT_NONE: 'none',
  CONSTRAINT_CPUSET: 'cpuset',
  CONSTRAINT_MEMORY_POLICY: 'memory-policy',
  CONSTRAINT_MEMCG: 'memcg',
};

/**
 * `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a,task_memcg=/a/b,task=shop,pid=7,uid=0`, since 5.0.
 * Paths and names may hold commas, so each value ends where the next key begins.
 */
export function constraintLine(text: string): ConstraintLine | undefined {
  const from = text.indexOf('oom-kill:constraint=');
  if (from < 0) return undefined;
  const line = text.slice(from + 'oom-kill:'.length);
  const keys = [
    'constraint=',
    ',nodemask=',
    ',cpuset=',
    ',mems_allowed=',
    ',global_oom',
    ',oom_memcg=',
    ',task_memcg=',
    ',task=',
  ];
  const found: { readonly key: string; readonly at: number; readonly end: number }[] = [];
  let at = 0;
  for (const key of keys) {
    const next = line.indexOf(key, at);
    if (next < 0) continue;
    at = next + key.length;
    found.push({ key, at: next, end: at });
  }
  const value = (key: string): string | undefined => {
    const index = found.findIndex((one) => one.key === key);
    const one = found[index];
    return one === undefined ? undefined : line.slice(one.end, found[index + 1]?.at);
  };
  const some = (key: keyof ConstraintLine, told: string | undefined): object => (told === undefined ? {} : { [key]: told });
  const told = /^\w+/.exec(value('constraint=') ?? '')?.[0];
  if (told === undefined) return undefined;
  const task = /^(.*),pid=(\d+),uid=(\d+)$/.exec(value(',task=') ?? '');
  const nodemask = value(',nodemask=');
  const taskGroup = value(',task_memcg=');
  return {
    constraint: { kind: ownValue(KINDS, told) ?? 'other', told },
    ...(nodemask === '(null)' ? {} : some('nodemask', nodemask)),
    ...some('cpuset', value(',cpuset=')),
    ...some('memsAllowed', value(',mems_allowed=')),
    ...some('group', value(',oom_memcg=')),
    // Cut behind it, the path may be cut, too.
    ...(task === null ? {} : some('taskGroup', taskGroup)),
    ...(task === null
      ? {}
      : {
          chosen: {
            name: task[1] ?? '',
            pid: Number(task[2]),
            uid: Number(task[3]),
            ...(taskGroup === undefined ? {} : { cgroup: taskGroup }),
          },
        }),
  };
}

/** What a kill line proves where no line names the constraint. */
export const constraintOf = (words: KillWords): OomConstraint | undefined =>
  words === 'global' || words === 'allocating-task' ? undefined : { kind: words };

function wordsOf(text: string): KillWords {
  if (text.includes('cgroup')) return 'memcg';
  if (text.includes('cpuset')) return 'cpuset';
  if (text.includes('MPOL_BIND')) return 'memory-policy';
  return text.includes('oom_kill_allocating_task') ? 'allocating-task' : 'global';
}
