import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeRun, type RunDefaults, readPathMap, readRun, runNames } from '../../../src/app/run-settings.js';

const context = {
  folder: '/w',
  variable: (name: string) => ({ workspaceFolder: '/w', userHome: '/home/u', spaced: 'x y' })[name],
};
const read = (raw: unknown) => readRun(raw, context);

describe('readRun', () => {
  it('reads a program with everything', () => {
    expect(
      read({
        name: 'tests',
        build: 'make -C "a b" all',
        program: 'build/tests',
        args: "--name 'two words' ${userHome}/x",
        cwd: 'data',
        env: { HOME: '${userHome}' },
        engine: 'memcheck',
        engineOptions: ['--track-origins=no'],
        timeLimit: 1.5,
        sourcePathMap: { '/build/x': '${workspaceFolder}/src' },
      }),
    ).toEqual({
      ok: true,
      value: {
        name: 'tests',
        subject: { form: 'program', path: '/w/build/tests' },
        build: { form: 'command', argv: ['make', '-C', 'a b', 'all'], cwd: '/w/data' },
        args: ['--name', 'two words', '/home/u/x'],
        cwd: '/w/data',
        env: { HOME: '/home/u' },
        engine: 'memcheck',
        engineOptions: ['--track-origins=no'],
        timeLimitMs: 1500,
        sourcePathMap: [{ from: '/build/x', to: '/w/src' }],
      },
    });
  });

  it('keeps a variable one word, whatever is in it', () => {
    expect(read({ name: 'x', program: './p', args: '${spaced} c' })).toMatchObject({
      value: { args: ['x y', 'c'], subject: { path: '/w/p' } },
    });
  });

  it('names a run without a name by its file', () => {
    expect(read({ file: 'src/a.c' })).toMatchObject({
      ok: true,
      value: { name: 'a.c', subject: { form: 'source', file: '/w/src/a.c' } },
    });
  });

  it('takes a task as its build', () => {
    expect(read({ name: 'x', program: 'p', build: { task: 'build all' } })).toMatchObject({
      value: { build: { form: 'task', task: 'build all' } },
    });
  });

  it.each([
    ['no subject', { name: 'a' }, 'either "program" or "file"'],
    ['two subjects', { name: 'a', program: 'p', file: 'f.c' }, 'either "program" or "file"'],
    ['an open quote', { name: 'a', program: 'p', args: "it's" }, 'not closed'],
    ['an unknown variable', { name: 'a', program: '${nope}/p' }, '${nope} is not known'],
    ['an unknown engine', { name: 'a', program: 'p', engine: 'asna' }, '"engine" is none of'],
    ['a negative time limit', { name: 'a', program: 'p', timeLimit: -1 }, 'number of seconds'],
    ['a number in env', { name: 'a', program: 'p', env: { A: 1 } }, 'variable A'],
    ['an empty build', { name: 'a', program: 'p', build: [] }, 'empty command'],
    ['a word', 'a', 'not an object'],
  ])('says what is wrong with %s', (_, raw, detail) => {
    const result = read(raw);
    expect(result).toMatchObject({ ok: false, error: { code: 'bad-setting', setting: 'memlens.runs' } });
    expect(result.ok ? '' : (result.error as { detail: string }).detail).toContain(detail);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.anything(), (raw) => typeof read(raw).ok === 'boolean'));
    fc.assert(
      fc.property(
        fc.record(
          { name: fc.anything(), program: fc.anything(), build: fc.anything(), args: fc.anything() },
          { requiredKeys: [] },
        ),
        (raw) => typeof read(raw).ok === 'boolean',
      ),
    );
  });
});

describe('completeRun', () => {
  const defaults: RunDefaults = {
    engine: 'memcheck',
    engineOptions: { memcheck: ['--a'], asan: ['b=1'] },
    suppressions: { valgrind: [], lsan: [] },
    compilerFlags: ['-Iinclude'],
    timeLimitMs: 7,
    sourcePathMap: [{ from: '/b', to: '/c' }],
    workspaceFolders: ['/w'],
  };

  it('adds what the run leaves open, its own things first', () => {
    const draft = { name: 'a', subject: { form: 'program' as const, path: '/p' }, args: [], cwd: '/', env: {} };
    expect(completeRun(draft, defaults)).toMatchObject({
      engine: 'memcheck',
      engineOptions: [],
      optionsOf: { memcheck: ['--a'], asan: ['b=1'] },
      timeLimitMs: 7,
      compilerFlags: ['-Iinclude'],
    });
    expect(completeRun({ ...draft, engine: 'asan', engineOptions: ['c=2'], timeLimitMs: 0 }, defaults)).toMatchObject({
      engineOptions: ['c=2'],
      timeLimitMs: 0,
    });
  });
});

describe('the other settings', () => {
  it('passes over what is no name and no mapping', () => {
    expect(runNames([{ name: 'a' }, {}, 3, { name: '' }, null])).toEqual(['a']);
    expect(runNames('x')).toEqual([]);
    expect(readPathMap({ '/b': 'src', '/c': 3 }, context)).toEqual([{ from: '/b', to: '/w/src' }]);
  });
});

it('reads the machine of a run: a name of the settings, or the text that stands for one', () => {
  const board = { name: 'board', config: { kind: 'ssh', host: 'root@board' }, sysroot: '/sys' } as const;
  const target = (name: string) => (name === 'board' ? board : undefined);
  const of = (text: unknown) => readRun({ program: 'p', target: text }, { folder: '/w', variable: () => 'board', target });
  expect(of('board')).toMatchObject({ ok: true, value: { target: board } });
  expect(of('${x}')).toMatchObject({ ok: true, value: { target: board } });
  expect(of('command:docker exec -i "a b" sh')).toMatchObject({
    ok: true,
    value: { target: { config: { kind: 'command', argv: ['docker', 'exec', '-i', 'a b', 'sh'] } } },
  });
  expect(of('bord')).toMatchObject({ error: { code: 'bad-setting', detail: expect.stringContaining('memlens.targets') } });
  expect(of('ssh:-oProxyCommand=x')).toMatchObject({ error: { code: 'bad-setting' } });
  expect(of(3)).toMatchObject({ error: { code: 'bad-setting' } });
  expect(of(undefined)).toMatchObject({ ok: true });
});
