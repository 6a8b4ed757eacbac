import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { baseName, directoryName } from '../base/path.js';
import { err, ok, type Result } from '../base/result.js';
import { quoteWords } from '../base/shell-words.js';
import type { Engine, EngineId, ProgramFacts, Subject, TargetFacts } from '../engines/engine.js';
import { readEarlyEnd, readTrouble } from '../engines/memcheck/valgrind-trouble.js';
import { assembleReport } from '../findings/assemble.js';
import { FoldingSink } from '../findings/fold.js';
import { runsOnMachine } from '../formats/elf-machine.js';
import { suppressionFormat } from '../formats/suppression-file.js';
import type { LeakSummary, Note } from '../model/finding.js';
import type { Report } from '../model/report.js';
import type { BuildStep, RunConfig } from '../model/run-config.js';
import { type BuiltProgram, buildProject } from './build-project.js';
import { buildSource, languageOf } from './build-source.js';
import { buildCompanion, type NativeHelpers } from './companion.js';
import { availabilities, chooseEngine, type EngineAvailability, engineById } from './engines.js';
import type { Clock, Log, Progress, Stage, Target } from './ports.js';
import { type ProbeOptions, probe } from './probe.js';
import { programFacts } from './program-facts.js';
import { readReport } from './read-reports.js';
import { readWhole } from './read-whole.js';
import { runNotes, shortStackNotes } from './run-notes.js';
import { runProgram } from './run-program.js';
import { SourceLocator } from './source-locator.js';
import { symbolize } from './symbolize.js';

export interface ProfilePorts {
  readonly target: Target;
  readonly stage: Stage;
  readonly clock: Clock;
  readonly log: Log;
  readonly helpers: NativeHelpers;
  /** The user's compilers and valgrind, when named. */
  readonly tools: () => ProbeOptions;
  /** Runs a task of the editor to its end. */
  readonly runTask?: (name: string, cancel: Cancel) => Promise<Result<void, Fault>>;
  /** Asks which of the programs that a build made shall run; undefined: none. */
  readonly chooseProgram?: (programs: readonly string[]) => Promise<string | undefined>;
}

export interface ProfileOptions {
  readonly progress: Progress;
  /** Give up: nothing is wanted any more. */
  readonly cancel: Cancel;
  /** End the program, keep what was found. */
  readonly stop: Cancel;
}

export interface ProfileOutcome {
  readonly report: Report;
  /** Identifies the program: the next run of the same one takes this one's place. */
  readonly key: string;
  readonly title: string;
  /** What was started, as one line for a shell. */
  readonly command: string;
  readonly alternatives: readonly EngineAvailability[];
}

interface Prepared {
  readonly program: ProgramFacts;
  readonly engine: Engine;
  readonly reason: string;
  readonly alternatives: readonly EngineAvailability[];
  readonly copies?: BuiltProgram['copies'];
}

/** The main use case: builds what must be built, runs it under an engine, and places what the engine found. */
export class Profiler {
  private facts: { readonly key: string; readonly value: Promise<Result<TargetFacts, Fault>> } | undefined;

  constructor(private readonly ports: ProfilePorts) {}

  /** What can work on this target for this subject; without one: for a C source file. */
  async engines(subject: Subject = { form: 'source', language: 'c' }): Promise<Result<readonly EngineAvailability[], Fault>> {
    const facts = await this.probe();
    return facts.ok ? ok(availabilities(facts.value, subject)) : facts;
  }

  async profile(config: RunConfig, options: ProfileOptions): Promise<Result<ProfileOutcome, Fault>> {
    const { target, log } = this.ports;
    options.progress.phase('preparing');
    const cwd = await target.stat(config.cwd);
    if (!cwd.ok || cwd.value.kind !== 'directory')
      return cwd.ok || cwd.error.code === 'not-found'
        ? err({ code: 'not-found', path: config.cwd, what: 'working directory' })
        : cwd;
    const facts = await this.probe();
    if (!facts.ok) return facts;
    const work = await target.makeTemporaryDirectory('memlens-run-');
    if (!work.ok) return work;
    try {
      const prepared = await this.prepare(config, facts.value, work.value, options);
      if (!prepared.ok) return prepared;
      return await this.run(config, facts.value, prepared.value, work.value, options);
    } catch (error) {
      log.error(`a bug in MemLens: ${(error as Error).stack ?? String(error)}`);
      throw error;
    } finally {
      await target.remove(work.value);
    }
  }

