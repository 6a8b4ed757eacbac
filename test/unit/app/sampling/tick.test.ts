import { describe, expect, test } from 'vitest';
import { Ticker } from '../../../../src/app/sampling/tick.js';
import { FakeClock } from '../fake-clock.js';

describe('ticks', () => {
  test('keep their phase for ten minutes at 10 Hz, with late timers and slow answers', async () => {
    const clock = new FakeClock();
    let seed = 1;
    const random = (): number => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    clock.late = () => random() * 12 - 0.5;
    const begun: number[] = [];
    const start = clock.now();
    const ticker = new Ticker(clock, 100, async () => {
      begun.push(clock.now() - start);
      await new Promise<void>((done) => clock.after(random() * 60, done));
    });
    ticker.start();
    await clock.advance(600_050);
    ticker.stop();
    expect(begun).toHaveLength(6001);
    const phases = begun.map((at, index) => at - index * 100);
    expect(Math.min(...phases)).toBeGreaterThanOrEqual(-0.5);
    expect(Math.max(...phases)).toBeLessThan(12);
  });

  test('a moment that passes while an answer is awaited is left out, and two are never at work', async () => {
    const clock = new FakeClock();
    const start = clock.now();
    const begun: number[] = [];
    let atWork = 0;
    const ticker = new Ticker(clock, 100, async () => {
      expect(++atWork).toBe(1);
      begun.push(clock.now() - start);
      await new Promise<void>((done) => clock.after(130, done));
      atWork--;
    });
    ticker.start();
    await clock.advance(1000);
    expect(begun).toEqual([0, 200, 400, 600, 800, 1000]);
  });

  test('a host that was stopped makes no burst', async () => {
    const clock = new FakeClock();
    const start = clock.now();
    const begun: number[] = [];
    const ticker = new Ticker(clock, 100, async () => void begun.push(clock.now() - start));
    ticker.start();
    await clock.advance(250);
    clock.stall(5_020);
    await clock.advance(230);
    expect(begun).toEqual([0, 100, 200, 5270, 5300, 5400, 5500]);
  });

  test('a stopped ticker does nothing, and started anew it begins at once', async () => {
    const clock = new FakeClock();
    const begun: number[] = [];
    const ticker = new Ticker(clock, 100, async () => void begun.push(clock.now()));
    ticker.start();
    await clock.advance(150);
    ticker.stop();
    await clock.advance(1000);
    expect(begun).toHaveLength(2);
    ticker.start();
    await clock.advance(0);
    expect(begun).toHaveLength(3);
  });

  test('started anew while the old action still works: begins as soon as that is done', async () => {
    const clock = new FakeClock();
    const start = clock.now();
    const begun: number[] = [];
    const ticker = new Ticker(clock, 60_000, async () => {
      begun.push(clock.now() - start);
      await new Promise<void>((done) => clock.after(500, done));
    });
    ticker.start();
    await clock.advance(100);
    ticker.stop();
    ticker.start();
    await clock.advance(1000);
    expect(begun).toEqual([0, 500]);
  });

  test('a new interval begins a new phase', async () => {
    const clock = new FakeClock();
    const start = clock.now();
    const begun: number[] = [];
    const ticker = new Ticker(clock, 1000, async () => void begun.push(clock.now() - start));
    ticker.start();
    await clock.advance(1500);
    ticker.setInterval(200);
    await clock.advance(500);
    expect(begun).toEqual([0, 1000, 1700, 1900]);
  });
});
