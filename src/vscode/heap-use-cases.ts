import type { Unpackers } from '../app/heap/open-heap.js';
import type { Log, Target } from '../app/ports.js';
import { SourceLocator } from '../app/source-locator.js';
import { Symbolizer, type SymbolSettings } from '../app/symbols/symbolizer.js';
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
      if (symbolizer === undefined) return profile;
      const facts = await local.stat(path);
      const takenMs = profile.at ?? (facts.ok ? facts.value.modifiedMs : undefined);
      const done = await symbolizer.symbolizeProfile(profile, takenMs === undefined ? {} : { takenMs }, cancel);
      for (const { text } of done.notes) symbols?.log.info(`${path}: ${text}`);
      return done.profile;
    },
    locator() {
      const { workspaceFolders, sourcePathMap } = sources();
      return new SourceLocator(local, { workspaceFolders, mappings: sourcePathMap, baseDirectories: workspaceFolders });
    },
  };
}
