import { describe, expect, it } from 'vitest';
import { assembleReport } from '../../../src/findings/assemble.js';
import { joinVoices } from '../../../src/findings/join-voices.js';
import { standingWords } from '../../../src/findings/standing.js';
import type { Finding, Note } from '../../../src/model/finding.js';
import type { Report } from '../../../src/model/report.js';

const run = (engine: string) => ({ title: 'server (7)', program: '/src/server', args: [], engine, durationMs: 1000 });
const report = (engine: string, findings: readonly Finding[], notes: readonly Note[] = []): Report =>
  assembleReport({ findings, notes, partial: false }, (file) => ({ path: file, owner: 'workspace' }), run(engine));
const at = (line: number, told: Partial<Finding>): Finding => ({
  engine: 'perf-faults',
  kind: 'leak',
  certainty: 'growing',
  message: `Grows: line ${line}`,
  bytes: 4096,
  count: 1,
  stacks: [{ role: 'allocation', frames: [{ function: 'malloc' }, { function: 'serve', file: '/src/server.c', line }] }],
  ...told,
});
const lost = (line: number): Finding =>
  at(line, { engine: 'lsan', certainty: 'definite', leakKind: 'direct', message: 'Direct leak', bytes: 100, blocks: 2 });

describe('two looks at one process', () => {
  it('speak of one line with both voices', () => {
    const joined = joinVoices(report('perf-faults', [at(10, {}), at(20, {})]), report('leak-check', [lost(10)]));
    expect(
      joined.findings.map(({ engine, place, voices, standing }) => [engine, place?.line, voices?.length, standing?.state]),
    ).toEqual([
      ['lsan', 10, 1, 'lost'],
      // Line 20 may only touch memory after what line 10 loses.
      ['perf-faults', 20, undefined, undefined],
    ]);
    expect(joined.findings[0]!.standing!.evidence).toEqual([
      'lsan: Leaks 100 bytes in 2 blocks (direct leak), allocated by malloc.',
      'perf-faults: Grows: line 10.',
    ]);
    expect(joined.run!.engine).toBe('leak-check');
    expect(joined.summary.definitely.bytes).toBe(100);
  });

  it('a check that finds nothing lost after growth: something points to it', () => {
    const joined = joinVoices(report('perf-faults', [at(10, {})]), report('leak-check', []));
    expect(joined.findings.map(({ standing }) => standing?.state)).toEqual(['reachable-growing']);
    expect(standingWords(joined.findings[0]!.standing!)).toContain('reachable, and growing');
  });

  it('a check that could not look says nothing', () => {
    const note: Note = { severity: 'warning', code: 'lsan-fatal', text: 'It could not look.' };
    const joined = joinVoices(report('perf-faults', [at(10, {})]), report('leak-check', [], [note]));
    expect(joined.findings[0]!.standing).toBeUndefined();
  });

  it('a check before the growth says nothing of it', () => {
    expect(joinVoices(report('leak-check', []), report('perf-faults', [at(10, {})])).findings[0]!.standing).toBeUndefined();
  });

  it('what an engine says anew takes the place of what it said', () => {
    const first = joinVoices(report('perf-faults', [at(10, {}), at(20, {})]), report('leak-check', [lost(10)]));
    const again = joinVoices(first, report('perf-faults', [at(10, { bytes: 8192, message: 'Grows: again' })]));
    expect(
      again.findings.map(({ engine, place, bytes, voices }) => [engine, place?.line, bytes, voices?.map(({ text }) => text)]),
    ).toEqual([['perf-faults', 10, 8192, ['Leaks 100 bytes in 2 blocks (direct leak), allocated by malloc']]]);
    expect(again.findings[0]!.standing!.state).toBe('lost');
    expect(joinVoices(again, report('perf-faults', [])).findings).toEqual([]);
  });

  it('what is reachable and grows is so by what was seen', () => {
    const reachable = at(10, { engine: 'memcheck', certainty: 'definite', leakKind: 'reachable', message: 'reachable' });
    const joined = joinVoices(report('memcheck', [reachable]), report('perf-faults', [at(10, {})]));
    expect(joined.findings[0]!.standing!.state).toBe('reachable-growing');
  });

  it('errors have none of this', () => {
    const error = at(10, { engine: 'asan', kind: 'heap-use-after-free', certainty: 'definite' });
    expect(joinVoices(report('perf-faults', [at(10, {})]), report('asan', [error])).findings[0]!.standing).toBeUndefined();
  });
});
