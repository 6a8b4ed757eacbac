// Check Leaks Now on real programs: it finds the line that grows, says what is steady, and the program goes on as it would.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { LeakCheck, LeakTrack } from '../../src/model/leak-check.js';
import { check, type Live, lineOf, pidsOf, reportOf, startLive } from './live-runs.js';
import { until } from './processes.js';

const has = (tool: string): boolean => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;
const ENGINES = ['asan', 'lsan', 'lsan-preload', 'memcheck'] as const;

/** What a check says of the leak at a line, whatever its kind. */
function tracksAt(made: LeakCheck, line: number): LeakTrack[] {
  const here = made.report.findings.filter(({ place }) => place?.line === line).map(({ fingerprint }) => fingerprint);
  return made.leaks.filter(({ fingerprint }) => here.includes(fingerprint));
}

const bytesAt = (made: LeakCheck, line: number): number =>
  tracksAt(made, line).reduce((sum, { now }) => sum + (now?.bytes ?? 0), 0);

/** Checks until the program has got as far as to lose something at this line. */
async function checkUntil(live: Live, line: number): Promise<LeakCheck> {
  let made = await check(live);
  await until(async () => {
    if (bytesAt(made, line) === 0) made = await check(live);
    return bytesAt(made, line) > 0;
  }, 60_000);
  return made;
}

/** The program itself, below the shell that leads it and valgrind. */
async function program(live: Live, name: string): Promise<number> {
  await until(() => live.output() !== '', 60_000);
  const [pid] = [
    ...pidsOf(live.run.pid, name),
    ...pidsOf(live.run.pid, 'memcheck-amd64-'),
    ...pidsOf(live.run.pid, 'memcheck-arm64-'),
  ];
  if (pid === undefined) throw new Error(`${name} is not there`);
  return pid;
}

/** Waits until the program has gone on by so many lines. */
async function goesOn(live: Live, lines: number): Promise<void> {
  const count = (): number => live.output().split('\n').length;
  const begun = count();
  await until(() => count() >= begun + lines, 60_000);
}

