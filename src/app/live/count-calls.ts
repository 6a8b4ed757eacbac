import type { Cancel } from '../../base/cancel.js';
import type { Milliseconds } from '../../base/units.js';
import type { LiveRates } from '../../model/live.js';
import type { Target } from '../ports.js';
import type { Probed } from './probe-process.js';
import { hasTracepoints } from './tracepoints.js';

type Counted = Pick<LiveRates, 'mappingCalls' | 'words'>;

const COUNT_S = 1;
const LIMIT_MS: Milliseconds = 15_000;
/** CAP_SYS_ADMIN and CAP_PERFMON of capabilities(7). */
const PRIVILEGED = (1n << 21n) | (1n << 38n);

const CALLS = ['brk', 'mmap', 'munmap'].map((name) => `syscalls:sys_enter_${name}`).join(',');

/**
 * How often a process maps, where the kernel counts it for us. perf-stat(1) stops nobody; tracefs must be mounted. Allocations are not counted: the probe of
 * a tool of today would slow every process that uses the library (bpftrace 0.17 asks for all, whatever its -p says), or be left when the tool is killed.
 */
export async function countCalls(target: Target, { process, machine }: Probed, cancel: Cancel): Promise<Counted> {
  const perf = machine.tools.perf?.path;
  const unknown = (why: string): Counted => ({ words: [`Calls of brk and mmap are not known: ${why}.`, ALLOCATIONS] });
  if (((machine.capabilities ?? 0n) & PRIVILEGED) === 0n) return unknown('only root may count them');
  if (perf === undefined) return unknown('there is no perf');
  if (!(await hasTracepoints(target))) return unknown('the kernel shows no tracepoints of system calls (is tracefs mounted?)');
  const argv = [perf, 'stat', '-x', ',', '-e', CALLS, '-p', String(process.pid), '--', 'sleep', String(COUNT_S)];
  const ran = await target.capture(
    { argv, env: { LC_ALL: 'C', PERF_CONFIG: '/dev/null' } },
    { cancel, timeLimitMs: LIMIT_MS, maxBytes: 1 << 16 },
  );
  const counts = ran.ok ? [...ran.value.stderr.matchAll(/^(\d+),,syscalls:/gm)].map(([, digits]) => Number(digits)) : [];
  if (counts.length < 3) return unknown('perf has not told them');
  const sum = counts.reduce((all, one) => all + one, 0);
  return { mappingCalls: sum / COUNT_S, words: ['Calls of brk, mmap and munmap were counted by perf.', ALLOCATIONS] };
}

const ALLOCATIONS = 'How often it allocates is not counted: that would slow it.';
