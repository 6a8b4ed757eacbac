import type { VmCounters } from '../model/sample.js';

const NAMES: ReadonlyMap<string, keyof VmCounters> = new Map([
  ['pgfault', 'pgfault'],
  ['pgmajfault', 'pgmajfault'],
  ['pswpin', 'pswpin'],
  ['pswpout', 'pswpout'],
  ['oom_kill', 'oomKill'],
  ['nr_zspages', 'zspages'],
  ['cma_alloc_fail', 'cmaFails'],
  ['workingset_refault_file', 'refaultFile'],
  // Until Linux 5.8, which counted no others.
  ['workingset_refault', 'refaultFile'],
]);

/** /proc/vmstat (proc_vmstat(5)). A last line without a line end may be cut in its number, and is passed over. */
export function parseVmstat(text: string): VmCounters {
  const counters: { -readonly [Field in keyof VmCounters]: number } = {};
  for (let from = 0, end = text.indexOf('\n'); end >= 0; from = end + 1, end = text.indexOf('\n', from)) {
    const space = text.indexOf(' ', from);
    if (space < 0) break;
    if (space > end) continue;
    const field = NAMES.get(text.slice(from, space));
    if (field === undefined) continue;
    const digits = /^(\d{1,20})\s*$/.exec(text.slice(space + 1, end))?.[1];
    if (digits !== undefined) counters[field] ??= Number(digits);
  }
  return counters;
}
