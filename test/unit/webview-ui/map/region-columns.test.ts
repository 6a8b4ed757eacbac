import { describe, expect, test } from 'vitest';
import { snapshotOfFile } from '../../../../src/app/map/snapshot-of-file.js';
import { visibleText } from '../../../../src/base/visible-text.js';
import { textAt } from '../../../../src/model/map-table.js';
import { parseSavedMap } from '../../../../src/procfs/saved-map.js';
import { cellNote, cellText, DASH, sumNote, sumText } from '../../../../webview-ui/map/region-cells.js';
import { columnsOfSet, setsFor } from '../../../../webview-ui/map/region-column-sets.js';
import { RegionColumns } from '../../../../webview-ui/map/region-columns.js';
import { copyText } from '../../../../webview-ui/map/region-copy.js';
import { RegionData } from '../../../../webview-ui/map/region-data.js';
import { RegionSums } from '../../../../webview-ui/map/region-sums.js';
import { columnsShown, readTableState, widthsOf } from '../../../../webview-ui/map/region-table-state.js';
import { captured, regionsOf, smapsText, snapshotOf, words } from './regions.js';

const odd = regionsOf(captured('odd-maps-64/smaps'));
const bare = regionsOf(captured('odd-maps-64/maps'));

type Regions = ReturnType<typeof regionsOf>;

const ids = ({ offered }: Regions): readonly string[] => offered.map(({ id }) => id);
const column = ({ columns }: Regions, id: string) => columns.of(id)!;
const heap = Array.from({ length: odd.data.length }, (_, row) => row).find(
  (row) => textAt(odd.data.table.path, row) === '[heap]',
)!;

describe('columns', () => {
  test('are those that the map tells: of smaps every figure of it, once', () => {
    const shown = odd.offered.flatMap(({ id }) => id.replace('figure:', ''));
    expect(new Set(shown).size).toBe(shown.length);
    const asAmounts: Readonly<Record<string, string>> = { Rss: 'rss', Pss: 'pss', Swap: 'swap', Locked: 'locked' };
    for (const name of Object.keys(odd.data.table.figures)) expect(shown).toContain(asAmounts[name] ?? name);
    for (const id of [
      'start',
      'end',
      'size',
      'permissions',
      'offset',
      'device',
      'inode',
      'path',
      'segment',
      'uss',
      'thp',
      'flags',
    ])
      expect(shown).toContain(id);
    expect(shown).not.toContain('growth');
  });

  test('of maps no amounts but the size', () => {
    expect(ids(bare)).toEqual(
      expect.arrayContaining(['start', 'end', 'size', 'permissions', 'offset', 'device', 'inode', 'path']),
    );
    expect(bare.offered.filter(({ unit }) => unit === 'bytes').map(({ id }) => id)).toEqual(['size']);
    expect(ids(bare)).not.toContain('flags');
  });

  test('of a saved pmap -x what that tells, its Dirty with the words of ours', async () => {
    const text = `7: ./a
Address           Kbytes     RSS   Dirty Mode  Mapping
0000000000400000       4       4       0 r-x-- a
00007f0000000000     132     100      96 rw---   [ anon ]
---------------- ------- ------- -------
total kB             136     104      96
`;
    const parsed = await parseSavedMap(
      (async function* () {
        yield Buffer.from(text);
      })(),
    );
    const data = new RegionData(words, snapshotOfFile(parsed!, 'saved', 0), undefined);
    const columns = new RegionColumns(words);
    const offered = columns.offered(data);
    expect(columnsOfSet('pmap-x', offered)).toEqual(['start', 'size', 'rss', 'figure:Dirty', 'permissions', 'path']);
    expect(offered.map(({ id }) => id)).not.toEqual(expect.arrayContaining(['offset']));
    expect(cellText(columns.of('figure:Dirty')!, data, 1)).toBe('96.0 KiB');
    expect(columns.of('figure:Dirty')!.definition).toContain('the pages that were written');
    expect(setsFor(offered).map(([id]) => id)).toEqual(['overview', 'pmap-x', 'all']);
  });

  test('an empty map has its first column', () => {
    expect(ids(regionsOf('')).slice(0, 1)).toEqual(['start']);
  });

  test('a figure that nobody knows has its column; without a unit it is no amount', () => {
    const text = smapsText([{ start: 0x1000, figures: { Rss: 4, Frobbed: 8 } }]).replace('VmFlags', 'Wobble: 3\nVmFlags');
    const regions = regionsOf(`${text}Wobble:         3\n`);
    expect(column(regions, 'figure:Frobbed')).toMatchObject({ unit: 'bytes', summed: true });
    expect(column(regions, 'figure:Wobble')).toMatchObject({ unit: 'count', summed: false });
    expect(column(regions, 'figure:Frobbed').definition).toContain('this version of MemLens knows no more of it');
  });

  test('stay the same objects from map to map', () => {
    const columns = new RegionColumns(words);
    const of = (text: string) => columns.offered(new RegionData(words, snapshotOf(text), undefined));
    const first = of(captured('odd-maps-64/smaps'));
    const second = of(captured('odd-maps-64/smaps'));
    second.forEach((one, at) => {
      expect(one).toBe(first[at]);
    });
  });

  test('each has its sentence', () => {
    for (const { id, definition } of odd.offered) expect(`${id} ${definition}`).toMatch(/^\S+ [A-Za-z0-9].*\.$/);
  });
});

