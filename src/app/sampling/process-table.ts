import type { Milliseconds } from '../../base/units.js';
import type { MapsDigest, ProcessId, ProcessRow, ProcessStat } from '../../model/process.js';
import { parseStat } from '../../procfs/stat.js';
import type { Reading } from './budget.js';
import { adoptProcessFile, takeProcessFile } from './process-files.js';
import { ProcessRecord, type RowContext } from './process-record.js';
import { SlowRound } from './slow-round.js';

/** What a tick has brought. */
export interface TableChange {
  readonly changed: readonly ProcessRow[];
  readonly gone: readonly ProcessId[];
  /** Not those that were there when the table was first filled. */
  readonly born: readonly ProcessRecord[];
  readonly ended: readonly ProcessRecord[];
  readonly replaced: readonly ProcessRecord[];
}

/** Ticks may be a minute apart. */
const LONGEST_RATE_SECONDS = 150;

const EXPENSIVE: ReadonlySet<string> = new Set<Reading>(['smaps_rollup', 'smaps', 'maps', 'fds']);
const isReading = (name: string): name is Reading => EXPENSIVE.has(name);
/** A reader names the directory that it could not list, and the table what is made of it. */
const readingOf = (name: string): string => (name === 'fd' ? 'fds' : name);

/**
 * The processes of a machine by what a reader tells of them: the work of a tick is as large as what has changed. A process is
 * its pid and its start time; a pid that is given again is another process.
 */
export class ProcessTable {
  readonly rows = new Map<ProcessId, ProcessRow>();
  readonly round = new SlowRound();
  /** Whose name has changed, or who run another program: their command lines are to be read again. */
  readonly stale = new Set<ProcessRecord>();
  private readonly records = new Map<number, ProcessRecord>();
  /** Their name has changed: by exec(2), or they rename themselves. Their command lines will tell. */
  private readonly renamed = new Set<ProcessRecord>();
  private readonly touched = new Set<ProcessRecord>();
  /** With a rate that is not 0, or not known yet: when such a process is not told again, it has had no faults since. */
  private readonly busy = new Set<ProcessRecord>();
  private readonly faultsBefore = new Map<ProcessRecord, ProcessStat>();
  private readonly spent = new Map<ProcessRecord, Map<Reading, number>>();
  /** Whose pid a process has got without its end having been told. */
  private readonly before = new Map<ProcessRecord, ProcessRecord>();
  private born: ProcessRecord[] = [];
  private ended: ProcessRecord[] = [];
  private gone: ProcessId[] = [];
  private replaced: ProcessRecord[] = [];
  /** Records that a new reader has told; undefined once it has told them all. */
  private roll: Set<ProcessRecord> | undefined = new Set();
  private filled = false;
  private everyStatAt: Milliseconds | undefined;
  private now: Milliseconds = 0;

  find(pid: number): ProcessRecord | undefined {
    return this.records.get(pid);
  }

  get all(): IterableIterator<ProcessRecord> {
    return this.records.values();
  }

  /** A new reader tells every process; those it does not tell have ended meanwhile. */
  reopen(): void {
    this.roll = new Set();
    this.everyStatAt = undefined;
    for (const record of this.records.values()) {
      record.statAt = undefined;
      this.busy.add(record);
    }
  }

  /** Another boot: all of them have ended. */
  clear(): TableChange {
    for (const record of [...this.records.values()]) this.end(record);
    this.filled = false;
    this.roll = new Set();
    return this.take([]);
  }

  begin(now: Milliseconds): void {
    this.now = now;
  }

  stat(stat: ProcessStat): void {
    const before = this.records.get(stat.pid);
    let record = before;
    if (before !== undefined && before.stat.startTicks !== stat.startTicks) {
      this.end(before);
      record = undefined;
    }
    if (record === undefined) {
      record = new ProcessRecord(stat, this.filled ? this.now : undefined);
      if (before !== undefined) this.before.set(record, before);
      this.records.set(stat.pid, record);
      this.round.add(record);
      this.busy.add(record);
      if (this.filled) this.born.push(record);
    } else {
      if (!this.faultsBefore.has(record)) this.faultsBefore.set(record, record.stat);
      if (record.stat.command !== stat.command && record.commandLine !== undefined) {
        this.renamed.add(record);
        this.stale.add(record);
      }
      const was = record.over;
      record.stat = stat;
      if (record.dead) record.dropMemory();
      // What matters of a zombie is that it has ended; its row stays until it is reaped.
      if (record.over && !was) this.ended.push(record);
    }
    this.roll?.add(record);
    this.touched.add(record);
  }

  exit(pid: number): void {
    const record = this.records.get(pid);
    if (record !== undefined) this.end(record);
  }

  text(pid: number, name: string, bytes: Uint8Array): void {
    if (name === 'stat') {
      const stat = parseStat(bytes);
      if (stat !== undefined && stat.pid === pid) this.stat(stat);
      return;
    }
    const record = this.records.get(pid);
    if (record === undefined) return;
    const commandLine = record.commandLine;
    if (takeProcessFile(record, name, bytes)) record.told(name);
    else record.failed(name, 'gone', this.now);
    // With another command line it was exec(2); a program that renames itself keeps the one it was started with.
    if (name === 'cmdline' && this.renamed.has(record) && commandLine !== undefined && commandLine !== record.commandLine) {
      this.replace(record);
    }
    this.touched.add(record);
  }

