import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Engine, TargetFacts } from '../engines/engine.js';
import { flagsForFile } from '../formats/compile-commands.js';
import { isMissingMain, parseCompilerOutput } from '../formats/compiler-output.js';
import type { Command, Log, Target } from './ports.js';
import { readWhole } from './read-whole.js';

export interface SourceBuild {
  readonly file: string;
  readonly language: 'c' | 'cpp';
  readonly engine: Engine;
  readonly facts: TargetFacts;
  /** Where the program is to be made. */
  readonly output: string;
  readonly workspaceFolders: readonly string[];
  readonly extraFlags: readonly string[];
  /** media/stl-in-program.hpp */
  readonly stlHeader: string;
  readonly cancel: Cancel;
}

const C_PLUS_PLUS = /\.(cc|cpp|cxx|c\+\+|cp|C|CPP|ii|hpp|hh|hxx)$/;
const C = /\.(c|i)$/;

/** The language by the file's ending, as gcc(1) judges it; undefined for neither C nor C++. */
export function languageOf(file: string): 'c' | 'cpp' | undefined {
  return C_PLUS_PLUS.test(file) ? 'cpp' : C.test(file) ? 'c' : undefined;
}

/** Compiles one source file into a program of its own, with the engine's flags and those of compile_commands.json. */
export async function buildSource(target: Target, log: Log, build: SourceBuild): Promise<Result<Command, Fault>> {
  const compiler = build.language === 'cpp' ? build.facts.cpp : build.facts.c;
  if (compiler === undefined)
    return err({ code: 'tool-missing', tool: build.language === 'cpp' ? 'C++ compiler' : 'C compiler', remedy: '' });
  const database = await databaseFlags(target, log, build);
  const compile = (more: readonly string[]): Command => ({
    argv: [
      compiler.command,
      ...build.engine.compileFlags,
      ...(database?.flags ?? []),
      ...build.extraFlags,
      ...more,
      '-o',
      build.output,
      // An absolute path: gcc's own symbolizer prints the path as it was given, and a name that begins with `-` stays a name.
      build.file,
      ...build.engine.linkFlags,
      '-lm',
      '-pthread',
    ],
    cwd: database?.directory ?? `${build.file.slice(0, build.file.lastIndexOf('/'))}/`,
    // The messages are read by machine.
    env: { LC_ALL: 'C' },
  });
  const flags = [...(database?.flags ?? []), ...build.extraFlags];
  if (await wantsStlHeader(target, build, flags)) {
    const first = await compileOnce(target, build, compile(['-include', build.stlHeader]));
    // The header is for better stacks only: a source that can't live with it is built without.
    if (first.ok || first.error.code !== 'build-failed') return first;
  }
  return compileOnce(target, build, compile([]));
}

/**
 * The header includes libstdc++'s configuration first of all, so it must not be in front of a source (or flags) that
 * configures the library by macros of its own.
 */
async function wantsStlHeader(target: Target, build: SourceBuild, flags: readonly string[]): Promise<boolean> {
  if (build.language !== 'cpp' || build.engine.family !== 'sanitizer') return false;
  const configures = /_GLIBCXX_|_LIBCPP_|_FILE_OFFSET_BITS|_TIME_BITS|_(POSIX_C|XOPEN|DEFAULT)_SOURCE|-nostdinc/;
  if (flags.some((flag) => configures.test(flag))) return false;
  return !configures.test(await readWhole(target, build.file));
}

async function compileOnce(target: Target, build: SourceBuild, command: Command): Promise<Result<Command, Fault>> {
  const captured = await target.capture(command, { cancel: build.cancel, timeLimitMs: 600_000 });
  if (!captured.ok) return captured;
  const { exitCode, signal, stderr } = captured.value;
  if (exitCode === 0) return ok(command);
  const trace = { argv: command.argv, exitCode, ...(signal === undefined ? {} : { signal }), stderrTail: stderr.slice(-8192) };
  if (/No space left on device/.test(stderr)) return err({ code: 'disk-full', path: build.output });
  if (isMissingMain(stderr)) return err({ code: 'no-main', file: build.file, trace });
  return err({ code: 'build-failed', trace, diagnostics: parseCompilerOutput(stderr) });
}

/** The flags of the nearest compile_commands.json that knows the file: beside it, above it, or in a build folder there. */
async function databaseFlags(
  target: Target,
  log: Log,
  build: SourceBuild,
): Promise<{ flags: readonly string[]; directory: string } | undefined> {
  for (const path of databasePaths(build.file, build.workspaceFolders)) {
    const facts = await target.stat(path);
    if (!facts.ok || facts.value.kind !== 'file') continue;
    const text = await readWhole(target, path);
    const entry = flagsForFile(text, build.file);
    if (!entry.ok) log.warn(`${path} is not a compilation database: its flags are not used`);
    else if (entry.value !== undefined) return entry.value;
  }
  return undefined;
}

/** Only within the workspace: a file outside of it has no project. */
function databasePaths(file: string, workspaceFolders: readonly string[]): readonly string[] {
  const root = workspaceFolders.filter((folder) => file.startsWith(`${folder}/`)).sort((a, b) => a.length - b.length)[0];
  if (root === undefined) return [];
  const paths: string[] = [];
  for (
    let folder = file.slice(0, file.lastIndexOf('/'));
    folder.length >= root.length;
    folder = folder.slice(0, folder.lastIndexOf('/'))
  ) {
    paths.push(`${folder}/compile_commands.json`, `${folder}/build/compile_commands.json`, `${folder}/out/compile_commands.json`);
    if (!folder.includes('/', 1)) break;
  }
  return paths;
}
