// How busy a process is, before anything touches it: what of its time malloc and free take, by perf.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Attach } from '../../src/app/live/attach.js';
import { type Probed, probeProcess } from '../../src/app/live/probe-process.js';
import { CancelSource, neverCancelled } from '../../src/base/cancel.js';
import type { Fault } from '../../src/base/fault.js';
import type { Result } from '../../src/base/result.js';
import type { LiveRates } from '../../src/model/live.js';
import { LocalTarget } from '../../src/node/local-target.js';
import { nodeClock } from '../../src/node/node-clock.js';
import { silentLog } from '../silent-log.js';
import { LivePrograms, stateOf, tracerOf } from './live-programs.js';
import { processesWith } from './processes.js';
import { value } from './target-cases.js';

const noPerf =
  spawnSync('perf', ['record', '-q', '-e', 'cpu-clock:u', '-o', '/dev/null', '--', 'true'], { stdio: 'ignore' }).status === 0
    ? undefined
    : 'perf can not record here';

describe.skipIf(noPerf !== undefined)(`time in malloc and free${noPerf === undefined ? '' : ` (${noPerf})`}`, () => {
  const programs = new LivePrograms();
  afterAll(() => programs.clear());
  let spends: string;
  beforeAll(() => {
    spends = programs.compile('spends.c', ['-O1']);
  });
  const made: string[] = [];
  class Remembering extends LocalTarget {
    override async makeTemporaryDirectory(prefix: string): Promise<Result<string, Fault>> {
      const path = await super.makeTemporaryDirectory(prefix);
      if (path.ok) made.push(path.value);
      return path;
    }
  }
  const target = new Remembering();
  const attach = new Attach({ host: target, clock: nodeClock, log: silentLog, media: (name) => name });
  /** The process is as it was, and nothing is left. */
  const expectNothingLeft = (pid: number): void => {
    expect(made).toHaveLength(1);
    expect(existsSync(made.pop()!)).toBe(false);
    expect(processesWith(`-p ${pid} `)).toEqual([]);
    expect([stateOf(pid), tracerOf(pid)]).toEqual([expect.stringMatching(/[RS]/), 0]);
  };

  async function measured(how: string): Promise<{ readonly probed: Probed; readonly rates: LiveRates }> {
    const { pid } = await programs.start(spends, [how]);
    const probed = value(await probeProcess(target, pid!, neverCancelled));
    const rates = value(await attach.measure(target, probed, neverCancelled));
    expectNothingLeft(pid!);
    return { probed, rates };
  }
  const heaptrack = ({ probed, rates }: Awaited<ReturnType<typeof measured>>) =>
    attach.ways(probed, rates).find(({ way }) => way.id === 'heaptrack')!.price;

  test('of one that only allocates it is most of its time: heaptrack is dangerous', async () => {
    const of = await measured('allocator');
    expect(of.rates.allocator!.low).toBeGreaterThan(0.5);
    expect(of.rates.allocator!.high).toBeLessThanOrEqual(1);
    expect(heaptrack(of)).toMatchObject({ isDangerous: true });
    expect(heaptrack(of).slowdown!.low).toBeGreaterThan(3);
  });

  test('of one that never allocates it is nothing: heaptrack is not dangerous', async () => {
    const of = await measured('compute');
    expect(of.rates.allocator!.low).toBeLessThan(1e-9);
    expect(of.rates.allocator!.high).toBeLessThan(0.1);
    if (of.rates.allocator!.samples > 300) expect(heaptrack(of)).toMatchObject({ isDangerous: false });
  });

  test('of one that rests it is not known', async () => {
    const of = await measured('idle');
    expect(of.rates.allocator).toBeUndefined();
    expect(of.rates.words.join(' ')).toContain('0 samples of it are too few');
    expect(heaptrack(of)).toMatchObject({ isDangerous: true });
  });

  test('cancelled in the middle nothing is left', async () => {
    const { pid } = await programs.start(spends, ['compute']);
    const probed = value(await probeProcess(target, pid!, neverCancelled));
    const cancel = new CancelSource();
    const timer = nodeClock.after(1000, () => cancel.cancel());
    expect(await attach.measure(target, probed, cancel)).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    timer.dispose();
    expectNothingLeft(pid!);
  });
});
