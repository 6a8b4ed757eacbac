import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RowContext } from '../../../../src/app/sampling/process-record.js';
import { ProcessTable } from '../../../../src/app/sampling/process-table.js';
import { type ProcessId, type ProcessStat, processId } from '../../../../src/model/process.js';

const context: RowContext = { pageSize: 4096, users: new Map(), memTotal: 1 << 30, rollupFile: 'smaps_rollup' };
const stat = (pid: number, more: Partial<ProcessStat> = {}): ProcessStat => ({
  pid,
  startTicks: 1,
  command: 'x',
  state: 'S',
  parent: 1,
  session: 1,
  minorFaults: 0,
  majorFaults: 0,
  threads: 1,
  vsz: 4096,
  rssPages: 1,
  ...more,
});

type Told =
  | { readonly kind: 'stat'; readonly pid: number; readonly start: number; readonly state: string; readonly faults: number }
  | { readonly kind: 'exit'; readonly pid: number }
  | { readonly kind: 'text'; readonly pid: number; readonly name: string; readonly bytes: Uint8Array }
  | {
      readonly kind: 'unreadable';
      readonly pid: number;
      readonly name: string;
      readonly why: 'gone' | 'permission' | 'unreadable';
    }
  | { readonly kind: 'maps'; readonly pid: number; readonly start: number }
  | { readonly kind: 'finish'; readonly everyStat: boolean }
  | { readonly kind: 'reopen' };

const pid = fc.integer({ min: 1, max: 4 });
const name = fc.constantFrom(
  'stat',
  'status',
  'statm',
  'smaps_rollup',
  'oom_score',
  'cmdline',
  'cgroup',
  'limits',
  'maps',
  'fd',
  'other',
);
const told: fc.Arbitrary<Told> = fc.oneof(
  fc.record({
    kind: fc.constant('stat' as const),
    pid,
    start: fc.integer({ min: 1, max: 3 }),
    state: fc.constantFrom('S', 'R', 'Z', 'X'),
    faults: fc.nat(1000),
  }),
  fc.record({ kind: fc.constant('exit' as const), pid }),
  fc.record({ kind: fc.constant('text' as const), pid, name, bytes: fc.uint8Array({ maxLength: 60 }) }),
  fc.record({ kind: fc.constant('unreadable' as const), pid, name, why: fc.constantFrom('gone', 'permission', 'unreadable') }),
  fc.record({ kind: fc.constant('maps' as const), pid, start: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('finish' as const), everyStat: fc.boolean() }),
  fc.constant({ kind: 'reopen' as const }),
);

