import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeakTracks } from '../../../src/app/leak-checks/leak-tracks.js';
import { assembleReport } from '../../../src/findings/assemble.js';
import { joinVoices } from '../../../src/findings/join-voices.js';
import {
  besideHeadline,
  judgedReport,
  NOTHING_LOST,
  type ProcessFacts,
  shortStandingWords,
} from '../../../src/findings/standing.js';
import type { Certainty, Finding, LeakKind } from '../../../src/model/finding.js';
import type { LeakCheck } from '../../../src/model/leak-check.js';
import { LIVE_WAYS, type LookSpan, type MallocUse } from '../../../src/model/live.js';
import type { MappedPart, PlacedFinding, Report, Voice } from '../../../src/model/report.js';
import { SEGMENTS, type Segment } from '../../../src/model/segment.js';
import { judgedOne } from './judged-one.js';

const MIB = 1 << 20;
const run = (engine: string) => ({ title: 'server (7)', program: '/src/server', args: [], engine, durationMs: 1000 });
const reportOf = (engine: string, ...findings: readonly Finding[]): Report =>
  assembleReport({ findings, notes: [], partial: false }, (file) => ({ path: file, owner: 'workspace' }), run(engine));
const line = (told: Partial<Finding> = {}, number = 10): Finding => ({
  engine: 'perf-faults',
  kind: 'leak',
  certainty: 'growing',
  message: 'Grows: 12 MiB touched for the first time in 30 s',
  bytes: 12 * MIB,
  count: 1,
  pid: 7,
  stacks: [{ role: 'allocation', frames: [{ function: 'malloc' }, { function: 'serve', file: '/src/server.c', line: number }] }],
  ...told,
});
const placed = (told: Partial<Finding> = {}, more: Partial<PlacedFinding> = {}): PlacedFinding => ({
  ...reportOf('perf-faults', line(told)).findings[0]!,
  ...more,
});
const stateOf = (finding: PlacedFinding, facts: ProcessFacts = {}, voices: readonly Voice[] = []) =>
  judgedOne(finding, voices, facts).standing?.state;

const use = (inUse: number, free: number, mapped = 0): MallocUse => ({
  arenas: 1,
  held: (inUse + free) * MIB,
  inUse: inUse * MIB,
  free: free * MIB,
  mapped: { bytes: mapped * MIB, blocks: mapped },
});
/** In seconds. */
const asked = (at: number, malloc: MallocUse): LookSpan => ({
  way: 'malloc-info',
  from: at * 1000 - 100,
  to: at * 1000,
  malloc,
});
const LOOK: LookSpan = { way: 'perf-faults', from: 100_000, to: 130_000 };
const BRK: LookSpan = { ...LOOK, way: 'mappings' };
const part = (segment: Segment, more: Partial<MappedPart> = {}): MappedPart => ({
  segment,
  label: segment,
  name: '',
  start: 0x7f00_0000_0000,
  count: 1,
  bytes: 12 * MIB,
  ...more,
});

