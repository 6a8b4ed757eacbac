import { baseName } from '../base/path.js';
import { quoteWords } from '../base/shell-words.js';
import type { CompilerFacts } from '../engines/engine.js';
import type { BuildStep } from '../model/run-config.js';
import { compareVersions } from './compiler-version.js';

export type BuildSystem = 'cmake' | 'meson' | 'autotools' | 'make';

export type RecipeCompiler = Pick<CompilerFacts, 'command' | 'family' | 'version'>;
export type CommandStep = Extract<BuildStep, { readonly form: 'command' }>;

export interface RecipeInput {
  /** The project's top folder: absolute, without symbolic links (or debug information may name the copy). */
  readonly folder: string;
  /** A folder of our own, absolute, without symbolic links; it may not exist yet. What is built is in it. */
  readonly scratch: string;
  readonly compileFlags: readonly string[];
  readonly linkFlags: readonly string[];
  readonly c: RecipeCompiler;
  /** Absent: the project is built without a C++ compiler of our choice. */
  readonly cpp?: RecipeCompiler;
  /** What to build; the build system's default when absent. */
  readonly target?: string;
  /** Parallel jobs. Absent: the build system's own default, which for make is one. */
  readonly jobs?: number;
}

/**
 * Which build system a folder has, by the names in its top folder. CMake before make: an in-source build by CMake leaves
 * a Makefile behind; so do meson's and the autotools' users.
 */
export function buildSystemOf(names: readonly string[]): BuildSystem | undefined {
  const has = (...wanted: readonly string[]): boolean => wanted.some((name) => names.includes(name));
  if (has('CMakeLists.txt')) return 'cmake';
  if (has('meson.build')) return 'meson';
  if (has('configure')) return 'autotools';
  return has('GNUmakefile', 'makefile', 'Makefile') ? 'make' : undefined;
}

/**
 * Steps that build the project separately for an engine, into `scratch`, by stand-ins for the compilers that add the engine's
 * flags behind the project's own: they hold whatever the project sets, and also where it calls `gcc` by name.
 *
 * What the project itself writes outside of its build folder is not prevented: a CMakeLists.txt that generates files into its source
 * folder does so here too. A compiler that the project calls by an absolute path of its own gets no flags.
 */
export function recipeFor(system: BuildSystem, input: RecipeInput): readonly CommandStep[] {
  switch (system) {
    case 'cmake':
      return cmakeRecipe(input);
    case 'meson':
      return mesonRecipe(input);
    case 'autotools':
      return autotoolsRecipe(input);
    case 'make':
      return makeRecipe(input);
  }
}

/** An out-of-source build (cmake(1) -S, -B: CMake 3.13). Sources are the user's own files. */
export function cmakeRecipe(input: RecipeInput): readonly CommandStep[] {
  const { folder, scratch, target } = input;
  const binary = `${scratch}/build`;
  const shims = shimDirectory(input);
  const linkFlags = quoteWords(input.linkFlags);
  const configure = [
    'cmake',
    '-S',
    folder,
    '-B',
    binary,
    '-DCMAKE_BUILD_TYPE=Debug',
    `-DCMAKE_C_COMPILER=${shims}/${baseName(input.c.command)}`,
  ];
  if (input.cpp !== undefined) configure.push(`-DCMAKE_CXX_COMPILER=${shims}/${baseName(input.cpp.command)}`);
  for (const kind of ['EXE', 'SHARED', 'MODULE']) configure.push(`-DCMAKE_${kind}_LINKER_FLAGS=${linkFlags}`);
  const build = ['cmake', '--build', binary, ...jobs(input)];
  if (target !== undefined) build.push('--target', target);
  return [shimStep(input, []), step(configure, folder), step(build, folder)];
}

/** An out-of-source build. Meson finds the compilers by CC and CXX. */
export function mesonRecipe(input: RecipeInput): readonly CommandStep[] {
  const binary = `${input.scratch}/build`;
  const shims = shimDirectory(input);
  const env: Record<string, string> = { CC: `${shims}/${baseName(input.c.command)}` };
  if (input.cpp !== undefined) env.CXX = `${shims}/${baseName(input.cpp.command)}`;
  const sanitizer = input.compileFlags.find((flag) => flag.startsWith('-fsanitize='))?.slice('-fsanitize='.length);
  const setup = ['meson', 'setup', '--buildtype=debug', ...(sanitizer === undefined ? [] : [`-Db_sanitize=${sanitizer}`])];
  // clang links its runtime into programs only: with lundef a shared library would miss it.
  setup.push('-Db_lundef=false', binary, input.folder);
  const build = ['meson', 'compile', '-C', binary, ...jobs(input), ...(input.target === undefined ? [] : [input.target])];
  return [shimStep(input, []), { ...step(setup, input.folder), env }, step(build, input.folder)];
}

/**
 * A build in a copy of the folder, since makefiles write beside their sources. Debug information names the user's own files. Everything is made anew
 * (`make -B`), for the copy holds what the user built before.
 *
 * Not possible: a makefile that reaches out of its folder (`../common`), or that names the folder absolutely (it would then work in
 * the user's own tree); targets or sources with spaces in their names, which make itself can't express. Spaces in the folder's path are fine as long as the makefile
 * does not use $(CURDIR) unquoted.
 */
