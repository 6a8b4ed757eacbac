import { describe, expect, test } from 'vitest';
import { missingTexts } from '../../../../src/app/system/missing-words.js';
import { ownerTables } from '../../../../src/app/system/owner-tables.js';
import { systemText } from '../../../../src/export/system-text.js';
import { accountMachine } from '../../../../src/insight/system/accounting.js';
import type { SystemState } from '../../../../src/model/system-state.js';
import { KIB, rootFacts } from '../../insight/system/facts.js';
import { aState, SMALL } from './a-state.js';

const tablesOf = (state: SystemState) =>
  new Map(ownerTables(state, accountMachine(state.facts)!).map((table) => [table.id, table]));
const tableOf = (state: SystemState, id: Parameters<ReturnType<typeof tablesOf>['get']>[0]) => {
  const table = tablesOf(state).get(id);
  if (table === undefined) throw new Error(`no table ${id}`);
  return table;
};
/** A row by the labels of its columns. */
const rowOf = (table: ReturnType<typeof tableOf>, at = 0) =>
  Object.fromEntries(table.columns.map(({ label }, column) => [label, table.rows[at]!.cells[column]]));

describe('who holds the memory, as tables', () => {
  test('nothing that was not told', () => {
    expect([...tablesOf(aState(SMALL)).keys()]).toEqual([]);
  });

  test('every row has a cell for each column, and rows are told apart', () => {
    const facts = { ...rootFacts(), pageSize: 4096 };
    const tables = [...tablesOf({ source: 'local', facts, owners: {}, missing: [] }).values()];
    expect(tables.map(({ id }) => id)).toEqual(expect.arrayContaining(['slab', 'vmalloc', 'zones']));
    for (const { id, columns, rows, sortedBy } of tables) {
      expect(
        columns.some((column) => column.id === sortedBy),
        id,
      ).toBe(true);
      expect(new Set(rows.map((row) => row.id)).size, id).toBe(rows.length);
      for (const row of rows) expect(row.cells, id).toHaveLength(columns.length);
    }
  });

  test('processes: their anonymous PSS against the applications', () => {
    const rows = [
      { pid: 1, name: 'init', pss: 3_000_000, pssAnon: 51_200 * KIB, rss: 4_000_000 },
      { pid: 2, name: 'other', rss: 9_000_000 },
    ];
    const table = tableOf(aState(SMALL, {}, { owners: { processes: { rows, withoutPss: 1 } } }), 'processes');
    expect(table.notes).toEqual([
      'Their anonymous PSS is 50 MiB together; Applications are 100 MiB (50 %).',
      '1 process of other users: only root may read their PSS, and they are not in the sums.',
    ]);
    expect(table.rows[0]!.process).toEqual({ pid: 1, name: 'init' });
    expect(rowOf(table, 1)).toMatchObject({ Process: 'other', PSS: undefined, RSS: 9_000_000 });
  });

  test('processes of which nobody tells PSS are sorted by RSS; the kernel is named where it is the reason, and hidepid', () => {
    const rows = [{ pid: 1, name: 'init', rss: 4 }];
    const missing = [
      { path: '/proc/PID/smaps', why: 'absent' },
      { path: '/proc/PID', why: 'permission' },
    ] as const;
    const table = tableOf(aState(SMALL, {}, { owners: { processes: { rows, withoutPss: 1 } }, missing }), 'processes');
    expect(table.sortedBy).toBe('rss');
    expect(table.notes).toEqual([
      '1 process: this kernel tells RSS only, which counts shared memory with each of them.',
      'The processes of other users are hidden (hidepid): only root sees them, and they are in no sum.',
    ]);
    const [smaps, hidden] = missingTexts(missing, true);
    expect(smaps?.remedy).toContain('CONFIG_PROC_PAGE_MONITOR');
    expect(hidden).toMatchObject({ why: expect.stringContaining('hidepid') as string, needsRoot: true });
  });

  test('nodes: what each is used for, of a machine that has several', () => {
    const zone = (node: number, name: string, managed: number, counters: Record<string, number>) => ({
      node,
      zone: name,
      free: 2,
      managed,
      protection: [],
      cpus: [],
      counters,
    });
    const zones = [
      zone(0, 'DMA32', 10, { nr_anon_pages: 5, nr_file_pages: 4, nr_shmem: 1, nr_slab_reclaimable: 1, nr_slab_unreclaimable: 2 }),
      zone(0, 'Normal', 90, {}),
      zone(1, 'Normal', 50, { nr_anon_pages: 7 }),
    ];
    const table = tableOf(aState(SMALL, { zones }), 'nodes');
    expect(table.rows.map(({ cells }) => cells)).toEqual([
      ['node 0', 100 * 4096, 4 * 4096, 5 * 4096, 4 * 4096, 4096, 3 * 4096],
      ['node 1', 50 * 4096, 2 * 4096, 7 * 4096, undefined, undefined, undefined],
    ]);
    expect(tablesOf(aState(SMALL, { zones: zones.slice(0, 2) })).has('nodes')).toBe(false);
    const lines = [...systemText(aState(SMALL, { zones }), { findings: [], verbose: false })].join('');
    expect(lines).toMatch(
      /NODE +SIZE +FREE +APPLICATIONS +CACHE +OF IT SHARED +SLAB\n +0 +400 KiB +16 KiB +20 KiB +16 KiB +4 KiB +12 KiB\n +1 /,
    );
  });

  test('slab: memory of the slabs, and what of it nobody uses', () => {
    const slab = [{ name: 'dentry', activeObjects: 10, objects: 42, objectSize: 192, pagesPerSlab: 1, activeSlabs: 2, slabs: 2 }];
    expect(rowOf(tableOf(aState(SMALL, { slab }), 'slab'))).toMatchObject({
      Memory: 8192,
      Waste: 8192 - 1920,
      'Object size': 192,
    });
  });

  test('vmalloc: by caller, without what only shows memory of others', () => {
    const area = { from: '0x1', to: '0x2', size: 8192, nodes: [] };
    const vmalloc = [
      { ...area, caller: 'leak+0x1/0x2', module: 'leakmod', pages: 1, flags: ['vmalloc'] },
      { ...area, caller: 'leak+0x1/0x2', module: 'leakmod', pages: 3, flags: ['vmalloc'] },
      { ...area, caller: 'pci_map', flags: ['ioremap'] },
    ];
    const table = tableOf(aState(SMALL, { vmalloc }), 'vmalloc');
    expect(table.rows.map(({ cells }) => cells)).toEqual([['leak+0x1/0x2', 4 * 4096, 2, 'leakmod']]);
    expect(table.notes[0]).toContain('1 area');
  });

  test('modules: whole pages beside their size', () => {
    const modules = [{ name: 'leakmod', size: 5000, usedBy: [] }];
    expect(rowOf(tableOf(aState(SMALL, { modules }), 'modules'))).toMatchObject({ Size: 5000, 'Whole pages': 8192 });
  });

  test('zones: free blocks say how broken up they are', () => {
    const buddy = [{ node: 0, zone: 'Normal', free: [512, 0, 0, 0, 0, 0, 0, 0, 0, 1] }];
    expect(rowOf(tableOf(aState(SMALL, { buddy }), 'zones'))).toMatchObject({
      Zone: 'node 0, Normal',
      Free: 1024 * 4096,
      'Largest block': 512 * 4096,
      Fragmented: 50,
    });
  });

  test('cgroups without a limit have none, and are not summed up', () => {
    const table = tableOf(aState(SMALL, { cgroups: [{ group: '/a', usage: 5, limit: 'max' }] }), 'cgroups');
    expect(rowOf(table)).toMatchObject({ Usage: 5, Limit: 'none', 'Of the limit': '' });
    expect(table.columns.some(({ isSum }) => isSum)).toBe(false);
  });

  test('huge pages of meminfo alone, where sysfs was not read; none where there are none', () => {
    const fields = { ...SMALL, Hugepagesize: 2048 };
    const huge = { ...fields, HugePages_Total: 4, HugePages_Free: 3, HugePages_Rsvd: 1, HugePages_Surp: 0 };
    const table = tableOf(aState(huge), 'huge-pages');
    expect(rowOf(table)).toMatchObject({ 'Page size': '2 MiB', Pages: 4, Free: 3, 'Not used': 2 * 2048 * KIB });
    expect(tablesOf(aState(fields)).has('huge-pages')).toBe(false);
  });

  test('segments that nobody has are named', () => {
    const shm = [{ key: -1, id: 3, size: 10, creator: 1, last: 2, attached: 0, uid: 0, removed: false }];
    const table = tableOf(aState(SMALL, { shm }), 'shm');
    expect(rowOf(table)).toMatchObject({ shmid: '3', Key: '0xffffffff', State: 'nobody has it' });
    expect(table.sortedBy).toBe('size');
    expect(table.notes[0]).toContain('ipcrm');
  });

  test('fields that nobody knows are shown and not added', () => {
    expect(rowOf(tableOf(aState({ ...SMALL, VendorThing: 5 }), 'fields'))).toEqual({ Field: 'VendorThing', Amount: 5 * KIB });
  });
});
