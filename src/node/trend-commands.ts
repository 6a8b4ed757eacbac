import { resolve } from 'node:path';
import { firstAnswer } from '../app/first-answer.js';
import type { Monitor, MonitorSettings } from '../app/monitor.js';
import type { Log } from '../app/ports.js';
import { findProcesses, listProcesses } from '../app/process-search.js';
import type { ReaderSource } from '../app/reader.js';
import { TrendMonitor } from '../app/trend-monitor.js';
import { CsvView, NdjsonView, OpenMetricsView } from '../app/watch-data-views.js';
import { runWatch, type WatchView } from '../app/watch-run.js';
import { SpokenView, TextView, type WatchOutput } from '../app/watch-text-view.js';
import { CancelSource } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { ok, type Result } from '../base/result.js';
import { visibleText } from '../base/visible-text.js';
import { meminfoJson, meminfoText } from '../export/meminfo-report.js';
import { sortProcesses } from '../export/process-columns.js';
import { processCsv, processJson, processText } from '../export/process-list.js';
import { createSeriesTable } from '../insight/series-table.js';
import type { ProcessRow } from '../model/process.js';
import type { NamedTarget } from '../model/target-config.js';
import { isGrowth } from '../model/verdict.js';
import { CLEAN, FAILED, FOUND } from './exit-status.js';
import { leave } from './leave.js';
import { canRewrite, LiveLine } from './live-line.js';
import { nodeClock } from './node-clock.js';
import { complain } from './standard-error.js';
import { readTargetOption } from './target-option.js';
import { fileOutput, standardOutput, type TextOutput, widthOf } from './text-output.js';
import type { TrendLine } from './trend-options.js';
import { UsageError } from './usage.js';

/** Share of wall time for the files of one process. */
const BUDGET = 0.01;
/** Of ps and meminfo: each process is read once, so the ticks only spread the work. */
const ONE_LOOK: MonitorSettings = { intervalMs: 200, budget: BUDGET, oneLook: true };

const HIDDEN = 'processes of other users are hidden from this user: /proc is mounted with hidepid';

export interface TrendCommandParts {
  readonly version: string;
  readonly log: Log;
  readonly openTarget: (target: NamedTarget) => ReaderSource & Disposable;
}

/** memlens watch, ps and meminfo. The result is the exit status. */
export async function runTrendCommand(line: TrendLine, parts: TrendCommandParts): Promise<number> {
  const target = readTargetOption(line.target);
  const source = parts.openTarget(target);
  const monitor = new TrendMonitor({
    target,
    source,
    clock: nodeClock,
    epochMs: Date.now,
    log: parts.log,
    settings: line.verb === 'watch' ? { intervalMs: line.intervalMs, budget: BUDGET } : ONE_LOOK,
    createSeries: createSeriesTable,
  });
  const stop = new CancelSource();
  const signal = (): void => {
    // The second one means: now.
    if (stop.requested) leave(FAILED);
    stop.cancel();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, signal);
  try {
    const done = await run(line, monitor, stop, parts);
    if (done.ok) return done.value;
    complain(done.error);
    return FAILED;
  } finally {
    monitor.dispose();
    source.dispose();
  }
}

async function run(
  line: TrendLine,
  monitor: Monitor,
  stop: CancelSource,
  parts: TrendCommandParts,
): Promise<Result<number, Fault>> {
  const opened =
    line.output === undefined
      ? ok(standardOutput())
      : await fileOutput(resolve(line.output), { cancel: stop, onEnd: () => stop.cancel() });
  if (!opened.ok) return opened;
  const output = opened.value;
  const status = await runTo(line, monitor, output, stop, parts);
  const closed = await output.close();
  return status.ok && !closed.ok ? closed : status;
}

