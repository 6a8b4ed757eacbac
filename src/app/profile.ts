import type { Cancel } from '../base/cancel.js';
import { type Disposable, DisposableStore } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import { quoteWords } from '../base/shell-words.js';
import type { Subject, TargetFacts } from '../engines/engine.js';
import type { HeapProfile } from '../model/heap-profile.js';
import type { Report } from '../model/report.js';
import type { RunConfig } from '../model/run-config.js';
import type { NamedTarget } from '../model/target-config.js';
import { buildCompanion } from './companion.js';
import type { CopyRequest } from './copy-files.js';
import { availabilities, type EngineAvailability } from './engines.js';
import { KeptReports } from './kept-reports.js';
import { leakAsker } from './leak-checks/asker-of.js';
import type { LiveRun } from './leak-checks/live-run.js';
import { RunningChecks } from './leak-checks/running-checks.js';
import type { Unpackers } from './packed-file.js';
import type { Clock, Progress, Stage, Target } from './ports.js';
import { judgedFacts, type Machines, type Prepared, type PreparePorts, prepareRun } from './prepare-run.js';
import { type ProbeOptions, probe } from './probe.js';
import { guardRun } from './remote-guard.js';
import { remoteSite } from './remote-site.js';
import { isRemote, RemoteStage } from './remote-stage.js';
import { runProgram } from './run-program.js';
import { startRecorder } from './run-recorder.js';
import { checkReport, runReport } from './run-report.js';
import { isReportName } from './run-reports.js';
import type { RunSite } from './run-site.js';
import { gatherSuppressions } from './suppressions.js';
import { Symbolizer, type SymbolSettings, USUAL_SYMBOLS } from './symbols/symbolizer.js';
import { guardWork, type WorkGuard } from './work-guard.js';

export interface PublishedRun extends Disposable {
  /** On this machine; it is there for this run only. */
  readonly directory: string;
}

export interface ProfilePorts extends PreparePorts {
  readonly stage: Stage;
  readonly clock: Clock;
  /** The user's compilers and valgrind, when named. */
  readonly tools: () => ProbeOptions;
  /** For what a recorder has packed. */
  readonly unpackers: () => Promise<Unpackers>;
  /** Machines other than this one. */
  readonly openTarget?: (named: NamedTarget) => Target;
  /** Asks whether files may be copied to a target. Absent: nobody can be asked, and nothing is copied. */
  readonly confirmCopy?: (request: CopyRequest) => Promise<boolean>;
  /** Where debug information is looked for beside the usual places. */
  readonly symbols?: () => SymbolSettings;
  /** Lets other MemLens processes of this user ask a run for its leaks, until it is over. */
  readonly publish?: (run: LiveRun) => PublishedRun;
}

export interface ProfileOptions {
  readonly progress: Progress;
  /** Give up: nothing is wanted any more. */
  readonly cancel: Cancel;
  /** End the program, keep what was found. */
  readonly stop: Cancel;
  /** Called with the leader of the program's session, on its machine, when the program has started. */
  readonly onStarted?: (leaderPid: number) => void;
  /** Called after `onStarted` for a run that can be asked for its leaks while it goes on. */
  readonly onLive?: (run: LiveRun) => void;
}

export interface ProfileOutcome {
  readonly report: Report;
  /** What an engine that records the heap has seen of it. */
  readonly profile?: HeapProfile;
  /** Identifies the program: the next run of the same one takes this one's place. */
  readonly key: string;
  readonly title: string;
  /** What was started, as one line for a shell. */
  readonly command: string;
  readonly alternatives: readonly EngineAvailability[];
}

const reportsIn = (work: string): string => `${work}/report`;

/** The main use case: builds what must be built, runs it under an engine, and places what the engine found. */
export class Profiler {
  private readonly facts = new Map<string, { readonly key: string; readonly value: Promise<Result<TargetFacts, Fault>> }>();

  private readonly symbols: Symbolizer;

  constructor(private readonly ports: ProfilePorts) {
    this.symbols = new Symbolizer({ host: ports.target, log: ports.log, settings: ports.symbols ?? (() => USUAL_SYMBOLS) });
  }

  /** What can work on a target (by default this machine) for this subject; without one: for a C source file. */
  async engines(
    subject: Subject = { form: 'source', language: 'c' },
    named?: NamedTarget,
  ): Promise<Result<readonly EngineAvailability[], Fault>> {
    const machines = await this.machines(named);
    // What is missing may be installed now.
    this.facts.clear();
    return machines.ok ? ok(availabilities(judgedFacts(machines.value, subject.form), subject)) : machines;
  }

