// The ways that make calls in a process by gdb, on processes of all kinds: over ssh, of another user, in a container, stopped, being debugged, running another program,
// ending meanwhile; and gdb killed in the midst. Each goes on, or ends, as it would have.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LiveLook } from '../../src/app/live/attach.js';
import { parseTargetName } from '../../src/app/target-names.js';
import { CALL_SCRIPTS, gdbWords } from '../../src/engines/live/gdb.js';
import type { LiveWayId } from '../../src/model/live.js';
import { createTarget } from '../../src/node/targets.js';
import { named } from '../named.js';
import { silentLog as log } from '../silent-log.js';
import { LIVE_SOURCES, LivePrograms, type LookOptions, lineOf, look, stateOf, tracerOf } from './live-programs.js';
import { HEAPTRACK_STAYS, isAsItWas, type Stays, standingOf } from './live-standing.js';
import { processesWith, until } from './processes.js';
import { noSshd, startSshd } from './servers.js';
import { value } from './target-cases.js';

const has = (tool: string, word = '--version'): boolean => spawnSync(tool, [word], { stdio: 'ignore' }).error === undefined;
const why = (is: boolean, words: string): string | undefined => (is ? undefined : words);
const isRoot = process.getuid?.() === 0;
const noGdb = why(has('gdb'), 'gdb is not installed');
const hasHeaptrack = existsSync('/usr/lib/heaptrack/libheaptrack_inject.so');
const noHeaptrack = noGdb ?? why(hasHeaptrack, 'heaptrack is not installed');
const noNobody = why(isRoot && has('setpriv'), 'only root may start processes of another user');
const noStrace = why(has('strace', '-V'), 'strace is not installed');
const noMusl = why(has('musl-gcc'), 'musl-gcc is not installed');

const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--'];
const MEDIA = join(import.meta.dirname, '../../media');
const programs = new LivePrograms();
afterAll(() => programs.clear());
let grows: string;
let checked: string;
let steady: string;
let can32 = false;
beforeAll(() => {
  chmodSync(programs.directory, 0o755);
  grows = programs.compile('grows.c');
  checked = programs.compile('grows.c', ['-O0', '-fsanitize=leak']);
  steady = programs.compile('steady.c');
  can32 =
    spawnSync('gcc', ['-m32', '-x', 'c', '-', '-o', join(programs.directory, '32')], { input: 'int main(void) { return 0; }' })
      .status === 0;
});

interface Way {
  readonly way: LiveWayId;
  readonly durationMs: number;
  readonly program: () => string;
  readonly stays: Stays;
  /** What it must have found in grows.c. */
  readonly found: (looked: LiveLook) => void;
}

const LEAK_CHECK: Way = {
  way: 'leak-check',
  durationMs: 1500,
  program: () => checked,
  stays: {},
  // Each thread has a stack of its own.
  found: ({ report }) =>
    expect(new Set(report.findings.map(({ place }) => `${place?.file}:${place?.line}`))).toEqual(
      new Set([`${join(LIVE_SOURCES, 'grows.c')}:${lineOf('grows.c', 'grows here')}`]),
    ),
};
const MALLOC_INFO: Way = {
  way: 'malloc-info',
  durationMs: 1000,
  program: () => grows,
  stays: {},
  found: ({ outcome }) => expect(outcome.malloc!.inUse).toBeGreaterThan(3000),
};
const HEAPTRACK: Way = {
  way: 'heaptrack',
  durationMs: 1500,
  program: () => grows,
  stays: HEAPTRACK_STAYS,
  found: ({ outcome }) => {
    const { self, chief, tree, frames, texts } = outcome.profile!;
    const line = lineOf('grows.c', 'grows here');
    const bytes = [...self[chief]!.entries()].filter(([node]) => {
      for (let at = node; at > 0; at = tree.parent[at]!) {
        const frame = tree.frame[at]!;
        if (frames.line[frame] === line && texts[frames.file[frame]!]!.endsWith('/grows.c')) return true;
      }
      return false;
    });
    expect(bytes.reduce((sum, [, size]) => sum + size, 0)).toBeGreaterThan(100 * 3000);
  },
};
const WAYS = [LEAK_CHECK, MALLOC_INFO, ...(hasHeaptrack ? [HEAPTRACK] : [])];

