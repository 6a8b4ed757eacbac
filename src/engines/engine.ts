import type { Milliseconds } from '../base/units.js';
import type { ParserFactory } from './parser.js';

export type EngineId = 'asan' | 'lsan' | 'lsan-preload' | 'memcheck' | 'heaptrack';

/** A compiler on the target, as its own `--version` and `-print-file-name` tell. */
export interface CompilerFacts {
  /** How to call it: a name on the PATH or a path. */
  readonly command: string;
  readonly family: 'gcc' | 'clang';
  readonly version: string;
  /** Runtimes present for linking. */
  readonly asan: boolean;
  readonly lsan: boolean;
}

/** What the target can do; gathered once by `app/probe.ts`. Absent means "not there", or "could not be read". */
export interface TargetFacts {
  readonly c?: CompilerFacts;
  readonly cpp?: CompilerFacts;
  readonly valgrind?: { readonly path: string; readonly version: string };
  /** Absolute path of a LeakSanitizer runtime that can be preloaded. */
  readonly lsanRuntime?: string;
  /** Absolute paths of heaptrack's library that is preloaded, and of the program that gives names to its records. */
  readonly heaptrack?: { readonly library: string; readonly interpreter: string };
  /** Absolute path of the companion library built for this target. */
  readonly companion?: string;
  readonly symbolizer?: { readonly path: string; readonly kind: 'llvm-symbolizer' | 'addr2line' };
  /** True when `setarch` is there, which can turn address space randomisation off for one program. */
  readonly setarch?: boolean;
  /** /proc/sys/vm/mmap_rnd_bits */
  readonly mmapRndBits?: number;
  /** /proc/sys/kernel/yama/ptrace_scope */
  readonly ptraceScope?: number;
  /** `ID` and `ID_LIKE` of os-release(5), for the install command. */
  readonly distribution?: readonly string[];
  /** `uname -m` */
  readonly machine?: string;
}

/** What an ELF file says of itself (elf(5)). */
export interface ProgramFacts {
  readonly path: string;
  /** `x86_64`, `aarch64`, `arm`...: the word of `uname -m` for e_machine, or `machine 0x...`. */
  readonly machine: string;
  readonly bits: 32 | 64;
  /** Absent: a static program. */
  readonly interpreter?: string;
  /** DT_NEEDED */
  readonly needed: readonly string[];
  /** Has .debug_info or .debug_line, or compressed forms of them. */
  readonly debugInfo: boolean;
  /** Has .symtab. */
  readonly symbols: boolean;
  /** A sanitizer that is linked in, as its symbols tell. */
  readonly sanitizer?: 'asan' | 'lsan' | 'other';
  /** set-user-ID or set-group-ID: the loader ignores LD_PRELOAD, and valgrind refuses. */
  readonly setuid: boolean;
}

/** What an engine would run: a source file that it builds first, or a program that exists. */
export type Subject =
  | { readonly form: 'source'; readonly language: 'c' | 'cpp' }
  | { readonly form: 'program'; readonly program: ProgramFacts };

/** A reason why an engine can't work here, or works less well. */
export interface Obstacle {
  /** False: it runs, but the user should know. */
  readonly blocking: boolean;
  /** Stable name for tests: `valgrind-missing`, `static-binary`... */
  readonly code: string;
  /** One sentence: what is wrong. */
  readonly reason: string;
  /** One line: what to do about it; may be a command. */
  readonly remedy: string;
}

export interface RunInput {
  readonly program: string;
  readonly args: readonly string[];
  /** An empty directory of our own; everything in it is ours. */
  readonly reportDir: string;
  readonly facts: TargetFacts;
  /** What `build` made, or the user's own program. */
  readonly programFacts?: ProgramFacts;
  readonly suppressions: readonly string[];
  /** More arguments for valgrind; more `key=value` for the sanitizers' options. */
  readonly engineOptions: readonly string[];
  /** The user's environment for the program: an engine adds to its ASAN_OPTIONS or LD_PRELOAD, and never drops them. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path of a FIFO over which a leak check can be asked for while the program runs. */
  readonly control?: string;
}

/** A program that runs beside the engine's, takes what that records, and writes the report. It is started first, and ends by the end of its input. */
export interface RecorderPlan {
  /** Names in `reportDir`: a FIFO that the program writes to, and the report, packed by gzip(1) where that is there. */
  readonly fifo: string;
  readonly report: string;
  /** What makes the report of its input. */
  readonly argv: readonly string[];
  /** What the program has recorded at a moment is written so much later at the latest, when the program goes on. */
  readonly settleMs: Milliseconds;
}

export interface RunPlan {
  readonly argv: readonly string[];
  /** Added to the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The names of report files in `reportDir` begin with this. */
  readonly reportPrefix: string;
  /** A leak check can be asked for through `RunInput.control`. */
  readonly onDemand: boolean;
  /** On SIGTERM the program writes a complete report by itself. */
  readonly reportsOnTerm: boolean;
  readonly recorder?: RecorderPlan;
}

/** A tool that finds memory faults. Pure: it says what to run and understands what it said. */
export interface Engine {
  readonly id: EngineId;
  /** What it is made of: those of one family read the same options and suppression files. */
  readonly family: 'sanitizer' | 'valgrind' | 'heaptrack';
  /** For a person: `AddressSanitizer`. */
  readonly title: string;
  /** One sentence for a picker. */
  readonly description: string;
  /** Flags of a build made for this engine. An engine that needs no rebuild still takes `-g -O0` when MemLens builds. */
  readonly compileFlags: readonly string[];
  readonly linkFlags: readonly string[];
  /** Everything that stands in its way; empty when it can work. */
  obstacles(facts: TargetFacts, subject: Subject): readonly Obstacle[];
  plan(input: RunInput): RunPlan;
  /** Absent: its report is no list of faults, but a heap profile (`formats/heap`). */
  readonly parser?: ParserFactory;
}