async function runTo(
  line: TrendLine,
  monitor: Monitor,
  output: TextOutput,
  stop: CancelSource,
  parts: TrendCommandParts,
): Promise<Result<number, Fault>> {
  switch (line.verb) {
    case 'watch':
      return watch(line, monitor, output, stop);
    case 'ps': {
      const found = await listProcesses(monitor, nodeClock, stop);
      if (!found.ok) return found;
      const rows = sortProcesses(found.value, line.sort);
      const { facts, latest } = monitor;
      if (facts?.hidesProcesses) process.stderr.write(`memlens: ${HIDDEN}\n`);
      const about = { target: line.target, at: latest?.at ?? 0, facts, version: parts.version };
      if (line.format === 'json') output.write(`${JSON.stringify(processJson(rows, about), null, 2)}\n`);
      else output.write(line.format === 'csv' ? processCsv(rows) : processText(rows, widthOf(line.output)));
      return ok(CLEAN);
    }
    case 'meminfo': {
      const look = monitor.look('machine');
      const sample = await firstAnswer(monitor, (found) => found, stop);
      look.dispose();
      if (!sample.ok) return sample;
      const about = { target: line.target, facts: monitor.facts, version: parts.version };
      if (line.format === 'json') output.write(`${JSON.stringify(meminfoJson(sample.value, about), null, 2)}\n`);
      else output.write(meminfoText(sample.value, widthOf(line.output)));
      return ok(CLEAN);
    }
  }
}

async function watch(
  line: Extract<TrendLine, { verb: 'watch' }>,
  monitor: Monitor,
  output: TextOutput,
  stop: CancelSource,
): Promise<Result<number, Fault>> {
  const { subject, intervalMs, durationMs } = line;
  let pid: number | undefined;
  if (subject !== undefined && 'pid' in subject) pid = subject.pid;
  else if (subject !== undefined) {
    const found = await onlyOne(subject.name, monitor, intervalMs, stop);
    if (!found.ok) return found;
    pid = found.value;
  }
  const live =
    line.format === 'text' && line.output === undefined && canRewrite(process.stdout) ? new LiveLine(process.stdout) : undefined;
  // What is no part of the data is said where people read it.
  const say =
    line.output !== undefined
      ? (text: string): void => void process.stdout.write(`${text}\n`)
      : line.format === 'text'
        ? undefined
        : (text: string): void => void process.stderr.write(`${text}\n`);
  const view = viewOf(line, output, live);
  const outcome = await runWatch(monitor, say === undefined ? view : new SpokenView(view, say, nodeClock), {
    pid,
    durationMs,
    clock: nodeClock,
    stop,
  });
  live?.end();
  if (!outcome.ok) return outcome;
  return ok(isGrowth(outcome.value.verdict.state) ? FOUND : CLEAN);
}

async function onlyOne(name: string, monitor: Monitor, intervalMs: number, stop: CancelSource): Promise<Result<number, Fault>> {
  const own = monitor.target.config.kind === 'local' ? process.pid : undefined;
  // However seldom it is sampled later.
  monitor.configure(ONE_LOOK);
  const found = await findProcesses(monitor, name, nodeClock, stop, own);
  monitor.configure({ intervalMs, budget: BUDGET });
  if (!found.ok) return found;
  const [first, ...others] = found.value;
  const shown = visibleText(name);
  if (first === undefined) {
    const hidden = monitor.facts?.hidesProcesses ? `; ${HIDDEN}` : '';
    throw new UsageError(`no process is named "${shown}"${hidden}`);
  }
  if (others.length === 0) return ok(first.pid);
  const list = [...found.value].sort((a, b) => a.pid - b.pid).map(describe);
  throw new UsageError(`${found.value.length} processes are named "${shown}"; choose one with --pid:\n${list.join('\n')}`);
}

const describe = ({ pid, user, commandLine, command }: ProcessRow): string =>
  `         ${String(pid).padStart(7)}  ${visibleText(user ?? '').padEnd(8)}  ${visibleText(commandLine ?? command).slice(0, 200)}`;

function viewOf(line: Extract<TrendLine, { verb: 'watch' }>, output: TextOutput, live: LiveLine | undefined): WatchView {
  const write = (text: string): void => output.write(text);
  switch (line.format) {
    case 'text': {
      const lines: WatchOutput = live === undefined ? { write } : { write: (text) => live.above(text), live };
      return new TextView(lines, nodeClock, line.intervalMs);
    }
    case 'ndjson':
      return new NdjsonView(write);
    case 'csv':
      return new CsvView(write);
    case 'openmetrics':
      return new OpenMetricsView(write);
  }
}
