import { constants } from 'node:os';
import type {
  Captured,
  CaptureOptions,
  Command,
  FileFacts,
  OutputListener,
  RemoteTarget,
  StageForm,
  StreamedProgram,
} from '../app/ports.js';
import type { Reader, ReaderSource } from '../app/reader.js';
import { exitOf } from '../app/run-program.js';
import { type Cancel, CancelSource, neverCancelled } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import { quoteWord } from '../base/shell-words.js';
import type { Bytes, Milliseconds } from '../base/units.js';
import type { Exit } from '../model/report.js';
import { OutputTail } from './output-tail.js';
import { packedCat, unpacked } from './packed-chunks.js';
import { byteRange, fileFault, STAT, statFacts } from './shell-files.js';
import { commandBody, END_SESSION, lineWord, pathWord, scriptBody, streamBody } from './shell-program.js';
import { ATTEMPTS, isUnheard, runInShell, type ShellRoute, type ShellRun } from './shell-run.js';
import { Slots } from './slots.js';

const DEFAULT_CAPTURE_BYTES: Bytes = 16 << 20;
/** Of what `readText` has ready and nobody has taken yet. */
const AHEAD_BYTES: Bytes = 4 << 20;
/** OpenSSH's server takes ten sessions in a connection (MaxSessions); the reader has one, and the ends of sessions need some. */
const PARALLEL = 6;
/** Steps of a fifth of a second. */
const GRACE_STEP_MS: Milliseconds = 200;
/** How much later than we do the target ends a command that has a time limit, by itself: the line may be dead. */
const REMOTE_GRACE_S = 2;

/** Of stderr: its last words tell what went wrong. */
const NOTE_BYTES: Bytes = 4096;

interface Output {
  readonly run: ShellRun;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A machine with Linux that is reached by a POSIX shell: nothing but the shell and the tools of BusyBox is asked of it. */
export class ShellTarget implements RemoteTarget, ReaderSource, Disposable {
  readonly id: string;
  /** Any other is refused as soon as its shell has said so. */
  readonly platform = 'linux';
  private readonly slots = new Slots(PARALLEL);
  private disposed = false;

  constructor(
    private readonly route: ShellRoute,
    private readonly open: (route: ShellRoute, cancel: Cancel) => Promise<Result<Reader, Fault>>,
  ) {
    this.id = route.id;
  }

  openReader(cancel: Cancel): Promise<Result<Reader, Fault>> {
    return this.open(this.route, cancel);
  }

  dispose(): void {
    this.disposed = true;
    this.route.dispose();
  }

  onStage(command: Command, form: StageForm, cancel: Cancel): Promise<Result<Command, Fault>> {
    return this.route.stage(command, form, cancel);
  }

  async capture(command: Command, options: CaptureOptions = {}): Promise<Result<Captured, Fault>> {
    const unfit = whyUnfit(command);
    if (unfit !== undefined) return err(unfit);
    const limit = options.maxBytes ?? DEFAULT_CAPTURE_BYTES;
    const stdout = new OutputTail(limit);
    const stderr = new OutputTail(limit);
    const ran = await this.slots.run(() =>
      this.run(commandBody(command, { stdin: options.stdin, limitSeconds: remoteLimit(options.timeLimitMs) }), {
        onStdout: (bytes) => stdout.push(bytes),
        onStderr: (bytes) => stderr.push(bytes),
        endSession: (session) => this.endSession(session, 500),
        ...(options.cancel === undefined ? {} : { cancel: options.cancel }),
        ...(options.timeLimitMs === undefined ? {} : { timeLimitMs: options.timeLimitMs }),
      }),
    );
    if (!ran.ok) return ran;
    const fault = whyNotStarted(command, ran.value);
    return fault === undefined ? ok({ ...exitOfRun(ran.value), stdout: stdout.text(), stderr: stderr.text() }) : err(fault);
  }

