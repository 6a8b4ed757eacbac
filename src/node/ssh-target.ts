import type { Log } from '../app/ports.js';
import { whyNoDestination } from '../app/target-names.js';
import type { Fault } from '../base/fault.js';
import { err, ok } from '../base/result.js';
import { SHELL_BOOT } from './reader-program.js';
import type { ShellRoute } from './shell-run.js';
import { type Started, signalGroup, start } from './spawn.js';
import { isSessionRefused, lastWords, sshFailure } from './ssh-failure.js';
import { SshLogins } from './ssh-logins.js';
import type { SshDestination, SshQuestions } from './ssh-master.js';
import { asRemoteWords, behindOwnTerminal, stagedScript } from './staged-shell.js';

const OWN_CHARACTERS = 4096;

/**
 * A machine that is reached by the user's own OpenSSH client, through one login where the server takes several sessions in it. Without `questions`, only what needs no question
 * works (keys of an agent, known hosts).
 */
export function sshRoute(destination: SshDestination, questions: SshQuestions | undefined, log: Log): ShellRoute {
  const { id, host } = destination;
  const logins = new SshLogins(destination, questions, log);
  const running = new Set<Started>();
  /** What a connection says when it ends, because its login has. */
  let masterFault: Fault | undefined;
  return {
    id,
    packs: true,
    async connect(cancel) {
      const why = whyNoDestination(host);
      if (why !== undefined) return err({ code: 'bad-setting', setting: id, detail: why });
      const taken = await logins.session(cancel);
      if (!taken.ok) return taken;
      masterFault = undefined;
      // Only words of ours come before the `--`; no shell of this machine reads any.
      const started = await start({ argv: [...taken.value.words, '--', host, SHELL_BOOT] }, ['pipe', 'pipe', 'pipe']);
      if (!started.ok) {
        taken.value.end(false);
        return started;
      }
      let words = '';
      started.value.child.stderr?.on('data', (chunk: Buffer) => {
        // The client's own words come before those of the shell.
        if (words.length < OWN_CHARACTERS) words += chunk.toString();
      });
      const ended = started.value.ended.then(async (exit) => {
        const refused = exit.exitCode === 255 && isSessionRefused(sshFailure(id, words, undefined));
        // 0 is the end of what was run there; 255 is ssh's own.
        if (exit.exitCode !== 0 && !refused) masterFault = await taken.value.whyEnded();
        taken.value.end(refused);
        running.delete(session);
        return exit;
      });
      const session: Started = { ...started.value, ended };
      running.add(session);
      return ok(session);
    },
    async stage(command, form, cancel) {
      const words = await logins.stagedWords(cancel);
      if (!words.ok) return words;
      // -T is among the words, and the last one counts; the quiet one keeps "Shared connection closed." from the user's terminal.
      const terminal = form === 'pipes' ? [] : ['-tt', '-q', '-oEscapeChar=none'];
      const script = stagedScript(command, { quietTerminal: form === 'shared-terminal' });
      const client = { argv: [...words.value, ...terminal, '--', host, asRemoteWords(script)] };
      return ok(form === 'shared-terminal' ? behindOwnTerminal(client) : client);
    },
    faultOf: (exit, stderr, greeted) => {
      if (masterFault !== undefined) return masterFault;
      // It has not ended, and nothing came.
      if (!greeted && exit.exitCode === null && exit.signal === undefined && stderr.trim() === '') {
        return { code: 'target-unreachable', target: id, detail: 'no answer from a shell', why: 'no-answer' };
      }
      if (greeted || exit.exitCode === 255 || exit.exitCode === null) {
        const fault = sshFailure(id, stderr, greeted ? 'lost' : undefined);
        if (!isSessionRefused(fault) || logins.refusesAll) return fault;
        // It is tried again, by another login.
        return { code: 'target-unreachable', target: id, detail: '' };
      }
      // The login shell has ended by itself: /sbin/nologin, a menu, a device without sh.
      return { code: 'target-unreachable', target: id, detail: lastWords(stderr), why: 'no-shell' };
    },
    dispose() {
      for (const session of running) {
        session.child.stdin?.end();
        const signal = (): void => void (running.has(session) && signalGroup(session.pid, 'SIGKILL'));
        setTimeout(signal, 1000).unref();
      }
      logins.dispose();
    },
  };
}
