import { baseName } from '../../base/path.js';
import type { LiveProcess } from '../../model/live.js';
import type { Target } from '../ports.js';

/** The file in a process that malloc and free are in. */
export interface AllocatorFile {
  /** As it is named to a tool that is told the process, and looks into its file system: see proc_pid_root(5). */
  readonly path: string;
  /** It is the program itself: which functions it has is not known. */
  readonly isProgram: boolean;
  /** Its name is gone, or another file's by now, and it can't be reached by another one. */
  readonly isGone: boolean;
}

const LIBRARIES: Readonly<Record<LiveProcess['allocator'], RegExp | undefined>> = {
  jemalloc: /^libjemalloc/,
  tcmalloc: /^libtcmalloc/,
  libc: /^(?:libc(?:-2\.\d+)?\.so|ld-musl-|libc\.musl-)/,
  unknown: /^(?:libc(?:-2\.\d+)?\.so|ld-musl-|libc\.musl-|libuClibc)/,
};
const DELETED = ' (deleted)';

/** Undefined: the maps of the process can't be read, or hold neither. */
export async function allocatorFile(target: Target, process: LiveProcess): Promise<AllocatorFile | undefined> {
  let maps = '';
  try {
    for await (const chunk of target.readText(`/proc/${process.pid}/maps`)) maps += chunk;
  } catch {
    return undefined;
  }
  const wanted = LIBRARIES[process.allocator];
  for (const line of maps.split('\n')) {
    const [, range = '', name = ''] = /^(\S+) \S+ \S+ \S+ \S+ +(\/.*)$/.exec(line) ?? [];
    const isDeleted = name.endsWith(DELETED);
    const path = (isDeleted ? name.slice(0, -DELETED.length) : name).replaceAll('\\012', '\n');
    if (path === '' || wanted?.test(baseName(path)) !== true) continue;
    if (!isDeleted) return { path, isProgram: false, isGone: false };
    // The kernel opens what is mapped, whatever its name is by now; the tool would look for that in another file system.
    const isGone = process.isInContainer;
    return { path: isGone ? path : `/proc/${process.pid}/map_files/${range}`, isProgram: false, isGone };
  }
  if (process.executable === undefined) return undefined;
  const isGone = process.isDeleted && process.isInContainer;
  return {
    path: process.isDeleted && !isGone ? `/proc/${process.pid}/exe` : process.executable,
    isProgram: true,
    isGone,
  };
}
