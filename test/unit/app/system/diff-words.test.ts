import { describe, expect, test } from 'vitest';
import { diffText } from '../../../../src/app/system/diff-words.js';
import { growthCsv } from '../../../../src/export/growth-csv.js';
import type { SystemState } from '../../../../src/model/system-state.js';
import { aState, SMALL } from './a-state.js';

const named = (label: string, state: SystemState) => ({ label, state });
const cache = (name: string, slabs: number) => ({
  name,
  activeObjects: 1,
  objects: slabs,
  objectSize: 4096,
  pagesPerSlab: 1,
  activeSlabs: slabs,
  slabs,
});
const area = (caller: string, module: string, pages: number) => ({
  from: '0x1',
  to: '0x2',
  size: 4096 * (pages + 1),
  caller: `${caller}+0x1/0x2`,
  module,
  pages,
  flags: ['vmalloc'],
  nodes: [],
});

describe('two states in words', () => {
  const before = aState(
    SMALL,
    { slab: [cache('dentry', 10)], vmalloc: [] },
    { owners: { processes: { rows: [], withoutPss: 0 } } },
  );
  const after = aState(
    { ...SMALL, MemFree: SMALL.MemFree - 40_000, SUnreclaim: SMALL.SUnreclaim + 30_000 },
    { slab: [cache('dentry', 10), cache('kmalloc-4k', 7000)], vmalloc: [area('leak_vmalloc', 'leakmod', 1024)] },
    { owners: { processes: { rows: [{ pid: 9, name: 'filler', pss: 1_048_576 }], withoutPss: 0 } } },
  );

  test('of two tables without meminfo nothing is said of free memory', () => {
    const tableOnly = (slabs: number) => aState({}, { slab: [cache('kmalloc-4k', slabs)] });
    const { words, table } = diffText(named('a', tableOnly(10)), named('b', tableOnly(70)), false);
    expect(words.join()).not.toMatch(/free memory/i);
    expect(words[0]).toContain('kmalloc-4k');
    expect(table.rows[0]?.cells[1]).toBe(60 * 4096);
  });

  test('who holds more is named: processes, caches of slab, callers of vmalloc with their module', () => {
    const { words, table } = diffText(named('A', before), named('B', after), false);
    expect(words[0]).toBe('Free memory: \u221239.1 MiB. Slab, unreclaimable grew most: +29.3 MiB.');
    expect(words).toContain('Processes that have more: filler (9) +1 MiB (new).');
    expect(words).toContain('Slab caches that have more: kmalloc-4k +27.3 MiB (new).');
    expect(words).toContain('Callers of vmalloc that have more: leak_vmalloc [leakmod] +4 MiB (new).');
    expect(table.rows.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['slab kmalloc-4k', 'process filler (9)', 'part free']),
    );
  });

  test('what stays of slab and vmalloc after a program has exited is named, with what came', () => {
    const idle = { owners: { processes: { rows: [{ pid: 1, name: 'init', pss: 4096 }], withoutPss: 0 } } };
    const runs = {
      owners: { processes: { rows: [...idle.owners.processes.rows, { pid: 9, name: 'camera', pss: 9 }], withoutPss: 0 } },
    };
    const one = aState(SMALL, { slab: [cache('dentry', 10), cache('frames', 10), cache('small', 1)], vmalloc: [] }, idle);
    const during = aState(
      SMALL,
      {
        slab: [cache('dentry', 110), cache('frames', 110), cache('small', 10)],
        vmalloc: [area('leak_vmalloc', 'leakmod', 256), area('given_back', 'leakmod', 256)],
      },
      runs,
    );
    const two = aState(
      SMALL,
      { slab: [cache('dentry', 59), cache('frames', 60), cache('small', 10)], vmalloc: [area('leak_vmalloc', 'leakmod', 256)] },
      idle,
    );
    const words = (between: readonly SystemState[], end = two) =>
      diffText(named('A', one), named('B', end), false, between).words;
    expect(words([during])[1]).toBe(
      'camera (9) ran meanwhile and has exited, and of what came then these stay: slab caches frames 200 KiB of 400 KiB; callers of vmalloc leak_vmalloc [leakmod] 1 MiB of 1 MiB.',
    );
    expect(words([]).join()).not.toContain('ran meanwhile');
    // The command line that has read it is no program of the user.
    expect(words([{ ...during, readBy: 9 }]).join()).not.toContain('ran meanwhile');
    // It still runs, or ran before already: nothing is left behind yet.
    expect(words([during], during).join()).not.toContain('ran meanwhile');
    expect(words([during], one)[1]).toBe(
      'camera (9) ran meanwhile and has exited: no slab cache and no caller of vmalloc that grew then stays larger.',
    );
  });

  test('lines come by the size of their change', () => {
    const changes = diffText(named('A', before), named('B', after), false).table.rows.map(({ cells }) =>
      Math.abs(Number(cells[1])),
    );
    expect(changes).toEqual(changes.toSorted((one, other) => other - one));
  });

  test('what was not read at both moments is said', () => {
    const { words } = diffText(named('A', aState(SMALL)), named('B', after), false);
    expect(words.at(-1)).toContain('/proc/slabinfo and /proc/vmallocinfo were not read at both moments');
  });

  test('the same state twice: nothing', () => {
    const { table, words } = diffText(named('A', before), named('B', before), false);
    expect(table.rows).toEqual([]);
    expect(words[0]).toBe('Free memory is the same.');
  });

  test('after dropping caches: what came back, and what stays', () => {
    const less = {
      ...SMALL,
      MemFree: SMALL.MemFree + 150_000,
      Cached: SMALL.Cached - 140_000,
      SReclaimable: SMALL.SReclaimable - 10_000,
    };
    const { words } = diffText(named('A', before), named('B', aState(less)), true);
    expect(words[0]).toBe(
      '146.5 MiB came back as free memory; given up: page cache 136.7 MiB, reclaimable slab 9.8 MiB. That was cache, and no leak.',
    );
    expect(words[1]).toContain('4 MiB is shared memory and tmpfs');
    expect(words[1]).toContain('30 MiB is slab that can’t be reclaimed');
    expect(words[2]).toContain('MemAvailable went from');
  });

  test('CSV: names are data', () => {
    const line = { kind: 'process', name: '=cmd,"x"\n(1)', change: -5, before: 5, after: 0, news: 'gone' } as const;
    const [head, row] = [...growthCsv([line])];
    expect(head).toBe('kind,name,change,before,after,news\r\n');
    expect(row).toMatch(/^process,".*",-5,5,0,gone\r\n$/s);
    expect(row).not.toMatch(/,"?=/);
  });
});
