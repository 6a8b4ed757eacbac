import { describe, expect, test } from 'vitest';
import { visibleText } from '../../../../src/base/visible-text.js';
import { formatAxis, formatChange, formatDuration, formatShare, formatValue } from '../../../../webview-ui/shared/format.js';

const MIB = 2 ** 20;

test.each([
  [0, 'bytes', '0 bytes'],
  [1.5 * MIB, 'bytes', '1.5 MiB'],
  [-3 * MIB, 'bytes', '−3.0 MiB'],
  [4096, 'bytes-per-second', '4.0 KiB/s'],
  [1204, 'count', '1,204'],
  [2.25, 'count', '2.3'],
  [12.54, 'percent', '12.5 %'],
  [2, 'percent', '2.0 %'],
  [0, 'percent', '0 %'],
  [1023.96 * MIB, 'bytes', '1.0 GiB'],
  [27, 'bytes', '27 bytes'],
  [0.26, 'per-second', '0.3/s'],
  [-0.01, 'per-second', '0/s'],
  [49_551.4, 'per-second', '49,551/s'],
  [0x55d0c2a1f000, 'address', '0x55d0c2a1f000'],
] as const)('%d %s is %s', (value, unit, text) => expect(formatValue(value, unit)).toBe(text));

test.each([
  [MIB, 'bytes', '+1.0 MiB'],
  [0, 'bytes', '0 bytes'],
  [-2, 'count', '−2'],
  [4096, 'address', '+4.0 KiB'],
  [0.001, 'percent', '0 %'],
] as const)('a change of %d %s is %s', (value, unit, text) => expect(formatChange(value, unit)).toBe(text));

test.each([
  [0, 100, '0 %'],
  [0.01, 100, '< 0.1 %'],
  [0.44, 100, '0.4 %'],
  [9.96, 100, '10 %'],
  [100, 100, '100 %'],
  [1, 0, ''],
  [1, undefined, ''],
] as const)('%d of %s is "%s"', (part, whole, text) => expect(formatShare(part, whole)).toBe(text));

test.each([
  [0, '0.0 s'],
  [400, '0.4 s'],
  [980, '1 s'],
  [59_400, '59 s'],
  [59_600, '1 min'],
  [125_000, '2 min 5 s'],
  [3_599_700, '1 h'],
  [4_800_000, '1 h 20 min'],
  [86_399_000, '1 d'],
  [100 * 3_600_000, '4 d 4 h'],
] as const)('%d ms are %s', (duration, text) => expect(formatDuration(duration)).toBe(text));

describe('labels of an axis', () => {
  test.each([
    [0, MIB, 4 * MIB, 'bytes', '0'],
    [2 * MIB, MIB, 4 * MIB, 'bytes', '2 MiB'],
    [1.5 * 1024 * MIB, 512 * MIB, 4096 * MIB, 'bytes', '1.5 GiB'],
    [8_000 * 1024, 4096, 8_008 * 1024, 'bytes', '8,000 KiB'],
    [-4 * MIB, 2 * MIB, 4 * MIB, 'bytes', '−4 MiB'],
    [50_000, 50_000, 100_000, 'per-second', '50k/s'],
    [2_500, 2_500, 10_000, 'count', '2.5k'],
    [0.5, 0.5, 1, 'percent', '0.5 %'],
  ] as const)('%d with a step of %d up to %d %s is %s', (value, step, largest, unit, text) => {
    expect(formatAxis(value, step, largest, unit)).toBe(text);
  });
});

test('what would move or hide text is shown', () => {
  expect(visibleText('a\nb\r\tc\u001b[31m\u202e\u2066é🙂')).toBe('a\\nb\\r\\tc\\x1b[31m\\u202e\\u2066é🙂');
});
