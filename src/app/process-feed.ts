import { verdictWords } from '../insight/growth/words.js';
import { type ProcessId, type ProcessRow, processId } from '../model/process.js';
import type { ProcessEntry, RowGrowth, ToPage } from '../protocol/trends.js';
import type { Monitor, Watch } from './monitor.js';

type ProcessesMessage = Extract<ToPage, { kind: 'processes' }>;

/** Tells a page the processes of a machine: all rows at first, then only those that have changed. */
export class ProcessFeed {
  /** Since the last answer; undefined: all rows are to be told. */
  private rows: { readonly changed: Map<ProcessId, ProcessRow>; readonly gone: Set<ProcessId> } | undefined;

  /** What has changed in the monitor. */
  take({ changed, gone }: { readonly changed: readonly ProcessRow[]; readonly gone: readonly ProcessId[] }): void {
    if (this.rows === undefined) return;
    for (const row of changed) {
      this.rows.changed.set(processId(row), row);
      this.rows.gone.delete(processId(row));
    }
    for (const id of gone) {
      this.rows.changed.delete(id);
      this.rows.gone.add(id);
    }
  }

  /** Undefined: nothing is new. */
  answer(monitor: Monitor): ProcessesMessage | undefined {
    const watches = new Map(monitor.watches.map((watch) => [watch.id, watch]));
    const entry = (row: ProcessRow): ProcessEntry => entryOf(row, watches.get(processId(row)));
    const { rows } = this;
    this.rows = { changed: new Map(), gone: new Set() };
    if (rows === undefined) {
      const changed = [...monitor.processes.values()].map(entry);
      // The first rows may be thousands: they come as a whole, too.
      if (changed.length === 0) this.rows = undefined;
      return { kind: 'processes', mode: 'reset', changed, gone: [] };
    }
    // The growth of a watched process changes while its row does not.
    for (const watch of watches.values()) if (watch.row !== undefined) rows.changed.set(watch.id, watch.row);
    if (rows.changed.size + rows.gone.size === 0) return undefined;
    return { kind: 'processes', mode: 'delta', changed: [...rows.changed.values()].map(entry), gone: [...rows.gone] };
  }

  /** The next answer is a whole one. */
  forget(): void {
    this.rows = undefined;
  }
}

function entryOf(row: ProcessRow, watch: Watch | undefined): ProcessEntry {
  const id = processId(row);
  return { ...row, id, watched: watch !== undefined, ...(watch === undefined ? {} : { growth: growthOf(watch) }) };
}

function growthOf({ verdict }: Watch): RowGrowth {
  const { state, ratePerHour } = verdict;
  return { state, ...(ratePerHour === undefined ? {} : { ratePerHour }), text: verdictWords(verdict).title };
}
