import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../../../src/base/units.js';
import { judge } from '../../../../src/insight/growth/judge.js';
import { verdictWords } from '../../../../src/insight/growth/words.js';
import type { Verdict, VerdictReason } from '../../../../src/model/verdict.js';
import { HOUR, KIB, MIB, MINUTE, noisy, series } from './series.js';

const verdict = (more: Partial<Verdict>): Verdict => ({
  state: 'leak',
  measure: 'uss',
  unit: 'bytes',
  windowMs: 100 * 60_000,
  samples: 6000,
  ratePerHour: 14.1 * MIB,
  errorPerHour: 0.3 * MIB,
  reasons: [],
  ...more,
});

describe('the title', () => {
  it('of a leak has the rate, its error and the window', () => {
    expect(verdictWords(verdict({})).title).toBe('Leak: USS grows by 14.1 MiB ± 307.2 KiB an hour over 1 h 40 min');
  });

  it('begins with the subject', () => {
    expect(verdictWords(verdict({ state: 'not-growing' }), 'web <b>(1234)').title).toBe(
      'web <b>(1234): Not growing: no lasting growth of USS over 1 h 40 min',
    );
  });

  it('of counts has no bytes', () => {
    const words = verdictWords(verdict({ measure: 'threads', unit: 'count', ratePerHour: 60, errorPerHour: 0.52 }));
    expect(words.title).toBe('Leak: the number of threads grows by 60 ± 0.5 threads an hour over 1 h 40 min');
  });

  it('says how long there is to wait, and never more than the state', () => {
    expect(verdictWords(verdict({ state: 'undecided', moreMs: 240_000 })).title).toBe(
      'No verdict yet on USS: about 4 min more needed',
    );
    expect(verdictWords(verdict({ state: 'growing' })).title).toContain('too early to call it a leak');
    expect(verdictWords(verdict({ state: 'suspected-leak' })).title).toMatch(/^Suspected leak/);
  });
});

describe('the reasons', () => {
  it('begin with the limit', () => {
    const limit = { kind: 'cgroup', value: 512 * MIB, reachedInMs: 7.2e6, earliestMs: 7e6, latestMs: 7.4e6 } as const;
    expect(verdictWords(verdict({ limit })).reasons[0]).toBe(
      'At this rate the memory limit of the cgroup (512 MiB) is reached in about 2 h (between 1 h 57 min and 2 h 3 min).',
    );
    const { latestMs: _, ...open } = limit;
    expect(verdictWords(verdict({ limit: open })).reasons[0]).toContain('not before 1 h 57 min');
  });

  it('of what is judged are whole sentences with finite figures', () => {
    for (const points of [
      series(2 * HOUR, noisy(1, 4 * KIB)),
      series(2 * HOUR, noisy(1)),
      series(2 * MINUTE, noisy(1)),
      series(2 * HOUR, (t) => 50 * MIB + 20 * MIB * ((t / 47) % 1)),
      series(2 * HOUR, (t) => 100 * MIB - 80 * MIB * Math.exp(-t / 600)),
    ]) {
      const words = verdictWords(judge(points, { measure: 'uss' }));
      expect(words.reasons.length).toBeGreaterThan(0);
      for (const text of [words.title, ...words.reasons]) expect(text).not.toMatch(/NaN|undefined|Infinity/);
      for (const reason of words.reasons) expect(reason).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('name a rhythm by what it is in the verdict, never with a period of nothing', () => {
    const of = (state: Verdict['state'], figures: Record<string, number>): string =>
      verdictWords(verdict({ state, reasons: [{ code: 'periodic', figures }] })).reasons[0]!;
    expect(of('daily-rhythm', { periodMs: 8.63e7, swing: 0 })).toBe('It follows a rhythm of about 24 h.');
    expect(of('leak', { periodMs: 2.16e7, swing: 0 })).toBe('There is a rhythm of about 6 h, and the growth goes on beneath it.');
    expect(of('suspected-leak', { periodMs: 0, swing: MIB })).toBe('The shape is also that of a rhythm that swings by 1 MiB.');
  });

  it('do not say at once that growth is steady and that it slows down', () => {
    const sizes = [20, -8, 15, -17, 10, -9, -4, 18, -12, 6, -11, 9].map((size) => size * MIB);
    const points = series(2 * HOUR, (t) =>
      sizes.slice(0, Math.floor(t / 577)).reduce((sum, size) => sum + size, 50 * MIB + 4 * KIB * t),
    );
    const codes = judge(points, { measure: 'uss' }).reasons.map(({ code }) => code);
    expect(codes).toContain('steady');
    expect(codes).not.toContain('slowing-down');
  });

  it('that too little was measured never names the same time twice', () => {
    const { reasons } = judge(series(295, noisy(1)), { measure: 'uss' });
    expect(verdictWords(verdict({ reasons })).reasons[0]).toBe('Only 295 s were measured; at least 300 s are needed.');
    const shorter = judge(series(120, noisy(1)), { measure: 'uss' });
    expect(verdictWords(verdict({ reasons: shorter.reasons })).reasons[0]).toBe(
      'Only 2 min were measured; at least 5 min are needed.',
    );
  });

  it('of a verdict from a recording that lacks figures do not throw', () => {
    const codes: VerdictReason['code'][] = [
      'too-short',
      'beneath-warm-up',
      'gaps',
      'warm-up-skipped',
      'steps-carry-growth',
      'falls-back',
      'periodic',
      'windows-disagree',
    ];
    const words = verdictWords(verdict({ reasons: codes.map((code) => ({ code, figures: {} })) }));
    expect(words.reasons).toHaveLength(codes.length);
  });
});

describe('the next steps', () => {
  it('of a leak of memory are the map and a profile; of descriptors there are no stacks', () => {
    expect(verdictWords(verdict({})).steps.map(({ action }) => action)).toEqual(['show-map', 'profile', 'record']);
    expect(verdictWords(verdict({ measure: 'threads' })).steps.map(({ action }) => action)).toContain('profile');
    expect(verdictWords(verdict({ measure: 'fds' })).steps.map(({ action }) => action)).not.toContain('profile');
  });

  it('of what does not grow are none', () => {
    expect(verdictWords(verdict({ state: 'not-growing' })).steps).toEqual([]);
  });
});

describe('durations', () => {
  it.each([
    [40_000, '40 s'],
    [120_000, '2 min'],
    [3_600_000, '1 h'],
    [3_599_999, '1 h'],
    [6_000_000, '1 h 40 min'],
    [86_400_000 * 3 + 14_400_000, '3 d 4 h'],
    [86_400_000 * 30, '30 d'],
  ])('%i ms are %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it('are never empty', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (ms) => /\d+ (s|min|h|d)/.test(formatDuration(ms))));
  });
});
