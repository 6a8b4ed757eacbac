import type { ProcessStatus } from '../model/process.js';
import { colonLines } from './colon-line.js';

type MemoryField = Exclude<keyof ProcessStatus, 'uid' | 'threads'>;

const MEMORY: ReadonlyMap<string, MemoryField> = new Map([
  ['VmPeak', 'vmPeak'],
  ['VmSize', 'vmSize'],
  ['VmHWM', 'vmHwm'],
  ['VmRSS', 'vmRss'],
  ['RssAnon', 'rssAnon'],
  ['RssFile', 'rssFile'],
  ['RssShmem', 'rssShmem'],
  ['VmData', 'vmData'],
  ['VmStk', 'vmStack'],
  ['VmExe', 'vmExe'],
  ['VmLib', 'vmLib'],
  ['VmPTE', 'vmPte'],
  ['VmSwap', 'vmSwap'],
  ['VmLck', 'vmLocked'],
  ['HugetlbPages', 'hugetlb'],
]);

/**
 * /proc/PID/status (proc_pid_status(5)). `uid` is the effective one, as the USER column of ps(1) and top(1). Undefined without
 * `Uid:` or `Threads:`. RssAnon, RssFile and RssShmem are there since Linux 4.5, HugetlbPages since 4.4.
 */
export function parseStatus(text: string): ProcessStatus | undefined {
  const uid = /^Uid:[ \t]*\d+[ \t]+(\d+)[ \t]/m.exec(text)?.[1];
  if (uid === undefined) return undefined;
  const memory: { -readonly [Field in MemoryField]?: number } = {};
  let threads: number | undefined;
  for (const { name, value, unit } of colonLines(text)) {
    if (name === 'Threads') threads ??= value;
    if (unit !== 'bytes') continue;
    const field = MEMORY.get(name);
    if (field !== undefined) memory[field] ??= value;
  }
  return threads === undefined ? undefined : { uid: Number(uid), threads, ...memory };
}
