import { isatty } from 'node:tty';
import { endAll } from './spawn.js';

const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));

/**
 * Ends this program. Node aborts, with a core dump, when it ends by itself after its terminal was closed: it wants to set the
 * terminal's modes back, and fails. Then it ends by the signal of a hang-up, as other programs of a terminal do.
 */
export function leave(status: number): never {
  if (terminals.every((descriptor) => isatty(descriptor))) process.exit(status);
  endAll();
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
  // It is ignored, below nohup(1).
  process.kill(process.pid, 'SIGKILL');
  throw new Error('this is not reached');
}
