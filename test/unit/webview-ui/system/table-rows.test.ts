import { describe, expect, test } from 'vitest';
import type { SystemTable } from '../../../../src/protocol/system.js';
import { readSaved } from '../../../../webview-ui/system/saved.js';
import { cellText, filteredRows, sortedRows, sumsOf } from '../../../../webview-ui/system/table-rows.js';

const MIB = 1024 * 1024;
const table: SystemTable = {
  title: 'Caches',
  words: ['cache', 'caches'],
  sortedBy: 'bytes',
  notes: [],
  columns: [
    { id: 'name', label: 'Name', definition: '', unit: 'text' },
    { id: 'bytes', label: 'Memory', definition: '', unit: 'bytes', isSum: true },
    { id: 'pid', label: 'PID', definition: '', unit: 'count' },
    { id: 'user', label: 'User', definition: '', unit: 'text' },
  ],
  rows: [
    { id: 'a', cells: ['dentry', 20 * MIB, 7, 'root'] },
    { id: 'b', cells: ['inode_cache', undefined, 12_345, undefined] },
    { id: 'c', cells: ['kmalloc-64', 2 * MIB, 3, 'ada'] },
  ],
};
const ids = (rows: SystemTable['rows']): string => rows.map(({ id }) => id).join('');

describe('the rows of a table', () => {
  test('are sorted, and what is not told is last either way', () => {
    const by = (column: string, descending: boolean) => ids(sortedRows(table, table.rows, { column, descending }));
    expect([by('bytes', true), by('bytes', false)]).toEqual(['acb', 'cab']);
    expect([by('name', false), by('user', true), by('no such', true)]).toEqual(['abc', 'acb', 'abc']);
  });

  test('are filtered by words, by words that must not be there, and by amounts', () => {
    const found = (text: string) => ids(filteredRows(table, text));
    expect([found(''), found('CACHE'), found('-cache'), found('root dentry'), found('root ada')]).toEqual([
      'abc',
      'b',
      'ac',
      'a',
      '',
    ]);
    expect([found('>10M'), found('<10mib'), found('>1m -root'), found('>'), found('12345')]).toEqual(['a', 'c', 'c', '', 'b']);
  });

  test('are summed up where a column has a sum, without what is not told', () => {
    expect(sumsOf(table, table.rows)).toEqual({ bytes: '22.0 MiB' });
    expect(sumsOf(table, table.rows.slice(1, 2))).toEqual({});
  });

  test('cells say what they are: numbers of processes have no thousands, names can’t hide anything', () => {
    const [name, bytes, pid] = table.columns;
    expect(cellText('a\u202eb\n', name!)).toBe('a\\u202eb\\n');
    expect(cellText(undefined, bytes!)).toBe('–');
    expect(cellText(12_345, pid!)).toBe('12345');
    expect(cellText(-3 * MIB, { ...bytes!, unit: 'change' })).toBe('\u22123.0 MiB');
    expect(cellText(3 * MIB, { ...bytes!, unit: 'change' })).toBe('+3.0 MiB');
    expect(cellText(12.34, { ...bytes!, unit: 'percent' })).toBe('12.3 %');
  });
});

describe('what the page keeps', () => {
  test('what is not understood is as at first', () => {
    const first = readSaved(undefined);
    expect(first).toMatchObject({ panel: 'owners', showsInside: true, showsZeros: false, sortings: {} });
    for (const state of [null, 3, { panel: 'x', showsInside: 'y', table: 5, sortings: { a: 4, b: { column: 5 } } }]) {
      expect(readSaved(state)).toEqual(first);
    }
    const kept = {
      panel: 'free',
      showsInside: false,
      showsZeros: true,
      item: 'slab',
      table: 'swap',
      sortings: { swap: { column: 'used', descending: false } },
    };
    expect(readSaved(kept)).toEqual(kept);
  });
});
