import type { Cancel } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import type { Result } from '../base/result.js';
import type { Bytes, Milliseconds } from '../base/units.js';
import type { Exit } from '../model/report.js';

/** A program to start. Every word is data: no shell reads it. */
export interface Command {
  readonly argv: readonly string[];
  readonly cwd?: string;
  /** Added to the environment of the target; an empty string sets an empty variable. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Captured extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

export interface CaptureOptions {
  readonly cancel?: Cancel;
  readonly timeLimitMs?: Milliseconds;
  /** Of each stream, the newest text is kept. */
  readonly maxBytes?: Bytes;
  readonly stdin?: string;
}

export interface FileFacts {
  readonly kind: 'file' | 'directory' | 'fifo' | 'other';
  readonly size: Bytes;
  readonly executable: boolean;
  /** Mode bits of stat(2). */
  readonly mode: number;
  /** Absent: the target can't tell. */
  readonly modifiedMs?: Milliseconds;
}

/** What becomes of a program's output. A chunk may be kept. */
export interface OutputListener {
  onStdout(chunk: Uint8Array): void;
  onStderr(chunk: Uint8Array): void;
}

/**
 * A program that goes on for as long as it likes. Its input is open until `endInput`, or until we are gone, whatever ended us: a program that reads it knows
 * by its end that it is not wanted any more. Nothing else ends it.
 */
export interface StreamedProgram {
  write(text: string): void;
  endInput(): void;
  /** Nothing is heard of it any more; it is for one that does not end although its input has. */
  abandon(): void;
  /** After its output: how it ended, or why that is not known. */
  readonly ended: Promise<Result<Exit, Fault>>;
}

/** A machine with Linux and a POSIX shell. Nothing else in the code knows where it is. */
export interface Target {
  readonly id: string;
  /** `process.platform` of the machine: anything but linux gets a clear refusal. */
  readonly platform: string;
  /** Runs to the end with stdin closed (or given), and ends the whole process group on cancel or time-out. */
  capture(command: Command, options?: CaptureOptions): Promise<Result<Captured, Fault>>;
  /** Starts a program whose output is heard as it comes. */
  stream(command: Command, listener: OutputListener): Promise<Result<StreamedProgram, Fault>>;
  stat(path: string): Promise<Result<FileFacts, Fault>>;
  list(directory: string): Promise<Result<readonly string[], Fault>>;
  readBytes(path: string, options?: { readonly offset?: number; readonly length?: Bytes }): Promise<Result<Uint8Array, Fault>>;
  /** Decoded as UTF-8 (what is not UTF-8 becomes U+FFFD), in chunks cut anywhere. */
  readText(path: string): AsyncIterable<string>;
  /** As `readText`, without decoding: for texts of many megabytes. A chunk is the reader's until it asks for the next one. */
  readChunks(path: string): AsyncIterable<Uint8Array>;
  writeText(path: string, text: string): Promise<Result<void, Fault>>;
  makeDirectory(path: string): Promise<Result<void, Fault>>;
  makeTemporaryDirectory(prefix: string): Promise<Result<string, Fault>>;
  remove(path: string): Promise<void>;
  realPath(path: string): Promise<Result<string, Fault>>;
  /** Ends every process of the session that `pid` leads: SIGTERM first, SIGKILL for what is left after `graceMs`. */
  endSession(pid: number, graceMs: Milliseconds): Promise<void>;
}

/** A target that is not this machine. */
export interface RemoteTarget extends Target {
  /**
   * The command of this machine that shows `command`, as it runs on the target, on a stage of this form. On the target the command leads
   * a session of its own, or is in one that nothing else of ours is in.
   */
  onStage(command: Command, form: StageForm, cancel: Cancel): Promise<Result<Command, Fault>>;
  /** Makes a file (for its owner alone) of these bytes, or adds them to it. */
  writeBytes(
    path: string,
    bytes: Uint8Array,
    options?: { readonly append?: boolean; readonly executable?: boolean },
  ): Promise<Result<void, Fault>>;
}

/** A program on its stage: it runs where the user sees its output and can type. */
export interface RunningProgram {
  /** The leader of the program's own session; undefined when it could not be learned. */
  readonly pid: number | undefined;
  readonly ended: Promise<Exit>;
}

/**
 * How a program's input and output reach the user: by a terminal of its own, where each key is the program's; by our own terminal, where
 * Ctrl-C is for us; or by no terminal.
 */
export type StageForm = 'terminal' | 'shared-terminal' | 'pipes';

/** Where the program's own input and output go: a terminal of the editor, or the terminal of the command line. */
export interface Stage {
  readonly form: StageForm;
  start(command: Command, title: string): Promise<Result<RunningProgram, Fault>>;
}

export type Phase = 'preparing' | 'building' | 'running' | 'reading' | 'placing';

export interface Progress {
  phase(phase: Phase, detail?: string): void;
}

export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface Clock {
  /** Milliseconds of a clock that never goes back. */
  now(): Milliseconds;
  after(delayMs: Milliseconds, action: () => void): Disposable;
}
