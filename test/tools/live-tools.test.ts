// Tools that attach: how they are told to end, and what is left of them.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { LiveSession } from '../../src/app/live/live-way.js';
import { runTool, startTool } from '../../src/app/live/run-tool.js';
import { keepSession } from '../../src/app/live/session-keeper.js';
import { KEEPER, LEADER } from '../../src/app/live/tool-scripts.js';
import type { Target } from '../../src/app/ports.js';
import { parseTargetName } from '../../src/app/target-names.js';
import { CancelSource } from '../../src/base/cancel.js';
import { nodeClock } from '../../src/node/node-clock.js';
import { createTarget } from '../../src/node/targets.js';
import { silentLog as log } from '../silent-log.js';
import { cleanUpAfterEach } from './clean-up.js';
import { processesWith, until } from './processes.js';
import { value } from './target-cases.js';

const cleanUp = cleanUpAfterEach();
const sh = (script: string, ...args: string[]) => ['sh', '-c', script, 'sh', ...args];

/** A session with nothing but what tools need. */
async function session(target: Target): Promise<LiveSession & { stop: CancelSource; cancel: CancelSource }> {
  const work = value(await target.makeTemporaryDirectory("memlens-live-test it's-"));
  cleanUp.push(() => target.remove(work));
  const [stop, cancel] = [new CancelSource(), new CancelSource()];
  return { target, clock: nodeClock, log, work, durationMs: 1000, stop, cancel } as unknown as LiveSession & {
    stop: CancelSource;
    cancel: CancelSource;
  };
}

for (const name of ['local', 'command:sh', 'command:busybox sh', 'command:bash', 'command:mksh']) {
  describe(name, () => {
    const target = createTarget({ name, config: value(parseTargetName(name)) }, { log });
    afterAll(() => target.dispose());

    test('output, errors and status', async () => {
      const now = await session(target);
      let heard = '';
      const script = 'printf "%s|%s|%s" "$1" "$LC_ALL" "$A"; printf "w\\303\\266rds" >&2; exit 7';
      const ended = value(
        await runTool(now, {
          argv: sh(script, 'it\'s "$x"\n-'),
          env: { A: 'b c' },
          endSignal: 'INT',
          graceMs: 1000,
          onOutput: (text) => {
            heard += text;
          },
        }),
      );
      expect(ended).toEqual({ exit: { exitCode: 7 }, stdout: 'it\'s "$x"\n-|C|b c', stderr: 'wörds' });
      expect(heard).toBe(ended.stdout);
      expect(value(await target.list(now.work))).toEqual([]);
    });

    test('one that is not there', async () => {
      const now = await session(target);
      const ended = value(await runTool(now, { argv: ['/no/such/tool'], endSignal: 'INT', graceMs: 1000 }));
      expect(ended.exit.exitCode).toBe(127);
      expect(ended.stderr).not.toBe('');
    });

    test('Stop sends its signal, SIGINT too, and waits; several at once', async () => {
      const now = await session(target);
      const tool = (signal: 'INT' | 'TERM') =>
        startTool(now, {
          argv: sh(`trap 'sleep 0.5; echo done; exit 3' ${signal}; echo ready; while :; do sleep 0.1; done`),
          endSignal: signal,
          graceMs: 30_000,
          onOutput: (text) => {
            if (text.includes('ready')) ready++;
          },
        });
      let ready = 0;
      const tools = [value(await tool('INT')), value(await tool('TERM'))];
      await until(() => ready === 2);
      now.stop.cancel();
      for (const { ended } of tools) expect(value(await ended)).toMatchObject({ exit: { exitCode: 3 }, stdout: 'ready\ndone\n' });
    });

    test('one that does not end is killed, with what it has started; a stopped one is woken', async () => {
      const now = await session(target);
      const mark = `mark${now.work}`;
      const script = 'trap "" INT TERM; sleep 998 & echo ready; while :; do sleep 1; done';
      let ready = false;
      const tool = value(
        await startTool(now, {
          argv: sh(script, mark),
          env: { MEMLENS_TEST: mark },
          endSignal: 'INT',
          graceMs: 400,
          onOutput: () => {
            ready = true;
          },
        }),
      );
      await until(() => ready);
      tool.end();
      expect(value(await tool.ended).exit).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
      await until(() => processesWith(`MEMLENS_TEST=${mark}`));
    });

    test('a cancel ends it as well, and it comes back cancelled', async () => {
      const now = await session(target);
      let ready = false;
      const tool = value(
        await startTool(now, {
          argv: sh('trap "exit 0" TERM; echo ready; while :; do sleep 0.1; done', now.work),
          endSignal: 'TERM',
          graceMs: 5000,
          onOutput: () => {
            ready = true;
          },
        }),
      );
      await until(() => ready);
      now.cancel.cancel();
      expect(await tool.ended).toEqual({ ok: false, error: { code: 'cancelled' } });
      await until(() => processesWith(now.work));
    });

    test('a session keeps its directory, and removes it', async () => {
      const work = value(await target.makeTemporaryDirectory('memlens-live-test-'));
      const keeper = value(await keepSession(target, nodeClock, work));
      expect(existsSync(work)).toBe(true);
      await keeper.end();
      expect(existsSync(work)).toBe(false);
      await until(() => processesWith(work));
    });
  });
}

describe('when nobody is there any more', () => {
  test('a tool goes on writing until it has ended in order', async () => {
    const work = mkdtempSync(join(tmpdir(), 'memlens-live-test-'));
    cleanUp.push(() => rmSync(work, { recursive: true, force: true }));
    // It would be ended by SIGPIPE before it has undone what it did.
    const script = `trap 'for i in 1 2 3 4 5; do echo "undoing $i" || exit 9; sleep 0.1; done; echo undone >"$1"; exit 0' INT; echo ready; while :; do sleep 0.1; done`;
    const undone = join(work, 'undone');
    const leader = spawn('/bin/sh', ['-c', LEADER, 'memlens', work, 'INT', '50', ...sh(script, undone)], { detached: true });
    await new Promise((resolve) => leader.stdout.once('data', resolve));
    for (const stream of [leader.stdin, leader.stdout, leader.stderr]) stream.destroy();
    await until(() => existsSync(undone));
    expect(readFileSync(undone, 'utf8')).toBe('undone\n');
    await until(() => processesWith(work));
  });

  test('a line that is dead ends the tools, and removes the directory', async () => {
    const work = mkdtempSync(join(tmpdir(), 'memlens-live-test-'));
    cleanUp.push(() => rmSync(work, { recursive: true, force: true }));
    const keeper = spawn('/bin/sh', ['-c', KEEPER, 'memlens', work, '2'], { detached: true });
    const script = 'trap "exit 0" INT; echo ready; while :; do sleep 0.1; done';
    const leader = spawn('/bin/sh', ['-c', LEADER, 'memlens', work, 'INT', '50', ...sh(script, work)], { detached: true });
    await new Promise((resolve) => leader.stdout.once('data', resolve));
    // Their inputs stay open, and no beat comes.
    await until(() => !existsSync(work), 30_000);
    keeper.stdin.end();
    leader.stdin.end();
    await until(() => processesWith(work));
  });
});
