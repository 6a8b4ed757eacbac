import { normalisePath, relativeTo } from '../base/path.js';
import { mapPath } from '../findings/path-map.js';
import type { Locate, Located } from '../findings/place.js';
import type { Finding, Note } from '../model/finding.js';
import type { PathMapping } from '../model/run-config.js';
import type { Frame } from '../model/stack.js';
import type { Target } from './ports.js';

export interface SourceRoots {
  /** Files in these are the user's own. */
  readonly workspaceFolders: readonly string[];
  readonly mappings: readonly PathMapping[];
  /** Where a relative path of the report may start: the working directory, the build's directory. */
  readonly baseDirectories: readonly string[];
}

/** Directories that hold no sources of the user, or far too many files. */
const SKIPPED = new Set(['.git', '.hg', '.svn', 'node_modules', '.cache', '.venv', '__pycache__']);
const MAX_FILES = 20_000;
const MAX_DEPTH = 24;

/** Finds the files of reports' frames on this machine, each spelling once. One serves a whole batch. */
export class SourceLocator {
  private readonly known = new Map<string, Located | undefined>();
  private index: Promise<ReadonlyMap<string, readonly string[]>> | undefined;
  /** The folders hold more than is looked through, as the tree of a kernel does. */
  private isCut = false;
  private readonly ambiguous = new Map<string, readonly string[]>();

  constructor(
    private readonly target: Target,
    private readonly roots: SourceRoots,
  ) {}

  /** Looks all files up, so that placing can ask without waiting. */
  async prepare(findings: readonly Finding[]): Promise<Locate> {
    for (const file of filesOf(findings)) if (!this.known.has(file)) this.known.set(file, await this.find(file));
    return (file: string, _frame: Frame) => this.known.get(file);
  }

  /** One file by itself; undefined: it is not here, or it is not told which it is. */
  async fileOf(file: string): Promise<Located | undefined> {
    if (!this.known.has(file)) this.known.set(file, await this.find(file));
    return this.known.get(file);
  }

  /** Whether this spelling led to a file here. */
  isKnown(file: string): boolean {
    return this.known.get(file) !== undefined;
  }

  /** Names in these findings that fit several files: no place was chosen for them. */
  notes(findings: readonly Finding[]): readonly Note[] {
    if (this.ambiguous.size === 0) return [];
    return [...filesOf(findings)].flatMap((file) => {
      const candidates = this.ambiguous.get(file);
      if (candidates === undefined) return [];
      const some = candidates.slice(0, 4).join(', ');
      return {
        severity: 'info' as const,
        code: 'ambiguous-file',
        text: `The report names the file ${file}, and ${candidates.length} files here could be it: ${some}. None was chosen; the setting memlens.sourcePathMap can tell which.`,
      };
    });
  }

  private async find(file: string): Promise<Located | undefined> {
    const mapped = mapPath(file, this.roots.mappings);
    if (mapped !== undefined) {
      const found = await this.existing(mapped);
      if (found !== undefined) return found;
    }
    if (file.startsWith('/')) {
      const found = await this.existing(normalisePath(file));
      if (found !== undefined) return found;
    } else if (!/^[A-Za-z]:[\\/]/.test(file)) {
      for (const base of this.roots.baseDirectories) {
        const path = normalisePath(`${base}/${file}`);
        // The base may itself be a directory that is mapped, such as the copy that a program was built in.
        const mappedPath = mapPath(path, this.roots.mappings);
        const found = (mappedPath === undefined ? undefined : await this.existing(mappedPath)) ?? (await this.existing(path));
        if (found !== undefined) return found;
      }
    }
    return this.search(file.replaceAll('\\', '/'));
  }

  private async existing(path: string): Promise<Located | undefined> {
    const facts = await this.target.stat(path);
    if (!facts.ok || facts.value.kind !== 'file') return undefined;
    return { path, owner: await this.ownerOf(path) };
  }

