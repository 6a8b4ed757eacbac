import type { Milliseconds } from '../../base/units.js';
import type { TickAllowance } from './budget.js';
import type { ProcessRecord } from './process-record.js';

/** A process is visited no more often than this, however few there are. */
const REST_MS: Milliseconds = 5000;
/** A process younger than this may be gone at once: most of those that a build starts are. */
const SETTLED_MS: Milliseconds = 1000;
/** Mappings are counted at every so many visits: that costs as much as a rollup. */
const VISITS_PER_MAPS = 3;
/** Ticks at which nothing was due are no reason to read all at once later. */
const MOST_CREDIT_US = 40_000;
/** Besides the expensive files: open, read and close of statm, oom_score and their like. */
const CHEAP_FILES_US = 20;

/**
 * The round through all processes for what is too expensive at every tick, oldest values first. The whole round takes at most
 * the budget's share of wall time, but for the first visit of each process, which comes as soon as a tick's latency allows.
 */
export class SlowRound {
  private readonly fresh = new Set<ProcessRecord>();
  private readonly visited = new Set<ProcessRecord>();
  /** The tick had no room for all that were to be read for the first time. */
  leftOut = false;
  private credit = 0;
  private creditAt: Milliseconds | undefined;

  add(record: ProcessRecord): void {
    this.fresh.add(record);
  }

  /** Soon again: another program runs in it. */
  renew(record: ProcessRecord): void {
    this.visited.delete(record);
    this.fresh.add(record);
  }

  remove(record: ProcessRecord): void {
    this.fresh.delete(record);
    this.visited.delete(record);
  }

  /** Sets `asked` of the processes to visit at this tick, and returns them. */
  next(options: {
    readonly now: Milliseconds;
    readonly tickMs: Milliseconds;
    readonly budget: number;
    readonly rollupFile: 'smaps_rollup' | 'smaps' | undefined;
    /** What watched processes have left of the tick. */
    readonly allowance: TickAllowance;
    /** Of watched processes the rollup is read anyway. */
    readonly watched: ReadonlySet<ProcessRecord>;
  }): readonly ProcessRecord[] {
    const { now, budget } = options;
    this.credit = Math.min(MOST_CREDIT_US, this.credit + Math.max(0, now - (this.creditAt ?? now)) * budget * 1000);
    this.creditAt = now;
    const visits: ProcessRecord[] = [];
    let spent = 0;
    this.leftOut = false;
    const visit = (record: ProcessRecord): boolean => {
      const names = this.names(record, options);
      const cost = this.costOf(record, names);
      if (!options.allowance.take(cost)) return false;
      spent += cost;
      record.asked = names;
      record.visits++;
      record.visitedAt = now;
      this.fresh.delete(record);
      this.visited.delete(record);
      this.visited.add(record);
      visits.push(record);
      return true;
    };
    for (const record of this.fresh) {
      if (record.bornAt !== undefined && now - record.bornAt < SETTLED_MS) continue;
      if (visit(record)) continue;
      this.leftOut = true;
      return visits;
    }
    for (const record of [...this.due(now, options)]) {
      if (this.credit - spent <= 0 || !visit(record)) break;
    }
    this.credit -= spent;
    return visits;
  }

  /** The first ones that may be visited again; those that a large cost keeps at rest are passed over. */
  private *due(now: Milliseconds, options: { readonly tickMs: Milliseconds; readonly budget: number }): Generator<ProcessRecord> {
    let most = 500;
    for (const record of this.visited) {
      // In the order of their visits: those behind it were visited later.
      if (now - (record.visitedAt ?? 0) < REST_MS || most-- === 0) return;
      if (record.account.allowance(now, options.tickMs, options.budget) > 0) yield record;
    }
  }

  private names(
    record: ProcessRecord,
    { now, rollupFile, watched }: { now: Milliseconds; rollupFile: string | undefined; watched: ReadonlySet<ProcessRecord> },
  ): string[] {
    const first = record.visits === 0 || record.commandLine === undefined;
    if (record.kernelThread || record.dead) return first ? ['status'] : [];
    const names = first ? ['status', 'cmdline', 'cgroup', 'statm', 'oom_score'] : ['statm', 'oom_score'];
    const expensive = rollupFile !== undefined && record.readable(rollupFile, now);
    // The swap of a process whose rollup we may not read.
    if (!first && !expensive) names.push('status');
    if (watched.has(record)) return names;
    if (expensive) names.push(rollupFile);
    if (record.visits % VISITS_PER_MAPS === 0 && record.readable('maps', now)) names.push('maps');
    return names;
  }

  private costOf(record: ProcessRecord, names: readonly string[]): number {
    let cost = CHEAP_FILES_US;
    for (const name of names) {
      if (name === 'smaps_rollup' || name === 'smaps' || name === 'maps') cost += record.account.cost(name, record.vmas);
    }
    return cost;
  }
}
