import { resolve } from 'node:path';
import type { Log, Target } from '../app/ports.js';
import type { ReaderSource } from '../app/reader.js';
import { openSaved, openSystem } from '../app/system/open-system.js';
import { openRecorded } from '../app/system/recorded-system.js';
import { takeSystem } from '../app/system/take-system.js';
import { evidenceOf, type SeenSystem, watchOf, watchSystem } from '../app/system/watch-system.js';
import { TrendMonitor } from '../app/trend-monitor.js';
import type { Cancel } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import { formatDuration } from '../base/units.js';
import { systemDiffText } from '../export/system-diff-text.js';
import { systemDiffJson, systemJson } from '../export/system-json.js';
import { systemText } from '../export/system-text.js';
import { createSeriesTable } from '../insight/series-table.js';
import { accountMachine } from '../insight/system/accounting.js';
import { availableOf, availableTrend } from '../insight/system/available-trend.js';
import { systemGrowth } from '../insight/system/diff.js';
import { leftBehind } from '../insight/system/left-behind.js';
import { ownerGrowth } from '../insight/system/owner-growth.js';
import { knownPageSize } from '../insight/system/page-size.js';
import { ratesBetween } from '../insight/system/paging-rates.js';
import { filesOf, systemFindings } from '../insight/system/rules.js';
import type { SystemFinding } from '../model/machine-accounting.js';
import type { SystemState } from '../model/system-state.js';
import type { NamedTarget } from '../model/target-config.js';
import { CLEAN, FAILED, FOUND } from './exit-status.js';
import { canRewrite, LiveLine } from './live-line.js';
import { LocalTarget } from './local-target.js';
import { nodeClock } from './node-clock.js';
import { complain } from './standard-error.js';
import { whileStoppable } from './stoppable.js';
import type { SystemLine } from './system-options.js';
import { readTargetOption } from './target-option.js';
import { widthOf, writeOutput } from './text-output.js';

export interface SystemCommandParts {
  readonly version: string;
  readonly log: Log;
  readonly openTarget: (target: NamedTarget) => Target & ReaderSource & Disposable;
}

/** memlens system and memlens system diff. The result is the exit status. */
export async function runSystemCommand(line: SystemLine, parts: SystemCommandParts): Promise<number> {
  const done = await whileStoppable((stop) => (line.verb === 'system' ? show(line, parts, stop) : showDiff(line, parts, stop)));
  if (done.ok) return done.value;
  complain(done.error);
  return FAILED;
}

async function show(
  line: Extract<SystemLine, { verb: 'system' }>,
  parts: SystemCommandParts,
  stop: Cancel,
): Promise<Result<number, Fault>> {
  const read = await readOne(line, parts, stop);
  if (!read.ok) return read;
  const { state, seen } = read.value;
  const findings = systemFindings(seen === undefined ? { now: state.facts, ...filesOf(state) } : evidenceOf(seen));
  const watched = seen === undefined ? undefined : watchOf(seen);
  const written = await writeOutput(
    line.output,
    line.format === 'json'
      ? systemJson(state, findings, `memlens ${parts.version}`, watched)
      : systemText(state, {
          findings,
          verbose: line.verbose,
          ...(watched === undefined ? {} : { watched }),
          ...width(line.output),
        }),
  );
  if (!written.ok) return written;
  // What was seen until then is told; that it is not all is no success.
  if (seen?.fault !== undefined) return err(seen.fault);
  return ok(statusOf(findings));
}

interface ReadState {
  readonly state: SystemState;
  /** What was measured over a time that ends with it. */
  readonly seen?: SeenSystem;
}

async function readOne(
  line: Extract<SystemLine, { verb: 'system' }>,
  parts: SystemCommandParts,
  stop: Cancel,
): Promise<Result<ReadState, Fault>> {
  if (line.from === undefined) return line.watch === undefined ? take(line, parts, stop) : watch(line, line.watch, parts, stop);
  const [path, target] = [resolve(line.from), new LocalTarget()];
  const recorded = await openRecorded(path, target, stop);
  if (recorded !== undefined) return recorded.ok ? ok({ state: recorded.value.state, seen: recorded.value }) : recorded;
  const opened = await openSaved(path, target, stop);
  return opened.ok ? ok({ state: opened.value }) : opened;
}

