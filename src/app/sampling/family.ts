import type { Milliseconds } from '../../base/units.js';
import type { ProcessId } from '../../model/process.js';
import type { TrendEvent } from '../../model/trend-event.js';
import type { ProcessRecord } from './process-record.js';
import type { ProcessTable, TableChange } from './process-table.js';

/** A program that starts hundreds of processes a second must not push everything else out of the list of events. */
const MOST_A_TICK = 5;

/** Watched processes and what they have started: their forks, execs and exits are events. */
export class Family {
  private readonly roots = new Set<ProcessRecord>();
  /** Of each member, the watched process it descends from. */
  private readonly rootOf = new Map<ProcessRecord, ProcessId>();

  constructor(private readonly table: ProcessTable) {}

  follow(root: ProcessRecord): void {
    this.roots.add(root);
    this.rootOf.set(root, root.id);
    const children = new Map<number, ProcessRecord[]>();
    for (const record of this.table.all) {
      const siblings = children.get(record.stat.parent);
      if (siblings === undefined) children.set(record.stat.parent, [record]);
      else siblings.push(record);
    }
    const waiting = [root];
    for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
      for (const child of children.get(parent.stat.pid) ?? []) {
        if (this.rootOf.has(child)) continue;
        this.rootOf.set(child, root.id);
        waiting.push(child);
      }
    }
  }

  unfollow(root: ProcessRecord): void {
    this.roots.delete(root);
    for (const [member, id] of [...this.rootOf]) if (id === root.id) this.rootOf.delete(member);
  }

  /**
   * What has happened to members. A fork is an event of the watched process, with the pid and the name of the new one; an exit is one of the
   * process that has ended, with its name; `oom-kill` for a watched one when the kernel has just killed for lack of memory. `+12`: twelve
   * more.
   */
  events({ born, ended, replaced }: TableChange, at: Milliseconds, oomKill: boolean): readonly TrendEvent[] {
    const forks: TrendEvent[] = [];
    // Parents before their children.
    for (const record of [...born].sort((a, b) => a.stat.startTicks - b.stat.startTicks || a.stat.pid - b.stat.pid)) {
      const parent = this.table.find(record.stat.parent);
      const root = parent === undefined ? undefined : this.rootOf.get(parent);
      if (root === undefined) continue;
      this.rootOf.set(record, root);
      forks.push({ at, kind: 'process-fork', process: root, detail: `${record.stat.pid} ${record.stat.command}` });
    }
    const execs: TrendEvent[] = [];
    for (const record of replaced) {
      if (this.roots.has(record)) execs.push({ at, kind: 'process-exec', process: record.id, detail: record.stat.command });
    }
    const exits: TrendEvent[] = [];
    const ends: TrendEvent[] = [];
    for (const record of ended) {
      if (!this.rootOf.delete(record)) continue;
      const event: TrendEvent = { at, kind: 'process-exit', process: record.id, detail: record.stat.command };
      if (this.roots.delete(record)) ends.push(oomKill ? { ...event, detail: 'oom-kill' } : event);
      else exits.push(event);
    }
    return [...bounded(forks), ...execs, ...bounded(exits), ...ends];
  }
}

function bounded(events: readonly TrendEvent[]): readonly TrendEvent[] {
  const last = events[MOST_A_TICK];
  if (last === undefined) return events;
  return [...events.slice(0, MOST_A_TICK), { ...last, detail: `+${events.length - MOST_A_TICK}` }];
}
