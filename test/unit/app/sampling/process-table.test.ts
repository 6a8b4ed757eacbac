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
});
