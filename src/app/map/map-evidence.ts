import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import { ELF_IMAGE_BYTES, parseElfImage } from '../../formats/elf-image.js';
import type { ElfImage } from '../../model/elf-image.js';
import { EXECUTE, type MapTable } from '../../model/map-table.js';
import type { Rollup } from '../../model/process.js';
import { parseRollup } from '../../procfs/rollup.js';
import { parseStatLayout, type StatLayout } from '../../procfs/stat-layout.js';
import { parseTaskFiles, type TaskFacts } from '../../procfs/task-files.js';
import type { Target } from '../ports.js';
import { FACTS_LIMIT_MS, PART, partsOf } from './process-facts.js';

/** Program headers that were read before, by device, inode and path: a live map asks for each file once. */
export type KnownImages = Map<string, ElfImage | 'none'>;

/** What a map alone does not tell. */
export interface MapEvidence {
  /** After the map was read; absent: the process is not there any more. */
  readonly layout?: StatLayout;
  readonly rollup?: Rollup;
  /** What smaps_rollup took of a processor. */
  readonly rollupMs?: Milliseconds;
  readonly threads: readonly TaskFacts[];
  /** How many threads' stack pointers we may know. */
  readonly toldPointers: number;
  readonly images: ReadonlyMap<string, ElfImage | 'none'>;
  /** Files whose header was wanted and could not be read. */
  readonly unreadHeaders: number;
  /** Paths ending in ` (deleted)` that are files' own names. */
  readonly existing: ReadonlySet<string>;
}

/** A command line has room for so much of file names (ARG_MAX is 128 KiB at least where it is small). */
const MOST_FILES = 1024;
const MOST_CHARACTERS = 96 << 10;

const DELETED = ' (deleted)';

interface WantedFile {
  /** `x`: the executable's header, `h`: a header, `e`: whether it is there. */
  readonly what: 'x' | 'h' | 'e';
  /** Name in /proc/PID/map_files. */
  readonly range: string;
  readonly inode: string;
  readonly path: string;
  readonly key: string;
}

/**
 * /proc/PID/map_files leads to the very file that is mapped, wherever it is; only root may go there. /proc/PID/root leads to it through the process's own root
 * and mounts; what is not there may be a path of ours, outside of a chroot. Dumps of od, hexdump and xxd are read alike.
 */
const SCRIPT = `LC_ALL=C; export LC_ALL; p=/proc/$1; shift; ${PART}
exec 2>/dev/null
n rollup; cat "$p/smaps_rollup" /proc/self/schedstat
n stat; cat "$p/stat"
n tasks; (cd "$p/task" && grep -H '' [0-9]*/comm [0-9]*/syscall)
inode() { set -- $(ls -di "$1"); printf %s "$1"; }
dump() { od -An -v -tx1 -N${ELF_IMAGE_BYTES} "$1" || hexdump -v -n ${ELF_IMAGE_BYTES} -e '16/1 "%02x " "\\n"' "$1" || xxd -p -l ${ELF_IMAGE_BYTES} "$1"; }
i=0
while [ $# -gt 3 ]; do
n "$i"
f=$p/root$4
case $1 in
e) inode "$f";;
x) dump "$p/exe";;
h) if [ -r "$p/map_files/$2" ]; then f=$p/map_files/$2
elif [ ! -e "$f" ]; then f=$4; [ "$(inode "$f")" = "$3" ] || f=; fi
[ -z "$f" ] || dump "$f";;
esac
i=$((i+1))
shift 4
done
exit 0`;

