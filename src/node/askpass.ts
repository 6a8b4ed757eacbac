import { accessSync, chmodSync, constants, copyFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { type Cancel, CancelSource } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';

export interface Prompt {
  /** What ssh says, as it is: it may hold text of the server. */
  readonly text: string;
  /** `secret` is typed unseen; `confirm` is answered by `yes` or `no`. */
  readonly kind: 'secret' | 'confirm' | 'text';
  /** For a title. */
  readonly target: string;
}

/** Asks the user; undefined when the user does not want to answer. `cancel` is requested when the answer is not wanted any more. */
export type Ask = (prompt: Prompt, cancel: Cancel) => Promise<string | undefined>;

/** The same question in one connection: ssh asks for a password three times. */
const SAME_QUESTION = 3;
/** All questions of one connection: hosts on the way ask, too. */
const ALL_QUESTIONS = 12;
const LINE_CHARACTERS = 64 << 10;

/**
 * Questions of ssh, which it puts to a program (SSH_ASKPASS in ssh(1)); ours brings them here over a socket in a
 * directory of our own. Answers are neither kept nor logged.
 */
export class Askpass implements Disposable {
  private readonly server: Server;
  private readonly open = new Set<CancelSource>();
  private asked = new Map<string, number>();
  private total = 0;
  private refused = false;

  private constructor(
    private readonly target: string,
    private readonly ask: Ask,
    private readonly socket: string,
    private readonly program: string,
  ) {
    this.server = createServer((connection) => this.serve(connection));
    this.server.on('error', () => undefined);
  }

  /** `script` is media/askpass.sh; `directory` is private. */
  static async start(target: string, ask: Ask, script: string, directory: string): Promise<Askpass> {
    const askpass = new Askpass(target, ask, `${directory}/q`, executable(script, directory));
    await new Promise<void>((resolve) => {
      askpass.server.once('error', () => resolve());
      askpass.server.listen(askpass.socket, resolve);
    });
    // A socket that waits for questions is no reason to go on.
    askpass.server.unref();
    return askpass;
  }

  get env(): Readonly<Record<string, string>> {
    return {
      SSH_ASKPASS: this.program,
      SSH_ASKPASS_REQUIRE: 'force',
      // Clients before 8.4 ask the program only where there is a display, and no terminal.
      DISPLAY: process.env.DISPLAY || 'none:0',
      MEMLENS_ASKPASS: this.socket,
      MEMLENS_NODE: process.execPath,
    };
  }

  /** A question waits for the user. */
  get pending(): boolean {
    return this.open.size > 0;
  }

  /** The user did not want to answer. */
  get cancelled(): boolean {
    return this.refused;
  }

  /** A new connection: questions are counted anew. */
  begin(): void {
    this.asked = new Map();
    this.total = 0;
    this.refused = false;
  }

  /** No answer is wanted any more. */
  withdraw(): void {
    for (const source of [...this.open]) source.cancel();
  }

  dispose(): void {
    this.withdraw();
    this.server.close();
  }

  private serve(connection: Socket): void {
    const gone = new CancelSource();
    let text = '';
    connection.setEncoding('utf8');
    connection.on('error', () => undefined);
    connection.on('close', () => {
      this.open.delete(gone);
      gone.cancel();
    });
    gone.onRequest(() => connection.destroy());
    connection.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end < 0 && text.length > LINE_CHARACTERS) connection.destroy();
      if (end < 0 || this.open.has(gone)) return;
      this.open.add(gone);
      void this.answer(text.slice(0, end), gone).then((answer) => {
        this.open.delete(gone);
        connection.end(answer === undefined ? '' : `${answer}\n`);
      });
    });
  }

  private async answer(line: string, gone: Cancel): Promise<string | undefined> {
    const { text, hint } = question(line);
    if (this.refused || ++this.total > ALL_QUESTIONS) return undefined;
    // ssh does not take "maybe": it says so, and asks again without an end.
    if (/^Please type /.test(text)) return undefined;
    const times = (this.asked.get(text) ?? 0) + 1;
    this.asked.set(text, times);
    if (times > SAME_QUESTION) return undefined;
    const kind = promptKind(text, hint);
    const answer = await this.ask({ text, kind, target: this.target }, gone);
    if (answer === undefined && !gone.requested && hint !== 'none') this.refused = true;
    if (answer === undefined || /[\n\r\0]/.test(answer)) return undefined;
    if (kind === 'confirm' && !/^(yes|no|SHA256:[A-Za-z0-9+/=]+)$/.test(answer)) return undefined;
    return answer;
  }
}

function question(line: string): { readonly text: string; readonly hint: string } {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && 'text' in value && 'hint' in value) {
      return { text: String(value.text), hint: String(value.hint) };
    }
  } catch {
    // Not of our program.
  }
  return { text: '', hint: '' };
}

/**
 * ssh names the kind for permissions only (SSH_ASKPASS_PROMPT=confirm); it does not say whether the answer may be seen, so that
 * what is not known is a secret. `none` shows a notice (touch the key) until ssh ends the program.
 */
export function promptKind(text: string, hint: string): Prompt['kind'] {
  if (hint === 'confirm' || hint === 'none' || /\(yes\/no(\/\[fingerprint\])?\)\? *$/.test(text)) return 'confirm';
  return /verification code|one-time|\botp\b|passcode|user ?name/i.test(text) && !/pass(word|phrase)/i.test(text)
    ? 'text'
    : 'secret';
}

/** The script itself, or a copy where it can be run: an unpacked extension may have lost its permission. */
function executable(script: string, directory: string): string {
  try {
    accessSync(script, constants.X_OK);
    return script;
  } catch {
    const copy = `${directory}/askpass.sh`;
    copyFileSync(script, copy);
    chmodSync(copy, 0o700);
    return copy;
  }
}
