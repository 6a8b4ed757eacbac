import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeakTracks } from '../../../../src/app/leak-checks/leak-tracks.js';
import type { LeakTrack } from '../../../../src/model/leak-check.js';
import type { PlacedFinding } from '../../../../src/model/report.js';

const leak = (fingerprint: string, bytes: number, blocks = bytes / 10, pid = 7): PlacedFinding => ({
  engine: 'asan',
  kind: 'leak',
  leakKind: 'direct',
  certainty: 'definite',
  message: '',
  bytes,
  blocks,
  count: 1,
  pid,
  stacks: [],
  fingerprint,
  place: null,
  sources: {},
});

const statements = (tracks: readonly LeakTrack[]) =>
  Object.fromEntries(tracks.map(({ fingerprint, statement, isNew }) => [fingerprint, isNew ? `new ${statement}` : statement]));

describe('leaks over checks', () => {
  it('are first seen, then once only, growing, steady, new and gone', () => {
    const tracks = new LeakTracks();
    expect(statements(tracks.add(1000, [7], [leak('grows', 100), leak('once', 50), leak('stops', 10)]))).toEqual({
      grows: 'first-check',
      once: 'first-check',
      stops: 'first-check',
    });
    const second = tracks.add(31_000, [7], [leak('grows', 200), leak('once', 50), leak('stops', 20), leak('new', 30)]);
    expect(statements(second)).toEqual({
      grows: 'still-growing',
      once: 'once-only',
      stops: 'still-growing',
      new: 'new first-check',
    });
    expect(second[0]).toMatchObject({
      before: { bytes: 100, blocks: 10 },
      now: { bytes: 200, blocks: 20 },
      perMinute: { bytes: 200, blocks: 20 },
      since: 1,
    });
    // Nothing was lost there at the first check: it has grown since then.
    expect(second[3]).toMatchObject({ before: { bytes: 0, blocks: 0 }, perMinute: { bytes: 60, blocks: 6 }, since: 2 });
    const third = tracks.add(61_000, [7], [leak('grows', 300), leak('stops', 20), leak('new', 30)]);
    expect(statements(third)).toEqual({ grows: 'still-growing', stops: 'steady', new: 'once-only', once: 'gone' });
    expect(third.find(({ fingerprint }) => fingerprint === 'once')).toMatchObject({
      before: { bytes: 50, blocks: 5 },
      now: { bytes: 0, blocks: 0 },
    });
    const fourth = tracks.add(91_000, [7], [leak('grows', 300), leak('once', 70)]);
    expect(statements(fourth)).toEqual({ grows: 'steady', once: 'new still-growing', stops: 'gone', new: 'gone' });
  });

  it('compare nothing for a process that no check has looked at before', () => {
    const tracks = new LeakTracks();
    tracks.add(0, [7], [leak('a', 10)]);
    const [mine, other] = tracks.add(60_000, [7, 8], [leak('a', 10), leak('a', 99, 9, 8)]);
    expect(mine).toMatchObject({ pid: 7, statement: 'once-only' });
    expect(other).toMatchObject({ pid: 8, statement: 'first-check', isNew: false });
    expect(other).not.toHaveProperty('before');
    expect(other).not.toHaveProperty('perMinute');
  });

  it('keep what is known of a process that could not be looked at', () => {
    const tracks = new LeakTracks();
    tracks.add(0, [7, 8], [leak('a', 10), leak('b', 10, 1, 8)]);
    expect(statements(tracks.add(1000, [7], [leak('a', 10)]))).toEqual({ a: 'once-only' });
    expect(statements(tracks.add(2000, [7, 8], [leak('a', 10), leak('b', 20, 2, 8)]))).toEqual({
      a: 'once-only',
      b: 'still-growing',
    });
  });

  it('are one by fingerprint and process', () => {
    const tracks = new LeakTracks();
    expect(tracks.add(0, [7], [leak('a', 10, 1), leak('a', 30, 2)]).map(({ now }) => now)).toEqual([{ bytes: 40, blocks: 3 }]);
  });

  it('never claim growth that two checks have not seen', () => {
    const check = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(fc.array(check, { minLength: 1, maxLength: 8 }), (checks) => {
        const tracks = new LeakTracks();
        checks.forEach((now, number) => {
          const before = checks[number - 1];
          const told = tracks.add(
            number * 1000,
            [7],
            Object.entries(now).map(([name, amount]) => leak(name, amount * 10)),
          );
          for (const { fingerprint, statement, isNew, perMinute } of told) {
            const amount = now[fingerprint] ?? 0;
            const last = before?.[fingerprint] ?? 0;
            if (statement === 'still-growing') expect(amount).toBeGreaterThan(last);
            if (statement === 'gone') expect([amount, last > 0]).toEqual([0, true]);
            if (statement === 'once-only' || statement === 'steady') expect(amount).toBeLessThanOrEqual(last);
            expect(isNew).toBe(before !== undefined && last === 0 && amount > 0);
            if (number === 0) expect(perMinute).toBeUndefined();
          }
        });
      }),
    );
  });
});
