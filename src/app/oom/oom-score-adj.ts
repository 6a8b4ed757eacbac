import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { err, type Result } from '../../base/result.js';
import type { ProcessKey } from '../../model/process.js';
import { type WriteGuard, writeAsRoot } from '../system/root-command.js';
import type { RootAccess } from '../system/root-script.js';

export const LEAST_ADJ = -1000;
export const MOST_ADJ = 1000;

/** A whole number from -1000 to 1000; undefined: it is none. */
export function adjOf(text: string): number | undefined {
  const told = /^\s*([+-]?\d{1,4})\s*$/.exec(text)?.[1];
  const value = told === undefined ? undefined : Number(told);
  return value === undefined || value < LEAST_ADJ || value > MOST_ADJ ? undefined : value + 0;
}

/**
 * The file is open already when this asks: then it is of the process that had the number at that moment, and a write after its end fails. Behind the last `)` of
 * stat the fields from the third on follow, of which no name is one; the twentieth is the start time.
 */
const SAME_PROCESS = 's=$(cat "/proc/$1/stat") || exit 1; t=$2; set -f; set -- ${s##*)}; [ "${20}" = "$t" ]';

/**
 * Writes oom_score_adj of one process. As the user of the target first: what root writes is also the least that the process may take back without root. Faults:
 * `not-found` (it has ended, or another process has its number), `permission` (of another user, or lowered without root), and those of the target.
 */
export async function setOomScoreAdj(
  access: RootAccess,
  { pid, startTicks }: ProcessKey,
  adj: number,
  cancel: Cancel,
): Promise<Result<void, Fault>> {
  const path = `/proc/${pid}/oom_score_adj`;
  const guard: WriteGuard = {
    script: SAME_PROCESS,
    args: [String(pid), String(startTicks)],
    fault: { code: 'not-found', path: `/proc/${pid}`, what: 'process' },
  };
  const write = (rootCommand: readonly string[]): Promise<Result<void, Fault>> =>
    writeAsRoot({ target: access.target, rootCommand }, path, String(adj), cancel, guard);
  const written = await write([]);
  const isRefused = !written.ok && written.error.code === 'permission';
  const done = isRefused && access.rootCommand.length > 0 ? await write(access.rootCommand) : written;
  if (done.ok || done.error.code !== 'not-found') return done;
  return err(guard.fault);
}
