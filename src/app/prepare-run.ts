import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { baseName } from '../base/path.js';
import { err, ok, type Result } from '../base/result.js';
import { quoteWords } from '../base/shell-words.js';
import type { Engine, EngineId, ProgramFacts, Subject, TargetFacts } from '../engines/engine.js';
import { runsOnMachine } from '../formats/elf-machine.js';
import type { BuildStep, RunConfig } from '../model/run-config.js';
import { type BuiltProgram, buildProject } from './build-project.js';
import { buildSource, languageOf } from './build-source.js';
import type { NativeHelpers } from './companion.js';
import { availabilities, chooseEngine, type EngineAvailability, engineById } from './engines.js';
import type { Log, Progress, RemoteTarget, Target } from './ports.js';
import { programFacts } from './program-facts.js';

/** What preparing needs from outside; everything is built on this machine. */
export interface PreparePorts {
  readonly target: Target;
  readonly log: Log;
  readonly helpers: NativeHelpers;
  /** Runs a task of the editor to its end. */
  readonly runTask?: (name: string, cancel: Cancel) => Promise<Result<void, Fault>>;
  /** Asks which of the programs that a build made shall run; undefined: none. */
  readonly chooseProgram?: (programs: readonly string[]) => Promise<string | undefined>;
}

/** The machines of a run: what builds, and what runs. They are the same one for most runs. */
export interface Machines {
  readonly host: TargetFacts;
  readonly there: TargetFacts;
  /** The other machine; absent: the program runs on this one. */
  readonly remote?: RemoteTarget;
}

export interface Prepared {
  readonly program: ProgramFacts;
  /** The program is on the other machine already. */
  readonly isThere: boolean;
  readonly engine: Engine;
  readonly reason: string;
  readonly alternatives: readonly EngineAvailability[];
  readonly copies?: BuiltProgram['copies'];
}

export interface PrepareOptions {
  readonly progress: Progress;
  readonly cancel: Cancel;
}

/** Builds what must be built, looks at the program, and chooses the engine. `work`: a directory of ours on this machine. */
export async function prepareRun(
  ports: PreparePorts,
  config: RunConfig,
  machines: Machines,
  work: string,
  options: PrepareOptions,
): Promise<Result<Prepared, Fault>> {
  return config.subject.form === 'source'
    ? prepareSource(ports, config, config.subject.file, machines, work, options)
    : prepareProgram(ports, config, config.subject.path, machines, options);
}

async function prepareSource(
  ports: PreparePorts,
  config: RunConfig,
  file: string,
  machines: Machines,
  work: string,
  options: PrepareOptions,
): Promise<Result<Prepared, Fault>> {
  const { target, log } = ports;
  const exists = await target.stat(file);
  if (!exists.ok) return exists.error.code === 'not-found' ? err({ code: 'not-found', path: file, what: 'source file' }) : exists;
  if (exists.value.kind === 'directory') return err({ code: 'not-executable', path: file, reason: 'directory' });
  const language = languageOf(file) ?? 'c';
  const choice = choose(config, judgedFacts(machines, 'source'), { form: 'source', language });
  if (!choice.ok) return choice;
  const { engine } = choice.value;
  options.progress.phase('building', engine.title);
  const name = (baseName(file).replace(/\.[^.]*$/, '') || 'program').replace(/[^A-Za-z0-9._+-]/g, '_');
  const output = `${work}/${name}`;
  const compiler = language === 'cpp' ? machines.host.cpp : machines.host.c;
  const runtime = machines.remote === undefined || compiler === undefined ? [] : await ownRuntime(target, engine.id, compiler);
  const built = await buildSource(target, log, {
    file,
    language,
    engine: runtime.length === 0 ? engine : { ...engine, linkFlags: [...engine.linkFlags, ...runtime] },
    facts: machines.host,
    output,
    workspaceFolders: config.workspaceFolders,
    extraFlags: config.compilerFlags,
    stlHeader: ports.helpers.stlHeader,
    cancel: options.cancel,
  });
  if (!built.ok) return built;
  log.info(`built: ${quoteWords(built.value.argv)}`);
  const program = await programFacts(target, output);
  if (!program.ok) return program;
  // What a cross compiler makes is known now only; a compiler of this machine may have made it for this one.
  const unfit = machines.remote === undefined ? undefined : wrongMachine(file, program.value, machines);
  return unfit === undefined ? ok({ ...choice.value, program: program.value, isThere: false }) : err(unfit);
}

/**
 * gcc links the runtimes of its sanitizers dynamically, and another machine hardly has them: where there is a static one, it goes into the program. Its
 * functions are exported, so that the companion finds them. clang does both by itself.
 */
async function ownRuntime(target: Target, engine: EngineId, compiler: NonNullable<TargetFacts['c']>): Promise<readonly string[]> {
  if (compiler.family !== 'gcc' || (engine !== 'asan' && engine !== 'lsan')) return [];
  const found = await target.capture({ argv: [compiler.command, `-print-file-name=lib${engine}.a`] }, { timeLimitMs: 20_000 });
  return found.ok && found.value.stdout.startsWith('/') ? [`-static-lib${engine}`, '-Wl,--export-dynamic'] : [];
}

