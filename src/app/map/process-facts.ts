import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { ProcessStatus } from '../../model/process.js';
import { parseHidepid } from '../../procfs/hidepid.js';
import { devicesOfType } from '../../procfs/mountinfo.js';
import { parseStatLayout, type StatLayout } from '../../procfs/stat-layout.js';
import { parseStatus } from '../../procfs/status.js';
import type { Target } from '../ports.js';

/** What a process is, beside its mappings. */
export interface ProcessFacts {
  /** Absent: there is no such process. */
  readonly layout?: StatLayout;
  readonly status?: ProcessStatus;
  /** /proc/PID/exe; absent without permission, and of a kernel thread. */
  readonly executable?: string;
  readonly commandLine?: string;
  readonly pageSize?: number;
  readonly maxMapCount?: number;
  /** Devices of tmpfs and ramfs, as in the map. */
  readonly tmpfs: ReadonlySet<string>;
  /** /proc hides processes of other users from this one. */
  readonly hidesProcesses: boolean;
}

/** A target that does not answer within this is taken for lost. */
export const FACTS_LIMIT_MS: Milliseconds = 30_000;

/**
 * Begins an answer's part: its name between NUL bytes, which none of the files holds but cmdline, and that comes last. Shells without a printf of their own
 * start one for it.
 */
export const PART = `n() { printf '\\000%s\\000' "$1"; }`;

const SCRIPT = `LC_ALL=C; export LC_ALL; p=/proc/$1; ${PART}
exec 2>/dev/null
n stat; cat "$p/stat"
n status; cat "$p/status"
n exe; readlink "$p/exe"
n mounts; cat "$p/mountinfo" || cat /proc/self/mountinfo
n limit; cat /proc/sys/vm/max_map_count
n page; getconf PAGESIZE
n user; id -u
n cmdline; cat "$p/cmdline"
exit 0`;

/** The parts of an answer by their names; `last` takes the rest, whatever it holds. */
export function partsOf(text: string, last: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (let at = text.indexOf('\0'); at >= 0; ) {
    const nameEnd = text.indexOf('\0', at + 1);
    if (nameEnd < 0) break;
    const name = text.slice(at + 1, nameEnd);
    const end = name === last ? -1 : text.indexOf('\0', nameEnd + 1);
    parts.set(name, text.slice(nameEnd + 1, end < 0 ? undefined : end));
    at = end;
  }
  return parts;
}

const MEMORY_FILE_SYSTEMS: ReadonlySet<string> = new Set(['tmpfs', 'ramfs', 'devtmpfs']);

/** In one command: over ssh each costs a round trip. */
export async function readProcessFacts(target: Target, pid: number, cancel: Cancel): Promise<Result<ProcessFacts, Fault>> {
  const captured = await target.capture(
    { argv: ['sh', '-c', SCRIPT, 'memlens', String(pid)] },
    { cancel, timeLimitMs: FACTS_LIMIT_MS },
  );
  if (!captured.ok) return captured;
  const parts = partsOf(captured.value.stdout, 'cmdline');
  const number = (name: string): number | undefined => {
    const digits = /^\s*(\d{1,15})\s*$/.exec(parts.get(name) ?? '')?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  const layout = parseStatLayout(parts.get('stat') ?? '');
  const status = parseStatus(parts.get('status') ?? '');
  // readlink ends with one newline; others are of the name.
  const executable = (parts.get('exe') ?? '').replace(/\n$/, '');
  const commandLine = (parts.get('cmdline') ?? '').replace(/\0+$/, '').replaceAll('\0', ' ');
  const mounts = parts.get('mounts') ?? '';
  const pageSize = number('page');
  const maxMapCount = number('limit');
  return ok({
    ...(layout === undefined ? {} : { layout }),
    ...(status === undefined ? {} : { status }),
    ...(executable === '' ? {} : { executable }),
    ...(commandLine === '' ? {} : { commandLine }),
    ...(pageSize === undefined || pageSize === 0 ? {} : { pageSize }),
    ...(maxMapCount === undefined ? {} : { maxMapCount }),
    tmpfs: devicesOfType(mounts, MEMORY_FILE_SYSTEMS),
    hidesProcesses: parseHidepid(mounts) !== undefined && number('user') !== 0,
  });
}
