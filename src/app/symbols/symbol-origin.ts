import type { Milliseconds } from '../../base/units.js';
import type { Target } from '../ports.js';
import type { ProcessSpace } from './process-space.js';

/** Where addresses are from. */
export interface SymbolOrigin {
  /** The machine of the modules; absent: this one. */
  readonly target?: Target;
  /** A folder of this machine that holds the files of `target`. */
  readonly sysroot?: string;
  /** The process, as it was when the addresses were taken; a file of a profiler has none. */
  readonly space?: ProcessSpace;
  /** When the addresses were taken, milliseconds since the Unix epoch: a module that was changed later is another one. */
  readonly takenMs?: Milliseconds;
  /** The file of this machine that stands for a module; undefined: that of its own name, where it fits. */
  readonly fileOf?: (module: string) => string | undefined;
  /** Nothing says that the addresses are of this machine: a module counts only where its build-id is told. */
  readonly isForeign?: boolean;
}
