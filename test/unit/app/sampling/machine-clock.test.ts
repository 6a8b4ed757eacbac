import { describe, expect, test } from 'vitest';
import { MachineClock } from '../../../../src/app/sampling/machine-clock.js';
import { FakeClock } from '../fake-clock.js';

describe('moments of a machine', () => {
  test('follow its uptime, however the calendar of this machine is set', () => {
    let epoch = 1_700_000_000_000;
    const clock = new MachineClock(new FakeClock(), () => epoch);
    expect(clock.advance(5_000)).toBe(1_700_000_000_000);
    epoch -= 86_400_000;
    expect(clock.advance(6_000)).toBe(1_700_000_001_000);
    epoch += 10 * 86_400_000;
    expect(clock.advance(7_010)).toBe(1_700_000_002_010);
  });

  test('always go up: within the resolution of the uptime, and when it falls back', () => {
    const clock = new MachineClock(new FakeClock(), () => 1_700_000_000_000);
    const first = clock.advance(50_000);
    expect(clock.advance(50_000)).toBe(first + 1);
    // A container with an uptime of its own was started again.
    const restarted = clock.advance(100);
    expect(restarted).toBeGreaterThan(first + 1);
    expect(clock.advance(1_100)).toBe(restarted + 1000);
  });

  test('another boot is laid on the calendar anew, behind what was', () => {
    let epoch = 1_700_000_000_000;
    const clock = new MachineClock(new FakeClock(), () => epoch);
    clock.advance(500_000);
    clock.reset();
    epoch += 30_000;
    expect(clock.advance(10_000)).toBe(1_700_000_030_000);
    clock.reset();
    epoch -= 3_600_000;
    expect(clock.advance(10_000)).toBe(1_700_000_030_001);
  });

  test('without an uptime, also for a while, our own steady clock counts', () => {
    const steady = new FakeClock();
    const clock = new MachineClock(steady, () => 1_700_000_000_000);
    expect(clock.advance(undefined)).toBe(1_700_000_000_000);
    steady.stall(250);
    expect(clock.advance(undefined)).toBe(1_700_000_000_250);
    steady.stall(250);
    expect(clock.advance(90_000)).toBe(1_700_000_000_251);
    expect(clock.advance(91_000)).toBe(1_700_000_001_251);
    steady.stall(500);
    expect(clock.advance(undefined)).toBe(1_700_000_001_751);
  });

  test('between samples the time that has passed here counts', async () => {
    const steady = new FakeClock();
    const clock = new MachineClock(steady, () => 1_700_000_000_000);
    expect(clock.now()).toBe(1_700_000_000_000);
    clock.advance(5_000);
    steady.stall(400);
    expect(clock.now()).toBe(1_700_000_000_400);
  });

  test('a start that would lie in the future is not known', () => {
    const clock = new MachineClock(new FakeClock(), () => 1_700_000_000_000);
    expect(clock.moment(1)).toBeUndefined();
    clock.advance(10_000);
    expect(clock.moment(4_000)).toBe(1_700_000_000_000 - 6_000);
    expect(clock.moment(10_001)).toBeUndefined();
  });
});
