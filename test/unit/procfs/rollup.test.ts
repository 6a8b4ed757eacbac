import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRollup } from '../../../src/procfs/rollup.js';
import { textOf } from './fixture.js';

const KIB = 1024;

describe('parseRollup', () => {
  it('reads a rollup of Linux 6.18, each field as its line says', () => {
    const text = textOf('linux/6.18/process/smaps_rollup');
    const line = (name: string): number => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1]) * KIB;
    expect(parseRollup(text)).toEqual({
      rss: line('Rss'),
      pss: line('Pss'),
      pssAnon: line('Pss_Anon'),
      pssFile: line('Pss_File'),
      pssShmem: line('Pss_Shmem'),
      uss: line('Private_Clean') + line('Private_Dirty'),
      swap: 0,
      swapPss: 0,
      sharedClean: line('Shared_Clean'),
      sharedDirty: line('Shared_Dirty'),
      privateClean: line('Private_Clean'),
      privateDirty: line('Private_Dirty'),
      anonymous: line('Anonymous'),
      locked: line('Locked'),
      hugetlb: 0,
      anonHuge: 0,
    });
    expect(line('Rss')).toBeGreaterThan(0);
  });

  it('sums smaps to the same, but for the rounding of Pss in each mapping', () => {
    const rollup = parseRollup(textOf('linux/6.18/process/smaps_rollup'));
    const smaps = textOf('linux/6.18/process/smaps');
    const sum = parseRollup(smaps);
    // Only a rollup tells its parts.
    const { pssAnon, pssFile, pssShmem, ...whole } = rollup ?? {};
    expect((pssAnon ?? 0) + (pssFile ?? 0) + (pssShmem ?? 0)).toBe(rollup?.pss);
    expect({ ...sum, pss: 0 }).toEqual({ ...whole, pss: 0 });
    const mappings = smaps.match(/^Rss:/gm)?.length ?? 0;
    expect((rollup?.pss ?? 0) - (sum?.pss ?? 0)).toBeGreaterThanOrEqual(0);
    expect((rollup?.pss ?? 0) - (sum?.pss ?? 0)).toBeLessThan(mappings * KIB);
  });

  it('sums smaps of Linux 3.10, which knows less', () => {
    expect(parseRollup(textOf('synthetic/proc-3.10/smaps'))).toEqual({
      rss: 900 * KIB,
      pss: 510 * KIB,
      uss: 120 * KIB,
      swap: 12 * KIB,
      sharedClean: 780 * KIB,
      sharedDirty: 0,
      privateClean: 4 * KIB,
      privateDirty: 116 * KIB,
      anonymous: 120 * KIB,
      locked: 0,
      anonHuge: 0,
    });
  });

  it('reads CRLF, and a file whose name looks like a field', () => {
    const text = textOf('linux/6.18/process/smaps_rollup');
    expect(parseRollup(text.replaceAll('\n', '\r\n'))).toEqual(parseRollup(text));
    expect(parseRollup(textOf('synthetic/proc-3.10/smaps').replace('/bin/worker', '/tmp/Rss: 5 kB'))?.rss).toBe(900 * KIB);
  });

  it('is unknown when it is empty, as that of a kernel thread, or lacks a field', () => {
    expect(parseRollup('')).toBeUndefined();
    expect(parseRollup('Rss: 4 kB\n')).toBeUndefined();
    expect(parseRollup(textOf('linux/6.18/process/smaps_rollup').replace(/^Swap:.*\n/m, ''))).toBeUndefined();
  });

  it('does not take a part of a mapping for the whole', () => {
    const text = textOf('linux/6.18/process/smaps');
    const whole = parseRollup(text);
    const second = text.indexOf('\nRss:', text.indexOf('\nRss:') + 1);
    expect(parseRollup(text.slice(0, second + 25))).toBeUndefined();
    fc.assert(
      fc.property(fc.nat({ max: text.length }), (length) => {
        expect(parseRollup(text.slice(0, length))?.rss ?? 0).toBeLessThanOrEqual(whole?.rss ?? 0);
      }),
    );
  });

  it('takes any text without an error', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseRollup(`Rss: ${text}\n${text}`)));
  });
});
