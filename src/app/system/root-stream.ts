import { type Cancel, CancelSource } from '../../base/cancel.js';
import { DisposableStore } from '../../base/dispose.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { Clock } from '../ports.js';
import { Utf8Chunks } from '../utf8-chunks.js';
import type { RootAccess } from './root-script.js';
import { kernelFileFault, rootFault, rootWords, STARTED } from './root-script.js';

/** What takes long as root. */
export interface LongWork {
  /** One command of a POSIX shell, which is run in the background; `args` are its $1, $2... */
  readonly command: string;
  readonly args: readonly string[];
  readonly clock: Clock;
  readonly cancel: Cancel;
  /** A chunk may be kept. */
  readonly onOutput?: (chunk: Uint8Array) => void;
}

export interface LongEnd {
  /** null: a signal ended it. */
  readonly exitCode: number | null;
  /** Its newest words. */
  readonly stderr: string;
}

const NOTE_CHARACTERS = 4096;
/** After a cancel; the command is told to end at once. */
const PATIENCE_MS: Milliseconds = 5_000;

/** Its input ends when nobody wants it any more, or when we are gone: we may not send a signal to what runs as root. */
const lead = (command: string): string => `exec 3<&0
${command} &
job=$!
{ read -r _ <&3; kill "$job"; } >/dev/null 2>&1 &
watch=$!
wait "$job"; status=$?
kill "$watch" 2>/dev/null
exit "$status"`;

/** Runs a command as root until it ends or is cancelled: then it is ended on the target, too. Faults: `cancelled`, and those of the target. */
export async function runLongAsRoot(access: RootAccess, work: LongWork): Promise<Result<LongEnd, Fault>> {
  const { clock, cancel, onOutput } = work;
  const isCancelled = (): boolean => cancel.requested;
  if (isCancelled()) return err({ code: 'cancelled' });
  let head = '';
  let stderr = '';
  const decoder = new Utf8Chunks();
  const started = await access.target.stream(
    { argv: rootWords(access, lead(work.command), work.args) },
    {
      onStdout(chunk) {
        const isMissing = STARTED.length - head.length;
        if (isMissing > 0) head += String.fromCharCode(...chunk.subarray(0, isMissing));
        if (chunk.length > isMissing && head === STARTED) onOutput?.(chunk.subarray(Math.max(0, isMissing)));
      },
      onStderr(chunk) {
        stderr = (stderr + decoder.push(chunk)).slice(-NOTE_CHARACTERS);
      },
    },
  );
  if (!started.ok) return started;
  const program = started.value;
  const watches = new DisposableStore();
  watches.add(
    cancel.onRequest(() => {
      program.endInput();
      watches.add(clock.after(PATIENCE_MS, () => program.abandon()));
    }),
  );
  const ended = await program.ended;
  watches.dispose();
  program.endInput();
  if (isCancelled()) return err({ code: 'cancelled' });
  if (!ended.ok) return ended;
  if (head !== STARTED) return err(rootFault(access, stderr));
  return ok({ exitCode: ended.value.exitCode, stderr });
}

/**
 * A file of the kernel of any length, as root, in pieces. What it is given to must take them as fast as they come: parsers do. Throws as
 * `Target.readChunks` does, and at a cancel.
 */
export async function* chunksAsRoot(
  access: RootAccess,
  path: string,
  options: { readonly clock: Clock; readonly cancel: Cancel },
): AsyncGenerator<Uint8Array> {
  if (access.rootCommand.length === 0) {
    for await (const chunk of access.target.readChunks(path)) {
      if (options.cancel.requested) throw fileError({ code: 'cancelled' }, path);
      yield chunk;
    }
    return;
  }
  const ready: Uint8Array[] = [];
  // In an object: a callback sets it.
  const over: { end: Result<LongEnd, Fault> | undefined } = { end: undefined };
  let wake: () => void = () => undefined;
  const leave = new CancelSource();
  const watch = options.cancel.onRequest(() => leave.cancel());
  void runLongAsRoot(access, {
    clock: options.clock,
    cancel: leave,
    command: 'cat -- "$1"',
    args: [path],
    onOutput(chunk) {
      ready.push(chunk);
      wake();
    },
  }).then((ended) => {
    over.end = ended;
    wake();
  });
  try {
    for (;;) {
      for (let chunk = ready.shift(); chunk !== undefined; chunk = ready.shift()) yield chunk;
      const { end } = over;
      if (end !== undefined) {
        if (!end.ok) throw fileError(end.error, path);
        if (end.value.exitCode !== 0) throw fileError(kernelFileFault(path, 'read', end.value.stderr), path);
        return;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    watch.dispose();
    // Nobody takes what would still come.
    leave.cancel();
  }
}

/** As the file system says it: `readFault` reads it. */
function fileError(fault: Fault, path: string): Error & { readonly code: string } {
  const code = fault.code === 'not-found' ? 'ENOENT' : fault.code === 'permission' ? 'EACCES' : 'EIO';
  const detail = 'detail' in fault ? fault.detail : 'reason' in fault ? fault.reason : fault.code;
  return Object.assign(new Error(`${code}: ${detail}, read ${JSON.stringify(path)}`), { code });
}
