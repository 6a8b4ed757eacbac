import type { Bytes, Milliseconds } from '../../base/units.js';
import {
  type CgroupMemoryFiles,
  type CgroupMount,
  type CgroupPaths,
  cgroupMemoryFiles,
  parseCgroupAmount,
} from '../../procfs/cgroup.js';
import { latin1Text } from './latin1.js';

const USAGE_EVERY_MS: Milliseconds = 1000;
/** Limits are set seldom; a file that is not there (the root group) comes seldom, too. */
const LIMIT_EVERY_MS: Milliseconds = 10_000;

export interface GroupMemory {
  readonly usage: Bytes;
  /** Of this group or of one around it, whichever is least. */
  readonly limit?: Bytes;
}

/** Usage and limit files of the control groups of watched processes (kernel doc: admin-guide/cgroup-v2, cgroup-v1/memory). */
export class GroupFiles {
  private readonly amounts = new Map<string, Bytes | 'max' | undefined>();
  private readonly askedAt = new Map<string, Milliseconds>();

  reset(): void {
    this.amounts.clear();
    this.askedAt.clear();
  }

  wanted(groups: Iterable<CgroupPaths>, mounts: readonly CgroupMount[], now: Milliseconds): readonly string[] {
    const due = new Set<string>();
    const ask = (path: string, everyMs: Milliseconds): void => {
      const before = this.askedAt.get(path);
      if (before !== undefined && now - before < everyMs * 0.9) return;
      this.askedAt.set(path, now);
      due.add(path);
    };
    for (const paths of groups) {
      for (const { usage, limit } of cgroupMemoryFiles(paths, mounts)) {
        ask(limit, LIMIT_EVERY_MS);
        ask(usage, this.askedAt.has(usage) && this.amounts.get(usage) === undefined ? LIMIT_EVERY_MS : USAGE_EVERY_MS);
      }
    }
    return [...due];
  }

  text(path: string, bytes: Uint8Array): void {
    if (this.askedAt.has(path)) this.amounts.set(path, parseCgroupAmount(latin1Text(bytes)));
  }

  unreadable(path: string): void {
    this.amounts.delete(path);
  }

  /** Usage and limit of the group that limits the process most; without a limit, the usage of its own group. */
  memory(paths: CgroupPaths, mounts: readonly CgroupMount[]): GroupMemory | undefined {
    let tightest: GroupMemory | undefined;
    for (const files of cgroupMemoryFiles(paths, mounts)) {
      const memory = this.memoryOf(files);
      if (memory === undefined) continue;
      if (tightest === undefined || (memory.limit ?? Infinity) < (tightest.limit ?? Infinity)) tightest = memory;
    }
    return tightest;
  }

  private memoryOf({ usage, limit }: CgroupMemoryFiles): GroupMemory | undefined {
    const used = this.amounts.get(usage);
    const most = this.amounts.get(limit);
    if (typeof used !== 'number') return undefined;
    return typeof most === 'number' ? { usage: used, limit: most } : { usage: used };
  }
}
