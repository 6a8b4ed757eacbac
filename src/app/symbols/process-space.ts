import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { ReadRange } from '../../formats/elf-bytes.js';
import { parseLoadedElf } from '../../formats/elf-debug.js';
import type { ElfLoad } from '../../model/elf-image.js';
import { EXECUTE, type MapTable, textAt } from '../../model/map-table.js';
import { MapTextParser } from '../../procfs/map-text.js';
import { parseStatLayout } from '../../procfs/stat-layout.js';
import { readFault } from '../file-chunks.js';
import type { Target } from '../ports.js';

/** A file that is, or was, mapped into a process. */
export interface SpaceModule {
  /** As the process sees it, without ` (deleted)`. */
  readonly path: string;
  /** Its name was gone when the map was read: deleted, or replaced by a newer file. */
  readonly isDeleted: boolean;
  /** `fd:01` and decimal, as /proc/PID/maps has them. */
  readonly device: string;
  readonly inode: string;
  /** Name in /proc/PID/map_files of its first mapping. */
  readonly firstRange: string;
  /** NT_GNU_BUILD_ID in the memory of the process, hexadecimal: true of what runs, whatever the file is by now. */
  readonly buildId?: string;
  /** Program headers, from there. */
  readonly loads?: readonly ElfLoad[];
}

/** A part of a module in the memory of a process. */
export interface SpaceRange {
  readonly start: number;
  readonly end: number;
  /** In the file, of `start`. */
  readonly offset: number;
  /** Index into `modules`. */
  readonly module: number;
}

/** What of a process's addresses lies in which file; kept when the process is gone. */
export interface ProcessSpace {
  readonly pid: number;
  /** proc_pid_stat(5), field 22: no other process of the same number is taken for it. */
  readonly startTicks?: number;
  /** What /proc/PID/exe led to, without ` (deleted)`. */
  readonly executable?: string;
  /** A module without a build-id that was changed later is another one; milliseconds since the Unix epoch, of the machine of the process. */
  readonly takenMs?: Milliseconds;
  /** Executable mappings of files, ascending. */
  readonly ranges: readonly SpaceRange[];
  readonly modules: readonly SpaceModule[];
}

const DELETED = / \(deleted\)$/;
/** On another machine each is a round trip. */
const AT_ONCE = 6;
/** More files with code than any program has. */
const MOST_MODULES = 4096;

/** What a process has mapped now, and what each module is by the process's own memory. Faults: those of reading /proc/PID/maps. */
export async function takeSpace(target: Target, pid: number, cancel: Cancel): Promise<Result<ProcessSpace, Fault>> {
  const path = `/proc/${pid}/maps`;
  const parser = new MapTextParser();
  try {
    for await (const chunk of target.readChunks(path)) {
      if (cancel.requested) return err({ code: 'cancelled' });
      parser.push(chunk);
    }
  } catch (error) {
    return err(readFault(error, path));
  }
  const { table } = parser.end();
  const startTicks = await startOf(target, pid);
  const { modules, ranges, rows } = codeOf(table);
  const told: SpaceModule[] = [...modules];
  for (let from = 0; from < modules.length && !cancel.requested; from += AT_ONCE) {
    const some = modules.slice(from, from + AT_ONCE);
    const loaded = await Promise.all(some.map((_, at) => parseLoadedElf(memoryOf(target, pid, table, rows[from + at] ?? []))));
    for (const [at, module] of some.entries()) {
      const { buildId, loads } = loaded[at] ?? {};
      told[from + at] = {
        ...module,
        ...(buildId === undefined ? {} : { buildId }),
        ...(loads === undefined || loads.length === 0 ? {} : { loads }),
      };
    }
  }
  const executable = await target.realPath(`/proc/${pid}/exe`);
  // When the kernel was first asked for the process: at its start or later.
  const facts = await target.stat(`/proc/${pid}`);
  const takenMs = facts.ok ? facts.value.modifiedMs : undefined;
  return ok({
    pid,
    ...(startTicks === undefined ? {} : { startTicks }),
    ...(takenMs === undefined ? {} : { takenMs }),
    ...(executable.ok ? { executable: executable.value.replace(DELETED, '') } : {}),
    ranges,
    modules: told,
  });
}

async function startOf(target: Target, pid: number): Promise<number | undefined> {
  let text = '';
  try {
    for await (const chunk of target.readText(`/proc/${pid}/stat`)) text += chunk;
  } catch {
    return undefined;
  }
  return parseStatLayout(text)?.startTicks;
}

