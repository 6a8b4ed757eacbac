/** One entry of a call stack, innermost first. Every field is what the engine said; nothing is guessed. */
export interface Frame {
  readonly function?: string;
  /** As the engine printed it: absolute, relative to the compilation directory, or a bare file name. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  /** The executable or shared object. */
  readonly module?: string;
  /** Of the module, hexadecimal. */
  readonly buildId?: string;
  /** Offset of the call (not of the return address) in the module's file, hexadecimal with 0x. */
  readonly offset?: string;
  /** Address of the call (not of the return address) in the process, hexadecimal with 0x. */
  readonly address?: string;
  /** Of the return address in the function, hexadecimal with 0x: what a kernel prints as `name+0x21/0x5c`. It needs no address to be looked up. */
  readonly symbolOffset?: string;
  /** Of the function, hexadecimal with 0x: tells functions of one name apart. */
  readonly symbolSize?: string;
  /** True when the compiler inlined this call into the next frame; absent when the engine does not tell. */
  readonly inlined?: boolean;
}

/**
 * What happened at this stack. `allocation`, `free` and `access` are about the block or address of the finding,
 * `thread` is where a thread of the finding was created, `origin` is where an uninitialised value came from,
 * `other` is everything else an engine adds.
 */
export type StackRole = 'allocation' | 'free' | 'access' | 'thread' | 'origin' | 'other';

export interface Stack {
  readonly role: StackRole;
  /** The engine's own sentence for this stack, such as `freed by thread T0 here`. */
  readonly label?: string;
  readonly frames: readonly Frame[];
}
