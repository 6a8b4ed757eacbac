import { describe, expect, it } from 'vitest';
import {
  checkSentence,
  checkTotalsWords,
  shortTrackWords,
  trackOf,
  trackWords,
  trackWordsIn,
} from '../../../src/findings/check-words.js';
import type { LeakCheck, LeakTrack } from '../../../src/model/leak-check.js';

const size = (bytes: number, blocks: number) => ({ bytes, blocks });
const growing: LeakTrack = {
  fingerprint: 'grows',
  statement: 'still-growing',
  isNew: false,
  before: size(12_288, 3),
  now: size(18_432, 5),
  perMinute: size(9216, 3),
  since: 1,
};
const once: LeakTrack = {
  fingerprint: 'once',
  statement: 'once-only',
  isNew: false,
  before: size(100, 1),
  now: size(100, 1),
  since: 1,
};
const fresh: LeakTrack = {
  fingerprint: 'fresh',
  pid: 7,
  statement: 'first-check',
  isNew: true,
  before: size(0, 0),
  now: size(64, 2),
  since: 2,
};
const first: LeakTrack = { fingerprint: 'first', statement: 'first-check', isNew: false, now: size(64, 2), since: 1 };
const steady: LeakTrack = { ...growing, fingerprint: 'steady', statement: 'steady', before: size(10, 1), now: size(10, 1) };
const gone: LeakTrack = { fingerprint: 'gone', statement: 'gone', isNew: false, before: size(10, 1), since: 1 };

const check = (leaks: readonly LeakTrack[], number = 2, more: Partial<LeakCheck> = {}): LeakCheck => ({
  number,
  at: 60_000,
  sinceLast: 40_000,
  scope: 'all',
  pids: [7],
  isComplete: true,
  leaks,
  report: {} as never,
  ...more,
});

describe('what checks say of a leak', () => {
  const two = check([growing, once, fresh]);

  it('tells then and now, and how fast', () => {
    expect(trackWords(growing, two)).toBe(
      'Still growing since check 1: 12 KiB in 3 blocks 40 s before, 18 KiB in 5 blocks now; 9 KiB a minute.',
    );
    expect(shortTrackWords(growing)).toBe('still growing, 9 KiB a minute');
  });

  it('tells what is new, and claims no growth of it', () => {
    expect(trackWords(fresh, two)).toBe(
      'New since the last check: nothing 40 s before, 64 bytes in 2 blocks now. Check again to see whether it goes on growing.',
    );
    expect(shortTrackWords(fresh)).toBe('new since the last check');
  });

  it('is of the past beside the report of the end', () => {
    expect(trackWordsIn({}, growing, two)).toBe(trackWords(growing, two));
    const over = { run: { exit: { exitCode: 0 } } } as never;
    expect(trackWordsIn(over, growing, two)).toBe(
      'At check 2, the last one before its end: still growing since check 1: 12 KiB in 3 blocks 40 s before, 18 KiB in 5 blocks then; 9 KiB a minute.',
    );
    expect(trackWordsIn(over, fresh, two)).not.toContain('Check again');
  });

  it('says nothing of growth after one check', () => {
    const { sinceLast: _, ...one } = check([first], 1);
    expect(trackWords(first, one)).toBe('Check 1: 64 bytes in 2 blocks now. Check again to see whether it grows.');
    expect(shortTrackWords(first)).toBeUndefined();
  });

  it('tells one loss from growth that is over, and what is gone', () => {
    expect(trackWords(once, two)).toMatch(/^Once only: it was lost by check 1 and is the same since/);
    expect(trackWords(steady, two)).toMatch(/^Steady: it grew before/);
    expect(trackWords(gone, two)).toMatch(/^Gone/);
    expect([once, steady, gone].map(shortTrackWords)).toEqual(['once only', 'steady', 'gone']);
  });

  it('does not call what was not told nothing', () => {
    const { now: _, ...untold } = once;
    expect(trackWords(untold, check([untold], 3, { scope: 'increased', isComplete: false }))).toContain('not told at this check');
  });

  it('finds the track of a finding by its fingerprint and process', () => {
    expect(trackOf(two, { fingerprint: 'grows', pid: 8 })).toBe(growing);
    expect(trackOf(two, { fingerprint: 'fresh', pid: 7 })).toBe(fresh);
    expect(trackOf(two, { fingerprint: 'fresh', pid: 8 })).toBeUndefined();
    expect(trackOf(two, { fingerprint: 'other' })).toBeUndefined();
  });
});

describe('what is said of a check', () => {
  it('sums up, and counts each statement', () => {
    expect(checkSentence('server', check([growing, once, fresh, gone]))).toBe(
      'Check 2 of server: 18.2 KiB in 8 blocks lost, 1 new since the last check, 1 still growing, 1 once only, 1 gone.',
    );
  });

  it('asks for a second check after the first, where something is lost', () => {
    expect(checkSentence('server', check([first], 1))).toBe(
      'Check 1 of server: 64 bytes in 2 blocks lost. Check again to see which of it grows.',
    );
    expect(checkSentence('server', check([], 1))).toBe('Check 1 of server: nothing is lost.');
  });

  it('says when it is not complete', () => {
    expect(checkSentence('server', check([once], 2, { isComplete: false }))).toContain('not complete');
    expect(checkTotalsWords({ number: 1, at: 0, lost: size(0, 0), growing: 0, isComplete: false })).toBe(
      'nothing lost · not complete',
    );
    expect(checkTotalsWords({ number: 2, at: 0, lost: size(2048, 1), growing: 1, isComplete: true })).toBe(
      '2 KiB in 1 block lost · 1 growing',
    );
  });
});
