// The textbook programs, running for ever, by each way that can see what they lose: the line is found, healthy ones have no finding, and each process is afterwards as it
// was before.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { LiveWayId } from '../../src/model/live.js';
import type { PlacedFinding } from '../../src/model/report.js';
import { LivePrograms, type LookOptions, look } from './live-programs.js';
import { HEAPTRACK_STAYS, isAsItWas, type Stays, standingOf } from './live-standing.js';
import { type BuiltTextbook, TEXTBOOK_SOURCES, type Textbook, type TextbookBuild, textbook } from './live-textbook.js';
import { value } from './target-cases.js';

const has = (tool: string, word = '--version'): boolean => spawnSync(tool, [word], { stdio: 'ignore' }).error === undefined;
const LIBRARIES = '/usr/lib/x86_64-linux-gnu';
const why = (is: boolean, words: string): string | undefined => (is ? undefined : words);
const noGdb = why(has('gdb'), 'gdb is not installed');
const noClang = noGdb ?? why(has('clang'), 'clang is not installed');
const noBpf = why(
  process.getuid?.() === 0 && spawnSync('bpftrace', ['-e', 'BEGIN { exit(); }'], { timeout: 60_000 }).status === 0,
  'bpftrace does not work here',
);

const C = ['leak-loop', 'lost-list', 'reachable', 'interior', 'realloc', 'macro-allocator', 'recursion', 'bsearch-callback'];
const C_LIBRARY = ['strdup', 'wide-strings'];
const C_FILES = ['header-allocator', 'shared-library', 'callback-library', 'plugin'];
const CPP = ['new-array-loop', 'exception', 'templates', 'vector-member', 'string-member', 'shared-cycle', 'odd-functions'];
const LEAKING = [...C, ...C_LIBRARY, ...C_FILES, 'threads', ...CPP];
/** What loses memory in fork-child is its child, which ends. */
const HEALTHY = ['clean', 'clean-threads', 'clean-exit-code', 'clean-limits', 'clean-fork', 'fork-child'];
/** One of each kind. */
const SOME = ['lost-list', 'strdup', 'callback-library', 'threads', 'exception', 'string-member'];

const programs = new LivePrograms();
afterAll(() => programs.clear());
const books = new Map<string, Textbook>([...LEAKING, ...HEALTHY].map((name) => [name, textbook(name, programs.directory)]));

interface Way extends Pick<LookOptions, 'without'> {
  /** In the names of tests. */
  readonly title: string;
  readonly way: LiveWayId;
  /** Why it can't be tested here. */
  readonly missing?: string | undefined;
  readonly build?: TextbookBuild;
  /** How fast programs are to lose memory, so that it is seen in the time. */
  readonly bytesASecond: number;
  readonly durationMs: number;
  /** Of single programs. */
  readonly longer?: Readonly<Record<string, number>>;
  /** Words before the program. */
  readonly before?: (built: BuiltTextbook) => readonly string[];
  readonly stays?: Stays;
  readonly leaking: readonly string[];
  readonly healthy: readonly string[];
  /** Any of the lines is enough: the way does not see each of them for itself. */
  readonly isCoarse?: true;
  /** By program: marks that need not be found, since the way can't see them. */
  readonly optional?: Readonly<Record<string, readonly string[]>>;
}

/** libstdc++ and libc keep no frame pointers: see cases.ts. */
const SANITIZERS_MISS = { 'string-member': ['member'] };
const leakCheck = (compiler: TextbookBuild['compiler'], sanitizer: 'address' | 'leak', leaking: readonly string[]): Way => ({
  title: `leak-check, ${compiler} -fsanitize=${sanitizer}`,
  way: 'leak-check',
  missing: compiler === 'clang' ? noClang : noGdb,
  build: { compiler, sanitizer },
  bytesASecond: 100_000,
  durationMs: 1500,
  stays: compiler === 'clang' ? { children: /symbolizer/, descriptors: 4 } : {},
  // Of libc's functions that allocate AddressSanitizer stands in for strdup. A closed module has no names any more.
  leaking: leaking.filter((name) => !['wide-strings', 'plugin'].includes(name) && (sanitizer === 'address' || name !== 'strdup')),
  // Of a block that is too large it would write a warning each time.
  healthy: leaking === LEAKING ? HEALTHY.filter((name) => name !== 'clean-limits') : ['clean'],
  optional: SANITIZERS_MISS,
});
const ownLibc = ({ program, directory }: BuiltTextbook): readonly string[] => {
  const libraries = join(directory, 'lib');
  mkdirSync(libraries, { recursive: true });
  const libc = /=> (\S*libc\.so\.6)/.exec(spawnSync('ldd', [program], { encoding: 'utf8' }).stdout)![1]!;
  copyFileSync(realpathSync(libc), join(libraries, 'libc.so.6'));
  return ['env', `LD_LIBRARY_PATH=${libraries}`];
};

