// kmemleak as a target tells of it: what its answers mean, what is written and when. The files of the kernel themselves are asked in test/tools/kmemleak.test.ts.
import { describe, expect, test } from 'vitest';
import { clearKmemleak, type KmemleakStep, scanKmemleak } from '../../../../src/app/kmemleak/commands.js';
import { readKmemleak } from '../../../../src/app/kmemleak/read.js';
import { type KmemleakState, readKmemleakState } from '../../../../src/app/kmemleak/state.js';
import { kmemleakFault, kmemleakStateWords } from '../../../../src/app/kmemleak/state-words.js';
import type { Captured, Command, OutputListener, StreamedProgram } from '../../../../src/app/ports.js';
import { SourceLocator } from '../../../../src/app/source-locator.js';
import { CancelSource, neverCancelled } from '../../../../src/base/cancel.js';
import type { Fault } from '../../../../src/base/fault.js';
import { ok, type Result } from '../../../../src/base/result.js';
import { FakeClock, settled } from '../fake-clock.js';
import { MemoryTarget } from '../memory-target.js';

const FILE = '/sys/kernel/debug/kmemleak';
const MOUNTED = ['mounted\t/sys/kernel/debug', 'debugfs\t/sys/kernel/debug'];
const ON = [...MOUNTED, 'opened\tyes', 'asked\tno'];
const REPORT = `unreferenced object 0xffff8880 (size 64):
  comm "insmod", pid 7, jiffies 4294937337
  backtrace:
    [<00000000a480d022>] leak_it+0x21/0x5c [leaky]
`;

/** A kernel by what its shell says to the question of readKmemleakState, and to words that are written. */
class Kernel extends MemoryTarget {
  readonly written: string[] = [];
  /** Scans that have begun end when they are told to. */
  readonly scans: ((exitCode: number) => void)[] = [];
  inputs = 0;

  constructor(
    private readonly lines: readonly string[],
    private readonly stderr = 'cat: write error: Invalid argument',
    report = '',
  ) {
    super({ [FILE]: report });
  }

  override capture(_command: Command): Promise<Result<Captured, Fault>> {
    return Promise.resolve(ok({ exitCode: 0, stdout: `@memlens\n${this.lines.join('\n')}\n`, stderr: this.stderr }));
  }

  override stream({ argv }: Command, listener?: OutputListener): Promise<Result<StreamedProgram, Fault>> {
    const word = argv.at(-1) ?? '';
    this.written.push(word);
    listener?.onStdout(new TextEncoder().encode('@memlens\n'));
    const ended = new Promise<Result<{ exitCode: number }, Fault>>((resolve) => {
      const end = (exitCode: number): void => resolve(ok({ exitCode }));
      if (word === 'scan') this.scans.push(end);
      else end(0);
    });
    const endInput = (): void => {
      this.inputs++;
      this.scans.at(-1)?.(143);
    };
    return Promise.resolve(ok({ write: () => undefined, endInput, abandon: () => undefined, ended }));
  }
}

const access = (target: Kernel) => ({ target, rootCommand: [] });
const stateOf = async (lines: readonly string[], stderr?: string): Promise<KmemleakState> => {
  const state = await readKmemleakState(access(new Kernel(lines, stderr)), neverCancelled);
  if (!state.ok) throw new Error(JSON.stringify(state.error));
  return state.value;
};

describe('the state of kmemleak', () => {
  test.each<[string, readonly string[], string, KmemleakState['standing']]>([
    ['a word that it does not have is refused', ON, 'cat: write error: Invalid argument', 'on'],
    ['switched off, since 3.15', ON, 'cat: write error: Operation not permitted', 'off'],
    ['switched off, before', [...MOUNTED, 'refused\tsh: cannot open kmemleak: Device or resource busy', 'asked\tno'], '', 'off'],
    ['it scans now and does not answer', [...MOUNTED, 'opened\tyes', 'busy\tyes', 'asked\tno'], '', 'on'],
    ['not root', [...MOUNTED, 'closed\t/sys/kernel/debug'], '', 'needs-root'],
    ['not root, where others may look into debugfs', ON, 'sh: cannot create kmemleak: Permission denied', 'needs-root'],
    ['locked down', [...MOUNTED, 'refused\tsh: cannot open: Operation not permitted', 'asked\tno'], '', 'locked'],
    ['no file', MOUNTED, '', 'not-built'],
    ['debugfs is known and not mounted', ['known\tdebugfs', 'debugfs\t/sys/kernel/debug'], '', 'not-mounted'],
    ['no debugfs', ['debugfs\t/sys/kernel/debug'], '', 'no-debugfs'],
    [
      'nobody need mount it for a kernel without kmemleak',
      ['known\tdebugfs', 'debugfs\t/sys/kernel/debug', 'config\t# CONFIG_DEBUG_KMEMLEAK is not set'],
      '',
      'not-built',
    ],
    ['what nobody has heard of', ON, 'cat: write error: No space left on device', 'unclear'],
  ])('%s', async (_, lines, stderr, standing) => {
    const state = await stateOf(lines, stderr);
    expect(state.standing).toBe(standing);
    expect(state.file).toBe(FILE);
    const fault = kmemleakFault(state);
    expect(fault === undefined).toBe(standing === 'on');
    // Each says what to do.
    if (fault?.code === 'engine-unfit') expect(fault.remedy).not.toBe('');
    expect(kmemleakStateWords(state).join(' ')).not.toContain('undefined');
  });

  test.each<[KmemleakState['offBy'], readonly string[]]>([
    ['boot', ['cmdline\tquiet kmemleak=off']],
    ['boot', ['cmdline\tkmemleak=on kmemleak=off']],
    ['configuration', ['cmdline\tquiet', 'config\tCONFIG_DEBUG_KMEMLEAK_DEFAULT_OFF=y']],
    [
      'itself',
      [
        'cmdline\tkmemleak=on',
        'log\t[ 1.0] kmemleak: Memory pool empty, consider increasing CONFIG_DEBUG_KMEMLEAK_MEM_POOL_SIZE',
      ],
    ],
    ['itself', ['log\tkmemleak: Early log buffer exceeded (1234), please increase DEBUG_KMEMLEAK_EARLY_LOG_SIZE']],
    [undefined, ['cmdline\tquiet']],
  ])('off by %s: %j', async (offBy, lines) => {
    const state = await stateOf([...ON, ...lines], 'cat: write error: Operation not permitted');
    expect(state).toMatchObject({ standing: 'off' });
    expect(state.offBy).toBe(offBy);
  });

  test('whether it scans by itself is told where threads of the kernel are seen, and not guessed elsewhere', async () => {
    expect((await stateOf([...ON, 'threads\tyes', 'thread\tyes'])).scansItself).toBe(true);
    expect((await stateOf([...ON, 'threads\tyes'])).scansItself).toBe(false);
    expect((await stateOf(ON)).scansItself).toBeUndefined();
  });

  test('a root command that runs nothing is named', async () => {
    const target = new Kernel([], 'sudo: a password is required');
    target.capture = () => Promise.resolve(ok({ exitCode: 1, stdout: '', stderr: 'sudo: a password is required' }));
    const state = await readKmemleakState({ target, rootCommand: ['sudo', '-n'] }, neverCancelled);
    expect(state).toMatchObject({ error: { code: 'engine-unfit', engine: 'sudo -n' } });
    expect(JSON.stringify(state)).toContain('a password is required');
  });
});

