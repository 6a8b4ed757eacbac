import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { autotoolsRecipe, type CommandStep, cmakeRecipe, makeRecipe, type RecipeInput } from '../../src/formats/build-recipe.js';

let top: string;
let folder: string;
let scratch: string;

beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'memlens recipe-')));
  folder = join(top, "user's $app");
  scratch = join(top, 'scratch dir');
  mkdirSync(folder);
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const LEAK = `#include <stdlib.h>
void *volatile kept;
__attribute__((noinline)) void lose(void) {
  kept = malloc(1234);
  kept = 0;
}
int main(void) {
  lose();
  return 0;
}
`;

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Names, contents, modes and times of a whole tree. */
function fingerprint(directory: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(directory, name);
    const facts = lstatSync(path);
    hash.update(`${name}\0${facts.mode}\0${facts.mtimeMs}\0`);
    if (facts.isFile()) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}

function run(steps: readonly CommandStep[]): void {
  for (const { argv, cwd, env } of steps) {
    const [command, ...args] = argv;
    execFileSync(command as string, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  }
}

const input = (family: 'gcc' | 'clang'): RecipeInput => ({
  folder,
  scratch,
  compileFlags: ['-fsanitize=address', '-g', '-O0', '-fno-omit-frame-pointer'],
  linkFlags: ['-fsanitize=address'],
  c: { command: family, family, version: family === 'gcc' ? '12.2.0' : '14.0.6' },
  cpp: { command: family === 'gcc' ? 'g++' : 'clang++', family, version: family === 'gcc' ? '12.2.0' : '14.0.6' },
});

/** Runs a program and gives AddressSanitizer's words and the place of its first leak, asked of the debug information. */
function leakOf(program: string): { readonly report: string; readonly place: string } {
  let report = '';
  try {
    execFileSync(program, { stdio: 'pipe', env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=1' } });
  } catch (error) {
    report = String((error as { stderr: Buffer }).stderr);
  }
  const offset = /#1 0x[0-9a-f]+ .*?\+(0x[0-9a-f]+)\)/.exec(withoutSymbols(program))?.[1];
  const place = offset === undefined ? '' : execFileSync('addr2line', ['-e', program, offset], { encoding: 'utf8' }).trim();
  return { report, place };
}

function withoutSymbols(program: string): string {
  try {
    execFileSync(program, { stdio: 'pipe', env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=1:symbolize=0' } });
    return '';
  } catch (error) {
    return String((error as { stderr: Buffer }).stderr);
  }
}

describe.each(['gcc', 'clang'] as const)('%s', (family) => {
  it('make: a makefile that sets its own flags, strips, and is already built', () => {
    write({
      'src/leak.c': LEAK,
      '.git/config': '[core]\n',
      Makefile:
        'CC = nonesuch\nCFLAGS = -O2 -DX="1 2"\nLDFLAGS = -s\nall: leak direct\n' +
        'leak: src/leak.o\n\t$(CC) $(LDFLAGS) -o $@ $^\ndirect: src/leak.c\n\tgcc -O2 -o $@ $<\n',
    });
    execFileSync('make', ['CC=gcc'], { cwd: folder, stdio: 'pipe' });
    const before = fingerprint(folder);
    run(makeRecipe(input(family)));
    expect(fingerprint(folder)).toBe(before);
    expect(readdirSync(join(scratch, 'source')).sort()).toEqual(['Makefile', 'direct', 'leak', 'src']);
    for (const name of ['leak', 'direct']) {
      const { report, place } = leakOf(join(scratch, 'source', name));
      expect(report).toContain('Direct leak of 1234 byte(s)');
      expect(place).toBe(`${join(folder, 'src/leak.c')}:4`);
    }
  });

  it('make: recursive, C++, with the scratch folder inside of the project', () => {
    write({
      'lib/leak.cpp': LEAK.replace('main', 'not_main'),
      'lib/Makefile': 'lib.a: leak.o\n\t$(AR) rcs $@ $^\n',
      'main.cc': 'int not_main();\nint main() { return not_main(); }\n',
      Makefile:
        'CXXFLAGS := -Werror -O1\napp: main.o sub\n\t$(CXX) -o $@ main.o lib/lib.a\nsub:\n\t$(MAKE) -C lib\n.PHONY: sub\n',
    });
    scratch = join(folder, '.memlens');
    run(makeRecipe({ ...input(family), scratch }));
    expect(readdirSync(folder).sort()).toEqual(['.memlens', 'Makefile', 'lib', 'main.cc']);
    const { report, place } = leakOf(join(scratch, 'source', 'app'));
    expect(report).toContain('Direct leak of 1234 byte(s)');
    expect(place).toBe(`${join(folder, 'lib/leak.cpp')}:4`);
  });

  it('cmake: a project that sets its own flags', () => {
    write({
      'src/leak.c': LEAK,
      'CMakeLists.txt':
        'cmake_minimum_required(VERSION 3.13)\nproject(demo C CXX)\nset(CMAKE_C_FLAGS "-O2 -Wall")\nset(CMAKE_EXE_LINKER_FLAGS "-s")\nadd_executable(leak src/leak.c)\n',
    });
    const before = fingerprint(folder);
    run(cmakeRecipe({ ...input(family), jobs: 2, target: 'leak' }));
    expect(fingerprint(folder)).toBe(before);
    const { report, place } = leakOf(join(scratch, 'build', 'leak'));
    expect(report).toContain('Direct leak of 1234 byte(s)');
    expect(place).toBe(`${join(folder, 'src/leak.c')}:4`);
  });
});

it('autotools: configures and builds in the copy', () => {
  write({
    'leak.c': LEAK,
    configure:
      '#!/bin/sh\nfor a; do case $a in CC=*) eval "$a";; esac; done\nprintf "CC = %s\\nleak: leak.c\\n\\t\\$(CC) -o leak leak.c\\nclean:\\n\\trm -f leak\\n" "$CC" >Makefile\n',
    leak: 'an old one\n',
  });
  chmodSync(join(folder, 'configure'), 0o755);
  const before = fingerprint(folder);
  run(autotoolsRecipe(input('gcc')));
  expect(fingerprint(folder)).toBe(before);
  expect(leakOf(join(scratch, 'source', 'leak')).place).toBe(`${join(folder, 'leak.c')}:4`);
});
