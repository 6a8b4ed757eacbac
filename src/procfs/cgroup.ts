import { normalisePath, relativeTo } from '../base/path.js';
import type { Bytes } from '../base/units.js';
import { unescapeOctal } from './mountinfo.js';

/** The groups of a process whose memory is accounted; absolute paths within their hierarchies. */
export interface CgroupPaths {
  /** Of version 2: the line `0::PATH`. */
  readonly unified?: string;
  /** Of the memory controller of version 1. */
  readonly memory?: string;
}

/** A mount of a cgroup hierarchy. */
export interface CgroupMount {
  readonly version: 1 | 2;
  /** The group of the hierarchy that is seen at `mountPoint`; not `/` in a container without a namespace of its own. */
  readonly root: string;
  readonly mountPoint: string;
}

/** Files of one group. `limit` is not there for the root group of version 2. */
export interface CgroupMemoryFiles {
  readonly version: 1 | 2;
  /** The group, as /proc/PID/cgroup names it. */
  readonly group: string;
  readonly usage: string;
  readonly limit: string;
}

/** /proc/PID/cgroup (cgroups(7)): lines `HIERARCHY:CONTROLLERS:PATH`; the path may hold colons. */
export function parseCgroup(text: string): CgroupPaths {
  let unified: string | undefined;
  let memory: string | undefined;
  for (const match of text.matchAll(/^(\d+):([^:\n]*):(\/[^\n]*?)(?: \(deleted\))?\r?$/gm)) {
    const [, hierarchy, controllers = '', path] = match;
    if (hierarchy === '0' && controllers === '') unified ??= path;
    else if (controllers.split(',').includes('memory')) memory ??= path;
  }
  return { ...(unified === undefined ? {} : { unified }), ...(memory === undefined ? {} : { memory }) };
}

/** The mounts of cgroup2 and of the memory controller of version 1 in /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export function parseMounts(text: string): readonly CgroupMount[] {
  const mounts: CgroupMount[] = [];
  for (const line of text.split('\n')) {
    // ID PARENT DEVICE ROOT MOUNT-POINT OPTIONS [TAG...] - TYPE SOURCE SUPER-OPTIONS
    const match = /^\d+ \d+ \d+:\d+ (\S+) (\S+) \S+ (?:\S+ )*?- (\S+) \S+ (\S+)\s*$/.exec(line);
    if (match === null) continue;
    const [, root = '', mountPoint = '', type, options = ''] = match;
    const version = type === 'cgroup2' ? 2 : type === 'cgroup' && options.split(',').includes('memory') ? 1 : undefined;
    if (version !== undefined) mounts.push({ version, root: unescapeOctal(root), mountPoint: unescapeOctal(mountPoint) });
  }
  return mounts;
}

/**
 * The files of the process's own group, then those of the groups around it: the least limit of all of them counts. Empty when no
 * mount shows the group. A process with a group of version 1's memory controller is accounted there, also when it has one of version 2.
 */
export function cgroupMemoryFiles(paths: CgroupPaths, mounts: readonly CgroupMount[]): readonly CgroupMemoryFiles[] {
  const version = paths.memory === undefined ? 2 : 1;
  const group = paths.memory ?? paths.unified;
  // `/..` leads out of the cgroup namespace: nothing that is mounted here shows it.
  if (group === undefined || group.split('/').includes('..')) return [];
  const [usage, limit] = version === 2 ? ['memory.current', 'memory.max'] : ['memory.usage_in_bytes', 'memory.limit_in_bytes'];
  for (const mount of mounts) {
    if (mount.version !== version) continue;
    const inner = mount.root.split('/').includes('..') ? undefined : relativeTo(mount.root, group);
    if (inner === undefined) continue;
    const names = inner === '' ? [] : inner.split('/');
    return Array.from({ length: names.length + 1 }, (_, up) => {
      const below = names.slice(0, names.length - up).join('/');
      const folder = normalisePath(`${mount.mountPoint}/${below}`);
      return {
        version,
        group: normalisePath(`${mount.root}/${below}`),
        usage: `${folder}/${usage}`,
        limit: `${folder}/${limit}`,
      };
    });
  }
  return [];
}

/**
 * The text of memory.current, memory.max and their counterparts of version 1. Version 1 writes "no limit" as the largest number of
 * pages: 2^63 less a page (2^63 - 1 before Linux 3.19), on 32-bit kernels 2^43 less a page.
 */
export function parseCgroupAmount(text: string): Bytes | 'max' | undefined {
  const word = text.trim();
  if (word === 'max') return 'max';
  if (!/^\d{1,20}$/.test(word)) return undefined;
  const bytes = Number(word);
  return bytes >= 2 ** 62 || bytes === 2 ** 43 - 4096 ? 'max' : bytes;
}