async function showDiff(
  line: Extract<SystemLine, { verb: 'system diff' }>,
  parts: SystemCommandParts,
  stop: Cancel,
): Promise<Result<number, Fault>> {
  const target = new LocalTarget();
  const states: SystemState[] = [];
  for (const path of [line.before, ...line.between, line.after]) {
    const opened = await openSystem(resolve(path), target, stop);
    if (!opened.ok) return opened;
    states.push(opened.value);
  }
  const [before, after] = [states[0]!, states.at(-1)!];
  const left = leftBehind(before, states.slice(1, -1), after);
  const available = availableOf(states);
  const total = accountMachine(after.facts)?.total;
  const trend = available === undefined || total === undefined ? undefined : availableTrend(available, total);
  const size = knownPageSize(after.facts.pageSize, after.facts.zones, total);
  const rates = ratesBetween(before.facts, after.facts, size);
  const diff = {
    before,
    after,
    growth: systemGrowth(before.facts, after.facts),
    owners: ownerGrowth(before, after),
    ...(left === undefined ? {} : { left }),
    ...(trend === undefined ? {} : { available: trend }),
    ...(rates === undefined ? {} : { rates }),
    findings: systemFindings({
      now: after.facts,
      before: before.facts,
      ...(available === undefined ? {} : { available }),
      ...filesOf(after),
    }),
  };
  const text =
    line.format === 'json'
      ? [systemDiffJson(diff, `memlens ${parts.version}`)]
      : systemDiffText(diff, { verbose: line.verbose, ...width(line.output) });
  const written = await writeOutput(line.output, text);
  return written.ok ? ok(statusOf(diff.findings)) : written;
}

async function take(
  line: Extract<SystemLine, { verb: 'system' }>,
  { openTarget }: SystemCommandParts,
  cancel: Cancel,
): Promise<Result<ReadState, Fault>> {
  const target = openTarget(readTargetOption(line.target));
  const told = new Told();
  try {
    const taken = await takeSystem(
      { target, rootCommand: line.rootCommand },
      { source: line.target, cancel, progress: told.reading, ...readBy(target) },
    );
    return taken.ok ? ok({ state: taken.value }) : taken;
  } finally {
    told.end();
    target.dispose();
  }
}

/** Reads the machine, samples it, and reads it once more. */
async function watch(
  line: Extract<SystemLine, { verb: 'system' }>,
  { durationMs, intervalMs }: NonNullable<Extract<SystemLine, { verb: 'system' }>['watch']>,
  { openTarget, log }: SystemCommandParts,
  stop: Cancel,
): Promise<Result<ReadState, Fault>> {
  const named = readTargetOption(line.target);
  const target = openTarget(named);
  const told = new Told();
  const monitor = new TrendMonitor({
    target: named,
    source: target,
    clock: nodeClock,
    epochMs: Date.now,
    log,
    settings: { intervalMs, budget: BUDGET },
    createSeries: createSeriesTable,
  });
  try {
    let isSaid = false;
    const seen = await watchSystem(
      (cancel) =>
        takeSystem(
          { target, rootCommand: line.rootCommand },
          { source: line.target, cancel, progress: told.reading, ...readBy(target) },
        ),
      monitor,
      {
        durationMs,
        clock: nodeClock,
        stop,
        watched: (ms) => {
          told.live(`watching, ${formatDuration(ms)} of ${formatDuration(durationMs)}; Ctrl-C ends it with what was seen`);
          if (!isSaid) told.once(`watching for ${formatDuration(durationMs)}; Ctrl-C ends it with what was seen`);
          isSaid = true;
        },
      },
    );
    return seen.ok ? ok({ state: seen.value.state, seen: seen.value }) : seen;
  } finally {
    told.end();
    monitor.dispose();
    target.dispose();
  }
}

/** Of expensive files, which watching the machine alone does not read. */
const BUDGET = 0.01;

const readBy = (target: Target): { readonly readBy?: number } => (target.id === 'local' ? { readBy: process.pid } : {});

/** What goes on, on standard error: a line that is written over, or where it can't be, what is worth a line. */
class Told {
  private readonly line = canRewrite(process.stderr) ? new LiveLine(process.stderr) : undefined;

  readonly reading = (what: string): void => this.live(`reading ${what}`);

  live(words: string): void {
    this.line?.replace(`memlens: ${words}`);
  }

  once(words: string): void {
    if (this.line === undefined) process.stderr.write(`memlens: ${words}\n`);
  }

  end(): void {
    this.line?.replace('');
    this.line?.end();
  }
}

const statusOf = (findings: readonly SystemFinding[]): number =>
  findings.some(({ severity }) => severity !== 'info') ? FOUND : CLEAN;

const width = (output: string | undefined): { readonly width?: number } => {
  const cells = widthOf(output);
  return cells === undefined ? {} : { width: cells };
};
