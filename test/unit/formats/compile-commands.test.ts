import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flagsForFile } from '../../../src/formats/compile-commands.js';

const database = (...entries: readonly object[]): string => JSON.stringify(entries);
const flags = (command: string | readonly string[], file = '/p/src/a.c') => {
  const words = typeof command === 'string' ? { command } : { arguments: command };
  const result = flagsForFile(database({ directory: '/p/build', file, ...words }), file);
  if (!result.ok || result.value === undefined) throw new Error('not found');
  return result.value;
};

describe('flags', () => {
  it('keeps what the code needs and drops what belongs to the build', () => {
    const found = flags(
      '/usr/bin/cc -DNAME=\\"a\\ b\\" -D X=1 -UY -I../include -I /abs -isystem ../sys -iquote q -include config.h -std=gnu11 ' +
        '-O2 -g3 -ggdb -Wall -Werror -Werror=format -fPIC -fsanitize=undefined -fno-omit-frame-pointer -flto -m32 -march=native -pthread ' +
        '-MD -MT a.o -MF a.o.d -Wp,-MMD,x -D_FORTIFY_SOURCE=2 -o a.o -c ../src/a.c',
    );
    expect(found.flags).toEqual(
      ['-DNAME="a b"', '-D', 'X=1', '-UY', '-I/p/include', '-I', '/abs', '-isystem', '/p/sys', '-iquote', '/p/build/q'].concat([
        '-include',
        'config.h',
        '-std=gnu11',
        '-Wall',
        '-fPIC',
        '-m32',
        '-march=native',
        '-pthread',
      ]),
    );
    expect(found).toMatchObject({ directory: '/p/build', language: 'c', compiler: '/usr/bin/cc', responseFiles: [] });
  });

  it('takes the list form word by word', () => {
    expect(flags(['gcc', '-DA=b c', '-Idir with space', '-oa.o', '--', 'a.c', '-DNOT']).flags).toEqual([
      '-DA=b c',
      '-I/p/build/dir with space',
    ]);
  });

  it('keeps sysroots, and paths below them as they are', () => {
    expect(flags('gcc --sysroot=../root --sysroot r2 -I=/inc -Xclang -load --gcc-toolchain=tc x.c').flags).toEqual([
      '--sysroot=/p/root',
      '--sysroot=/p/build/r2',
      '-I=/inc',
      '--gcc-toolchain=/p/build/tc',
    ]);
  });

  it('names response files that were not read', () => {
    expect(flags('clang @flags.rsp -c a.c')).toMatchObject({ flags: [], responseFiles: ['/p/build/flags.rsp'] });
  });

  it.each([
    ['cc -x c++ a', '/p/src/a', 'cpp', 'cc'],
    ['c++ -c a.c', '/p/src/a.c', 'cpp', 'c++'],
    // A word that all objects of JavaScript have.
    ['c++ -x constructor a.c', '/p/src/a.c', 'cpp', 'c++'],
    ['/opt/g++-12 a.c', '/p/src/a.c', 'cpp', '/opt/g++-12'],
    ['ccache clang++-14 a.cc', '/p/src/a.cc', 'cpp', 'clang++-14'],
    ['env A=1 gcc a.c', '/p/src/a.c', 'c', 'gcc'],
    ['../tools/cc a.cxx', '/p/src/a.cxx', 'cpp', '/p/tools/cc'],
    ['cc a.s', '/p/src/a.s', undefined, 'cc'],
  ])('%s: the language and compiler of %s', (command, file, language, compiler) => {
    const found = flags(command, file);
    expect(found.language).toBe(language);
    expect(found.compiler).toBe(compiler);
  });
});

describe('the file', () => {
  it('is found by its normalised name; the first command counts', () => {
    const json = database(
      { directory: '/p/build', file: '../src/./b.c', command: 'cc -DB' },
      { directory: '/p/build', file: '..//src/x/../a.c', command: 'cc -DONE' },
      { directory: '/p/build', file: '/p/src/a.c', command: 'cc -DTWO' },
    );
    expect(flagsForFile(json, '/p/src/../src/a.c')).toMatchObject({ ok: true, value: { flags: ['-DONE'] } });
    expect(flagsForFile(json, '/p/src/c.c')).toEqual({ ok: true, value: undefined });
  });

  it('is passed over when its command is broken', () => {
    const json = database(
      { directory: '/p', file: 'a.c', command: 'cc "' },
      3 as never,
      { file: 'a.c' },
      { directory: '/p', file: 'a.c' },
    );
    expect(flagsForFile(json, '/p/a.c')).toEqual({ ok: true, value: undefined });
  });
});

it('says what is wrong with the database', () => {
  expect(flagsForFile('[', '/a')).toEqual({ ok: false, error: 'not-json' });
  expect(flagsForFile('{}', '/a')).toEqual({ ok: false, error: 'not-a-list' });
});

it('never throws and never keeps an output or a sanitizer', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('-I', '-x', '-o', '-D', '-isystem', '--sysroot', '-MF', '-fsanitize=address', '-c', '@x', '-include'),
  );
  fc.assert(
    fc.property(fc.array(word), fc.string(), (words, command) => {
      const json = database({ directory: '/p', file: 'a.c', arguments: ['cc', ...words, '-oout', '-fsanitize=leak'] });
      const result = flagsForFile(json, '/p/a.c');
      expect(result.ok).toBe(true);
      if (result.ok && words.every((each) => each.startsWith('-f'))) {
        expect(result.value?.flags.filter((each) => /^-(oout|fsanitize)/.test(each))).toEqual([]);
      }
      flagsForFile(database({ directory: '/p', file: 'a.c', command }), '/p/a.c');
      flagsForFile(command, command);
    }),
  );
});
