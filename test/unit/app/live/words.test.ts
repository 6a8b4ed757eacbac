import { describe, expect, it } from 'vitest';
import { reasonOfMeasure, reasonOfRule } from '../../../../src/app/live/live-reason.js';
import { liveRatesWords, shortRatesWords } from '../../../../src/app/live/rates-words.js';
import { liveWays } from '../../../../src/app/live/ways.js';
import { LIVE_WAYS } from '../../../../src/model/live.js';
import { engineTitle } from '../../../../src/vscode/engine-titles.js';

describe('why a process is looked into', () => {
  it('chooses page faults for a heap, and calls of mmap for mappings', () => {
    expect(reasonOfRule('heap-grows')?.way).toBe('perf-faults');
    expect(reasonOfRule('mappings-grow')?.way).toBe('mappings');
    expect(reasonOfMeasure('heap')?.way).toBe('perf-faults');
    expect(reasonOfMeasure('vmas')?.way).toBe('mappings');
  });

  it('chooses none where none is better', () => {
    expect(reasonOfRule('file-cache-only')).toBeUndefined();
    expect(reasonOfMeasure('fds')).toBeUndefined();
  });
});

describe('how busy a process is', () => {
  const rates = { overMs: 2050, minorFaults: 1234.4, cpu: 0.417, systemCpu: 0.1, rssGrowth: 4_194_304, words: [] };

  it('leaves out what is not known', () => {
    expect(liveRatesWords(rates)).toBe(
      'Over 2.0 s it took 0.42 of a processor, and each second 1,234 page faults; RSS grows by 4 MiB a second.',
    );
  });

  it('fits a narrow place', () => {
    expect(shortRatesWords({ ...rates, mappingCalls: 3 })).toBe(
      '0.42 processors · 1,234 page faults/s · 3 brk and mmap/s · RSS +4 MiB/s',
    );
  });

  it('tells calls where they are counted, and no growth where there is none', () => {
    expect(liveRatesWords({ ...rates, rssGrowth: -100, minorFaults: 0.4, mappingCalls: 3 })).toBe(
      'Over 2.0 s it took 0.42 of a processor, and each second less than one page fault, 3 calls of brk and mmap.',
    );
  });

  it('tells the time in malloc and free no finer than it is known', () => {
    const words = (low: number, high: number): string | undefined =>
      / it spends (.*) in malloc and free\.$/.exec(liveRatesWords({ ...rates, allocator: { low, high, samples: 100 } }))?.[1];
    expect(words(0.12, 0.16)).toBe('about 14 %');
    expect(words(0.1, 0.42)).toBe('10 to 42 %');
    expect(words(0, 0.011)).toBe('less than 2 %');
    expect(words(0, 0.3)).toBe('less than 30 %');
    expect(liveRatesWords(rates)).not.toContain('malloc');
    expect(shortRatesWords({ ...rates, allocator: { low: 0.12, high: 0.16, samples: 900 } })).toContain(
      ' · malloc about 14 % · ',
    );
  });
});

describe('the names of the ways', () => {
  it('are known to the editor without loading them', () => {
    for (const { id, title } of liveWays) expect(engineTitle(id)).toBe(title);
    expect(liveWays.map(({ id }) => id).sort()).toEqual([...LIVE_WAYS].sort());
  });
});
