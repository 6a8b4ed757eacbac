import { existsSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Captured, Log } from '../app/ports.js';
import type { Cancel } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import { parseSshSettings } from '../formats/ssh-config.js';
import type { Exit } from '../model/report.js';
import { type Ask, Askpass } from './askpass.js';
import { LocalTarget } from './local-target.js';
import { makePrivateDirectory, type PrivateDirectory } from './private-directory.js';
import { type Started, signalGroup, start } from './spawn.js';
import { lastWords, sshFailure } from './ssh-failure.js';
import { CONNECT_SECONDS, sshOptions, sshVersion } from './ssh-options.js';

export interface SshDestination {
  /** As the messages name it: `ssh:board`. */
  readonly id: string;
  /** Checked by `whyNoDestination`. */
  readonly host: string;
  /** In place of ~/.ssh/config (ssh -F). */
  readonly configFile?: string;
}

export interface SshQuestions {
  readonly ask: Ask;
  /** media/askpass.sh */
  readonly script: string;
}

/**
 * Becomes ssh ("$@"), beside a shell that waits for the end of descriptor 3, which is ours: when we are gone without a word, ssh is ended and
 * the directory of its sockets ($1) removed.
 */
const GUARD = `d=$1; shift
{ if ! read -r x <&3; then kill -TERM $$; rm -rf "$d"; fi; } </dev/null >/dev/null 2>&1 &
exec "$@" 3<&-`;

const POLL_MS: Milliseconds = 25;
/** How much longer than its own limit a client may take, without a question waiting, before it counts as deaf. */
const DEAF_MS: Milliseconds = 15_000;
/** For a word of the client about itself and its configuration. */
const ANSWER_MS: Milliseconds = 15_000;
const STDERR_CHARACTERS = 16 << 10;
const NO_CLIENT: Fault = {
  code: 'tool-missing',
  tool: 'ssh',
  remedy: 'Install the OpenSSH client (on Debian and Ubuntu: apt install openssh-client), then try again.',
};

const pause = (ms: Milliseconds): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * One login to a host, shared by all our connections to it (ControlMaster in ssh_config(5)), so that the user is asked once. It is a
 * client of its own that runs nothing on the host.
 */
export class SshMaster implements Disposable {
  private directory: PrivateDirectory | undefined;
  private askpass: Askpass | undefined;
  private options: readonly string[] | undefined;
  private connectMs: Milliseconds = CONNECT_SECONDS * 1000;
  private started: Started | undefined;
  private connecting: Promise<Result<void, Fault>> | undefined;
  private stderr = '';
  /** Each has a socket of its own: one that was killed leaves its, and one that ends late removes it. */
  private logins = 0;
  private disposed = false;
  /** Why the newest client ended. */
  private ending: Fault | undefined;

  constructor(
    private readonly destination: SshDestination,
    private readonly questions: SshQuestions | undefined,
    private readonly log: Log,
  ) {}

  /** Words up to the destination, for a connection that shares the login, and can't make one of its own. */
  async sessionWords(): Promise<readonly string[]> {
    return [...(await this.stagedWords()), '-oProxyCommand=false'];
  }

  /** The same for a connection whose end we don't see: it makes one of its own where it is refused, and that needs no question. */
  async stagedWords(): Promise<readonly string[]> {
    return ['ssh', ...(await this.clientOptions()), '-oBatchMode=yes', '-oControlMaster=no', `-S${this.socket}`];
  }

  /** The login stands, or is made now. Cancel gives it up, for all who wait for it. */
  async ensure(cancel: Cancel): Promise<Result<void, Fault>> {
    if (this.disposed || cancel.requested) return err({ code: 'cancelled' });
    if (this.started !== undefined && existsSync(this.socket)) return ok(undefined);
    this.connecting ??= this.connect(cancel).finally(() => {
      this.connecting = undefined;
    });
    return this.connecting;
  }

  /** Why the login has ended, when it has; a connection that shared it may see its own end a moment earlier. */
  async whyEnded(): Promise<Fault | undefined> {
    for (let i = 0; i < 20 && this.started !== undefined && this.ending === undefined; i++) await pause(POLL_MS);
    return this.ending;
  }

  dispose(): void {
    this.disposed = true;
    this.end();
    this.askpass?.dispose();
    this.directory?.dispose();
  }

  private get socket(): string {
    this.directory ??= makePrivateDirectory();
    return `${this.directory.path}/m${this.logins}`;
  }

