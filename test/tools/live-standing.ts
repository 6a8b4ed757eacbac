// Whether a process is as it was before somebody looked into it.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { stateOf, tracerOf } from './live-programs.js';
import { processesWith, until } from './processes.js';

export interface Standing {
  readonly isStopped: boolean;
  readonly threads: number;
  readonly descriptors: number;
  /** Files in its memory. */
  readonly mapped: ReadonlySet<string>;
  /** Names of its children. */
  readonly children: readonly string[];
}

/** What a way leaves, as it says. */
export interface Stays {
  readonly mapped?: RegExp;
  readonly descriptors?: number;
  readonly children?: RegExp;
}

const lines = (path: string): readonly string[] => readFileSync(path, 'latin1').split('\n');

function childrenOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    try {
      const children = readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').split(' ').filter(Boolean);
      return children.map((child) => readFileSync(`/proc/${child}/comm`, 'latin1').trim());
    } catch {
      // It has ended.
      return [];
    }
  });
}

export function standingOf(pid: number): Standing {
  return {
    isStopped: /[Tt]/.test(stateOf(pid) ?? ''),
    threads: readdirSync(`/proc/${pid}/task`).length,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    mapped: new Set(
      lines(`/proc/${pid}/maps`)
        .map((line) => line.split(/\s+/).slice(5).join(' '))
        .filter((path) => path.startsWith('/')),
    ),
    children: childrenOf(pid),
  };
}

/** What is not as it was, in words. A process that starts and ends threads or children by itself is asked more than once. */
function differences(pid: number, before: Standing, stays: Stays): readonly string[] {
  const now = standingOf(pid);
  const own = readFileSync(`/proc/${pid}/comm`, 'latin1').trim();
  const found: string[] = [];
  if (tracerOf(pid) !== 0) found.push(`it is traced by ${tracerOf(pid)}`);
  if (now.isStopped !== before.isStopped) found.push(now.isStopped ? 'it is stopped' : 'it is not stopped any more');
  if (now.threads > before.threads) found.push(`${now.threads} threads, not ${before.threads}`);
  if (now.descriptors > before.descriptors + (stays.descriptors ?? 0)) {
    const targets = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    found.push(`${now.descriptors} descriptors, not ${before.descriptors}: ${targets.join(', ')}`);
  }
  for (const path of now.mapped) {
    if (!before.mapped.has(path) && stays.mapped?.test(path) !== true) found.push(`${path} is mapped`);
  }
  for (const name of now.children) {
    if (name !== own && !before.children.includes(name) && stays.children?.test(name) !== true) found.push(`child ${name}`);
  }
  // Tools that attach are told its number as a word, or in the job that gdb is given.
  return [...found, ...processesWith(`-p ${pid} `), ...processesWith(`"pid":${pid},`)];
}

/** Throws with what is not. */
export const isAsItWas = (pid: number, before: Standing, stays: Stays = {}): Promise<void> =>
  until(() => differences(pid, before, stays));

/** What heaptrack says that it leaves. */
export const HEAPTRACK_STAYS: Stays = { mapped: /lib(heaptrack_inject|unwind|stdc\+\+|gcc_s|lzma|m)[.-]/, descriptors: 2 };