describe('a scan', () => {
  const begin = (target: Kernel, clearFirst = false) => {
    const clock = new FakeClock();
    const cancel = new CancelSource();
    const steps: KmemleakStep[] = [];
    const done = scanKmemleak(access(target), { clock, cancel, clearFirst, onStep: (step) => steps.push(step) });
    return { clock, cancel, steps, done };
  };

  test('is two, and the second begins when what was lost before the first is older than 5 s', async () => {
    const target = new Kernel(ON);
    const { clock, steps, done } = begin(target, true);
    await settled();
    expect(target.written).toEqual(['clear', 'scan']);
    target.scans[0]?.(0);
    await clock.advance(5_000);
    expect(target.written).toEqual(['clear', 'scan']);
    await clock.advance(1_000);
    expect(target.written).toEqual(['clear', 'scan', 'scan']);
    target.scans[1]?.(0);
    expect((await done).ok).toBe(true);
    expect(steps).toEqual(['clearing', 'first-scan', 'waiting', 'second-scan']);
  });

  test('that is cancelled ends on the target', async () => {
    const target = new Kernel(ON);
    const { cancel, done } = begin(target);
    await settled();
    cancel.cancel();
    expect(await done).toMatchObject({ error: { code: 'cancelled' } });
    expect(target.inputs).toBeGreaterThan(0);
    expect(target.written).toEqual(['scan']);
  });

  test('that is cancelled while it waits writes nothing more', async () => {
    const target = new Kernel(ON);
    const { cancel, steps, done } = begin(target);
    await settled();
    target.scans[0]?.(0);
    await settled();
    expect(steps.at(-1)).toBe('waiting');
    cancel.cancel();
    expect(await done).toMatchObject({ error: { code: 'cancelled' } });
    expect(target.written).toEqual(['scan']);
  });

  test('and a clear write nothing where kmemleak takes no words', async () => {
    const target = new Kernel(ON, 'cat: write error: Operation not permitted');
    expect(await begin(target, true).done).toMatchObject({ error: { code: 'engine-unfit', engine: 'kmemleak' } });
    const work = { clock: new FakeClock(), cancel: neverCancelled };
    expect(await clearKmemleak(access(target), work)).toMatchObject({ error: { code: 'engine-unfit' } });
    expect(target.written).toEqual([]);
  });
});

describe('what it reports', () => {
  const read = (target: Kernel) =>
    readKmemleak(access(target), {
      clock: new FakeClock(),
      cancel: neverCancelled,
      locator: new SourceLocator(new MemoryTarget({}), { workspaceFolders: [], mappings: [], baseDirectories: [] }),
    });

  test('is read as findings', async () => {
    const done = await read(new Kernel(ON, undefined, REPORT));
    expect(done).toMatchObject({ value: { report: { findings: [{ bytes: 64, pid: 7 }] } } });
  });

  test('may be nothing, which is no fault; what is no report is one', async () => {
    expect(await read(new Kernel(ON, undefined, ''))).toMatchObject({ value: { report: { findings: [], notes: [] } } });
    expect(await read(new Kernel(ON, undefined, 'hello\n'))).toMatchObject({ error: { code: 'unrecognised-report' } });
  });

  test('is still there when it was switched off, and says so', async () => {
    const done = await read(new Kernel(ON, 'cat: write error: Operation not permitted', REPORT));
    expect(done).toMatchObject({ value: { report: { findings: [{ bytes: 64 }] } } });
    expect(JSON.stringify(done)).toContain('kmemleak-off');
  });
});
