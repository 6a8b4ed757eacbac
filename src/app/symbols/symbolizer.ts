import type { Cancel } from '../../base/cancel.js';
import { linkedAddress } from '../../formats/elf-debug.js';
import { expandFrames, type NamedFrame, withoutCalls } from '../../insight/heap/expand-frames.js';
import type { Finding, Note } from '../../model/finding.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import { sameProcess } from '../map/same-process.js';
import type { Log, Target } from '../ports.js';
import { ElfReader } from './elf-reader.js';
import { buildIdsOf, completedFindings, wantedOffsets, withKernelLines } from './finding-frames.js';
import { callKey, callOf, type KernelCall, kernelCall } from './kernel-call.js';
import { type KernelFrames, KernelNames } from './kernel-names.js';
import { type ModuleFiles, ModuleFinder } from './module-files.js';
import { ModuleNames } from './module-names.js';
import type { ProcessSpace, SpaceModule } from './process-space.js';
import { namesFor, profileCalls, wantedAddresses } from './profile-frames.js';
import type { SymbolTable } from './symbol-frame.js';
import { moduleNotes } from './symbol-notes.js';
import type { SymbolOrigin } from './symbol-origin.js';
import type { SymbolTools } from './symbol-tools.js';
import { wantedModule } from './wanted-module.js';

export interface SymbolSettings {
  /** Folders of this machine as /usr/lib/debug is one; they are asked before it. */
  readonly debugDirectories: readonly string[];
  /** `allowed`: what is nowhere here may be asked for from the servers of DEBUGINFOD_URLS. */
  readonly debuginfod: 'off' | 'allowed';
  /** Folders of this machine in which `vmlinux` and modules are looked for, or these files; none: calls in a kernel get no lines. */
  readonly kernelTrees?: readonly string[];
}

export const USUAL_SYMBOLS: SymbolSettings = { debugDirectories: [], debuginfod: 'off' };

interface SymbolPorts {
  /** This machine, where tools and debug files are. */
  readonly host: Target;
  readonly log: Log;
  readonly settings: () => SymbolSettings;
}

/** Addresses become functions, files, lines, columns and inlined frames. One for all engines; what was found is kept. */
export class Symbolizer {
  private readonly reader = new ElfReader();
  private readonly names: ModuleNames;
  private readonly finder: ModuleFinder;
  private readonly kernel: KernelNames;

  constructor(private readonly ports: SymbolPorts) {
    this.names = new ModuleNames(ports.host, ports.log);
    this.finder = new ModuleFinder(this.reader, ports.host, async (cancel) =>
      ports.settings().debuginfod === 'allowed' ? (await this.names.toolsOf(ports.host, cancel)).debuginfodFind : undefined,
    );
    const tools = (cancel: Cancel): Promise<SymbolTools> => this.names.toolsOf(ports.host, cancel);
    this.kernel = new KernelNames({ host: ports.host, log: ports.log, finder: this.finder, tools });
  }

  /** Names for frames that have addresses only, inlined frames in between. Values stay where they were. */
  async symbolizeProfile(
    profile: HeapProfile,
    origin: SymbolOrigin,
    cancel: Cancel,
  ): Promise<{ readonly profile: HeapProfile; readonly notes: readonly Note[] }> {
    const notes: Note[] = [];
    const names: (readonly NamedFrame[] | undefined)[] = new Array(profile.frames.length).fill(undefined);
    const modules = wantedAddresses(profile, origin.space);
    await this.each(modules, origin, notes, cancel, async (module, files) => {
      const linked = module.addresses.map(({ value, form }) => (form === 'linked' ? value : linkedAddress(value, files.loads)));
      const table = await this.ask(module.path, files, linked, notes, cancel);
      for (const [at, { frame }] of module.addresses.entries()) {
        const address = linked[at];
        names[frame] = address === undefined ? undefined : namesFor(profile, frame, table.get(address));
      }
    });
    const calls = profileCalls(profile);
    const frames = await this.kernelFrames([...calls.values()], notes, cancel);
    for (const [frame, call] of calls) names[frame] ??= frames.get(callKey(call));
    return {
      profile: names.some((found) => found !== undefined) ? expandFrames(profile, names) : withoutCalls(profile),
      notes,
    };
  }

  /** Adds what an engine did not say; never replaces what it said. */
  async symbolizeFindings(
    findings: readonly Finding[],
    origin: SymbolOrigin,
    cancel: Cancel,
  ): Promise<{ readonly findings: readonly Finding[]; readonly notes: readonly Note[] }> {
    const notes: Note[] = [];
    const calls = findings.flatMap(({ stacks }) =>
      stacks.flatMap(({ frames }) => frames.flatMap((frame) => callOf(frame) ?? [])),
    );
    const kernel = await this.kernelFrames(calls, notes, cancel);
    const named = kernel.size === 0 ? findings : withKernelLines(findings, kernel);
    const done = await this.symbolizeModules(named, origin, notes, cancel);
    // A run tells by itself of what has no debug information.
    return { findings: done, notes: notes.filter(({ severity }) => severity === 'warning') };
  }