describe('held by the allocator', () => {
  const fragments = [asked(95, use(1, 1)), LOOK, asked(135, use(2, 14))];

  it('is growth of a heap of which what came is mostly free', () => {
    const finding = judgedOne(placed(), [], { looks: fragments });
    expect(finding.standing).toEqual({
      state: 'held-by-allocator',
      evidence: [
        'perf-faults: Grows: 12 MiB touched for the first time in 30 s.',
        'malloc-info: in 40 s malloc took 14 MiB more from the kernel, and holds 13 MiB more that are free. These are figures of the whole process, not of this line alone.',
      ],
    });
    expect(besideHeadline(finding)).toHaveLength(1);
  });

  it('does not matter in which order they were kept, nor whether malloc was asked before, after, or both', () => {
    for (const looks of [fragments, [...fragments].reverse()]) expect(stateOf(placed(), { looks })).toBe('held-by-allocator');
    expect(stateOf(placed(), { looks: [LOOK, asked(200, use(1, 1)), asked(240, use(2, 14))] })).toBe('held-by-allocator');
    expect(stateOf(placed(), { looks: [asked(10, use(1, 1)), asked(50, use(2, 14)), LOOK] })).toBe('held-by-allocator');
  });

  it('names what is in use when that is half of it, as of a program that frees every second block', () => {
    const looks = [asked(95, use(1, 1)), LOOK, asked(135, use(8.2, 7.8))];
    const finding = judgedOne(placed(), [], { looks });
    expect(finding.standing?.state).toBe('held-by-allocator');
    expect(finding.standing?.evidence.at(-1)).toContain('7.2 MiB more are in use');
  });

  it.each([
    ['a healthy heap, which is used', [asked(95, use(1, 1)), LOOK, asked(135, use(15, 1))]],
    ['a heap that did not grow: the line is about something else', [asked(95, use(1, 60)), LOOK, asked(135, use(1, 60))]],
    ['blocks with mappings of their own, which are in use', [asked(95, use(1, 1)), LOOK, asked(135, use(1, 15, 40))]],
    ['figures of an hour before', [asked(-3600, use(1, 1)), asked(-3500, use(1, 14)), LOOK]],
    ['a heap that grows far less than the line', [asked(95, use(1, 1)), LOOK, asked(135, use(1, 4))]],
    ['one look at malloc, which tells no change', [LOOK, asked(135, use(2, 40))]],
    ['two looks at once', [LOOK, asked(135, use(1, 1)), asked(135.5, use(1, 14))]],
  ] as const)('is not: %s', (_, looks) => {
    expect(stateOf(placed(), { looks })).toBeUndefined();
  });

  it('tells what malloc said where it proves nothing', () => {
    const finding = judgedOne(placed(), [], { looks: [LOOK, asked(135, use(2, 40))] });
    expect(besideHeadline(finding)).toEqual([
      'malloc-info: it holds 42 MiB from the kernel, 40 MiB of it free; one look tells no change, another one does.',
    ]);
    expect(judgedOne(placed(), finding.voices ?? [], {}).voices).toBeUndefined();
  });

  it('is not said of one of two lines that may be what is in use', () => {
    // 5 MiB of the 20 are kept by the smaller one.
    const looks = [asked(95, use(1, 1)), LOOK, asked(135, use(6, 16))];
    const stacks = [{ role: 'allocation' as const, frames: [{ function: 'other', file: '/src/server.c', line: 50 }] }];
    const both = judgedReport(reportOf('perf-faults', line({ bytes: 15 * MIB }), line({ bytes: 5 * MIB, stacks }, 50)), {
      looks,
    });
    expect(both.findings.map(({ bytes, standing }) => [bytes, standing?.state])).toEqual([
      [15 * MIB, 'held-by-allocator'],
      [5 * MIB, undefined],
    ]);
  });

  it('lines of one function are taken together: one touches first what the other one allocates', () => {
    const looks = [asked(95, use(1, 1)), LOOK, asked(135, use(8, 8))];
    const half = (number: number) => line({ bytes: 6 * MIB }, number);
    const both = judgedReport(reportOf('perf-faults', half(10), half(11)), { looks });
    expect(both.findings.map(({ standing }) => standing?.state)).toEqual(['held-by-allocator', 'held-by-allocator']);
    const stacks = [{ role: 'allocation' as const, frames: [{ function: 'other', file: '/src/server.c', line: 50 }] }];
    const apart = judgedReport(reportOf('perf-faults', half(10), { ...half(50), stacks }), { looks });
    expect(apart.findings.map(({ standing }) => standing?.state)).toEqual([undefined, undefined]);
  });

  it('is not said where somebody counts what is not freed', () => {
    const counts: Voice = { engine: 'heaptrack', text: 'Grows', certainty: 'growing', bytes: 12 * MIB };
    expect(stateOf(placed(), { looks: fragments }, [counts])).toBeUndefined();
    expect(stateOf(placed({ engine: 'heaptrack' }), { looks: fragments })).toBeUndefined();
  });

  it('of a line that made the heap larger one look is enough when so little is in use that it can’t be that', () => {
    const brk = placed({ engine: 'mappings' }, { mapped: [part('heap')] });
    expect(stateOf(brk, { looks: [BRK, asked(135, use(2, 20))] })).toBe('held-by-allocator');
    expect(stateOf(brk, { looks: [BRK, asked(135, use(10, 40))] })).toBeUndefined();
    // Before the look it says nothing of what came after it.
    expect(stateOf(brk, { looks: [BRK, asked(95, use(2, 20))] })).toBeUndefined();
    const elsewhere = placed({ engine: 'mappings' }, { mapped: [part('anonymous')] });
    expect(stateOf(elsewhere, { looks: [BRK, asked(135, use(2, 20))] })).toBeUndefined();
  });
});

