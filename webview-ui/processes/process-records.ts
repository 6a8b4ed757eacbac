import type { ProcessEntry, ToPage } from '../../src/protocol/trends.js';

/** A process as the page keeps it: the record stays the same object while the values in it change. */
export interface ProcessRecord {
  readonly id: string;
  entry: ProcessEntry;
  /** It has ended; it may still be shown while the order is held. */
  gone: boolean;
  /** By the filter: yes, no, or undefined where a value that it asks for is not known. Kept, so that a change costs only what changed. */
  match: boolean | undefined;
  /** Where it stands in the order of now, when no groups are shown. */
  position: number;
}

export interface RecordsChange {
  /** Records whose values changed, with the values before. */
  readonly changed: readonly { readonly record: ProcessRecord; readonly before: ProcessEntry }[];
  readonly added: readonly ProcessRecord[];
  readonly gone: readonly ProcessRecord[];
}

export type ProcessesMessage = Extract<ToPage, { kind: 'processes' }>;

/** All processes of the target. What groups are made of (command, user, cgroup) is fixed for a record: a change gives a new one. */
export class ProcessRecords {
  private readonly records = new Map<string, ProcessRecord>();

  get size(): number {
    return this.records.size;
  }

  get(id: string): ProcessRecord | undefined {
    return this.records.get(id);
  }

  all(): IterableIterator<ProcessRecord> {
    return this.records.values();
  }

  apply(message: ProcessesMessage): RecordsChange {
    const changed: { record: ProcessRecord; before: ProcessEntry }[] = [];
    const added: ProcessRecord[] = [];
    const gone: ProcessRecord[] = [];
    const remove = (record: ProcessRecord): void => {
      record.gone = true;
      this.records.delete(record.id);
      gone.push(record);
    };
    if (message.mode === 'reset') {
      const kept = new Set(message.changed.map(({ id }) => id));
      for (const record of this.records.values()) if (!kept.has(record.id)) remove(record);
    }
    for (const id of message.gone) {
      const record = this.records.get(id);
      if (record) remove(record);
    }
    for (const entry of message.changed) {
      const record = this.records.get(entry.id);
      if (record && sameGroups(record.entry, entry)) {
        changed.push({ record, before: record.entry });
        record.entry = entry;
        continue;
      }
      if (record) remove(record);
      const fresh: ProcessRecord = { id: entry.id, entry, gone: false, match: true, position: -1 };
      this.records.set(entry.id, fresh);
      added.push(fresh);
    }
    return { changed, added, gone };
  }
}

const sameGroups = (a: ProcessEntry, b: ProcessEntry): boolean =>
  a.command === b.command && a.user === b.user && a.uid === b.uid && a.cgroup === b.cgroup;

/** Several messages made one: what arrives while the page is paused, no more than there are processes. */
export function mergeMessages(first: ProcessesMessage | undefined, next: ProcessesMessage): ProcessesMessage {
  if (!first || next.mode === 'reset') return next;
  const changed = new Map(first.changed.map((entry) => [entry.id, entry]));
  const gone = new Set(first.gone);
  for (const id of next.gone) {
    changed.delete(id);
    gone.add(id);
  }
  for (const entry of next.changed) {
    changed.set(entry.id, entry);
    gone.delete(entry.id);
  }
  return { kind: 'processes', mode: first.mode, changed: [...changed.values()], gone: [...gone] };
}