describe('the table of processes', () => {
  test('whatever is told, in whatever order: rows are those of the processes that are there, and changes say so', () => {
    fc.assert(
      fc.property(fc.array(told, { maxLength: 80 }), (all) => {
        const table = new ProcessTable();
        const mirror = new Set<ProcessId>();
        let at = 1000;
        const finish = (everyStat: boolean): void => {
          at += 1000;
          table.begin(at);
          const change = table.finish({ at, everyStat, asked: [...table.all], context, tickMs: 1000, budget: 0.01 });
          for (const id of change.gone) mirror.delete(id);
          for (const row of change.changed) {
            mirror.add(processId(row));
            for (const rate of [row.minorFaultsPerSecond, row.majorFaultsPerSecond]) expect(rate ?? 0).toBeGreaterThanOrEqual(0);
            // Never 0 for unknown.
            if (row.rollupUnknown !== undefined) expect(row).not.toHaveProperty('uss');
          }
          expect(mirror).toEqual(new Set(table.rows.keys()));
          expect(mirror).toEqual(new Set([...table.all].map(({ id }) => id)));
        };
        for (const one of all) {
          if (one.kind === 'stat') {
            table.stat(stat(one.pid, { startTicks: one.start, state: one.state, minorFaults: one.faults }));
          } else if (one.kind === 'exit') table.exit(one.pid);
          else if (one.kind === 'text') table.text(one.pid, one.name, one.bytes);
          else if (one.kind === 'unreadable') table.unreadable(one.pid, one.name, one.why);
          else if (one.kind === 'maps') table.maps(one.pid, { vmas: 5, heap: { start: one.start, end: one.start + 1 } });
          else if (one.kind === 'reopen') table.reopen();
          else finish(one.everyStat);
        }
        finish(false);
      }),
      { numRuns: 300 },
    );
  });

  test('what a tick did not change is not told again, but for a rate that falls to 0', () => {
    const table = new ProcessTable();
    const finish = (at: number) => table.finish({ at, everyStat: true, asked: [], context, tickMs: 1000, budget: 0.01 });
    for (let i = 1; i <= 1000; i++) table.stat(stat(i, { minorFaults: i }));
    expect(finish(1000).changed).toHaveLength(1000);
    // Now the rates of all are known.
    expect(finish(2000).changed).toHaveLength(1000);
    expect(finish(3000).changed).toHaveLength(0);
    table.stat(stat(7, { minorFaults: 50 }));
    expect(finish(4000).changed.map(({ minorFaultsPerSecond }) => minorFaultsPerSecond)).toEqual([43]);
    expect(finish(5000).changed.map(({ minorFaultsPerSecond }) => minorFaultsPerSecond)).toEqual([0]);
    expect(finish(6000).changed).toEqual([]);
  });

  test('a counter that goes down gives no rate', () => {
    const table = new ProcessTable();
    const finish = (at: number) => table.finish({ at, everyStat: true, asked: [], context, tickMs: 1000, budget: 0.01 });
    table.stat(stat(1, { minorFaults: 100 }));
    finish(1000);
    table.stat(stat(1, { minorFaults: 40 }));
    expect(finish(2000).changed[0]).not.toHaveProperty('minorFaultsPerSecond');
  });

  describe('resident memory', () => {
    const statm = (resident: number): Uint8Array => new TextEncoder().encode(`1000 ${resident} 50 100 0 400 0\n`);
    const filled = (rssPages: number) => {
      const table = new ProcessTable();
      let at = 0;
      const finish = (asked: readonly string[]): number | undefined => {
        const record = table.find(7);
        if (record !== undefined) record.asked = asked;
        const records = record === undefined ? [] : [record];
        table.finish({ at: ++at * 1000, everyStat: true, asked: records, context, tickMs: 1000, budget: 0.01 });
        const row = [...table.rows.values()][0];
        return row === undefined ? undefined : row.rss / 4096;
      };
      table.stat(stat(7, { rssPages }));
      return { table, finish };
    };

    test('is that of statm, which newer kernels sum up exactly; stat tells what has changed since', () => {
      const { table, finish } = filled(100);
      expect(finish([])).toBe(100);
      table.text(7, 'statm', statm(120));
      expect(finish(['statm'])).toBe(120);
      expect(finish([])).toBe(120);
      table.stat(stat(7, { rssPages: 164 }));
      expect(finish([])).toBe(184);
      // A text that has not changed is not told again.
      expect(finish(['statm'])).toBe(120);
      table.stat(stat(7, { rssPages: 0 }));
      expect(finish([])).toBe(0);
    });

    test('of another program is not what it lacked before', () => {
      const { table, finish } = filled(100);
      table.maps(7, { vmas: 5, heap: { start: 1, end: 2 } });
      table.text(7, 'statm', statm(120));
      expect(finish(['statm', 'maps'])).toBe(120);
      table.maps(7, { vmas: 5, heap: { start: 3, end: 4 } });
      table.stat(stat(7, { rssPages: 30 }));
      expect(finish(['maps'])).toBe(30);
    });
  });

  test('a process without address space has no memory map, whoever has started it', () => {
    const table = new ProcessTable();
    table.stat(stat(7, { vsz: 0, rssPages: 0, parent: 4000 }));
    const record = table.find(7);
    if (record !== undefined) record.asked = ['smaps_rollup'];
    table.unreadable(7, 'smaps_rollup', 'gone');
    const asked = record === undefined ? [] : [record];
    const { changed } = table.finish({ at: 1000, everyStat: true, asked, context, tickMs: 1000, budget: 0.01 });
    expect(changed[0]?.rollupUnknown).toBe('no-memory-map');
  });
});
