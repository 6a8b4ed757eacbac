/** What is known of one address: the frames, innermost (inlined) first. */
export interface SymbolFrame {
  readonly function?: string;
  /** As the compiler was given it, made absolute by its working directory. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** By address. */
export type SymbolTable<A = number> = Map<A, readonly SymbolFrame[]>;