const WAYS: readonly Way[] = [
  {
    title: 'perf-faults',
    way: 'perf-faults',
    missing: why(has('perf'), 'perf is not installed'),
    bytesASecond: 300_000,
    durationMs: 4000,
    leaking: LEAKING,
    healthy: HEALTHY,
    isCoarse: true,
    // Pages of a large block are first touched by who fills it. What is freed each time has its place taken, which makes new memory of the next.
    optional: { 'leak-loop': ['touched'], 'vector-member': ['reserve'] },
  },
  {
    title: 'heaptrack',
    way: 'heaptrack',
    missing: noGdb ?? why(existsSync('/usr/lib/heaptrack/libheaptrack_inject.so'), 'heaptrack is not installed'),
    bytesASecond: 200_000,
    durationMs: 3500,
    stays: HEAPTRACK_STAYS,
    leaking: LEAKING,
    healthy: ['clean', 'clean-threads', 'clean-limits', 'clean-fork'],
  },
  leakCheck('gcc', 'address', LEAKING),
  leakCheck('clang', 'leak', [...new Set([...SOME, ...CPP])]),
  leakCheck('gcc', 'leak', SOME),
  leakCheck('clang', 'address', SOME),
  {
    title: 'own-profiler, jemalloc',
    way: 'own-profiler',
    missing: why(existsSync(`${LIBRARIES}/libjemalloc.so.2`), 'libjemalloc.so.2 is not installed'),
    bytesASecond: 600_000,
    durationMs: 4000,
    before: ({ directory }) => [
      ...['env', '-C', directory, 'MALLOC_CONF=prof:true,lg_prof_sample:10,lg_prof_interval:17'],
      'LD_PRELOAD=libjemalloc.so.2',
    ],
    // A module that is closed when a profile is written has no name in it.
    leaking: LEAKING.filter((name) => name !== 'plugin'),
    // Of each thread that there was jemalloc keeps what it has allocated: with thousands of them a profile takes its time.
    longer: { threads: 35_000 },
    healthy: ['clean', 'clean-threads'],
  },
  {
    title: 'own-profiler, gperftools',
    way: 'own-profiler',
    missing: why(existsSync(`${LIBRARIES}/libtcmalloc.so.4`), 'libtcmalloc.so.4 (google-perftools) is not installed'),
    bytesASecond: 200_000,
    durationMs: 6500,
    before: ({ directory }) => [
      ...['env', '-C', directory, 'HEAPPROFILE=own', 'HEAPPROFILESIGNAL=12', 'LD_PRELOAD=libtcmalloc.so.4'],
    ],
    leaking: SOME,
    healthy: ['clean'],
  },
  {
    title: 'memleak, bpftrace',
    way: 'memleak',
    missing: noBpf,
    without: ['memleak'],
    bytesASecond: 60_000,
    durationMs: 6000,
    // Its probes are of all processes that have the same file.
    before: ownLibc,
    // Stacks by frame pointers: libc and libstdc++ have none, and their callers are lost.
    leaking: ['leak-loop', 'realloc', 'macro-allocator', 'callback-library', 'threads'],
    healthy: ['clean'],
  },
  {
    title: 'mappings, strace',
    way: 'mappings',
    missing: why(has('strace', '-V'), 'strace is not installed'),
    without: ['perf'],
    bytesASecond: 1_000_000,
    durationMs: 5000,
    // By mmap, and by brk.
    leaking: ['new-array-loop', 'leak-loop', 'lost-list', 'templates'],
    healthy: ['clean', 'clean-exit-code'],
    isCoarse: true,
  },
];

const NOWHERE = 'nowhere';

interface Looked {
  readonly lines: readonly string[];
  readonly findings: readonly PlacedFinding[];
}

async function looked(name: string, how: Way): Promise<Looked> {
  const built = await books.get(name)!.build(how.build ?? { compiler: 'gcc' });
  const child = await programs.start(built.program, built.args(how.bytesASecond), how.before?.(built));
  const pid = child.pid!;
  const before = standingOf(pid);
  let attached = Number.NaN;
  const { outcome, report } = value(
    await look(pid, {
      way: how.way,
      durationMs: how.longer?.[name] ?? how.durationMs,
      workspaceFolders: [TEXTBOOK_SOURCES],
      ...(how.without === undefined ? {} : { without: how.without }),
      onNews: ({ phase }) => {
        if (phase === 'attached' && Number.isNaN(attached)) attached = Date.now();
      },
    }),
  );
  expect(Date.now() - attached).toBeLessThan(60_000);
  expect(outcome.ended).toBeUndefined();
  await isAsItWas(pid, before, how.stays);
  child.kill('SIGUSR1');
  expect(await once(child, 'exit')).toEqual([7, null]);
  const { findings } = report;
  const lines = findings.map(({ place }) => (place?.file == null ? NOWHERE : `${place.file}:${place.line}`));
  return { lines, findings };
}

for (const how of WAYS) {
  const { title, missing } = how;
  describe.skipIf(missing !== undefined)(missing === undefined ? title : `${title} (${missing})`, () => {
    test.concurrent.each(how.leaking)('%s: the line that loses memory, and no other', async (name) => {
      const { lines, findings } = await looked(name, how);
      const book = books.get(name)!;
      const marked = book.lines;
      const optional = how.optional?.[name] ?? [];
      // What has no line is listed without one.
      const nowhere = how.way === 'leak-check' && optional.length > 0 ? [NOWHERE] : [];
      const known = [...marked.values(), ...optional.map((mark) => book.lineOf(mark)), ...nowhere];
      expect(lines.filter((line) => !known.includes(line))).toEqual([]);
      const wanted = [...marked].flatMap(([mark, line]) => (optional.includes(mark) ? [] : [line]));
      if (how.isCoarse) expect(wanted.some((line) => lines.includes(line))).toBe(true);
      else expect(lines).toEqual(expect.arrayContaining(wanted));
      if (how.way === 'leak-check') {
        expect(findings.some(({ details }) => /^(Still growing|New since)/.test(details!.at(-1)!))).toBe(true);
      } else expect(findings.every(({ certainty }) => certainty === 'growing')).toBe(true);
    });

    test.concurrent.each(how.healthy)('%s is healthy: no finding', async (name) => {
      const { lines } = await looked(name, { ...how, bytesASecond: 0 });
      expect(lines).toEqual([]);
    });
  });
}
