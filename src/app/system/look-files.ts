import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { MountUse } from '../../model/system-state.js';
import { unescapeOctal } from '../../procfs/mountinfo.js';
import { type ListedFile, type ListedLink, listedFiles } from './ls-lines.js';
import { dmaBufLinks, fdPath, unnamedLinks } from './memory-files.js';
import type { SystemLook } from './system-look.js';
import { MOUNT_FILES_SCRIPT, OPEN_FILES_SCRIPT } from './system-scripts.js';

const LIMIT_MS: Milliseconds = 10_000;
/** Open files whose target is looked at. */
const MOST_OPEN = 1000;

export interface MountFile {
  readonly mount: string;
  readonly file: ListedFile;
}

/** The larger files of mounts whose files are memory. A device that is mounted several times is gone through once. */
export async function lookAtMounts(look: SystemLook, mounts: readonly MountUse[]): Promise<Result<readonly MountFile[], Fault>> {
  const devices = new Map<string, string>();
  for (const { device, mountPoint, type, used } of mounts) {
    // statfs(2) of ramfs says 0, whatever is in it.
    const mayHold = type === 'ramfs' || (type !== 'hugetlbfs' && used !== 0);
    if (mayHold && !devices.has(device)) devices.set(device, mountPoint);
  }
  const points = [...devices.values()];
  if (points.length === 0) return ok([]);
  look.progress('files in memory');
  const read = await look.run(MOUNT_FILES_SCRIPT, points, LIMIT_MS);
  if (!read.ok) {
    const cancelled = look.missFor('find', read.error);
    return cancelled === undefined ? ok([]) : err(cancelled);
  }
  const { texts } = read.value;
  const escaped = texts.get('escapes')?.trim() === 'b';
  return ok(
    points.flatMap((mount, index) => {
      const refused = texts.get(`refused ${index}`);
      // What is deleted meanwhile is no news.
      if (/denied/i.test(refused ?? '')) look.miss(`${mount}/*`, 'permission');
      else if (/not found$/m.test(refused ?? '')) look.miss(`find ${mount}`, 'unreadable');
      return listedFiles(texts.get(`mount ${index}`) ?? '', escaped).map((file) => ({ mount, file }));
    }),
  );
}

export interface OpenFiles {
  /** By `/proc/PID/fd/FD`. */
  readonly files: ReadonlyMap<string, ListedFile>;
  readonly inodes: ReadonlyMap<string, string>;
  /** fdinfo of dma-bufs, by its path. */
  readonly texts: ReadonlyMap<string, string>;
}

/** What open files are that have no name, or are dma-bufs. */
export async function lookAtOpenFiles(
  look: SystemLook,
  links: readonly ListedLink[],
  mounts: readonly MountUse[],
  mountinfo: string,
): Promise<Result<OpenFiles, Fault>> {
  const nothing: OpenFiles = { files: new Map(), inodes: new Map(), texts: new Map() };
  const unnamed = unnamedLinks(links, mounts, otherMounts(mountinfo));
  const buffers = dmaBufLinks(links);
  const all = [...unnamed, ...buffers];
  const wanted = all.slice(0, MOST_OPEN);
  if (wanted.length === 0) return ok(nothing);
  look.miss('/proc/PID/fd', 'not-in-time', all.length - wanted.length);
  const infos = wanted.filter((link) => buffers.includes(link)).map(({ pid, fd }) => `/proc/${pid}/fdinfo/${fd}`);
  const read = await look.run(OPEN_FILES_SCRIPT, [...wanted.map(fdPath), ...infos], LIMIT_MS);
  if (!read.ok) {
    const cancelled = look.missFor('/proc/PID/fd', read.error, wanted.length);
    return cancelled === undefined ? ok(nothing) : err(cancelled);
  }
  // Names are the operands themselves here, and need no escapes.
  const list = read.value.texts.get('open') ?? '';
  const inodes = [...list.matchAll(/^\s*(\d{1,20}) .* (\/proc\/\d+\/fd\/\d+)$/gm)];
  return ok({
    files: new Map(listedFiles(list, false).map((file) => [file.name, file])),
    inodes: new Map(inodes.map(([, inode = '', path = '']) => [path, inode])),
    texts: read.value.texts,
  });
}

/** Mount points of file systems whose files are not memory. */
const otherMounts = (mountinfo: string): readonly string[] =>
  [...mountinfo.matchAll(/^\d+ \d+ \d+:\d+ \S+ (\S+) .* - (?!tmpfs |ramfs |devtmpfs )/gm)].map(([, point = '']) =>
    unescapeOctal(point),
  );
