import { expect, it } from 'vitest';
import { FindingTrends } from '../../../src/app/finding-trends.js';
import { FindingsStore } from '../../../src/app/findings-store.js';
import { withLook } from '../../../src/app/live/look-spans.js';
import { LOCAL, Monitors } from '../../../src/app/monitors.js';
import { assembleReport } from '../../../src/findings/assemble.js';
import type { LiveOutcome, LookSpan, MallocUse } from '../../../src/model/live.js';
import type { Verdict } from '../../../src/model/verdict.js';
import { leak } from '../findings/make-finding.js';
import { FakeMonitor, type FakeWatch, processRow, UNDECIDED } from './fake-monitor.js';

const growing: Verdict = { ...UNDECIDED, state: 'growing', windowMs: 600_000, ratePerHour: 1 << 20 };
const report = assembleReport(
  { findings: [leak({ engine: 'perf-faults', certainty: 'growing', leakKind: undefined as never })], notes: [], partial: false },
  () => undefined,
);
const process = { pid: 7, startTicks: 100, command: 'p7' };

async function watched() {
  const monitor = new FakeMonitor();
  const monitors = new Monitors(() => monitor);
  const store = new FindingsStore();
  const trends = new FindingTrends(monitors, store);
  monitors.of(LOCAL);
  monitor.change([processRow(7)]);
  await monitor.watch(7);
  const watch = monitor.watches[0] as FakeWatch;
  const told = (key = 'a') =>
    store
      .all()
      .find((stored) => stored.key === key)
      ?.report.findings[0]?.voices?.map(({ text }) => text);
  return { monitor, store, trends, watch, told };
}

it('what the trend says is told with what was found, and anew when it changes', async () => {
  const { monitor, store, watch, told } = await watched();
  store.put({ key: 'a', title: 'a', report, subject: { target: LOCAL, process } });
  store.put({ key: 'b', title: 'b', report, subject: { target: LOCAL, process: { ...process, startTicks: 101 } } });
  store.put({ key: 'c', title: 'c', report });
  let changes = 0;
  store.onChange(() => changes++);
  monitor.sample(1, {});
  expect(told()).toBeUndefined();
  watch.verdict = growing;
  monitor.sample(2, {});
  expect(told()).toEqual(['USS grows by 1 MiB an hour over 10 min, too early to call it a leak (growing)']);
  watch.verdict = { ...growing, ratePerHour: 2 << 20 };
  monitor.sample(3, {});
  expect(changes).toBe(1);
  watch.verdict = { ...growing, state: 'levelled-off', windowMs: 7_200_000 };
  monitor.sample(4, {});
  expect(told()).toEqual(['USS grew and then stopped growing, over 2 h (levelled off), which speaks against growth that lasts']);
  expect([told('b'), told('c')]).toEqual([undefined, undefined]);
  // It keeps its place.
  expect(store.all().map(({ key }) => key)).toEqual(['a', 'b', 'c']);
});

it('what is found of a process that was watched before is told at once; descriptors are no memory', async () => {
  const { store, watch, told, trends, monitor } = await watched();
  watch.verdict = { ...growing, measure: 'fds', unit: 'count' };
  store.put({ key: 'a', title: 'a', report, subject: { target: LOCAL, process } });
  expect(told()).toBeUndefined();
  watch.verdict = growing;
  store.put({ key: 'a', title: 'a', report, subject: { target: LOCAL, process } });
  expect(told()).toHaveLength(1);
  trends.dispose();
  watch.verdict = { ...growing, state: 'leak' };
  monitor.sample(5, {});
  expect(told()?.[0]).toContain('growing');
});

it('of each way the newest look is kept, and every one of malloc', () => {
  const outcome = (way: LiveOutcome['way'], endedAt: number, malloc?: MallocUse): LiveOutcome =>
    ({ way, overMs: 10, endedAt, ...(malloc === undefined ? {} : { malloc }) }) as LiveOutcome;
  const use: MallocUse = { arenas: 1, held: 2, inUse: 1, free: 1, mapped: { bytes: 0, blocks: 0 } };
  let looks: readonly LookSpan[] = [];
  for (const one of [
    outcome('malloc-info', 20, use),
    outcome('perf-faults', 40),
    outcome('malloc-info', 60, use),
    outcome('perf-faults', 80),
  ]) {
    looks = withLook(looks, one);
  }
  expect(looks.map(({ way, from, to }) => [way, from, to])).toEqual([
    ['malloc-info', 10, 20],
    ['malloc-info', 50, 60],
    ['perf-faults', 70, 80],
  ]);
  const { endedAt: _, ...untimed } = outcome('mappings', 0);
  expect(withLook(looks, untimed)).toBe(looks);
  for (let at = 100; at < 400; at++) looks = withLook(looks, outcome('malloc-info', at, use));
  expect(looks.length).toBeLessThanOrEqual(50);
});