describe('sets of columns', () => {
  test('of pmap -x and smaps are in the order of these', () => {
    expect(columnsOfSet('pmap-x', odd.offered)).toEqual(['start', 'size', 'rss', 'dirty', 'permissions', 'path']);
    expect(columnsOfSet('maps', odd.offered)).toEqual(['start', 'end', 'permissions', 'offset', 'device', 'inode', 'path']);
    expect(columnsOfSet('smaps', odd.offered).slice(-2)).toEqual(['flags', 'path']);
    expect(columnsOfSet('all', odd.offered)).toEqual(ids(odd));
  });

  test('those that come to the same are offered once, and none that the map tells too little for', () => {
    const shown = setsFor(bare.offered).map(([id]) => columnsOfSet(id, bare.offered).join());
    expect(new Set(shown).size).toBe(shown.length);
    expect(setsFor(odd.offered).map(([id]) => id)).toEqual(['overview', 'maps', 'pmap-x', 'pmap-X', 'smaps', 'all']);
    expect(setsFor(bare.offered).map(([id]) => id)).toEqual(['overview', 'maps', 'all']);
  });

  test('every set begins with the address', () => {
    for (const [id] of setsFor(odd.offered)) expect(columnsOfSet(id, odd.offered)[0]).toBe('start');
  });
});

describe('what was chosen', () => {
  test('is read back; what is not understood is as at first', () => {
    const first = readTableState(undefined);
    expect(readTableState(structuredClone(first))).toEqual(first);
    const own = {
      columns: ['start', 'rss', 'figure:Private_Dirty'],
      widths: { rss: 120 },
      sorting: { column: 'rss', descending: true },
      grouping: 'file',
      filter: 'perm:w',
    };
    expect(readTableState(own)).toEqual(own);
    expect(readTableState({ columns: 7, widths: { rss: -1, pss: 'x' }, sorting: 'up', grouping: 'colour', filter: {} })).toEqual(
      first,
    );
  });

  test('columns that a map does not tell are passed over', () => {
    const state = readTableState({ columns: ['start', 'rss', 'path'] });
    expect(columnsShown(state, odd.offered)).toEqual(['start', 'rss', 'path']);
    expect(columnsShown(state, bare.offered)).toEqual(['start', 'path']);
  });

  test('a width of the user’s own holds, also where there is little room', () => {
    const columns = [column(odd, 'start'), column(odd, 'rss')];
    expect(widthsOf(columns, readTableState({ widths: { rss: 120 } }), 1000)).toEqual([column(odd, 'start').width, 120]);
    expect(widthsOf(columns, readTableState({}), 400)[0]).toBeLessThan(column(odd, 'start').width);
    expect(widthsOf(columns, readTableState({ widths: { start: 300 } }), 400)[0]).toBe(300);
  });
});

