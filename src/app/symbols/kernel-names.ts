import type { Cancel } from '../../base/cancel.js';
import { baseName } from '../../base/path.js';
import { visibleText } from '../../base/visible-text.js';
import { callAddress, type FunctionPlace, findFunctions } from '../../formats/kernel-functions.js';
import type { Note } from '../../model/finding.js';
import type { Log, Target } from '../ports.js';
import { rangesOf, type SymbolFile } from './elf-reader.js';
import { callKey, type KernelCall } from './kernel-call.js';
import { findKernelFiles } from './kernel-trees.js';
import { lookUp } from './look-up.js';
import type { ModuleFinder, ModulePlace } from './module-files.js';
import { isPacked, type UnpackedFile, unpackedName, unpackFile } from './packed-module.js';
import type { SymbolFrame } from './symbol-frame.js';
import { type SymbolTool, type SymbolTools, toolsFor } from './symbol-tools.js';

/** By `callKey`: the frames of a call, innermost first. */
export type KernelFrames = ReadonlyMap<string, readonly SymbolFrame[]>;

interface Ports {
  readonly host: Target;
  readonly log: Log;
  readonly finder: ModuleFinder;
  readonly tools: (cancel: Cancel) => Promise<SymbolTools>;
}

interface Wanted {
  /** Folders and files of this machine. */
  readonly trees: readonly string[];
  readonly debugDirectories: readonly ModulePlace[];
  readonly cancel: Cancel;
}

/** A file with debug information whose functions have the sizes that the calls tell. */
interface Fitting {
  /** As it lies in the tree, packed or not. */
  readonly path: string;
  readonly file: SymbolFile;
  readonly places: readonly FunctionPlace[];
  readonly found: number;
}

interface Looked {
  readonly best: Fitting | undefined;
  /** Of another build: the path, and a function that says so where it is not the build-id. */
  readonly others: readonly { readonly path: string; readonly name?: string }[];
  /** Without debug information. */
  readonly bare: readonly string[];
  /** Packed, with words about why they could not be unpacked. */
  readonly closed: readonly string[];
  readonly unpacked: readonly UnpackedFile[];
}

const MOST_NAMED = 3;
/** Sections of a module that is built with one for each function; each is a process of the tool. */
const MOST_SECTIONS = 512;

/** Lines of calls in a kernel and its modules. No address is needed: the function is found by its name, and its size tells whether the file is of the same build. */
export class KernelNames {
  constructor(private readonly ports: Ports) {}

  async framesOf(calls: readonly KernelCall[], wanted: Wanted, notes: Note[]): Promise<KernelFrames> {
    const byModule = new Map<string, Map<string, KernelCall>>();
    for (const call of calls) {
      const some = byModule.get(call.module) ?? new Map<string, KernelCall>();
      byModule.set(call.module, some.set(callKey(call), call));
    }
    const frames = new Map<string, readonly SymbolFrame[]>();
    const seen = new Map<string, Looked>();
    for (const tree of wanted.trees) {
      if (byModule.size === 0 || wanted.cancel.requested) break;
      const files = await findKernelFiles(this.ports.host, tree, new Set(byModule.keys()), wanted.cancel);
      for (const [module, paths] of files) {
        const ofModule = [...(byModule.get(module)?.values() ?? [])];
        const looked = await this.look(paths, ofModule, wanted);
        const { others = [], bare = [], closed = [] } = seen.get(module) ?? {};
        seen.set(module, {
          ...looked,
          others: [...others, ...looked.others],
          bare: [...bare, ...looked.bare],
          closed: [...closed, ...looked.closed],
        });
        try {
          if (looked.best === undefined) continue;
          byModule.delete(module);
          await this.ask(looked.best, ofModule, frames, notes, wanted.cancel);
        } finally {
          for (const file of looked.unpacked) await file.remove();
        }
      }
    }
    for (const [module, looked] of seen) tell(module, looked, notes);
    return frames;
  }

  private async look(paths: readonly string[], calls: readonly KernelCall[], wanted: Wanted): Promise<Looked> {
    const others: { path: string; name?: string }[] = [];
    const bare: string[] = [];
    const closed: string[] = [];
    const unpacked: UnpackedFile[] = [];
    const isCancelled = (): boolean => wanted.cancel.requested;
    let best: Fitting | undefined;
    const ids = new Set(calls.flatMap(({ buildId }) => (buildId === undefined ? [] : [buildId])));
    const [buildId] = ids.size === 1 ? ids : [];
    for (const path of paths) {
      if (wanted.cancel.requested) break;
      const { host, finder } = this.ports;
      let place = path;
      if (isPacked(path)) {
        // Packed ones come last: where all is known already it is not worth the time.
        if (best !== undefined) break;
        const opened = await unpackFile(host, path, wanted.cancel);
        if (!opened.ok) {
          if (!isCancelled()) closed.push(`${visibleText(path)} ${opened.error}`);
          continue;
        }
        unpacked.push(opened.value);
        place = opened.value.path;
      }
      const files = await finder.find(
        {
          path: isPacked(path) ? unpackedName(path) : path,
          places: [{ site: host, path: place }],
          debugDirectories: wanted.debugDirectories,
          ...(buildId === undefined ? {} : { buildId }),
        },
        wanted.cancel,
      );
      const file = files.debug ?? files.image;
      if (file === undefined) {
        if (files.refused.length > 0) others.push({ path });
        continue;
      }
      const places = await findFunctions(rangesOf(file.site, file.path), calls);
      const other = places.findIndex((place) => place.kind === 'other-size' && place.isSure);
      const found = places.filter(({ kind }) => kind === 'found').length;
      if (other >= 0) others.push({ path, name: calls[other]!.name });
      else if (files.debug === undefined) bare.push(path);
      else if (found > (best?.found ?? 0)) best = { path, file, places, found };
    }
    return { best, others, bare, closed, unpacked };
  }

