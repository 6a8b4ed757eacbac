import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildCommands, expectationOf, findMark, type ProgramCase } from '../programs/case.js';
import { cases, failures } from '../programs/cases.js';

const folder = new URL('../programs/', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, folder), 'utf8');
const sourcesOf = (program: ProgramCase) =>
  program.sources.map((path) => ({ path, text: program.files?.[path] ?? textOf(path) }));

describe('the table of programs', () => {
  it.each(cases.map((program) => [program.name, program] as const))('%s: marks are in the sources', (_name, program) => {
    const sources = sourcesOf(program);
    for (const { engines, findings } of program.expect) {
      expect(engines.length).toBeGreaterThan(0);
      for (const { mark, allocation, free, origin } of findings) {
        for (const each of [mark, allocation, free, origin]) if (each !== undefined) findMark(each, sources);
      }
    }
  });

  it('holds every source once, under names of their own', () => {
    const listed = [
      ...cases.flatMap((program) => (program.files === undefined ? program.sources : [])),
      ...failures.map(({ source }) => source),
      'scrub.h',
    ];
    // Those of the folders below are looked at while they run: test/tools/map-*.test.ts and others.
    const present = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => /\.(c|cpp|h)$/.test(name) && !/^(map(s|-growth)|leak-checks|live|calls)\//.test(name),
    );
    expect(listed.sort()).toEqual(present.sort());
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });

  it('marks lines of failures too', () => {
    for (const { source, findings = [] } of failures) {
      for (const { mark } of findings) findMark(mark, [{ path: source, text: textOf(source) }]);
    }
  });

  it('gives build commands and expectations', () => {
    const plugin = cases.find(({ name }) => name === 'plugin') as ProgramCase;
    expect(buildCommands(plugin, { compiler: 'clang', source: '/s', out: '/o o', flags: ['-g', '-O0'] })[0]).toEqual([
      'clang',
      '-g',
      '-O0',
      '-shared',
      '-fPIC',
      '/s/plugin/plugin.c',
      '-o',
      '/o o/plugin.so',
    ]);
    const member = cases.find(({ name }) => name === 'string-member') as ProgramCase;
    expect(expectationOf(member, 'lsan', 'clang')?.map(({ bytes }) => bytes)).toEqual([32, 50]);
    expect(expectationOf(member, 'memcheck', 'gcc')?.[1]?.leakKind).toBe('indirectly');
    expect(buildCommands(member, { compiler: 'gcc', source: '/s', out: '/o', flags: [] })).toEqual([
      ['g++', '/s/string-member.cpp', '-o', '/o/program'],
    ]);
  });

  it('refuses marks that are not there, or twice', () => {
    const sources = [{ path: 'a.c', text: 'x\n// EXPECT(a)\n// EXPECT(b)\n// EXPECT(b)' }];
    expect(findMark('a', sources)).toEqual({ path: 'a.c', line: 2 });
    expect(() => findMark('b', sources)).toThrow('2 lines');
    expect(() => findMark('c', sources)).toThrow('0 lines');
  });
});
