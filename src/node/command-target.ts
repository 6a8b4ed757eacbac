import { targetNameOf } from '../app/target-names.js';
import type { Fault } from '../base/fault.js';
import { err, ok } from '../base/result.js';
import { quoteWord, quoteWords } from '../base/shell-words.js';
import { END_MS, harderAndHarder, type ShellRoute } from './shell-run.js';
import { type Started, start } from './spawn.js';
import { stagedByInput } from './staged-shell.js';

/** What csh(1) ends with when it reads `LEAVE_CSH`; other programs have no reason to. */
const CSH_STATUS = 93;
/**
 * csh goes on after what it can't read, and would never answer; only there is `$?path` a 1: whether a variable is set. Elsewhere it is `$?` and a word.
 */
const LEAVE_CSH = `test "$?path" = 1 && exit ${CSH_STATUS}\n`;

/**
 * A machine that is reached by a command which gives a POSIX shell on its standard input: `docker exec -i c sh`, `adb shell`. Each
 * use starts the command anew; its words are no shell's.
 */
export function commandRoute(argv: readonly string[]): ShellRoute {
  const id = targetNameOf({ kind: 'command', argv });
  const running = new Set<Started>();
  let disposed = false;
  return {
    id,
    async connect() {
      if (disposed) return err({ code: 'cancelled' });
      const started = await start({ argv }, ['pipe', 'pipe', 'pipe']);
      if (!started.ok) return { ok: false, error: notStarted(id, argv, started.error) };
      started.value.child.stdin?.write(LEAVE_CSH);
      running.add(started.value);
      void started.value.ended.then(() => running.delete(started.value));
      return started;
    },
    stage: (command) => Promise.resolve(ok(stagedByInput(argv, command))),
    faultOf: (exit, stderr, greeted): Fault => {
      const how = exit.signal ?? (exit.exitCode === null ? 'no answer' : `exit code ${exit.exitCode}`);
      const said = !greeted && exit.exitCode === CSH_STATUS ? 'it is a csh, not a POSIX shell' : stderr.trim();
      return {
        code: 'target-unreachable',
        target: id,
        detail: `${quoteWords(argv)}: ${how}${said === '' ? '' : `\n${said}`}`,
        why: greeted ? 'lost' : 'no-shell',
      };
    },
    dispose() {
      disposed = true;
      for (const started of running) {
        // What runs on the target ends with its input, and needs a moment for it; what is deaf to that is ended here.
        started.child.stdin?.end();
        for (const [delay, action] of harderAndHarder(started)) {
          setTimeout(() => void (running.has(started) && action()), END_MS + delay).unref();
        }
      }
    },
  };
}

/** Where the command is missing, nothing is known of the files that are asked for. */
function notStarted(id: string, argv: readonly string[], fault: Fault): Fault {
  if (fault.code !== 'not-found') return fault;
  return { code: 'target-unreachable', target: id, detail: `${quoteWord(argv[0] ?? '')}: command not found`, why: 'no-command' };
}
