import type { Bytes, Milliseconds } from '../../base/units.js';
import {
  type MapsDigest,
  type ProcessId,
  type ProcessRow,
  type ProcessStat,
  type ProcessStatm,
  type ProcessStatus,
  processId,
  type Rollup,
  type Unknown,
} from '../../model/process.js';
import type { CgroupPaths } from '../../procfs/cgroup.js';
import type { Limits } from '../../procfs/limits.js';
import { ReadingAccount } from './budget.js';

/** A file that could not be read is asked for again only now and then. */
const RETRY_MS = 60_000;

/** What rows are made with, besides the process. */
export interface RowContext {
  readonly pageSize: Bytes;
  readonly users: ReadonlyMap<number, string>;
  readonly memTotal: Bytes | undefined;
  readonly rollupFile: string | undefined;
}

/** All that is known of one process. `readAt` is when a file was last found readable, changed or not. */
export class ProcessRecord {
  readonly id: ProcessId;
  readonly account = new ReadingAccount();
  statAt: Milliseconds | undefined;
  minorRate: number | undefined;
  majorRate: number | undefined;
  status: ProcessStatus | undefined;
  statm: ProcessStatm | undefined;
  /** RSS of stat when statm was read. */
  private rssPagesAtStatm: number | undefined;
  rollup: Rollup | undefined;
  maps: MapsDigest | undefined;
  /** Of the program that runs now: exec(2) gives it another one. */
  heapStart: number | undefined;
  fds: number | undefined;
  oomScore: number | undefined;
  commandLine: string | undefined;
  cgroup: CgroupPaths | undefined;
  limits: Limits | undefined;
  readonly readAt = new Map<string, Milliseconds>();
  /** Files asked for at this tick; `maps` and `fds` stand for what is made of them. */
  asked: readonly string[] = [];
  /** When the slow round came by, by the host's clock. */
  visitedAt: Milliseconds | undefined;
  visits = 0;
  private readonly unreadable = new Map<string, { why: 'gone' | 'permission' | 'unreadable'; retryAt: Milliseconds }>();

  constructor(
    public stat: ProcessStat,
    /** By the host's clock; undefined: it was there when sampling began. */
    readonly bornAt: Milliseconds | undefined,
  ) {
    this.id = processId(stat);
  }

  /** kthreadd and its children have no memory of their own; pid 2 of a container is an ordinary process, with some. */
  get kernelThread(): boolean {
    return (this.stat.pid === 2 || this.stat.parent === 2) && this.stat.vsz === 0 && !this.dead;
  }

  /** A zombie, or one that is being taken away: it has no memory any more. */
  get dead(): boolean {
    return this.stat.state === 'Z' || this.stat.state === 'X';
  }

  /** It has ended, and waits to be reaped. A leader that has ended before its threads is a zombie, too, but with more than one. */
  get over(): boolean {
    return this.dead && this.stat.threads <= 1;
  }

  get vmas(): number | undefined {
    return this.maps?.vmas;
  }

  readable(name: string, now: Milliseconds): boolean {
    const failed = this.unreadable.get(name);
    return failed === undefined || failed.retryAt <= now;
  }

  told(name: string): void {
    this.unreadable.delete(name);
  }

  failed(name: string, why: 'gone' | 'permission' | 'unreadable', now: Milliseconds): void {
    // A process that is being taken away is no reason to forget what it was like.
    this.unreadable.set(name, { why, retryAt: why === 'gone' ? now : now + RETRY_MS });
    if (why === 'gone') return;
    if (name === 'smaps_rollup' || name === 'smaps') this.rollup = undefined;
    else if (name === 'maps') this.maps = undefined;
    else if (name === 'fds') this.fds = undefined;
    else if (name === 'oom_score') this.oomScore = undefined;
  }

  /** After a tick: what was asked for and is not unreadable has been read. */
  settle(at: Milliseconds, now: Milliseconds): void {
    for (const name of this.asked) {
      const failed = this.unreadable.get(name);
      if (failed === undefined) {
        this.readAt.set(name, at);
        if (name === 'statm') this.rssPagesAtStatm = this.stat.rssPages;
      } else if (failed.why !== 'gone' && failed.retryAt <= now) failed.retryAt = now + RETRY_MS;
    }
  }