describe.each(ENGINES.flatMap((engine) => (['gcc', 'clang'] as const).map((compiler) => [engine, compiler] as const)))(
  '%s %s',
  (engine, compiler) => {
    test.skipIf(!has(compiler) || (engine === 'memcheck' && !has('valgrind')))(
      'what grows, what was lost once, what is new, and the end',
      async () => {
        const source = 'leak-checks/mixed.c';
        const [once, told, growing] = ['once', 'told', 'growing'].map((mark) => lineOf(source, mark)) as [number, number, number];
        const live = await startLive({ source, engine, compiler });
        const pid = await program(live, 'mixed');
        await goesOn(live, 5);
        expect(await live.run.obstacles()).toEqual([]);
        const first = await check(live);
        expect(first).toMatchObject({ number: 1, scope: 'all', isComplete: true, pids: [pid] });
        expect(first.report.partial).toBe(false);
        expect(tracksAt(first, growing).map(({ statement, isNew }) => [statement, isNew])).toContainEqual(['first-check', false]);
        await goesOn(live, 5);
        const second = await check(live);
        expect(tracksAt(second, growing).map(({ statement }) => statement)).toContain('still-growing');
        expect(bytesAt(second, growing)).toBeGreaterThan(bytesAt(first, growing));
        // A stale copy of a pointer hides a block from a conservative search: what is not seen is not claimed.
        if (bytesAt(first, once) > 0 && bytesAt(second, once) > 0) {
          expect(tracksAt(second, once).map(({ statement, now }) => [statement, now])).toContainEqual([
            'once-only',
            { bytes: 777, blocks: 1 },
          ]);
        }
        process.kill(pid, 'SIGUSR1');
        await until(() => live.output().includes('told 1'), 60_000);
        await goesOn(live, 3);
        const third = await check(live, 'increased');
        expect(third.number).toBe(3);
        expect(third.sinceLast).toBe(third.at - second.at);
        expect(tracksAt(third, told)).toEqual([
          expect.objectContaining({
            statement: 'first-check',
            isNew: true,
            now: { bytes: 55, blocks: 1 },
            before: { bytes: 0, blocks: 0 },
            since: 3,
          }),
        ]);
        const rate = tracksAt(third, growing).find(({ statement }) => statement === 'still-growing');
        expect(rate?.perMinute?.bytes).toBeGreaterThan(0);
        // What is no more than at the last check is not in the report of what has increased.
        expect(third.report.findings.some(({ place }) => place?.line === once && bytesAt(second, once) > 0)).toBe(false);
        expect(live.run.history.map(({ number }) => number)).toEqual([1, 2, 3]);
        await goesOn(live, 3);
        process.kill(pid, 'SIGUSR2');
        const report = await reportOf(live);
        expect(live.run.isOver).toBe(true);
        expect(report.run).toMatchObject({ exit: { exitCode: 3 } });
        expect(report.findings.find(({ place }) => place?.line === growing)?.blocks).toBeGreaterThan(
          tracksAt(third, growing)[0]?.now?.blocks ?? 0,
        );
        expect(report.findings.filter(({ place }) => place?.line === told).map(({ blocks }) => blocks)).toEqual([1]);
        // It has done what it does without us: each round once, in its order, and its end.
        const rounds = live
          .output()
          .split('\n')
          .filter((line) => line.startsWith('round '));
        expect(rounds).toEqual(rounds.map((_, round) => `round ${round}`));
        expect(live.output()).toMatch(/over\n$/);
        expect(await live.run.check()).toEqual({ ok: false, error: { code: 'run-over', title: source } });
      },
      180_000,
    );

    test.skipIf(!has(compiler) || (engine === 'memcheck' && !has('valgrind')))(
      'Stop keeps the last look',
      async () => {
        const live = await startLive({ source: 'leak-checks/mixed.c', engine, compiler });
        const made = await checkUntil(live, lineOf('leak-checks/mixed.c', 'growing'));
        live.stop.cancel();
        const report = await reportOf(live);
        expect(report.run?.stopped).toBe('user');
        expect(report.partial).toBe(false);
        const lost = report.findings.find(({ place }) => place?.line === lineOf('leak-checks/mixed.c', 'growing'));
        expect(lost?.blocks).toBeGreaterThan(bytesAt(made, lineOf('leak-checks/mixed.c', 'growing')) / 1000);
      },
      120_000,
    );
  },
);

describe('processes', () => {
  test.each(['asan', 'lsan', 'lsan-preload', 'memcheck'] as const)(
    'workers that were forked are asked, too: %s',
    async (engine) => {
      const live = await startLive({ source: 'leak-checks/workers.c', engine });
      await until(() => live.output().includes('\n'), 60_000);
      const workers = live.output().trim().split(' ').map(Number);
      const line = lineOf('leak-checks/workers.c', 'lost');
      const lostBy = (made: LeakCheck): (number | undefined)[] =>
        workers.map((pid) => tracksAt(made, line).find((track) => track.pid === pid)?.now?.bytes);
      let made = await check(live);
      await until(async () => {
        made = await check(live);
        return lostBy(made).every((bytes) => (bytes ?? 0) > 0);
      }, 60_000);
      expect(made.pids).toHaveLength(3);
      await new Promise((resolve) => setTimeout(resolve, 500));
      const later = await check(live);
      for (const pid of workers) {
        expect(
          tracksAt(later, line)
            .filter((track) => track.pid === pid)
            .map(({ statement }) => statement),
        ).toContain('still-growing');
      }
      // They end by _exit, after which LeakSanitizer does not look: the last check is all that there is.
      const [parent] = made.pids.filter((pid) => !workers.includes(pid));
      process.kill(parent ?? Number.NaN, 'SIGUSR1');
      const report = await reportOf(live);
      expect(report.findings.filter(({ place }) => place?.line === line).map(({ pid }) => pid)).toEqual(
        expect.arrayContaining(workers),
      );
      if (engine !== 'memcheck') expect(report.notes.map(({ code }) => code)).toContain('from-check');
    },
  );

  test('a program that ends in the middle of a check, and checks that wait for each other', async () => {
    const live = await startLive({ source: 'leak-checks/mixed.c', engine: 'asan' });
    const pid = await program(live, 'mixed');
    const together = await Promise.all([live.run.check(), live.run.check(), live.run.check({ scope: 'increased' })]);
    expect(together.map((made) => (made.ok ? made.value.number : made.error))).toEqual([1, 2, 3]);
    const racing = live.run.check();
    process.kill(pid, 'SIGUSR2');
    const late = await Promise.all([racing, live.run.check(), live.run.check()]);
    for (const made of late) if (!made.ok) expect(made.error).toEqual({ code: 'run-over', title: 'leak-checks/mixed.c' });
    expect((await reportOf(live)).run?.exit).toEqual({ exitCode: 3 });
  });

  test('a program that ignores SIGTERM under Memcheck keeps its leaks', async () => {
    const live = await startLive({ source: 'leak-checks/stubborn.c', engine: 'memcheck' });
    const line = lineOf('leak-checks/stubborn.c', 'lost');
    await checkUntil(live, line);
    live.stop.cancel();
    const report = await reportOf(live);
    expect(report.findings.find(({ place }) => place?.line === line)?.blocks).toBeGreaterThan(0);
    expect(report.notes.map(({ code }) => code)).toContain('checked-at-stop');
    expect(report.partial).toBe(false);
  });
});

