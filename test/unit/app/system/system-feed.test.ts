import { describe, expect, test } from 'vitest';
import { type KeptState, SystemFeed, type SystemFeedOptions } from '../../../../src/app/system/system-feed.js';
import type { Fault } from '../../../../src/base/fault.js';
import { err, ok, type Result } from '../../../../src/base/result.js';
import type { SystemState } from '../../../../src/model/system-state.js';
import { SYSTEM_PROTOCOL, type ToSystemPage } from '../../../../src/protocol/system.js';
import { aState, SMALL } from './a-state.js';

type Told<Kind extends ToSystemPage['kind']> = Extract<ToSystemPage, { kind: Kind }>;
const ready = { kind: 'ready', version: SYSTEM_PROTOCOL } as const;
const grown = (kib: number): SystemState =>
  aState({ ...SMALL, AnonPages: SMALL.AnonPages + kib, MemFree: SMALL.MemFree - kib }, { at: 1000 + kib });

/** A machine that is in these states, one after the other; a fault stands for a reading that fails. */
function aFeed(readings: readonly (SystemState | Fault)[], more: Partial<SystemFeedOptions> = {}) {
  const posted: ToSystemPage[] = [];
  const rest = [...readings];
  const taken = (): Result<SystemState, Fault> => {
    const next = rest.length > 1 ? rest.shift() : rest[0];
    if (next === undefined) throw new Error('nothing to be read');
    return 'code' in next ? err(next) : ok(next);
  };
  const feed = new SystemFeed({
    post: (message) => posted.push(message),
    saved: () => 'kept',
    now: () => 5000,
    subject: { title: 'System: local', description: 'this machine', isLive: true },
    port: { take: () => Promise.resolve(taken()) },
    ...more,
  });
  const last = <Kind extends ToSystemPage['kind']>(kind: Kind) =>
    posted.findLast((message): message is Told<Kind> => message.kind === kind);
  /** Until nothing is on the way. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 30; turn++) await Promise.resolve();
  };
  return { feed, posted, last, settle, kinds: () => posted.splice(0).map(({ kind }) => kind) };
}

describe('what a page of the system memory is told', () => {
  test('nothing before it is ready; then all that there is, and the machine is read', async () => {
    const { feed, kinds, settle, last } = aFeed([grown(0)]);
    expect(kinds()).toEqual([]);
    feed.receive(ready);
    expect(kinds()).toEqual(['hello', 'state', 'marks', 'diff', 'state']);
    await settle();
    expect(last('state')?.state).toEqual({ kind: 'still' });
    expect(last('system')?.shown.total).toBe(SMALL.MemTotal * 1024);
  });

  test('a page that is made anew is told again, and nothing is read for it', async () => {
    const { feed, kinds, settle } = aFeed([grown(0)]);
    feed.receive(ready);
    await settle();
    kinds();
    feed.receive(ready);
    await settle();
    expect(kinds()).toEqual(['hello', 'state', 'marks', 'system', 'diff']);
  });

  test('a page of another version is refused', () => {
    const { feed, kinds } = aFeed([grown(0)]);
    feed.receive({ kind: 'ready', version: 99 });
    expect(kinds()).toEqual(['fault']);
  });

  test('mark, act, compare: the newest follows', async () => {
    const { feed, settle, last } = aFeed([grown(0), grown(0), grown(10_240), grown(20_480)]);
    feed.receive(ready);
    await settle();
    feed.receive({ kind: 'mark' });
    await settle();
    expect(last('marks')?.marks).toEqual([{ id: 1, at: 1000, label: '' }]);
    feed.receive({ kind: 'refresh' });
    await settle();
    feed.receive({ kind: 'compare', before: 1, after: undefined });
    const change = () => last('diff')?.diff?.table.rows.find(({ id }) => id === 'part applications')?.cells[1];
    expect(change()).toBe(10_240 * 1024);
    feed.receive({ kind: 'refresh' });
    await settle();
    expect(change()).toBe(20_480 * 1024);
    feed.receive({ kind: 'stop-comparing' });
    expect(last('diff')?.diff).toBeUndefined();
  });

  test('of two marks around a third, what a program has left behind is told', async () => {
    const state = (at: number, names: readonly string[], slabs: number): SystemState =>
      aState(
        SMALL,
        {
          at,
          slab: [{ name: 'frames', activeObjects: 1, objects: 1, objectSize: 64, pagesPerSlab: 1, activeSlabs: 1, slabs }],
          vmalloc: [],
        },
        { owners: { processes: { rows: names.map((name, pid) => ({ pid, name, pss: 1 })), withoutPss: 0 } } },
      );
    const { feed, last, settle } = aFeed([
      state(1, ['init'], 10),
      state(1, ['init'], 10),
      state(2, ['init', 'camera'], 110),
      state(3, ['init'], 110),
    ]);
    feed.receive(ready);
    await settle();
    for (let mark = 0; mark < 3; mark++) {
      feed.receive({ kind: 'mark' });
      await settle();
    }
    feed.receive({ kind: 'compare', before: 1, after: 3 });
    expect(last('diff')?.diff?.words.join(' ')).toContain('camera (1) ran meanwhile and has exited');
    feed.receive({ kind: 'compare', before: 1, after: undefined });
    expect(last('diff')?.diff?.words.join(' ')).toContain('frames 400 KiB of 400 KiB');
    feed.receive({ kind: 'compare', before: 1, after: 2 });
    expect(last('diff')?.diff?.words.join(' ')).not.toContain('exited');
  });

  test('two marks are compared as they were; one that is deleted takes the comparison with it', async () => {
    const { feed, settle, last } = aFeed([grown(0), grown(0), grown(1024), grown(9000)]);
    feed.receive(ready);
    await settle();
    for (let mark = 0; mark < 2; mark++) {
      feed.receive({ kind: 'mark' });
      await settle();
    }
    feed.receive({ kind: 'compare', before: 1, after: 2 });
    feed.receive({ kind: 'refresh' });
    await settle();
    expect(last('diff')).toMatchObject({ pair: { before: 1, after: 2 } });
    expect(feed.compared?.after).toEqual(grown(1024));
    feed.receive({ kind: 'remove-mark', mark: 2 });
    expect(last('diff')?.diff).toBeUndefined();
    expect(last('marks')?.marks.map(({ id }) => id)).toEqual([1]);
  });

  test('marks are kept, with their names, and come back', async () => {
    let stored: readonly KeptState[] = [];
    const marks = { load: () => Promise.resolve(stored), save: (all: readonly KeptState[]) => (stored = all) };
    const first = aFeed([grown(0)], { marks });
    first.feed.receive(ready);
    await first.settle();
    first.feed.receive({ kind: 'mark' });
    await first.settle();
    first.feed.nameMark(1, 'before the run');
    const second = aFeed([grown(5)], { marks });
    second.feed.receive(ready);
    await second.settle();
    expect(second.last('marks')?.marks).toEqual([{ id: 1, at: 1000, label: 'before the run' }]);
  });

  test('more marks than are kept: the oldest goes', async () => {
    const { feed, settle, last } = aFeed([grown(0)]);
    feed.receive(ready);
    await settle();
    for (let mark = 0; mark < 14; mark++) {
      feed.receive({ kind: 'mark' });
      await settle();
    }
    expect(last('marks')?.marks.map(({ id }) => id)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  });

  test('a reading that fails leaves what was read before; no mark is made of it', async () => {
    const { feed, settle, last, posted } = aFeed([grown(0), { code: 'time-out', seconds: 5 }]);
    feed.receive(ready);
    await settle();
    const systems = posted.filter(({ kind }) => kind === 'system').length;
    feed.receive({ kind: 'mark' });
    await settle();
    expect(last('state')?.state.kind).toBe('failed');
    expect(posted.filter(({ kind }) => kind === 'system')).toHaveLength(systems);
    expect(last('marks')?.marks).toEqual([]);
  });

  test('cancelled: what was read before stays', async () => {
    let end: (() => void) | undefined;
    const { feed, settle, last } = aFeed([grown(0)], {
      port: {
        take: (cancel) =>
          new Promise((resolve) => {
            cancel.onRequest(() => resolve(err({ code: 'cancelled' })));
            end = () => resolve(ok(grown(0)));
          }),
      },
    });
    feed.receive(ready);
    await settle();
    feed.receive({ kind: 'cancel' });
    await settle();
    expect(last('state')?.state).toMatchObject({ kind: 'failed', message: 'Reading was cancelled.' });
    feed.receive({ kind: 'refresh' });
    await settle();
    end?.();
    await settle();
    feed.receive({ kind: 'refresh' });
    await settle();
    feed.receive({ kind: 'cancel' });
    await settle();
    expect(last('state')?.state).toEqual({ kind: 'still' });
  });

  test('while it reads, nothing else begins', async () => {
    let takes = 0;
    const { feed, settle } = aFeed([grown(0)], {
      port: {
        take: () => {
          takes++;
          return new Promise(() => undefined);
        },
      },
    });
    feed.receive(ready);
    await settle();
    feed.receive({ kind: 'refresh' });
    feed.receive({ kind: 'mark' });
    await settle();
    expect(takes).toBe(1);
  });

  test('the caches are dropped between two marks, which are compared', async () => {
    const done: string[] = [];
    const dropped = aState({ ...SMALL, Cached: SMALL.Cached - 100_000, MemFree: SMALL.MemFree + 100_000 }, { at: 9000 });
    const { feed, settle, last } = aFeed([grown(0), grown(0), dropped], {
      dropCaches: () => {
        done.push('dropped');
        return Promise.resolve(ok(undefined));
      },
    });
    feed.receive(ready);
    await settle();
    await feed.dropAndCompare();
    expect(done).toEqual(['dropped']);
    expect(last('marks')?.marks.map(({ label }) => label)).toEqual(['before dropping caches', 'after dropping caches']);
    expect(last('diff')?.diff?.words[0]).toBe(
      '97.7 MiB came back as free memory; given up: page cache 97.7 MiB. That was cache, and no leak.',
    );
    expect(last('state')?.state).toEqual({ kind: 'still' });
  });

  test('who may not drop them is told of the setting, and nothing stays of it', async () => {
    const { feed, settle, last } = aFeed([grown(0)], {
      dropCaches: () => Promise.resolve(err({ code: 'permission', path: '/proc/sys/vm/drop_caches', operation: 'write' })),
    });
    feed.receive(ready);
    await settle();
    await feed.dropAndCompare();
    expect(last('fault')).toMatchObject({ needsRoot: true });
    expect(last('fault')?.nextStep).toContain('memlens.rootCommand');
    expect(last('marks')?.marks).toEqual([]);
    expect(last('state')?.state).toEqual({ kind: 'still' });
  });

  test('available memory that falls is judged while it is watched, not by what was watched long ago', async () => {
    const HOUR = 3_600_000;
    const falling = (end: number) => {
      const at = Float64Array.from({ length: 121 }, (_, index) => end - HOUR + index * 30_000);
      return { at, value: at.map((_, index) => 900_000_000 - index * 4_000_000) };
    };
    const rulesOf = async (end: number): Promise<readonly string[]> => {
      const { feed, settle, last } = aFeed([aState(SMALL, { at: 10 * HOUR })], { available: () => falling(end) });
      feed.receive(ready);
      await settle();
      return last('system')?.shown.findings.map(({ rule }) => rule) ?? [];
    };
    expect(await rulesOf(10 * HOUR)).toContain('available-falls');
    expect(await rulesOf(9 * HOUR)).not.toContain('available-falls');
  });

  test('files that are read again are seen in the last minute that was watched', async () => {
    const HOUR = 3_600_000;
    const rates = { duringMs: 60_000, refaults: 2 << 20, majorFaults: 50, stalled: 9 };
    const steady = (end: number) => ({ at: Float64Array.of(end - 1000, end), value: Float64Array.of(1, 1) });
    const rulesOf = async (end: number): Promise<readonly string[] | undefined> => {
      const { feed, settle, last } = aFeed([aState(SMALL, { at: 10 * HOUR })], {
        available: () => steady(end),
        rates: () => rates,
      });
      feed.receive(ready);
      await settle();
      return last('system')?.shown.findings.map(({ rule }) => rule);
    };
    expect(await rulesOf(10 * HOUR)).toContain('file-thrash');
    expect(await rulesOf(9 * HOUR)).not.toContain('file-thrash');
  });

  test('files: the newest is shown, the older are marks, and they are compared at once', () => {
    const posted: ToSystemPage[] = [];
    const feed = new SystemFeed({
      post: (message) => posted.push(message),
      saved: () => undefined,
      now: () => 5000,
      subject: { title: 'System: b', description: '/b', isLive: false },
    });
    feed.load([
      { label: 'a', state: grown(0) },
      { label: 'b', state: grown(2048) },
    ]);
    feed.receive(ready);
    const diff = posted.findLast((message): message is Told<'diff'> => message.kind === 'diff');
    expect(diff?.diff?.before).toMatch(/^a, /);
    expect(diff?.diff?.table.rows.find(({ id }) => id === 'part applications')?.cells[1]).toBe(2048 * 1024);
    feed.receive({ kind: 'refresh' });
    expect(posted.at(-1)?.kind).toBe('diff');
  });

  test('a state without MemTotal says so', () => {
    const posted: ToSystemPage[] = [];
    const feed = new SystemFeed({
      post: (message) => posted.push(message),
      saved: () => undefined,
      now: () => 0,
      subject: { title: '', description: '', isLive: false },
    });
    feed.load([{ label: 'x', state: aState({ MemFree: 4 }) }]);
    feed.receive(ready);
    expect(posted.find(({ kind }) => kind === 'state')).toMatchObject({ state: { kind: 'failed' } });
  });
});