  private async probe(): Promise<Result<TargetFacts, Fault>> {
    const tools = this.ports.tools();
    const key = JSON.stringify([tools.c, tools.cpp, tools.valgrind]);
    if (this.facts?.key !== key) this.facts = { key, value: probe(this.ports.target, tools) };
    const facts = await this.facts.value;
    // A tool may be installed before the next try: only a machine with everything is remembered.
    if (!facts.ok || facts.value.c === undefined || facts.value.valgrind === undefined) this.facts = undefined;
    return facts;
  }

  private async prepare(
    config: RunConfig,
    facts: TargetFacts,
    work: string,
    options: ProfileOptions,
  ): Promise<Result<Prepared, Fault>> {
    const { target, log } = this.ports;
    if (config.subject.form === 'source') {
      const { file } = config.subject;
      const exists = await target.stat(file);
      if (!exists.ok)
        return exists.error.code === 'not-found' ? err({ code: 'not-found', path: file, what: 'source file' }) : exists;
      if (exists.value.kind === 'directory') return err({ code: 'not-executable', path: file, reason: 'directory' });
      const language = languageOf(file) ?? 'c';
      const choice = this.choose(config, facts, { form: 'source', language });
      if (!choice.ok) return choice;
      options.progress.phase('building', choice.value.engine.title);
      const name = (baseName(file).replace(/\.[^.]*$/, '') || 'program').replace(/[^A-Za-z0-9._+-]/g, '_');
      const output = `${work}/${name}`;
      const built = await buildSource(target, log, {
        file,
        language,
        engine: choice.value.engine,
        facts,
        output,
        workspaceFolders: config.workspaceFolders,
        extraFlags: config.compilerFlags,
        stlHeader: this.ports.helpers.stlHeader,
        cancel: options.cancel,
      });
      if (!built.ok) return built;
      log.info(`built: ${quoteWords(built.value.argv)}`);
      const program = await programFacts(target, output);
      return program.ok ? ok({ ...choice.value, program: program.value }) : program;
    }

    let { path } = config.subject;
    let copies: BuiltProgram['copies'];
    if (config.build !== undefined) {
      const built = await this.build(config.build, config, facts, path, options);
      if (!built.ok) return built;
      ({ program: path, copies } = built.value);
    }
    const program = await programFacts(target, path);
    if (!program.ok) return program;
    if (facts.machine !== undefined && !runsOnMachine(program.value.machine, facts.machine)) {
      return err({ code: 'wrong-architecture', path, program: program.value.machine, machine: facts.machine });
    }
    const choice = this.choose(config, facts, { form: 'program', program: program.value });
    if (!choice.ok) return choice;
    return ok({ ...choice.value, program: program.value, ...(copies === undefined ? {} : { copies }) });
  }

  private async build(
    step: BuildStep,
    config: RunConfig,
    facts: TargetFacts,
    program: string,
    options: ProfileOptions,
  ): Promise<Result<BuiltProgram, Fault>> {
    if (step.form === 'task') {
      options.progress.phase('building', step.task);
      if (this.ports.runTask === undefined)
        return err({
          code: 'bad-setting',
          setting: 'memlens.runs',
          detail: `the task ${step.task} can be run in the editor only`,
        });
      const ended = await this.ports.runTask(step.task, options.cancel);
      return ended.ok ? ok({ program }) : ended;
    }
    // A separate build is made for an engine that needs one; the others take it too, for its debug information.
    const id: EngineId = config.engine === 'auto' ? 'asan' : config.engine;
    const engine = engineById(step.form === 'recipe' && id === 'lsan-preload' ? 'memcheck' : id);
    options.progress.phase('building', step.form === 'recipe' ? step.system : step.argv[0]);
    return buildProject(this.ports, {
      step,
      engine,
      facts,
      program,
      cwd: config.cwd,
      cacheDir: this.ports.helpers.cache,
      cancel: options.cancel,
    });
  }