  async profile(config: RunConfig, options: ProfileOptions): Promise<Result<ProfileOutcome, Fault>> {
    const { target, log } = this.ports;
    options.progress.phase('preparing');
    const isLocal = config.target === undefined || config.target.config.kind === 'local';
    const cwd = await target.stat(config.cwd);
    if (isLocal && (!cwd.ok || cwd.value.kind !== 'directory'))
      return cwd.ok || cwd.error.code === 'not-found'
        ? err({ code: 'not-found', path: config.cwd, what: 'working directory' })
        : cwd;
    const machines = await this.machines(config.target);
    if (!machines.ok) return machines;
    const work = await target.makeTemporaryDirectory('memlens-run-');
    if (!work.ok) return work;
    const guard = await guardWork(target, this.ports.clock, work.value, reportsIn(work.value));
    if (!guard.ok) {
      await target.remove(work.value);
      return guard;
    }
    let site: RunSite | undefined;
    const guards = new DisposableStore();
    try {
      const prepared = await prepareRun(this.ports, config, machines.value, work.value, options);
      if (!prepared.ok) {
        if (prepared.error.code === 'engine-unfit') this.facts.clear();
        return prepared;
      }
      const made = await this.site(config, machines.value, prepared.value, work.value, options);
      if (!made.ok) return made;
      site = made.value;
      return await this.run(config, prepared.value, site, guards, { ...options, guard: guard.value });
    } catch (error) {
      log.error(`a bug in MemLens: ${(error as Error).stack ?? String(error)}`);
      throw error;
    } finally {
      // The directories go first: without them, the guards have nothing to do any more.
      await site?.remote?.remove(site.work);
      guards.dispose();
      await target.remove(work.value);
      await guard.value.end();
    }
  }

  private async machines(named: NamedTarget | undefined): Promise<Result<Machines, Fault>> {
    const { target, openTarget } = this.ports;
    const tools = this.ports.tools();
    const host = await this.probe(target, tools);
    if (!host.ok) return host;
    if (named === undefined || named.config.kind === 'local') return ok({ host: host.value, there: host.value });
    if (openTarget === undefined)
      return err({ code: 'bad-setting', setting: 'target', detail: `${named.name} can't be reached from here` });
    const remote = openTarget(named);
    if (!isRemote(remote)) return ok({ host: host.value, there: host.value });
    // The compilers that the user named are those of this machine.
    const there = await this.probe(remote, tools.valgrind === undefined ? {} : { valgrind: tools.valgrind });
    return there.ok ? ok({ host: host.value, there: there.value, remote }) : there;
  }

  private async probe(target: Target, tools: ProbeOptions): Promise<Result<TargetFacts, Fault>> {
    const key = JSON.stringify([tools.c, tools.cpp, tools.valgrind]);
    let entry = this.facts.get(target.id);
    if (entry?.key !== key) {
      entry = { key, value: probe(target, tools) };
      this.facts.set(target.id, entry);
    }
    const facts = await entry.value;
    // A tool may be installed before the next try: only a machine with everything is remembered.
    if (!facts.ok || facts.value.c === undefined || facts.value.valgrind === undefined) this.facts.delete(target.id);
    return facts;
  }

  private async site(
    config: RunConfig,
    machines: Machines,
    prepared: Prepared,
    work: string,
    options: ProfileOptions,
  ): Promise<Result<RunSite, Fault>> {
    const { target, helpers } = this.ports;
    if (machines.remote !== undefined && config.target !== undefined) {
      const ports = { ...this.ports, host: target, remote: machines.remote };
      return remoteSite(ports, config, config.target, machines, prepared, work, options.cancel);
    }
    const { there } = machines;
    const companion = prepared.engine.family === 'sanitizer' ? await buildCompanion(target, there, helpers, work) : undefined;
    return ok({
      target,
      work,
      program: prepared.program,
      facts: companion === undefined ? there : { ...there, companion },
      cwd: config.cwd,
      hostFile: (module) => module,
      notes: [],
    });
  }

