// What is said of the memory of a finding, of real processes: freed and kept by malloc, a file's, shared, a stack's, reachable and steady; and what is not said.
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withLook } from '../../src/app/live/look-spans.js';
import { checkText } from '../../src/export/check.js';
import { joinVoices } from '../../src/findings/join-voices.js';
import { besideHeadline } from '../../src/findings/standing.js';
import type { LookSpan } from '../../src/model/live.js';
import type { PlacedFinding, Report } from '../../src/model/report.js';
import { named } from '../named.js';
import { LivePrograms, type LookOptions, lineOf, look } from './live-programs.js';
import { check, type Live, lineOf as markOf, startLive } from './live-runs.js';
import { until } from './processes.js';
import { value } from './target-cases.js';

const has = (tool: string, word = '--version'): boolean => spawnSync(tool, [word], { stdio: 'ignore' }).error === undefined;
const noStrace = has('strace', '-V') ? undefined : 'strace is not installed';
const noValgrind = has('valgrind') ? undefined : 'valgrind is not installed';
const noGdb = has('gdb') ? undefined : 'gdb is not installed';
const noPerf = noGdb ?? (has('perf') ? undefined : 'perf is not installed');

const programs = new LivePrograms();
afterAll(() => programs.clear());
let stands: string;
beforeAll(() => {
  stands = programs.compile('stands.c');
});

/** Looks one after the other, as the editor keeps them: what is found at the end. */
async function looks(pid: number, ...ways: readonly LookOptions[]): Promise<Report> {
  let report: Report | undefined;
  let spans: readonly LookSpan[] = [];
  for (const way of ways) {
    const seen = value(await look(pid, way));
    spans = withLook(spans, seen.outcome);
    report = report === undefined ? seen.report : joinVoices(report, seen.report, { looks: spans });
  }
  return report!;
}

const at = ({ findings }: Report, ...lines: readonly number[]): readonly PlacedFinding[] =>
  findings.filter(({ place }) => lines.includes(place?.line ?? 0));
const line = (mark: string): number => lineOf('stands.c', `// ${mark}`);
const MALLOC: LookOptions = { way: 'malloc-info' };
const MAPPINGS: LookOptions = { way: 'mappings', without: ['perf'], durationMs: 5000 };
const FAULTS: LookOptions = { way: 'perf-faults', durationMs: 6000 };

describe.skipIf(noPerf !== undefined)(named('held by the allocator, by page faults', noPerf), () => {
  test('a program that frees every second block', async () => {
    const child = await programs.start(stands, ['fragments', '15']);
    const report = await looks(child.pid!, MALLOC, FAULTS, MALLOC);
    const found = at(report, line('takes'), line('touches'));
    const said = JSON.stringify([found.map(({ place, bytes }) => [place?.line, bytes]), found.map(besideHeadline)]);
    expect(
      found.map(({ standing }) => standing?.state),
      said,
    ).toContain('held-by-allocator');
    expect(said).toContain('more that are free');
  }, 120_000);

  test('not one that keeps what it has, whatever is asked how often', async () => {
    const child = await programs.start(stands, ['keeps', '15']);
    const report = await looks(child.pid!, MALLOC, FAULTS, MALLOC, MALLOC);
    const found = at(report, line('keeps'), line('has to keep'));
    expect(found.length).toBeGreaterThan(0);
    expect(found.flatMap(({ standing }) => standing ?? [])).toEqual([]);
    expect(besideHeadline(found[0]!).join(' ')).toMatch(/malloc-info: it holds .* of it free; .* before it held /);
  }, 120_000);
});