async function prepareProgram(
  ports: PreparePorts,
  config: RunConfig,
  wanted: string,
  machines: Machines,
  options: PrepareOptions,
): Promise<Result<Prepared, Fault>> {
  let path = wanted;
  let copies: BuiltProgram['copies'];
  if (config.build !== undefined) {
    const built = await build(ports, config.build, config, machines.host, path, options);
    if (!built.ok) return built;
    ({ program: path, copies } = built.value);
  }
  const { remote } = machines;
  let isThere = false;
  if (remote !== undefined && config.build === undefined) {
    const there = await remote.stat(path);
    if (!there.ok && there.error.code !== 'not-found') return there;
    isThere = there.ok;
  }
  const program = await programFacts(isThere ? (remote as Target) : ports.target, path);
  if (!program.ok) return program;
  const unfit = wrongMachine(path, program.value, machines);
  if (unfit !== undefined) return err(unfit);
  // A copy has no set-user-ID bit.
  const facts = remote === undefined || isThere ? program.value : { ...program.value, setuid: false };
  const choice = choose(config, judgedFacts(machines, 'program'), { form: 'program', program: facts });
  if (!choice.ok) return choice;
  return ok({ ...choice.value, program: facts, isThere, ...(copies === undefined ? {} : { copies }) });
}

/**
 * What engines are judged by: the machine where the program runs, with the compilers that build for it. A program that exists needs one only
 * for the companion: the target's own, or else this machine's, which may turn out to be for another machine.
 */
export function judgedFacts({ host, there, remote }: Machines, form: Subject['form']): TargetFacts {
  if (remote === undefined) return there;
  const { c, cpp, symbolizer, ...rest } = there;
  const compilers = form === 'program' && c !== undefined ? { c, ...(cpp === undefined ? {} : { cpp }) } : host;
  // Frames without lines are resolved here as well.
  const resolver = symbolizer ?? host.symbolizer;
  return {
    ...rest,
    ...(compilers.c === undefined ? {} : { c: compilers.c }),
    ...(compilers.cpp === undefined ? {} : { cpp: compilers.cpp }),
    ...(resolver === undefined ? {} : { symbolizer: resolver }),
  };
}

function wrongMachine(path: string, program: ProgramFacts, { there, remote }: Machines): Fault | undefined {
  if (there.machine === undefined || runsOnMachine(program.machine, there.machine)) return undefined;
  return {
    code: 'wrong-architecture',
    path,
    program: program.machine,
    machine: there.machine,
    ...(remote === undefined ? {} : { target: remote.id }),
  };
}

async function build(
  ports: PreparePorts,
  step: BuildStep,
  config: RunConfig,
  facts: TargetFacts,
  program: string,
  options: PrepareOptions,
): Promise<Result<BuiltProgram, Fault>> {
  if (step.form === 'task') {
    options.progress.phase('building', step.task);
    if (ports.runTask === undefined)
      return err({
        code: 'bad-setting',
        setting: 'memlens.runs',
        detail: `the task ${step.task} can be run in the editor only`,
      });
    const ended = await ports.runTask(step.task, options.cancel);
    return ended.ok ? ok({ program }) : ended;
  }
  // A separate build is made for an engine that needs one; the others take it too, for its debug information.
  const id: EngineId = config.engine === 'auto' ? 'asan' : config.engine;
  const engine = engineById(step.form === 'recipe' && (id === 'lsan-preload' || id === 'heaptrack') ? 'memcheck' : id);
  options.progress.phase('building', step.form === 'recipe' ? step.system : step.argv[0]);
  return buildProject(ports, {
    step,
    engine,
    facts,
    program,
    cwd: config.cwd,
    cacheDir: ports.helpers.cache,
    cancel: options.cancel,
  });
}

function choose(
  config: RunConfig,
  facts: TargetFacts,
  subject: Subject,
): Result<Pick<Prepared, 'engine' | 'reason' | 'alternatives'>, Fault> {
  if (config.engine === 'auto') {
    const choice = chooseEngine(facts, subject);
    if (!('obstacle' in choice)) return ok({ engine: choice.engine, reason: choice.reason, alternatives: choice.others });
    const { reason, remedy } = choice.obstacle;
    return err({ code: 'engine-unfit', engine: choice.engine.title, reason, remedy });
  }
  const engine = engineById(config.engine);
  const blocking = engine.obstacles(facts, subject).find((obstacle) => obstacle.blocking);
  if (blocking !== undefined) {
    return err({ code: 'engine-unfit', engine: engine.title, reason: blocking.reason, remedy: blocking.remedy });
  }
  return ok({ engine, reason: '', alternatives: availabilities(facts, subject).filter((other) => other.engine !== engine) });
}
