import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { shortHash } from '../base/hash.js';
import { baseName } from '../base/path.js';
import { err, ok, type Result } from '../base/result.js';
import { quoteWords } from '../base/shell-words.js';
import type { Engine, TargetFacts } from '../engines/engine.js';
import { recipeFor } from '../formats/build-recipe.js';
import { parseCompilerOutput } from '../formats/compiler-output.js';
import type { BuildStep, PathMapping } from '../model/run-config.js';
import { findPrograms } from './discover.js';
import type { Log, Target } from './ports.js';

export interface ProjectBuild {
  readonly step: Exclude<BuildStep, { readonly form: 'task' }>;
  readonly engine: Engine;
  readonly facts: TargetFacts;
  /** Absolute; with a recipe relative to what it builds, or empty: the only program there, or the one that is chosen. */
  readonly program: string;
  readonly cwd: string;
  /** A directory of our own, kept between runs. */
  readonly cacheDir: string;
  readonly cancel: Cancel;
}

interface BuildPorts {
  readonly target: Target;
  readonly log: Log;
  readonly chooseProgram?: (programs: readonly string[]) => Promise<string | undefined>;
}

export interface BuiltProgram {
  /** Absolute. */
  readonly program: string;
  /** Where the build took place in a copy: files of the copy are the user's own. */
  readonly copies?: PathMapping;
}

/** Runs the build. */
export async function buildProject(ports: BuildPorts, build: ProjectBuild): Promise<Result<BuiltProgram, Fault>> {
  const { step } = build;
  if (step.form === 'command') {
    const done = await runStep(ports, { ...step, cwd: step.cwd ?? build.cwd }, build.cancel);
    return done.ok ? ok({ program: build.program }) : done;
  }
  const { facts, engine } = build;
  if (facts.c === undefined) return err({ code: 'tool-missing', tool: 'C compiler', remedy: '' });
  const folder = await ports.target.realPath(step.folder);
  if (!folder.ok) return folder;
  const made = await ports.target.makeDirectory(build.cacheDir);
  if (!made.ok) return made;
  const cache = await ports.target.realPath(build.cacheDir);
  if (!cache.ok) return cache;
  // The programs of another build system, left from before, are none of this build's.
  const scratch = `${cache.value}/builds/${directoryFor(folder.value)}-${step.system}-${engine.id}`;
  const prepared = await ports.target.makeDirectory(scratch);
  if (!prepared.ok) return prepared;
  const steps = recipeFor(step.system, {
    folder: folder.value,
    scratch,
    compileFlags: engine.compileFlags,
    linkFlags: engine.linkFlags,
    c: facts.c,
    ...(facts.cpp === undefined ? {} : { cpp: facts.cpp }),
    jobs: 4,
  });
  for (const next of steps) {
    const done = await runStep(ports, next, build.cancel);
    if (!done.ok) return done;
  }
  const inCopy = step.system === 'make' || step.system === 'autotools';
  const output = `${scratch}/${inCopy ? 'source' : 'build'}`;
  const built = (program: string): Result<BuiltProgram, Fault> =>
    ok({ program, ...(inCopy ? { copies: { from: output, to: folder.value } } : {}) });
  if (build.program !== '') return built(`${output}/${build.program}`);
  const programs = await findPrograms(ports.target, scratch, build.cancel);
  if (programs.length === 0) return err({ code: 'not-found', path: scratch, what: 'program of the build in' });
  if (programs.length === 1) return built(programs[0] as string);
  const chosen = await ports.chooseProgram?.(programs);
  return chosen === undefined ? err({ code: 'cancelled' }) : built(chosen);
}

async function runStep(
  { target, log }: BuildPorts,
  step: Extract<BuildStep, { readonly form: 'command' }>,
  cancel: Cancel,
): Promise<Result<void, Fault>> {
  log.info(`build: ${quoteWords(step.argv)}`);
  const captured = await target.capture(
    { argv: step.argv, ...(step.cwd === undefined ? {} : { cwd: step.cwd }), env: { LC_ALL: 'C', ...step.env } },
    { cancel },
  );
  if (!captured.ok) {
    const { error } = captured;
    if (error.code !== 'not-found') return captured;
    return err({
      code: 'tool-missing',
      tool: step.argv[0] ?? '',
      remedy: `Install ${step.argv[0]}, or correct the build command.`,
    });
  }
  const { exitCode, signal, stdout, stderr } = captured.value;
  if (exitCode === 0) return ok(undefined);
  // Some build tools repeat the compiler's messages on standard output.
  const text = `${stderr}\n${stdout}`;
  return err({
    code: 'build-failed',
    trace: {
      argv: step.argv,
      exitCode,
      ...(signal === undefined ? {} : { signal }),
      stderrTail: (stderr.trim() === '' ? stdout : stderr).slice(-8192),
    },
    diagnostics: parseCompilerOutput(text),
  });
}

/** A name of its own for each folder: its last component, and a hash of the whole. */
function directoryFor(folder: string): string {
  const hash = shortHash(Array.from(folder, (letter) => letter.charCodeAt(0)));
  return `${baseName(folder).replace(/[^A-Za-z0-9._-]/g, '_')}-${hash}`;
}