/** It is as it was, goes on with its work, and ends when it is told to. */
async function goesOn(child: ChildProcess, pid: number): Promise<void> {
  const faults = (): number => Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ')[7]);
  const before = faults();
  await until(() => faults() > before);
  child.kill('SIGTERM');
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  // unshare(1) gives the status of its child on.
  expect(signal ?? code).toSatisfy((end) => end === 'SIGTERM' || end === 143);
}

async function finds(how: Way, child: ChildProcess, more: Partial<LookOptions> = {}, pid = child.pid!): Promise<LiveLook> {
  const before = standingOf(pid);
  const looked = value(await look(pid, { way: how.way, durationMs: how.durationMs, ...more }));
  how.found(looked);
  await isAsItWas(pid, before, how.stays);
  return looked;
}

/** The debuggers of a look into this process. */
const debuggersOf = (pid: number): readonly number[] =>
  processesWith(`"pid":${pid},`)
    .map((line) => Number.parseInt(line, 10))
    .filter((one) => {
      try {
        return readFileSync(`/proc/${one}/comm`, 'latin1').trim() === 'gdb';
      } catch {
        return false;
      }
    });

describe.skipIf(noGdb !== undefined)(named('calls by gdb', noGdb), () => {
  test.skipIf(noSshd !== undefined)(named('over ssh', noSshd), async () => {
    const server = await startSshd();
    const target = createTarget(
      { name: 'test', config: { kind: 'ssh', host: server.alias } },
      { log, sshConfigFile: server.configFile },
    );
    try {
      for (const how of WAYS) {
        const child = await programs.start(how.program(), ['2', '1000']);
        await finds(how, child, { target });
        await goesOn(child, child.pid!);
      }
    } finally {
      target.dispose();
      await server.stop();
    }
  });

  describe.skipIf(noNobody !== undefined)(named('of another user', noNobody), () => {
    const nobody = createTarget({ name: 'nobody', config: value(parseTargetName(`command:${NOBODY.join(' ')} sh`)) }, { log });
    afterAll(() => nobody.dispose());

    test.each(WAYS)('$way: root into it, and that user into its own', async (how) => {
      const child = await programs.start(how.program(), ['1', '1000'], NOBODY);
      await finds(how, child);
      await finds(how, child, { target: nobody });
      await goesOn(child, child.pid!);
    });

    test.each(WAYS)('$way: that of root is refused', async (how) => {
      const child = await programs.start(how.program(), ['1', '1000']);
      const before = standingOf(child.pid!);
      await expect(look(child.pid!, { way: how.way, target: nobody })).rejects.toThrow('foreign');
      await isAsItWas(child.pid!, before);
      await goesOn(child, child.pid!);
    });

    const CONTAINER = ['unshare', '-m', '-p', '-f', '--mount-proc', '--kill-child', '--'];
    test.each([LEAK_CHECK, MALLOC_INFO])('$way: in a container', async (how) => {
      const parent = await programs.start(how.program(), ['2', '1000'], CONTAINER);
      const pid = Number(execFileSync('ps', ['-o', 'pid=', '--ppid', String(parent.pid)], { encoding: 'utf8' }));
      const { outcome } = await finds(how, parent, {}, pid);
      expect(outcome.process).toMatchObject({ isInContainer: true, ownPid: 1 });
    });

    test.skipIf(noHeaptrack !== undefined)(named('heaptrack: in a container it is refused in words', noHeaptrack), async () => {
      const parent = await programs.start(grows, ['1', '1000'], CONTAINER);
      const pid = Number(execFileSync('ps', ['-o', 'pid=', '--ppid', String(parent.pid)], { encoding: 'utf8' }));
      const before = standingOf(pid);
      expect(await look(pid, { way: 'heaptrack' })).toMatchObject({
        ok: false,
        error: { code: 'engine-unfit', reason: expect.stringContaining('container') },
      });
      await isAsItWas(pid, before);
    });
  });

  test.each(WAYS)('$way: one that is stopped is refused, and stays so', async ({ way, program }) => {
    const child = await programs.start(program(), ['1', '1000']);
    child.kill('SIGSTOP');
    await until(() => stateOf(child.pid!) === 'T');
    const before = standingOf(child.pid!);
    expect(await look(child.pid!, { way })).toMatchObject({
      ok: false,
      error: { code: 'engine-unfit', reason: expect.stringContaining('is stopped') },
    });
    await isAsItWas(child.pid!, before);
    child.kill('SIGCONT');
    await goesOn(child, child.pid!);
  });

  const TRACERS = [
    ['strace', noStrace, ['strace', '-qq', '-e', 'trace=none', '-p']],
    ['gdb', undefined, ['gdb', '-nx', '-batch', '-q', '-iex', 'set auto-solib-add off', '-ex', 'continue', '-p']],
  ] as const;
  for (const [name, missing, words] of TRACERS) {
    test.skipIf(missing !== undefined).each(WAYS)(
      `$way: one that is debugged (${name}) is refused, and stays so`,
      async (how) => {
        const child = await programs.start(how.program(), ['1', '1000']);
        const tracer = spawn(words[0], [...words.slice(1), String(child.pid)], { stdio: 'ignore' });
        await until(() => tracerOf(child.pid!) === tracer.pid && /[RS]/.test(stateOf(child.pid!) ?? ''));
        expect(await look(child.pid!, { way: how.way })).toMatchObject({
          ok: false,
          error: { code: 'engine-unfit', reason: expect.stringContaining('only one tracer') },
        });
        expect(tracerOf(child.pid!)).toBe(tracer.pid);
        tracer.kill(name === 'gdb' ? 'SIGTERM' : 'SIGINT');
        await once(tracer, 'exit');
        await until(() => tracerOf(child.pid!) === 0 && /[RS]/.test(stateOf(child.pid!) ?? ''));
        await goesOn(child, child.pid!);
      },
    );
  }

  test.each(WAYS.filter(({ way }) => way !== 'malloc-info'))('$way: one that runs another program meanwhile', async (how) => {
    const child = await programs.start(how.program(), ['1', '1000', steady]);
    const said = once(child.stdout!, 'data');
    const looked = await look(child.pid!, {
      way: how.way,
      durationMs: 90_000,
      onNews: ({ phase, words }) => {
        if (how.way === 'leak-check' ? words?.startsWith('check 1') : phase === 'attached')
          setTimeout(() => child.kill('SIGUSR1'), 1500);
      },
    });
    // steady.c is ready.
    await said;
    const { outcome } = value(looked);
    how.found(value(looked));
    expect(outcome.ended).toBeUndefined();
    expect(outcome.notes.map(({ code }) => code)).toContain(how.way === 'heaptrack' ? 'became-another' : 'ended-early');
    expect(outcome.notes.map(({ text }) => text).join(' ')).toContain('execve');
    expect(outcome.overMs).toBeLessThan(60_000);
    expect([tracerOf(child.pid!), stateOf(child.pid!)]).toEqual([0, expect.stringMatching(/[RS]/)]);
    expect([...standingOf(child.pid!).mapped].filter((path) => /heaptrack|memlens-leaks/.test(path))).toEqual([]);
    await until(() => debuggersOf(child.pid!).length === 0);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
  });

  test.each(WAYS.filter(({ way }) => way !== 'malloc-info'))(
    '$way: one that ends meanwhile ends as it would have',
    async (how) => {
      const child = await programs.start(how.program(), ['2', '1000']);
      const ended = once(child, 'exit');
      const looked = value(
        await look(child.pid!, {
          way: how.way,
          durationMs: 90_000,
          onNews: ({ phase, words }) => {
            if (how.way === 'leak-check' ? words?.startsWith('check 1') : phase === 'attached')
              setTimeout(() => child.kill('SIGTERM'), 1500);
          },
        }),
      );
      expect(await ended).toEqual([null, 'SIGTERM']);
      expect(looked.outcome.ended).toBe('exited');
      how.found(looked);
      await until(() => debuggersOf(child.pid!).length === 0);
    },
  );

  test('leak-check: gdb is killed meanwhile, and what is in the process goes by itself', async () => {
    const child = await programs.start(checked, ['2', '1000']);
    const before = standingOf(child.pid!);
    const looked = await look(child.pid!, {
      way: 'leak-check',
      durationMs: 90_000,
      onNews: ({ words }) => {
        if (words?.startsWith('check 1') === true) for (const gdb of debuggersOf(child.pid!)) process.kill(gdb, 'SIGKILL');
      },
    });
    LEAK_CHECK.found(value(looked));
    expect(value(looked).outcome.notes.map(({ code }) => code)).toContain('ended-early');
    await until(() => [...standingOf(child.pid!).mapped].filter((path) => path.includes('memlens-leaks')), 40_000);
    await isAsItWas(child.pid!, before);
    await goesOn(child, child.pid!);
  });

  test.skipIf(noHeaptrack !== undefined)(
    named('heaptrack: gdb is killed meanwhile, and heaptrack is stopped all the same', noHeaptrack),
    async () => {
      const child = await programs.start(grows, ['2', '1000']);
      const before = standingOf(child.pid!);
      const looked = await look(child.pid!, {
        way: 'heaptrack',
        durationMs: 90_000,
        onNews: ({ phase }) => {
          if (phase === 'attached') for (const gdb of debuggersOf(child.pid!)) process.kill(gdb, 'SIGKILL');
        },
      });
      expect(looked).toMatchObject({
        ok: false,
        error: { code: 'engine-unfit', reason: expect.stringContaining('It was stopped in the process all the same') },
      });
      await isAsItWas(child.pid!, before, HEAPTRACK_STAYS);
      await goesOn(child, child.pid!);
    },
  );

  test('gdb is killed in the middle of a call: the process goes on', async () => {
    for (const threads of ['1', '3']) {
      const child = await programs.start(grows, [threads, '1000']);
      await until(() => standingOf(child.pid!).threads === Number(threads));
      const before = standingOf(child.pid!);
      const { gdb, calls } = callSlowly(child.pid!);
      await calls;
      gdb.kill('SIGKILL');
      await once(gdb, 'exit');
      // The call goes on to its end.
      await new Promise((resolve) => setTimeout(resolve, 3000));
      await isAsItWas(child.pid!, before);
      await goesOn(child, child.pid!);
    }
  });

  test('a static program, one of musl, and one of 32 bits are refused in words', async () => {
    const kinds: readonly (readonly [string, boolean, readonly string[], string, LiveWayId, RegExp])[] = [
      ['static', true, ['-O0', '-static'], 'gcc', 'malloc-info', /static/],
      ['musl', noMusl === undefined, ['-O0'], 'musl-gcc', 'malloc-info', /musl/],
      ['musl', noMusl === undefined && hasHeaptrack, ['-O0'], 'musl-gcc', 'heaptrack', /another C library/],
      ['32 bits', can32 && hasHeaptrack, ['-O0', '-m32'], 'gcc', 'heaptrack', /32 bits/],
    ];
    for (const [, isThere, words, compiler, way, reason] of kinds) {
      if (!isThere) continue;
      const child = await programs.start(programs.compile('grows.c', words, compiler), ['1', '1000']);
      const before = standingOf(child.pid!);
      expect(await look(child.pid!, { way })).toMatchObject({
        ok: false,
        error: { code: 'engine-unfit', reason: expect.stringMatching(reason) },
      });
      await isAsItWas(child.pid!, before);
      await goesOn(child, child.pid!);
    }
  });
});

