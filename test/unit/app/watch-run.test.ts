import { beforeEach, describe, expect, test } from 'vitest';
import { findProcesses, listProcesses } from '../../../src/app/process-search.js';
import { TrendMonitor } from '../../../src/app/trend-monitor.js';
import { CsvView, NdjsonView, OpenMetricsView } from '../../../src/app/watch-data-views.js';
import { runWatch, type WatchOutcome, type WatchView } from '../../../src/app/watch-run.js';
import { SpokenView, TextView } from '../../../src/app/watch-text-view.js';
import { CancelSource, neverCancelled } from '../../../src/base/cancel.js';
import type { Fault } from '../../../src/base/fault.js';
import type { Result } from '../../../src/base/result.js';
import { createSeriesTable } from '../../../src/insight/series-table.js';
import { silentLog as silent } from '../../silent-log.js';
import { FakeClock } from './fake-clock.js';
import { FakeMachine, FakeSource, rollupText } from './fake-reader.js';

const EPOCH = 1_700_000_000_000;
const lost: Fault = { code: 'target-unreachable', target: 'board', detail: '', why: 'lost' };

let clock: FakeClock;
let machine: FakeMachine;
let monitor: TrendMonitor;
let stop: CancelSource;
let text: string;
const write = (part: string): void => {
  text += part;
};
const lines = (): string[] => text.split('\n').filter((line) => line !== '');

beforeEach(() => {
  clock = new FakeClock();
  machine = new FakeMachine(clock);
  stop = new CancelSource();
  text = '';
  monitor = new TrendMonitor({
    target: { name: 'board', config: { kind: 'local' } },
    source: new FakeSource(machine),
    clock,
    epochMs: () => EPOCH,
    log: silent,
    settings: { intervalMs: 1000, budget: 0.01 },
    createSeries: createSeriesTable,
  });
});

type Run = { result: Result<WatchOutcome, Fault> | undefined };
function start(view: WatchView, pid?: number, durationMs?: number): Run {
  const run: Run = { result: undefined };
  void runWatch(monitor, view, { pid, durationMs, clock, stop }).then((result) => {
    run.result = result;
  });
  return run;
}
const textView = (): TextView => new TextView({ write }, clock, 1000);