  /** Where callers are in the sources (`mm/a.c:12`), of a table of a kernel that names them as `leak_kmalloc+0x21/0x5c`. */
  async placesOfCallers<Caller extends { readonly caller: string; readonly module?: string }>(
    callers: readonly Caller[],
    cancel: Cancel,
  ): Promise<{ readonly places: ReadonlyMap<Caller, string>; readonly notes: readonly Note[] }> {
    const notes: Note[] = [];
    const calls = new Map<Caller, KernelCall>();
    for (const one of callers) {
      const cut = one.caller.indexOf('+');
      const call = cut < 0 ? undefined : kernelCall(one.caller.slice(0, cut), one.caller.slice(cut + 1), one.module ?? '');
      if (call !== undefined) calls.set(one, call);
    }
    const frames = await this.kernelFrames([...calls.values()], notes, cancel);
    const places = new Map<Caller, string>();
    for (const [one, call] of calls) {
      const last = frames.get(callKey(call))?.at(-1);
      if (last?.file !== undefined && last.line !== undefined) places.set(one, `${last.file}:${last.line}`);
    }
    return { places, notes: notes.filter(({ severity }) => severity === 'warning') };
  }

  private async symbolizeModules(
    findings: readonly Finding[],
    origin: SymbolOrigin,
    notes: Note[],
    cancel: Cancel,
  ): Promise<readonly Finding[]> {
    // Columns are worth a look only where a tool tells them.
    if (wantedOffsets(findings, true).size === 0) return findings;
    const tools = await this.names.toolsOf(this.ports.host, cancel);
    const wanted = wantedOffsets(
      findings,
      tools.lookups.some(({ kind }) => kind !== 'addr2line'),
    );
    if (wanted.size === 0) return findings;
    const tables = new Map<string, SymbolTable>();
    const buildIds = buildIdsOf(findings);
    const modules = [...wanted].flatMap(([path, offsets]) => {
      const told = origin.space?.modules.filter((module) => module.path === path) ?? [];
      const [buildId, ...others] = buildIds.get(path) ?? [];
      // Two of that name were mapped: it can't be told which one a frame is of.
      if (told.length > 1 || others.length > 0) return [];
      return [
        {
          path,
          offsets: [...offsets],
          ...(told[0] === undefined ? {} : { told: told[0] }),
          ...(buildId === undefined ? {} : { buildId }),
        },
      ];
    });
    await this.each(modules, origin, notes, cancel, async ({ path, offsets }, files) => {
      tables.set(path, await this.ask(path, files, offsets, notes, cancel));
    });
    return completedFindings(findings, (module, offset) => tables.get(module)?.get(offset));
  }

  private kernelFrames(calls: readonly KernelCall[], notes: Note[], cancel: Cancel): Promise<KernelFrames> {
    const { host, settings } = this.ports;
    const { kernelTrees: trees = [], debugDirectories } = settings();
    const folders = [...debugDirectories, '/usr/lib/debug'].map((path) => ({ site: host, path }));
    return this.kernel.framesOf(calls, { trees, debugDirectories: folders, cancel }, notes);
  }

  private async each<M extends { readonly path: string; readonly told?: SpaceModule; readonly buildId?: string }>(
    modules: readonly M[],
    origin: SymbolOrigin,
    notes: Note[],
    cancel: Cancel,
    action: (module: M, files: ModuleFiles) => Promise<void>,
  ): Promise<void> {
    const { host, settings } = this.ports;
    const { space, target = host } = origin;
    const isAlive = space === undefined || modules.length === 0 || (await isSame(target, space));
    const from = { host, reader: this.reader, debugDirectories: settings().debugDirectories, isAlive };
    const found: { readonly path: string; readonly files: ModuleFiles; readonly told?: SpaceModule }[] = [];
    for (const module of modules) {
      if (cancel.requested) return;
      const files = await this.finder.find(await wantedModule(from, module.path, module.told, origin, module.buildId), cancel);
      found.push({ path: module.path, files, ...(module.told === undefined ? {} : { told: module.told }) });
      await action(module, files);
    }
    notes.push(...moduleNotes(found));
  }

  private ask(
    module: string,
    files: ModuleFiles,
    addresses: readonly (number | undefined)[],
    notes: Note[],
    cancel: Cancel,
  ): Promise<SymbolTable> {
    const known = addresses.filter((address) => address !== undefined);
    return known.length === 0 ? Promise.resolve(new Map()) : this.names.namesOf(module, files, known, notes, cancel);
  }
}

async function isSame(target: Target, { pid, startTicks }: ProcessSpace): Promise<boolean> {
  return startTicks !== undefined && (await sameProcess(target, { pid, startTicks })).ok;
}
