import type { Milliseconds } from '../../base/units.js';
import type { LiveMachine, LiveRates } from '../../model/live.js';

/** Of the stack, copied at each sample (perf-record(1), --call-graph dwarf): functions beyond it are lost, from the outer end. */
const STACK_BYTES = 8192;
/** As many samples of one look as are read in some seconds: 200 MiB. */
const SAMPLES = 25_000;
/** Where there are more than was expected, perf ends by itself. It may lie in memory (tmpfs). */
const MOST_FILE = '384M';
/** Buffer of each processor, in pages, that every user may lock (perf_event_mlock_kb of proc_sys_kernel(5)). */
const USER_PAGES = 128;
/** For those who may lock more: bursts of samples with their stacks are not lost. Of all processors together, and of one. */
const ALL_PAGES = 16_384;
const MOST_PAGES = 4096;
/** CAP_IPC_LOCK of capabilities(7). */
const IPC_LOCK = 1n << 14n;

/** Without the settings of the user. */
export const PERF_ENVIRONMENT: Readonly<Record<string, string>> = { PERF_CONFIG: '/dev/null' };

export interface PerfLook {
  readonly perf: string;
  readonly pid: number;
  readonly file: string;
  readonly machine: LiveMachine;
  readonly period: number;
}

/** One of so many page faults is looked at, so that a process with very many is not slowed, and their file does not get too large. */
export function perfPeriod(rates: LiveRates | undefined, durationMs: Milliseconds): number {
  return Math.max(1, Math.ceil(((rates?.minorFaults ?? 0) * durationMs) / 1000 / SAMPLES));
}

/** perf-record(1), with the address of each fault. Times are those of CLOCK_BOOTTIME, which /proc/uptime tells, too. It leaves nothing in the user's cache of build-ids. */
export function perfRecord({ perf, pid, file, machine, period }: PerfLook): readonly string[] {
  return [
    ...[perf, 'record', '-q', '-N', '-k', 'boottime', '-e', 'page-faults:u', '-c', String(period), '--data'],
    ...['--call-graph', `dwarf,${STACK_BYTES}`, '-m', String(bufferPages(machine)), '--max-size', MOST_FILE],
    ...['-p', String(pid), '-o', file],
  ];
}

/** perf-script(1). Inlined functions and lines are looked up later, all at once. */
export function perfScript(perf: string, file: string): readonly string[] {
  return [
    ...[perf, 'script', '--no-inline', '--show-lost-events', '--show-task-events'],
    ...['-F', 'comm,pid,tid,time,period,event,addr,ip,sym,symoff,dso', '-i', file],
  ];
}

/** A power of two, as perf wants it. */
function bufferPages({ capabilities = 0n, processors }: LiveMachine): number {
  if ((capabilities & IPC_LOCK) === 0n || processors === undefined) return USER_PAGES;
  const share = Math.min(MOST_PAGES, ALL_PAGES / Math.max(1, processors));
  return Math.max(USER_PAGES, 2 ** Math.floor(Math.log2(share)));
}
