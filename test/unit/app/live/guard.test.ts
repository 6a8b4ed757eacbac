import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slownessOf } from '../../../../src/app/live/guard.js';
import { ratesOf } from '../../../../src/app/live/measure-rates.js';
import type { Beat } from '../../../../src/app/live/pulse.js';
import type { LiveRates } from '../../../../src/model/live.js';

interface Pace {
  /** Of each second, milliseconds. */
  readonly user: number;
  readonly system: number;
  /** Of each beat. */
  readonly traced?: number;
  readonly looked?: number;
}

/** Five beats a second. */
function beats(seconds: number, { user, system, traced = 0, looked = 1 }: Pace): readonly Beat[] {
  return Array.from({ length: seconds * 5 + 1 }, (_, beat) => ({
    at: 1000 + beat * 200,
    userMs: (beat * user) / 5,
    systemMs: (beat * system) / 5,
    minorFaults: beat * 10,
    rssPages: 100 + beat,
    vss: 10_000_000,
    looked,
    traced,
  }));
}
const before = (cpu: number, systemCpu: number): LiveRates => ({
  overMs: 2000,
  minorFaults: 0,
  cpu,
  systemCpu,
  rssGrowth: 0,
  words: [],
});

test('what is as before is not slower', () => {
  expect(slownessOf(beats(4, { user: 800, system: 200 }), before(1, 0.2))?.times).toBeCloseTo(1);
  // Half as much to do is no slowness, and neither is a busy machine.
  expect(slownessOf(beats(4, { user: 400, system: 100 }), before(1, 0.2))?.times).toBeCloseTo(1);
});

test('tracing stops, of some of the threads', () => {
  const slowness = slownessOf(beats(4, { user: 100, system: 10, traced: 3, looked: 4 }), before(1, 0.1));
  expect(slowness?.traced).toBeCloseTo(0.75);
  expect(slowness?.times).toBeCloseTo(4, 0);
});

test('the kernel works more for each millisecond of the program', () => {
  expect(slownessOf(beats(4, { user: 200, system: 800 }), before(1, 0))?.times).toBeCloseTo(5);
  expect(slownessOf(beats(4, { user: 200, system: 800 }), before(1, 0.8))?.times).toBeCloseTo(1);
});

test('too short a time, or too little work, tells nothing of the kernel', () => {
  expect(slownessOf(beats(2, { user: 0, system: 1000 }), before(1, 0))).toBeUndefined();
  expect(slownessOf([], before(1, 0))).toBeUndefined();
  expect(slownessOf(beats(4, { user: 0, system: 50 }), before(0.05, 0))?.system).toBeUndefined();
  expect(slownessOf(beats(4, { user: 0, system: 900 }), before(0.01, 0))?.system).toBeUndefined();
  expect(slownessOf(beats(4, { user: 0, system: 900 }), undefined)?.times).toBe(1);
});

test('whatever is seen, it is a number of at least 1', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(1000), fc.nat(8), fc.nat(8), share, share, (user, system, looked, traced, cpu, part) => {
      const pace = { user, system, looked: Math.max(looked, traced), traced };
      const { times = 1 } = slownessOf(beats(5, pace), before(cpu, cpu * part)) ?? {};
      expect(times).toBeGreaterThanOrEqual(1);
      expect(Number.isFinite(times)).toBe(true);
    }),
  );
});

test('rates are those between two beats', () => {
  const [first, ...rest] = beats(2, { user: 300, system: 100 });
  const rates = ratesOf(first!, rest.at(-1)!, 4096);
  expect(rates).toMatchObject({ overMs: 2000, minorFaults: 50, rssGrowth: 5 * 4096 });
  expect([rates.cpu, rates.systemCpu]).toEqual([expect.closeTo(0.4), expect.closeTo(0.1)]);
  expect(rates.allocator).toBeUndefined();
});