describe('a watch from the command line', () => {
  test('of a process ends with it, says so, and gives the verdict with its reasons', async () => {
    machine.add(10, { command: 'evil\x1b[31m' }).files.cmdline = '/bin/evil\x1b]0;x\x07\0';
    const run = start(textView(), 10);
    await clock.advance(3000);
    machine.processes.delete(10);
    await clock.advance(1000);
    expect(run.result).toMatchObject({ ok: true, value: { why: 'process-ended', verdict: { state: 'undecided' } } });
    expect(lines()[0]).toBe('Watching evil\\x1b[31m (10) on board (board, Linux 6.1.0): /bin/evil\\x1b]0;x\\x07');
    expect(lines()[1]).toMatch(/^\d\d:\d\d:\d\d {2}RSS 1\.1 MiB {2}USS 1000 KiB {2}PSS 1\.0 MiB|^\d\d:\d\d:\d\d {2}RSS/);
    expect(lines()).toContain('evil\\x1b[31m (10) has ended.');
    expect(lines().at(-2)).toMatch(/^evil\\x1b\[31m \(10\): No verdict yet/);
    expect(lines().at(-1)).toMatch(/^ {2}- /);
    expect(text).not.toContain('\x1b');
    await clock.advance(10_000);
    expect(machine.readers.size).toBe(0);
  });

  test('of a process whose memory we may not read says so with the verdict', async () => {
    const process = machine.add(10);
    process.files.smaps_rollup = { why: 'permission' };
    process.maps = { why: 'permission' };
    process.fds = { why: 'permission' };
    const run = start(textView(), 10, 3000);
    await clock.advance(5000);
    expect(run.result?.ok).toBe(true);
    expect(lines().join('\n')).toMatch(/: No verdict yet on (?!USS)/);
    expect(lines().at(-1)).toBe('  - PSS and USS are not known: needs the same user, or root.');
  });

  test('of a process that is not there is a failure', async () => {
    const run = start(textView(), 4711);
    await clock.advance(1000);
    expect(run.result).toEqual({ ok: false, error: { code: 'not-found', path: '4711', what: 'process' } });
    expect(text).toBe('');
  });

  test('for five minutes is long enough for a verdict', async () => {
    const process = machine.add(10);
    const run = start(textView(), 10, 300_000);
    for (let second = 0; second < 310; second++) {
      process.files.smaps_rollup = rollupText(1000 + second * 64);
      await clock.advance(1000);
    }
    expect(run.result).toMatchObject({ ok: true, value: { why: 'duration', verdict: { state: 'growing' } } });
    // The first sample of it comes a tick after it was found.
    expect(lines().filter((line) => /^\d\d:/.test(line))).toHaveLength(301);
  });

  test('a first connection that fails is the end; one that is lost later is told, and waited for', async () => {
    machine.openFaults.push(lost);
    const failed = start(textView());
    await clock.advance(100);
    expect(failed.result).toEqual({ ok: false, error: lost });

    monitor.retry();
    const run = start(textView());
    await clock.advance(2500);
    machine.cut(lost);
    machine.openFaults.push(lost);
    await clock.advance(5000);
    expect(run.result).toBeUndefined();
    const told = lines().filter((line) => /Trying again|again\.$/.test(line));
    expect(told).toEqual([
      expect.stringMatching(/Trying again in 1 s\.$/),
      expect.stringMatching(/Trying again in 2 s\.$/),
      'The connection is there again.',
    ]);
    stop.cancel();
    await clock.advance(0);
    expect(run.result).toMatchObject({ ok: true, value: { why: 'stopped' } });
  });

  test('of a machine that is away, it ends when its time is over', async () => {
    const run = start(textView(), undefined, 5000);
    await clock.advance(1500);
    machine.openFaults.push(...Array.from({ length: 20 }, () => lost));
    machine.cut(lost);
    await clock.advance(10_000);
    expect(run.result).toMatchObject({ ok: true, value: { why: 'duration' } });
  });

  test('it ends in time, also when the next sample would come much later', async () => {
    monitor.configure({ intervalMs: 60_000, budget: 0.01 });
    machine.add(10);
    const ofMachine = start(textView(), undefined, 3000);
    const ofProcess = start(textView(), 10, 3000);
    await clock.advance(8000);
    expect(ofMachine.result).toMatchObject({ ok: true, value: { why: 'duration' } });
    expect(ofProcess.result).toMatchObject({ ok: true, value: { why: 'duration' } });
  });

  test('of a kernel thread, which has no command line, names it once', async () => {
    machine.add(2, { command: 'kthreadd' }).files.cmdline = '';
    start(textView(), 2);
    await clock.advance(1500);
    expect(lines()[0]).toMatch(/^Watching kthreadd \(2\) on board \(.*\)$/);
  });

  test('a live line fits the terminal, however narrow, and ends before the last words', async () => {
    machine.add(10);
    const seen: string[] = [];
    const live = { replace: (line: string) => seen.push(line), end: () => seen.push('END'), width: 40 };
    const run = start(new TextView({ write: (part) => seen.push(part), live }, clock, 1000), 10, 3000);
    await clock.advance(6000);
    expect(run.result?.ok).toBe(true);
    const rewritten = seen.filter((line) => /^\d\d:/.test(line));
    expect(rewritten).toHaveLength(4);
    for (const line of rewritten) {
      expect(line.length).toBeLessThanOrEqual(40);
      expect(line).toMatch(/^\d\d:\d\d:\d\d {2}no verdict yet/);
    }
    expect(seen.indexOf('END')).toBe(seen.findIndex((line) => line.includes('No verdict yet')) - 1);
  });
});

describe('formats for programs', () => {
  test('ndjson: every line is an object, units are in the names, unknown is null', async () => {
    machine.add(10);
    start(new NdjsonView(write), 10, 2000);
    await clock.advance(2500);
    machine.change(10, { command: 'sh' });
    machine.processes.get(10)!.files.cmdline = 'sh\0';
    await clock.advance(3000);
    const records = lines().map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records.map(({ kind }) => kind)).toEqual(['begin', 'sample', 'sample', 'sample', 'verdict']);
    expect(records[0]).toMatchObject({
      schemaVersion: 1,
      target: 'board',
      machine: { hostname: 'board', pageSizeBytes: 4096 },
      process: { pid: 10, startTicks: 1010, command: 'program-10' },
    });
    expect(records[1]).toMatchObject({ at: '2023-11-14T22:13:21.000Z', ussBytes: 1_024_000, vmas: 82, cgroupLimitBytes: null });
    expect(records[4]).toMatchObject({ why: 'duration', verdict: { state: 'undecided', measure: 'uss' } });
  });

  test('csv of the machine: the same columns in every row, rates from the second on', async () => {
    const said: string[] = [];
    start(new SpokenView(new CsvView(write), (line) => said.push(line), clock), undefined, 2000);
    await clock.advance(3000);
    const rows = text
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(','));
    expect(rows).toHaveLength(4);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
    const faults = rows[0]!.indexOf('vm.faults [per-second]');
    expect(rows.slice(1).map((row) => row[faults])).toEqual(['', '0', '0']);
    expect(said[0]).toMatch(/^board, all applications: No verdict yet/);
  });

  test('openmetrics: the whole series in the end', async () => {
    machine.add(10);
    start(new OpenMetricsView(write), 10, 2000);
    await clock.advance(2500);
    expect(text).toBe('');
    await clock.advance(2000);
    expect(text).toMatch(/^# TYPE /);
    expect(text).toMatch(/\n# EOF\n$/);
    expect(lines().filter((line) => /uss.*pid="10"/.test(line))).toHaveLength(3);
  });
});

describe('processes by name', () => {
  const find = async (name: string, ownPid?: number): Promise<number[] | Fault> => {
    let found: Result<readonly { readonly pid: number }[], Fault> | undefined;
    void findProcesses(monitor, name, clock, neverCancelled, ownPid).then((result) => {
      found = result;
    });
    await clock.advance(10_000);
    if (found === undefined) throw new Error('no answer');
    return found.ok ? found.value.map(({ pid }) => pid) : found.error;
  };

  test('by the name of the kernel, which is cut, else by the program of the command line', async () => {
    machine.add(10, { command: 'web-server-with' }).files.cmdline = '/opt/web-server-with-a-long-name\0-x\0';
    machine.add(11, { command: 'MainThread' }).files.cmdline = '/usr/bin/node\0app.js\0';
    machine.add(12, { command: 'node' }).files.cmdline = 'node\0';
    machine.add(13, { command: 'zombie', state: 'Z' });
    expect(await find('web-server-with-a-long-name')).toEqual([10]);
    expect(await find('node')).toEqual([12]);
    expect(await find('node', 12)).toEqual([11]);
    expect(await find('zombie')).toEqual([]);
    expect(await find('nothing')).toEqual([]);
  });

  test('several are found with their command lines', async () => {
    machine.add(10, { command: 'sleep' });
    machine.add(11, { command: 'sleep' });
    expect(await find('sleep')).toEqual([10, 11]);
    expect([...monitor.processes.values()].every(({ commandLine }) => commandLine !== undefined)).toBe(true);
  });

  test('a list waits for the rollup of each process that was there', async () => {
    for (let pid = 10; pid < 1010; pid++) machine.add(pid);
    machine.add(5000).files.smaps_rollup = { why: 'permission' };
    let rows: readonly { readonly uss?: number }[] = [];
    void listProcesses(monitor, clock, neverCancelled).then((result) => {
      if (result.ok) rows = result.value;
    });
    await clock.advance(20_000);
    expect(rows).toHaveLength(1001);
    expect(rows.filter(({ uss }) => uss === undefined)).toHaveLength(1);
  });
});
