import type { Fault } from '../../base/fault.js';
import { baseName, directoryName } from '../../base/path.js';
import { err, ok, type Result } from '../../base/result.js';
import { type OwnProfiler, profilerFiles } from '../../engines/live/own-profiler.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import { openHeapProfile } from '../heap/open-heap.js';
import type { LiveSession } from './live-way.js';

/** A profile that the process wrote. */
export interface WrittenFile {
  readonly path: string;
  readonly modifiedMs?: number;
  readonly size: number;
}

export interface FoundFile extends WrittenFile {
  readonly profile: HeapProfile;
  /** It was there before the look. */
  readonly isOld: boolean;
}

/** Larger ones are not read: they would take longer than the look. */
const LARGEST = 512 * 2 ** 20;

/** Where the profiler of a process writes, seen from its machine: through /proc/PID/cwd and /proc/PID/root (proc(5)). */
export class ProfilerDirectory {
  private readonly before: ReadonlySet<string>;

  private constructor(
    private readonly session: LiveSession,
    private readonly profiler: OwnProfiler,
    readonly path: string,
    private readonly base: string,
    /** When the process began, milliseconds since the Unix epoch: for files whose names tell nothing. */
    private readonly sinceMs: number | undefined,
    before: readonly WrittenFile[],
  ) {
    this.before = new Set(before.map(keyOf));
  }

  static async open(session: LiveSession, profiler: OwnProfiler): Promise<Result<ProfilerDirectory, Fault>> {
    const { process } = session;
    const prefix = profiler.kind === 'gperftools' ? await exactPrefix(session, profiler.prefix) : profiler.prefix;
    const root = `/proc/${process.pid}/root`;
    const directory = prefix.endsWith('/') ? prefix : directoryName(prefix);
    const path = prefix.startsWith('/')
      ? `${process.isInContainer ? root : ''}${directory}`
      : `/proc/${process.pid}/cwd/${prefix.includes('/') ? directory : ''}`;
    const since = profiler.kind === 'files' ? await begunMs(session) : undefined;
    const base = prefix.endsWith('/') ? '' : baseName(prefix);
    const empty = new ProfilerDirectory(session, profiler, path, base, since, []);
    const there = await empty.files();
    if (!there.ok) return there;
    return ok(new ProfilerDirectory(session, profiler, path, base, since, there.value));
  }

  /** The last one that is whole. */
  async newest(): Promise<WrittenFile | undefined> {
    const files = await this.files();
    return files.ok ? files.value.at(-1) : undefined;
  }

  /** In the order in which they were written. */
  async files(): Promise<Result<readonly WrittenFile[], Fault>> {
    const { process, target } = this.session;
    const names = await target.list(this.path);
    if (!names.ok) return names;
    const pids = [process.pid, ...(process.ownPid === undefined ? [] : [process.ownPid])];
    const found: WrittenFile[] = [];
    // Only the last ones are of use, and each costs an answer.
    for (const { name } of profilerFiles(this.profiler, this.base, pids, names.value).slice(-32)) {
      const path = `${this.path.replace(/\/$/, '')}/${name}`;
      const facts = await target.stat(path);
      if (!facts.ok || facts.value.kind !== 'file' || facts.value.size === 0) continue;
      const { modifiedMs, size } = facts.value;
      if (this.sinceMs !== undefined && (modifiedMs === undefined || modifiedMs < this.sinceMs)) continue;
      found.push({ path, size, ...(modifiedMs === undefined ? {} : { modifiedMs }) });
    }
    if (this.profiler.kind === 'files') found.sort((a, b) => (a.modifiedMs ?? 0) - (b.modifiedMs ?? 0));
    return ok(found);
  }

  async read(file: WrittenFile): Promise<Result<FoundFile, Fault>> {
    const { target, work, cancel } = this.session;
    if (file.size > LARGEST) return err({ code: 'unreadable', path: file.path, detail: `${file.size} bytes` });
    let path = file.path;
    const head = await target.readBytes(path, { length: 2 });
    if (head.ok && head.value[0] === 0x1f && head.value[1] === 0x8b) {
      // It is unpacked where it is, as our own packer is not here.
      path = `${work}/unpacked`;
      const unpacked = await target.capture(
        { argv: ['/bin/sh', '-c', 'gzip -dc <"$1" >"$2"', 'memlens', file.path, path] },
        { cancel, timeLimitMs: 60_000 },
      );
      if (!unpacked.ok) return unpacked;
    }
    const profile = await openHeapProfile(target.readChunks(path), path, { gzip: (chunks) => chunks });
    if (!profile.ok) return profile;
    return ok({ ...file, profile: profile.value, isOld: this.before.has(keyOf(file)) });
  }
}

/** Milliseconds since the Unix epoch; ticks are hundredths of a second wherever Linux runs today (time(7)). */
async function begunMs({ target, process }: LiveSession): Promise<number | undefined> {
  let text = '';
  try {
    for await (const chunk of target.readText('/proc/stat')) text += chunk;
  } catch {
    return undefined;
  }
  const boot = /^btime (\d+)$/m.exec(text)?.[1];
  return boot === undefined ? undefined : Number(boot) * 1000 + process.startTicks * 10;
}

/** One of the same name that was written again is another one. */
export const isSameFile = (a: WrittenFile, b: WrittenFile): boolean => keyOf(a) === keyOf(b);

const keyOf = ({ path, modifiedMs, size }: WrittenFile): string => `${path}\0${modifiedMs ?? ''}\0${size}`;

/**
 * gperftools marks the first letter of HEAPPROFILE in the environment of the process (its highest bit), so that children write to other files. The letter is
 * read again without it.
 */
async function exactPrefix({ target, process }: LiveSession, told: string): Promise<string> {
  const bytes = await target.readBytes(`/proc/${process.pid}/environ`, { length: 1 << 20 });
  if (!bytes.ok) return told;
  const text = Array.from(bytes.value, (byte) => String.fromCharCode(byte)).join('');
  const value = /(?:^|\0)HEAPPROFILE=([^\0]*)/.exec(text)?.[1];
  if (value === undefined || value === '') return told;
  const letters = Uint8Array.from(value, (letter, at) => (at === 0 ? letter.charCodeAt(0) & 0x7f : letter.charCodeAt(0)));
  return decoded(letters);
}

function decoded(bytes: Uint8Array): string {
  const escaped = Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  try {
    return decodeURIComponent(escaped);
  } catch {
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  }
}
