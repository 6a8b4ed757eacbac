import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutToWidth, displayWidth } from '../../../src/export/display-width.js';
import { jsonValues } from '../../../src/export/json-values.js';
import { fitParts, valueText, verdictShort } from '../../../src/export/trend-text.js';
import type { Verdict } from '../../../src/model/verdict.js';
import { UNDECIDED } from '../app/fake-monitor.js';

const verdict = (more: Partial<Verdict>): Verdict => ({ ...UNDECIDED, ...more });

describe('a line of values', () => {
  test('has units, and says how old a value is', () => {
    expect(valueText({ id: 'uss', value: 1_572_864, ageMs: 0 }, 1000)).toBe('USS 1.5 MiB');
    expect(valueText({ id: 'uss', value: 1_572_864, ageMs: 11_000 }, 1000)).toBe('USS 1.5 MiB (11 s ago)');
    expect(valueText({ id: 'vmas', value: 24, ageMs: 0 }, 1000)).toBe('VMAs 24');
    expect(valueText({ id: 'minorFaults', value: 160.4, ageMs: 0 }, 1000)).toBe('Minor faults 160/s');
    expect(valueText({ id: 'heapEnd', value: 0x5555_0000, ageMs: 0 }, 1000)).toBe('Heap top 0x55550000');
    expect(valueText({ id: 'psi.some10', value: 1.25, ageMs: 0 }, 1000)).toMatch(/ 1\.[23] %$/);
  });

  test('holds the parts that fit, and never wraps', () => {
    expect(fitParts(['12:00:00', 'USS 1 MiB', 'VMAs 5'], 19)).toBe('12:00:00  USS 1 MiB');
    expect(fitParts(['12:00:00', 'USS 1 MiB'], 18)).toBe('12:00:00');
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.integer({ min: 0, max: 100 }), (parts, width) => {
        expect(displayWidth(fitParts(parts, width))).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('the verdict in short', () => {
    expect(verdictShort(verdict({}))).toBe('no verdict yet');
    expect(verdictShort(verdict({ state: 'leak', ratePerHour: 14_680_064 }))).toBe('leak: USS +14 MiB/h');
    expect(verdictShort(verdict({ state: 'growing', measure: 'fds', unit: 'count', ratePerHour: 12.4 }))).toMatch(/ \+12\/h$/);
    expect(verdictShort(verdict({ state: 'saw-tooth', ratePerHour: 5 }))).toBe('saw-tooth');
  });
});

test('text is cut by the cells it takes', () => {
  expect(cutToWidth('abcdef', 6)).toBe('abcdef');
  expect(cutToWidth('abcdef', 5)).toBe('abcd…');
  expect(cutToWidth('漢字漢字', 5)).toBe('漢字…');
  expect(displayWidth('e\u0301')).toBe(1);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 50 }), (text, most) => {
      expect(displayWidth(cutToWidth(text, most))).toBeLessThanOrEqual(most);
    }),
  );
});

test('values in JSON have their units in their names', () => {
  expect(
    jsonValues([
      ['uss', 5],
      ['threads', 2],
      ['minorFaults', Number.NaN],
      ['part.free', 7],
      ['part.buffers', undefined],
      ['meminfo.HugePages_Total', 3],
    ]),
  ).toEqual({
    ussBytes: 5,
    threads: 2,
    minorFaultsPerSecond: null,
    part: { freeBytes: 7, buffersBytes: null },
    meminfo: { HugePages_Total: 3 },
  });
});