/** Files with executable mappings, and all rows of each, code or not. */
function codeOf(table: MapTable) {
  const numbers = new Map<string, number>();
  const modules: SpaceModule[] = [];
  const rows: number[][] = [];
  const ranges: SpaceRange[] = [];
  const keyAt = (row: number): string => `${textAt(table.device, row)} ${textAt(table.inode, row)} ${textAt(table.path, row)}`;
  const isCode = new Set<string>();
  for (let row = 0; row < table.length; row++) {
    const path = textAt(table.path, row);
    if (path.startsWith('/') && (table.permissions[row]! & EXECUTE) !== 0 && isCode.size < MOST_MODULES) isCode.add(keyAt(row));
  }
  for (let row = 0; row < table.length; row++) {
    const key = keyAt(row);
    if (!isCode.has(key)) continue;
    let number = numbers.get(key);
    if (number === undefined) {
      number = modules.length;
      numbers.set(key, number);
      const path = textAt(table.path, row);
      modules.push({
        path: path.replace(DELETED, ''),
        isDeleted: DELETED.test(path),
        device: textAt(table.device, row),
        inode: textAt(table.inode, row),
        firstRange: `${table.start[row]!.toString(16)}-${table.end[row]!.toString(16)}`,
      });
      rows.push([]);
    }
    rows[number]!.push(row);
    if ((table.permissions[row]! & EXECUTE) === 0) continue;
    ranges.push({ start: table.start[row]!, end: table.end[row]!, offset: table.offset[row]!, module: number });
  }
  return { modules, ranges, rows };
}

/** The bytes of a module's file as they are in memory, by their offsets in the file. */
function memoryOf(target: Target, pid: number, table: MapTable, rows: readonly number[]): ReadRange {
  return async (offset, length) => {
    const row = rows.find((at) => offset >= table.offset[at]! && offset - table.offset[at]! < table.end[at]! - table.start[at]!);
    if (row === undefined) return new Uint8Array(0);
    const within = offset - table.offset[row]!;
    const most = Math.min(length, table.end[row]! - table.start[row]! - within);
    const bytes = await target.readBytes(`/proc/${pid}/mem`, { offset: table.start[row]! + within, length: most });
    return bytes.ok ? bytes.value : new Uint8Array(0);
  };
}

/** Where an address of the process lies; undefined: in no file's code. */
export function rangeAt({ ranges }: ProcessSpace, address: number): SpaceRange | undefined {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle]!.start <= address) low = middle + 1;
    else high = middle;
  }
  const found = ranges[low - 1];
  return found !== undefined && address < found.end ? found : undefined;
}

/**
 * Two readings as one: libraries that were unloaded in between are still known. Where two have lain at the same address, it can't be told whose a frame is,
 * and it is nobody's.
 */
export function mergeSpaces(earlier: ProcessSpace, later: ProcessSpace): ProcessSpace {
  const keyOf = ({ device, inode, path, buildId }: SpaceModule): string => `${device} ${inode} ${path} ${buildId ?? ''}`;
  const modules = [...later.modules];
  const numbers = new Map(modules.map((module, at) => [keyOf(module), at]));
  const place = earlier.modules.map((module) => {
    const key = keyOf(module);
    const there = numbers.get(key);
    if (there !== undefined) return there;
    numbers.set(key, modules.length);
    modules.push(module);
    return modules.length - 1;
  });
  const all = [...later.ranges, ...earlier.ranges.map((range) => ({ ...range, module: place[range.module]! }))].sort(
    (one, other) => one.start - other.start || one.end - other.end,
  );
  const ranges: SpaceRange[] = [];
  const borders = [...new Set(all.flatMap(({ start, end }) => [start, end]))].sort((one, other) => one - other);
  let from = 0;
  for (const [at, start] of borders.entries()) {
    const end = borders[at + 1];
    if (end === undefined) break;
    while (from < all.length && all[from]!.end <= start) from++;
    const here: SpaceRange[] = [];
    for (let next = from; next < all.length && all[next]!.start <= start; next++)
      if (all[next]!.end > start) here.push(all[next]!);
    const [first] = here;
    if (first === undefined) continue;
    const offset = first.offset + start - first.start;
    if (here.some((range) => range.module !== first.module || range.offset + start - range.start !== offset)) continue;
    ranges.push({ start, end, offset, module: first.module });
  }
  return { ...later, modules, ranges };
}
