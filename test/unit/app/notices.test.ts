import { beforeEach, describe, expect, it } from 'vitest';
import { Monitors } from '../../../src/app/monitors.js';
import { type Notice, Notices } from '../../../src/app/notices.js';
import { WatchList } from '../../../src/app/watch-list.js';
import { FakeMonitor, HandClock, processRow, UNDECIDED } from './fake-monitor.js';

let clock: HandClock;
let monitor: FakeMonitor;
let watches: WatchList;
let told: Notice[];
let at = 0;

beforeEach(() => {
  clock = new HandClock();
  monitor = new FakeMonitor();
  watches = new WatchList();
  told = [];
  at = 0;
  const monitors = new Monitors(() => monitor);
  const notices = new Notices(monitors, watches, clock, () => ({ availableBelow: 0.05 }));
  notices.onDidNotice((notice) => told.push(notice));
  expect(monitors.current).toBe(monitor);
});

const available = (percent: number): void =>
  monitor.sample(++at * 1000, { 'meminfo.MemTotal': 1000, 'meminfo.MemAvailable': percent * 10 });

describe('notices', () => {
  it('tell each step of growth once', async () => {
    monitor.change([processRow(7)]);
    await watches.add(monitor, 7, 'user');
    const [watch] = monitor.watches;
    if (watch === undefined) throw new Error('no watch');
    for (const state of [
      'undecided',
      'growing',
      'growing',
      'not-growing',
      'growing',
      'suspected-leak',
      'leak',
      'leak',
    ] as const) {
      watch.verdict = { ...UNDECIDED, state };
      available(50);
    }
    expect(told.map((notice) => notice.kind === 'growth' && notice.verdict.state)).toEqual(['growing', 'suspected-leak', 'leak']);
  });

  it('tell low memory once until it has recovered, and not again within half an hour', () => {
    for (const percent of [50, 4, 3, 5.5, 4]) available(percent);
    expect(told.map(({ kind }) => kind)).toEqual(['low-memory']);
    available(50);
    available(4);
    expect(told).toHaveLength(1);
    clock.advance(31 * 60_000);
    available(50);
    available(4);
    expect(told).toHaveLength(2);
  });

  it('tell an OOM kill, and no other event', () => {
    monitor.happen({ at: 1, kind: 'reboot' });
    monitor.happen({ at: 2, kind: 'oom-kill', detail: '1' });
    monitor.happen({ at: 3, kind: 'oom-kill', detail: '1' });
    expect(told.map(({ kind }) => kind)).toEqual(['oom-kill']);
  });
});

describe('the watch list', () => {
  it('has one watch of a process, however often it is asked for', async () => {
    monitor.change([processRow(7)]);
    await watches.add(monitor, 7, 'run');
    await watches.add(monitor, 7, 'user');
    expect(watches.all.map(({ by }) => by)).toEqual(['user']);
    expect(monitor.watches).toHaveLength(1);
  });

  it('lets go of what is removed', async () => {
    monitor.change([processRow(7)]);
    const added = await watches.add(monitor, 7, 'user');
    if (!added.ok) throw new Error('not added');
    watches.remove(added.value);
    expect(watches.all).toEqual([]);
    expect(monitor.watches).toEqual([]);
  });

  it('tells of a process that is not there', async () => {
    expect(await watches.add(monitor, 8, 'user')).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });
});

describe('monitors', () => {
  it('are made once for each target, and made anew when the name means another machine', () => {
    const made: FakeMonitor[] = [];
    const monitors = new Monitors((target) => {
      const one = new FakeMonitor(target);
      made.push(one);
      return one;
    });
    const a = monitors.of({ name: 'board', config: { kind: 'ssh', host: 'a' } });
    expect(monitors.of({ name: 'board', config: { kind: 'ssh', host: 'a' } })).toBe(a);
    const b = monitors.of({ name: 'board', config: { kind: 'ssh', host: 'b' } });
    expect(b).not.toBe(a);
    expect(made.map(({ disposed }) => disposed)).toEqual([true, false]);
  });

  it('tell when another target is selected, and not when it is the same', () => {
    const monitors = new Monitors((target) => new FakeMonitor(target));
    const names: string[] = [];
    monitors.onDidSelect(({ target }) => names.push(target.name));
    expect(monitors.current.target.name).toBe('local');
    monitors.select({ name: 'board', config: { kind: 'ssh', host: 'a' } });
    monitors.select({ name: 'board', config: { kind: 'ssh', host: 'a' } });
    expect(names).toEqual(['board']);
  });
});
