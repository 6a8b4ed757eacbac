import { describe, expect, test } from 'vitest';
import { factsText, figureFacts, flagFacts, rangeText, regionFacts } from '../../../../webview-ui/map/details-facts.js';
import { sumFacts } from '../../../../webview-ui/map/details-sums.js';
import { aMap } from '../../insight/map/a-map.js';
import { words as WORDS } from './regions.js';

const map = aMap([
  { at: 4096, size: 8, permissions: 'r-xs', path: '/usr/bin/a\nb', inode: '42', offset: 4, segment: 'text', figures: { Rss: 4 } },
  { at: 8192, size: 132, path: '[heap]', segment: 'heap', figures: { Rss: 0 } },
  { at: 16384, size: 4, permissions: '---p', segment: 'heap' },
]);
const valueAt = (facts: readonly { readonly label: string; readonly value: string }[], label: string): string | undefined =>
  facts.find((fact) => fact.label === label)?.value;

describe('what is told of a region', () => {
  test('addresses, permissions and the file in words; nothing of a file where there is none', () => {
    const facts = regionFacts(map, 0);
    expect(valueAt(facts, 'Addresses')).toBe('00400000-00402000');
    expect(valueAt(facts, 'Size')).toBe('8 KiB, 2 pages');
    expect(valueAt(facts, 'Permissions')).toBe('r-xs: readable, executable, shared');
    expect(valueAt(facts, 'File')).toBe('/usr/bin/a\\nb');
    expect(valueAt(facts, 'Offset in file')).toBe('0x1000');
    expect(valueAt(facts, 'Device, inode')).toBe('fd:01, 42');
    expect(regionFacts(map, 1).map(({ label }) => label)).toEqual(['Addresses', 'Size', 'Permissions', 'Name']);
    expect(valueAt(regionFacts(map, 2), 'Permissions')).toBe('---p: may not be touched, private');
  });

  test('an end that is not told, as of pmap, is not made up', () => {
    const table = { ...map.table, end: Float64Array.of(Number.NaN, 0, 0) };
    expect(valueAt(regionFacts({ ...map, table }, 0), 'Size')).toBeUndefined();
    expect(rangeText(table, 0)).toBe('00400000-');
  });

  test('the figures that are told, each with its meaning; one that is not told is no zero', () => {
    expect(figureFacts(WORDS, map.table, [0])).toEqual([
      { label: 'Rss', value: '4 KiB', meaning: WORDS.figures['Rss'], isZero: false },
    ]);
    expect(figureFacts(WORDS, map.table, [1])[0]).toMatchObject({ value: '0 bytes', isZero: true });
    expect(figureFacts(WORDS, map.table, [2])).toEqual([]);
    expect(valueAt(figureFacts(WORDS, map.table, [0, 1, 2]), 'Rss')).toBe('4 KiB (told of 2)');
  });

  test('known figures first, sizes of pages are not summed, and numbers without a unit are no bytes', () => {
    const figures = {
      Newest: Float64Array.of(2048, 0, 0),
      THPeligible: Float64Array.of(1, 1, 1),
      KernelPageSize: Float64Array.of(4096, 4096, 4096),
      Pss: Float64Array.of(1024, 1024, 1024),
    };
    const table = { ...map.table, figures };
    expect(figureFacts(WORDS, table, [0]).map(({ label, value }) => `${label} ${value}`)).toEqual([
      'Pss 1 KiB',
      'KernelPageSize 4 KiB',
      'THPeligible 1',
      'Newest 2 KiB',
    ]);
    expect(figureFacts(WORDS, table, [0, 1]).map(({ label }) => label)).toEqual(['Pss', 'Newest']);
  });

  test('VmFlags are spelled out; letters of a newer kernel stand as they are', () => {
    const table = { ...map.table, flags: { index: Uint32Array.of(1, 0, 0), texts: ['', 'rd wr q9 '] } };
    expect(flagFacts(WORDS, table, 0)).toEqual([
      { label: 'rd', value: 'readable' },
      { label: 'wr', value: 'writable' },
      { label: 'q9', value: 'not known to this version of MemLens' },
    ]);
    expect(flagFacts(WORDS, table, 1)).toEqual([]);
  });

  test('is copied as lines', () => {
    expect(factsText('Heap', [{ label: 'Size', value: '4 KiB' }])).toBe('Heap\nSize: 4 KiB\n');
  });
});

describe('the sums of several', () => {
  test('amounts, where they lie, and how many of each segment, the most first', () => {
    const facts = sumFacts(WORDS, map, [2, 0, 1]);
    expect(facts.map(({ label, value }) => `${label}: ${value}`)).toEqual([
      'Between: 00400000-01001000',
      'VSS: 144 KiB',
      'RSS: 4 KiB',
      'Heap: 2 regions',
      'Text: 1 region',
    ]);
    expect(facts[2]?.meaning).toMatch(/^The pages that are in memory now/);
  });
});
