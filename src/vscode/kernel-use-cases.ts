import { openHeapProfile } from '../app/heap/open-heap.js';
import { clearKmemleak, mountDebugfs, scanKmemleak, unmountDebugfs } from '../app/kmemleak/commands.js';
import { readKmemleak, readReported } from '../app/kmemleak/read.js';
import { readKmemleakState } from '../app/kmemleak/state.js';
import type { Unpackers } from '../app/packed-file.js';
import type { Clock, Log, Target } from '../app/ports.js';
import { SourceLocator } from '../app/source-locator.js';
import { Symbolizer, type SymbolSettings } from '../app/symbols/symbolizer.js';
import { listKernelSources } from '../app/system/kernel-allocations.js';
import { readAsRoot } from '../app/system/root-command.js';
import type { RootAccess } from '../app/system/root-script.js';
import { chunksAsRoot } from '../app/system/root-stream.js';
import { err, ok } from '../base/result.js';
import type { PathMapping } from '../model/run-config.js';
import type { NamedTarget } from '../model/target-config.js';
import type { KernelServices } from './kernel-services.js';

export interface KernelParts {
  /** This machine: its sources and debug information. */
  readonly host: Target;
  readonly clock: Clock;
  readonly log: Log;
  readonly openTarget: (named: NamedTarget) => Target;
  readonly rootCommand: () => readonly string[];
  readonly unpackers: Unpackers;
  readonly symbols: () => SymbolSettings;
  readonly sources: () => { readonly workspaceFolders: readonly string[]; readonly sourcePathMap: readonly PathMapping[] };
}

/** The kernels of targets, with the names and sources that are on this machine. */
export function createKernel({
  host,
  clock,
  log,
  openTarget,
  rootCommand,
  unpackers,
  symbols: settings,
  sources,
}: KernelParts): KernelServices {
  const symbols = new Symbolizer({ host, log, settings });
  const access = (named: NamedTarget): RootAccess => ({ target: openTarget(named), rootCommand: rootCommand() });
  const originOf = ({ config, sysroot }: NamedTarget) =>
    config.kind === 'local' ? {} : { isForeign: true as const, ...(sysroot === undefined ? {} : { sysroot }) };
  const reading = (named: NamedTarget) => {
    const { workspaceFolders, sourcePathMap: mappings } = sources();
    // A kernel names its files relative to its tree.
    const baseDirectories = [...new Set([...workspaceFolders, ...(settings().kernelTrees ?? [])])];
    const locator = new SourceLocator(host, { workspaceFolders, mappings, baseDirectories });
    return { clock, locator, names: { symbols, origin: originOf(named) } };
  };
  return {
    state: (named, cancel) => readKmemleakState(access(named), cancel),
    async scan(named, work) {
      const scanned = await scanKmemleak(access(named), { ...work, clock, clearFirst: false });
      return scanned.ok ? readReported(access(named), scanned.value, { ...work, ...reading(named) }) : scanned;
    },
    read: (named, work) => readKmemleak(access(named), { ...work, ...reading(named) }),
    clear: (named, work) => clearKmemleak(access(named), { ...work, clock }),
    mount: (named, state, cancel) => mountDebugfs(access(named), state, cancel),
    unmount: (named, state, cancel) => unmountDebugfs(access(named), state, cancel),
    sources: (named, cancel) => listKernelSources(access(named), cancel),
    async profile(named, { path }, { cancel, onBytes }) {
      const isCancelled = (): boolean => cancel.requested;
      async function* counted(): AsyncGenerator<Uint8Array> {
        let bytes = 0;
        for await (const chunk of chunksAsRoot(access(named), path, { clock, cancel })) {
          bytes += chunk.length;
          onBytes?.(bytes);
          yield chunk;
        }
      }
      const opened = await openHeapProfile(counted(), path, unpackers);
      if (isCancelled()) return err({ code: 'cancelled' });
      if (!opened.ok) return opened;
      const done = await symbols.symbolizeProfile(opened.value, originOf(named), cancel);
      for (const { text } of done.notes) log.info(`${path}: ${text}`);
      return isCancelled() ? err({ code: 'cancelled' }) : ok(done.profile);
    },
    text: (named, { path }, cancel) => readAsRoot(access(named), path, cancel),
  };
}
