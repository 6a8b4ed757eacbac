import { describe, expect, it } from 'vitest';
import { type MapLearner, MapSession, type MapSource } from '../../../../src/app/map/map-session.js';
import type { Fault } from '../../../../src/base/fault.js';
import { err, ok, type Result } from '../../../../src/base/result.js';
import type { MapNote, MapSnapshot } from '../../../../src/model/map-snapshot.js';
import { FakeClock } from '../fake-clock.js';

/** An empty map: what a session does depends on when it came and what it cost. */
function snapshot(at: number, costMs = 1, notes: readonly MapNote[] = []): MapSnapshot {
  const texts = { index: new Uint32Array(), texts: [''] };
  return {
    at,
    costMs,
    notes,
    origin: { kind: 'file', name: 'x' },
    form: 'smaps',
    bits: 64,
    pageSize: 4096,
    table: {
      length: 0,
      start: new Float64Array(),
      end: new Float64Array(),
      permissions: new Uint8Array(),
      offset: new Float64Array(),
      device: texts,
      inode: texts,
      path: texts,
      flags: texts,
      figures: {},
    },
    classes: { segment: new Uint8Array(), rule: new Uint8Array(), marks: new Uint8Array(), owner: texts },
  };
}

const GONE: Fault = { code: 'not-found', path: '/proc/1', what: 'process' };
const LOST: Fault = { code: 'target-unreachable', target: 'board', detail: '' };

function session(results: (Result<MapSnapshot, Fault> | 'again')[], budget = 0.01, random?: () => number) {
  const clock = new FakeClock();
  const takenAt: number[] = [];
  const learned: number[] = [];
  const source: MapSource = {
    take: async () => {
      takenAt.push(clock.now());
      const next = results.shift();
      return next === undefined || next === 'again' ? ok(snapshot(clock.now())) : next;
    },
  };
  const learner: MapLearner = {
    add: ({ at }) => void learned.push(at),
    growth: () => undefined,
    findings: () => [],
    watchedMs: 0,
  };
  const map = new MapSession({ source, clock, budget: () => budget, learner, ...(random === undefined ? {} : { random }) });
  return { map, clock, takenAt, learned };
}

