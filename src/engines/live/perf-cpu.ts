/** Times a second: not a divisor of what programs themselves do so often. It costs some 10 µs each. */
const FREQUENCY = 499;
/** Of the stack: what is called within malloc needs some hundred bytes. */
const STACK_BYTES = 2048;
/** Buffer of each processor, in pages, that every user may lock. */
const BUFFER_PAGES = 128;
/** A process on many processors at once fills it sooner: perf ends then, and what it has is enough. */
const MOST_FILE = '32M';

/** perf-record(1) for so many seconds: where a process spends the time of its own code (not that of the kernel), with the innermost callers. */
export const perfCpuRecord = (perf: string, pid: number, file: string, seconds: number): readonly string[] => [
  ...[perf, 'record', '-q', '-N', '-e', 'cpu-clock:u', '-F', String(FREQUENCY)],
  ...['--call-graph', `dwarf,${STACK_BYTES}`, '-m', String(BUFFER_PAGES), '--max-size', MOST_FILE],
  ...['-p', String(pid), '-o', file, '--', 'sleep', String(seconds)],
];

/** perf-script(1), in the form that `PerfAllocatorParser` reads. */
export const perfCpuScript = (perf: string, file: string): readonly string[] => [
  ...[perf, 'script', '--no-inline', '-F', 'comm,pid,ip,sym,dso', '-i', file],
];
