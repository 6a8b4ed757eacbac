import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { languageOf } from './app/build-source.js';
import type { EngineAvailability } from './app/engines.js';
import { isAvailable } from './app/engines.js';
import { faultText } from './app/fault-text.js';
import { openReport } from './app/open-report.js';
import type { Log, Target } from './app/ports.js';
import { Profiler } from './app/profile.js';
import { SourceLocator } from './app/source-locator.js';
import { parseTargetName } from './app/target-names.js';
import { CancelSource } from './base/cancel.js';
import type { Fault } from './base/fault.js';
import { visibleLines } from './base/visible-text.js';
import { type ReportFailure, toJson } from './export/json.js';
import { toSarif } from './export/sarif.js';
import { toText } from './export/text.js';
import type { Report } from './model/report.js';
import type { NamedTarget } from './model/target-config.js';
import { type CommandLine, type Options, readCommandLine } from './node/command-line.js';
import { HELP } from './node/help.js';
import { InheritedStage } from './node/inherited-stage.js';
import { leave } from './node/leave.js';
import { LocalTarget } from './node/local-target.js';
import { nodeClock } from './node/node-clock.js';
import { endAll } from './node/spawn.js';
import { createTarget } from './node/targets.js';
import { terminalAsk } from './node/terminal-ask.js';
import { runTrendCommand } from './node/trend-commands.js';
import type { TrendLine } from './node/trend-options.js';
import { UsageError } from './node/usage.js';

declare const MEMLENS_VERSION: string;

/** Exit statuses, as in grep(1) turned round: 1 is a finding. */
const CLEAN = 0;
const FOUND = 1;
const FAILED = 2;

/** The report could not be written: the one fault that is found after the work is done. */
class FaultError extends Error {
  constructor(readonly fault: Fault) {
    super(fault.code);
  }
}

interface Sourced {
  readonly source: string | null;
  readonly report: Report;
}

/** A line, or several, for people: what a tool or a target has said may be among it. */
function say(text: string): void {
  process.stderr.write(`${visibleLines(text)}\n`);
}

const log = (verbose: boolean): Log => {
  const write = (message: string): void => {
    if (verbose) say(`memlens: ${message}`);
  };
  return { info: write, warn: write, error: (message) => say(`memlens: ${message}`) };
};

function complain(fault: Fault): void {
  const { message, nextStep, detail } = faultText(fault);
  if (detail !== undefined && detail.trim() !== '') say(detail.trimEnd());
  say(`memlens: ${message}`);
  if (nextStep !== '') say(`         ${nextStep}`);
}

async function print(
  results: readonly Sourced[],
  options: Options,
  batch = false,
  failures: readonly ReportFailure[] = [],
): Promise<void> {
  let text: string;
  if (options.format === 'json')
    text = `${JSON.stringify(toJson(results, { version: MEMLENS_VERSION }, { batch, failures }), null, 2)}\n`;
  else if (options.format === 'sarif') {
    text = `${JSON.stringify(toSarif(results, { version: MEMLENS_VERSION }, { root: process.cwd() }), null, 2)}\n`;
  } else {
    const colour =
      options.output === undefined && process.stdout.isTTY && process.env.NO_COLOR === undefined && process.env.TERM !== 'dumb';
    text = results
      .map(({ source, report }) => `${batch ? `${source ?? ''}\n` : ''}${toText(report, { colour, verbose: options.verbose })}`)
      .join('\n');
  }
  if (options.output !== undefined) {
    const written = await new LocalTarget().writeText(resolve(options.output), text);
    if (!written.ok) throw new FaultError(written.error);
  } else await new Promise<void>((done) => process.stdout.write(text, () => done()));
}