export function makeRecipe(input: RecipeInput): readonly CommandStep[] {
  const copy = `${input.scratch}/source`;
  return [
    copyStep(input, copy),
    shimStep(input, [prefixMap(input, copy)]),
    withShims(input, ['make', '-B', '-C', copy, ...makeArguments(input)], copy),
  ];
}

/** Configures and builds in a copy of the folder: it may be configured in place already, and then refuses other build folders. */
export function autotoolsRecipe(input: RecipeInput): readonly CommandStep[] {
  const copy = `${input.scratch}/source`;
  const cpp = input.cpp === undefined ? [] : [`CXX=${baseName(input.cpp.command)}`];
  return [
    copyStep(input, copy),
    shimStep(input, [prefixMap(input, copy)]),
    withShims(input, ['./configure', `CC=${baseName(input.c.command)}`, ...cpp], copy),
    // Not `make -B`, which would make configure anew without end.
    withShims(input, ['make', '-C', copy, 'clean'], copy),
    withShims(input, ['make', '-C', copy, ...makeArguments(input)], copy),
  ];
}

const step = (argv: readonly string[], cwd: string): CommandStep => ({ form: 'command', argv, cwd });
const jobs = (input: RecipeInput): string[] => (input.jobs === undefined ? [] : ['-j', String(input.jobs)]);
const shimDirectory = (input: RecipeInput): string => `${input.scratch}/compilers`;

function makeArguments(input: RecipeInput): string[] {
  // Assignments on the command line overrule those of the makefile (GNU make manual 9.5).
  const words = [...jobs(input), `CC=${baseName(input.c.command)}`];
  if (input.cpp !== undefined) words.push(`CXX=${baseName(input.cpp.command)}`);
  if (input.target !== undefined) words.push(input.target);
  return words;
}

/** gcc 8 and clang 10 have -ffile-prefix-map, which maps `__FILE__` too; older ones map debug information only. */
function prefixMap(input: RecipeInput, copy: string): string {
  const isNew = [input.c, ...(input.cpp === undefined ? [] : [input.cpp])].every(
    (compiler) => compareVersions(compiler.version, compiler.family === 'gcc' ? '8' : '10') >= 0,
  );
  return `${isNew ? '-ffile' : '-fdebug'}-prefix-map=${copy}=${input.folder}`;
}

/** `cp -a` of everything but version control data and, when it lies in the folder, `scratch` itself. */
const COPY = `set -e
from=$1 to=$2
mkdir -p -- "$to"
for entry in "$from"/* "$from"/.[!.]* "$from"/..?*; do
  [ -e "$entry" ] || [ -L "$entry" ] || continue
  case \${entry##*/} in .git|.hg|.svn) continue ;; esac
  case $to in "$entry"/*) continue ;; esac
  cp -a -- "$entry" "$to/"
done`;

const copyStep = (input: RecipeInput, copy: string): CommandStep =>
  step(['sh', '-c', COPY, 'sh', input.folder, copy], input.folder);

/**
 * Writes a stand-in for each compiler: it calls the real one with our flags last, so that they win, and without
 * words that undo them: -s (strips), -static (no sanitizer links so), -Werror (our flags bring warnings of their own).
 * $1: directory, $2: C flags, as words of a shell; then pairs of a name and a command.
 */
const SHIM = `set -e
directory=$1 flags=$2
shift 2
mkdir -p -- "$directory"
while [ $# -ge 2 ]; do
  real=$(command -v -- "$2") || { shift 2; continue; }
  quoted=$(printf '%s\\n' "$real" | sed "s/'/'\\\\\\\\''/g")
  {
    printf '%s\\n' '#!/bin/sh' 'for word; do shift; case $word in -s|-static|-Werror) ;; *) set -- "$@" "$word" ;; esac; done'
    printf "exec '%s' \\"\\$@\\" %s\\n" "$quoted" "$flags"
  } >"$directory/$1"
  chmod +x "$directory/$1"
  shift 2
done`;

function shimStep(input: RecipeInput, more: readonly string[]): CommandStep {
  // Names that makefiles call directly lead to the chosen compilers too: objects of two compilers' sanitizers don't link.
  const names = new Map<string, string>();
  for (const name of ['cc', 'gcc', 'clang']) names.set(name, input.c.command);
  for (const name of ['c++', 'g++', 'clang++']) names.set(name, input.cpp?.command ?? name);
  names.set(baseName(input.c.command), input.c.command);
  if (input.cpp !== undefined) names.set(baseName(input.cpp.command), input.cpp.command);
  const flags = quoteWords([...new Set([...input.compileFlags, ...input.linkFlags, ...more])]);
  return step(['sh', '-c', SHIM, 'sh', shimDirectory(input), flags, ...[...names].flat()], input.folder);
}

const withShims = (input: RecipeInput, argv: readonly string[], cwd: string): CommandStep =>
  step(['sh', '-c', 'PATH=$1:$PATH; export PATH; shift; exec "$@"', 'sh', shimDirectory(input), ...argv], cwd);
