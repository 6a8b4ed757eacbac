import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bandsOf } from '../../../../webview-ui/map/address-space-bands.js';
import { columnShape, digitsOf } from '../../../../webview-ui/map/address-space-column.js';
import { AddressScale } from '../../../../webview-ui/map/address-space-scale.js';
import { SpaceWindow } from '../../../../webview-ui/map/address-space-window.js';
import { aTable } from '../../insight/map/a-map.js';

const KIB = 1024;
/** Of regions in KiB, ascending: gap before it and size. */
const scaleOf = (regions: readonly (readonly [gap: number, size: number])[]): AddressScale => {
  let at = 0;
  return new AddressScale(
    aTable(
      regions.map(([gap, size]) => {
        const region = { at: at + gap, size };
        at += gap + size;
        return region;
      }),
    ),
  );
};
const spaces = fc.array(fc.tuple(fc.constantFrom(0, 4, 4096, 2 ** 31), fc.constantFrom(4, 8, 1024, 2 ** 22, 2 ** 36)), {
  minLength: 1,
  maxLength: 300,
});

describe('the scale of the drawing', () => {
  test('a page and a reserve of terabytes are both seen, and gaps are folded', () => {
    const scale = scaleOf([
      [2 ** 30, 4],
      [4, 2 ** 32],
    ]);
    const heights = [0, 1].map((row) => scale.bottom[row]! - scale.top[row]!);
    expect(heights[0]).toBeGreaterThan(10);
    expect(heights[1]).toBeLessThan(15 * heights[0]!);
    expect(heights[1]).toBeGreaterThan(5 * heights[0]!);
    // A gap of a terabyte takes about a line, one of a page a crack.
    expect(scale.top[0]).toBeLessThan(20);
    expect(scale.top[1]! - scale.bottom[0]!).toBeLessThan(scale.top[0]!);
  });

  test('goes up with the addresses, there and back', () => {
    fc.assert(
      fc.property(spaces, fc.double({ min: 0, max: 1, noNaN: true }), (regions, share) => {
        const scale = scaleOf(regions);
        for (let row = 1; row < scale.length; row++) expect(scale.top[row]).toBeGreaterThanOrEqual(scale.bottom[row - 1]!);
        const y = share * scale.height;
        expect(scale.yOf(scale.addressAt(y))).toBeCloseTo(y, 3);
      }),
    );
  });

  test('what lies at a height: a region, a gap, or nothing', () => {
    const scale = scaleOf([
      [0, 4],
      [2 ** 30, 4],
    ]);
    const middle = (row: number): number => (scale.top[row]! + scale.bottom[row]!) / 2;
    expect(scale.hit(middle(0))).toEqual({ row: 0, gap: false });
    expect(scale.hit((scale.bottom[0]! + scale.top[1]!) / 2)).toEqual({ row: 1, gap: true });
    expect(scale.hit(middle(1))).toEqual({ row: 1, gap: false });
    expect(scale.hit(scale.height + 1)).toBeUndefined();
    expect(scale.hit(-1)).toBeUndefined();
    expect(scale.gapBefore(1)).toEqual({ from: 4 * KIB, to: 4 * KIB + 2 ** 30 * KIB });
  });

  test('mappings that overlap or whose borders are not told still go one way', () => {
    const table = aTable([
      { at: 0, size: 8 },
      { at: 4, size: 8 },
      { at: 16, size: 4 },
    ]);
    table.end[2] = Number.NaN;
    const scale = new AddressScale(table);
    expect([...scale.top].every((top, row) => row === 0 || top >= scale.bottom[row - 1]!)).toBe(true);
    expect(Number.isFinite(scale.height)).toBe(true);
  });
});

describe('bands', () => {
  test('each region is in exactly one band, bands go down and do not overlap, however far it is zoomed out', () => {
    fc.assert(
      fc.property(spaces, fc.constantFrom(0.001, 0.02, 0.3, 1, 4), (regions, zoom) => {
        const scale = scaleOf(regions);
        const height = Math.ceil(scale.height * zoom);
        const bands = bandsOf(scale, zoom, 0, height);
        let reached = 0;
        let covered = 0;
        for (let at = 0; at < bands.length; at++) {
          expect(bands.top[at]).toBeGreaterThanOrEqual(reached);
          expect(bands.bottom[at]).toBeGreaterThan(bands.top[at]!);
          reached = bands.bottom[at]!;
          // One after the other, none left out.
          expect(bands.first[at]).toBe(covered);
          covered += bands.count[at]!;
          expect(bands.row[at]).toBeGreaterThanOrEqual(bands.first[at]!);
          expect(bands.row[at]).toBeLessThan(covered);
        }
        expect(covered).toBe(scale.length);
        expect(bands.length).toBeLessThanOrEqual(height + 2);
      }),
    );
  });

  test('only what lies in the part is there', () => {
    const scale = scaleOf(Array.from({ length: 100 }, () => [0, 4] as const));
    const bands = bandsOf(scale, 1, scale.top[40]!, scale.bottom[44]!);
    expect([...bands.row.subarray(0, bands.length)]).toEqual([40, 41, 42, 43, 44]);
    expect(bands.top[0]).toBe(0);
  });
});

describe('a column', () => {
  test('has room for the longest address, and more for names than for bars', () => {
    const digits = digitsOf({ length: 1, start: Float64Array.of(0xffff_ffff_ff60_0000) });
    expect(digits).toBe(16);
    expect(digitsOf({ length: 0, start: new Float64Array(0) })).toBe(8);
    for (const width of [380, 470, 900]) {
      const shape = columnShape(width, digits);
      expect(shape.rulerRight).toBeGreaterThan(16 * 6.6);
      expect(shape.labelWidth).toBeGreaterThan(1.4 * shape.barWidth);
      expect(shape.labelLeft + shape.labelWidth).toBeLessThanOrEqual(width);
    }
  });
});

describe('the window', () => {
  const windowOf = (natural: number, width: number, height: number): SpaceWindow => {
    const window = new SpaceWindow();
    window.fit(natural, width, height);
    return window;
  };

  test('flows through as many columns as have room, and no more than are needed', () => {
    expect(windowOf(5000, 400, 600).columns).toBe(1);
    expect(windowOf(5000, 1600, 600).columns).toBe(4);
    expect(windowOf(200, 1600, 600).columns).toBe(1);
  });

  test('what is under the pointer stays there while it is zoomed', () => {
    const window = windowOf(50_000, 800, 600);
    window.moveTo(9000);
    const before = window.naturalAt(500, 200);
    window.zoomBy(2, window.along(500, 200));
    expect(window.naturalAt(500, 200)).toBeCloseTo(before, 6);
  });

  test('shows the whole, and never leaves it', () => {
    const window = windowOf(50_000, 800, 600);
    window.moveBy(1e9);
    expect(window.atEnd).toBe(true);
    window.showWhole();
    expect(window.atStart && window.atEnd).toBe(true);
    expect(window.total).toBeLessThanOrEqual(window.room + 0.001);
    window.zoomBy(1e6, 10);
    expect(window.zoom).toBeLessThan(100);
  });

  test('reveals by moving only as far as is needed', () => {
    const window = windowOf(50_000, 400, 600);
    window.reveal(10, 30);
    expect(window.offset).toBe(0);
    window.reveal(20_000, 20_020);
    const { offset } = window;
    expect(offset).toBeGreaterThan(0);
    window.reveal(20_000, 20_020);
    expect(window.offset).toBe(offset);
  });
});
