import { joinPath } from '../../base/path.js';
import type { Target } from '../ports.js';
import type { ElfReader } from './elf-reader.js';
import type { ModulePlace, WantedModule } from './module-files.js';
import type { SpaceModule } from './process-space.js';
import type { SymbolOrigin } from './symbol-origin.js';

const DEBUG = '/usr/lib/debug';
/** No modules, whatever a file says: some of them never end. What a process sees as its own is looked for under its root. */
const NO_MODULE = /^\/(proc(?!\/\d+\/root\/)|sys|dev)\//;

export interface WantedFrom {
  readonly host: Target;
  readonly reader: ElfReader;
  readonly debugDirectories: readonly string[];
  /** The process of the origin's space is still the same one. */
  readonly isAlive: boolean;
}

/** Where the files of a module may be, and what they must be. */
export async function wantedModule(
  { host, reader, debugDirectories, isAlive }: WantedFrom,
  path: string,
  told: SpaceModule | undefined,
  origin: SymbolOrigin,
  /** That somebody else has told. */
  knownBuildId?: string,
): Promise<WantedModule> {
  const { target = host, sysroot, space, fileOf } = origin;
  const isHere = target.id === host.id;
  const proc = space !== undefined && isAlive ? `/proc/${space.pid}` : undefined;
  const here = fileOf?.(path);
  const there: ModulePlace[] = [];
  if (proc !== undefined && told !== undefined) {
    if (!told.isDeleted) there.push({ site: target, path: `${proc}/root${path}` });
    there.push({ site: target, path: `${proc}/map_files/${told.firstRange}`, isMapped: true });
    if (space?.executable === path) there.push({ site: target, path: `${proc}/exe`, isMapped: true });
  }
  let buildId = told?.buildId ?? knownBuildId;
  let isKnown = told?.loads !== undefined || buildId !== undefined;
  if (!isHere && told === undefined && buildId === undefined) {
    // What the file of that machine says of itself.
    const file = await reader.open(target, path);
    buildId = file?.elf.buildId;
    isKnown = file !== undefined;
  }
  if (!isHere && told === undefined) there.push({ site: target, path });
  const mapped = sysroot === undefined ? [] : [{ site: host, path: joinPath(sysroot, `.${path}`) }];
  // A file of the same name on another machine, or of a process with another root, is the same one only when its build-id says so.
  const named = buildId !== undefined || (isHere && told === undefined) ? [{ site: host, path }] : [];
  const plain = isHere && told !== undefined && !told.isDeleted && buildId === undefined ? [{ site: host, path }] : [];
  const loads = told?.loads;
  const takenMs = origin.takenMs ?? space?.takenMs;
  const none = (told === undefined && NO_MODULE.test(path)) || (origin.isForeign === true && buildId === undefined);
  return {
    path,
    places: none
      ? []
      : [
          ...(here === undefined ? [] : [{ site: host, path: here }]),
          ...mapped,
          ...(here === undefined || isKnown ? named : []),
          ...there,
          ...plain,
        ],
    ...(buildId === undefined ? {} : { buildId }),
    ...(loads === undefined ? {} : { loads }),
    ...(takenMs === undefined ? {} : { takenMs }),
    debugDirectories: [
      ...debugDirectories.map((directory) => ({ site: host, path: directory })),
      ...(sysroot === undefined ? [] : [{ site: host, path: joinPath(sysroot, `.${DEBUG}`) }]),
      { site: host, path: DEBUG },
      ...(isHere ? (proc === undefined ? [] : [{ site: host, path: `${proc}/root${DEBUG}` }]) : [{ site: target, path: DEBUG }]),
    ],
  };
}
