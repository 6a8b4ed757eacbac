import type { Cancel } from '../../base/cancel.js';
import { baseName } from '../../base/path.js';
import { ElfNames } from '../../formats/elf-names.js';
import type { Note } from '../../model/finding.js';
import type { Log, Target } from '../ports.js';
import { rangesOf, type SymbolFile } from './elf-reader.js';
import { lookUp, QUIET } from './look-up.js';
import type { ModuleFiles } from './module-files.js';
import { rustName } from './rust-name.js';
import type { SymbolFrame, SymbolTable } from './symbol-frame.js';
import { findSymbolTools, type SymbolTools, toolsFor } from './symbol-tools.js';

/** Of all modules together; more are forgotten, the oldest modules first. */
const MOST_KEPT = 1_000_000;

/** Names of addresses of modules whose files are known. Answers are kept. */
export class ModuleNames {
  private readonly tools = new Map<string, Promise<SymbolTools>>();
  private readonly tables = new Map<string, SymbolTable>();
  private readonly symbols = new Map<string, Promise<ElfNames | undefined>>();

  constructor(
    private readonly host: Target,
    private readonly log: Log,
  ) {}

  async toolsOf(site: Target, cancel: Cancel): Promise<SymbolTools> {
    const known = this.tools.get(site.id) ?? findSymbolTools(site, cancel);
    this.tools.set(site.id, known);
    const tools = await known;
    // One may be installed before the next time.
    if (tools.lookups.length === 0) this.tools.delete(site.id);
    return tools;
  }

  /** Frames of addresses as they are linked; those of which nothing is known are left out. */
  async namesOf(
    module: string,
    files: ModuleFiles,
    addresses: readonly number[],
    notes: Note[],
    cancel: Cancel,
  ): Promise<SymbolTable> {
    const { image, debug } = files;
    const key = debug?.key ?? image?.key;
    if (key === undefined) return new Map();
    const known = this.tables.get(key) ?? new Map<number, readonly SymbolFrame[]>();
    const missing = [...new Set(addresses)].filter((address) => !known.has(address)).sort((one, other) => one - other);
    if (missing.length > 0) {
      const found = debug === undefined ? undefined : await this.ask(module, debug, missing, notes, cancel);
      const fresh = await this.complete([debug, image], found?.table ?? new Map(), missing, cancel);
      // What was not answered is asked for again the next time.
      if (found?.isWhole === false || cancel.requested) return new Map([...known, ...fresh]);
      for (const [address, frames] of fresh) known.set(address, frames);
      this.keep(key, known);
    }
    return known;
  }

  private async ask(
    module: string,
    { site, path, elf }: SymbolFile,
    addresses: readonly number[],
    notes: Note[],
    cancel: Cancel,
  ): Promise<{ readonly table: SymbolTable; readonly isWhole: boolean }> {
    const tools = toolsFor(await this.toolsOf(site, cancel), elf.machine, elf.altLink !== undefined);
    if (tools.length === 0) {
      notes.push({
        severity: 'warning',
        code: 'no-symbolizer',
        text: `Names and lines of ${baseName(module)} are not known: ${site === this.host ? 'this machine' : site.id} has neither llvm-symbolizer nor addr2line. Install llvm or binutils.`,
      });
      return { table: new Map(), isWhole: false };
    }
    const table: SymbolTable = new Map();
    let left = addresses;
    for (const tool of tools) {
      if (left.length === 0 || cancel.requested) break;
      const found = await lookUp(site, tool, { path }, left, cancel);
      let lines = 0;
      for (const frames of found.table.values()) if (frames.some(({ file }) => file !== undefined)) lines++;
      // A tool that is too old for a form of DWARF, or for its compression, answers and knows no line.
      const isBlind = lines === 0 && found.table.size > 0 && tool !== tools.at(-1);
      if (found.failure !== undefined) this.log.warn(`${tool.path} on ${path}: ${found.failure}`);
      if (isBlind) continue;
      for (const [address, frames] of found.table) table.set(address, frames);
      left = left.filter((address) => !table.has(address));
    }
    if (left.length > 0 && !cancel.requested) {
      notes.push({
        severity: 'warning',
        code: 'symbols-failed',
        text: `${left.length === addresses.length ? 'No' : 'Not every'} address of ${baseName(module)} has a line: ${tools.map((tool) => baseName(tool.path)).join(', ')} did not answer for ${path}; see the log.`,
      });
    }
    return { table, isWhole: left.length === 0 };
  }

  /** Where debug information has no place, a name is that of the symbol table: tools take the nearest one before, however far. */
  private async complete(
    files: readonly (SymbolFile | undefined)[],
    found: SymbolTable,
    addresses: readonly number[],
    cancel: Cancel,
  ): Promise<SymbolTable> {
    const into: SymbolTable = new Map();
    const mangled = new Map<number, string>();
    for (const address of addresses) {
      const frames = found.get(address);
      if (frames?.some(({ file }) => file !== undefined) === true) {
        into.set(address, frames.map(withRustName));
        continue;
      }
      const name = await this.symbolAt(files, address);
      if (name !== undefined) mangled.set(address, name);
      else into.set(address, []);
    }
    const plain = await this.demangled([...new Set(mangled.values())], cancel);
    for (const [address, name] of mangled) into.set(address, [withRustName({ function: plain.get(name) ?? name })]);
    return into;
  }

  private async symbolAt(files: readonly (SymbolFile | undefined)[], address: number): Promise<string | undefined> {
    for (const file of new Set(files)) {
      if (file === undefined) continue;
      let names = this.symbols.get(file.key);
      if (names === undefined) {
        names = ElfNames.read(rangesOf(file.site, file.path), file.elf);
        this.symbols.set(file.key, names);
      }
      const name = (await names)?.at(address);
      if (name !== undefined) return name;
    }
    return undefined;
  }

  private async demangled(names: readonly string[], cancel: Cancel): Promise<ReadonlyMap<string, string>> {
    const wanted = names.filter((name) => /^_[RZ][\w$.]*$/.test(name));
    const { demangler } = wanted.length === 0 ? {} : await this.toolsOf(this.host, cancel);
    if (demangler === undefined) return new Map();
    const ran = await this.host.capture(
      { argv: [demangler], env: QUIET },
      { cancel, stdin: `${wanted.join('\n')}\n`, timeLimitMs: 30_000, maxBytes: 256 << 20 },
    );
    const plain = ran.ok && ran.value.exitCode === 0 ? ran.value.stdout.split('\n') : [];
    return plain.length < wanted.length
      ? new Map()
      : new Map(wanted.map((name, at) => [name, withoutHashes(name, plain[at] || name)]));
  }

  private keep(key: string, table: SymbolTable): void {
    this.tables.delete(key);
    this.tables.set(key, table);
    let count = 0;
    for (const { size } of this.tables.values()) count += size;
    for (const [oldest, { size }] of this.tables) {
      if (count <= MOST_KEPT || oldest === key) break;
      this.tables.delete(oldest);
      this.symbols.delete(oldest);
      count -= size;
    }
  }
}

/** `mycrate[3c1c0]::foo`: which of the crates of that name, in Rust's newer mangling. */
const withoutHashes = (mangled: string, plain: string): string =>
  mangled.startsWith('_R') ? plain.replace(/(\w)\[[0-9a-f]+\]/g, '$1') : plain;

function withRustName(frame: SymbolFrame): SymbolFrame {
  if (frame.function === undefined) return frame;
  const name = rustName(frame.function);
  return name === frame.function ? frame : { ...frame, function: name };
}
