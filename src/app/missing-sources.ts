import { directoryName, joinPath } from '../base/path.js';
import type { PathMapping } from '../model/run-config.js';
import type { Target } from './ports.js';

/** More files than these do not change the answer. */
const MAX_TRIED = 50;

/**
 * The directory to ask for when these files of a report are not here, such as `/build/x`: what most of them have in common.
 * undefined without files.
 */
export function missingRoot(files: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const file of files) {
    const directory = directoryName(file);
    counts.set(directory, (counts.get(directory) ?? 0) + 1);
  }
  const [first, ...others] = [...counts].sort((a, b) => b[1] - a[1]).map(([directory]) => directory);
  if (first === undefined) return undefined;
  let root = first;
  for (const directory of others) {
    const common = commonDirectory(root, directory);
    // `/home` or `/usr` is the root of no project, unless sources stand in it.
    if (depth(common) >= 2 || common === root || counts.has(common)) root = common === '/' ? root : common;
  }
  return root;
}

/**
 * The mapping by which most of the files are in `folder`: it may be the asked directory itself, one above it or one below it.
 * undefined when none of them is.
 */
export async function fitFolder(target: Target, files: readonly string[], folder: string): Promise<PathMapping | undefined> {
  const found = new Map<string, number>();
  for (const file of files.slice(0, MAX_TRIED)) {
    for (let from = directoryName(file); ; from = directoryName(from)) {
      const facts = await target.stat(joinPath(folder, file.slice(from === '/' ? 1 : from.length + 1)));
      if (facts.ok && facts.value.kind === 'file') found.set(from, (found.get(from) ?? 0) + 1);
      if (from === '/') break;
    }
  }
  // Of several that fit as well, the one that keeps most of the path proves most.
  const best = [...found].sort((a, b) => b[1] - a[1] || depth(a[0]) - depth(b[0]))[0];
  return best === undefined ? undefined : { from: best[0], to: folder };
}

function commonDirectory(a: string, b: string): string {
  const [left, right] = [a.split('/'), b.split('/')];
  let n = 0;
  while (n < left.length && n < right.length && left[n] === right[n]) n++;
  return left.slice(0, n).join('/') || '/';
}

const depth = (directory: string): number => directory.split('/').filter((part) => part !== '').length;
