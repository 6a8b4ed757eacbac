import { resolve } from 'node:path';
import type { Target } from '../app/ports.js';
import { openSystem } from '../app/system/open-system.js';
import { takeSystem } from '../app/system/take-system.js';
import type { Cancel } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { ok, type Result } from '../base/result.js';
import { systemDiffText } from '../export/system-diff-text.js';
import { systemDiffJson, systemJson } from '../export/system-json.js';
import { systemText } from '../export/system-text.js';
import { systemGrowth } from '../insight/system/diff.js';
import { leftBehind } from '../insight/system/left-behind.js';
import { ownerGrowth } from '../insight/system/owner-growth.js';
import { filesOf, systemFindings } from '../insight/system/rules.js';
import type { SystemFinding } from '../model/machine-accounting.js';
import type { SystemState } from '../model/system-state.js';
import type { NamedTarget } from '../model/target-config.js';
import { CLEAN, FAILED, FOUND } from './exit-status.js';
import { canRewrite, LiveLine } from './live-line.js';
import { LocalTarget } from './local-target.js';
import { complain } from './standard-error.js';
import { whileStoppable } from './stoppable.js';
import type { SystemLine } from './system-options.js';
import { readTargetOption } from './target-option.js';
import { widthOf, writeOutput } from './text-output.js';

export interface SystemCommandParts {
  readonly version: string;
  readonly openTarget: (target: NamedTarget) => Target & Disposable;
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
  const read =
    line.from === undefined ? await take(line, parts, stop) : await openSystem(resolve(line.from), new LocalTarget(), stop);
  if (!read.ok) return read;
  const state = read.value;
  const findings = systemFindings({ now: state.facts, ...filesOf(state) });
  const written = await writeOutput(
    line.output,
    line.format === 'json'
      ? systemJson(state, findings, `memlens ${parts.version}`)
      : systemText(state, { findings, verbose: line.verbose, ...width(line.output) }),
  );
  return written.ok ? ok(statusOf(findings)) : written;
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
  const diff = {
    before,
    after,
    growth: systemGrowth(before.facts, after.facts),
    owners: ownerGrowth(before, after),
    ...(left === undefined ? {} : { left }),
    findings: systemFindings({ now: after.facts, before: before.facts, ...filesOf(after) }),
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
): Promise<Result<SystemState, Fault>> {
  const target = openTarget(readTargetOption(line.target));
  const live = canRewrite(process.stderr) ? new LiveLine(process.stderr) : undefined;
  const progress = (what: string): void => live?.replace(`memlens: reading ${what}`);
  try {
    return await takeSystem(
      { target, rootCommand: line.rootCommand },
      {
        source: line.target,
        cancel,
        progress,
        ...(target.id === 'local' ? { readBy: process.pid } : {}),
      },
    );
  } finally {
    live?.replace('');
    live?.end();
    target.dispose();
  }
}

const statusOf = (findings: readonly SystemFinding[]): number =>
  findings.some(({ severity }) => severity !== 'info') ? FOUND : CLEAN;

const width = (output: string | undefined): { readonly width?: number } => {
  const cells = widthOf(output);
  return cells === undefined ? {} : { width: cells };
};