describe.skipIf((noStrace ?? noGdb) !== undefined)(named('held by the allocator, by brk', noStrace ?? noGdb), () => {
  test('a program that frees every second block, and one that does not', async () => {
    const child = await programs.start(stands, ['fragments', '15']);
    const report = await looks(child.pid!, MALLOC, MAPPINGS, MALLOC);
    const found = at(report, line('takes'));
    expect(found.map(({ mapped }) => mapped?.map(({ segment }) => segment))).toEqual([['heap']]);
    expect(found[0]!.standing?.state, JSON.stringify(found.map(besideHeadline))).toBe('held-by-allocator');
    const keeper = await programs.start(stands, ['keeps', '15']);
    const kept = await looks(keeper.pid!, MALLOC, MAPPINGS, MALLOC);
    expect(at(kept, line('has to keep')).map(({ standing }) => standing)).toEqual([undefined]);
  }, 120_000);
});

describe.skipIf(noStrace !== undefined)(named('not of the heap', noStrace), () => {
  test.each([
    ['file', 'maps', /^Memory map: (?:Mapped file|tmpfs file) \/tmp\/memlens-stands-\d+/],
    ['shm', 'maps', /^Memory map: POSIX shared memory \/dev\/shm\/memlens-stands-\d+/],
    ['memfd', 'maps', /^Memory map: memfd \/memfd:stands/],
    ['shared', 'shares', /^Memory map: Shared anonymous/],
    ['threads', 'threads', /^Memory map: Thread stack/],
  ])(
    '%s',
    async (kind, mark, words) => {
      const child = await programs.start(stands, [kind, '40']);
      const report = await looks(child.pid!, MAPPINGS);
      const found = at(report, line(mark));
      expect(
        found.map(({ standing }) => standing?.state),
        JSON.stringify([report.findings, report.notes]),
      ).toEqual(['not-heap']);
      expect(besideHeadline(found[0]!)[0]).toMatch(words);
      expect(besideHeadline(found[0]!)[0]).toMatch(/ at 0x[\da-f]+\.$/);
    },
    60_000,
  );

  test('not anonymous memory', async () => {
    const child = await programs.start(programs.compile('mapper.c'), ['leak', '50']);
    const report = await looks(child.pid!, MAPPINGS);
    expect(at(report, lineOf('mapper.c', '// lost mapping')).map(({ standing }) => standing)).toEqual([undefined]);
  }, 60_000);
});

describe('leak checks of a program that goes on', () => {
  const goesOn = async (live: Live): Promise<void> => {
    const begun = live.output().split('\n').length;
    await until(() => live.output().split('\n').length > begun + 5, 60_000);
  };

  test.skipIf(noValgrind !== undefined)(
    named('memcheck: reachable and steady, reachable and growing', noValgrind),
    async () => {
      const source = 'leak-checks/holds.c';
      const live = await startLive({ source, engine: 'memcheck' });
      await goesOn(live);
      const states = async () => {
        const made = await check(live);
        const of = (mark: string) => at(made.report, markOf(source, mark)).map(({ standing }) => standing?.state);
        return { made, steady: of('steady'), growing: of('growing') };
      };
      expect(await states()).toMatchObject({ steady: [undefined], growing: [undefined] });
      await goesOn(live);
      const second = await states();
      expect(second).toMatchObject({ steady: ['reachable-steady'], growing: ['reachable-growing'] });
      const { run } = live;
      const text = checkText({ title: run.title, engine: run.engine, pid: run.pid }, second.made, { colour: false });
      expect(text).toContain('Reachable, and steady.');
      // Once, though it is evidence and remark.
      const { findings } = second.made.report;
      expect(text.match(/Once only: it was there by check 1/g)).toHaveLength(
        findings.filter(({ standing }) => standing?.state === 'reachable-steady').length,
      );
    },
    120_000,
  );

  test('LeakSanitizer says nothing of what is reachable', async () => {
    const live = await startLive({ source: 'leak-checks/holds.c', engine: 'lsan' });
    await goesOn(live);
    for (let count = 0; count < 2; count++) {
      expect((await check(live)).report.findings).toEqual([]);
      await goesOn(live);
    }
  }, 120_000);
});
