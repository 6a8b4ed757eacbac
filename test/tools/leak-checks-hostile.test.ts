// Check Leaks Now on programs that stand in its way: a check that can't work is refused, and not one program dies of being asked.
import { describe, expect, test } from 'vitest';
import { check, type Live, lineOf, pidsOf, reportOf, startLive } from './live-runs.js';
import { until } from './processes.js';

const source = 'leak-checks/hostile.c';
const isRoot = process.getuid?.() === 0;

async function begun(engine: 'asan' | 'lsan' | 'lsan-preload', word: string): Promise<{ live: Live; pid: number }> {
  const live = await startLive({ source, engine, config: { args: [word] } });
  await until(() => live.output().includes('round 3\n'), 60_000);
  const [pid] = pidsOf(live.run.pid, 'hostile');
  if (pid === undefined) throw new Error(`it is not there: ${live.output().slice(-500)}`);
  return { live, pid };
}

/** It goes on, and ends as it would: each round told once, in its order, and its status. */
async function endsAsItWould({ live, pid }: { live: Live; pid: number }): Promise<void> {
  const before = live.output().length;
  await until(() => live.output().length > before + 20, 60_000);
  process.kill(pid, 'SIGUSR2');
  const { run, notes } = await reportOf(live);
  expect(run?.exit, JSON.stringify(notes)).toEqual({ exitCode: 3 });
  const rounds = live
    .output()
    .split('\n')
    .filter((line) => line.startsWith('round '));
  expect(rounds).toEqual(rounds.map((_, round) => `round ${round}`));
  expect(live.output()).toMatch(/over\n$/);
}

describe.each(['asan', 'lsan', 'lsan-preload'] as const)('%s', (engine) => {
  test.each([
    ['starts-denied', 'no-ptrace'],
    ['starts-killed', 'ptrace-kills'],
    ['sandbox', 'sandbox'],
  ])('%s is refused', async (word, code) => {
    const started = await begun(engine, word);
    const { run } = started.live;
    expect((await run.obstacles()).map((obstacle) => [obstacle.code, obstacle.blocking])).toEqual([[code, true]]);
    for (let round = 0; round < 3; round++)
      expect(await run.check()).toMatchObject({ ok: false, error: { code: 'no-leak-check' } });
    expect(run.history).toEqual([]);
    await endsAsItWould(started);
  });

  test.skipIf(!isRoot).each(['other-root', 'other-user'])(
    '%s is refused, because the runtime would end the program over its report',
    async (word) => {
      const started = await begun(engine, word);
      const { run } = started.live;
      expect((await run.obstacles()).map((obstacle) => obstacle.code)).toEqual(['no-report-file']);
      expect(await run.check()).toMatchObject({ ok: false, error: { code: 'no-leak-check' } });
      await endsAsItWould(started);
    },
  );

  test.each(['closes-files', 'not-dumpable', 'no-main-thread'])('%s is no obstacle', async (word) => {
    const started = await begun(engine, word);
    const line = lineOf(source, 'lost');
    for (let number = 1; number <= 3; number++) {
      const made = await check(started.live);
      expect(made.number).toBe(number);
      expect(made.report.findings.some(({ place }) => place?.line === line)).toBe(true);
    }
    await endsAsItWould(started);
  });
});

describe('hundreds of checks of a program that does nothing but allocate, free, start threads and fork', () => {
  test.each([
    ['asan', 'gcc', []],
    // LeakSanitizer of gcc 12 and LLVM 14 ends a program that starts threads all the time by itself, without a check: its table of threads moves while
    // others read it. In 24 runs of 25 s without us that was seen five times.
    ['lsan', 'gcc', ['no-threads']],
    ['lsan-preload', 'gcc', ['no-threads']],
    ['lsan', 'clang', ['no-threads']],
    ['asan', 'clang', []],
  ] as const)(
    '%s %s %j',
    async (engine, compiler, args) => {
      const live = await startLive({ source: 'leak-checks/busy.c', engine, compiler, config: { args } });
      await until(() => live.output().includes('ready'), 60_000);
      const [pid] = pidsOf(live.run.pid, 'busy');
      for (let number = 1; number <= 100; number++) expect((await check(live)).number).toBe(number);
      process.kill(pid ?? Number.NaN, 'SIGUSR1');
      const report = await reportOf(live);
      expect(report.run?.exit).toEqual({ exitCode: 5 });
      expect(live.output()).toBe('ready\nall went on\n');
      const line = lineOf('leak-checks/busy.c', 'lost');
      expect(report.findings.some(({ place }) => place?.line === line)).toBe(true);
    },
    600_000,
  );
});
