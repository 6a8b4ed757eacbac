import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { discoverRuns } from '../../src/app/discover.js';
import { Profiler } from '../../src/app/profile.js';
import { neverCancelled } from '../../src/base/cancel.js';
import type { RunConfig } from '../../src/model/run-config.js';
import { InheritedStage } from '../../src/node/inherited-stage.js';
import { LocalTarget } from '../../src/node/local-target.js';
import { nodeClock } from '../../src/node/node-clock.js';
import { nodeUnpackers } from '../../src/node/unpack.js';
import { silentLog as silent } from '../silent-log.js';

let dir: string;
let project: string;
const target = new LocalTarget();
const media = join(import.meta.dirname, '../../media');

const LIB = '#include <stdlib.h>\n#include "lib.h"\nvoid *keep(void) { return malloc(SIZE); }\n';
const MAIN = '#include "lib.h"\nint main(void) {\n  volatile char *p = keep();\n  p[0] = 1;\n  p = 0;\n  return 0;\n}\n';

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'memlens-project-')));
  // A name that a careless build would trip over.
  project = join(dir, "it's a project");
  write({ 'src/lib.c': LIB, 'src/main.c': MAIN, 'include/lib.h': 'void *keep(void);\n' });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), text);
  }
}

const treeHash = (): string => {
  const hash = createHash('sha256');
  for (const entry of readdirSync(project, { recursive: true, withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(`${entry.parentPath}/${entry.name}\0`);
    if (entry.isFile()) hash.update(readFileSync(join(entry.parentPath, entry.name)));
  }
  return hash.digest('hex');
};

const profile = (config: Partial<RunConfig>, chooseProgram?: (programs: readonly string[]) => Promise<string | undefined>) =>
  new Profiler({
    target,
    stage: new InheritedStage('stderr'),
    clock: nodeClock,
    log: silent,
    helpers: { companion: join(media, 'companion.c'), stlHeader: join(media, 'stl-in-program.hpp'), cache: join(dir, 'cache') },
    unpackers: nodeUnpackers,
    tools: () => ({}),
    ...(chooseProgram === undefined ? {} : { chooseProgram }),
  }).profile(
    {
      name: 'test',
      subject: { form: 'program', path: '' },
      args: [],
      cwd: project,
      env: {},
      engine: 'auto',
      engineOptions: [],
      suppressions: { valgrind: [], lsan: [] },
      compilerFlags: [],
      timeLimitMs: 60_000,
      sourcePathMap: [],
      workspaceFolders: [project],
      ...config,
    },
    { cancel: neverCancelled, stop: neverCancelled, progress: { phase: () => undefined } },
  );

/** One leak of `SIZE` bytes, at the user's own copy of the library. */
const expectLeak = async (done: ReturnType<typeof profile>, engine: string, bytes = 100): Promise<void> => {
  const outcome = await done;
  expect(outcome, JSON.stringify(outcome)).toMatchObject({ ok: true });
  if (!outcome.ok) return;
  expect(outcome.value.report.run?.engine).toBe(engine);
  expect(outcome.value.report.findings).toMatchObject([
    { kind: 'leak', bytes, place: { function: 'keep', file: join(project, 'src/lib.c'), line: 3 } },
  ]);
};

const MAKEFILE = `CFLAGS = -O2 -Werror -Iinclude -DSIZE=100
prog: src/main.o src/lib.o
\t$(CC) -s -o $@ $^
`;
const CMAKE = `cmake_minimum_required(VERSION 3.13)
project(demo C)
add_executable(prog src/main.c src/lib.c)
target_include_directories(prog PRIVATE include)
target_compile_definitions(prog PRIVATE SIZE=100)
`;

describe('projects of several files', () => {
  test.each(['auto', 'asan', 'lsan', 'memcheck', 'lsan-preload', 'heaptrack'] as const)(
    'a Makefile, separately built: %s',
    async (engine) => {
      write({ Makefile: MAKEFILE });
      execFileSync('make', ['-s'], { cwd: project });
      const before = treeHash();
      const [recipe] = await discoverRuns(target, project, () => undefined);
      expect(recipe).toMatchObject({ origin: 'recipe', config: { build: { form: 'recipe', system: 'make' } } });
      await expectLeak(profile({ ...recipe?.config, engine }), engine === 'auto' ? 'asan' : engine);
      expect(treeHash()).toBe(before);
    },
  );

  test('CMake, separately built, and built again', async () => {
    write({ 'CMakeLists.txt': CMAKE });
    const before = treeHash();
    const [recipe] = await discoverRuns(target, project, () => undefined);
    await expectLeak(profile({ ...recipe?.config }), 'asan');
    await expectLeak(profile({ ...recipe?.config, subject: { form: 'program', path: 'prog' } }), 'asan');
    expect(treeHash()).toBe(before);
  });

  test('of several programs one is asked for; none chosen is a cancel', async () => {
    write({
      'CMakeLists.txt': `${CMAKE}add_executable(other src/main.c src/lib.c)\ntarget_include_directories(other PRIVATE include)\ntarget_compile_definitions(other PRIVATE SIZE=7)\n`,
    });
    const [recipe] = await discoverRuns(target, project, () => undefined);
    await expectLeak(
      profile({ ...recipe?.config }, (programs) => Promise.resolve(programs.find((path) => path.endsWith('/other')))),
      'asan',
      7,
    );
    expect(await profile({ ...recipe?.config }, () => Promise.resolve(undefined))).toMatchObject({
      error: { code: 'cancelled' },
    });
  });

  test('a build command of the user, whose errors become diagnostics', async () => {
    write({ Makefile: MAKEFILE.replace('-s ', '-g ').replace('-O2', '-g') });
    const build = { form: 'command' as const, argv: ['make', 'prog'], cwd: project };
    const subject = { form: 'program' as const, path: join(project, 'prog') };
    await expectLeak(profile({ subject, build }), 'lsan-preload');
    write({ 'src/lib.c': LIB.replace('malloc(SIZE)', 'malloc(') });
    const failed = await profile({ subject, build });
    expect(failed).toMatchObject({ ok: false, error: { code: 'build-failed' } });
    if (!failed.ok && failed.error.code === 'build-failed') {
      expect(failed.error.diagnostics.find(({ severity }) => severity === 'error')).toMatchObject({ line: 3 });
    }
    expect(await profile({ subject, build: { ...build, argv: ['no-such-build-tool'] } })).toMatchObject({
      error: { code: 'tool-missing', tool: 'no-such-build-tool' },
    });
  });

  test('compile_commands.json gives one file its flags', async () => {
    write({
      'one.c':
        '#include <stdlib.h>\n#include "lib.h"\nvoid *keep(void) { return malloc(SIZE); }\nint main(void) {\n  volatile char *p = keep();\n  p[0] = 1;\n  p = 0;\n  return 0;\n}\n',
      'build/compile_commands.json': JSON.stringify([
        {
          directory: join(project, 'build'),
          file: '../one.c',
          command: 'cc -O3 -I../include "-DSIZE=50 + 50" -c ../one.c -o one.o',
        },
      ]),
    });
    const done = await profile({ subject: { form: 'source', file: join(project, 'one.c') } });
    expect(done).toMatchObject({ ok: true, value: { report: { findings: [{ bytes: 100, place: { line: 3 } }] } } });
  });

  test('launch.json and executables are offered', async () => {
    write({
      Makefile: MAKEFILE,
      '.vscode/launch.json':
        '{ // mine\n"configurations": [{ "name": "Run it", "type": "cppdbg", "request": "launch", "program": "${workspaceFolder}/prog", "args": ["a b", "$x"], },]}',
    });
    execFileSync('make', ['-s'], { cwd: project });
    const runs = await discoverRuns(target, project, () => undefined);
    expect(runs.map(({ origin, label }) => `${origin} ${label}`)).toEqual([
      'launch Run it',
      'recipe Build with Make and profile',
      'executable prog',
    ]);
    expect(runs[0]?.config).toMatchObject({ subject: { path: join(project, 'prog') }, args: ['a b', '$x'] });
  });
});
