import { neverCancelled } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { LineSplitter } from '../../base/lines.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import { CALL_SCRIPTS, gdbWords } from '../../engines/live/gdb.js';
import { type CallNews, type Facts, parseCallNews } from '../../engines/live/gdb-news.js';
import { refusalText } from '../../engines/live/gdb-refusals.js';
import type { LiveOutcome, LiveProcess, LiveWayId } from '../../model/live.js';
import type { LiveSession } from './live-way.js';
import { startTool, type ToolRun, toolFault } from './run-tool.js';

/** What is done inside the process (media/inject-*.py). */
export interface CallJob {
  readonly name: 'malloc-info' | 'leak-check' | 'heaptrack' | 'heaptrack-stop' | 'prof-dump';
  /** What stops in the process what this one has begun there, when gdb was killed before it could. */
  readonly undo?: 'heaptrack-stop';
  /** The way's title, for faults. */
  readonly title: string;
  /** What the job needs to know, as JSON. */
  readonly words?: Facts;
  /** How long it may look for a thread at rest. */
  readonly patienceMs: Milliseconds;
  /** How long it may take to put things in order when it is to end. */
  readonly graceMs?: Milliseconds;
  onNews?(facts: Facts): void;
}

export interface CallEnd {
  readonly facts: Facts;
  /** How long the process stood still at once. */
  readonly stopMs: Milliseconds;
}

const TRIES = 400;
/** proc_pid_status(5): `T (stopped)`. It was not when it was looked at first, or nothing was done. */
const GO_ON = 'if grep -q "^State:.T" "/proc/$1/status" 2>/dev/null; then kill -s CONT "$1"; fi; exit 0';
/** All that malloc_info(3) says is in one. */
const LONGEST_LINE = 1 << 24;
const CALL_SECONDS = 10;
/** A call that is going on is waited for. */
const GRACE_MS: Milliseconds = 90_000;

/**
 * Does a job inside the process: gdb attaches for moments, and calls functions only for a thread that is at rest. Faults: `no-process` when it has ended,
 * `engine-unfit` with the reason when it could not be done; the process goes on in each case.
 */
export async function callSafely(session: LiveSession, job: CallJob): Promise<Result<CallEnd, Fault>> {
  const { machine, process, work, target } = session;
  const gdb = machine.tools.gdb?.path;
  if (gdb === undefined) return err({ code: 'tool-missing', tool: 'gdb', remedy: 'Install it on the machine of the process.' });
  const script = `${work}/call.py`;
  const written = await writeScript(session, script);
  if (!written.ok) return written;
  let last: Extract<CallNews, { told: 'done' | 'refused' }> | undefined;
  const begun = { isIn: false };
  const lines = new LineSplitter((line) => {
    const news = parseCallNews(line);
    if (news?.told === 'waiting') {
      session.news({ phase: 'waiting', words: `for a thread at rest: try ${news.tries}, it was in ${news.why}` });
    } else if (news?.told === 'news') {
      if (news.facts.attached === true) begun.isIn = true;
      job.onNews?.(news.facts);
    } else if (news !== undefined) last = news;
  }, LONGEST_LINE);
  const tool: ToolRun = {
    argv: gdbWords(gdb, script),
    env: {
      MEMLENS_JOB: JSON.stringify({
        ...job.words,
        job: job.name,
        pid: process.pid,
        startTicks: process.startTicks,
        limits: { tries: TRIES, seconds: job.patienceMs / 1000, callSeconds: CALL_SECONDS },
      }),
    },
    endSignal: 'TERM',
    graceMs: job.graceMs ?? GRACE_MS,
    onOutput: (text) => lines.push(text),
  };
  const started = await startTool(session, tool);
  if (!started.ok) return started;
  const ended = await started.value.ended;
  await target.remove(script);
  // gdb was ended from outside: what it had stopped to attach to it may be stopped still.
  if (last === undefined || (last.told === 'refused' && last.why === 'gdb'))
    await target.capture({ argv: ['/bin/sh', '-c', GO_ON, 'memlens', String(process.pid)] });
  const undone = last === undefined && begun.isIn && job.undo !== undefined ? await undo(session, job, job.undo) : undefined;
  if (!ended.ok) return ended;
  if (last === undefined) return err(undone ?? toolFault(tool, ended.value));
  if (last.told === 'done') return ok({ facts: last.facts, stopMs: last.stopMs });
  session.log.info(`${job.name}: ${last.why} ${last.words}`);
  if (last.why === 'gone') return err({ code: 'no-process', pid: process.pid, why: 'hidden' });
  if (last.why === 'ended') return err({ code: 'cancelled' });
  return err({ code: 'engine-unfit', engine: job.title, ...refusalText(last.why, last.words) });
}

/** gdb was killed: what it had begun in the process is stopped there by another one, whatever is wanted meanwhile. */
async function undo(session: LiveSession, { title, graceMs }: CallJob, name: NonNullable<CallJob['undo']>): Promise<Fault> {
  const called = await callSafely(
    { ...session, stop: neverCancelled, cancel: neverCancelled },
    { name, title, patienceMs: 0, ...(graceMs === undefined ? {} : { graceMs }) },
  );
  if (!called.ok && called.error.code === 'no-process') return called.error;
  const end = called.ok
    ? 'It was stopped in the process all the same.'
    : 'It could not be stopped in the process: it goes on there, and slows it down, until the process ends.';
  return {
    code: 'engine-unfit',
    engine: title,
    reason: `gdb was ended in the middle of it. ${end}`,
    remedy: 'Look into it again.',
  };
}

/** Stop came before there was anything to tell. */
export const isStopped = ({ stop, cancel }: LiveSession, fault: Fault): boolean =>
  fault.code === 'cancelled' && stop.requested && !cancel.requested;

export const nothingYet = (way: LiveWayId, process: LiveProcess): LiveOutcome => ({
  way,
  process,
  findings: [],
  notes: [{ severity: 'info', code: 'nothing-yet', text: 'It was ended before there was anything to tell.' }],
  overMs: 0,
  ended: 'user',
});

/** All scripts in one file: gdb gives a second one no name of the first. */
async function writeScript({ helpers, target }: LiveSession, path: string): Promise<Result<void, Fault>> {
  const texts: string[] = [];
  for (const name of CALL_SCRIPTS) {
    const text = await helpers.text(name);
    if (!text.ok) return text;
    texts.push(text.value);
  }
  return target.writeText(path, texts.join('\n'));
}
