/** What a process that we ran left behind: enough for a person to repeat it by hand. */
export interface ProcessTrace {
  readonly argv: readonly string[];
  /** null when it was ended by a signal or never started. */
  readonly exitCode: number | null;
  /** `SIGSEGV`... when a signal ended it. */
  readonly signal?: string;
  /** The last lines it wrote to stderr, at most a few KiB. */
  readonly stderrTail: string;
}

/**
 * Why a target can't be reached. Trying again by itself may help with the first four; the others ask for the user.
 *
 * `lost`: it was there. `no-answer`: nothing came back in time. `no-shell`: the connection stands, but no POSIX shell
 * answers. `no-command`: the command that reaches it is not on this machine. `login`: the password or key was not accepted.
 */
export type UnreachableReason =
  | 'lost'
  | 'refused'
  | 'no-answer'
  | 'unknown-host'
  | 'login'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'no-shell'
  | 'no-command'
  | 'no-session';

/**
 * An expected failure: a code and data, never a sentence. `app/fault-text.ts` turns it into words and a next step.
 */
export type Fault =
  | { readonly code: 'tool-missing'; readonly tool: string; readonly remedy: string }
  | {
      readonly code: 'tool-too-old';
      readonly tool: string;
      readonly version: string;
      readonly needs: string;
      readonly remedy: string;
    }
  | { readonly code: 'tool-failed'; readonly tool: string; readonly trace: ProcessTrace; readonly remedy?: string }
  | { readonly code: 'engine-unfit'; readonly engine: string; readonly reason: string; readonly remedy: string }
  | {
      readonly code: 'target-unreachable';
      readonly target: string;
      readonly detail: string;
      /** Where it is known. */
      readonly why?: UnreachableReason;
    }
  /** Without `target`: this machine. */
  | { readonly code: 'unsupported-platform'; readonly platform: string; readonly target?: string }
  | { readonly code: 'untrusted-workspace' }
  | { readonly code: 'permission'; readonly path: string; readonly operation: string }
  | { readonly code: 'not-found'; readonly path: string; readonly what: string }
  /**
   * `hidden`: it does not exist, or /proc hides it from this user; `zombie`: it has ended, and its parent has not waited for it yet;
   * `kernel`: it is a thread of the kernel, which has no address space of its own. `foreign`: it is there, and may not be looked into. `own`: it is MemLens.
   */
  | { readonly code: 'no-process'; readonly pid: number; readonly why: 'hidden' | 'zombie' | 'kernel' | 'foreign' | 'own' }
  | { readonly code: 'not-executable'; readonly path: string; readonly reason: 'permission' | 'not-a-program' | 'directory' }
  | {
      readonly code: 'wrong-architecture';
      readonly path: string;
      readonly program: string;
      readonly machine: string;
      /** Absent: this machine. */
      readonly target?: string;
    }
  /** A program is on this machine only, and nobody has agreed to a copy. */
  | { readonly code: 'not-copied'; readonly path: string; readonly target: string }
  /** No directory of the target takes a program: there is no space, or it may not be written or executed there. */
  | { readonly code: 'no-run-place'; readonly target: string; readonly why: 'full' | 'denied'; readonly bytes: number }
  /** The loader of a program (ld.so(8)) or libraries that it needs are not on the target. */
  | { readonly code: 'libraries-missing'; readonly path: string; readonly libraries: readonly string[]; readonly target: string }
  /** A program was started on a target, and no word came from there. */
  | { readonly code: 'not-started'; readonly target: string; readonly trace: ProcessTrace }
  | { readonly code: 'build-failed'; readonly trace: ProcessTrace; readonly diagnostics: readonly CompilerDiagnostic[] }
  | { readonly code: 'no-main'; readonly file: string; readonly trace: ProcessTrace }
  /** `chosen`: the user named the place; others are those of temporary files. */
  | { readonly code: 'disk-full'; readonly path: string; readonly chosen?: true }
  | { readonly code: 'unreadable'; readonly path: string; readonly detail: string }
  | { readonly code: 'unwritable'; readonly path: string; readonly detail: string }
  /** A new file was to be made. */
  | { readonly code: 'file-exists'; readonly path: string }
  /** `holds`: what it is instead, where that helps. */
  | {
      readonly code: 'unrecognised-report';
      readonly path: string;
      readonly holds?: 'heap-profile' | 'meminfo' | 'system-file' | 'table-without-rows';
    }
  | { readonly code: 'unrecognised-recording'; readonly path: string }
  /** `holds`: what it is instead, where that helps. */
  | { readonly code: 'unrecognised-map'; readonly path: string; readonly holds?: 'recording' | 'difference' | 'utf-16' | 'gzip' }
  | { readonly code: 'unrecognised-heap-profile'; readonly path: string }
  /** A folder or a file without a meminfo in it. `holds`: what it is instead, or a meminfo that tells no MemTotal. */
  | { readonly code: 'unrecognised-system'; readonly path: string; readonly holds?: 'packed' | 'no-total' }
  /** A file that can't be unpacked here. */
  | { readonly code: 'packed'; readonly path: string; readonly packing: 'gzip' | 'zstd' | 'xz' | 'bzip2' | 'zip' }
  /** A log was asked for, and this is binary. */
  | { readonly code: 'not-text'; readonly path: string; readonly holds: 'journal' | 'other' }
  /** A page has come back, and what it showed has not. */
  | { readonly code: 'not-kept'; readonly what: string; readonly why: 'gone' | 'too-long' }
  | { readonly code: 'bad-setting'; readonly setting: string; readonly detail: string }
  | { readonly code: 'busy'; readonly running: string }
  /** A running program was not asked for its leaks, because that could not work, or would harm it. */
  | { readonly code: 'no-leak-check'; readonly title: string; readonly reason: string; readonly remedy: string }
  /** A program that was to be asked something has ended. */
  | { readonly code: 'run-over'; readonly title: string }
  | { readonly code: 'cancelled' }
  | { readonly code: 'time-out'; readonly seconds: number };

/** One message of a C or C++ compiler. Lines and columns count from 1. */
export interface CompilerDiagnostic {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  readonly severity: 'error' | 'warning' | 'note';
  readonly message: string;
}