/** In one command, right after the map was read: sums, threads, and the headers of mapped programs and libraries. */
export async function readEvidence(
  target: Target,
  pid: number,
  table: MapTable,
  executable: string | undefined,
  known: KnownImages,
  cancel: Cancel,
): Promise<Result<MapEvidence, Fault>> {
  const all = wantedFiles(table, executable);
  const wanted = withinCommandLine(all.filter(({ what, key }) => what === 'e' || !known.has(key)));
  const captured = await target.capture(
    {
      argv: [
        'sh',
        '-c',
        SCRIPT,
        'memlens',
        String(pid),
        ...wanted.flatMap(({ what, range, inode, path }) => [what, range, inode, path]),
      ],
    },
    { cancel, timeLimitMs: FACTS_LIMIT_MS },
  );
  if (!captured.ok) return captured;
  const parts = partsOf(captured.value.stdout, '');
  const existing = new Set<string>();
  for (const [i, { what, inode, path, key }] of wanted.entries()) {
    const part = parts.get(String(i)) ?? '';
    if (what === 'e') {
      if (part.trim() === inode) existing.add(path);
      continue;
    }
    const head = bytesOfDump(part);
    // An empty answer: it could not be read, and may be the next time.
    if (head.length > 0) known.set(key, parseElfImage(head) ?? 'none');
  }
  const images = new Map<string, ElfImage | 'none'>();
  let unreadHeaders = 0;
  for (const { what, path, key } of all) {
    if (what === 'e') continue;
    const image = known.get(key);
    if (image === undefined) unreadHeaders++;
    else images.set(path, image);
  }
  const layout = parseStatLayout(parts.get('stat') ?? '');
  const { tasks, toldPointers } = parseTaskFiles(parts.get('tasks') ?? '');
  const sums = parts.get('rollup') ?? '';
  const spent = /^(\d{1,15}) \d+ \d+\n?$/m.exec(sums)?.[1];
  const rollup = parseRollup(sums.replace(/^\d{1,15} \d+ \d+\n?$/m, ''));
  return ok({
    ...(layout === undefined ? {} : { layout }),
    ...(rollup === undefined ? {} : { rollup, ...(spent === undefined ? {} : { rollupMs: Number(spent) / 1e6 }) }),
    threads: tasks,
    toldPointers,
    images,
    unreadHeaders,
    existing,
  });
}

/** Files of which a part is executable, or that are named like libraries; and those whose name ends as that of a deleted file. */
function wantedFiles(table: MapTable, executable: string | undefined): readonly WantedFile[] {
  const { path, inode, device } = table;
  const first = new Map<number, { row: number; image: boolean }>();
  const likeLibrary = path.texts.map((text) => text === executable || /\.so(\.[^/]*)?$/.test(text));
  const isFile = path.texts.map((text) => text.startsWith('/') && (text === executable || !/^\/(dev|SYSV)/.test(text)));
  for (let row = 0; row < table.length; row++) {
    const number = path.index[row]!;
    if (!isFile[number]!) continue;
    const image = likeLibrary[number]! || (table.permissions[row]! & EXECUTE) !== 0;
    const known = first.get(number);
    if (known === undefined) first.set(number, { row, image });
    else if (image) known.image = true;
  }
  const wanted: WantedFile[] = [];
  for (const [number, { row, image }] of first) {
    const text = path.texts[number]!;
    const ino = inode.texts[inode.index[row]!]!;
    const range = `${table.start[row]!.toString(16)}-${table.end[row]!.toString(16)}`;
    const file = { range, inode: ino, path: text, key: `${device.texts[device.index[row]!]!} ${ino} ${text}` };
    if (text.endsWith(DELETED)) wanted.push({ ...file, what: 'e' });
    if (image) wanted.push({ ...file, what: text === executable ? 'x' : 'h' });
  }
  return wanted;
}

function withinCommandLine(files: readonly WantedFile[]): readonly WantedFile[] {
  let characters = 0;
  return files.slice(0, MOST_FILES).filter(({ path, range }) => {
    characters += path.length + range.length + 32;
    return characters <= MOST_CHARACTERS && !path.includes('\0');
  });
}

function bytesOfDump(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '');
  if (!/^([0-9a-f]{2})*$/.test(digits)) return new Uint8Array(0);
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