describe('not of the heap', () => {
  const mappings = (...mapped: readonly MappedPart[]): PlacedFinding => placed({ engine: 'mappings' }, { mapped });

  it('is what the map calls a file, shared memory or a stack', () => {
    const told = judgedOne(
      mappings(
        part('guard', { bytes: 4096 }),
        part('posix-shm', { label: 'POSIX shared memory', name: '/dev/shm/q\u001b', count: 3 }),
      ),
      [],
      {},
    );
    expect(told.standing?.state).toBe('not-heap');
    expect(besideHeadline(told)).toEqual([
      'Memory map: POSIX shared memory /dev/shm/q\\x1b, 12 MiB in 3 mappings, the first at 0x7f0000000000.',
    ]);
  });

  it('is not said when a part of it is none of these, or nothing is known', () => {
    for (const segment of ['anonymous', 'heap', 'arena', 'reserved', 'hugetlb', 'named-anonymous', 'guard'] as const) {
      expect(stateOf(mappings(part(segment)))).toBeUndefined();
    }
    expect(stateOf(mappings(part('file'), part('anonymous')))).toBeUndefined();
    expect(stateOf(mappings())).toBeUndefined();
    expect(stateOf(placed())).toBeUndefined();
  });

  it('names the largest, and how many more there are', () => {
    const many = Array.from({ length: 9 }, (_, at) => part('file', { label: 'Mapped file', name: `/f${at}`, bytes: at + 1 }));
    const words = besideHeadline(judgedOne(mappings(...many), [], {}));
    expect(words[0]).toContain('/f8');
    expect(words.at(-1)).toBe('Memory map: and 5 other files or objects.');
  });
});

describe('leak checks of a program that goes on', () => {
  const reachable = (bytes: number): Finding =>
    line({ engine: 'memcheck', certainty: 'definite', leakKind: 'reachable', message: 'still reachable', bytes, blocks: 2 });
  /** One check after the other. */
  const checks = (...found: readonly (readonly Finding[])[]): readonly Report[] => {
    const tracks = new LeakTracks();
    return found.map((findings, at) => {
      const report = reportOf('memcheck', ...findings);
      const leaks = tracks.add(at * 60_000, [7], report.findings);
      const check: LeakCheck = {
        number: at + 1,
        at: at * 60_000,
        ...(at === 0 ? {} : { sinceLast: 60_000 }),
        scope: 'all',
        pids: [7],
        isComplete: true,
        leaks,
        report,
      };
      return judgedReport(report, { check });
    });
  };
  const states = (reports: readonly Report[]) => reports.map(({ findings }) => findings.map(({ standing }) => standing?.state));

  it('what is reachable is steady, or grows, when two checks or more have said so', () => {
    expect(states(checks([reachable(100)], [reachable(100)], [reachable(300)], [reachable(300)]))).toEqual([
      [undefined],
      ['reachable-steady'],
      ['reachable-growing'],
      ['reachable-steady'],
    ]);
    const [, steady] = checks([reachable(100)], [reachable(100)]);
    expect(steady!.findings[0]!.standing!.evidence).toEqual([
      'memcheck: something still points to it.',
      'Once only: it was there by check 1 and is the same since; 100 bytes in 2 blocks 60 s before, 100 bytes in 2 blocks now.',
    ]);
  });

  it('what is new at the second check is no more than seen once', () => {
    expect(states(checks([], [reachable(100)]))).toEqual([[], [undefined]]);
  });

  it('what is lost is lost, and what may be lost is nothing yet', () => {
    const lost = line({ engine: 'lsan', certainty: 'definite', leakKind: 'direct', bytes: 10, blocks: 1 });
    const possibly = line({ engine: 'memcheck', certainty: 'possible', leakKind: 'possibly', bytes: 10, blocks: 1 });
    expect(states(checks([lost], [lost]))).toEqual([['lost'], ['lost']]);
    expect(states(checks([possibly], [possibly]))).toEqual([[undefined], [undefined]]);
  });
});

