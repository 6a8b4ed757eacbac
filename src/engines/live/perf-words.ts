import type { LiveRates } from '../../model/live.js';

/** Of the stack, copied at each sample (perf-record(1), --call-graph dwarf): functions beyond it are lost, from the outer end. */
const STACK_BYTES = 8192;
/** As many samples as are read in a few seconds, over the time of one look. */
const SAMPLES_A_SECOND = 1000;
/** The rest is not recorded. perf ends by itself then. */
const MOST_FILE = '1G';
/** Buffer of each processor, in pages: a burst of samples with their stacks fits. It is within what every user may lock (perf_event_mlock_kb). */
const BUFFER_PAGES = '128';

/** So that a process with very many faults is not slowed, only one of so many is looked at. */
export function perfPeriod(rates: LiveRates | undefined): number {
  return Math.max(1, Math.ceil((rates?.minorFaults ?? 0) / SAMPLES_A_SECOND));
}

/** perf-record(1). Times are those of CLOCK_BOOTTIME, which /proc/uptime tells, too. */
export function perfRecord(perf: string, pid: number, file: string, rates: LiveRates | undefined): readonly string[] {
  return [
    perf,
    'record',
    '-q',
    '-e',
    'page-faults:u',
    '-c',
    String(perfPeriod(rates)),
    '--call-graph',
    `dwarf,${STACK_BYTES}`,
    '-m',
    BUFFER_PAGES,
    '--max-size',
    MOST_FILE,
    '-p',
    String(pid),
    '-o',
    file,
  ];
}

/** perf-script(1). Names of inlined functions and lines come later, all at once. */
export function perfScript(perf: string, file: string): readonly string[] {
  return [
    perf,
    'script',
    '--no-inline',
    '--show-lost-events',
    '-F',
    'comm,pid,tid,time,period,event,ip,sym,symoff,dso',
    '-i',
    file,
  ];
}
