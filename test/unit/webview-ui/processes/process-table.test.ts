import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProcessEntry } from '../../../../src/protocol/trends.js';
import { mergeMessages, type ProcessesMessage, ProcessRecords } from '../../../../webview-ui/processes/process-records.js';
import { ProcessTable } from '../../../../webview-ui/processes/process-table.js';
import { entry, kernelThread, unreadable } from './entries.js';

const delta = (changed: readonly ProcessEntry[], gone: readonly string[] = []): ProcessesMessage => ({
  kind: 'processes',
  mode: 'delta',
  changed,
  gone,
});
const reset = (changed: readonly ProcessEntry[]): ProcessesMessage => ({ kind: 'processes', mode: 'reset', changed, gone: [] });

function tableOf(entries: readonly ProcessEntry[]): { records: ProcessRecords; table: ProcessTable; pids: () => number[] } {
  const records = new ProcessRecords();
  const table = new ProcessTable(records);
  table.accept(records.apply(reset(entries)));
  table.refresh();
  return { records, table, pids: () => table.rows().map(({ original }) => original.entry.pid) };
}

describe('order', () => {
  const list = [
    entry(1, { uss: 5, command: 'beta' }),
    unreadable(2, { command: 'Alpha' }),
    entry(3, { uss: 9, command: 'alpha' }),
    entry(4, { uss: 5 }),
    kernelThread(5),
  ];

  test('by size, largest first; unknown last in either direction; equal ones by PID', () => {
    const { table, pids } = tableOf(list);
    expect(pids()).toEqual([3, 1, 4, 2, 5]);
    table.sort({ column: 'uss', descending: false });
    expect(pids()).toEqual([1, 4, 3, 2, 5]);
  });

  test('names by letters, not by case', () => {
    const { table, pids } = tableOf(list);
    table.sort({ column: 'command', descending: false });
    expect(pids()).toEqual([2, 3, 1, 5, 4]);
  });

  test('a change that keeps the order costs nothing, one that does not is told', () => {
    const { records, table, pids } = tableOf(list);
    expect(table.accept(records.apply(delta([entry(3, { uss: 8, command: 'alpha' })])))).toBe(false);
    expect(table.accept(records.apply(delta([entry(3, { uss: 8, rss: 77, command: 'alpha' })])))).toBe(false);
    expect(table.accept(records.apply(delta([entry(1, { uss: 99, command: 'beta' })])))).toBe(true);
    expect(pids()).toEqual([3, 1, 4, 2, 5]);
    table.refresh();
    expect(pids()).toEqual([1, 3, 4, 2, 5]);
  });

  test('whatever changes, the order is that of a table made anew', () => {
    const sizes = fc.array(fc.tuple(fc.nat(12), fc.option(fc.nat(9), { nil: undefined })), { maxLength: 30 });
    fc.assert(
      fc.property(sizes, fc.array(sizes, { maxLength: 4 }), (first, later) => {
        const made = (list: typeof first) => [
          ...new Map(list.map(([pid, uss]) => [pid, uss === undefined ? unreadable(pid) : entry(pid, { uss })])).values(),
        ];
        const { records, table, pids } = tableOf(made(first));
        for (const list of later) if (table.accept(records.apply(delta(made(list))))) table.refresh();
        expect(pids()).toEqual(tableOf([...records.all()].map((record) => record.entry)).pids());
      }),
    );
  });

  test('rows of processes that live on stay the same objects', () => {
    const { records, table } = tableOf(list);
    const before = new Map(table.rows().map((row) => [row.id, row]));
    table.accept(records.apply(delta([entry(1, { uss: 99, command: 'beta' }), entry(9)], ['4:1'])));
    table.refresh();
    const kept = table.rows().filter(({ id }) => id !== '9:1');
    expect(kept.map(({ id }) => id)).toEqual(['1:1', '3:1', '2:1', '5:1']);
    for (const row of kept) expect(before.get(row.id)).toBe(row);
  });
});

describe('groups', () => {
  const list = [
    entry(1, { user: 'ada', uss: 5 }),
    entry(2, { user: 'root', uss: 7 }),
    entry(3, { user: 'ada', uss: 4 }),
    unreadable(4, { user: 'root' }),
  ];

  test('by their sums, with their processes below them', () => {
    const { table } = tableOf(list);
    table.group('user');
    expect(table.rows().map(({ id }) => id)).toEqual(['user:ada', 'user:root']);
    expect(table.sumsOf(table.rows()[0]!).get('uss')).toMatchObject({ total: 9, unknown: 0 });
    expect(table.sumsOf(table.rows()[1]!).get('uss')).toMatchObject({ total: 7, unknown: 1 });
    table.toggle(table.rows()[0]!, true);
    expect(table.rows().map(({ id }) => id)).toEqual(['user:ada', '1:1', '3:1', 'user:root']);
  });

  test('sums and order follow the values', () => {
    const { records, table } = tableOf(list);
    table.group('user');
    expect(table.accept(records.apply(delta([entry(2, { user: 'root', uss: 70 })])))).toBe(true);
    table.refresh();
    expect(table.rows().map(({ id }) => id)).toEqual(['user:root', 'user:ada']);
    expect(table.sumsOf(table.rows()[0]!).get('uss')?.total).toBe(70);
  });

  test('a process that changes its user changes its group', () => {
    const { records, table } = tableOf(list);
    table.group('user');
    table.accept(records.apply(delta([entry(3, { user: 'root', uss: 4 })])));
    table.refresh();
    expect(table.groups().map((group) => [group.id, group.subRows.length])).toEqual([
      ['user:root', 3],
      ['user:ada', 1],
    ]);
    table.group('none');
    expect(table.rows().map(({ id, depth }) => [id, depth])).toEqual([
      ['2:1', 0],
      ['1:1', 0],
      ['3:1', 0],
      ['4:1', 0],
    ]);
  });
});

test('a filter lets through what matches; a value that passes a limit is told', () => {
  const { records, table, pids } = tableOf([entry(1, { uss: 5 }), entry(2, { uss: 50 })]);
  table.filter((record) => (record.entry.uss ?? 0) > 10);
  table.refresh();
  expect(pids()).toEqual([2]);
  expect(table.accept(records.apply(delta([entry(1, { uss: 6 })])))).toBe(false);
  expect(table.accept(records.apply(delta([entry(1, { uss: 60 })])))).toBe(true);
  table.refresh();
  expect(pids()).toEqual([1, 2]);
});

test('messages that were merged leave what they would have left one by one', () => {
  const step = fc.record({
    mode: fc.constantFrom('reset' as const, 'delta' as const),
    pids: fc.array(fc.nat(6)),
    gone: fc.array(fc.nat(6)),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1 }), (steps) => {
      const messages = steps.map(
        ({ mode, pids, gone }, at): ProcessesMessage => ({
          kind: 'processes',
          mode,
          changed: [...new Set(pids)].map((pid) => entry(pid, { uss: at })),
          gone: mode === 'reset' ? [] : gone.map((pid) => `${pid}:1`),
        }),
      );
      const state = (list: readonly ProcessesMessage[]) => {
        const records = new ProcessRecords();
        for (const message of list) records.apply(message);
        return new Map([...records.all()].map((record) => [record.id, record.entry.uss]));
      };
      const merged = messages.reduce<ProcessesMessage | undefined>((first, next) => mergeMessages(first, next), undefined);
      expect(state([merged!])).toEqual(state(messages));
    }),
  );
});
