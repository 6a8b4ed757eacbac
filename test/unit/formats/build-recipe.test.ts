import { describe, expect, it } from 'vitest';
import { buildSystemOf, cmakeRecipe, makeRecipe, mesonRecipe, type RecipeInput } from '../../../src/formats/build-recipe.js';

const input: RecipeInput = {
  folder: '/home/me/my app',
  scratch: '/cache/x',
  compileFlags: ['-fsanitize=address', '-g'],
  linkFlags: ['-fsanitize=address'],
  c: { command: 'gcc-12', family: 'gcc', version: '12.2.0' },
  cpp: { command: '/opt/bin/g++', family: 'gcc', version: '12.2.0' },
};

it('knows a build system by its files', () => {
  expect(buildSystemOf(['Makefile', 'CMakeLists.txt', 'configure'])).toBe('cmake');
  expect(buildSystemOf(['meson.build'])).toBe('meson');
  expect(buildSystemOf(['configure', 'Makefile'])).toBe('autotools');
  expect(buildSystemOf(['makefile'])).toBe('make');
  expect(buildSystemOf(['main.c'])).toBeUndefined();
});

describe('steps', () => {
  it('of CMake build into the scratch folder only', () => {
    const [, configure, build] = cmakeRecipe({ ...input, target: 'app', jobs: 2 });
    expect(configure?.argv).toEqual([
      'cmake',
      '-S',
      '/home/me/my app',
      '-B',
      '/cache/x/build',
      '-DCMAKE_BUILD_TYPE=Debug',
      '-DCMAKE_C_COMPILER=/cache/x/compilers/gcc-12',
      '-DCMAKE_CXX_COMPILER=/cache/x/compilers/g++',
      '-DCMAKE_EXE_LINKER_FLAGS=-fsanitize=address',
      '-DCMAKE_SHARED_LINKER_FLAGS=-fsanitize=address',
      '-DCMAKE_MODULE_LINKER_FLAGS=-fsanitize=address',
    ]);
    expect(build?.argv).toEqual(['cmake', '--build', '/cache/x/build', '-j', '2', '--target', 'app']);
  });

  it('of make run in the copy, everything anew', () => {
    const make = makeRecipe({ ...input, target: 'app' }).at(-1);
    expect(make?.cwd).toBe('/cache/x/source');
    expect(make?.argv.slice(4)).toEqual([
      '/cache/x/compilers',
      'make',
      '-B',
      '-C',
      '/cache/x/source',
      'CC=gcc-12',
      'CXX=g++',
      'app',
    ]);
  });

  it('of meson name the sanitizer', () => {
    const [, setup] = mesonRecipe(input);
    expect(setup?.argv).toContain('-Db_sanitize=address');
    expect(setup?.env).toEqual({ CC: '/cache/x/compilers/gcc-12', CXX: '/cache/x/compilers/g++' });
  });

  it('map paths with what the compiler has', () => {
    const flags = (version: string) => makeRecipe({ ...input, c: { ...input.c, version } })[1]?.argv[5];
    expect(flags('12')).toBe("-fsanitize=address -g '-ffile-prefix-map=/cache/x/source=/home/me/my app'");
    expect(flags('7.5.0')).toContain('-fdebug-prefix-map=');
  });
});
