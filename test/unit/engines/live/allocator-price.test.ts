import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocatorShare } from '../../../../src/app/live/measure-allocator.js';
import { hookedSlowdown, slowdownWords } from '../../../../src/engines/live/allocator-price.js';
import { memleakPrice } from '../../../../src/engines/live/bpf.js';
import { heaptrackPrice } from '../../../../src/engines/live/heaptrack.js';
import type { LiveRates } from '../../../../src/model/live.js';
import { shop as process } from './shop.js';

const rates = (inside: number, samples: number, cpu = 1, systemCpu = 0): LiveRates => {
  const allocator = allocatorShare({ samples, inside, unsure: 0 });
  return {
    overMs: 2000,
    minorFaults: 0,
    cpu,
    systemCpu,
    rssGrowth: 0,
    words: [],
    ...(allocator === undefined ? {} : { allocator }),
  };
};
/** The loads of test/bench/attach-load.c as they were measured. */
const MALLOC = rates(375, 413);
const MIXED = rates(97, 1729, 0.98, 0.12);
const COMPUTE = rates(0, 889);

test('what was measured on the three loads lies within the price that is told', () => {
  const within = (price: { readonly slowdown?: { readonly low: number; readonly high: number } }, ...times: number[]): void => {
    for (const each of times) {
      expect(price.slowdown!.low).toBeLessThanOrEqual(each);
      expect(price.slowdown!.high).toBeGreaterThanOrEqual(each);
    }
  };
  within(heaptrackPrice(process, MALLOC), 10, 16);
  within(heaptrackPrice(process, MIXED), 2, 2.2);
  within(heaptrackPrice(process, COMPUTE), 1);
  within(memleakPrice(MALLOC), 290);
  within(memleakPrice(MIXED), 39);
  within(memleakPrice(COMPUTE), 1);
});

test('only what may become much slower is dangerous, and what is not known', () => {
  expect(heaptrackPrice(process, COMPUTE)).toMatchObject({ isDangerous: false, stopMs: 1000 });
  expect(heaptrackPrice(process, MIXED).isDangerous).toBe(true);
  expect(heaptrackPrice(process, MALLOC).isDangerous).toBe(true);
  expect(heaptrackPrice(process, rates(0, 49)).isDangerous).toBe(true);
  expect(heaptrackPrice(process, undefined)).toMatchObject({ isDangerous: true, slowdown: { low: 1, high: 10 } });
  // Threads of several processors wait for each other.
  const busy = { ...COMPUTE, cpu: 8 };
  expect(heaptrackPrice(process, busy).slowdown!.high).toBeGreaterThan(heaptrackPrice(process, COMPUTE).slowdown!.high);
});

test('words tell no more than is known', () => {
  expect(slowdownWords({ low: 1, high: 1.01 })).toBe('Hardly any time');
  expect(slowdownWords({ low: 1.05, high: 1.96 })).toBe('Up to 2 times the time');
  expect(slowdownWords({ low: 94.2, high: 911.7 })).toBe('94 to 910 times the time');
  expect(slowdownWords({ low: 9.04, high: 47.3 })).toBe('9 to 47 times the time');
});

test('the share holds what was counted, is wider with fewer samples, and is a share', () => {
  const hits = fc.nat(2000);
  fc.assert(
    fc.property(hits, hits, hits, (inside, unsure, more) => {
      const samples = inside + unsure + more;
      const share = allocatorShare({ samples, inside, unsure });
      if (samples < 50) {
        expect(share).toBeUndefined();
        return;
      }
      const { low, high } = share!;
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual(inside / samples + 1e-9);
      expect(high).toBeGreaterThanOrEqual((inside + unsure) / samples - 1e-9);
      const ten = allocatorShare({ samples: 10 * samples, inside: 10 * inside, unsure: 10 * unsure })!;
      expect(ten.high - ten.low).toBeLessThanOrEqual(high - low + 1e-9);
    }),
  );
});

test('the slowdown is at least 1, and more with a greater share', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(share, share, share, share, (a, b, cpu, part) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const told = { ...COMPUTE, cpu, systemCpu: cpu * part, allocator: { low, high, samples: 99 } };
      const slowdown = hookedSlowdown(told, { low: 9, high: 50 })!;
      expect(slowdown.low).toBeGreaterThanOrEqual(1);
      expect(slowdown.high).toBeGreaterThanOrEqual(slowdown.low);
      expect(slowdown.high).toBeLessThanOrEqual(51);
    }),
  );
});