async function profile(line: Extract<CommandLine, { verb: 'profile' }>): Promise<number> {
  const { options } = line;
  const config = options.target === undefined ? undefined : parseTargetName(options.target, '--target');
  if (config?.ok === false) {
    complain(config.error);
    return FAILED;
  }
  const named =
    config === undefined || options.target === undefined
      ? undefined
      : {
          name: options.target,
          config: config.value,
          ...(options.sysroot === undefined ? {} : { sysroot: resolve(options.sysroot) }),
        };
  const target = named === undefined ? undefined : openTarget(named, log(options.verbose));
  try {
    return await profileOn(line, named, target);
  } finally {
    target?.dispose();
  }
}

async function profileOn(
  line: Extract<CommandLine, { verb: 'profile' }>,
  named: NamedTarget | undefined,
  target: Target | undefined,
): Promise<number> {
  const { options } = line;
  const path = resolve(line.subject);
  const language = languageOf(path);
  const media = join(__dirname, '..', 'media');
  const profiler = new Profiler({
    target: new LocalTarget(),
    stage: new InheritedStage(options.format === 'text' || options.output !== undefined ? 'stdout' : 'stderr'),
    clock: nodeClock,
    log: log(options.verbose),
    helpers: { companion: join(media, 'companion.c'), stlHeader: join(media, 'stl-in-program.hpp'), cache: cacheDirectory() },
    tools: () => ({
      ...(process.env.CC === undefined || process.env.CC === '' ? {} : { c: process.env.CC }),
      ...(process.env.CXX === undefined || process.env.CXX === '' ? {} : { cpp: process.env.CXX }),
    }),
    ...(target === undefined ? {} : { openTarget: () => target }),
    ...(options.copy ? { confirmCopy: () => Promise.resolve(true) } : {}),
  });
  const cancel = new CancelSource();
  const stop = new CancelSource();
  // The first signal asks for what was found until now, the second one ends it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => (stop.requested ? cancel.cancel() : stop.cancel()));
  }
  const outcome = await profiler.profile(
    {
      name: line.subject,
      subject: language === undefined ? { form: 'program', path } : { form: 'source', file: path },
      args: line.args,
      ...(named === undefined ? {} : { target: named }),
      cwd: resolve(options.cwd ?? '.'),
      // What is preloaded here is not there.
      env: inherited(['ASAN_OPTIONS', 'LSAN_OPTIONS', 'UBSAN_OPTIONS', ...(named === undefined ? ['LD_PRELOAD'] : [])]),
      engine: options.engine,
      engineOptions: options.engineOptions,
      suppressions: {
        valgrind: options.suppressions.map((file) => resolve(file)),
        lsan: options.suppressions.map((file) => resolve(file)),
      },
      compilerFlags: options.compilerFlags,
      timeLimitMs: options.timeLimitSeconds * 1000,
      sourcePathMap: options.pathMap,
      workspaceFolders: [process.cwd()],
    },
    {
      cancel,
      stop,
      progress: { phase: (phase, detail) => log(options.verbose).info(detail === undefined ? phase : `${phase}: ${detail}`) },
    },
  );
  if (!outcome.ok) {
    complain(outcome.error);
    return FAILED;
  }
  const { report } = outcome.value;
  await print([{ source: null, report }], options);
  if (report.findings.length > 0) return FOUND;
  // An engine that could not do its work has not found that there is nothing.
  const failure = report.notes.find((note) => note.severity === 'error');
  if (failure === undefined) return CLEAN;
  if (options.format !== 'text' || options.output !== undefined) say(`memlens: ${failure.text}`);
  return FAILED;
}

/** What an engine adds to and must not replace. */
function inherited(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/** XDG base directory specification: what can be made again goes to the cache. */
function cacheDirectory(): string {
  const xdg = process.env.XDG_CACHE_HOME;
  return join(xdg?.startsWith('/') ? xdg : join(homedir(), '.cache'), 'memlens');
}

async function* standardInput(): AsyncIterable<string> {
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) yield chunk as string;
}

