import { describe, expect, test } from 'vitest';
import { perfObstacles } from '../../../../src/engines/live/perf-obstacles.js';
import { perfPrice } from '../../../../src/engines/live/perf-price.js';
import { perfPeriod, perfRecord } from '../../../../src/engines/live/perf-words.js';
import type { LiveMachine, LiveProcess, LiveRates } from '../../../../src/model/live.js';
import { shop as process } from './shop.js';

const machine: LiveMachine = {
  uid: 1000,
  kernel: '6.1.0-18-amd64',
  tools: { perf: { path: '/usr/bin/perf', version: '6.1.76' } },
  perfParanoid: 2,
  capabilities: 0n,
};
const rates = (minorFaults: number): LiveRates => ({ overMs: 2000, minorFaults, cpu: 1, systemCpu: 0, rssGrowth: 0, words: [] });
const codes = (of: Partial<LiveProcess>, on: Partial<LiveMachine>): readonly string[] =>
  perfObstacles({ ...process, ...of }, { ...machine, ...on }).map(({ code, blocking }) => `${code}${blocking ? '!' : ''}`);

describe('what stands in the way of perf', () => {
  test.each([
    ['nothing', {}, {}, []],
    ['it is not there', {}, { tools: {} }, ['perf-missing!']],
    ['a script that finds no perf for the kernel', {}, { tools: { perf: { path: '/usr/bin/perf' } } }, ['perf-broken!']],
    ['an old one', {}, { tools: { perf: { path: '/usr/bin/perf', version: '4.19' } } }, ['perf-old!']],
    ['the machine', {}, { perfParanoid: 3 }, ['perf-paranoid!']],
    ['the machine, but not for root', {}, { perfParanoid: 4, uid: 0, capabilities: (1n << 40n) - 1n }, []],
    ['another user', { uid: 5 }, {}, ['foreign!']],
    ['another user, but root may', { uid: 5 }, { uid: 0, capabilities: (1n << 40n) - 1n }, []],
    ['a stopped process is only told', { state: 'T' }, {}, ['stopped']],
  ])('%s', (_, of, on, expected) => {
    expect(codes(of, on)).toEqual(expected);
  });

  test('a kernel without perf events', () => {
    const { perfParanoid: _, ...without } = machine;
    expect(perfObstacles(process, without).map(({ code }) => code)).toEqual(['perf-no-kernel']);
  });

  test('each says what to do', () => {
    for (const tools of [{}, { perf: { path: '/usr/bin/perf' } }, { perf: { path: '/p', version: '4.1' } }]) {
      const [found] = perfObstacles(process, { ...machine, tools });
      expect(found?.remedy).toMatch(/nstall/);
    }
  });
});

test('very many page faults are sampled, and the price stays low', () => {
  expect(perfPeriod(undefined, 30_000)).toBe(1);
  expect(perfPeriod(rates(100), 30_000)).toBe(1);
  expect(perfPeriod(rates(100_000), 30_000)).toBe(120);
  expect(perfPeriod(rates(100), 3_600_000)).toBe(15);
  expect(perfPrice(rates(0)).words).toContain('Less than a hundredth');
  expect(perfPrice(rates(1_000_000)).slowdown!.high).toBeLessThan(1.1);
  expect(perfPrice(rates(1_000_000)).words).toContain('one of 1200 page faults');
  // Of one that works little, the same is more.
  expect(perfPrice({ ...rates(100), cpu: 0.1 }).slowdown!.high).toBeCloseTo(1.02);
  expect(perfPrice(undefined).slowdown).toEqual({ low: 1, high: 1.3 });
});

test('the buffers are what the user may lock', () => {
  const pages = (on: Partial<LiveMachine>): number => {
    const words = perfRecord({ perf: '/p', pid: 7, file: '/w/perf.data', machine: { ...machine, ...on }, period: 3 });
    expect(words.slice(words.indexOf('-c'), words.indexOf('-c') + 2)).toEqual(['-c', '3']);
    return Number(words[words.indexOf('-m') + 1]);
  };
  const capabilities = 1n << 14n;
  expect(pages({})).toBe(128);
  expect(pages({ capabilities })).toBe(128);
  expect(pages({ capabilities, processors: 2 })).toBe(4096);
  expect(pages({ capabilities, processors: 12 })).toBe(1024);
  expect(pages({ capabilities, processors: 1000 })).toBe(128);
});
