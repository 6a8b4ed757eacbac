import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import { waited } from '../live/waited.js';
import type { Clock } from '../ports.js';
import type { KernelAccess } from '../system/kernel-access.js';
import { kernelFileFault, runAsRoot } from '../system/root-script.js';
import { runLongAsRoot } from '../system/root-stream.js';
import { type KmemleakState, readKmemleakState } from './state.js';
import { kmemleakFault } from './state-words.js';

/** What a scan is doing now. */
export type KmemleakStep = 'clearing' | 'first-scan' | 'waiting' | 'second-scan' | 'reading';

export interface KmemleakWork {
  readonly clock: Clock;
  readonly cancel: Cancel;
  readonly onStep?: (step: KmemleakStep) => void;
}

export interface KmemleakScan extends KmemleakWork {
  /** What is reported before is greyed out: see `clearKmemleak`. */
  readonly clearFirst: boolean;
}

/** MSECS_MIN_AGE of mm/kmemleak.c is 5 s, counted in ticks of the kernel's clock. */
const MIN_AGE_MS: Milliseconds = 5_500;

/**
 * Two scans. A block whose contents have changed since the last scan is not reported, and never at the first one that sees it; nor one that is younger than 5 s when a scan begins. So
 * all that was lost before the first scan began is reported after the second one. Faults: `engine-unfit` (see kmemleakObstacle), `cancelled`, those of the target.
 */
export async function scanKmemleak(access: KernelAccess, scan: KmemleakScan): Promise<Result<KmemleakState, Fault>> {
  const { clock, cancel, onStep, clearFirst } = scan;
  const ready = await readyState(access, cancel);
  if (!ready.ok) return ready;
  const { file } = ready.value;
  if (clearFirst) {
    onStep?.('clearing');
    const cleared = await tell(access, file, 'clear', scan);
    if (!cleared.ok) return cleared;
  }
  onStep?.('first-scan');
  const first = await tell(access, file, 'scan', scan);
  if (!first.ok) return first;
  onStep?.('waiting');
  await waited(clock, MIN_AGE_MS, [cancel]);
  if (cancel.requested) return err({ code: 'cancelled' });
  onStep?.('second-scan');
  const second = await tell(access, file, 'scan', scan);
  return second.ok ? ready : second;
}

/**
 * What is reported until now is greyed out: it is taken for memory that is in use, and is never reported again. There is no way back but a reboot. Faults as of
 * `scanKmemleak`.
 */
export async function clearKmemleak(access: KernelAccess, work: KmemleakWork): Promise<Result<KmemleakState, Fault>> {
  const ready = await readyState(access, work.cancel);
  if (!ready.ok) return ready;
  work.onStep?.('clearing');
  const cleared = await tell(access, ready.value.file, 'clear', work);
  return cleared.ok ? ready : cleared;
}

/** Mounts debugfs where it belongs. `unmountDebugfs` is its undo. */
export function mountDebugfs(access: KernelAccess, { debugfs }: KmemleakState, cancel: Cancel): Promise<Result<void, Fault>> {
  return change(access, 'mount -t debugfs debugfs "$1"', debugfs, cancel);
}

export function unmountDebugfs(access: KernelAccess, { debugfs }: KmemleakState, cancel: Cancel): Promise<Result<void, Fault>> {
  return change(access, 'umount "$1"', debugfs, cancel);
}

async function change(access: KernelAccess, script: string, directory: string, cancel: Cancel): Promise<Result<void, Fault>> {
  const done = await runAsRoot(access, script, [directory], cancel);
  if (!done.ok) return done;
  const { stdout: _, stderr, ...exit } = done.value;
  if (exit.exitCode === 0) return ok(undefined);
  const [tool = '', ...words] = script.split(' ');
  const argv = [...access.rootCommand, tool, ...words.map((word) => (word === '"$1"' ? directory : word))];
  return err({ code: 'tool-failed', tool, trace: { argv, ...exit, stderrTail: stderr.slice(-500) } });
}

async function readyState(access: KernelAccess, cancel: Cancel): Promise<Result<KmemleakState, Fault>> {
  const state = await readKmemleakState(access, cancel);
  if (!state.ok) return state;
  const fault = kmemleakFault(state.value);
  return fault === undefined ? state : err(fault);
}

/** One write(2) of one word: what else is written with it is ignored. A scan is over when it returns. */
async function tell(
  access: KernelAccess,
  file: string,
  word: 'scan' | 'clear',
  { clock, cancel }: KmemleakWork,
): Promise<Result<void, Fault>> {
  const work = { command: 'printf %s "$2" | cat >>"$1"', args: [file, word], clock, cancel };
  const ended = await runLongAsRoot(access, work);
  if (!ended.ok) return ended;
  return ended.value.exitCode === 0 ? ok(undefined) : err(kernelFileFault(file, 'write', ended.value.stderr));
}
