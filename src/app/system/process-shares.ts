import type { Bytes } from '../../base/units.js';
import type { ProcessShare, ProcessShares } from '../../model/system-state.js';
import { parseRollup } from '../../procfs/rollup.js';
import { parseStatus } from '../../procfs/status.js';

export interface KnownProcesses {
  readonly shares: ProcessShares;
  /** Threads of all processes, those of the kernel among them. */
  readonly threads: number;
  readonly mostPageTables?: { readonly pid: number; readonly name: string; readonly bytes: Bytes };
  readonly mostThreads?: { readonly pid: number; readonly name: string; readonly threads: number };
  readonly names: ReadonlyMap<number, string>;
}

/** Processes by /proc/PID/status and /proc/PID/smaps_rollup (or smaps); undefined without any. Threads of the kernel have no memory of their own and are no rows. */
export function processesOfTexts(
  texts: ReadonlyMap<string, string>,
  users: ReadonlyMap<number, string>,
): KnownProcesses | undefined {
  const rows: ProcessShare[] = [];
  const names = new Map<number, string>();
  let threads = 0;
  let most: KnownProcesses['mostPageTables'];
  let mostThreads: KnownProcesses['mostThreads'];
  for (const [path, text] of texts) {
    const pid = Number(/^\/proc\/(\d{1,10})\/status$/.exec(path)?.[1] ?? Number.NaN);
    const status = Number.isNaN(pid) ? undefined : parseStatus(text);
    if (status === undefined) continue;
    const name = nameOf(text);
    names.set(pid, name);
    threads += status.threads;
    if (status.threads > (mostThreads?.threads ?? 1)) mostThreads = { pid, name, threads: status.threads };
    if (status.vmPte !== undefined && status.vmPte > (most?.bytes ?? 0)) most = { pid, name, bytes: status.vmPte };
    if (status.vmRss !== undefined) rows.push(rowOf(pid, name, status, texts, users));
  }
  if (names.size === 0) return undefined;
  const size = ({ pss, rss = 0 }: ProcessShare): Bytes => pss ?? rss;
  rows.sort((one, other) => size(other) - size(one) || one.pid - other.pid);
  return {
    shares: { rows, withoutPss: rows.filter(({ pss }) => pss === undefined).length },
    threads,
    ...(most === undefined ? {} : { mostPageTables: most }),
    ...(mostThreads === undefined ? {} : { mostThreads }),
    names,
  };
}

function rowOf(
  pid: number,
  name: string,
  { uid, vmRss, vmSwap, vmPte, threads }: NonNullable<ReturnType<typeof parseStatus>>,
  texts: ReadonlyMap<string, string>,
  users: ReadonlyMap<number, string>,
): ProcessShare {
  const sums = parseRollup(texts.get(`/proc/${pid}/smaps_rollup`) ?? texts.get(`/proc/${pid}/smaps`) ?? '');
  const swap = sums?.swap ?? vmSwap;
  const rss = sums?.rss ?? vmRss;
  return {
    pid,
    name,
    user: users.get(uid) ?? String(uid),
    ...(rss === undefined ? {} : { rss }),
    ...(sums === undefined ? {} : { pss: sums.pss, uss: sums.uss }),
    ...(sums?.pssAnon === undefined ? {} : { pssAnon: sums.pssAnon }),
    ...(sums?.pssFile === undefined ? {} : { pssFile: sums.pssFile }),
    ...(sums?.pssShmem === undefined ? {} : { pssShmem: sums.pssShmem }),
    ...(swap === undefined ? {} : { swap }),
    ...(vmPte === undefined ? {} : { pageTables: vmPte }),
    threads,
  };
}

/** status escapes line ends and backslashes of a name (proc_pid_status(5)). */
function nameOf(status: string): string {
  const name = /^Name:[ \t]?([^\n]*)$/m.exec(status)?.[1] ?? '';
  return name.replace(/\\(n|\\)/g, (_, letter: string) => (letter === 'n' ? '\n' : '\\'));
}
