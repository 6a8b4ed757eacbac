import { joinPath, normalisePath, relativeTo } from '../base/path.js';
import type { PathMapping } from '../model/run-config.js';

/**
 * Where a path of a report is on this machine: the mapping with the longest `from` that is a prefix of whole components.
 * undefined when no mapping fits.
 */
export function mapPath(path: string, mappings: readonly PathMapping[]): string | undefined {
  let best: { readonly length: number; readonly path: string } | undefined;
  for (const { from, to } of mappings) {
    if (from === '') continue;
    const rest = relativeTo(from, path);
    const length = normalisePath(from).length;
    if (rest !== undefined && (best === undefined || length > best.length)) best = { length, path: joinPath(to, rest) };
  }
  return best?.path;
}
