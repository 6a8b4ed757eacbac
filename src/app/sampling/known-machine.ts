import type { Milliseconds } from '../../base/units.js';
import type { MonitorSettings } from '../monitor.js';
import type { ReadSink } from '../reader.js';
import { GroupFiles, type GroupMemory } from './group-files.js';
import { MachineFiles } from './machine-files.js';
import type { ProcessRecord, RowContext } from './process-record.js';
import { ProcessTable } from './process-table.js';
import { SystemFiles } from './system-files.js';
import type { TickContext } from './watch.js';

/** What readers have told of a machine: its files, its control groups, its processes. */
export class KnownMachine {
  readonly system = new SystemFiles();
  readonly files = new MachineFiles();
  readonly groups = new GroupFiles();
  readonly table = new ProcessTable();

  /** A new reader begins with everything. */
  reopen(): void {
    this.system.reset();
    this.files.reset();
    this.groups.reset();
    this.table.reopen();
  }

  /** Takes what is told while `open` says so. */
  sink(now: Milliseconds, open: () => boolean): ReadSink {
    const { system, files, groups, table } = this;
    return {
      text: (pid, name, bytes) => {
        if (!open()) return;
        if (pid !== 0) table.text(pid, name, bytes);
        else {
          system.text(name, bytes);
          files.text(name, bytes);
          groups.text(name, bytes);
        }
      },
      unreadable: (pid, name, why) => {
        if (!open()) return;
        if (pid !== 0) table.unreadable(pid, name, why);
        else {
          system.unreadable(name, now);
          groups.unreadable(name);
        }
      },
      stat: (stat) => open() && table.stat(stat),
      exit: (pid) => open() && table.exit(pid),
      maps: (pid, digest) => open() && table.maps(pid, digest),
      fds: (pid, count) => open() && table.fds(pid, count),
      cost: (pid, name, microseconds) => open() && table.cost(pid, name, microseconds),
    };
  }

  tickContext({ intervalMs, budget }: MonitorSettings): TickContext {
    const { rollupFile, pageSize, maxMapCount } = this.files;
    return {
      rollupFile,
      pageSize,
      tickMs: intervalMs,
      budget,
      limits: { memAvailable: this.system.field('MemAvailable'), maxMapCount },
    };
  }

  get rowContext(): RowContext {
    const { pageSize, users, rollupFile } = this.files;
    return { pageSize, users, memTotal: this.system.field('MemTotal'), rollupFile };
  }

  /** Of the control group that limits the process most. */
  groupMemory({ cgroup }: ProcessRecord): GroupMemory | undefined {
    return cgroup === undefined ? undefined : this.groups.memory(cgroup, this.files.mounts);
  }
}