  /** Takes no slot: it may go on for as long as it likes. */
  async stream(command: Command, listener: OutputListener): Promise<Result<StreamedProgram, Fault>> {
    const unfit = whyUnfit(command);
    if (unfit !== undefined) return err(unfit);
    const abandoned = new CancelSource();
    return new Promise((resolve) => {
      const ran = this.run(streamBody(command), {
        onStdout: (bytes) => listener.onStdout(bytes),
        onStderr: (bytes) => listener.onStderr(bytes),
        cancel: abandoned,
        onRunning: (input) => resolve(ok({ ...input, abandon: () => abandoned.cancel(), ended })),
      });
      const ended = ran.then((result): Result<Exit, Fault> => {
        if (!result.ok) return result;
        const fault = whyNotStarted(command, result.value);
        return fault === undefined ? ok(exitOfRun(result.value)) : err(fault);
      });
      // Of one that was never heard; else it is settled already.
      void ended.then((result) => resolve(result.ok ? err({ code: 'cancelled' }) : result));
    });
  }

  async stat(path: string): Promise<Result<FileFacts, Fault>> {
    const output = await this.script(path, 'look at', `p=${pathWord(path)}; ${STAT}`);
    if (!output.ok) return output;
    const text = output.value.stdout.toString();
    const facts = statFacts(text);
    return facts === undefined ? err({ code: 'unreadable', path, detail: `stat said ${JSON.stringify(text)}` }) : ok(facts);
  }

  async list(directory: string): Promise<Result<readonly string[], Fault>> {
    const output = await this.script(
      directory,
      'list',
      `cd ${pathWord(directory)} 2>/dev/null || { ls -d ${pathWord(`${directory}/.`)}; exit 1; }; [ -r . ] || { echo ": Permission denied" >&2; exit 1; }; ` +
        `for f in * .[!.]* ..?*; do if [ -e "$f" ] || [ -h "$f" ]; then printf '%s\\000' "$f"; fi; done`,
    );
    return output.ok ? ok(output.value.stdout.toString().split('\0').slice(0, -1)) : output;
  }

  async readBytes(
    path: string,
    options: { readonly offset?: number; readonly length?: Bytes } = {},
  ): Promise<Result<Uint8Array, Fault>> {
    if (options.length === 0) return ok(new Uint8Array(0));
    const range = byteRange(operand(path), options.offset ?? 0, options.length);
    const output = await this.bodyOutput(path, 'read', readBody(path, range.script));
    return output.ok ? ok(range.cut(output.value.stdout)) : output;
  }

  /** Throws what an error of Node's own file system says: `code` is ENOENT, EACCES or, for all else, EIO. */
  async *readText(path: string): AsyncIterable<string> {
    const decoder = new TextDecoder();
    for await (const bytes of this.heardChunks(path)) {
      const text = decoder.decode(bytes, { stream: true });
      if (text !== '') yield text;
    }
    const rest = decoder.decode();
    if (rest !== '') yield rest;
  }

  /** Throws as `readText` does. */
  readChunks(path: string): AsyncIterable<Uint8Array> {
    return this.route.packs === true ? unpacked(this.heardChunks(path, packedCat)) : this.heardChunks(path);
  }

  async writeText(path: string, text: string): Promise<Result<void, Fault>> {
    // The whole rest of the shell's input is the text: when the connection is lost, no end is said, and that is a fault.
    const output = await this.script(path, 'write', `cat >${pathWord(path)}`, Buffer.from(text));
    return output.ok ? ok(undefined) : output;
  }

  async writeBytes(
    path: string,
    bytes: Uint8Array,
    options: { readonly append?: boolean; readonly executable?: boolean } = {},
  ): Promise<Result<void, Fault>> {
    const word = pathWord(path);
    const mode = options.executable === true ? ` && chmod 700 ${word}` : '';
    const output = await this.script(
      path,
      'write',
      `umask 077; cat ${options.append === true ? '>>' : '>'}${word}${mode}`,
      bytes,
    );
    return output.ok ? ok(undefined) : output;
  }

  async makeDirectory(path: string): Promise<Result<void, Fault>> {
    const output = await this.script(path, 'create', `mkdir -p ${pathWord(path)}`);
    return output.ok ? ok(undefined) : output;
  }