  private async ownerOf(path: string): Promise<Located['owner']> {
    if (this.roots.workspaceFolders.some((folder) => relativeTo(folder, path) !== undefined)) return 'workspace';
    // The workspace may have been opened through a symbolic link; debug information holds the real path.
    const real = await this.target.realPath(path);
    for (const folder of this.roots.workspaceFolders) {
      const realFolder = await this.target.realPath(folder);
      if (real.ok && realFolder.ok && relativeTo(realFolder.value, real.value) !== undefined) return 'workspace';
    }
    return 'elsewhere';
  }

  /**
   * A bare file name is looked up in the workspace (Valgrind's text holds nothing more). A path of another machine fits
   * a file here when at least its last two names do; the longest fit wins, and a tie is no answer.
   */
  private async search(file: string): Promise<Located | undefined> {
    const parts = normalisePath(file)
      .split('/')
      .filter((part) => part !== '' && part !== '.' && part !== '..');
    const name = parts.at(-1);
    if (name === undefined || isRuntimeSource(file)) return undefined;
    this.index ??= this.buildIndex();
    const candidates = (await this.index).get(name) ?? [];
    let best = parts.length > 1 ? 2 : 1;
    let fits: string[] = [];
    for (const path of candidates) {
      const length = commonTail(parts, path.split('/'));
      if (length > best) {
        best = length;
        fits = [];
      }
      if (length === best) fits.push(path);
    }
    if (fits.length === 0 && this.isCut) fits = [...(await this.tails(parts))];
    if (fits.length > 1) this.ambiguous.set(file, fits);
    return fits.length === 1 ? { path: fits[0] as string, owner: 'workspace' } : undefined;
  }

  /** In a tree that was not looked through to its end, the longest tail of the path that a folder holds by itself. */
  private async tails(parts: readonly string[]): Promise<readonly string[]> {
    for (let from = 0; from + 2 <= parts.length; from++) {
      const fits: string[] = [];
      for (const folder of this.roots.workspaceFolders) {
        const path = normalisePath(`${folder}/${parts.slice(from).join('/')}`);
        const facts = await this.target.stat(path);
        if (facts.ok && facts.value.kind === 'file') fits.push(path);
      }
      if (fits.length > 0) return fits;
    }
    return [];
  }

  private async buildIndex(): Promise<ReadonlyMap<string, readonly string[]>> {
    const index = new Map<string, string[]>();
    let left = MAX_FILES;
    const queue = this.roots.workspaceFolders.map((path) => ({ path, depth: 0 }));
    while (queue.length > 0 && left > 0) {
      const { path, depth } = queue.shift() as { path: string; depth: number };
      const names = await this.target.list(path);
      for (const name of names.ok ? names.value : []) {
        if (left-- <= 0) {
          this.isCut = true;
          break;
        }
        const full = `${path.replace(/\/$/, '')}/${name}`;
        // A source has an ending that a directory hardly ever has: this saves a stat for nearly every file.
        if (/\.(c|cc|cpp|cxx|c\+\+|C|h|hh|hpp|hxx|inl|ipp|tcc|m|mm|S|s|y|l|rs|f90|ino)$/.test(name)) {
          const list = index.get(name);
          if (list === undefined) index.set(name, [full]);
          else list.push(full);
        } else if (depth < MAX_DEPTH && !SKIPPED.has(name)) {
          const facts = await this.target.stat(full);
          if (facts.ok && facts.value.kind === 'directory') queue.push({ path: full, depth: depth + 1 });
        }
      }
    }
    return index;
  }
}

function filesOf(findings: readonly Finding[]): ReadonlySet<string> {
  const files = new Set<string>();
  for (const finding of findings) {
    for (const stack of finding.stacks) for (const frame of stack.frames) if (frame.file !== undefined) files.add(frame.file);
  }
  return files;
}

function commonTail(a: readonly string[], b: readonly string[]): number {
  let n = 0;
  while (n < a.length && n < b.length && a[a.length - 1 - n] === b[b.length - 1 - n]) n++;
  return n;
}

/** glibc's and the compilers' own sources carry names such as `malloc.c` that a workspace may hold too. */
function isRuntimeSource(file: string): boolean {
  return /(^|\/)(libsanitizer|compiler-rt|sysdeps|csu|nptl|vg_replace_malloc\.c|libio)(\/|$)/.test(file);
}
