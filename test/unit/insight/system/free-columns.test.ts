import { describe, expect, it } from 'vitest';
import { freeColumns, freeVersion } from '../../../../src/insight/system/free-columns.js';
import { factsOf, KIB, onlyMeminfo } from './facts.js';

const columns = (fields: Readonly<Record<string, number>>) =>
  Object.fromEntries(freeColumns(factsOf(fields).meminfo).map((one) => [one.version, one]));

describe('freeColumns', () => {
  const fields = {
    MemTotal: 1000,
    MemFree: 100,
    MemAvailable: 450,
    Buffers: 50,
    Cached: 300,
    Shmem: 40,
    Slab: 90,
    SReclaimable: 60,
  };

  it('shows the same memory as each version does', () => {
    const by = columns(fields);
    expect(Object.keys(by)).toEqual(['3.3.8', '3.3.9', '3.3.11', '4.0.0', '4.0.1']);
    expect(by['3.3.8']).toMatchObject({ used: 900 * KIB, shared: 0, buffers: 50 * KIB, cached: 300 * KIB });
    expect(by['3.3.9']).toMatchObject({ used: 900 * KIB, shared: 40 * KIB, withoutCache: { used: 550 * KIB, free: 450 * KIB } });
    expect(by['3.3.9']).not.toHaveProperty('available');
    expect(by['3.3.11']).toMatchObject({ used: 460 * KIB, cache: 440 * KIB, available: 450 * KIB });
    expect(by['4.0.0']).toMatchObject({ used: 490 * KIB, cache: 410 * KIB, available: 450 * KIB });
    expect(by['4.0.1']).toMatchObject({ used: 550 * KIB, cache: 410 * KIB, available: 450 * KIB });
  });

  it('shows what free showed of a public example', () => {
    const [, , , late] = freeColumns(onlyMeminfo('public/5.x-x86-64').meminfo);
    expect(late).toMatchObject({
      version: '4.0.0',
      total: 2028064 * KIB,
      free: 290904 * KIB,
      shared: 8424 * KIB,
      cache: 969296 * KIB,
    });
    expect(late?.used).toBe((2028064 - 290904 - 969296) * KIB);
    expect(late?.available).toBe(1102548 * KIB);
  });

  it('never estimates MemAvailable where the kernel does not tell it', () => {
    const { MemAvailable: _, ...old } = fields;
    for (const one of Object.values(columns(old))) expect(one).not.toHaveProperty('available');
    expect(columns(old)['4.0.1']).not.toHaveProperty('used');
    expect(columns(old)['4.0.0']).toMatchObject({ used: 490 * KIB });
  });

  it('does as free does where the cache is more than what is taken, or more is available than there is', () => {
    expect(columns({ ...fields, Cached: 1200 })['4.0.0']).toMatchObject({ used: 900 * KIB });
    expect(columns({ ...fields, MemAvailable: 5000 })['4.0.1']).toMatchObject({ available: 100 * KIB, used: 900 * KIB });
    expect(freeColumns(factsOf({ MemTotal: 3 }).meminfo)).toEqual([]);
  });

  it.each([
    ['procps version 3.2.8', '3.3.8'],
    ['free from procps-ng 3.3.9', '3.3.9'],
    ['free from procps-ng 3.3.10', '3.3.11'],
    ['procps-ng 3.3.17', '4.0.0'],
    ['4.0.0', '4.0.0'],
    ['free from procps-ng 4.0.4', '4.0.1'],
    ['BusyBox', undefined],
  ])('takes %j for %s', (text, version) => {
    expect(freeVersion(text)).toBe(version);
  });
});
