import { shortHash } from '../base/hash.js';
import type { CompilerFacts, TargetFacts } from '../engines/engine.js';
import { canBePreloaded } from '../engines/sanitizer/obstacles.js';
import type { Target } from './ports.js';

/** The C and C++ sources that are used on a target, and where their builds may be kept. */
export interface NativeHelpers {
  /** media/companion.c */
  readonly companion: string;
  /** media/stl-in-program.hpp */
  readonly stlHeader: string;
  /** A directory of our own on the target, kept between runs. */
  readonly cache: string;
}

const FLAGS = [
  '-shared',
  '-fPIC',
  '-O1',
  '-fno-omit-frame-pointer',
  // pthread_exit() unwinds the frames that called it.
  '-fexceptions',
  // Binding a function at its first call would leave copies of pointers on the stack, which hide a leak.
  '-Wl,-z,now',
];

/**
 * The companion library (media/companion.c) built by the target's own compiler, once for each text of its source, compiler and flags.
 * Where the cache can't be written or its name can't stand in LD_PRELOAD, it is built for this run in `work`.
 * undefined when there is no compiler or it can't build it: the engines say what they can't do without it.
 */
export async function buildCompanion(
  target: Target,
  facts: TargetFacts,
  helpers: NativeHelpers,
  work: string,
): Promise<string | undefined> {
  if (facts.c === undefined) return undefined;
  const source = await target.readBytes(helpers.companion);
  if (!source.ok) return undefined;
  // Of a cross compiler it is another library.
  const words = [...FLAGS, facts.c.command, facts.c.version].join(' ');
  const key = shortHash([...source.value, ...Array.from(words, (letter) => letter.charCodeAt(0))]);
  const library = `${helpers.cache}/companion-${facts.machine ?? 'any'}-${key}.so`;
  const isKept = canBePreloaded(library) && (await target.makeDirectory(helpers.cache)).ok;
  if (isKept && (await target.stat(library)).ok) return library;
  const built = `${work}/companion.so`;
  if (!(await compileCompanion(target, facts.c, helpers.companion, built))) return undefined;
  if (!isKept) return built;
  // Copied under a name of its own and then renamed: two runs at once never see half a library.
  const move = await target.capture({
    argv: ['/bin/sh', '-c', 'cp "$1" "$2.$$" && mv -f "$2.$$" "$2" || { rm -f "$2.$$"; false; }', 'memlens', built, library],
  });
  return move.ok && move.value.exitCode === 0 ? library : built;
}

/** Compiles the companion on `target`; false: this compiler can't. */
export async function compileCompanion(
  target: Target,
  compiler: CompilerFacts,
  source: string,
  library: string,
): Promise<boolean> {
  const compiled = await target.capture(
    { argv: [compiler.command, ...FLAGS, '-o', library, source, '-ldl', '-pthread'] },
    { timeLimitMs: 60_000 },
  );
  return compiled.ok && compiled.value.exitCode === 0;
}
