import type { Bytes } from '../../base/units.js';
import type { DmaBuf, MemoryFile, MountUse } from '../../model/system-state.js';
import { parseBufinfo, parseDmaBufInfo } from '../../procfs/dma-buf.js';
import type { ListedFile, ListedLink } from './ls-lines.js';

/** The largest ones are what is looked for. */
const MOST_FILES = 200;
const DELETED = ' (deleted)';

type Holder = NonNullable<MemoryFile['holders']>[number];

/** An open file whose target is wanted: `/proc/PID/fd/FD`. */
export const fdPath = ({ pid, fd }: ListedLink): string => `/proc/${pid}/fd/${fd}`;

/** Links that lead to memory which has no name: memfds, and deleted files of a mount that is memory. */
export function unnamedLinks(
  links: readonly ListedLink[],
  mounts: readonly MountUse[],
  others: readonly string[],
): readonly ListedLink[] {
  return links.filter(({ target }) => {
    if (target.startsWith('/memfd:')) return true;
    return target.endsWith(DELETED) && isInMemory(target, mounts, others);
  });
}

/** By the longest mount point that the path is below. */
function isInMemory(path: string, mounts: readonly MountUse[], others: readonly string[]): boolean {
  const longest = (points: readonly string[]): number =>
    Math.max(-1, ...points.filter((point) => point === '/' || path.startsWith(`${point}/`)).map((point) => point.length));
  const memory = longest(mounts.filter(({ type }) => type === 'tmpfs' || type === 'ramfs').map(({ mountPoint }) => mountPoint));
  return memory >= 0 && memory >= longest(others);
}

export interface KnownFiles {
  readonly files: readonly MemoryFile[];
  readonly leftOut: number;
}

/**
 * Files of the mounts, and open ones that have no name, with those who have them open. `open` has what each `/proc/PID/fd/FD` leads to. A file that several processes
 * have is one file: its inode says it.
 */
export function memoryFiles(
  named: readonly { readonly mount: string; readonly file: ListedFile }[],
  links: readonly ListedLink[],
  open: ReadonlyMap<string, ListedFile>,
  names: ReadonlyMap<number, string>,
): KnownFiles {
  const files = new Map<string, { readonly file: Omit<MemoryFile, 'holders'>; readonly holders: Map<number, Holder> }>();
  const hold = (key: string, pid: number): void => void files.get(key)?.holders.set(pid, { pid, name: names.get(pid) ?? '' });
  for (const { mount, file } of named) {
    // What find was given ends with `/.`; ls may show the name of the mount in its own way.
    const path = `${mount === '/' ? '' : mount}/${file.name.slice(file.name.indexOf('/./') + 3)}`;
    const kind = mount === '/dev/shm' ? 'posix' : 'tmpfs';
    files.set(path, { file: { kind, path, bytes: file.bytes, length: file.length }, holders: new Map() });
  }
  for (const link of links) {
    const { target, pid } = link;
    const found = open.get(fdPath(link));
    const kind = target.startsWith('/memfd:') ? 'memfd' : target.endsWith(DELETED) ? 'deleted' : undefined;
    if (kind !== undefined && found !== undefined) {
      const path = target.endsWith(DELETED) ? target.slice(0, -DELETED.length) : target;
      // Of memfds in huge pages, which are of another file system, the inodes are counted by themselves.
      const key = `${kind} ${found.inode} ${path}`;
      if (!files.has(key)) files.set(key, { file: { kind, path, bytes: found.bytes, length: found.length }, holders: new Map() });
      hold(key, pid);
    } else if (kind === undefined) hold(target, pid);
  }
  const sorted = [...files.values()].sort((one, other) => other.file.bytes - one.file.bytes);
  return {
    files: sorted
      .slice(0, MOST_FILES)
      .map(({ file, holders }) => ({ ...file, ...(holders.size === 0 ? {} : { holders: [...holders.values()] }) })),
    leftOut: Math.max(0, sorted.length - MOST_FILES),
  };
}

/** Links to a dma-buf: `/dmabuf:NAME`, before Linux 5.3 `anon_inode:dmabuf`. */
export const dmaBufLinks = (links: readonly ListedLink[]): readonly ListedLink[] =>
  links.filter(({ target }) => /^(?:\/dmabuf:|anon_inode:\[?dmabuf)/.test(target));

/**
 * dma-bufs of debugfs or of /sys/kernel/dmabuf, and else those that a process has open; undefined where nobody tells of any. The inode says which is which.
 */
export function dmaBufs(
  texts: ReadonlyMap<string, string>,
  links: readonly ListedLink[],
  inodes: ReadonlyMap<string, string>,
  names: ReadonlyMap<number, string>,
): readonly DmaBuf[] | undefined {
  const buffers = new Map<string, { exporter?: string; name?: string; bytes: Bytes; holders: Map<number, Holder> }>();
  const list = texts.get('/sys/kernel/debug/dma_buf/bufinfo');
  for (const [index, { inode, ...buffer }] of parseBufinfo(list ?? '').buffers.entries())
    buffers.set(inode ?? `listed ${index}`, { ...buffer, holders: new Map() });
  let told = list !== undefined;
  for (const [path, text] of texts) {
    const [, inode] = /^\/sys\/kernel\/dmabuf\/buffers\/(\d{1,20})\/size$/.exec(path) ?? [];
    if (inode === undefined || !/^\d{1,19}\s*$/.test(text)) continue;
    told = true;
    const exporter = texts.get(path.replace(/size$/, 'exporter_name'))?.trim();
    buffers.set(inode, {
      ...buffers.get(inode),
      bytes: Number(text),
      ...(exporter === undefined ? {} : { exporter }),
      holders: new Map(),
    });
  }
  for (const link of links) {
    const info = parseDmaBufInfo(texts.get(`/proc/${link.pid}/fdinfo/${link.fd}`) ?? '');
    const inode = inodes.get(fdPath(link));
    if (info === undefined || inode === undefined) continue;
    told = true;
    if (!buffers.has(inode)) {
      // Where the list has no inodes it has this one nevertheless, as one of its size.
      const same = [...buffers].find(
        ([key, { bytes, exporter }]) =>
          key.startsWith('listed ') && bytes === info.bytes && (exporter === undefined || exporter === info.exporter),
      );
      if (same !== undefined) buffers.delete(same[0]);
    }
    const buffer = { ...info, holders: new Map<number, Holder>(), ...buffers.get(inode) };
    buffer.holders.set(link.pid, { pid: link.pid, name: names.get(link.pid) ?? '' });
    buffers.set(inode, buffer);
  }
  if (!told) return undefined;
  return [...buffers.values()]
    .sort((one, other) => other.bytes - one.bytes)
    .map(({ holders, ...buffer }) => ({ ...buffer, ...(holders.size === 0 ? {} : { holders: [...holders.values()] }) }));
}
