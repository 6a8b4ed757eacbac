import type { Cancel } from '../../base/cancel.js';
import { baseName, directoryName, joinPath } from '../../base/path.js';
import type { ElfLoad } from '../../model/elf-image.js';
import type { Target } from '../ports.js';
import type { ElfReader, SymbolFile } from './elf-reader.js';
import { QUIET } from './look-up.js';

/** A place where a module may lie. */
export interface ModulePlace {
  readonly site: Target;
  readonly path: string;
  /** The kernel itself leads to the file that is mapped: /proc/PID/exe, /proc/PID/map_files. */
  readonly isMapped?: boolean;
}

/** What is known of a module before its file is opened; a file for which it does not hold is another one. */
export interface WantedModule {
  /** As the process, or the report, names it. */
  readonly path: string;
  /** The surest first. */
  readonly places: readonly ModulePlace[];
  readonly buildId?: string;
  /** Program headers, as they are in memory. */
  readonly loads?: readonly ElfLoad[];
  /** A file that was changed later than that is another one; milliseconds since the Unix epoch. */
  readonly takenMs?: number;
  /** Folders as /usr/lib/debug is one, the nearest first. */
  readonly debugDirectories: readonly ModulePlace[];
}

/** What there is for the names of a module's addresses. */
export interface ModuleFiles {
  /** The file that was mapped, or one of the same build. */
  readonly image?: SymbolFile;
  /** With DWARF: the image itself, or its debug file. */
  readonly debug?: SymbolFile;
  readonly loads: readonly ElfLoad[];
  /** Files that bear its name and are of another build. */
  readonly refused: readonly string[];
}

/** Looks for the files of modules. Sources: GDB manual, "Separate Debug Files"; debuginfod-find(1). */
export class ModuleFinder {
  constructor(
    private readonly reader: ElfReader,
    private readonly host: Target,
    /** debuginfod-find, when the user allowed it. */
    private readonly debuginfodFind: (cancel: Cancel) => Promise<string | undefined>,
  ) {}

  async find(wanted: WantedModule, cancel: Cancel): Promise<ModuleFiles> {
    const refused: string[] = [];
    const image = await this.image(wanted, refused);
    const buildId = wanted.buildId ?? image?.elf.buildId;
    const loads = wanted.loads ?? image?.elf.loads ?? [];
    const found = (debug: SymbolFile | undefined): ModuleFiles => ({
      ...(image === undefined ? {} : { image }),
      ...(debug === undefined ? {} : { debug }),
      loads,
      refused,
    });
    if (image?.elf.hasDebugInfo === true) return found(image);
    const byId = buildId === undefined ? undefined : await this.byBuildId(wanted, buildId, refused);
    if (byId !== undefined) return found(byId);
    const linked = image === undefined ? undefined : await this.byLink(wanted, image, refused);
    if (linked !== undefined || buildId === undefined) return found(linked);
    return found(await this.fromServers(buildId, cancel));
  }

  private async image(wanted: WantedModule, refused: string[]): Promise<SymbolFile | undefined> {
    for (const { site, path, isMapped } of wanted.places) {
      const file = await this.reader.open(site, path);
      if (file === undefined) continue;
      if (isSameBuild(file, wanted, isMapped === true)) return file;
      if (!refused.includes(path)) refused.push(path);
    }
    return undefined;
  }

  private async byBuildId(wanted: WantedModule, id: string, refused: string[]): Promise<SymbolFile | undefined> {
    if (id.length < 4) return undefined;
    for (const { site, path } of wanted.debugDirectories) {
      const file = await this.reader.open(site, `${path}/.build-id/${id.slice(0, 2)}/${id.slice(2)}.debug`);
      if (file === undefined || !file.elf.hasDebugInfo) continue;
      if (file.elf.buildId === id) return file;
      refused.push(file.path);
    }
    return undefined;
  }

  private async byLink(wanted: WantedModule, image: SymbolFile, refused: string[]): Promise<SymbolFile | undefined> {
    const { debugLink, buildId } = image.elf;
    // A name, and no path: it must not lead anywhere else.
    if (debugLink?.crc === undefined || debugLink.name !== baseName(debugLink.name) || debugLink.name.startsWith('..'))
      return undefined;
    const own = directoryName(wanted.path);
    const { site } = image;
    // Links of /proc lead to the file, and not to what lies beside it.
    const isLink = /^\/proc\/\d+\/(exe$|map_files\/)/.test(image.path);
    const real = isLink ? undefined : await site.realPath(image.path);
    const folders = isLink ? [] : [directoryName(image.path), ...(real?.ok === true ? [directoryName(real.value)] : [])];
    const places: ModulePlace[] = [
      ...folders.flatMap((folder) => [
        { site, path: joinPath(folder, debugLink.name) },
        { site, path: joinPath(folder, `.debug/${debugLink.name}`) },
      ]),
      ...wanted.debugDirectories.flatMap(({ site: there, path }) => [
        { site: there, path: `${path}${own}/${debugLink.name}` },
        { site: there, path: `${path}/${debugLink.name}` },
      ]),
    ];
    for (const { site: there, path } of places) {
      const file = path === image.path ? undefined : await this.reader.open(there, path);
      if (file === undefined || !file.elf.hasDebugInfo) continue;
      const isOther = buildId !== undefined && file.elf.buildId !== undefined && buildId !== file.elf.buildId;
      if (!isOther && (await this.reader.crc(file)) === debugLink.crc) return file;
      if (!refused.includes(path)) refused.push(path);
    }
    return undefined;
  }

  /** What a server sends is looked at like any other file. */
  private async fromServers(buildId: string, cancel: Cancel): Promise<SymbolFile | undefined> {
    const tool = await this.debuginfodFind(cancel);
    if (tool === undefined) return undefined;
    // The user's own servers, for this tool alone.
    const { DEBUGINFOD_URLS: _none, ...env } = QUIET;
    const ran = await this.host.capture({ argv: [tool, 'debuginfo', buildId], env }, { cancel, timeLimitMs: 120_000 });
    const path = ran.ok && ran.value.exitCode === 0 ? ran.value.stdout.trim() : '';
    const file = path.startsWith('/') ? await this.reader.open(this.host, path) : undefined;
    return file?.elf.hasDebugInfo === true && file.elf.buildId === buildId ? file : undefined;
  }
}

function isSameBuild({ elf, modifiedMs }: SymbolFile, { buildId, loads, takenMs }: WantedModule, isMapped: boolean): boolean {
  if (buildId !== undefined) return elf.buildId === buildId;
  if (loads !== undefined && (elf.buildId !== undefined || JSON.stringify(elf.loads) !== JSON.stringify(loads))) return false;
  return isMapped || takenMs === undefined || modifiedMs === undefined || modifiedMs <= takenMs;
}
