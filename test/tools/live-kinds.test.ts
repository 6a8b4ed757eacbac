// A server under load, caches, code that was inlined, a heap in fragments, and a program that writes its own profiles: what each way says of them, and that they go on.
import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LiveLook } from '../../src/app/live/attach.js';
import type { HeapProfile } from '../../src/model/heap-profile.js';
import type { LiveWayId } from '../../src/model/live.js';
import { named } from '../named.js';
import { LIVE_SOURCES, LivePrograms, lineOf, look } from './live-programs.js';
import { HEAPTRACK_STAYS, isAsItWas, type Stays, standingOf } from './live-standing.js';
import { until } from './processes.js';
import { value } from './target-cases.js';

const has = (tool: string): boolean => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;
const why = (is: boolean, words: string): string | undefined => (is ? undefined : words);
const noGdb = why(has('gdb'), 'gdb is not installed');
const noHeaptrack = noGdb ?? why(existsSync('/usr/lib/heaptrack/libheaptrack_inject.so'), 'heaptrack is not installed');
const noPerf = why(has('perf'), 'perf is not installed');

const programs = new LivePrograms();
afterAll(() => programs.clear());

/** A look that finds the process as it was, and lets it end. */
async function lookAt(
  child: ChildProcess,
  way: LiveWayId,
  durationMs: number,
  stays: Stays = {},
  meanwhile?: () => unknown,
): Promise<LiveLook> {
  const pid = child.pid!;
  const before = standingOf(pid);
  const looked = value(await look(pid, { way, durationMs }));
  expect(looked.outcome.ended).toBeUndefined();
  await meanwhile?.();
  await isAsItWas(pid, before, stays);
  child.kill('SIGUSR1');
  expect(await once(child, 'exit')).toEqual([7, null]);
  return looked;
}

const placesOf = ({ report }: LiveLook): readonly unknown[] => report.findings.map(({ place }) => [place?.file, place?.line]);
const at = (source: string, mark: string): readonly unknown[] => [join(LIVE_SOURCES, source), lineOf(source, mark)];

/** Of what is live at the end, the share that was allocated below this line. */
function shareOf({ frames, texts, tree, self, chief }: HeapProfile, source: string, mark: string): number {
  const line = lineOf(source, mark);
  let [all, below] = [0, 0];
  for (const [node, size] of self[chief]!.entries()) {
    all += size;
    for (let inner = node; inner > 0; inner = tree.parent[inner]!) {
      const frame = tree.frame[inner]!;
      // heaptrack may have the name of a file as it was given to the compiler.
      if (texts[frames.file[frame]!]!.split('/').at(-1) !== source || frames.line[frame] !== line) continue;
      below += size;
      break;
    }
  }
  return all === 0 ? Number.NaN : below / all;
}

/** Clients that ask again as soon as they have an answer. */
class Load {
  answers = 0;
  private readonly clients: Socket[];

  constructor(port: number, clients: number) {
    this.clients = Array.from({ length: clients }, () => {
      const client = connect(port, '127.0.0.1');
      const ask = (): void => void (client.destroyed || client.write('a request of some words\n'));
      client.on('connect', ask);
      client.on('data', (chunk) => {
        this.answers += chunk.toString().split('\n').length - 1;
        ask();
      });
      client.on('error', () => client.destroy());
      return client;
    });
  }

  end(): void {
    for (const client of this.clients) client.destroy();
  }
}