  async makeTemporaryDirectory(prefix: string): Promise<Result<string, Fault>> {
    // mkdir(2) makes a name only once; the nonce is new each time. A directory with both kinds of quotes can't be named in the options of a sanitizer.
    const output = await this.script(
      `/tmp/${prefix}`,
      'create',
      `umask 077; for d in "\${TMPDIR:-/tmp}" /tmp /var/tmp /data/local/tmp; do case $d in *\\'*\\"*|*\\"*\\'*) continue;; /*) ;; *) continue;; esac; ` +
        `p=\${d%/}/${lineWord(prefix)}$N; if mkdir "$p" 2>/dev/null; then printf %s "$p"; exit 0; fi; done; mkdir "$p"`,
    );
    return output.ok ? ok(output.value.stdout.toString()) : output;
  }

  async remove(path: string): Promise<void> {
    // As on this machine: what can't be removed costs a little disk, and is no reason to lose the findings.
    await this.script(path, 'remove', `rm -rf ${pathWord(path)}`);
  }

  async realPath(path: string): Promise<Result<string, Fault>> {
    const output = await this.script(
      path,
      'look at',
      `p=${pathWord(path)}; [ -e "$p" ] || { ls -d "$p" >/dev/null && echo ": No such file or directory" >&2; exit 1; }; readlink -f "$p" 2>/dev/null || realpath "$p"`,
    );
    return output.ok ? ok(output.value.stdout.toString().replace(/\n$/, '')) : output;
  }

  async endSession(pid: number, graceMs: Milliseconds): Promise<void> {
    if (!Number.isSafeInteger(pid) || pid <= 1) return;
    // Not behind commands that may be waiting for just this.
    await this.run(`${END_SESSION}; KEEP=$$; E=${pid}; end_session ${Math.ceil(graceMs / GRACE_STEP_MS)}; c=0`, {
      onStdout: () => undefined,
      onStderr: () => undefined,
    });
  }

  private async run(body: string, options: Parameters<typeof runInShell>[3]): Promise<Result<ShellRun, Fault>> {
    if (options.cancel?.requested === true) return err({ code: 'cancelled' });
    for (let attempt = 1; ; attempt++) {
      const started = await this.route.connect(options.cancel ?? neverCancelled);
      if (!started.ok) return started;
      const ran = await runInShell(this.route, started.value, body, options);
      // A command that ended because of that has not ended by itself.
      if (this.disposed) return err({ code: 'cancelled' });
      if (ran.ok || attempt === ATTEMPTS || !isUnheard(ran.error)) return ran;
    }
  }

  /** Of a few commands that say on stderr, in the C locale, what went wrong with `path`. */
  private script(path: string, operation: string, script: string, input?: Uint8Array): Promise<Result<Output, Fault>> {
    return this.bodyOutput(path, operation, scriptBody(script), input);
  }

  private async bodyOutput(path: string, operation: string, body: string, input?: Uint8Array): Promise<Result<Output, Fault>> {
    if (path === '') return err({ code: 'not-found', path, what: 'file or directory' });
    if (path.includes('\0')) return err({ code: 'unreadable', path, detail: 'the path holds a NUL character' });
    const stdout: Buffer[] = [];
    const stderr = new OutputTail(NOTE_BYTES);
    const ran = await this.slots.run(() =>
      this.run(body, {
        onStdout: (bytes) => stdout.push(bytes),
        onStderr: (bytes) => stderr.push(bytes),
        ...(input === undefined ? {} : { input }),
      }),
    );
    if (!ran.ok) return ran;
    if (ran.value.status !== 0) return err(fileFault(path, operation, stderr.text()));
    return ok({ run: ran.value, stdout: Buffer.concat(stdout), stderr: stderr.text() });
  }

  private async *heardChunks(path: string, script = plainCat): AsyncIterable<Buffer> {
    for (let attempt = 1; ; attempt++) {
      try {
        yield* this.chunks(path, script(operand(path)));
        return;
      } catch (error) {
        if (attempt === ATTEMPTS || !(error instanceof Error) || error.cause !== UNHEARD) throw error;
      }
    }
  }

