import { describe, expect, test } from 'vitest';
import { meminfoText } from '../../../src/export/meminfo-report.js';
import { meminfoOf, sampleOf } from '../insight/machine-sample.js';

describe('memlens meminfo as text', () => {
  test('a kernel that does not tell MemTotal: it is not known, and not 0', () => {
    const text = meminfoText(sampleOf(meminfoOf({ MemFree: 100, MemAvailable: 80, Buffers: 50 })));
    expect(text).toMatch(/^MemAvailable +80 KiB {2,}\S/);
    expect(text).not.toMatch(/MemTotal {2}/);
    expect(text).not.toContain('%');
  });

  test('swap is no share of RAM', () => {
    const text = meminfoText(sampleOf(meminfoOf({ MemTotal: 1000, MemFree: 250, SwapTotal: 2000, SwapFree: 1900 })));
    expect(text).toMatch(/^Free +250 KiB +25\.0 % {2}/m);
    expect(text).toMatch(/^SwapTotal +2 MiB {2,}Swap/m);
    expect(text).toMatch(/^Swap used +100 KiB {2,}Swap/m);
  });
});
