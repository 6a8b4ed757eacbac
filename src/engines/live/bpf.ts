import type { LiveMachine, LivePrice, LiveProcess, LiveRates } from '../../model/live.js';
import type { Obstacle } from '../engine.js';
import { type HookCost, hookedSlowdown, isDangerousSlowdown, slowdownWords } from './allocator-price.js';

/** capabilities(7): CAP_SYS_ADMIN, and since Linux 5.8 CAP_PERFMON and CAP_BPF together. */
const SYS_ADMIN = 1n << 21n;
const PERFMON = 1n << 38n;
const BPF = 1n << 39n;

/** Blocks that can be followed at once. Each entry of a map is kept once, or once for each processor. */
export const MOST_BLOCKS = 65_536;
/** Its own memleak shows the greatest stacks only. */
const MOST_STACKS = 500;

/**
 * Symbols are looked up once and not at each frame; without it a reading takes seconds. The name of the limit changed in 0.20.
 */
export const BPFTRACE_ENVIRONMENT: Readonly<Record<string, string>> = {
  BPFTRACE_CACHE_USER_SYMBOLS: '1',
  BPFTRACE_MAP_KEYS_MAX: String(MOST_BLOCKS),
  BPFTRACE_MAX_MAP_KEYS: String(MOST_BLOCKS),
};

/** bpftrace(8), ended with the process. 0.17 sets its probes in all processes that have the same file mapped, whatever -p says. */
export const bpftraceWords = (bpftrace: string, pid: number, script: string): readonly string[] => [
  bpftrace,
  '-f',
  'json',
  '-p',
  String(pid),
  '-e',
  script,
  String(pid),
];

/** What a file has that a probe can be set on. */
export const bpftraceList = (bpftrace: string, file: string): readonly string[] => [bpftrace, '-l', `uprobe:${file}:*al*`];

/** The same options in bcc's and in that of libbpf-tools. */
export const memleakWords = (memleak: string, pid: number, seconds: number, file: string | undefined): readonly string[] => [
  memleak,
  '-p',
  String(pid),
  '-o',
  String(seconds * 1000),
  '-T',
  String(MOST_STACKS),
  ...(file === undefined ? [] : ['-O', file]),
  String(seconds),
];

/** What stands in the way of probes in this process's allocator. */
export function bpfObstacles(process: LiveProcess, machine: LiveMachine): readonly Obstacle[] {
  const found: Obstacle[] = [];
  const { bpftrace, memleak } = machine.tools;
  const capabilities = machine.capabilities ?? (machine.uid === 0 ? -1n : 0n);
  const add = (blocking: boolean, code: string, reason: string, remedy: string): void => {
    found.push({ blocking, code, reason, remedy });
  };
  if (bpftrace === undefined && memleak === undefined)
    add(
      true,
      'bpf-missing',
      'There is neither bpftrace nor memleak on the machine of the process.',
      'Install one there: sudo apt install bpftrace (Debian, Ubuntu; dnf, zypper, pacman -S elsewhere), or bpfcc-tools for memleak.',
    );
  if (machine.uid !== 0)
    add(
      true,
      'bpf-not-root',
      'Probes in a process (uprobes) are for root only.',
      'Look into it as root, on a target that logs in as root.',
    );
  else if ((capabilities & SYS_ADMIN) === 0n && (capabilities & (PERFMON | BPF)) !== (PERFMON | BPF))
    add(
      true,
      'bpf-capabilities',
      'This root may not use BPF: it lacks CAP_SYS_ADMIN, or CAP_BPF and CAP_PERFMON, as in most containers.',
      'Look into it from the host, or start the container with --privileged.',
    );
  if (process.sanitizer !== undefined)
    add(
      true,
      'sanitizer',
      'The program was built with a sanitizer, whose allocator is another one.',
      'Check for leaks by its own runtime.',
    );
  if (process.bits === 32)
    add(
      true,
      'bits-32',
      'Arguments of functions of 32-bit programs are not where the probes look for them.',
      'Choose another way.',
    );
  if (process.libc === 'none')
    add(
      false,
      'static-binary',
      'The program is linked statically: probes need the names of malloc and free in it, which a stripped one does not have.',
      'Choose another way if it is stripped.',
    );
  if (process.allocator === 'tcmalloc' || process.allocator === 'jemalloc')
    add(
      false,
      'own-allocator',
      `${process.allocator} has operators new and delete of its own, which are not seen; malloc and free are.`,
      'The heap profiler of the allocator sees both.',
    );
  if (memleak === undefined && bpftrace !== undefined && process.libc !== 'none')
    add(
      false,
      'whole-machine',
      'bpftrace sets its probes in all processes of the machine that use the same library: each of them becomes slower while it looks.',
      'Install memleak (bpfcc-tools), whose probes are of one process only, or choose another way.',
    );
  add(
    false,
    'frame-pointers',
    'Stacks are followed by frame pointers: of code built without them only one function is told, or callers are missing.',
    'Build with -fno-omit-frame-pointer.',
  );
  return found;
}

/**
 * What probes make of the time in malloc and free, by two loads of test/bench/attach-load.c with bpftrace on a virtual machine: `malloc` has 91 % of its time
 * there and takes 290 times as long; `mixed` has 5 to 7 % of the time of its own code there, that is 4 to 6 % of all, and takes 39 times as long. So it is 320 to
 * 950 times there, where an allocation and its free cost 13 µs more; on other machines that may be a third of it.
 */
const COST: HookCost = { low: 100, high: 950 };

/** Always dangerous: what the others on the machine do, which bpftrace slows as well, is not known. */
export function memleakPrice(rates: LiveRates | undefined): LivePrice {
  const others = 'With bpftrace other processes that use the same library become slower, too.';
  const slowdown = hookedSlowdown(rates, COST);
  if (slowdown === undefined) {
    return {
      isDangerous: true,
      words: `How often it allocates is not known. Each allocation takes 10 to 20 µs more: nothing for a quiet process, but one that allocates all the time becomes 27 to 500 times as slow. ${others}`,
    };
  }
  const stalls = isDangerousSlowdown(slowdown) ? ': it could stall' : '';
  return {
    slowdown,
    isDangerous: true,
    words: `${slowdownWords(slowdown)}, by its share in malloc and free${stalls}. ${others}`,
  };
}
