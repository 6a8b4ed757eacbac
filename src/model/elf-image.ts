/** A PT_LOAD of a program header: a part of the file that is mapped. Bytes; addresses as in the file, before it is moved. */
export interface ElfLoad {
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  /** Larger than `fileSize`: the rest is bss. */
  readonly memorySize: number;
  readonly writable: boolean;
  readonly executable: boolean;
}

/** How an ELF file is laid out in memory, by its program headers: elf(5), System V gABI chapter 5. */
export interface ElfImage {
  readonly bits: 32 | 64;
  /** ET_EXEC: it lies at the addresses that it names. */
  readonly fixed: boolean;
  /** Ascending by address. */
  readonly loads: readonly ElfLoad[];
  /** PT_GNU_RELRO: written while it is relocated, and read-only from then on. */
  readonly relro?: { readonly address: number; readonly size: number };
}
