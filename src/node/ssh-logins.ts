import type { Log } from '../app/ports.js';
import type { Cancel } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import { type SshDestination, SshMaster, type SshQuestions } from './ssh-master.js';

/** How long a session waits for the end of another one before a login is made for it: commands are short, and a login may ask the user. */
const PATIENCE_MS: Milliseconds = 1500;

interface Login {
  readonly master: SshMaster;
  /** That run now, as far as we know: what a terminal runs is not counted. */
  sessions: number;
  /** So many at once and no more; Infinity when the server has refused none yet. */
  most: number;
  /** The server has taken one at all. */
  served: boolean;
}

/** One session of a login. */
export interface SshSession {
  /** Words up to the destination. */
  readonly words: readonly string[];
  /** Of the login, when it has ended. */
  whyEnded(): Promise<Fault | undefined>;
  /** It is over; `refused`: the server did not take it. */
  end(refused: boolean): void;
}

/**
 * The logins to one host. One does for all sessions, until the server refuses one (MaxSessions in sshd_config(5)): from then on, each takes no more
 * than were running, and more are made as they are needed.
 */
export class SshLogins implements Disposable {
  private readonly logins: Login[] = [];
  /** Holds the session of a terminal, whose end nobody tells: nothing else runs there. */
  private staged: Login | undefined;
  /** What a login of this host takes. */
  private most = Number.POSITIVE_INFINITY;
  private barren = false;
  /** Logins that are being made or looked at: the user may be asked. */
  private opening = 0;
  private readonly waiting = new Set<() => void>();
  private disposed = false;

  constructor(
    private readonly destination: SshDestination,
    private readonly questions: SshQuestions | undefined,
    private readonly log: Log,
  ) {}

  /** The server takes no session at all, not even the first one of a login: another login is of no use. */
  get refusesAll(): boolean {
    return this.barren;
  }

  async session(cancel: Cancel): Promise<Result<SshSession, Fault>> {
    const login = await this.free(cancel);
    if (login === undefined) return err({ code: 'cancelled' });
    const ready = await this.ready(login, cancel);
    if (!ready.ok) {
      this.release(login);
      return ready;
    }
    return ok({
      words: await login.master.sessionWords(),
      whyEnded: () => login.master.whyEnded(),
      end: (refused) => {
        if (refused) this.refuse(login);
        else login.served = true;
        this.release(login);
      },
    });
  }

  /** Words for a session of a terminal. */
  async stagedWords(cancel: Cancel): Promise<Result<readonly string[], Fault>> {
    const limited = Number.isFinite(this.most);
    if (limited) this.staged ??= this.add(0);
    const login = (limited ? this.staged : this.logins[0]) ?? this.add();
    const ready = await this.ready(login, cancel);
    if (!ready.ok) return ready;
    login.served = true;
    return ok(await login.master.stagedWords());
  }

  dispose(): void {
    this.disposed = true;
    for (const { master } of this.logins) master.dispose();
    this.wake();
  }

  /** One more session of it is counted; undefined when it is not wanted any more. */
  private async free(cancel: Cancel): Promise<Login | undefined> {
    let patience = false;
    for (;;) {
      if (this.disposed || cancel.requested) return undefined;
      let login = this.logins.find(({ sessions, most }) => sessions < most);
      if (login === undefined && (this.logins.length === 0 || (patience && this.opening === 0))) login = this.add();
      if (login !== undefined) {
        login.sessions++;
        return login;
      }
      patience = !(await this.news(cancel));
    }
  }

  /** Whether a session has ended within the time of patience. */
  private news(cancel: Cancel): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (news: boolean): void => {
        clearTimeout(timer);
        registration.dispose();
        this.waiting.delete(wake);
        resolve(news);
      };
      const wake = (): void => done(true);
      const timer = setTimeout(done, PATIENCE_MS, false);
      const registration = cancel.onRequest(wake);
      this.waiting.add(wake);
    });
  }

  private async ready({ master }: Login, cancel: Cancel): Promise<Result<void, Fault>> {
    this.opening++;
    const ready = await master.ensure(cancel);
    this.opening--;
    return ready;
  }

  private add(most = this.most): Login {
    if (this.logins.length > 0)
      this.log.info(`${this.destination.id} takes ${this.most} sessions in a connection: another one is made`);
    const login = { master: new SshMaster(this.destination, this.questions, this.log), sessions: 0, most, served: false };
    this.logins.push(login);
    return login;
  }

  private refuse(login: Login): void {
    const others = login.sessions - 1;
    if (others === 0 && !login.served) this.barren = true;
    // What is not counted is the session of a terminal.
    if (others === 0 && login.served) this.staged ??= login;
    login.most = Math.min(login.most, others);
    this.most = Math.min(this.most, Math.max(1, others));
  }

  private release(login: Login): void {
    login.sessions--;
    this.wake();
  }

  private wake(): void {
    for (const wake of [...this.waiting]) wake();
  }
}