  private async *chunks(path: string, script: string): AsyncIterable<Buffer> {
    await this.slots.take();
    const leave = new CancelSource();
    let reading: Promise<void> = Promise.resolve();
    try {
      const started = await this.route.connect(neverCancelled);
      if (!started.ok) throw fileError(started.error, path);
      const { stdout } = started.value.child;
      const ready: Buffer[] = [];
      const stderr = new OutputTail(NOTE_BYTES);
      let bytes = 0;
      let outcome: Result<ShellRun, Fault> | undefined;
      let wake: () => void = () => undefined;
      const ran = runInShell(this.route, started.value, readBody(path, script), {
        onStdout: (chunk) => {
          ready.push(chunk);
          bytes += chunk.length;
          if (bytes > AHEAD_BYTES && !leave.requested) stdout?.pause();
          wake();
        },
        onStderr: (chunk) => stderr.push(chunk),
        cancel: leave,
      });
      reading = ran.then((result) => {
        outcome = result;
        wake();
      });
      // What is paused never ends.
      leave.onRequest(() => stdout?.resume());
      for (;;) {
        for (let chunk = ready.shift(); chunk !== undefined; chunk = ready.shift()) {
          bytes -= chunk.length;
          if (bytes <= AHEAD_BYTES) stdout?.resume();
          yield chunk;
        }
        if (outcome !== undefined) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (!outcome.ok) throw fileError(outcome.error, path);
      if (outcome.value.status !== 0) throw fileError(fileFault(path, 'read', stderr.text()), path);
    } finally {
      leave.cancel();
      await reading;
      this.slots.give();
    }
  }
}

function whyUnfit({ argv, cwd, env }: Command): Fault | undefined {
  const program = argv[0] ?? '';
  if (program === '') return { code: 'not-found', path: program, what: 'program' };
  const words = [...argv, cwd ?? '', ...Object.entries(env ?? {}).flat()];
  if (!words.some((word) => word.includes('\0'))) return undefined;
  return { code: 'unreadable', path: program, detail: 'an argument holds a NUL character' };
}

function whyNotStarted({ argv, cwd }: Command, { failure }: ShellRun): Fault | undefined {
  const path = argv[0] ?? '';
  if (failure === undefined) return undefined;
  if (failure === 'permission') return { code: 'not-executable', path, reason: 'permission' };
  return { code: 'not-found', path, what: cwd === undefined ? 'program' : `program (or its working directory ${cwd})` };
}

const plainCat = (word: string): string => `exec cat ${word}`;

/** A path as a word of a shell that `readBody` starts: never an option. */
const operand = (path: string): string => quoteWord(path.startsWith('/') ? path : `./${path}`);

/**
 * As `scriptBody`, for what may wait without an end (a file system that is not answered): it ends as soon as we do not want it any more. A FIFO
 * without a writer and a device are not read at all; files of /proc are files.
 */
function readBody(path: string, script: string): string {
  const word = operand(path);
  const check = `[ -f ${word} ] || [ -d ${word} ] || [ ! -e ${word} ] || { echo ": not a regular file" >&2; exit 1; }`;
  return commandBody({ argv: ['sh', '-c', `${check}; ${script}`], env: { LC_ALL: 'C' } });
}

/** Of an error: nothing was read, and it may be tried again. */
const UNHEARD = 'unheard';

/** As Node's own file system says it. */
function fileError(fault: Fault, path: string): NodeJS.ErrnoException {
  const code = fault.code === 'not-found' ? 'ENOENT' : fault.code === 'permission' ? 'EACCES' : 'EIO';
  const detail = 'detail' in fault ? fault.detail : fault.code;
  const cause = isUnheard(fault) ? UNHEARD : undefined;
  return Object.assign(new Error(`${code}: ${detail}, read ${JSON.stringify(path)}`, { cause }), { code, path });
}

function remoteLimit(timeLimitMs: Milliseconds | undefined): number | undefined {
  return timeLimitMs === undefined ? undefined : timeLimitMs / 1000 + REMOTE_GRACE_S;
}

function exitOfRun({ status, signal }: ShellRun): Exit {
  const name = `SIG${signal ?? ''}`;
  if (status > 128 && Object.hasOwn(constants.signals, name)) return { exitCode: null, signal: name };
  return exitOf(status);
}