  private async clientOptions(): Promise<readonly string[]> {
    if (this.options !== undefined) return this.options;
    const { host, configFile } = this.destination;
    const file = configFile === undefined ? [] : [`-F${configFile}`];
    const ask = async (...words: string[]): Promise<Captured | undefined> => {
      const said = await new LocalTarget().capture({ argv: ['ssh', ...words] }, { timeLimitMs: ANSWER_MS });
      return said.ok && said.value.exitCode === 0 ? said.value : undefined;
    };
    // The configuration may run programs of the user (Match exec), which take their time; the version needs none.
    const [version, said] = await Promise.all([ask('-V'), ask(...file, '-oBatchMode=no', '-G', '--', host)]);
    const settings = parseSshSettings(said?.stdout ?? '');
    const seconds = Number(settings.get('connecttimeout'));
    if (seconds > 0) this.connectMs = seconds * 1000;
    this.options = [...file, ...sshOptions(settings, sshVersion(version?.stderr ?? ''))];
    return this.options;
  }

  private async connect(cancel: Cancel): Promise<Result<void, Fault>> {
    const { id, host } = this.destination;
    this.end();
    this.forget();
    const options = await this.clientOptions();
    this.logins++;
    const socket = this.socket;
    const directory = this.directory?.path ?? '';
    if (this.questions !== undefined && this.askpass === undefined) {
      this.askpass = await Askpass.start(id, this.questions.ask, this.questions.script, directory);
    }
    this.askpass?.begin();
    const argv = [
      'ssh',
      // -N before a SessionType: the first one counts, and ssh does not take the two the other way round.
      '-M',
      '-N',
      ...options,
      ...(this.askpass === undefined ? ['-oBatchMode=yes'] : []),
      `-S${socket}`,
      '--',
      host,
    ];
    this.log.info(`connecting to ${id}`);
    const started = await start(
      {
        argv: ['/bin/sh', '-c', GUARD, 'memlens', directory, ...argv],
        ...(this.askpass === undefined ? {} : { env: this.askpass.env }),
      },
      ['ignore', 'ignore', 'pipe', 'pipe'],
    );
    if (!started.ok) return started;
    this.follow(started.value);
    const onCancel = cancel.onRequest(() => this.end());
    const ready = await this.wait(started.value, socket);
    onCancel.dispose();
    this.askpass?.withdraw();
    if (ready) return ok(undefined);
    this.end();
    if (cancel.requested || this.disposed || this.askpass?.cancelled === true) return err({ code: 'cancelled' });
    return err(this.ending ?? sshFailure(id, this.stderr, 'no-answer'));
  }

  /** Until the socket is there, which ssh makes when it is logged in. Time in which a question waits for the user is not counted. */
  private async wait(started: Started, socket: string): Promise<boolean> {
    let left = this.connectMs + DEAF_MS;
    while (this.started === started && left > 0) {
      if (existsSync(socket)) return true;
      await pause(POLL_MS);
      if (this.askpass?.pending !== true) left -= POLL_MS;
      if (this.askpass?.cancelled === true) return false;
    }
    return false;
  }

  private follow(started: Started): void {
    const { child } = started;
    this.started = started;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-STDERR_CHARACTERS);
    });
    const guard = child.stdio[3] as Writable | null;
    guard?.on('error', () => undefined);
    // The shell beside it has nothing to end any more.
    child.once('exit', () => guard?.end('\n'));
    void started.ended.then((exit) => {
      if (this.started !== started) return;
      this.started = undefined;
      this.ending = this.faultOf(exit);
      if (!this.disposed) this.log.info(`the connection to ${this.destination.id} has ended: ${lastWords(this.stderr)}`);
    });
  }

  private faultOf(exit: Exit): Fault {
    if (exit.exitCode === 127 && /ssh: not found|ssh: No such file/.test(this.stderr)) return NO_CLIENT;
    return sshFailure(this.destination.id, this.stderr, exit.signal === undefined ? undefined : 'lost');
  }

  private forget(): void {
    this.ending = undefined;
    this.stderr = '';
  }

  private end(): void {
    const { started } = this;
    if (started === undefined) return;
    this.started = undefined;
    this.askpass?.withdraw();
    signalGroup(started.pid, 'SIGCONT');
    signalGroup(started.pid, 'SIGTERM');
    const late = setTimeout(signalGroup, 1000, started.pid, 'SIGKILL');
    void started.ended.then(() => clearTimeout(late));
  }
}
