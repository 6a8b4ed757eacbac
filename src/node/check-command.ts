import { readFile } from 'node:fs/promises';
import { type Cancel, CancelSource } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { baseName } from '../base/path.js';
import { err, ok, type Result } from '../base/result.js';
import { formatCount } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { checkJson, checkText, runJson } from '../export/check.js';
import { checkTotalsWords } from '../findings/check-words.js';
import type { LeakCheck } from '../model/leak-check.js';
import type { CheckLine } from './check-options.js';
import { CLEAN, FAILED, FOUND } from './exit-status.js';
import { DOOR_VERSION, type RunFacts } from './run-door.js';
import { type FoundRun, type FoundRuns, findRuns, visit } from './run-visit.js';
import { complain, say } from './standard-error.js';
import { readTargetOption } from './target-option.js';
import { writeOutput } from './text-output.js';
import { UsageError } from './usage.js';

/** memlens check. The result is the exit status. Throws UsageError when there is no such run. */
export async function runCheckCommand(line: CheckLine, { version }: { readonly version: string }): Promise<number> {
  const cancel = new CancelSource();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => cancel.cancel());
  const found = onTarget(await findRuns(cancel), line.target);
  for (const directory of found.stale) {
    say(`memlens: ${directory} is of a run whose MemLens was killed: nothing answers there, and it is left as it is`);
  }
  const done = await (line.run === undefined
    ? list(found, line, version)
    : check(await chosen(found, line.run), line, version, cancel));
  if (done.ok) return done.value;
  complain(done.error);
  return FAILED;
}

/** Targets have the names that the user gave them in the settings of the editor, or those of --target. */
function onTarget({ runs, stale }: FoundRuns, target: string | undefined): FoundRuns {
  if (target === undefined) return { runs, stale };
  const { name, config } = readTargetOption(target);
  const isThere = ({ run }: FoundRun): boolean => (config.kind === 'local' ? run.target === undefined : run.target === name);
  return { runs: runs.filter(isThere), stale };
}

async function chosen({ runs }: FoundRuns, word: string): Promise<FoundRun> {
  const session = /^\d+$/.test(word) ? await sessionOf(word) : undefined;
  const byPid = runs.filter(({ run }) => String(run.pid) === word || (run.target === undefined && run.pid === session));
  const byName = runs.filter(({ run }) => run.title === word);
  const byFile = runs.filter(({ run }) => baseName(run.title) === word);
  const fit = [byPid, byName, byFile].find((some) => some.length > 0) ?? [];
  const [only] = fit;
  if (only !== undefined && fit.length === 1) return only;
  if (fit.length > 1) {
    throw new UsageError(
      `${formatCount(fit.length, 'run')} have the name ${word}: name one by its number, ${fit.map(({ run }) => run.pid).join(' or ')}`,
    );
  }
  throw new UsageError(
    runs.length === 0
      ? `no run "${word}": no program runs under a MemLens of yours now`
      : `no run "${word}"; there ${runs.length === 1 ? 'is' : 'are'} ${runs.map(({ run }) => `${visibleText(run.title)} (${run.pid})`).join(', ')}`,
  );
}

/** Field 6 of proc_pid_stat(5): any process of the program names its run. */
async function sessionOf(pid: string): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  const session = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[3]);
  return session > 0 ? session : undefined;
}

async function check({ door }: FoundRun, line: CheckLine, version: string, cancel: Cancel): Promise<Result<number, Fault>> {
  const reply = await visit(door, { version: DOOR_VERSION, ask: 'check', scope: line.scope }, cancel);
  if (!reply.ok) return reply;
  if ('fault' in reply.value) return err(reply.value.fault);
  const { run, check: made } = reply.value;
  if (made === undefined) return err({ code: 'unreadable', path: 'the answer of the run', detail: 'it holds no check' });
  const written = await writeOutput(line.output, [textOf(run, made, line, version)]);
  return written.ok ? ok(made.report.findings.length > 0 ? FOUND : CLEAN) : written;
}

function textOf(run: RunFacts, made: LeakCheck, { format, output, verbose }: CheckLine, version: string): string {
  if (format === 'json') return `${JSON.stringify(checkJson(run, made, { version }), null, 2)}\n`;
  const isTerminal = output === undefined && process.stdout.isTTY;
  const colour = isTerminal && process.env.NO_COLOR === undefined && process.env.TERM !== 'dumb';
  return checkText(run, made, { colour, verbose });
}

async function list({ runs, stale }: FoundRuns, line: CheckLine, version: string): Promise<Result<number, Fault>> {
  const text =
    line.format === 'json'
      ? `${JSON.stringify({ schemaVersion: 1, tool: { name: 'memlens', version }, runs: runs.map(({ run }) => runJson(run)), stale }, null, 2)}\n`
      : runs.length === 0
        ? 'No program runs under a MemLens of yours now: start one by memlens profile, or in the editor.\n'
        : runs.map(({ run }) => rowOf(run)).join('');
  const written = await writeOutput(line.output, [text]);
  return written.ok ? ok(CLEAN) : written;
}

function rowOf({ pid, title, engine, target, checks }: RunFacts): string {
  const last = checks.at(-1);
  const state = last === undefined ? 'not checked yet' : `check ${last.number}: ${checkTotalsWords(last)}`;
  const place = target === undefined ? '' : ` on ${target}`;
  return `${String(pid).padStart(8)}  ${visibleText(`${title}${place}`)}  ${engine}  ${state}\n`;
}
