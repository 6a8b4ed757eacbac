import type { ProgramFacts, TargetFacts } from '../engines/engine.js';
import type { Note } from '../model/finding.js';
import type { RemoteTarget, Target } from './ports.js';

/** Where a program runs, and what was put there for it. */
export interface RunSite {
  readonly target: Target;
  /** The same, when it is not this machine. */
  readonly remote?: RemoteTarget;
  /** A directory of ours there, for this run. */
  readonly work: string;
  /** `path` is there. */
  readonly program: ProgramFacts;
  /** Of that machine, with the companion that was made for it. */
  readonly facts: TargetFacts;
  readonly cwd: string;
  /** The file on this machine that holds the debug information of a module, as the report names it; undefined: there is none. */
  hostFile(module: string): string | undefined;
  readonly notes: readonly Note[];
}
