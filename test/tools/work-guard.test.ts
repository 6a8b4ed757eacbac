// What stands beside a run of this machine, and ends it when MemLens is gone. For it, that is the end of its input.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { guardWork, type WorkGuard } from '../../src/app/work-guard.js';
import { LocalTarget } from '../../src/node/local-target.js';
import { nodeClock } from '../../src/node/node-clock.js';
import { processesOfSession } from '../../src/node/sessions.js';
import { until } from './processes.js';

const host = new LocalTarget();
let work: string;
let reports: string;
const sessions: ChildProcess[] = [];
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "memlens it's $HOME "));
  reports = join(work, 'report');
  mkdirSync(reports);
});
afterEach(async () => {
  for (const { pid } of sessions.splice(0)) await host.endSession(pid!, 0);
  rmSync(work, { recursive: true, force: true });
});

async function guard(): Promise<WorkGuard> {
  const made = await guardWork(host, nodeClock, work, reports);
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value;
}

/** A session of two processes, the second one in a process group of its own. */
async function session(script = 'sleep 1000'): Promise<number> {
  const child = spawn('/bin/sh', ['-c', `set -m; sleep 1000 & ${script}; :`], { detached: true, stdio: 'ignore' });
  sessions.push(child);
  await until(async () => (await processesOfSession(child.pid!)).length >= 3);
  return child.pid!;
}

const isOver = async (leader: number): Promise<boolean> => (await processesOfSession(leader)).length === 0;

describe('a run whose MemLens is gone', () => {
  test('ends with all that is in its session, and its directories are removed', async () => {
    const other = mkdtempSync(join(tmpdir(), 'memlens door '));
    const guarded = await guard();
    guarded.directory(other);
    const leader = await session();
    const bystander = await session();
    writeFileSync(join(reports, 'leader'), `${leader}\n`);
    await guarded.end();
    await until(() => isOver(leader), 30_000);
    await until(() => !existsSync(work) && !existsSync(other), 30_000);
    expect(await isOver(bystander)).toBe(false);
  });

  test('ends as well when it does not want to', async () => {
    const guarded = await guard();
    const leader = await session('trap "" TERM HUP; while :; do sleep 1000; done');
    writeFileSync(join(reports, 'leader'), `${leader}\n`);
    void guarded.end();
    await until(() => isOver(leader), 60_000);
    await until(() => !existsSync(work), 30_000);
  }, 100_000);

  test('begins no more when it has not begun', async () => {
    const guarded = await guard();
    await guarded.end();
    expect(existsSync(work)).toBe(false);
    expect(() => writeFileSync(join(reports, 'leader'), '1\n')).toThrow('ENOENT');
  });

  test('ends what shows a program of another machine', async () => {
    const guarded = await guard();
    const leader = await session();
    guarded.session(leader);
    await guarded.end();
    await until(() => isOver(leader), 30_000);
  });
});

describe('a run that is over', () => {
  test('leaves the number of its session to others', async () => {
    const guarded = await guard();
    const leader = await session();
    guarded.session(leader);
    writeFileSync(join(reports, 'leader'), `${leader}\n`);
    guarded.ran();
    await guarded.end();
    expect(existsSync(work)).toBe(false);
    expect(await isOver(leader)).toBe(false);
  });

  test('whose directory was removed leaves its guard nothing to do', async () => {
    const guarded = await guard();
    const leader = await session();
    guarded.session(leader);
    rmSync(work, { recursive: true });
    await guarded.end();
    expect(await isOver(leader)).toBe(false);
  });
});
