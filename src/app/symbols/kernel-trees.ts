import type { Cancel } from '../../base/cancel.js';
import { baseName } from '../../base/path.js';
import type { Target } from '../ports.js';
import { isPacked } from './packed-module.js';

/** A built kernel has some 6,000 folders. */
const MOST_FOLDERS = 10_000;
const MOST_NAMES = 400_000;
/** Names that may be folders, outside of a kernel's tree. */
const MOST_ASKED = 40_000;
const DEEPEST = 16;
/** Builds of one module that are looked at. */
const MOST_FILES = 16;
/** No folders, so that their kind need not be asked for. */
const FILES =
  /\.(?:[acdhoSsyl]|ko|cmd|rst|txt|yaml|json|dtsi?|dtb|py|sh|pl|mod|order|symvers|builtin|rs|cc|cpp|md|lst|conf|config|log|in|dtso|uc|awk|tbl|so|xz|gz|zst)$|^(?:Makefile|Kbuild|Kconfig|README|TODO|COPYING|OWNERS|LICENSE|MAINTAINERS|CREDITS|System\.map)/;
const SKIPPED = new Set(['.git', '.hg', '.svn', 'node_modules', '.cache', '.venv', 'Documentation']);
/** Of these some never end. */
const NO_TREES = /^\/(?:proc|sys|dev|run)$/;
const KERNEL = /^vmlinux(?:$|-\d|\.debug$|\.(?:gz|xz|zst)$)/;

/** The kernel prints `_` for the `-` in the name of a file. */
const moduleName = (file: string): string | undefined =>
  /^(.+)\.ko(?:\.debug)?(?:\.(?:gz|xz|zst))?$/.exec(file)?.[1]?.replaceAll('-', '_');

const isFolderName = (name: string, path: string): boolean => !SKIPPED.has(name) && !FILES.test(name) && !NO_TREES.test(path);

/** What a file is by its name: a module's, '' for the kernel itself. */
function kernelFileOf(name: string): string | undefined {
  return KERNEL.test(name) ? '' : moduleName(name);
}

/**
 * Files with code of a kernel below this folder, nearest first and packed ones last, by module ('' is the kernel itself); `place` may name a file, too: any that is no module is a kernel. Bounded: in a
 * tree without end what lies deepest is not found.
 */
export async function findKernelFiles(
  host: Target,
  place: string,
  wanted: ReadonlySet<string>,
  cancel: Cancel,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  const known = new Set<string>();
  const add = async (module: string, path: string): Promise<void> => {
    const paths = found.get(module) ?? [];
    if (!wanted.has(module) || paths.length >= MOST_FILES) return;
    // Of a tree that is installed a link leads back to where it was built.
    const real = await host.realPath(path);
    const one = real.ok ? real.value : path;
    if (known.has(one)) return;
    known.add(one);
    found.set(module, [...paths, one]);
  };
  const queue: { readonly path: string; readonly depth: number }[] = [];
  const facts = await host.stat(place);
  if (facts.ok && facts.value.kind === 'directory') queue.push({ path: place, depth: 0 });
  else if (facts.ok && facts.value.kind === 'file') await add(moduleName(baseName(place)) ?? '', place);
  let names = 0;
  let asked = 0;
  for (
    let at = 0;
    at < queue.length && at < MOST_FOLDERS && names < MOST_NAMES && asked < MOST_ASKED && !cancel.requested;
    at++
  ) {
    const { path, depth } = queue[at]!;
    const listed = await host.list(path);
    for (const name of listed.ok ? listed.value : []) {
      if (++names > MOST_NAMES) break;
      const full = `${path.replace(/\/$/, '')}/${name}`;
      const module = kernelFileOf(name);
      if (module !== undefined && wanted.has(module)) await add(module, full);
      else if (depth < DEEPEST && module === undefined && isFolderName(name, full)) {
        asked++;
        const facts = await host.stat(full);
        if (facts.ok && facts.value.kind === 'directory') queue.push({ path: full, depth: depth + 1 });
      }
    }
  }
  for (const [module, paths] of found) found.set(module, [...paths.filter((path) => !isPacked(path)), ...paths.filter(isPacked)]);
  return found;
}
