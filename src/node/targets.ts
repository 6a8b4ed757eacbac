import type { Log, Target } from '../app/ports.js';
import type { Reader, ReaderSource } from '../app/reader.js';
import { targetNameOf } from '../app/target-names.js';
import type { Cancel } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { ok, type Result } from '../base/result.js';
import type { NamedTarget } from '../model/target-config.js';
import type { Ask } from './askpass.js';
import { commandRoute } from './command-target.js';
import { LocalReader } from './local-reader.js';
import { LocalTarget } from './local-target.js';
import { childChannel } from './shell-channel.js';
import { openShellReader } from './shell-reader.js';
import { ATTEMPTS, isUnheard, type ShellRoute } from './shell-run.js';
import { ShellTarget } from './shell-target.js';
import { lastWords } from './ssh-failure.js';
import { sshRoute } from './ssh-target.js';

export interface TargetOptions {
  readonly log: Log;
  /** For questions of ssh; without it (or without `askpass`), only what needs no question works. */
  readonly ask?: Ask;
  /** The path of media/askpass.sh. */
  readonly askpass?: string;
  /** For `ssh -F`; absent: the user's own. */
  readonly sshConfigFile?: string;
}

/** The machine that the user names. Nothing is started before it is used; `dispose` ends all that was started for it. */
export function createTarget(named: NamedTarget, options: TargetOptions): Target & ReaderSource & Disposable {
  const { config } = named;
  switch (config.kind) {
    case 'local':
      return Object.assign(new LocalTarget(), {
        openReader: (): Promise<Result<Reader, Fault>> => Promise.resolve(ok(new LocalReader())),
        dispose: () => undefined,
      });
    case 'command':
      return new ShellTarget(commandRoute(config.argv), openReader);
    case 'ssh': {
      const { ask, askpass, sshConfigFile } = options;
      const destination = {
        id: targetNameOf(config),
        host: config.host,
        ...(sshConfigFile === undefined ? {} : { configFile: sshConfigFile }),
      };
      const questions = ask === undefined || askpass === undefined ? undefined : { ask, script: askpass };
      return new ShellTarget(sshRoute(destination, questions, options.log), openReader);
    }
  }
}

async function openReader(route: ShellRoute, cancel: Cancel): Promise<Result<Reader, Fault>> {
  for (let attempt = 1; ; attempt++) {
    const started = await route.connect(cancel);
    if (!started.ok) return started;
    let greeted = false;
    const channel = childChannel(started.value, (exit, stderr) => route.faultOf(exit, stderr, greeted));
    const faultOfSilence = (printed: string): Fault =>
      route.faultOf({ exitCode: null }, printed === '' ? '' : `it printed: ${lastWords(printed)}`, false);
    const reader = await openShellReader(channel, { target: route.id, faultOfSilence }, cancel);
    greeted = reader.ok;
    if (reader.ok || attempt === ATTEMPTS || !isUnheard(reader.error)) return reader;
  }
}
