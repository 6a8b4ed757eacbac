import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { slabTable, vmallocTable } from '../../../../src/insight/system/table-files.js';
import { parseSlabinfo } from '../../../../src/procfs/slabinfo.js';
import { parseVmallocinfo } from '../../../../src/procfs/vmallocinfo.js';

const fixture = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../../fixtures/linux/6.1-uml', name), 'utf8');

describe('/proc/vmallocinfo by caller', () => {
  test('RAM is the pages of vmalloc areas; the sum is that of all lines', () => {
    const text = fixture('vmallocinfo');
    const table = vmallocTable(parseVmallocinfo(text).rows);
    const pages = text
      .split('\n')
      .flatMap((line) => (/ vmalloc\b/.test(line) ? [Number(/pages=(\d+)/.exec(line)?.[1] ?? 0)] : []));
    expect(table.bytes).toBe(4096 * pages.reduce((sum, one) => sum + one, 0));
    expect(table.page).toEqual({ bytes: 4096, isSeen: true });
    const clones = text.split('\n').filter((line) => line.includes('kernel_clone+0xa7/0x27c')).length;
    const clone = table.callers.find(({ caller }) => caller === 'kernel_clone+0xa7/0x27c');
    expect(clone).toMatchObject({ areas: clones, pages: 4 * clones, bytes: 16_384 * clones });
    expect(table.callers.some(({ module }) => module === 'leakmod')).toBe(true);
    expect([...table.callers].sort((one, other) => other.bytes - one.bytes)).toEqual(table.callers);
  });

  test('what only takes addresses is apart, and a page may be 64 KiB', () => {
    const { rows } = parseVmallocinfo(`0x1000-0x2000 327680 big+0x1/0x2 pages=4 vmalloc
0x3000-0x4000 131072 small+0x1/0x2 [m] pages=1 vmalloc N0=1
0x5000-0x6000 8192 map+0x1/0x2 phys=0xfed00000 ioremap
0x7000-0x8000 4096 map+0x1/0x2 phys=0xfee00000 ioremap
0x9000-0xa000 12288 unpurged vm_area
`);
    expect(vmallocTable(rows)).toEqual({
      page: { bytes: 65_536, isSeen: true },
      callers: [
        { caller: 'big+0x1/0x2', areas: 1, pages: 4, bytes: 262_144 },
        { caller: 'small+0x1/0x2', module: 'm', areas: 1, pages: 1, bytes: 65_536 },
      ],
      others: [
        { kind: 'ioremap', areas: 2, bytes: 12_288 },
        { kind: 'unpurged', areas: 1, bytes: 12_288 },
      ],
      bytes: 327_680,
    });
    expect(vmallocTable([])).toMatchObject({ bytes: 0, page: { bytes: 4096, isSeen: false } });
  });
});

describe('/proc/slabinfo by RAM', () => {
  test('slabs are pages, and waste is what holds no object in use', () => {
    const table = slabTable(parseSlabinfo(fixture('slabinfo')).rows);
    const rows = fixture('slabinfo')
      .split('\n')
      .filter((line) => line.includes('tunables'))
      .slice(1);
    const bytes = rows.map((line) => {
      const words = line.split(/\s+/);
      return Number(words[5]) * Number(words.at(-2)) * 4096;
    });
    expect(table.bytes).toBe(bytes.reduce((sum, one) => sum + one, 0));
    expect(table.page).toEqual({ bytes: 4096, isSeen: false });
    const [first, second] = table.caches;
    expect(first!.bytes).toBeGreaterThanOrEqual(second!.bytes);
    for (const { bytes: all, waste, activeObjects, objectSize } of table.caches)
      expect(waste).toBe(Math.max(0, all - activeObjects * objectSize));
  });

  test('objects that find no room in 4 KiB tell of larger pages', () => {
    const { rows } = parseSlabinfo('kmalloc-8k 8 8 8192 8 1 : tunables 0 0 0 : slabdata 1 1 0\n');
    expect(slabTable(rows)).toMatchObject({ page: { bytes: 65_536, isSeen: true }, bytes: 65_536, waste: 0 });
  });
});
