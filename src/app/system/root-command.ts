import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import { kernelFileFault, type RootAccess, runAsRoot } from './root-script.js';

/** The whole text of a file of the kernel that only root may read. */
export async function readAsRoot(access: RootAccess, path: string, cancel: Cancel): Promise<Result<string, Fault>> {
  const read = await runAsRoot(access, 'cat -- "$1"', [path], cancel);
  if (!read.ok) return read;
  const { exitCode, stdout, stderr } = read.value;
  return exitCode === 0 ? ok(stdout) : err(kernelFileFault(path, 'read', stderr));
}

/** What must still hold when a file is open and nothing is written yet. */
export interface WriteGuard {
  /** Of POSIX sh, with `args` as $1 and so on, in a subshell; its status is the answer. */
  readonly script: string;
  readonly args: readonly string[];
  /** What it means that it does not. */
  readonly fault: Fault;
}

/** No command that a script runs ends so by itself. */
const REFUSED = 93;

// A shell that writes by itself does not say why it could not; cat(1) does.
/** Writes `text` to a file of the kernel by one write(2), as it wants it: `3` to /proc/sys/vm/drop_caches. Never makes a file. */
export async function writeAsRoot(
  access: RootAccess,
  path: string,
  text: string,
  cancel: Cancel,
  guard?: WriteGuard,
): Promise<Result<void, Fault>> {
  const check = guard === undefined ? '' : `( path=; text=; shift 2; ${guard.script} ) || exit ${REFUSED}; `;
  const script = `[ -e "$1" ] || { echo "$1: No such file or directory" >&2; exit 1; }; exec 3>"$1" || exit 1; ${check}printf %s "$2" | cat >&3`;
  const written = await runAsRoot(access, script, [path, text, ...(guard?.args ?? [])], cancel);
  if (!written.ok) return written;
  const { exitCode, stderr } = written.value;
  if (exitCode === 0) return ok(undefined);
  return err(exitCode === REFUSED && guard !== undefined ? guard.fault : kernelFileFault(path, 'write', stderr));
}
