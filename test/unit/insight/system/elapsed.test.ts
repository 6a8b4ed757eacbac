import { describe, expect, it } from 'vitest';
import { elapsed, isRestarted } from '../../../../src/insight/system/elapsed.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the time between two states', () => {
  it('is that since the start of the machine, whatever its calendar was set to', () => {
    expect(elapsed({ at: 1000, sinceBoot: 500 }, { at: 61_500, sinceBoot: 60_500 })).toBe(60_000);
    expect(elapsed({ at: 0, sinceBoot: 5000, bootId: 'a' }, { at: 9 * HOUR, sinceBoot: 8000, bootId: 'a' })).toBe(3000);
    expect(elapsed({ at: 5 }, { at: 105 })).toBe(100);
    expect(elapsed({}, { at: 105 })).toBeUndefined();
    // In the wrong order.
    expect(elapsed({ at: 61_000, sinceBoot: 61_000 }, { at: 1000, sinceBoot: 1000 })).toBe(-60_000);
  });

  it('is not known across another start', () => {
    const one = { at: 10 * HOUR, sinceBoot: 10 * HOUR };
    expect(isRestarted(one, { at: 11 * HOUR, sinceBoot: 20 * MINUTE })).toBe(true);
    expect(elapsed(one, { at: 11 * HOUR, sinceBoot: 20 * MINUTE })).toBeUndefined();
    // It has been up for longer than before.
    expect(isRestarted(one, { at: 30 * HOUR, sinceBoot: 11 * HOUR })).toBe(true);
    expect(isRestarted({ ...one, bootId: 'a' }, { at: 11 * HOUR, sinceBoot: 11 * HOUR, bootId: 'b' })).toBe(true);
    // Soon after its start, and again.
    expect(isRestarted({ at: 60_000, sinceBoot: 60_000 }, { at: 130_000, sinceBoot: 50_000 })).toBe(true);
    expect(isRestarted({ sinceBoot: 100 }, { sinceBoot: 99 })).toBe(true);
    expect(isRestarted({ at: 100 }, { at: 99 })).toBe(false);
    expect(isRestarted({}, {})).toBe(false);
  });

  it('bears a clock that is set a little', () => {
    const set = (by: number) => isRestarted({ at: 0, sinceBoot: 1000 }, { at: HOUR + by, sinceBoot: HOUR + 1000 });
    expect([set(2 * MINUTE), set(-2 * MINUTE), set(6 * MINUTE), set(-3 * MINUTE - 1000)]).toEqual([false, false, true, true]);
  });
});
