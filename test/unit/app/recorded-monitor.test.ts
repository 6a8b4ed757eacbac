import { expect, test } from 'vitest';
import { RecordedMonitor } from '../../../src/app/recorded-monitor.js';
import { readRecording } from '../../../src/app/recorded-trends.js';
import { RecordingWriter } from '../../../src/export/recording.js';

const start = 1_753_789_812_000;
const kibibyte = 1024;

/** An hour of a process that leaks 64 KiB a minute, and of one that does not. */
async function monitor(): Promise<RecordedMonitor> {
  const writer = new RecordingWriter();
  const lines = [writer.header({ created: start, tool: 't', target: { name: 'board', kind: 'ssh' } })];
  const leaking = writer.process({ pid: 7, startTicks: 1, command: 'leaks', commandLine: 'leaks -x' });
  const still = writer.process({ pid: 7, startTicks: 900, command: 'still' });
  lines.push(leaking.line, still.line);
  for (let i = 0; i <= 3600; i++) {
    lines.push(
      ...writer.sample(start + i * 1000, [
        { of: 0, values: new Map([['meminfo.MemAvailable', 1_000_000 * kibibyte]]) },
        { of: leaking.of, values: new Map([['uss', 50_000 * kibibyte + Math.floor(i / 4) * 4 * kibibyte]]) },
        { of: still.of, values: new Map([['uss', 50_000 * kibibyte]]) },
      ]),
    );
  }
  lines.push(writer.event({ at: start + 5, kind: 'mark', detail: 'here' }), writer.exit(still.of, start + 3_600_000));
  lines.push(writer.end(start + 3_600_000));
  const recorded = await readRecording(
    (async function* () {
      yield lines.join('\n');
    })(),
  );
  return new RecordedMonitor(recorded!, 'board.memlens');
}

test('a recording is a monitor at rest, with a watch and a verdict for each process', async () => {
  const recorded = await monitor();
  expect(recorded.target.name).toBe('board.memlens');
  expect(recorded.state).toEqual({ kind: 'idle' });
  expect(recorded.events).toEqual([{ at: start + 5, kind: 'mark', detail: 'here' }]);
  expect(recorded.system.latest('meminfo.MemAvailable')?.value).toBe(1_000_000 * kibibyte);
  const [leaks, still] = recorded.watches;
  expect(leaks).toMatchObject({ id: '7:1', command: 'leaks', commandLine: 'leaks -x', endedAt: undefined });
  expect(leaks!.series.points('uss').at).toHaveLength(3601);
  expect(leaks!.rollup.at).toBe(start + 3_600_000);
  expect(leaks!.verdict).toMatchObject({ state: 'leak', measure: 'uss', limit: { kind: 'ram' } });
  expect(leaks!.verdict.ratePerHour! / (3600 * kibibyte)).toBeCloseTo(1, 1);
  expect(still).toMatchObject({ endedAt: start + 3_600_000, verdict: { state: 'not-growing' } });
});

test('a pid is the newest process that had it; one that was not watched is a fault', async () => {
  const recorded = await monitor();
  const watch = await recorded.watch(7);
  expect(watch.ok && watch.value.command).toBe('still');
  expect(await recorded.watch(8)).toEqual({ ok: false, error: { code: 'not-found', path: '/proc/8', what: 'process' } });
});

test('nobody can make it do anything', async () => {
  const recorded = await monitor();
  recorded.onDidSample().dispose();
  recorded.look().dispose();
  recorded.mark();
  recorded.retry();
  recorded.configure();
  recorded.watches[0]!.dispose();
  recorded.dispose();
  expect(recorded.events).toHaveLength(1);
  expect(recorded.watches[0]!.series.span).toBeDefined();
});
