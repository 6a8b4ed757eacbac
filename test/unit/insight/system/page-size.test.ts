import { describe, expect, it } from 'vitest';
import { knownPageSize } from '../../../../src/insight/system/page-size.js';

const zone = (managed: number | undefined, present: number) => ({
  node: 0,
  zone: 'Normal',
  protection: [],
  cpus: [],
  counters: {},
  present,
  ...(managed === undefined ? {} : { managed }),
});

describe('knownPageSize', () => {
  it('is what was told', () => {
    expect(knownPageSize(16_384, [zone(100, 100)], 409_600)).toBe(16_384);
  });

  it.each([4096, 16_384, 65_536])('is found by what the zones manage, of %i bytes', (size) => {
    expect(knownPageSize(undefined, [zone(900_000, 1_000_000), zone(100_000, 100_000)], 1_000_000 * size)).toBe(size);
  });

  it('is found by what is present where a balloon has taken most of what was managed', () => {
    // Linux 6.18 in a virtual machine with virtio-balloon: MemTotal has what the balloon holds, the zones have it not.
    const zones = [zone(3840, 3998), zone(772_918, 782_336), zone(1_081_344, 5_505_024)];
    expect(knownPageSize(undefined, zones, 24_684_096 * 1024)).toBe(4096);
  });

  it('is found by what is present before Linux 3.8, and else unknown', () => {
    expect(knownPageSize(undefined, [zone(undefined, 1_000_000)], 960_000 * 4096)).toBe(4096);
    expect(knownPageSize(undefined, [zone(1_000_000, 1_000_000)], 600_000 * 4096)).toBeUndefined();
    expect(knownPageSize(undefined, [], 4096)).toBeUndefined();
    expect(knownPageSize(undefined, undefined, 4096)).toBeUndefined();
    expect(knownPageSize(undefined, [zone(1, 1)], undefined)).toBeUndefined();
  });
});
