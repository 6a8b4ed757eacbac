import { describe, expect, it } from 'vitest';
import { gapLeft, gapMeaning } from '../../../../webview-ui/map/address-gap.js';
import { aMap, aTable } from '../../insight/map/a-map.js';

const KIB = 1024;
/** From 64 to 128 KiB, in a map of two mappings around it. */
const GAP = { from: 64 * KIB, to: 128 * KIB };
const left = (...regions: readonly (readonly [at: number, size: number])[]) =>
  gapLeft(aTable(regions.map(([at, size]) => ({ at, size }))), GAP);

describe('a gap in a later map', () => {
  it('is the same where nothing has changed around it', () => {
    expect(left([0, 64], [128, 4])).toEqual(GAP);
  });

  it('is smaller or larger where its neighbours have grown, shrunk or gone', () => {
    expect(left([0, 72], [128, 4])).toEqual({ ...GAP, from: 72 * KIB });
    expect(left([0, 64], [120, 12])).toEqual({ ...GAP, to: 120 * KIB });
    expect(left([0, 8], [128, 4])).toEqual({ ...GAP, from: 8 * KIB });
    expect(left([0, 64], [256, 4])).toEqual({ ...GAP, to: 256 * KIB });
    expect(left([128, 4])).toEqual({ ...GAP, from: 0 });
  });

  it('is its upper part where something was mapped into it, and none where it is full', () => {
    expect(left([0, 64], [80, 4], [128, 4])).toEqual({ ...GAP, from: 84 * KIB });
    expect(left([0, 64], [64, 64], [128, 4])).toBeUndefined();
    expect(left([0, 256])).toBeUndefined();
    // Behind the last mapping there is no gap.
    expect(left([0, 64])).toBeUndefined();
    expect(left()).toBeUndefined();
  });
});

it('what a gap means depends on what lies around it', () => {
  const map = aMap([
    { at: 400, size: 8, segment: 'heap' },
    { at: 800, size: 8, segment: 'main-stack' },
    { at: 900, size: 8, segment: 'file' },
  ]);
  const meaningOf = (row: number) =>
    gapMeaning(map, { from: row === 0 ? 0 : map.table.end[row - 1]!, to: map.table.start[row]! });
  expect(meaningOf(0)).toMatch(/null pointer/);
  expect(meaningOf(1)).toMatch(/The heap below it grows into it\. The main stack above it grows down into it\.$/);
  expect(meaningOf(2)).toMatch(/SIGSEGV\.$/);
});