  private async ask(
    { path: shown, file, places }: Fitting,
    calls: readonly KernelCall[],
    frames: Map<string, readonly SymbolFrame[]>,
    notes: Note[],
    cancel: Cancel,
  ): Promise<void> {
    const sections = new Map<string | undefined, Map<bigint, KernelCall[]>>();
    for (const [at, place] of places.entries()) {
      if (place.kind !== 'found') continue;
      const section = sections.get(place.section) ?? new Map<bigint, KernelCall[]>();
      if (section.size === 0 && sections.size >= MOST_SECTIONS) continue;
      const address = callAddress(place, calls[at]!.offset);
      section.set(address, [...(section.get(address) ?? []), calls[at]!]);
      sections.set(place.section, section);
    }
    const { elf, path } = file;
    const all = toolsFor(await this.ports.tools(cancel), elf.machine, elf.altLink !== undefined);
    // In a file that is not linked all sections begin at 0, and llvm-symbolizer can't be told which one is meant.
    const tools = sections.has(undefined) ? all : all.filter(({ kind }) => kind !== 'llvm-symbolizer');
    if (tools.length === 0) {
      notes.push({
        severity: 'warning',
        code: 'no-symbolizer',
        text: `Lines of ${visibleText(baseName(shown))} are not known: this machine has no ${sections.has(undefined) ? 'llvm-symbolizer, addr2line' : 'addr2line'} or eu-addr2line. Install binutils or elfutils.`,
      });
      return;
    }
    let failed = 0;
    for (const [section, addresses] of sections) {
      if (cancel.requested) return;
      const left = await this.askSection(
        tools,
        { path, ...(section === undefined ? {} : { section }) },
        addresses,
        frames,
        cancel,
      );
      failed += left;
    }
    if (failed > 0 && !cancel.requested) {
      notes.push({
        severity: 'warning',
        code: 'symbols-failed',
        text: `${failed} calls in ${visibleText(baseName(shown))} have no line: ${tools.map((tool) => baseName(tool.path)).join(', ')} told none for ${visibleText(shown)}; see the log.`,
      });
    }
  }

  /** How many got no line. */
  private async askSection(
    tools: readonly SymbolTool[],
    file: { readonly path: string; readonly section?: string },
    addresses: ReadonlyMap<bigint, readonly KernelCall[]>,
    frames: Map<string, readonly SymbolFrame[]>,
    cancel: Cancel,
  ): Promise<number> {
    let left = [...addresses.keys()].sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));
    for (const tool of tools) {
      if (left.length === 0 || cancel.requested) break;
      const { table, failure } = await lookUp(this.ports.host, tool, file, left, cancel);
      if (failure !== undefined) this.ports.log.warn(`${tool.path} on ${file.path}: ${failure}`);
      for (const [address, symbols] of table) {
        if (!symbols.some((symbol) => symbol.file !== undefined && symbol.line !== undefined)) continue;
        for (const call of addresses.get(address) ?? []) frames.set(callKey(call), named(symbols, call));
      }
      left = left.filter((address) => !(addresses.get(address) ?? []).some((call) => frames.has(callKey(call))));
    }
    return left.length;
  }
}

/** The function keeps the name that the kernel gave it; before it stands what was inlined into it. */
const named = (symbols: readonly SymbolFrame[], { name }: KernelCall): readonly SymbolFrame[] =>
  symbols.map((symbol, at) => (at < symbols.length - 1 ? symbol : { ...symbol, function: name }));

function tell(module: string, { best, others, bare, closed }: Looked, notes: Note[]): void {
  if (best !== undefined) return;
  const what = module === '' ? 'the kernel' : `the module ${visibleText(module)}`;
  const list = (paths: readonly string[]): string =>
    `${paths.slice(0, MOST_NAMED).map(visibleText).join(', ')}${paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : ''}`;
  if (others.length > 0) {
    const name = others.find((other) => other.name !== undefined)?.name;
    notes.push({
      severity: 'warning',
      code: 'kernel-other-build',
      text: `Lines of ${what} are not told: ${list(others.map(({ path }) => path))} is of another build${name === undefined ? ' (its build-id is another one)' : ` (its ${visibleText(name)} has another size)`}. Use the file that was running then.`,
    });
  } else if (bare.length > 0) {
    notes.push({
      severity: 'warning',
      code: 'kernel-no-debug-info',
      text: `Lines of ${what} are not told: ${list(bare)} has no debug information. Build it with CONFIG_DEBUG_INFO, or name the folder of its debug files in memlens.symbols.debugDirectories (--debug-dir).`,
    });
  } else if (closed.length > 0) {
    notes.push({
      severity: 'warning',
      code: 'kernel-packed',
      text: `Lines of ${what} are not told: ${closed.slice(0, MOST_NAMED).join('; ')}${closed.length > MOST_NAMED ? `; and ${closed.length - MOST_NAMED} more` : ''}.`,
    });
  }
}
