import type { LiveMachine, LiveProcess } from '../../model/live.js';
import type { Obstacle } from '../engine.js';
import { perfObstacles } from './perf-obstacles.js';

/** Where tracefs may be mounted (tracefs was a part of debugfs until Linux 4.1). */
export const TRACEFS = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'] as const;
/** Who may use a tracepoint may read this (perf needs its number). */
export const TRACEPOINT = 'events/syscalls/sys_enter_mmap/id';

/** Stacks are those of the entry of calls that may map something; results are told at the exit. */
const WITH_STACKS = ['brk', 'mmap', 'mremap'];
const RESULTS = ['brk', 'mmap', 'mremap', 'munmap', 'execve'];
const EVENTS = [
  ...WITH_STACKS.map((name) => `syscalls:sys_enter_${name}`),
  'syscalls:sys_enter_munmap/call-graph=no/',
  ...RESULTS.map((name) => `syscalls:sys_exit_${name}/call-graph=no/`),
].join(',');
const STACK_BYTES = 8192;
/** perf ends by itself then. */
const MOST_FILE = '1G';
/** Buffer of each processor, in pages. */
const BUFFER_PAGES = '512';

/** What stands in perf's way of seeing this process's calls; whether the machine shows tracepoints is another question (`TRACEPOINT`). */
export function perfMappingsObstacles(process: LiveProcess, machine: LiveMachine): readonly Obstacle[] {
  const found = perfObstacles(process, machine);
  // The tracepoints of system calls are not hit by those of 32-bit programs on a 64-bit kernel.
  if (process.bits !== 32) return found;
  return [
    ...found,
    {
      blocking: true,
      code: 'perf-32-bit',
      reason: 'perf does not see the system calls of a 32-bit program.',
      remedy: 'Install strace on the machine of the process.',
    },
  ];
}

/** perf-record(1): the calls that map memory, with stacks. Times are those of CLOCK_MONOTONIC: the kernel takes no CLOCK_BOOTTIME for tracepoints. */
export function perfMappingsRecord(perf: string, pid: number, file: string): readonly string[] {
  const stacks = ['--call-graph', `dwarf,${STACK_BYTES}`];
  return [
    perf,
    'record',
    '-q',
    '-N',
    '-k',
    'monotonic',
    '-e',
    EVENTS,
    ...stacks,
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

/** perf-script(1), in the form that `PerfMappingsParser` reads. */
export function perfMappingsScript(perf: string, file: string): readonly string[] {
  const fields = 'comm,pid,tid,time,event,trace,ip,sym,symoff,dso';
  return [perf, 'script', '--no-inline', '--show-lost-events', '-F', fields, '-i', file];
}
