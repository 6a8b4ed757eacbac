import { describe, expect, test } from 'vitest';
import { shownSystem } from '../../../../src/app/system/shown-system.js';
import type { ShownSystem } from '../../../../src/protocol/system.js';
import { waterfallRows, zeroParts } from '../../../../webview-ui/system/waterfall-rows.js';
import { aState, SMALL } from '../../app/system/a-state.js';

const shownOf = (fields: Readonly<Record<string, number>>): ShownSystem => shownSystem(aState(fields), { id: 1, isLive: true })!;
const ALL = { inside: true, zeros: true };

describe('the bars of the waterfall', () => {
  test('each part begins where the one before it ends; the last one ends with the whole', () => {
    const rows = waterfallRows(shownOf(SMALL), ALL).filter(({ kind }) => kind === 'part' || kind === 'unexplained');
    let at = 0;
    for (const { from, length } of rows) {
      expect(from).toBeCloseTo(at, 9);
      at = from + length;
    }
    expect(at).toBeCloseTo(1, 9);
  });

  test('what is inside is drawn in its part, and moves nothing', () => {
    const shown = shownOf({ ...SMALL, AnonHugePages: 51_200 });
    const parts = (inside: boolean) =>
      waterfallRows(shown, { inside, zeros: true })
        .filter(({ kind }) => kind !== 'inside')
        .map(({ id, from }) => [id, from]);
    expect(parts(true)).toEqual(parts(false));
    const inside = waterfallRows(shown, ALL).find(({ id }) => id === 'applications/anonHugePages')!;
    const part = waterfallRows(shown, ALL).find(({ id }) => id === 'applications')!;
    expect(inside.from).toBe(part.from);
    expect(inside.length).toBeCloseTo(part.length / 2, 9);
    expect(inside.frame).toEqual({ from: part.from, length: part.length });
    expect(inside.name).toContain('inside Applications, counted there already');
  });

  test('of several parts together it says so, and its share is of none', () => {
    const mapped = waterfallRows(shownOf(SMALL), ALL).find(({ id }) => id === 'pageCache/mapped')!;
    expect(mapped.name).toContain('Page cache and Shared memory and tmpfs together');
    expect(mapped.share).toBe('');
  });

  test('counted twice: the parts are longer than the whole, and the rest lies over what is too much', () => {
    const rows = waterfallRows(shownOf({ ...SMALL, Balloon: 500_000 }), ALL);
    const total = rows[0]!;
    const rest = rows.at(-1)!;
    expect(total.length).toBeLessThan(1);
    expect(rest.from).toBeCloseTo(total.length, 9);
    expect(rest.from + rest.length).toBeCloseTo(1, 9);
    expect(rest.amount).toMatch(/^\u2212/);
    expect(rest.name).toMatch(/^Unexplained: \u2212.*, \u2212.* of MemTotal$/);
  });

  test('parts that are nothing are listed only when they are asked for', () => {
    const shown = shownOf({ ...SMALL, Bounce: 0, Quicklists: 0 });
    const ids = (zeros: boolean) => waterfallRows(shown, { inside: true, zeros }).map(({ id }) => id);
    expect(ids(true)).toContain('bounce');
    expect(ids(false)).not.toContain('bounce');
    expect(zeroParts(shown)).toEqual(expect.arrayContaining(['Bounce buffers', 'Quicklists']));
  });
});