describe('the trend of the process', () => {
  const trend = 'USS grows by 1 MiB an hour over 31 min (suspected leak)';

  it('is one sentence more, and proves nothing by itself', () => {
    expect(judgedOne(placed(), [], { trend }).standing).toBeUndefined();
    expect(besideHeadline(judgedOne(placed(), [], { trend }))).toEqual([`trend: ${trend}.`]);
    const reachable = judgedOne(placed(), [NOTHING_LOST], { trend });
    expect(reachable.standing?.state).toBe('reachable-growing');
    expect(reachable.standing?.evidence.at(-1)).toBe(`trend: ${trend}.`);
  });

  it('takes the place of what it said before', () => {
    const before = judgedReport(reportOf('perf-faults', line()), { trend });
    const now = judgedReport(before, { trend: 'no lasting growth' });
    expect(now.findings[0]!.voices!.map(({ text }) => text)).toEqual(['no lasting growth']);
  });
});

describe('looks one after the other', () => {
  it('malloc may be asked again and again: what other looks found stays', () => {
    const looks = [asked(95, use(1, 1)), LOOK, asked(135, use(2, 14))];
    const silent = reportOf('malloc-info');
    const once = joinVoices(reportOf('perf-faults', line()), silent, { looks: looks.slice(1) });
    const twice = joinVoices(once, silent, { looks });
    expect(once.findings.map(({ standing }) => standing?.state)).toEqual([undefined]);
    expect(twice.findings.map(({ standing }) => standing?.state)).toEqual(['held-by-allocator']);
  });

  it('a check of leaks that found nothing is remembered until the line is looked at anew', () => {
    const checked = joinVoices(reportOf('perf-faults', line()), reportOf('leak-check'));
    const later = joinVoices(checked, reportOf('malloc-info'));
    expect(later.findings[0]!.standing!.state).toBe('reachable-growing');
    expect(joinVoices(checked, reportOf('perf-faults', line())).findings[0]!.standing).toBeUndefined();
    // A later look at the same line by other means came after the check.
    const other = joinVoices(checked, reportOf('heaptrack', line({ engine: 'heaptrack' })));
    expect(other.findings.map(({ engine, standing }) => [engine, standing])).toEqual([['heaptrack', undefined]]);
  });

  it('what a leak check said before is not said when it finds it no more', () => {
    const lost = line({ engine: 'lsan', certainty: 'definite', leakKind: 'direct', bytes: 10, blocks: 1 });
    const both = joinVoices(joinVoices(reportOf('leak-check', lost), reportOf('perf-faults', line())), reportOf('leak-check'));
    expect(both.findings.map(({ engine, standing }) => [engine, standing?.state])).toEqual([
      ['perf-faults', 'reachable-growing'],
    ]);
  });
});

const ENGINES = [...LIVE_WAYS, 'memcheck', 'lsan', 'asan', 'trend'] as const;
const KINDS = ['definitely', 'indirectly', 'possibly', 'reachable', 'direct', 'indirect'] as const;
const CHECKERS: readonly (LeakKind | undefined)[] = ['definitely', 'indirectly', 'direct', 'indirect'];
const bytes = fc.integer({ min: 1, max: 100 * MIB });
const anyPart = fc.record({ segment: fc.constantFrom(...SEGMENTS), bytes }).map((told) => part(told.segment, told));
const certainty = fc.constantFrom<Certainty>('definite', 'possible', 'growing');
const anyVoice: fc.Arbitrary<Voice> = fc.record(
  {
    engine: fc.constantFrom(...ENGINES),
    of: fc.constant('process' as const),
    text: fc.string(),
    certainty,
    leakKind: fc.constantFrom(...KINDS),
    bytes,
    mapped: fc.array(anyPart, { maxLength: 3 }),
  },
  { requiredKeys: ['engine', 'text', 'certainty'] },
);
const anyFinding: fc.Arbitrary<PlacedFinding> = fc
  .record(
    {
      engine: fc.constantFrom(...ENGINES),
      certainty,
      leakKind: fc.constantFrom(...KINDS),
      bytes,
      kind: fc.constantFrom('leak', 'leak', 'heap-use-after-free'),
      mapped: fc.array(anyPart, { maxLength: 3 }),
    },
    { requiredKeys: ['engine', 'certainty', 'bytes', 'kind'] },
  )
  .map(({ mapped, ...told }) => placed(told, mapped === undefined ? {} : { mapped }));
