import type { Unpackers } from '../app/heap/open-heap.js';
import type { Target } from '../app/ports.js';
import { SourceLocator } from '../app/source-locator.js';
import type { PathMapping } from '../model/run-config.js';
import type { HeapServices } from './heap-services.js';

export interface HeapParts extends Pick<HeapServices, 'epochMs' | 'writeText' | 'writePacked'> {
  /** This machine. */
  readonly local: Target;
  readonly unpackers: Unpackers;
  readonly sources: () => { readonly workspaceFolders: readonly string[]; readonly sourcePathMap: readonly PathMapping[] };
}

/** Heap profiles of files of this machine, and their sources. */
export function createHeap({ local, sources, ...parts }: HeapParts): HeapServices {
  return {
    ...parts,
    readChunks: (path) => local.readChunks(path),
    async sizeOf(path) {
      const facts = await local.stat(path);
      return facts.ok ? facts.value.size : undefined;
    },
    locator() {
      const { workspaceFolders, sourcePathMap } = sources();
      return new SourceLocator(local, { workspaceFolders, mappings: sourcePathMap, baseDirectories: workspaceFolders });
    },
  };
}
