import type { Fault } from '../base/fault.js';
import type { Milliseconds } from '../base/units.js';
import type { Exit } from '../model/report.js';
import { type Started, signalGroup } from './spawn.js';

/**
 * The standard input and output of a POSIX shell on a target, however it was reached. Each `on...` takes one listener, and
 * both are set before the first `write`.
 */
export interface ShellChannel {
  /** Text goes out as UTF-8, in order. Nothing is told when it can't be written any more: the end tells. */
  write(text: string): void;
  /** Bytes of standard output, cut anywhere. The listener may keep them. */
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Told once, after the last data, when the connection ends by itself or because of `end`. */
  onEnd(listener: (fault: Fault) => void): void;
  /** Closes the shell's input, and ends what was started for the channel. May be called more than once. */
  end(): void;
}

/** How much of standard error is kept for the fault. */
const TAIL_CHARACTERS = 4096;
/** A shell that has not ended so long after its input was closed is ended by a signal. */
const GRACE_MS: Milliseconds = 1000;

/**
 * The channel of a program that was started with three pipes: a shell, ssh, `docker exec -i`. `faultOf` says what its end
 * means; `stderrTail` is the newest text it wrote to standard error.
 */
export function childChannel(started: Started, faultOf: (exit: Exit, stderrTail: string) => Fault): ShellChannel {
  const { child, pid, ended } = started;
  let stderrTail = '';
  let hasEnded = false;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderrTail = (stderrTail + text).slice(-TAIL_CHARACTERS);
  });
  void ended.then(() => {
    hasEnded = true;
  });
  const signalLater = (signal: NodeJS.Signals): void => {
    if (!hasEnded) signalGroup(pid, signal);
  };
  return {
    write: (text) => void child.stdin?.write(text),
    onData: (listener) => void child.stdout?.on('data', listener),
    onEnd: (listener) => void ended.then((exit) => listener(faultOf(exit, stderrTail))),
    end() {
      if (hasEnded || child.stdin?.writableEnded) return;
      child.stdin?.end();
      // A stopped process does not see SIGTERM before it goes on; SIGKILL it sees at once.
      setTimeout(signalLater, GRACE_MS, 'SIGTERM').unref();
      setTimeout(signalLater, 2 * GRACE_MS, 'SIGKILL').unref();
    },
  };
}