  maps(pid: number, digest: MapsDigest): void {
    const record = this.records.get(pid);
    if (record === undefined) return;
    record.told('maps');
    record.maps = digest;
    const start = digest.heap?.start;
    // The heap of a program stays where it begins; with address space layout randomisation, exec(2) gives another place.
    if (start !== undefined && record.heapStart !== undefined && start !== record.heapStart) this.replace(record);
    record.heapStart = start;
    this.touched.add(record);
  }

  fds(pid: number, count: number): void {
    const record = this.records.get(pid);
    if (record === undefined) return;
    record.told('fds');
    record.fds = count;
  }

  unreadable(pid: number, name: string, why: 'gone' | 'permission' | 'unreadable'): void {
    const record = this.records.get(pid);
    if (record === undefined) return;
    if (name === 'stat') {
      // Readable by everyone: the process is gone. (With hidepid it is not there at all.)
      this.end(record);
      return;
    }
    record.failed(readingOf(name), why, this.now);
    this.touched.add(record);
  }

  cost(pid: number, name: string, microseconds: number): void {
    const record = this.records.get(pid);
    if (record === undefined || !isReading(name)) return;
    const cost = record.account.took(name, microseconds);
    if (cost === undefined) return;
    const costs = this.spent.get(record) ?? new Map<Reading, number>();
    this.spent.set(record, costs.set(name, cost));
  }

  /** After a tick that asked `asked` for files of their own, and, with `everyStat`, for the state of all. */
  finish(options: {
    readonly at: Milliseconds;
    readonly everyStat: boolean;
    readonly asked: readonly ProcessRecord[];
    readonly context: RowContext;
    readonly tickMs: Milliseconds;
    readonly budget: number;
  }): TableChange {
    const { at, everyStat, asked, context, tickMs, budget } = options;
    if (everyStat && this.roll !== undefined) {
      for (const record of [...this.records.values()]) if (!this.roll.has(record)) this.end(record);
      this.roll = undefined;
      this.filled = true;
    }
    for (const record of asked) {
      if (this.records.get(record.stat.pid) !== record) continue;
      record.settle(at, this.now);
      this.adopt(record, at);
      this.charge(record, tickMs, budget);
      if (record.asked.includes('cmdline')) {
        this.renamed.delete(record);
        this.stale.delete(record);
      }
      this.touched.add(record);
    }
    this.rates(at, everyStat, asked);
    if (everyStat) this.everyStatAt = at;
    for (const record of asked) record.asked = [];
    const changed: ProcessRow[] = [];
    for (const record of this.touched) {
      const row = record.row(context);
      this.rows.set(record.id, row);
      changed.push(row);
    }
    return this.take(changed);
  }

  private take(changed: readonly ProcessRow[]): TableChange {
    const { born, ended, gone, replaced } = this;
    this.touched.clear();
    this.faultsBefore.clear();
    this.spent.clear();
    [this.born, this.ended, this.gone, this.replaced] = [[], [], [], []];
    return { changed, gone, born, ended, replaced };
  }

  private end(record: ProcessRecord): void {
    this.records.delete(record.stat.pid);
    if (this.rows.delete(record.id)) this.gone.push(record.id);
    this.touched.delete(record);
    this.busy.delete(record);
    this.renamed.delete(record);
    this.stale.delete(record);
    this.before.delete(record);
    this.round.remove(record);
    if (!record.over) this.ended.push(record);
  }

  private adopt(record: ProcessRecord, at: Milliseconds): void {
    const before = this.before.get(record);
    if (before === undefined) return;
    for (const name of record.asked) if (record.readAt.get(name) === at) adoptProcessFile(record, before, name);
  }

  private replace(record: ProcessRecord): void {
    record.beginProgram();
    this.renamed.delete(record);
    this.stale.add(record);
    this.round.renew(record);
    this.replaced.push(record);
  }

  private charge(record: ProcessRecord, tickMs: Milliseconds, budget: number): void {
    const measured = this.spent.get(record);
    let microseconds = 0;
    for (const name of record.asked) {
      if (isReading(name)) microseconds += measured?.get(name) ?? record.account.cost(name, record.vmas);
    }
    if (microseconds > 0) record.account.charge(this.now, tickMs, budget, microseconds);
  }

  /** Faults per second since the last tick at which the counters were known. */
  private rates(at: Milliseconds, everyStat: boolean, asked: readonly ProcessRecord[]): void {
    const wasBusy = [...this.busy];
    const known = new Set<ProcessRecord>(this.faultsBefore.keys());
    for (const record of asked) if (record.asked.includes('stat')) known.add(record);
    if (everyStat) for (const record of wasBusy) known.add(record);
    for (const record of known) {
      if (this.records.get(record.stat.pid) !== record) continue;
      const before = this.faultsBefore.get(record) ?? record.stat;
      const since = Math.max(record.statAt ?? -Infinity, this.everyStatAt ?? -Infinity);
      const seconds = (at - since) / 1000;
      this.setRates(record, record.stat.minorFaults - before.minorFaults, record.stat.majorFaults - before.majorFaults, seconds);
      record.statAt = at;
    }
    for (const record of this.touched) record.statAt ??= at;
  }

  private setRates(record: ProcessRecord, minor: number, major: number, seconds: number): void {
    // Over a pause it would be a mean that nobody has asked for.
    const known = seconds > 0 && seconds < LONGEST_RATE_SECONDS && minor >= 0 && major >= 0;
    record.minorRate = known ? minor / seconds : undefined;
    record.majorRate = known ? major / seconds : undefined;
    if (!known || (record.minorRate ?? 0) > 0 || (record.majorRate ?? 0) > 0) this.busy.add(record);
    else this.busy.delete(record);
    this.touched.add(record);
  }
}
