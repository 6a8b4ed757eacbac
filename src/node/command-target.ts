import { targetNameOf } from '../app/target-names.js';
import type { Fault } from '../base/fault.js';
import { ok } from '../base/result.js';
import { quoteWords } from '../base/shell-words.js';
import { END_MS, harderAndHarder, type ShellRoute } from './shell-run.js';
import { type Started, start } from './spawn.js';
import { stagedByInput } from './staged-shell.js';

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
      if (disposed) return { ok: false, error: { code: 'cancelled' } };
      const started = await start({ argv }, ['pipe', 'pipe', 'pipe']);
      if (!started.ok) return started;
      running.add(started.value);
      void started.value.ended.then(() => running.delete(started.value));
      return started;
    },
    stage: (command) => Promise.resolve(ok(stagedByInput(argv, command))),
    faultOf: (exit, stderr, greeted): Fault => {
      const how = exit.signal ?? (exit.exitCode === null ? 'no answer' : `exit code ${exit.exitCode}`);
      const said = stderr.trim();
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
