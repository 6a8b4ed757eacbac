import { describe, expect, test } from 'vitest';
import type { Captured, Command } from '../../../../src/app/ports.js';
import { dropCaches } from '../../../../src/app/system/drop-caches.js';
import { STARTED } from '../../../../src/app/system/root-script.js';
import { CancelSource, neverCancelled } from '../../../../src/base/cancel.js';
import type { Fault } from '../../../../src/base/fault.js';
import { ok, type Result } from '../../../../src/base/result.js';
import { MemoryTarget } from '../memory-target.js';

class ToldTarget extends MemoryTarget {
  readonly commands: (readonly string[])[] = [];

  constructor(
    private readonly stderr = '',
    private readonly ran: () => void = () => undefined,
    /** What a shell says first that runs at all. */
    private readonly head = STARTED,
  ) {
    super({});
  }

  override capture({ argv }: Command): Promise<Result<Captured, Fault>> {
    this.commands.push(argv);
    this.ran();
    const isWrite = argv[0] !== 'sync';
    const stderr = isWrite ? this.stderr : '';
    return Promise.resolve(ok({ exitCode: stderr === '' ? 0 : 1, stdout: isWrite ? this.head : '', stderr } as Captured));
  }
}

describe('dropping the caches', () => {
  test('sync comes first, then 3 is written by the command for root', async () => {
    const target = new ToldTarget();
    const steps: string[] = [];
    const done = await dropCaches({ target, rootCommand: ['sudo', '-n'] }, neverCancelled, (what) => steps.push(what));
    expect(done.ok).toBe(true);
    expect(target.commands[0]).toEqual(['sync']);
    expect(target.commands[1]?.slice(4, 9)).toEqual(['2', 'sudo', '-n', 'sh', '-c']);
    expect(target.commands[1]?.slice(-2)).toEqual(['/proc/sys/vm/drop_caches', '3']);
    expect(steps).toEqual(['sync', '/proc/sys/vm/drop_caches']);
  });

  test('who may not is told so', async () => {
    const target = new ToldTarget('sh: 1: cannot create /proc/sys/vm/drop_caches: Permission denied');
    const done = await dropCaches({ target, rootCommand: [] }, neverCancelled);
    expect(done).toEqual({ ok: false, error: { code: 'permission', path: '/proc/sys/vm/drop_caches', operation: 'write' } });
  });

  test('a command for root that runs nothing is told as that', async () => {
    const target = new ToldTarget('sudo: a password is required', undefined, '');
    const done = await dropCaches({ target, rootCommand: ['sudo', '-n'] }, neverCancelled);
    expect(done).toMatchObject({
      error: { code: 'engine-unfit', engine: 'sudo -n', reason: expect.stringContaining('a password') },
    });
  });

  test('cancelled while sync runs: nothing is dropped', async () => {
    const cancel = new CancelSource();
    const target = new ToldTarget('', () => cancel.cancel());
    const done = await dropCaches({ target, rootCommand: [] }, cancel);
    expect(done).toEqual({ ok: false, error: { code: 'cancelled' } });
    expect(target.commands).toEqual([['sync']]);
  });
});