async function parse(line: Extract<CommandLine, { verb: 'parse' }>): Promise<number> {
  const target = new LocalTarget();
  // The user's own code is what lies below the directory in which the command was given.
  const locator = new SourceLocator(target, {
    workspaceFolders: [process.cwd()],
    mappings: line.options.pathMap,
    baseDirectories: [process.cwd()],
  });
  const results: Sourced[] = [];
  const failures: ReportFailure[] = [];
  for (const name of line.reports) {
    const text = name === '-' ? standardInput() : target.readText(name);
    const opened = await openReport({ name: name === '-' ? 'standard input' : name, text }, locator);
    if (opened.ok) results.push(opened.value);
    else {
      complain(opened.error);
      failures.push({ source: name, code: opened.error.code, message: faultText(opened.error).message });
    }
  }
  const batch = line.reports.length > 1;
  if (results.length > 0 || batch) await print(results, line.options, batch, failures);
  if (failures.length > 0) return FAILED;
  return results.some(({ report }) => report.findings.length > 0) ? FOUND : CLEAN;
}

async function engines(line: Extract<CommandLine, { verb: 'engines' }>): Promise<number> {
  const profiler = new Profiler({
    target: new LocalTarget(),
    stage: new InheritedStage('stdout'),
    clock: nodeClock,
    log: log(line.options.verbose),
    helpers: { companion: '', stlHeader: '', cache: '' },
    tools: () => ({}),
  });
  const found = await profiler.engines();
  if (!found.ok) {
    complain(found.error);
    return FAILED;
  }
  const json = found.value.map((entry) => ({
    engine: entry.engine.id,
    title: entry.engine.title,
    description: entry.engine.description,
    available: isAvailable(entry),
    obstacles: entry.obstacles,
  }));
  process.stdout.write(
    line.options.format === 'json' ? `${JSON.stringify(json, null, 2)}\n` : found.value.map(engineText).join('\n'),
  );
  return CLEAN;
}

function engineText(entry: EngineAvailability): string {
  const head = `${entry.engine.id.padEnd(13)} ${isAvailable(entry) ? 'available' : 'not available'}: ${entry.engine.description}\n`;
  return (
    head +
    entry.obstacles.map(({ reason, remedy }) => `${' '.repeat(14)}${reason}\n${' '.repeat(14)}remedy: ${remedy}\n`).join('')
  );
}

function trends(line: TrendLine): Promise<number> {
  const talk = log(line.verbose);
  return runTrendCommand(line, {
    version: MEMLENS_VERSION,
    log: talk,
    complain,
    openTarget: (target) => openTarget(target, talk),
  });
}

function openTarget(target: NamedTarget, talk: Log): ReturnType<typeof createTarget> {
  const ask = terminalAsk();
  const questions = ask === undefined ? {} : { ask, askpass: join(__dirname, '..', 'media', 'askpass.sh') };
  return createTarget(target, { log: talk, ...questions });
}

async function main(): Promise<number> {
  const line = readCommandLine(process.argv.slice(2));
  switch (line.verb) {
    case 'help':
      process.stdout.write(HELP);
      return CLEAN;
    case 'version':
      process.stdout.write(`${MEMLENS_VERSION}\n`);
      return CLEAN;
    case 'profile':
      return profile(line);
    case 'parse':
      return parse(line);
    case 'engines':
      return engines(line);
    case 'watch':
    case 'ps':
    case 'meminfo':
      return trends(line);
  }
}

// A reader that has gone away (`memlens ... | head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') leave(CLEAN);
  process.stderr.write(`memlens: standard output could not be written: ${error.message}\n`);
  leave(FAILED);
});
// There is no place left to say so.
process.stderr.on('error', () => undefined);
process.on('exit', endAll);
main().then(
  (code) => leave(code),
  (error: unknown) => {
    if (error instanceof UsageError) say(`memlens: ${error.message}\n         memlens --help shows every command and option`);
    else if (error instanceof FaultError) complain(error.fault);
    else say(`memlens: a bug in MemLens: ${(error as Error).stack ?? String(error)}`);
    leave(FAILED);
  },
);
