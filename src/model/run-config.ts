import type { Milliseconds } from '../base/units.js';

/** A build step before a run: a command (its own words, no shell), or the name of a task of the editor. */
export type BuildStep =
  | {
      readonly form: 'command';
      readonly argv: readonly string[];
      readonly cwd?: string;
      readonly env?: Readonly<Record<string, string>>;
    }
  | { readonly form: 'task'; readonly task: string };

/** One thing that can be profiled. Paths are absolute and on the target. */
export interface RunConfig {
  readonly name: string;
  /** A C or C++ source file that MemLens builds by itself, or a program that exists (after `build`). */
  readonly subject: { readonly form: 'source'; readonly file: string } | { readonly form: 'program'; readonly path: string };
  readonly build?: BuildStep;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly engine: 'auto' | 'asan' | 'lsan' | 'lsan-preload' | 'memcheck';
  readonly engineOptions: readonly string[];
  readonly suppressions: readonly string[];
  /** 0: none. */
  readonly timeLimitMs: Milliseconds;
  readonly sourcePathMap: readonly PathMapping[];
  /** Folders whose files count as the user's own code. */
  readonly workspaceFolders: readonly string[];
}

/** A path prefix in a report, and where it is on this machine. */
export interface PathMapping {
  readonly from: string;
  readonly to: string;
}