describe('a server with threads, under load', () => {
  let plain: string;
  let checked: string;
  beforeAll(() => {
    plain = programs.compile('server.c');
    checked = programs.compile('server.c', ['-O0', '-fsanitize=leak']);
  });

  /** It goes on answering afterwards. */
  async function underLoad(program: string, way: LiveWayId, durationMs: number, stays: Stays = {}): Promise<LiveLook> {
    const file = join(programs.directory, 'port');
    const child = await programs.start(program, [file]);
    const load = new Load(Number(readFileSync(file, 'latin1')), 4);
    const answered = (): Promise<void> => {
      const before = load.answers;
      return until(() => load.answers > before + 10);
    };
    try {
      await answered();
      return await lookAt(child, way, durationMs, stays, answered);
    } finally {
      load.end();
    }
  }

  test.skipIf(noPerf !== undefined)(named('page faults', noPerf), async () => {
    const looked = await underLoad(plain, 'perf-faults', 5000);
    expect(placesOf(looked)).toEqual([at('server.c', '// lost record')]);
    expect(looked.outcome.process.threads).toBe(5);
  });

  test.skipIf(noGdb !== undefined)(named('leak check', noGdb), async () => {
    const looked = await underLoad(checked, 'leak-check', 2000);
    expect(placesOf(looked)).toEqual([at('server.c', '// lost record')]);
    expect(looked.report.findings[0]!.details!.at(-1)).toMatch(/^Still growing/);
  });

  test.skipIf(noHeaptrack !== undefined)(named('heaptrack', noHeaptrack), async () => {
    const looked = await underLoad(plain, 'heaptrack', 4000, HEAPTRACK_STAYS);
    expect(placesOf(looked)).toEqual([at('server.c', '// lost record')]);
    expect(shareOf(looked.outcome.profile!, 'server.c', '// lost record')).toBeGreaterThan(0.9);
  });

  test.skipIf(noGdb !== undefined)(named("malloc's own figures", noGdb), async () => {
    const { outcome } = await underLoad(plain, 'malloc-info', 1000);
    // Threads have arenas of their own.
    expect(outcome.malloc!.arenas).toBeGreaterThan(1);
    expect(outcome.malloc!.inUse).toBeGreaterThan(0);
  });
});

describe('a cache', () => {
  let plain: string;
  let checked: string;
  beforeAll(() => {
    plain = programs.compile('cache.c');
    checked = programs.compile('cache.c', ['-O0', '-fsanitize=address']);
  });
  const cached = (): readonly unknown[] => at('cache.c', '// cached');

  test.skipIf(noPerf !== undefined)(
    named('page faults: it grows when it has no bound, and not when it is full', noPerf),
    async () => {
      expect(placesOf(await lookAt(await programs.start(plain, ['unbounded', '500']), 'perf-faults', 5000))).toEqual([cached()]);
      expect(placesOf(await lookAt(await programs.start(plain, ['bounded', '500']), 'perf-faults', 5000))).toEqual([]);
    },
  );

  test.skipIf(noGdb !== undefined)(named('leak check: nothing of it is lost, with a bound or without', noGdb), async () => {
    for (const kind of ['unbounded', 'bounded'])
      expect(placesOf(await lookAt(await programs.start(checked, [kind, '500']), 'leak-check', 1500))).toEqual([]);
  });

  test.skipIf(noHeaptrack !== undefined)(named('heaptrack: what it keeps, and what only changes', noHeaptrack), async () => {
    const without = await lookAt(await programs.start(plain, ['unbounded', '500']), 'heaptrack', 4000, HEAPTRACK_STAYS);
    expect(placesOf(without)).toEqual([cached()]);
    // Entries that were there before are replaced: for heaptrack, which does not know those, what is there grows until they are.
    const full = await lookAt(await programs.start(plain, ['bounded', '100']), 'heaptrack', 6000, HEAPTRACK_STAYS);
    expect(placesOf(full)).toEqual([]);
  });
});

describe.each(['gcc', 'clang'])('C++ that was optimised, and inlined: %s', (compiler) => {
  const missing = why(has(compiler), `${compiler} is not installed`);
  const program = (words: readonly string[]): string =>
    programs.compile('inlined.cpp', words, compiler === 'gcc' ? 'g++' : 'clang++');

  function isInlined(looked: LiveLook): void {
    expect(placesOf(looked)).toEqual([at('inlined.cpp', '// lost session')]);
    const { frames } = looked.report.findings[0]!.stacks[0]!;
    const own = frames.filter(({ file }) => file?.endsWith('inlined.cpp'));
    expect(own.map(({ line, inlined }) => [line, inlined === true]).slice(0, 3)).toEqual([
      [lineOf('inlined.cpp', '// lost session'), true],
      [lineOf('inlined.cpp', '// its caller'), true],
      [lineOf('inlined.cpp', '// the caller of both'), false],
    ]);
  }

  test.skipIf((missing ?? noPerf) !== undefined)(named('page faults', missing ?? noPerf), async () => {
    const child = await programs.start(program(['-O2']), ['1000']);
    isInlined(await lookAt(child, 'perf-faults', 5000));
  });

  test.skipIf((missing ?? noHeaptrack) !== undefined)(named('heaptrack', missing ?? noHeaptrack), async () => {
    const child = await programs.start(program(['-O2']), ['1000']);
    const looked = await lookAt(child, 'heaptrack', 4000, HEAPTRACK_STAYS);
    isInlined(looked);
    for (const mark of ['// lost session', '// its caller', '// the caller of both'])
      expect(shareOf(looked.outcome.profile!, 'inlined.cpp', mark)).toBeGreaterThan(0.9);
  });

  test.skipIf((missing ?? noGdb) !== undefined)(named('leak check', missing ?? noGdb), async () => {
    const child = await programs.start(program(['-O2', '-fsanitize=leak', '-fno-omit-frame-pointer']), ['1000']);
    const stays: Stays = compiler === 'clang' ? { children: /symbolizer/, descriptors: 4 } : {};
    expect(placesOf(await lookAt(child, 'leak-check', 1500, stays))).toEqual([at('inlined.cpp', '// lost session')]);
  });
});

