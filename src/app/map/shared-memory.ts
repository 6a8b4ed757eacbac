import type { Cancel } from '../../base/cancel.js';
import type { Bytes } from '../../base/units.js';
import type { SharedMemory } from '../../model/map-snapshot.js';
import { parseMeminfo } from '../../procfs/meminfo.js';
import { type OpenFile, parseOpenFiles } from '../../procfs/open-files.js';
import type { Target } from '../ports.js';

const TIME_LIMIT_MS = 5000;
const BETWEEN = '--- memlens ---';
/** One program for all, because each costs a round trip. It only reads. */
const SCRIPT = [
  'cd "/proc/$1" || exit 1',
  'ls -ln fd 2>/dev/null',
  `echo '${BETWEEN}'`,
  'ls -lniL fd 2>/dev/null',
  `echo '${BETWEEN}'`,
  'cat mountinfo 2>/dev/null',
  `echo '${BETWEEN}'`,
  'cat io 2>/dev/null',
  `echo '${BETWEEN}'`,
  'cat /proc/meminfo 2>/dev/null',
  `echo '${BETWEEN}'`,
  'cat /proc/sysvipc/shm 2>/dev/null',
].join('\n');

/** Shared memory that no mapping of the process tells of. What can't be read is left out. */
export async function readSharedMemory(target: Target, pid: number, cancel: Cancel): Promise<SharedMemory | undefined> {
  const argv = ['sh', '-c', SCRIPT, 'sh', String(pid)];
  const captured = await target.capture({ argv, env: { LC_ALL: 'C' } }, { cancel, timeLimitMs: TIME_LIMIT_MS });
  if (!captured.ok) return undefined;
  const [links = '', files = '', mounts = '', io = '', meminfo = '', segments = ''] = captured.value.stdout.split(`${BETWEEN}\n`);
  const machine = parseMeminfo(meminfo).find(({ name }) => name === 'Shmem')?.value;
  const written = /^wchar: (\d+)$/m.exec(io)?.[1];
  const made = segments === '' ? undefined : madeBy(segments, pid);
  return {
    ...(machine === undefined ? {} : { machine }),
    ...(written === undefined ? {} : { written: Number(written) }),
    ...(made === undefined ? {} : { segments: made }),
    // Without permission there is no line of a link; a process without any open file has an empty listing, too, and then it is 0 of 0.
    ...(links === '' ? {} : { open: inMemory(parseOpenFiles(links, files), memoryFileSystems(mounts)) }),
  };
}

/** Of /proc/sysvipc/shm: `key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime ctime rss swap` (sysvipc(5)). */
function madeBy(text: string, pid: number): SharedMemory['segments'] {
  const [head = '', ...lines] = text.split('\n');
  const names = head.trim().split(/\s+/);
  const [maker, rss, swap] = ['cpid', 'rss', 'swap'].map((name) => names.indexOf(name));
  if (maker === -1 || rss === -1 || swap === -1) return undefined;
  const own = lines.map((line) => line.trim().split(/\s+/)).filter((fields) => fields[maker!] === String(pid));
  return { count: own.length, bytes: own.reduce((sum, fields) => sum + Number(fields[rss!]) + Number(fields[swap!]), 0) };
}

/** Mount points of tmpfs and ramfs, the longest first. */
function memoryFileSystems(mountinfo: string): readonly { readonly point: string; readonly memory: boolean }[] {
  return mountinfo
    .split('\n')
    .flatMap((line) => {
      const match = /^\d+ \d+ \d+:\d+ \S+ (\S+) \S+ (?:\S+ )*?- (\S+) /.exec(line);
      return match?.[1] === undefined ? [] : [{ point: match[1], memory: match[2] === 'tmpfs' || match[2] === 'ramfs' }];
    })
    .sort((one, other) => other.point.length - one.point.length);
}

function inMemory(
  files: readonly OpenFile[],
  mounts: ReturnType<typeof memoryFileSystems>,
): { readonly files: number; readonly bytes: Bytes } {
  // Several descriptors may be of one file.
  const seen = new Map<string, Bytes>();
  for (const { path, inode, size } of files) {
    const memfd = path.startsWith('/memfd:');
    const mount = mounts.find(({ point }) => point === '/' || path === point || path.startsWith(`${point}/`));
    if (memfd || mount?.memory === true) seen.set(`${memfd ? 'memfd' : mount?.point} ${inode}`, size);
  }
  return { files: seen.size, bytes: [...seen.values()].reduce((sum, size) => sum + size, 0) };
}
