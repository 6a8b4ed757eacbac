import { beforeEach, describe, expect, test } from 'vitest';
import { evidenceOf, type SeenSystem, watchOf, watchSystem } from '../../../../src/app/system/watch-system.js';
import { TrendMonitor } from '../../../../src/app/trend-monitor.js';
import { type Cancel, CancelSource } from '../../../../src/base/cancel.js';
import type { Fault } from '../../../../src/base/fault.js';
import { err, ok, type Result } from '../../../../src/base/result.js';
import { systemText } from '../../../../src/export/system-text.js';
import { createSeriesTable } from '../../../../src/insight/series-table.js';
import { systemFindings } from '../../../../src/insight/system/rules.js';
import type { SystemState } from '../../../../src/model/system-state.js';
import { silentLog } from '../../../silent-log.js';
import { FakeClock } from '../fake-clock.js';
import { FakeMachine, FakeSource } from '../fake-reader.js';
import { aState, SMALL } from './a-state.js';

const lost: Fault = { code: 'target-unreachable', target: 'board', detail: '', why: 'lost' };
const KIB = 1024;

let clock: FakeClock;
let machine: FakeMachine;
let monitor: TrendMonitor;
let stop: CancelSource;
let watched: number[];
/** What the readings come to, in their order. */
let readings: Result<SystemState, Fault>[];

beforeEach(() => {
  clock = new FakeClock();
  machine = new FakeMachine(clock);
  stop = new CancelSource();
  watched = [];
  monitor = new TrendMonitor({
    target: { name: 'board', config: { kind: 'local' } },
    source: new FakeSource(machine),
    clock,
    epochMs: () => 1_700_000_000_000,
    log: silentLog,
    settings: { intervalMs: 1000, budget: 0.01 },
    createSeries: createSeriesTable,
  });
});

const available = (kib: number): void => {
  machine.files.set('/proc/meminfo', `MemTotal: 1048576 kB\nMemFree: 400000 kB\nMemAvailable: ${kib} kB\n`);
};

function start(durationMs: number): { result?: Result<SeenSystem, Fault> } {
  const run: { result?: Result<SeenSystem, Fault> } = {};
  const take = async (cancel: Cancel): Promise<Result<SystemState, Fault>> =>
    cancel.requested ? err({ code: 'cancelled' }) : (readings.shift() ?? err({ code: 'cancelled' }));
  void watchSystem(take, monitor, { durationMs, clock, stop, watched: (ms) => watched.push(ms) }).then((result) => {
    run.result = result;
  });
  return run;
}

const two = (): void => {
  readings = [
    ok(aState({ ...SMALL, SUnreclaim: 10_000 }, { at: 0, sinceBoot: 0 })),
    ok(aState(SMALL, { at: 400_000, sinceBoot: 400_000 })),
  ];
};
const seenOf = ({ result }: { result?: Result<SeenSystem, Fault> }): SeenSystem => {
  if (result?.ok !== true) throw new Error(JSON.stringify(result));
  return result.value;
};

describe('a machine that is watched for a time', () => {
  test('tells when its memory is gone, and what grew between its two readings', async () => {
    two();
    const run = start(400_000);
    for (let second = 0; second < 410; second++) {
      available(600_000 - second * 100);
      await clock.advance(1000);
    }
    const seen = seenOf(run);
    expect(readings).toEqual([]);
    const findings = systemFindings(evidenceOf(seen));
    expect(findings.map(({ rule }) => rule)).toEqual(['available-falls', 'unreclaimable-slab-grows']);
    expect(findings[0]?.evidence['ratePerHour']).toBeCloseTo(100 * 3600 * KIB, -7);
    const watch = watchOf(seen);
    expect(watch?.available).toMatchObject({ samples: 401, state: 'growing' });
    expect(watch?.growth.find(({ name }) => name === 'slabUnreclaimable')?.change).toBe(20_720 * KIB);
    const text = [
      ...systemText(seen.state, { findings, verbose: false, ...(watch === undefined ? {} : { watched: watch }) }),
    ].join('');
    expect(text).toContain('\nWatched for 7 min.\nMemAvailable was 585.9 MiB, and is ');
    expect(text).toMatch(/at this rate it is gone in about 1 h 3\d min\.\n/);
    expect(text).toMatch(/\n! Available memory is gone in about 1 h 3\d min\n/);
    expect(text).toMatch(/\nWhat has changed in 7 min\n\n +CHANGE .*\n.*\+20\.2 MiB.*Slab, unreclaimable\n/);
    expect(watched.at(-1)).toBe(400_000);
    await clock.advance(20_000);
    expect(machine.readers.size).toBe(0);
  });

  test('is ended earlier with what was seen until then, and read once more', async () => {
    two();
    available(500_000);
    const run = start(60_000);
    await clock.advance(5000);
    stop.cancel();
    await clock.advance(10);
    const seen = seenOf(run);
    expect(seen.before).toBeDefined();
    expect(watchOf(seen)?.available).toMatchObject({ state: 'undecided', last: 500_000 * KIB });
    expect(systemFindings(evidenceOf(seen)).map(({ rule }) => rule)).not.toContain('available-falls');
  });

  test('is ended during its first reading with nothing', async () => {
    two();
    stop.cancel();
    const run = start(60_000);
    await clock.advance(10);
    expect(run.result).toEqual({ ok: false, error: { code: 'cancelled' } });
  });

  test('that can’t be sampled, or not be read again, is told as it was at first, with why', async () => {
    two();
    machine.openFaults.push(lost);
    const run = start(60_000);
    await clock.advance(100);
    expect(seenOf(run)).toMatchObject({ fault: lost, state: { facts: { sinceBoot: 0 } } });
    expect(watchOf(seenOf(run))).toBeUndefined();

    monitor.retry();
    readings = [readings[0]!, err(lost)];
    const again = start(3000);
    await clock.advance(10_000);
    expect(seenOf(again)).toMatchObject({ fault: lost, state: { facts: { sinceBoot: 400_000 } } });
    expect(seenOf(again).before).toBeUndefined();
    expect(watchOf(seenOf(again))).toMatchObject({ growth: [], owners: [] });
  });

  test('leaves out of what grew the process that reads', async () => {
    const processes = (pss: number) => ({
      readBy: 7,
      owners: {
        processes: { rows: [7, 17].map((pid) => ({ pid, name: 'node', pss })), withoutPss: 0 },
      },
    });
    readings = [ok(aState(SMALL, {}, processes(10))), ok(aState(SMALL, {}, processes(90)))];
    const run = start(2000);
    await clock.advance(5000);
    expect(watchOf(seenOf(run))?.owners.map(({ name }) => name)).toEqual(['node (17)']);
  });

  test('a kernel that does not tell MemAvailable is told so', async () => {
    two();
    machine.files.set('/proc/meminfo', 'MemTotal: 1048576 kB\nMemFree: 400000 kB\n');
    const run = start(2000);
    await clock.advance(5000);
    const watch = watchOf(seenOf(run));
    expect(watch?.available).toBeUndefined();
    const text = [...systemText(seenOf(run).state, { findings: [], verbose: false, ...(watch && { watched: watch }) })].join('');
    expect(text).toContain('This kernel does not tell MemAvailable: when it would be gone can’t be said.\n');
  });
});
