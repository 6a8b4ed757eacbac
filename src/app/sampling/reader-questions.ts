import type { Fault } from '../../base/fault.js';
import { err, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { Clock } from '../ports.js';
import type { Reader, ReadFacts, ReadRequest, ReadSink } from '../reader.js';
import type { GroupFiles } from './group-files.js';
import type { MachineFiles } from './machine-files.js';
import type { ProcessTable } from './process-table.js';
import type { SystemFiles } from './system-files.js';

/** Those who keep what a reader tells. */
export interface Keepers {
  readonly table: ProcessTable;
  readonly system: SystemFiles;
  readonly machine: MachineFiles;
  readonly groups: GroupFiles;
}

/** Puts requests to a reader, one at a time, and hands on what it tells. */
export class ReaderQuestions {
  private giveUp: ((fault: Fault) => void) | undefined;

  constructor(
    private readonly target: string,
    private readonly clock: Clock,
    private readonly keepers: Keepers,
  ) {}

  /** No answer for `limitMs` is a fault of the connection, as far as we can tell. What comes later is not taken. */
  ask(reader: Reader, request: ReadRequest, limitMs: Milliseconds): Promise<Result<ReadFacts, Fault>> {
    return new Promise((resolve) => {
      let open = true;
      const done = (result: Result<ReadFacts, Fault>): void => {
        open = false;
        timer.dispose();
        resolve(result);
      };
      const detail = `no answer within ${Math.round(limitMs / 1000)} seconds`;
      const timer = this.clock.after(limitMs, () =>
        done(err({ code: 'target-unreachable', target: this.target, detail, why: 'no-answer' })),
      );
      this.giveUp = (fault) => done(err(fault));
      void reader
        .read(
          request,
          this.sink(() => open),
        )
        .then(done);
    });
  }

  /** The answer will not come any more. */
  abandon(): void {
    this.giveUp?.({ code: 'cancelled' });
    this.giveUp = undefined;
  }

  private sink(open: () => boolean): ReadSink {
    const { table, system, machine, groups } = this.keepers;
    const now = this.clock.now();
    return {
      text: (pid, name, bytes) => {
        if (!open()) return;
        if (pid !== 0) table.text(pid, name, bytes);
        else {
          system.text(name, bytes);
          machine.text(name, bytes);
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
}
