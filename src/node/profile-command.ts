import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { languageOf } from '../app/build-source.js';
import type { LiveRun } from '../app/leak-checks/live-run.js';
import type { Log, Target } from '../app/ports.js';
import { Profiler } from '../app/profile.js';
import { type Cancel, CancelSource } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import { visibleText } from '../base/visible-text.js';
import { heapJson } from '../export/heap-json.js';
import type { HeapProfile } from '../model/heap-profile.js';
import type { Report } from '../model/report.js';
import type { NamedTarget } from '../model/target-config.js';
import type { CommandLine, Options } from './command-line.js';
import { CLEAN, FAILED, FOUND } from './exit-status.js';
import { InheritedStage } from './inherited-stage.js';
import { leave } from './leave.js';
import { LocalTarget } from './local-target.js';
import { nodeClock } from './node-clock.js';
import { writeReports } from './report-output.js';
import { openDoor } from './run-door.js';
import { complain, say, standardErrorLog } from './standard-error.js';
import { readTargetOption } from './target-option.js';
import { fileOutput, writeAll } from './text-output.js';
import { nodeUnpackers } from './unpack.js';

type ProfileLine = Extract<CommandLine, { verb: 'profile' }>;

export interface ProfileCommandParts {
  readonly version: string;
  /** The directory with companion.c and stl-in-program.hpp. */
  readonly media: string;
  readonly openTarget: (target: NamedTarget, log: Log) => Target & Disposable;
}

/** memlens profile. The result is the exit status. */
export async function runProfile(line: ProfileLine, parts: ProfileCommandParts): Promise<number> {
  const { options } = line;
  const log = standardErrorLog(options.verbose);
  if (options.target === undefined) return profileOn(line, parts, log, undefined, undefined);
  const { sysroot } = options.symbols;
  const named: NamedTarget = { ...readTargetOption(options.target), ...(sysroot === undefined ? {} : { sysroot }) };
  const target = parts.openTarget(named, log);
  try {
    return await profileOn(line, parts, log, named, target);
  } finally {
    target.dispose();
  }
}

async function profileOn(
  line: ProfileLine,
  { version, media }: ProfileCommandParts,
  log: Log,
  named: NamedTarget | undefined,
  target: Target | undefined,
): Promise<number> {
  const { options } = line;
  const path = resolve(line.subject);
  const language = languageOf(path);
  const profiler = new Profiler({
    target: new LocalTarget(),
    stage: new InheritedStage(options.format === 'text' || options.output !== undefined ? 'stdout' : 'stderr'),
    clock: nodeClock,
    log,
    helpers: { companion: join(media, 'companion.c'), stlHeader: join(media, 'stl-in-program.hpp'), cache: cacheDirectory() },
    unpackers: nodeUnpackers,
    tools: () => ({
      ...(process.env.CC === undefined || process.env.CC === '' ? {} : { c: process.env.CC }),
      ...(process.env.CXX === undefined || process.env.CXX === '' ? {} : { cpp: process.env.CXX }),
    }),
    ...(target === undefined ? {} : { openTarget: () => target }),
    ...(options.copy ? { confirmCopy: () => Promise.resolve(true) } : {}),
    symbols: () => options.symbols,
    publish: (run) => openDoor(run, log),
  });
  const cancel = new CancelSource();
  const stop = new CancelSource();
  const leaving = new CancelSource();
  let profiled = false;
  // The first signal asks for what was found until now, the second one ends it; later, one ends the waiting for who reads the report.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!profiled) (stop.requested ? cancel : stop).cancel();
      else if (leaving.requested) leave(FAILED);
      else leaving.cancel();
    });
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
      onLive: tellHowToAsk,
      progress: { phase: (phase, detail) => log.info(detail === undefined ? phase : `${phase}: ${detail}`) },
    },
  );
  profiled = true;
  if (!outcome.ok) {
    complain(outcome.error);
    return FAILED;
  }
  const { report, profile } = outcome.value;
  const isKept = options.heap === undefined || (await writeHeap(options.heap, profile, `memlens ${version}`, leaving));
  const results = [{ source: null, report }];
  const written = await writeReports({ results, several: false, failures: [] }, options, version, leaving);
  if (!written.ok) complain(written.error);
  return written.ok && isKept ? statusOf(report, options) : FAILED;
}

/** As `memlens heap --format json` writes it; false: it could not, and has said why. */
async function writeHeap(path: string, profile: HeapProfile | undefined, tool: string, cancel: Cancel): Promise<boolean> {
  if (profile === undefined) {
    say(`memlens: nothing was recorded: ${visibleText(path)} is not written`);
    return false;
  }
  const opened = await fileOutput(resolve(path), { cancel });
  if (opened.ok) await writeAll(opened.value, heapJson(profile, tool));
  const closed = opened.ok ? await opened.value.close() : opened;
  if (!closed.ok) complain(closed.error);
  return closed.ok;
}

/** A program that runs so long may never end. */
const LONG_MS = 10_000;

function tellHowToAsk(run: LiveRun): void {
  const timer = setTimeout(() => {
    if (run.isOver || run.history.length > 0) return;
    say(
      `memlens: ${visibleText(run.title)} goes on; "memlens check ${run.pid}" in another terminal tells what is lost now, Ctrl-C ends it with a report`,
    );
  }, LONG_MS);
  timer.unref();
}

/** An engine that could not do its work has not found that there is nothing. */
function statusOf({ findings, notes }: Report, { format, output }: Options): number {
  if (findings.length > 0) return FOUND;
  const failure = notes.find(({ severity }) => severity === 'error');
  if (failure === undefined) return CLEAN;
  if (format !== 'text' || output !== undefined) say(`memlens: ${failure.text}`);
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