describe('a map that is read', () => {
  it('reads nothing before somebody looks, and once then', async () => {
    const { map, clock, takenAt } = session([]);
    await clock.advance(5000);
    expect(takenAt).toEqual([]);
    map.setVisible(true);
    await clock.advance(60_000);
    expect(takenAt).toEqual([6000]);
    expect(map.state.kind).toBe('still');
    expect(map.all).toHaveLength(1);
  });

  it('goes on in live mode while it is seen, and every reading is learned from', async () => {
    const { map, clock, takenAt, learned } = session([]);
    map.live(2000);
    map.setVisible(true);
    await clock.advance(6000);
    expect(takenAt).toEqual([1000, 3000, 5000, 7000]);
    expect(learned).toEqual(takenAt);
    map.setVisible(false);
    await clock.advance(20_000);
    expect(takenAt).toHaveLength(4);
    map.setVisible(true);
    await clock.advance(0);
    expect(takenAt).toHaveLength(5);
  });

  it('does not read more often because somebody looks away and back', async () => {
    const { map, clock, takenAt } = session([ok(snapshot(1, 120))]);
    map.live(2000);
    map.setVisible(true);
    await clock.advance(0);
    for (let second = 0; second < 11; second++) {
      map.setVisible(false);
      map.setVisible(true);
      await clock.advance(1000);
    }
    expect(takenAt).toEqual([1000]);
    await clock.advance(1000);
    expect(takenAt).toEqual([1000, 13_000]);
  });

  it('reads a dear map more rarely: the budget holds', async () => {
    const dear = ok(snapshot(1, 120));
    const { map, clock, takenAt } = session([dear, dear]);
    map.live(2000);
    map.setVisible(true);
    await clock.advance(11_999);
    expect(takenAt).toHaveLength(1);
    expect(map.state).toEqual({ kind: 'live', everyMs: 12_000, askedMs: 2000 });
    await clock.advance(1);
    expect(takenAt).toHaveLength(2);
  });

  it('takes the cheapest of the newest readings for what one costs: a busy machine only makes it wait', async () => {
    const costs = [120, 20, 500, 500, 500, 500];
    const { map, clock, takenAt } = session(costs.map((cost, i) => ok(snapshot(i, cost))));
    map.live(1000);
    map.setVisible(true);
    await clock.advance(12_000);
    expect(takenAt).toEqual([1000, 13_000]);
    await clock.advance(6000);
    expect(takenAt).toEqual([1000, 13_000, 15_000, 17_000, 19_000]);
    // Four in a row: it has become dear.
    await clock.advance(40_000);
    expect(takenAt).toEqual([1000, 13_000, 15_000, 17_000, 19_000, 21_000]);
  });

  it('does not read in step with what the program does at an even pace, and keeps to the budget all the same', async () => {
    const pauses = [0, 1, 0.5, 0];
    const { map, clock, takenAt } = session(['again', 'again', 'again', ok(snapshot(4, 19))], 0.01, () => pauses.shift() ?? 0);
    map.live(2000);
    map.setVisible(true);
    await clock.advance(8000);
    expect(takenAt).toEqual([1000, 2500, 5000, 7000, 8500]);
    const dear = session([ok(snapshot(1, 19))], 0.01, () => 0);
    dear.map.live(2000);
    dear.map.setVisible(true);
    await dear.clock.advance(2000);
    expect(dear.takenAt).toEqual([1000, 2900]);
  });

  it('ends when the process does, and keeps what was read', async () => {
    const { map, clock, takenAt } = session(['again', err(GONE)]);
    map.live(1000);
    map.setVisible(true);
    await clock.advance(60_000);
    expect(map.state).toEqual({ kind: 'ended', at: 1000 });
    expect(takenAt).toHaveLength(2);
    expect(map.newest?.snapshot.at).toBe(1000);
    map.refresh();
    await clock.advance(1);
    expect(takenAt).toHaveLength(2);
  });

  it('a process that was never there is a failure, not an end, and is not looked for again', async () => {
    const { map, clock, takenAt } = session([err(GONE), err(GONE)]);
    map.live(1000);
    map.setVisible(true);
    await clock.advance(60_000);
    expect(map.state).toEqual({ kind: 'failed', fault: GONE });
    expect(takenAt).toEqual([1000]);
  });

  it('one that ends in mid-read has ended', async () => {
    const { map, clock } = session([ok(snapshot(7, 1, [{ code: 'ended' }]))]);
    map.live(1000);
    map.setVisible(true);
    await clock.advance(5000);
    expect(map.state).toEqual({ kind: 'ended', at: 7 });
    expect(map.all).toHaveLength(1);
  });

  it('is tried again after a lost line, with growing pauses', async () => {
    const lost = err(LOST);
    const { map, clock, takenAt } = session([lost, lost, 'again']);
    map.live(1000);
    map.setVisible(true);
    await clock.advance(1);
    expect(map.state).toEqual({ kind: 'failed', fault: LOST });
    await clock.advance(7000);
    expect(takenAt.slice(0, 4)).toEqual([1000, 3000, 7000, 8000]);
    expect(map.state.kind).toBe('live');
  });

  it('a mark is a new reading, also when one is under way', async () => {
    const { map, clock } = session([]);
    map.setVisible(true);
    map.mark('before the upload');
    await clock.advance(1);
    expect(map.all.map(({ kind, label }) => [kind, label])).toEqual([
      ['live', undefined],
      ['mark', 'before the upload'],
    ]);
  });

  it('forgets old live readings, but no mark', async () => {
    const { map, clock } = session([]);
    map.setVisible(true);
    await clock.advance(1);
    map.mark('first');
    await clock.advance(1);
    map.live(1000);
    await clock.advance(200_000);
    expect(map.all.filter(({ kind }) => kind === 'mark')).toHaveLength(1);
    expect(map.all.length).toBe(121);
  });

  it('forgets no moment that is looked at', async () => {
    const { map, clock } = session([]);
    map.setVisible(true);
    await clock.advance(1);
    const first = map.newest!.moment.id;
    map.hold([first]);
    map.live(1000);
    await clock.advance(200_000);
    expect(map.of(first)).toBeDefined();
    map.hold([]);
    await clock.advance(1000);
    expect(map.of(first)).toBeUndefined();
  });

  it('takes the mark off the newest moment, which stays', async () => {
    const { map, clock } = session([]);
    map.setVisible(true);
    await clock.advance(1);
    map.mark('by mistake');
    await clock.advance(1);
    map.remove(map.newest!.moment.id);
    expect(map.all.map(({ id, kind, label }) => [id, kind, label])).toEqual([
      [1, 'live', undefined],
      [2, 'live', undefined],
    ]);
    map.remove(1);
    expect(map.all.map(({ id }) => id)).toEqual([2]);
  });

  it('reads nothing for a file, and live mode has no effect', async () => {
    const clock = new FakeClock();
    const learner: MapLearner = { add: () => undefined, growth: () => undefined, findings: () => [], watchedMs: 0 };
    const map = new MapSession({ clock, budget: () => 0.01, learner });
    map.load('file', 'smaps.txt', [snapshot(5)]);
    map.setVisible(true);
    map.live(1000);
    map.refresh();
    await clock.advance(5000);
    expect(map.state).toEqual({ kind: 'file', name: 'smaps.txt' });
    expect(map.all).toEqual([{ id: 1, at: 5, kind: 'file' }]);
  });

  it('tells several files by their names', () => {
    const learner: MapLearner = { add: () => undefined, growth: () => undefined, findings: () => [], watchedMs: 0 };
    const map = new MapSession({ clock: new FakeClock(), budget: () => 0.01, learner });
    const named = (name: string, at: number) => ({ ...snapshot(at), origin: { kind: 'file', name } as const });
    map.load('file', 'two files', [named('before', 5), named('after', 9)]);
    expect(map.all.map(({ at, label }) => [at, label])).toEqual([
      [5, 'before'],
      [9, 'after'],
    ]);
  });
});
