/** A file of a process, or (pid 0) a file of its own. */
export interface KnownFile {
  readonly pid: number;
  readonly name: string;
  /** What was told last, where the reader itself compares. */
  bytes?: Buffer;
  /** The same as lines, where the target sends changed lines only. */
  lines?: string[];
  unreadable: boolean;
  /** Microseconds that reading it took last. */
  cost?: number;
}

/** What a reader has told so far, by process and name; bounded by the processes that are there. */
export class KnownFiles {
  private readonly byPid = new Map<number, Map<string, KnownFile>>();

  of(pid: number, name: string): KnownFile {
    let names = this.byPid.get(pid);
    if (names === undefined) {
      names = new Map();
      this.byPid.set(pid, names);
    }
    let file = names.get(name);
    if (file === undefined) {
      file = { pid, name, unreadable: false };
      names.set(name, file);
    }
    return file;
  }

  get(pid: number, name: string): KnownFile | undefined {
    return this.byPid.get(pid)?.get(name);
  }

  /** Forgets the processes that are not there any more. */
  keep(pids: { readonly size: number; has(pid: number): boolean }): void {
    if (this.byPid.size <= pids.size + 1) return;
    for (const pid of this.byPid.keys()) if (pid !== 0 && !pids.has(pid)) this.byPid.delete(pid);
  }

  forget(pid: number): void {
    this.byPid.delete(pid);
  }
}

/** A file larger than this is told whenever it is read, instead of being kept for the comparison. */
const LARGEST_KEPT = 4 * 1024 * 1024;

/** Whether the bytes are new; then they are kept. */
export function takeBytes(file: KnownFile, bytes: Uint8Array, length: number): boolean {
  file.unreadable = false;
  const last = file.bytes;
  if (last !== undefined && last.length === length && last.compare(bytes, 0, length) === 0) return false;
  if (length > LARGEST_KEPT) delete file.bytes;
  else if (last !== undefined && last.length === length) last.set(bytes.subarray(0, length));
  else file.bytes = Buffer.from(bytes.subarray(0, length));
  return true;
}

/** Whether it is news that it can't be read. */
export function takeUnreadable(file: KnownFile): boolean {
  if (file.unreadable) return false;
  file.unreadable = true;
  delete file.bytes;
  delete file.lines;
  delete file.cost;
  return true;
}