describe('what stands in the way is said, and the program goes on', () => {
  const traced = async (
    engine: 'asan' | 'lsan-preload' | 'memcheck',
    tracer: (pid: number) => readonly string[],
  ): Promise<void> => {
    const live = await startLive({ source: 'leak-checks/mixed.c', engine });
    const pid = await program(live, 'mixed');
    await check(live);
    const [command, ...args] = tracer(pid) as [string, ...string[]];
    const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'] });
    const status = (): string => execFileSync('cat', [`/proc/${pid}/status`], { encoding: 'utf8' });
    try {
      await until(() => !/TracerPid:\t0\n/.test(status()), 30_000);
      const obstacles = await live.run.obstacles();
      expect(obstacles.map(({ code, blocking }) => [code, blocking])).toEqual([['traced', true]]);
      const refused = await live.run.check();
      expect(refused).toMatchObject({ ok: false, error: { code: 'no-leak-check' } });
    } finally {
      child.kill('SIGTERM');
      child.stdin?.end();
    }
    await until(() => /TracerPid:\t0\n/.test(status()), 30_000);
    await goesOn(live, 3);
    expect((await check(live)).number).toBe(2);
    process.kill(pid, 'SIGUSR2');
    expect((await reportOf(live)).run?.exit).toEqual({ exitCode: 3 });
  };

  test.skipIf(!has('strace')).each(['asan', 'lsan-preload', 'memcheck'] as const)('under strace: %s', async (engine) => {
    await traced(engine, (pid) => ['strace', '-f', '-o', '/dev/null', '-p', String(pid)]);
  });

  test.skipIf(!has('gdb'))('under gdb, while the program goes on', async () => {
    await traced('asan', (pid) => ['gdb', '-nx', '-batch', '-p', String(pid), '-ex', 'continue']);
  });

  test.each(['asan', 'memcheck'] as const)('a stopped program: %s', async (engine) => {
    const live = await startLive({ source: 'leak-checks/mixed.c', engine });
    const pid = await program(live, 'mixed');
    await check(live);
    process.kill(pid, 'SIGSTOP');
    await until(() => /State:\tT/.test(execFileSync('cat', [`/proc/${pid}/status`], { encoding: 'utf8' })));
    expect((await live.run.obstacles()).map(({ code }) => code)).toEqual(['stopped']);
    expect(await live.run.check()).toMatchObject({ ok: false, error: { code: 'no-leak-check' } });
    process.kill(pid, 'SIGCONT');
    await goesOn(live, 3);
    expect((await check(live)).number).toBe(2);
    process.kill(pid, 'SIGUSR2');
    await reportOf(live);
  });
});
