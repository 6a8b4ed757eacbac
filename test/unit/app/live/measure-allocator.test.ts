import { describe, expect, test } from 'vitest';
import { measureAllocator } from '../../../../src/app/live/measure-allocator.js';
import type { Probed } from '../../../../src/app/live/probe-process.js';
import type { Command, OutputListener, StreamedProgram } from '../../../../src/app/ports.js';
import { CancelSource, neverCancelled } from '../../../../src/base/cancel.js';
import type { Fault } from '../../../../src/base/fault.js';
import { ok, type Result } from '../../../../src/base/result.js';
import type { LiveMachine, LiveProcess } from '../../../../src/model/live.js';
import type { Exit } from '../../../../src/model/report.js';
import { nodeClock } from '../../../../src/node/node-clock.js';
import { silentLog as log } from '../../../silent-log.js';
import { shop as process } from '../../engines/live/shop.js';
import { MemoryTarget } from '../memory-target.js';

const machine: LiveMachine = {
  uid: 1000,
  tools: { perf: { path: '/usr/bin/perf', version: '6.1.76' } },
  perfParanoid: 2,
  capabilities: 0n,
};

const sample = (name: string): string => `shop 7 \n\t   1f0 ${name} (/opt/shop)\n\n`;

/** A machine whose perf tells this; the keeper of the directory ends with its input. */
class WithPerf extends MemoryTarget {
  readonly asked: string[] = [];
  removed = 0;

  constructor(
    private readonly told: string,
    private readonly exitCode = 0,
  ) {
    super({});
  }

  override makeTemporaryDirectory(): Promise<Result<string, Fault>> {
    return Promise.resolve(ok('/tmp/memlens-live-1'));
  }

  override stream({ argv }: Command, listener?: OutputListener): Promise<Result<StreamedProgram, Fault>> {
    const at = argv.indexOf('/usr/bin/perf');
    const ended = (exitCode: number): Result<Exit, Fault> => ok({ exitCode });
    if (at < 0) {
      let endInput = (): void => undefined;
      const whole = new Promise<Result<Exit, Fault>>((resolve) => {
        endInput = () => {
          this.removed++;
          resolve(ended(0));
        };
      });
      return Promise.resolve(ok({ write: () => undefined, endInput, abandon: () => undefined, ended: whole }));
    }
    this.asked.push(argv.slice(at + 1).join(' '));
    if (argv[at + 1] === 'script') listener?.onStdout(new TextEncoder().encode(this.told));
    const nothing = (): void => undefined;
    return Promise.resolve(
      ok({ write: nothing, endInput: nothing, abandon: nothing, ended: Promise.resolve(ended(this.exitCode)) }),
    );
  }
}

const measure = (target: WithPerf, of: Partial<LiveProcess> = {}, on: Partial<LiveMachine> = {}, cancel = neverCancelled) => {
  const probed: Probed = { process: { ...process, ...of }, machine: { ...machine, ...on } };
  return measureAllocator({ target, clock: nodeClock, log }, probed, cancel);
};

describe('the time in malloc and free', () => {
  test('is a share of the samples, and the directory goes', async () => {
    const target = new WithPerf(sample('malloc').repeat(50) + sample('main').repeat(150));
    const { allocator, words } = await measure(target);
    expect(allocator).toEqual({ low: expect.closeTo(0.195, 2), high: expect.closeTo(0.314, 2), samples: 200 });
    expect(words).toEqual(['Of 200 samples of its own code by perf 50 were in malloc and free.']);
    expect(target.asked).toEqual([
      'record -q -N -e cpu-clock:u -F 499 --call-graph dwarf,2048 -m 128 --max-size 32M -p 7 -o /tmp/memlens-live-1/cpu.data -- sleep 2',
      'script --no-inline -F comm,pid,ip,sym,dso -i /tmp/memlens-live-1/cpu.data',
    ]);
    expect(target.removed).toBe(1);
  });

  test('is not known of one that hardly ran, or when perf fails', async () => {
    expect(await measure(new WithPerf(sample('malloc').repeat(49)))).toEqual({
      words: ['How much of its time malloc and free take is not known. It hardly ran: 49 samples of it are too few.'],
    });
    const broken = new WithPerf(sample('malloc').repeat(500), 255);
    expect(await measure(broken)).toEqual({
      words: ['How much of its time malloc and free take is not known. perf has not told it.'],
    });
    expect(broken.removed).toBe(1);
  });

  test('where perf can not be used, it is not asked, and the reason is told', async () => {
    for (const [of, on, why] of [
      [{}, { tools: {} }, 'There is no perf'],
      [{}, { perfParanoid: 3 }, 'allows perf to root only'],
      [{ uid: 5 }, {}, 'of another user'],
    ] as const) {
      const target = new WithPerf('');
      expect((await measure(target, of, on)).words[0]).toContain(why);
      expect([target.asked, target.removed]).toEqual([[], 0]);
    }
  });

  test('cancelled, it asks nothing more', async () => {
    const cancel = new CancelSource();
    cancel.cancel();
    const target = new WithPerf('');
    expect((await measure(target, {}, {}, cancel)).allocator).toBeUndefined();
    expect([target.asked, target.removed]).toEqual([[], 1]);
  });
});
