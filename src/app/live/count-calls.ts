import type { Cancel } from '../../base/cancel.js';
import { baseName } from '../../base/path.js';
import type { Milliseconds } from '../../base/units.js';
import type { LiveRates } from '../../model/live.js';
import type { Target } from '../ports.js';
import type { Probed } from './probe-process.js';

type Counted = Pick<LiveRates, 'mappingCalls' | 'allocations' | 'words'>;

const COUNT_S = 1;
/** Each hit of a probe stops the thread for some microseconds: a process that allocates all the time is slowed for so long only. */
const PROBED_MS: Milliseconds = 150;
const LIMIT_MS: Milliseconds = 15_000;
/** CAP_SYS_ADMIN and CAP_PERFMON of capabilities(7). */
const PRIVILEGED = (1n << 21n) | (1n << 38n);

/** How often a process maps and allocates, where the kernel counts it for us. What it can't be asked is not known. `quiet` comes first: the rest slows it. */
export async function countCalls(target: Target, probed: Probed, cancel: Cancel, quiet: Promise<unknown>): Promise<Counted> {
  const isPrivileged = ((probed.machine.capabilities ?? 0n) & PRIVILEGED) !== 0n;
  if (!isPrivileged) return { words: ['Calls of brk and mmap, and allocations, are not known: only root may count them.'] };
  const [mappings] = await Promise.all([countMappings(target, probed, cancel), quiet]);
  const allocations = await countAllocations(target, probed, cancel);
  return {
    ...(mappings.count === undefined ? {} : { mappingCalls: mappings.count }),
    ...(allocations.count === undefined ? {} : { allocations: allocations.count }),
    words: [mappings.words, allocations.words],
  };
}

interface Count {
  readonly count?: number;
  readonly words: string;
}

const CALLS = ['brk', 'mmap', 'munmap'].map((name) => `syscalls:sys_enter_${name}`).join(',');

/** perf-stat(1) counts in the kernel, and stops nobody; tracefs must be mounted. */
async function countMappings(target: Target, { process, machine }: Probed, cancel: Cancel): Promise<Count> {
  const perf = machine.tools.perf?.path;
  if (perf === undefined) return { words: 'Calls of brk and mmap are not known: there is no perf.' };
  const argv = [perf, 'stat', '-x', ',', '-e', CALLS, '-p', String(process.pid), '--', 'sleep', String(COUNT_S)];
  const ran = await target.capture(
    { argv, env: { LC_ALL: 'C', PERF_CONFIG: '/dev/null' } },
    { cancel, timeLimitMs: LIMIT_MS, maxBytes: 1 << 16 },
  );
  const counts = ran.ok ? [...ran.value.stderr.matchAll(/^(\d+),,syscalls:/gm)].map(([, digits]) => Number(digits)) : [];
  if (counts.length === 3) {
    return {
      count: counts.reduce((sum, one) => sum + one, 0) / COUNT_S,
      words: 'Calls of brk, mmap and munmap were counted by perf.',
    };
  }
  return { words: 'Calls of brk and mmap are not known: perf has no tracepoints of system calls here (is tracefs mounted?).' };
}

const FUNCTIONS = ['malloc', 'calloc', 'realloc'];

/** A probe belongs to bpftrace's own descriptors: it goes with it, however that ends. */
async function countAllocations(target: Target, { process, machine }: Probed, cancel: Cancel): Promise<Count> {
  const bpftrace = machine.tools.bpftrace?.path;
  const library = process.modules.find((module) => isAllocator(baseName(module), process.allocator));
  if (bpftrace === undefined) return { words: 'How often it allocates is not known: there is no bpftrace.' };
  // Its own program is text: a name that would need quoting stays out of it.
  if (library === undefined || !/^[\w/.+-]+$/.test(library)) {
    return { words: 'How often it allocates is not known: its allocator is in no library that could be asked.' };
  }
  const probes = FUNCTIONS.map((name) => `uprobe:/proc/${process.pid}/root${library}:${name}`).join(',');
  const program = `BEGIN { @from = nsecs; } ${probes} { @calls = count(); } interval:ms:${PROBED_MS} { printf("over %lld\\n", nsecs - @from); clear(@from); exit(); }`;
  const ran = await target.capture(
    { argv: [bpftrace, '-p', String(process.pid), '-e', program], env: { LC_ALL: 'C' } },
    { cancel, timeLimitMs: LIMIT_MS, maxBytes: 1 << 16 },
  );
  const text = ran.ok ? ran.value.stdout : '';
  const over = Number(/^over (\d+)$/m.exec(text)?.[1]);
  if (!(over > 0)) return { words: 'How often it allocates is not known: bpftrace could not count it.' };
  const calls = Number(/^@calls: (\d+)$/m.exec(text)?.[1] ?? 0);
  return {
    count: (calls * 1e9) / over,
    words: `Allocations were counted by bpftrace for ${(over / 1e9).toFixed(1)} s; they are more where they are very many, since counting slows them.`,
  };
}

function isAllocator(name: string, allocator: Probed['process']['allocator']): boolean {
  if (allocator === 'jemalloc') return name.startsWith('libjemalloc');
  if (allocator === 'tcmalloc') return name.startsWith('libtcmalloc');
  return allocator === 'libc' && /^(libc[.-]|ld-musl-)/.test(name);
}
