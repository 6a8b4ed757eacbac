import type { Unpackers } from '../app/packed-file.js';
import type { Log, Target } from '../app/ports.js';
import { SourceLocator } from '../app/source-locator.js';
import { Symbolizer, type SymbolSettings } from '../app/symbols/symbolizer.js';
import { withoutCalls } from '../insight/heap/expand-frames.js';
import type { PathMapping } from '../model/run-config.js';
import type { HeapServices } from './heap-services.js';

export interface HeapParts extends Pick<HeapServices, 'epochMs' | 'writeText' | 'writePacked'> {
  /** This machine. */
  readonly local: Target;
  readonly unpackers: Unpackers;
  /** Absent: frames keep what the file says. */
  readonly symbols?: { readonly settings: () => SymbolSettings; readonly log: Log };
  readonly sources: () => { readonly workspaceFolders: readonly string[]; readonly sourcePathMap: readonly PathMapping[] };
}

/** Heap profiles of files of this machine, and their sources. */
export function createHeap({ local, sources, symbols, ...parts }: HeapParts): HeapServices {
  const symbolizer = symbols === undefined ? undefined : new Symbolizer({ host: local, ...symbols });
  return {
    ...parts,
    readChunks: (path) => local.readChunks(path),
    async sizeOf(path) {
      const facts = await local.stat(path);
      return facts.ok ? facts.value.size : undefined;
    },
    async named(profile, path, cancel) {
      if (symbolizer === undefined) return withoutCalls(profile);
      const facts = await local.stat(path);
      const takenMs = profile.at ?? (facts.ok ? facts.value.modifiedMs : undefined);
      const done = await symbolizer.symbolizeProfile(profile, takenMs === undefined ? {} : { takenMs }, cancel);
      for (const { text } of done.notes) symbols?.log.info(`${path}: ${text}`);
      return done.profile;
    },
    locator() {
      const { workspaceFolders, sourcePathMap } = sources();
      // A kernel names its files relative to its tree.
      const baseDirectories = [...new Set([...workspaceFolders, ...(symbols?.settings().kernelTrees ?? [])])];
      return new SourceLocator(local, { workspaceFolders, mappings: sourcePathMap, baseDirectories });
    },
  };
}
