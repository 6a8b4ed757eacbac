import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import { quoteWords } from '../../base/shell-words.js';
import type { Captured, Target } from '../ports.js';

/** A target, and what the user lets MemLens put before a command there that needs root (`sudo -n`); no words: the user of the target is used. */
export interface RootAccess {
  readonly target: Target;
  readonly rootCommand: readonly string[];
}

/** Files of the kernel answer at once, but for those that scan memory. */
const TIME_LIMIT_MS = 60_000;

/** What a script says first, so that a root command that ran nothing is told from a script that failed. */
export const STARTED = '@memlens\n';

/** A user who is root already does without a command that is not there: boards that are reached as root have no sudo. */
const BY_ROOT = 'n=$1; shift; if ! command -v "$1" >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then shift "$n"; fi; exec "$@"';

/** What is put before a command of the target that needs root. */
export function rootPrefix(rootCommand: readonly string[]): readonly string[] {
  return rootCommand.length === 0 ? [] : ['sh', '-c', BY_ROOT, 'memlens', String(rootCommand.length), ...rootCommand];
}

/** The words that run `script` by a POSIX shell of the target, as root, in the C locale; `args` are its $1, $2... */
export function rootWords({ rootCommand }: RootAccess, script: string, args: readonly string[]): readonly string[] {
  return [...rootPrefix(rootCommand), 'sh', '-c', `LC_ALL=C; export LC_ALL; echo @memlens; ${script}`, 'memlens', ...args];
}

/** Runs a short script as root. Fault `engine-unfit`: the root command ran nothing. */
export async function runAsRoot(
  access: RootAccess,
  script: string,
  args: readonly string[],
  cancel: Cancel,
): Promise<Result<Captured, Fault>> {
  const argv = rootWords(access, script, args);
  const captured = await access.target.capture({ argv }, { cancel, timeLimitMs: TIME_LIMIT_MS });
  if (!captured.ok) return captured;
  const { stdout, stderr } = captured.value;
  if (!stdout.startsWith(STARTED)) return err(rootFault(access, stderr));
  return ok({ ...captured.value, stdout: stdout.slice(STARTED.length) });
}

/** Of a root command that did not run what it was given. */
export function rootFault({ rootCommand }: RootAccess, stderr: string): Fault {
  const words = quoteWords(rootCommand);
  const said = stderr.trim().slice(-500);
  return {
    code: 'engine-unfit',
    engine: words === '' ? 'sh' : words,
    reason: `it did not run what it was given${said === '' ? '.' : `: ${said}`}`,
    remedy:
      words === ''
        ? 'Try it by hand on the target: sh -c id'
        : `It must work without a question: try ${words} id on the target. Change the setting memlens.rootCommand, or --root-command.`,
  };
}

/** What a command has said of a file, in the words of strerror(3) in the C locale. */
export function kernelFileFault(path: string, operation: 'read' | 'write', stderr: string): Fault {
  if (/permission denied|not permitted/i.test(stderr)) return { code: 'permission', path, operation };
  if (/no such file/i.test(stderr)) return { code: 'not-found', path, what: 'file' };
  const detail = stderr.trim().slice(-500);
  return operation === 'read' ? { code: 'unreadable', path, detail } : { code: 'unwritable', path, detail };
}