describe('a heap in fragments', () => {
  test.skipIf(noGdb !== undefined)(named("malloc's own figures: most of what is held is free", noGdb), async () => {
    const child = await programs.start(programs.compile('fragments.c'));
    const { malloc, notes } = (await lookAt(child, 'malloc-info', 1000)).outcome;
    expect(malloc!.held).toBeGreaterThan(40 << 20);
    expect(malloc!.free / malloc!.held).toBeGreaterThan(0.9);
    expect(malloc!.top!).toBeLessThan(malloc!.free / 2);
    expect(notes.map(({ code }) => code)).toContain('malloc-retains');
  });

  test.skipIf(noPerf !== undefined)(named('page faults: it does not grow', noPerf), async () => {
    const child = await programs.start(programs.compile('fragments.c'));
    expect(placesOf(await lookAt(child, 'perf-faults', 4000))).toEqual([]);
  });
});

describe('a static program that writes profiles of its own', () => {
  let program: string;
  beforeAll(() => {
    program = programs.compile('pprof.c', ['-O0', '-static']);
  });
  /** In a directory of its own. */
  async function started(name: string, args: readonly string[]): Promise<{ child: ChildProcess; directory: string }> {
    const directory = join(programs.directory, name);
    mkdirSync(directory);
    // Of another time, and no profile.
    writeFileSync(join(directory, 'zzz.pprof'), 'no profile');
    utimesSync(join(directory, 'zzz.pprof'), 1e9, 1e9);
    return { child: await programs.start(program, args, ['env', '-C', directory]), directory };
  }

  test.each([
    ['in one file, again and again', 'one', 'heap.pprof'],
    ['in files with numbers', 'many', 'heap.%d.pprof'],
  ])('%s: the line that grows', async (_, name, form) => {
    const { child, directory } = await started(name, ['200', form]);
    const looked = await lookAt(child, 'own-profiler', 5000);
    expect(looked.outcome.profile!.timeline!.moments.length).toBeGreaterThanOrEqual(6);
    expect(placesOf(looked)).toEqual([at('pprof.c', '// grows in its profile')]);
    // These are the program's own.
    expect(readdirSync(directory).some((file) => file.endsWith('.pprof') && file !== 'zzz.pprof')).toBe(true);
  });

  test('one file, which is not written again: what is live is told, and not what grows', async () => {
    const { child } = await started('once', ['600000', 'heap.pprof']);
    const { outcome, report } = await lookAt(child, 'own-profiler', 1000);
    expect(outcome.notes.map(({ code }) => code)).toContain('one-profile');
    expect(outcome.profile!.self[outcome.profile!.chief]!.reduce((sum, bytes) => sum + bytes)).toBe(15_000);
    expect(report.findings).toEqual([]);
  });
});

describe.skipIf(noGdb !== undefined)(named('a program that forks all the time', noGdb), () => {
  test.each([
    ['gcc', 'address'],
    ['gcc', 'leak'],
  ])('does not fork in the middle of a leak check: %s -fsanitize=%s', async (compiler, sanitizer) => {
    const program = programs.compile('forks.c', ['-O1', '-rdynamic', `-fsanitize=${sanitizer}`], compiler);
    const child = await programs.start(program);
    value(await look(child.pid!, { way: 'leak-check', durationMs: 300 }));
    expect(placesOf(await lookAt(child, 'leak-check', 300))).toEqual([]);
  });
});
