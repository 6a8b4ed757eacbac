import type { MapContext } from './map-context.js';

const DELETED = ' (deleted)';

/** The end of a name that looks like a shared library's: `libc.so.6`, `ld-2.31.so`. */
export const LIBRARY_NAME = /\.so(\.[^/]*)?$/;

/** What the name of a mapping is, without the kernel's ` (deleted)`. */
export interface MappedName {
  readonly kind: /** No name, or one that the program gave. */
    | 'none'
    /** The kernel's own, in brackets. */
    | 'kernel'
    | 'hugetlb'
    | 'sysv'
    | 'memfd'
    /** Shared anonymous memory, which is a file of the kernel's own tmpfs. */
    | 'zero'
    | 'shared-name'
    | 'posix-shm'
    | 'device'
    | 'kernel-object'
    | 'file';
  /** The file; the name that was given to it; empty for none. */
  readonly name: string;
  readonly deleted: boolean;
}

/**
 * Sources: proc_pid_maps(5); get_vma_name() of fs/proc/task_mmu.c; mm/shmem.c, ipc/shm.c, mm/memfd.c and fs/hugetlbfs/inode.c for the names of
 * files that are in no directory. pmap(1) shows only the last part of a path: then a name without a slash is taken for what it looks like.
 * `device` is the map's, `fd:01`: files in no directory are on a device of major number 0.
 */
export function mappedName(path: string, device: string, context: Pick<MapContext, 'existing'>): MappedName {
  if (path === '' || path === '[ anon ]') return { kind: 'none', name: '', deleted: false };
  const given = /^\[anon(_shmem)?:([\s\S]*)\]$/.exec(path);
  if (given !== null) return { kind: given[1] === undefined ? 'none' : 'shared-name', name: given[2] ?? '', deleted: false };
  // As pmap(1) names what has `SYSV` in its name.
  if (/^\[ ?shmid=/.test(path)) return { kind: 'sysv', name: path.slice(1, -1).trim(), deleted: false };
  if (path.startsWith('[')) return { kind: 'kernel', name: path, deleted: false };
  const deleted = path.endsWith(DELETED) && !context.existing.has(path);
  const name = deleted ? path.slice(0, -DELETED.length) : path;
  const made = (kind: MappedName['kind'], shown = name): MappedName => ({ kind, name: shown, deleted: false });
  const bare = name.startsWith('/') ? name.slice(1) : name;
  // On a disk such a name would be a file's own.
  if (deleted && !bare.slice(0, 6).includes('/') && (device === '' || /^0+:/.test(device))) {
    if (/^SYSV[0-9a-f]{8}$/.test(bare)) return made('sysv', bare);
    if (bare.startsWith('memfd:')) return made('memfd', bare.slice('memfd:'.length));
    if (bare === 'anon_hugepage') return made('hugetlb', bare);
    if (bare === '[aio]') return made('kernel', bare);
    if (name === 'zero' && (device === '' || /^0+:/.test(device))) return made('zero', '');
    if (name === '/dev/zero' || name === 'zero') return made('zero', '');
  }
  if (name === 'zero' && (device === '' || /^0+:/.test(device))) return made('zero', '');
  if (name === '/dev/zero' || name.startsWith('/dev/ashmem')) return made('zero', name === '/dev/zero' ? '' : name);
  if (name.startsWith('/dev/shm/')) return { kind: 'posix-shm', name, deleted };
  if (name.startsWith('/dev/hugepages/')) return { kind: 'hugetlb', name, deleted };
  if (name.startsWith('/dev/')) return { kind: 'device', name, deleted };
  if (/^(anon_inode:|socket:|pipe:|\/?dmabuf:|\/anon_hugepage)/.test(name)) return made('kernel-object');
  return { kind: 'file', name, deleted };
}
