import { describe, expect, it } from 'vitest';
import { steadyGrowth } from '../../../../src/insight/map/steady-growth.js';
import type { MapState, Moment } from '../../../../src/protocol/map.js';
import { emptyChanges } from '../../../../webview-ui/map/changes-empty.js';
import { silenceWords } from '../../../../webview-ui/map/finding-silence.js';
import type { ShownDiff } from '../../../../webview-ui/map/map-model.js';
import { stateWords } from '../../../../webview-ui/map/map-state-words.js';
import { momentWords } from '../../../../webview-ui/map/moment-words.js';
import { sparkPath } from '../../../../webview-ui/map/spark-path.js';

const LIVE: MapState = { kind: 'live', everyMs: 2000, askedMs: 2000 };
const STILL: MapState = { kind: 'still' };
const FILE: MapState = { kind: 'file', name: 'smaps\n.txt' };
const moment = (id: number, more: Partial<Moment> = {}): Moment => ({ id, at: 1000 * id, kind: 'live', ...more });

describe('that there is no finding', () => {
  it('is not said to mean anything before growth could be seen', () => {
    const early = silenceWords({ state: LIVE, readings: 12, watchedMs: 23_000 });
    expect(early).toBe('No finding yet. Watched for 23 s; growth needs 1 min 20 s at least.');
    expect(silenceWords({ state: LIVE, readings: 1, watchedMs: 0 })).toBe('No finding yet: growth needs 1 min 20 s at least.');
    const later = silenceWords({ state: LIVE, readings: 50, watchedMs: 100_000 });
    expect(later).toContain('Watched for 1 min 40 s: nothing stands out.');
  });

  it.each([500, 1000, 2000, 5000, 12_000, 15_000, 20_000, 30_000, 60_000])(
    'read each %d ms: that nothing stands out is said only where plain growth would have been told, and no wait is asked for beyond that',
    (everyMs) => {
      const state: MapState = { kind: 'live', everyMs, askedMs: everyMs };
      for (let readings = 2; (readings - 2) * everyMs <= 400_000; readings++) {
        const at = Array.from({ length: readings }, (_, index) => index * everyMs);
        const isTold =
          steadyGrowth(
            at,
            at.map((ms) => ms * 100),
          ) !== undefined;
        const text = silenceWords({ state, readings, watchedMs: at.at(-1)! });
        if (text.includes('nothing stands out')) expect(isTold).toBe(true);
        if (isTold) expect(at.at(-1)).toBeGreaterThanOrEqual(Math.max(80_000, 5 * everyMs));
      }
    },
  );

  it('two readings an hour apart tell nothing of steady growth', () => {
    expect(silenceWords({ state: STILL, readings: 2, watchedMs: 3_600_000 })).toContain('turn on live reading');
  });

  it('of a file, a recording and a process that has ended, nobody is told to wait', () => {
    for (const state of [FILE, { kind: 'recorded', name: 'x' }, { kind: 'ended', at: 5 }] as const) {
      const text = silenceWords({ state, readings: 1, watchedMs: 0 });
      expect(text).not.toContain('live');
      expect(text).not.toContain('yet');
    }
    expect(silenceWords({ state: { kind: 'recorded', name: 'x' }, readings: 3, watchedMs: 30_000 })).toContain(
      '3 maps over 30 s',
    );
  });
});

describe('how the map comes', () => {
  const newest = { at: 1000, costMs: 120 };

  it('says that live is slower than asked, and what a reading costs', () => {
    expect(stateWords(LIVE, newest)[1]).toBe('Live: every 2 s');
    const slow: MapState = { kind: 'live', everyMs: 12_000, askedMs: 2000 };
    expect(stateWords(slow, newest)[1]).toBe('Live: every 12 s instead of 2 s, because a reading costs the process 120 ms');
    expect(stateWords(slow, { at: 1, costMs: undefined })[1]).toContain('costs the process too much');
  });

  it('a failure leaves the map that was read before, and says so', () => {
    const failed: MapState = { kind: 'failed', message: 'm', nextStep: 'n' };
    expect(stateWords(failed, undefined)[1]).toBe('Not read');
    expect(stateWords(failed, newest)[1]).toMatch(/^Could not be read again; this was its map at \d\d:\d\d:\d\d$/);
  });

  it('shows names as they may be shown', () => {
    expect(stateWords(FILE, newest)[1]).toBe('From the file smaps\\n.txt');
    expect(momentWords(moment(1, { kind: 'mark', label: 'a\u202eb' }))).toContain('(a\\u202eb)');
    expect(momentWords(moment(1, { kind: 'mark' }))).toMatch(/^\d\d:\d\d:\d\d \(mark\)$/);
    // Of another day, as a file may be.
    expect(momentWords(moment(1, { kind: 'file' }))).toMatch(/^\d+ \w+ \d\d:\d\d:\d\d$/);
  });
});

describe('why no change is listed', () => {
  const diff = (before: number, after: number, count: number): ShownDiff =>
    ({
      before: moment(before),
      after: moment(after),
      diff: { changes: Array.from({ length: count }), mappings: { before: 5, after: 5 } },
    }) as unknown as ShownDiff;
  const pair = { before: 1, after: undefined };

  it('how to begin, by what can be done', () => {
    const of = (state: MapState, count = 1) =>
      emptyChanges({ state, moments: [moment(1), moment(2)].slice(0, count), pair: undefined, diff: undefined, shown: 0 });
    expect(of(STILL)?.deeds).toEqual(['mark', 'live']);
    expect(of(LIVE)?.deeds).toEqual(['mark']);
    expect(of(FILE)).toMatchObject({ deeds: [], text: expect.stringContaining('memlens map diff A B') });
    expect(of({ kind: 'ended', at: 1 })?.deeds).toEqual([]);
    expect(of(FILE, 2)?.deeds).toEqual(['begin']);
  });

  it('that nothing has changed, or nothing newer was read, or all is hidden', () => {
    const of = (shown: ShownDiff | undefined, state: MapState = STILL) =>
      emptyChanges({ state, moments: [moment(1), moment(2)], pair, diff: shown, shown: 0 });
    expect(of(undefined)?.text).toBe('Comparing…');
    expect(of(diff(1, 2, 0))?.text).toContain('Nothing has changed: 5 mappings are all as they were');
    expect(of(diff(1, 1, 0))?.deeds).toEqual(['refresh', 'live']);
    expect(of(diff(1, 1, 0), LIVE)?.deeds).toEqual([]);
    expect(of(diff(1, 1, 0), { kind: 'ended', at: 1 })?.deeds).toEqual([]);
    expect(of(diff(1, 2, 3))).toEqual({ text: '3 changes are of kinds that are hidden.', deeds: ['show-all'] });
    expect(emptyChanges({ state: STILL, moments: [], pair, diff: diff(1, 2, 3), shown: 1 })).toBeUndefined();
  });
});

describe('a line of growth', () => {
  it('runs from the lowest value at the bottom to the highest at the top, by time', () => {
    expect(sparkPath([0, 10, 40], [5, 10, 15], 40, 10)).toBe('M0 10L10 5L40 0');
  });

  it('breaks where nothing is known, and lies in the middle where nothing changes', () => {
    expect(sparkPath([0, 10, 20, 30], [Number.NaN, 1, Number.NaN, 2], 30, 10)).toBe('M10 10M30 0');
    expect(sparkPath([0, 10], [7, 7], 10, 8)).toBe('M0 4L10 4');
    expect(sparkPath([], [], 10, 8)).toBe('');
  });
});