const anyUse = fc
  .record({
    inUse: fc.integer({ min: 0, max: 64 }),
    free: fc.integer({ min: 0, max: 64 }),
    mapped: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ inUse, free, mapped }) => use(inUse, free, mapped));
const anyLooks: fc.Arbitrary<readonly LookSpan[]> = fc
  .tuple(
    fc.subarray([LOOK, BRK]),
    fc.uniqueArray(fc.record({ at: fc.integer({ min: 0, max: 300 }), malloc: anyUse }), {
      selector: ({ at }) => at,
      maxLength: 4,
    }),
  )
  .map(([looks, told]) => [...looks, ...told.map(({ at, malloc }) => asked(at, malloc))]);
const anyFacts: fc.Arbitrary<ProcessFacts> = fc.record(
  { looks: anyLooks, trend: fc.string({ minLength: 1 }) },
  { requiredKeys: [] },
);

describe('whatever was seen', () => {
  const anyVoices = fc.array(anyVoice, { maxLength: 4 });

  it('nothing has a standing without evidence, and nothing is lost without the voice of a leak checker', () => {
    fc.assert(
      fc.property(anyFinding, anyVoices, anyFacts, (finding, voices, facts) => {
        const { standing } = judgedOne(finding, voices, facts);
        if (standing === undefined) return;
        expect(finding.kind).toBe('leak');
        expect(standing.evidence.length).toBeGreaterThan(0);
        expect(shortStandingWords(standing)).not.toBe('');
        const ofLine = [finding, ...voices.filter(({ of }) => of !== 'process')];
        const checkers = ofLine.filter(
          ({ leakKind, certainty: sure }) => CHECKERS.includes(leakKind) || (leakKind === undefined && sure === 'definite'),
        );
        expect(standing.state === 'lost').toBe(checkers.length > 0);
        if (standing.state === 'held-by-allocator') {
          expect(facts.looks?.some(({ malloc }) => malloc !== undefined)).toBe(true);
        }
        if (standing.state === 'not-heap') {
          const grown = ofLine.filter(({ certainty: sure }) => sure === 'growing');
          for (const { mapped = [] } of grown) expect(mapped.some(({ segment }) => segment === 'anonymous')).toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('the order of voices and looks does not matter, and a second judgement says the same', () => {
    fc.assert(
      fc.property(anyFinding, anyVoices, anyFacts, (finding, voices, facts) => {
        const told = judgedOne(finding, voices, facts);
        const turned = { ...facts, ...(facts.looks === undefined ? {} : { looks: [...facts.looks].reverse() }) };
        expect(judgedOne(finding, [...voices].reverse(), turned).standing?.state).toBe(told.standing?.state);
        expect(judgedOne(told, told.voices ?? [], facts)).toEqual(told);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('two ways that saw the same line', () => {
  it('stand alike, whichever looked first', () => {
    fc.assert(
      fc.property(anyLooks, bytes, bytes, fc.array(anyPart, { maxLength: 2 }), (looks, a, b, mapped) => {
        const perf = reportOf('perf-faults', line({ bytes: a }));
        const brk = reportOf('mappings', line({ engine: 'mappings', bytes: b }));
        const known = { ...brk, findings: brk.findings.map((finding) => ({ ...finding, mapped })) };
        const states = [joinVoices(perf, known, { looks }), joinVoices(known, perf, { looks })].map(({ findings }) =>
          findings.map(({ standing }) => standing?.state),
        );
        expect(states[0]).toHaveLength(1);
        expect(states[0]).toEqual(states[1]);
      }),
    );
  });
});