  private choose(
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

  private async run(
    config: RunConfig,
    probed: TargetFacts,
    prepared: Prepared,
    work: string,
    options: ProfileOptions,
  ): Promise<Result<ProfileOutcome, Fault>> {
    const { target, log } = this.ports;
    const { engine, program } = prepared;
    const reportDir = `${work}/report`;
    const made = await target.makeDirectory(reportDir);
    if (!made.ok) return made;
    const companion = engine.id === 'memcheck' ? undefined : await buildCompanion(target, probed, this.ports.helpers, work);
    const facts: TargetFacts = companion === undefined ? probed : { ...probed, companion };
    const suppressions = await this.suppressions(config, engine, work);
    if (!suppressions.ok) return suppressions;
    const control = `${reportDir}/control`;
    const plan = engine.plan({
      program: program.path,
      args: config.args,
      reportDir,
      facts,
      programFacts: program,
      suppressions: suppressions.value.files,
      engineOptions: [...(config.optionsOf?.[engine.id] ?? []), ...config.engineOptions],
      env: config.env,
      ...(companion === undefined ? {} : { control }),
    });
    const command = quoteWords([program.path, ...config.args]);
    log.info(`${engine.id} on ${target.id}: ${quoteWords(plan.argv)} ${JSON.stringify(plan.env)}`);
    options.progress.phase('running', config.name);
    const run = await runProgram({
      target,
      stage: this.ports.stage,
      clock: this.ports.clock,
      plan,
      cwd: config.cwd,
      env: config.env,
      title: config.name,
      reportDir,
      control,
      timeLimitMs: config.timeLimitMs,
      stop: options.stop,
      cancel: options.cancel,
    });
    if (!run.ok) return run;

    options.progress.phase('reading', engine.title);
    const sink = new FoldingSink();
    const read = await this.readAll(reportDir, plan.reportPrefix, engine, sink);
    const warnings = engine
      .obstacles(
        facts,
        config.subject.form === 'source'
          ? { form: 'source', language: languageOf(config.subject.file) ?? 'c' }
          : { form: 'program', program },
      )
      .filter((obstacle) => !obstacle.blocking)
      .map(
        (obstacle): Note => ({ severity: 'warning', code: obstacle.code, text: `${obstacle.reason} ${obstacle.remedy}`.trim() }),
      );

    options.progress.phase('placing');
    const findings = await symbolize(target, facts, sink.findings, options.cancel);
    const source = config.subject.form === 'source' ? config.subject.file : undefined;
    const locator = new SourceLocator(target, {
      workspaceFolders: source === undefined ? config.workspaceFolders : [...config.workspaceFolders, directoryName(source)],
      mappings: [...config.sourcePathMap, ...(prepared.copies === undefined ? [] : [prepared.copies])],
      baseDirectories: [
        config.cwd,
        ...(source === undefined ? [directoryName(program.path)] : [directoryName(source)]),
        ...config.workspaceFolders,
      ],
    });
    const locate = await locator.prepare(findings);
    const report = assembleReport(
      {
        findings,
        notes: [
          ...runNotes(run.value, engine, read.files),
          ...suppressions.value.notes,
          ...read.notes,
          ...(engine.id === 'memcheck' && read.files === 0 ? await this.valgrindTrouble(plan.argv[0] as string) : []),
          ...warnings,
          // The signal that we sent to stop it is no news.
          ...sink.notes.filter(
            (note) => !(run.value.stopped !== undefined && note.code === 'fatal-signal' && note.text.includes('SIGTERM')),
          ),
          ...shortStackNotes(engine, findings),
          ...locator.notes(findings),
        ],
        partial: read.partial,
        ...(read.summary === undefined ? {} : { summary: read.summary }),
      },
      locate,
      {
        title: config.name,
        program: source ?? program.path,
        args: config.args,
        engine: engine.id,
        ...(prepared.reason === '' ? {} : { engineReason: prepared.reason }),
        exit: run.value.exit,
        ...(run.value.stopped === undefined ? {} : { stopped: run.value.stopped }),
        durationMs: Math.round(run.value.durationMs),
      },
    );
    log.info(
      `${engine.id}: ${report.findings.length} findings, exit ${JSON.stringify(run.value.exit)}, ${Math.round(run.value.durationMs)} ms${run.value.stopped === undefined ? '' : `, stopped: ${run.value.stopped}`}`,
    );
    return ok({ report, key: source ?? program.path, title: config.name, command, alternatives: prepared.alternatives });
  }

  /**
   * LeakSanitizer takes one file only, so its files become one. A file that is not there is said before anything runs; one
   * of the other engine would end the program at its start, and is left out.
   */
  private async suppressions(
    config: RunConfig,
    engine: Engine,
    work: string,
  ): Promise<Result<{ readonly files: readonly string[]; readonly notes: readonly Note[] }, Fault>> {
    const { target } = this.ports;
    const wanted = engine.id === 'memcheck' ? 'valgrind' : 'lsan';
    const files: string[] = [];
    const texts: string[] = [];
    const notes: Note[] = [];
    for (const path of config.suppressions[wanted]) {
      const facts = await target.stat(path);
      if (!facts.ok) return facts.error.code === 'not-found' ? err({ code: 'not-found', path, what: 'suppression file' }) : facts;
      const text = await readWhole(target, path);
      const format = suppressionFormat(text);
      if (format === wanted || format === undefined) {
        files.push(path);
        texts.push(text);
      } else {
        const owner = format === 'valgrind' ? 'Valgrind' : 'LeakSanitizer';
        notes.push({
          severity: 'warning',
          code: 'suppressions-unfit',
          text: `${path} was not used: it is a suppression file of ${owner}.`,
        });
      }
    }
    if (wanted === 'valgrind' || files.length === 0) return ok({ files, notes });
    const merged = `${work}/suppressions`;
    const written = await target.writeText(merged, `${texts.join('\n')}\n`);
    return written.ok ? ok({ files: [merged], notes }) : written;
  }

  /** Valgrind wrote nothing, and its complaint went to the terminal: a run of its own on a trivial program shows whether it works at all. */
  private async valgrindTrouble(valgrind: string): Promise<readonly Note[]> {
    const tried = await this.ports.target.capture({ argv: [valgrind, '/bin/true'] }, { timeLimitMs: 30_000, maxBytes: 1 << 16 });
    if (!tried.ok) return [];
    return tried.value.stderr.split('\n').flatMap((line) => readTrouble(line) ?? []);
  }

  private async readAll(
    reportDir: string,
    prefix: string,
    engine: Engine,
    sink: FoldingSink,
  ): Promise<{ files: number; partial: boolean; summary: LeakSummary | undefined; notes: readonly Note[] }> {
    const { target } = this.ports;
    const names = await target.list(reportDir);
    const files = (names.ok ? names.value : []).filter((name) => name.startsWith(prefix)).sort();
    let partial = false;
    const notes: Note[] = [];
    for (const name of files) {
      const before = sink.findings.length;
      const end = await readReport(target, `${reportDir}/${name}`, engine.parser, sink);
      partial ||= end.partial;
      if (engine.id === 'memcheck' && sink.findings.length === before && notes.length === 0) {
        const head = await target.readBytes(`${reportDir}/${name}`, { length: 1 << 16 });
        if (head.ok) notes.push(...readEarlyEnd(String.fromCharCode(...head.value)));
      }
    }
    // What came after a leak check at the stop: errors are news, leaks are the same ones once more.
    for (const name of (names.ok ? names.value : []).filter((other) => other.startsWith('control.late.'))) {
      await readReport(target, `${reportDir}/${name}`, engine.parser, {
        finding: (finding) => {
          if (finding.kind !== 'leak') sink.finding(finding);
        },
        note: (note) => sink.note(note),
      });
    }
    // The engine's own totals are per process; with several processes the sum of the findings is the truth.
    return { files: files.length, partial, summary: undefined, notes };
  }
}