/** A call of two seconds, by the scripts themselves: `calls` is when it has begun. */
function callSlowly(pid: number): { readonly gdb: ChildProcess; readonly calls: Promise<void> } {
  const script = join(programs.directory, 'slow.py');
  const texts = CALL_SCRIPTS.filter((name) => name !== 'inject-run.py').map((name) => readFileSync(join(MEDIA, name), 'utf8'));
  const slow = `
def slow(process, job):
    def ask(caller):
        usleep = caller.need("usleep")
        tell(told="news", calling=True)
        caller.call(usleep, 2000000)
        return {}
    return with_caller(process, ask, job["limits"])
main({"slow": slow})
`;
  writeFileSync(script, [...texts, slow].join('\n'));
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const startTicks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  const job = { job: 'slow', pid, startTicks, limits: { tries: 100, seconds: 20, callSeconds: 20 } };
  const [first = '', ...rest] = gdbWords('gdb', script);
  const gdb = spawn(first, rest, {
    env: { ...process.env, LC_ALL: 'C', MEMLENS_JOB: JSON.stringify(job) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const calls = new Promise<void>((resolve, reject) => {
    gdb.stdout!.on('data', (chunk: Buffer) => void (chunk.includes('calling') && setTimeout(resolve, 500)));
    gdb.once('exit', () => reject(new Error('gdb has ended')));
  });
  return { gdb, calls };
}