describe('cells', () => {
  test('addresses in hexadecimal, amounts in units, 0 as 0, what is not told as a dash', () => {
    expect(cellText(column(odd, 'start'), odd.data, heap)).toMatch(/^[0-9a-f]{8,}$/);
    expect(cellText(column(odd, 'size'), odd.data, heap)).toBe('132.0 KiB');
    expect(cellText(column(odd, 'swap'), odd.data, heap)).toBe('0');
    expect(cellText(column(odd, 'segment'), odd.data, heap)).toBe('Heap');
    const mixed = regionsOf(smapsText([{ start: 0x1000, figures: { Rss: 4 } }, { start: 0x2000 }]));
    expect(cellText(column(mixed, 'rss'), mixed.data, 1)).toBe(DASH);
  });

  test('a path can not turn or break what is shown', () => {
    for (let row = 0; row < odd.data.length; row++) {
      const text = cellText(column(odd, 'path'), odd.data, row);
      expect(text).toBe(visibleText(textAt(odd.data.table.path, row)));
      expect(text).not.toMatch(/[\n\t\u202e]/);
    }
  });

  test('notes give bytes, the rule that decided, and what letters mean', () => {
    expect(cellNote(column(odd, 'size'), odd.data, heap)).toBe('Size: 135,168 bytes');
    expect(cellNote(column(odd, 'segment'), odd.data, heap)).toContain('Decided by: The kernel names it [heap]');
    expect(cellNote(column(odd, 'permissions'), odd.data, heap)).toBe('readable, writable, private');
    expect(cellNote(column(odd, 'flags'), odd.data, heap)).toContain('rd: readable\nwr: writable');
  });
});

describe('sums', () => {
  const rows = Uint32Array.from({ length: odd.data.length }, (_, row) => row);

  test('of all are those of the figures', () => {
    const sums = new RegionSums(odd.data, rows);
    for (const one of odd.offered.filter(({ summed }) => summed)) {
      const expected = [...rows].reduce((sum, row) => sum + one.number(odd.data, row), 0);
      expect([one.id, sums.get(one)]).toEqual([one.id, expect.objectContaining({ total: expected, unknown: 0 })]);
    }
    expect(sums.get(column(odd, 'figure:KernelPageSize'))).toBe(undefined);
    expect(sums.get(column(odd, 'path'))).toBe(undefined);
  });

  test('say when some are missing in them, or all', () => {
    const mixed = regionsOf(
      smapsText([{ start: 0x1000, figures: { Rss: 4 } }, { start: 0x2000 }, { start: 0x3000, figures: { Pss: 4 } }]),
    );
    const rss = column(mixed, 'rss');
    const sum = new RegionSums(mixed.data, Uint32Array.of(0, 1, 2)).get(rss)!;
    expect(sumText(rss, sum, 3)).toBe('≥ 4.0 KiB');
    expect(sumNote(rss, sum, 3, sum)).toBe('Sum of RSS: 4,096 bytes, 100 % of all. 2 regions that do not tell it left out.');
    const none = new RegionSums(mixed.data, Uint32Array.of(1, 2)).get(rss)!;
    expect(sumText(rss, none, 2)).toBe(DASH);
    expect(sumText(rss, new RegionSums(mixed.data, new Uint32Array()).get(rss), 0)).toBe('0');
  });
});

describe('copying', () => {
  test('gives a line of names and one of each row, cells apart by tabs, amounts in bytes', () => {
    const columns = ['start', 'size', 'permissions', 'rss', 'path'].map((id) => column(odd, id));
    const lines = copyText(columns, odd.data, [heap, 0]).split('\n');
    expect(lines[0]).toBe('Start\tSize [bytes]\tPerm\tRSS [bytes]\tPath or name');
    expect(lines[1]).toMatch(/^0x[0-9a-f]{8,}\t135168\trw-p\t12288\t\[heap\]$/);
    expect(lines).toHaveLength(4);
    expect(lines[3]).toBe('');
  });

  test('no name makes a cell or a line of its own, nor a formula', () => {
    const text = smapsText([
      { start: 0x1000, path: '/tmp/a\tb\\012c' },
      { start: 0x2000, path: '=HYPERLINK("x")' },
    ]);
    const regions = regionsOf(text);
    const lines = copyText([column(regions, 'start'), column(regions, 'path')], regions.data, [0, 1])
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(3);
    expect(lines.map((line) => line.split('\t').length)).toEqual([2, 2, 2]);
    expect(lines[2]).toBe('0x00002000\t\'=HYPERLINK("x")');
  });

  test('what is not told is an empty cell', () => {
    const regions = regionsOf(smapsText([{ start: 0x1000, figures: { Rss: 4 } }, { start: 0x2000 }]));
    const columns = [column(regions, 'start'), column(regions, 'rss')];
    expect(copyText(columns, regions.data, [1])).toBe('Start\tRSS [bytes]\n0x00002000\t\n');
  });
});
