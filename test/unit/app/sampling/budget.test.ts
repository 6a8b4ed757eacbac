import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimatedCost, ReadingAccount } from '../../../../src/app/sampling/budget.js';

describe('the budget of a process', () => {
  test('over any time, reading takes no more than the share', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 10, max: 200_000 }), { minLength: 1, maxLength: 40 }),
        fc.constantFrom(100, 1000, 5000),
        fc.constantFrom(0.001, 0.01, 0.1),
        fc.integer({ min: 0, max: 30 }),
        (costs, tickMs, budget, late) => {
          const account = new ReadingAccount();
          let spent = 0;
          let most = 0;
          for (let tick = 0, next = 0; tick < 2000; tick++) {
            const now = tick * tickMs + (tick % 3 === 0 ? late : 0);
            if (account.allowance(now, tickMs, budget) === 0) continue;
            const cost = costs[next++ % costs.length] as number;
            most = Math.max(most, cost);
            account.charge(now, tickMs, budget, cost);
            spent += cost;
          }
          const wall = 2000 * tickMs * 1000;
          // What has been read last is paid for by the rest that follows it.
          expect(spent).toBeLessThanOrEqual(wall * budget * 1.01 + 2 * most + tickMs * 1000 * budget * 2);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('what costs less than a share of a tick is read at every tick', () => {
    const account = new ReadingAccount();
    for (let tick = 0; tick < 100; tick++) {
      expect(account.allowance(tick * 1000, 1000, 0.01)).toBe(10_000);
      account.charge(tick * 1000, 1000, 0.01, 60);
    }
  });

  test('50,000 mappings: a rollup every 11 seconds or so at 0.1 %, at every second tick at 1 %', () => {
    const account = new ReadingAccount();
    expect(estimatedCost('smaps_rollup', 50_000)).toBeCloseTo(10_540, 0);
    expect(account.everyMs(['smaps_rollup'], 50_000, 1000, 0.001)).toBe(11_000);
    expect(account.everyMs(['smaps_rollup'], 50_000, 1000, 0.01)).toBe(2_000);
    expect(account.everyMs(['smaps_rollup'], 80, 1000, 0.01)).toBe(1_000);
  });

  test('measured costs replace the estimate, and one interrupted reading does not count for long', () => {
    const account = new ReadingAccount();
    account.took('maps', 100);
    expect(account.cost('maps', 50_000)).toBe(100);
    account.took('maps', 100_000);
    for (let i = 0; i < 30; i++) account.took('maps', 100);
    expect(account.cost('maps', undefined)).toBeLessThan(105);
    // It waited for a processor: the process is charged with no more than some usual readings.
    expect(account.took('maps', 100_000)).toBeLessThan(600);
    // One that has really grown is known after some readings.
    for (let i = 0; i < 12; i++) account.took('maps', 100_000);
    expect(account.cost('maps', undefined)).toBeGreaterThan(50_000);
    for (let i = 0; i < 30; i++) account.took('maps', 100);
    expect(account.took('maps', Number.NaN)).toBeUndefined();
    expect(account.cost('maps', undefined)).toBeLessThan(105);
  });
});
