import type { Cancel } from '../base/cancel.js';
import { DisposableStore } from '../base/dispose.js';
import type { Milliseconds } from '../base/units.js';
import type { ProcessRow } from '../model/process.js';
import type { Monitor } from './monitor.js';
import type { Clock } from './ports.js';

/** A program that is not seen within this is over already. */
const LOOK_MS: Milliseconds = 15_000;
/** What leads a run on any target, and what it waits with when the program is over. */
const LEADERS = /^(sh|ash|dash|bash|busybox|toybox|mksh|ksh|ksh93|yash|zsh|setsid|sleep)$/;

/**
 * The pid of the program that the shell `leader` has started, as soon as the monitor sees it; undefined when it is over before. The
 * shell, a login shell in front of it, and a fork that has not become the program yet are none.
 */
export function findProgram(monitor: Monitor, leader: number, clock: Clock, over: Cancel): Promise<number | undefined> {
  return new Promise((resolve) => {
    const looking = new DisposableStore();
    const done = (pid: number | undefined): void => {
      looking.dispose();
      resolve(pid);
    };
    looking.add(monitor.look('processes'));
    looking.add(
      monitor.onDidChangeProcesses(() => {
        const program = programBelow([...monitor.processes.values()], leader);
        if (program !== undefined) done(program.pid);
      }),
    );
    looking.add(clock.after(LOOK_MS, () => done(undefined)));
    looking.add(over.onRequest(() => done(undefined)));
  });
}

/** The first descendant that is no shell; a program's own children are below it. */
export function programBelow(rows: readonly ProcessRow[], leader: number): ProcessRow | undefined {
  const seen = new Set([leader]);
  let parents = [leader];
  while (parents.length > 0) {
    const children = rows.filter(({ parent, pid }) => parents.includes(parent) && !seen.has(pid));
    const program = children.find(({ command, state }) => !LEADERS.test(command) && state !== 'Z');
    if (program !== undefined) return program;
    parents = children.map(({ pid }) => pid);
    for (const pid of parents) seen.add(pid);
  }
  return undefined;
}
