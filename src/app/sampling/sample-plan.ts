import type { Milliseconds } from '../../base/units.js';
import type { ReadRequest } from '../reader.js';
import { TickAllowance } from './budget.js';
import type { KnownMachine } from './known-machine.js';
import type { ProcessRecord } from './process-record.js';
import type { TickContext, WatchedProcess } from './watch.js';

/** When only watched processes matter, the others are looked through for what these have started. */
const FAMILY_EVERY_MS: Milliseconds = 2000;

export interface Demand {
  /** Somebody looks at the table of processes. */
  readonly processes: boolean;
  readonly watched: readonly WatchedProcess[];
  /** Somebody waits for a process to be found. */
  readonly search: boolean;
}

export interface SamplePlan {
  readonly request: ReadRequest;
  readonly everyStat: boolean;
  /** Of which files of their own are read; the names stand in `ProcessRecord.asked`. */
  readonly asked: readonly ProcessRecord[];
}

/** What to read at a tick. */
export class SamplePlanner {
  private turn = 0;
  private everyStatAt: Milliseconds | undefined;

  constructor(private readonly known: KnownMachine) {}

  /** A new reader begins with everything. */
  reset(): void {
    this.everyStatAt = undefined;
  }

  plan(demand: Demand, now: Milliseconds, context: TickContext): SamplePlan {
    const { system, files: machine, groups, table } = this.known;
    const everyStat = this.looksThrough(demand, now, context.tickMs);
    if (everyStat) this.everyStatAt = now;
    const names = new Map<ProcessRecord, Set<string>>();
    const ask = (record: ProcessRecord, more: readonly string[]): void => {
      const there = names.get(record);
      if (there === undefined) names.set(record, new Set(more));
      else for (const name of more) there.add(name);
    };
    const watched = new Set(demand.watched.map(({ record }) => record));
    const allowance = new TickAllowance(context.tickMs);
    // Each is first in its turn.
    const first = this.turn++ % Math.max(1, demand.watched.length);
    for (const process of [...demand.watched.slice(first), ...demand.watched.slice(0, first)]) {
      ask(process.record, process.names(now, !everyStat, context, allowance));
    }
    if (demand.processes) {
      for (const record of table.round.next({ now, ...context, allowance, watched })) ask(record, record.asked);
    }
    for (const record of table.stale) ask(record, ['cmdline', 'status', 'cgroup']);

    const processes: { pid: number; names: string[] }[] = [];
    const maps: number[] = [];
    const fds: number[] = [];
    for (const [record, set] of names) {
      record.asked = [...set];
      const { pid } = record.stat;
      const files = record.asked.filter((name) => name !== 'maps' && name !== 'fds');
      if (files.length > 0) processes.push({ pid, names: files });
      if (set.has('maps')) maps.push(pid);
      if (set.has('fds')) fds.push(pid);
    }
    const cgroups = demand.watched.flatMap(({ record }) => (record.cgroup === undefined ? [] : [record.cgroup]));
    const files = [...system.wanted(now), ...groups.wanted(cgroups, machine.mounts, now)];
    return { request: { files, everyStat, processes, maps, fds }, everyStat, asked: [...names.keys()] };
  }

  private looksThrough({ processes, watched, search }: Demand, now: Milliseconds, tickMs: Milliseconds): boolean {
    if (processes || search) return true;
    if (watched.length === 0) return false;
    return this.everyStatAt === undefined || now - this.everyStatAt >= FAMILY_EVERY_MS - tickMs / 2;
  }
}
