import { beforeEach, describe, expect, test } from 'vitest';
import { MapRecorder } from '../../../../src/app/map/map-recorder.js';
import type { MapSource } from '../../../../src/app/map/map-session.js';
import type { Fault } from '../../../../src/base/fault.js';
import { err, ok, type Result } from '../../../../src/base/result.js';
import type { MapSnapshot } from '../../../../src/model/map-snapshot.js';
import type { ProcessKey } from '../../../../src/model/process.js';
import { aMap } from '../../insight/map/a-map.js';
import { FakeClock, settled } from '../fake-clock.js';

const SOME = [{ at: 4096, size: 64 }];
const SECOND = 1000;

let clock: FakeClock;
let lines: string[];
/** Pid and moment of each reading, and how many went on at once. */
let readings: (readonly [pid: number, at: number])[];
let atOnce: number;
let most: number;
let answer: (pid: number) => Promise<Result<MapSnapshot, Fault>>;
beforeEach(() => {
  clock = new FakeClock();
  lines = [];
  readings = [];
  atOnce = most = 0;
  answer = async () => ok(aMap(SOME, clock.now(), { costMs: 2 }));
});

function recorder(everyMs = 60 * SECOND, budget = 0.01): MapRecorder {
  const begun = clock.now();
  const sourceOf = ({ pid }: ProcessKey): MapSource => ({
    take: async () => {
      readings.push([pid, clock.now() - begun]);
      most = Math.max(most, ++atOnce);
      const answered = await answer(pid);
      atOnce--;
      return answered;
    },
  });
  return new MapRecorder(
    { everyMs, budget: () => budget, clock, sourceOf },
    { write: (line) => lines.push(line), drain: async () => undefined },
  );
}
const processes = (...pids: readonly number[]): ReadonlyMap<number, ProcessKey> =>
  new Map(pids.map((pid) => [pid, { pid, startTicks: 1 }]));
const maps = (): unknown[] =>
  lines.map((line) => JSON.parse(line) as { readonly of: number; readonly n: number }).map(({ of, n }) => [of, n]);

describe('the recorder of maps', () => {
  test('takes one of each process at once, and again after the interval, one after the other', async () => {
    const maps1 = recorder();
    maps1.follow(processes(1, 2));
    await clock.advance(59 * SECOND);
    expect(readings).toEqual([
      [1, 0],
      [2, 0],
    ]);
    await clock.advance(121 * SECOND);
    expect(readings.map(([pid]) => pid)).toEqual([1, 2, 1, 2, 1, 2, 1, 2]);
    expect(most).toBe(1);
    expect(maps().slice(0, 4)).toEqual([
      [1, 0],
      [2, 0],
      [1, 1],
      [2, 1],
    ]);
  });

  test('takes a costly map more rarely: its reading stays within the budget', async () => {
    answer = async () => ok(aMap(SOME, 0, { costMs: 3 * SECOND }));
    recorder().follow(processes(1));
    await clock.advance(900 * SECOND);
    expect(readings.map(([, at]) => at / SECOND)).toEqual([0, 300, 600, 900]);
  });

  test('takes one when the user marks a moment, but for what the budget forbids', async () => {
    answer = async (pid) => ok(aMap(SOME, 0, { costMs: pid === 2 ? 200 : 1 }));
    const both = recorder();
    both.follow(processes(1, 2));
    await clock.advance(10 * SECOND);
    both.mark('here');
    await clock.advance(5 * SECOND);
    expect(readings).toEqual([
      [1, 0],
      [2, 0],
      [1, 10 * SECOND],
    ]);
    await clock.advance(10 * SECOND);
    expect(readings.slice(3)).toEqual([[2, 20 * SECOND]]);
    await clock.advance(100 * SECOND);
    const labels = lines.map((line) => JSON.parse(line) as { readonly of: number; readonly label?: string });
    expect(labels.filter(({ label }) => label !== undefined).map(({ of, label }) => [of, label])).toEqual([
      [1, 'here'],
      [2, 'here'],
    ]);
  });

  test('takes a last one of each at the end, and no more', async () => {
    const one = recorder();
    one.follow(processes(1));
    await clock.advance(30 * SECOND);
    await one.finish();
    expect(readings.map(([, at]) => at / SECOND)).toEqual([0, 30]);
    await clock.advance(600 * SECOND);
    expect(readings).toHaveLength(2);
    expect(maps()).toEqual([
      [1, 0],
      [1, 1],
    ]);
  });

  test('does not take another one at the end when one has just come, nor wait for one that does not', async () => {
    const one = recorder();
    one.follow(processes(1));
    await clock.advance(500);
    await one.finish();
    expect(readings).toHaveLength(1);

    const stuck = recorder();
    answer = () => new Promise(() => undefined);
    stuck.follow(processes(1));
    await clock.advance(10 * SECOND);
    const finished = stuck.finish();
    await clock.advance(4 * SECOND);
    await finished;
    expect(readings).toHaveLength(2);
    expect(maps()).toEqual([[1, 0]]);
  });

  test('leaves a process that is not watched any more, and one whose map may not be read is tried again', async () => {
    answer = async (pid) =>
      pid === 2 ? err({ code: 'not-found', path: '/proc/2', what: 'process' }) : ok(aMap(pid === 3 ? [] : SOME));
    const three = recorder();
    three.follow(processes(1, 2, 3));
    await clock.advance(61 * SECOND);
    expect(readings).toHaveLength(6);
    three.follow(processes(2, 4));
    await clock.advance(61 * SECOND);
    expect(readings.slice(6).map(([pid]) => pid)).toEqual([4, 2, 4]);
    expect(maps().map((map) => (map as number[])[0])).toEqual([1, 1, 4, 4]);
  });

  test('does nothing more when it is disposed', async () => {
    const one = recorder();
    let done: (() => void) | undefined;
    answer = () => new Promise((give) => (done = () => give(ok(aMap(SOME)))));
    one.follow(processes(1));
    await settled();
    one.dispose();
    done!();
    await clock.advance(600 * SECOND);
    expect(readings).toHaveLength(1);
    expect(lines).toEqual([]);
  });
});
