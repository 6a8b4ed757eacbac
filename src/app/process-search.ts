import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { baseName } from '../base/path.js';
import { ok, type Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import type { ProcessId, ProcessRow } from '../model/process.js';
import { firstAnswer } from './first-answer.js';
import type { Monitor } from './monitor.js';
import type { Clock } from './ports.js';

/** The rest is listed as not read yet: a machine that starts processes faster than they can be read must not hold us for ever. */
const PATIENCE_MS: Milliseconds = 60_000;

/** All processes, as soon as the rollup of each that was there at first has been read once, or is known to be unreadable. */
export async function listProcesses(
  monitor: Monitor,
  clock: Clock,
  cancel: Cancel,
): Promise<Result<readonly ProcessRow[], Fault>> {
  const begun = clock.now();
  const look = monitor.look('processes');
  let waiting: Set<ProcessId> | undefined;
  const found = await firstAnswer(
    monitor,
    () => {
      waiting ??= new Set(monitor.processes.keys());
      for (const id of waiting) if (monitor.processes.get(id)?.rollupUnknown !== 'not-yet') waiting.delete(id);
      return waiting.size === 0 || clock.now() - begun > PATIENCE_MS ? [...monitor.processes.values()] : undefined;
    },
    cancel,
  );
  look.dispose();
  return found;
}

/**
 * The processes of a name: that which the kernel has for them (15 bytes at most), else that of the program in their command lines.
 * `ownPid` is left out: the searcher itself.
 */
export async function findProcesses(
  monitor: Monitor,
  name: string,
  clock: Clock,
  cancel: Cancel,
  ownPid?: number,
): Promise<Result<readonly ProcessRow[], Fault>> {
  const look = monitor.look('processes');
  const search = async (): Promise<Result<readonly ProcessRow[], Fault>> => {
    const matching = (matches: (row: ProcessRow) => boolean): readonly ProcessRow[] =>
      [...monitor.processes.values()].filter((row) => row.pid !== ownPid && !isDead(row) && matches(row));
    const byCommand = await firstAnswer(monitor, () => matching(({ command }) => isCut(command, name)), cancel);
    if (!byCommand.ok || byCommand.value.length === 1) return byCommand;
    // The command lines of all: to find it by one, or to tell several apart.
    const listed = await listProcesses(monitor, clock, cancel);
    if (!listed.ok) return listed;
    const named = new Set(byCommand.value.map(({ pid }) => pid));
    return ok(matching((row) => (named.size > 0 ? named.has(row.pid) : programName(row) === name)));
  };
  const found = await search();
  look.dispose();
  return found;
}

const isDead = ({ state }: ProcessRow): boolean => state === 'Z' || state === 'X';

/** The kernel cuts names at 15 bytes. */
const isCut = (command: string, name: string): boolean =>
  command === name || (name.length > 15 && command.length >= 15 && name.startsWith(command));

function programName({ commandLine }: ProcessRow): string | undefined {
  const program = commandLine?.split(' ', 1)[0];
  return program === undefined || program === '' ? undefined : baseName(program);
}