  /** A zombie has given its memory back. */
  dropMemory(): void {
    this.rollup = undefined;
    this.maps = undefined;
    this.fds = undefined;
    this.statm = undefined;
  }

  /** Another program runs in the process now: all of its files are to be read again, also those that could not be read. */
  beginProgram(): void {
    this.visits = 0;
    this.heapStart = undefined;
    this.rssPagesAtStatm = undefined;
    for (const failed of this.unreadable.values()) failed.retryAt = -Infinity;
  }

  row(context: RowContext): ProcessRow {
    const { stat, status, statm, rollup } = this;
    const rss = this.rssPages * context.pageSize;
    const user = status === undefined ? undefined : context.users.get(status.uid);
    const commandLine = this.kernelThread ? '' : this.commandLine;
    // Pages on swap are in the status of every process, also of those whose rollup only their owner may read.
    const swap =
      rollup?.swap ??
      (context.rollupFile !== undefined && this.rollupUnknown(context) === 'not-yet' ? undefined : status?.vmSwap);
    const rollupAt = rollup === undefined || context.rollupFile === undefined ? undefined : this.readAt.get(context.rollupFile);
    const unknown = rollup === undefined ? this.rollupUnknown(context) : undefined;
    const cgroup = this.cgroup?.memory ?? this.cgroup?.unified;
    return {
      pid: stat.pid,
      startTicks: stat.startTicks,
      parent: stat.parent,
      command: stat.command,
      state: stat.state,
      kernelThread: this.kernelThread,
      vsz: stat.vsz,
      rss,
      threads: stat.threads,
      ...(commandLine === undefined ? {} : { commandLine }),
      ...(status === undefined ? {} : { uid: status.uid }),
      ...(user === undefined ? {} : { user }),
      ...(cgroup === undefined ? {} : { cgroup }),
      ...(this.minorRate === undefined ? {} : { minorFaultsPerSecond: this.minorRate }),
      ...(this.majorRate === undefined ? {} : { majorFaultsPerSecond: this.majorRate }),
      ...(rollup === undefined ? {} : { pss: rollup.pss, uss: rollup.uss }),
      ...(swap === undefined ? {} : { swap }),
      ...(statm === undefined
        ? {}
        : {
            code: statm.textPages * context.pageSize,
            data: statm.dataPages * context.pageSize,
            shared: statm.sharedPages * context.pageSize,
          }),
      ...(this.vmas === undefined ? {} : { vmas: this.vmas }),
      ...(this.oomScore === undefined ? {} : { oomScore: this.oomScore }),
      ...(context.memTotal === undefined || context.memTotal === 0 ? {} : { memPercent: (rss / context.memTotal) * 100 }),
      ...(rollupAt === undefined ? {} : { rollupAt }),
      ...(unknown === undefined ? {} : { rollupUnknown: unknown }),
    };
  }

  /**
   * Resident pages of statm, as top(1) and ps(1) show them, moved by what stat has told since: stat comes at every tick, but its counter is
   * batched per CPU, while newer kernels sum statm up exactly.
   */
  private get rssPages(): number {
    const { stat, statm, rssPagesAtStatm } = this;
    if (statm === undefined || rssPagesAtStatm === undefined) return stat.rssPages;
    return Math.max(0, statm.residentPages + stat.rssPages - rssPagesAtStatm);
  }

  private rollupUnknown({ rollupFile }: RowContext): Unknown {
    // One that is being taken away has no address space any more, long before it is a zombie when it was large.
    if (this.kernelThread || this.dead || this.stat.vsz === 0) return 'no-memory-map';
    if (rollupFile === undefined) return 'not-supported';
    const failed = this.unreadable.get(rollupFile);
    // A shell can't tell why. Our own rollup was readable, so the file is there: what is left is that we may not.
    return failed === undefined || failed.why === 'gone' ? 'not-yet' : 'permission';
  }
}
