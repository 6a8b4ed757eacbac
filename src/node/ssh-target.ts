import type { Log } from '../app/ports.js';
import { whyNoDestination } from '../app/target-names.js';
import type { Fault } from '../base/fault.js';
import { err, ok } from '../base/result.js';
import { SHELL_BOOT } from './reader-program.js';
import type { ShellRoute } from './shell-run.js';
import { type Started, signalGroup, start } from './spawn.js';
import { lastWords, sshFailure } from './ssh-failure.js';
import { type SshDestination, SshMaster, type SshQuestions } from './ssh-master.js';
import { asRemoteWords, behindOwnTerminal, stagedScript } from './staged-shell.js';

/**
 * A machine that is reached by the user's own OpenSSH client, through one login. Without `questions`, only what needs no question
 * works (keys of an agent, known hosts).
 */
export function sshRoute(destination: SshDestination, questions: SshQuestions | undefined, log: Log): ShellRoute {
  const { id, host } = destination;
  const master = new SshMaster(destination, questions, log);
  const running = new Set<Started>();
  /** What a connection says when it ends, because its login has. */
  let masterFault: Fault | undefined;
  return {
    id,
    packs: true,
    async connect(cancel) {
      const why = whyNoDestination(host);
      if (why !== undefined) return err({ code: 'bad-setting', setting: id, detail: why });
      const ready = await master.ensure(cancel);
      if (!ready.ok) return ready;
      masterFault = undefined;
      // Only words of ours come before the `--`; no shell of this machine reads any.
      const started = await start({ argv: [...(await master.sessionWords()), '--', host, SHELL_BOOT] }, ['pipe', 'pipe', 'pipe']);
      if (!started.ok) return started;
      const ended = started.value.ended.then(async (exit) => {
        // 0 is the end of what was run there; 255 is ssh's own.
        if (exit.exitCode !== 0) masterFault = await master.whyEnded();
        running.delete(session);
        return exit;
      });
      const session: Started = { ...started.value, ended };
      running.add(session);
      return ok(session);
    },
    async stage(command, form, cancel) {
      const ready = await master.ensure(cancel);
      if (!ready.ok) return ready;
      // -T is among the words, and the last one counts; the quiet one keeps "Shared connection closed." from the user's terminal.
      const terminal = form === 'pipes' ? [] : ['-tt', '-q', '-oEscapeChar=none'];
      const script = stagedScript(command, { quietTerminal: form === 'shared-terminal' });
      const client = { argv: [...(await master.sessionWords()), ...terminal, '--', host, asRemoteWords(script)] };
      return ok(form === 'shared-terminal' ? behindOwnTerminal(client) : client);
    },
    faultOf: (exit, stderr, greeted) => {
      if (masterFault !== undefined) return masterFault;
      if (greeted || exit.exitCode === 255 || exit.exitCode === null) return sshFailure(id, stderr, greeted ? 'lost' : undefined);
      // The login shell has ended by itself: /sbin/nologin, a menu, a device without sh.
      return { code: 'target-unreachable', target: id, detail: lastWords(stderr), why: 'no-shell' };
    },
    dispose() {
      for (const session of running) {
        session.child.stdin?.end();
        const signal = (): void => void (running.has(session) && signalGroup(session.pid, 'SIGKILL'));
        setTimeout(signal, 1000).unref();
      }
      master.dispose();
    },
  };
}
