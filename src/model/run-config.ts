import type { Milliseconds } from '../base/units.js';
import type { NamedTarget } from './target-config.js';

/**
 * A build before a run: a command (its own words, no shell), the name of a task of the editor, or a recipe that makes a
 * separate sanitizer build of a project in a directory of MemLens's own.
 */
export type BuildStep =
  | {
      readonly form: 'command';
      readonly argv: readonly string[];
      readonly cwd?: string;
      readonly env?: Readonly<Record<string, string>>;
    }
  | { readonly form: 'task'; readonly task: string }
  | { readonly form: 'recipe'; readonly system: 'make' | 'cmake' | 'meson' | 'autotools'; readonly folder: string };

/** One thing that can be profiled. Paths are absolute. */
export interface RunConfig {
  readonly name: string;
  /** Where the program runs; absent: on this machine. What MemLens builds is always built on this machine. */
  readonly target?: NamedTarget;
  /** A C or C++ source file that MemLens builds by itself, or a program that exists (after `build`). */
  readonly subject:
    | { readonly form: 'source'; readonly file: string }
    /** With a recipe: relative to its build directory; empty when it shall be asked for after the build. */
    | { readonly form: 'program'; readonly path: string };
  readonly build?: BuildStep;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly engine: 'auto' | 'asan' | 'lsan' | 'lsan-preload' | 'memcheck' | 'heaptrack';
  /** For whichever engine is taken, after those of `optionsOf`. */
  readonly engineOptions: readonly string[];
  /** For one engine each, by its id. */
  readonly optionsOf?: Readonly<Record<string, readonly string[]>>;
  /** Suppression files, each for the engines that read its format. */
  readonly suppressions: { readonly valgrind: readonly string[]; readonly lsan: readonly string[] };
  /** More flags for the compiler, when MemLens builds. */
  readonly compilerFlags: readonly string[];
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