  private async run(
    config: RunConfig,
    prepared: Prepared,
    site: RunSite,
    guards: DisposableStore,
    options: ProfileOptions & { readonly guard: WorkGuard },
  ): Promise<Result<ProfileOutcome, Fault>> {
    const { log, clock, target: host } = this.ports;
    const { engine } = prepared;
    const { target, remote, program, facts } = site;
    const reportDir = reportsIn(site.work);
    const made = await target.makeDirectory(reportDir);
    if (!made.ok) return made;
    const suppressions = await gatherSuppressions(host, site, config, engine);
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
      ...(facts.companion === undefined ? {} : { control }),
    });
    log.info(`${engine.id} on ${target.id}: ${quoteWords(plan.argv)} ${JSON.stringify(plan.env)}`);
    options.progress.phase('running', config.name);
    const kept = new KeptReports(target, reportDir, (name) => isReportName(name, plan.reportPrefix));
    const subject = config.subject.form === 'source' ? config.subject.file : prepared.program.path;
    const key = remote === undefined ? subject : `${subject} on ${target.id}`;
    // Who names servers for this very run wants them asked.
    const debuginfod =
      config.env.DEBUGINFOD_URLS === undefined ? (this.ports.symbols?.() ?? USUAL_SYMBOLS).debuginfod : 'allowed';
    const begun = { config, prepared, site, plan, reportDir, debuginfod, notes: suppressions.value.notes };
    const asker = leakAsker(target, engine, plan, reportDir, control);
    const checks =
      asker === undefined
        ? undefined
        : new RunningChecks({
            key,
            title: config.name,
            engine: engine.id,
            ...(remote === undefined ? {} : { target: config.target?.name ?? target.id }),
            asker,
            clock,
            log,
            report: (leaks, errors, notes, ranMs) =>
              checkReport(host, this.symbols, begun, target, { leaks, errors, notes, ranMs }, options.cancel),
          });
    const recorder =
      plan.recorder === undefined
        ? undefined
        : await startRecorder({
            target,
            clock,
            plan: plan.recorder,
            reportDir,
            debuginfod,
            cancel: options.cancel,
          });
    if (recorder?.ok === false) return recorder;
    if (recorder !== undefined) guards.add(recorder.value);
    const run = await runProgram({
      target,
      stage:
        remote === undefined
          ? this.ports.stage
          : new RemoteStage({
              target: remote,
              host,
              stage: this.ports.stage,
              reportDir,
              cancel: options.cancel,
              onClient: (pid) => options.guard.session(pid),
            }),
      clock,
      plan,
      cwd: site.cwd,
      env: config.env,
      title: config.name,
      reportDir,
      debuginfod,
      ...(checks === undefined ? {} : { lastCheck: (limitMs) => checks.checkAtStop(limitMs) }),
      ...(recorder === undefined ? {} : { lastCheck: () => recorder.value.settle() }),
      timeLimitMs: config.timeLimitMs,
      stop: options.stop,
      cancel: options.cancel,
      isRemote: remote !== undefined,
      onStarted: (pid) => {
        if (remote !== undefined) guards.add(guardRun(remote, clock, site.work, pid, () => kept.pull()));
        options.onStarted?.(pid);
        if (checks === undefined) return;
        checks.pid = pid;
        const published = this.ports.publish?.(checks);
        if (published !== undefined) {
          guards.add(published);
          options.guard.directory(published.directory);
        }
        options.onLive?.(checks);
      },
    });
    options.guard.ran();
    checks?.end();
    if (!run.ok) return run;
    const fault = run.value.lost?.fault;
    if (fault !== undefined && kept.isEmpty) return err(fault);

    options.progress.phase('reading', engine.title);
    if (fault === undefined) await recorder?.value.finish();
    const { exit, durationMs, stopped } = run.value;
    const reports = fault === undefined ? target : kept;
    const finished = { ...begun, run: run.value, reports, ...(checks === undefined ? {} : { checks: checks.checked }) };
    const { unpackers } = this.ports;
    const { report, profile } = await runReport(host, this.symbols, finished, { ...options, unpackers });
    log.info(
      `${engine.id}: ${report.findings.length} findings, exit ${JSON.stringify(exit)}, ${Math.round(durationMs)} ms${stopped === undefined ? '' : `, stopped: ${stopped}`}`,
    );
    return ok({
      report,
      ...(profile === undefined ? {} : { profile }),
      key,
      title: config.name,
      command: quoteWords([prepared.program.path, ...config.args]),
      alternatives: prepared.alternatives,
    });
  }
}
