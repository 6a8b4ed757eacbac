import type { LiveMachine, LivePrice, LiveProcess, LiveRates } from '../../model/live.js';
import type { Obstacle } from '../engine.js';

/** CAP_SYS_PTRACE of capabilities(7). */
const SYS_PTRACE = 1n << 19n;
/** strace with --pidns-translation, and with `?` before calls that a machine may not have. */
const TRANSLATES = [5, 9] as const;
const NEEDED = [4, 21] as const;
/** Calls that map memory, and those that make threads and children. Not every machine has all of them. */
const CALLS = 'brk,mmap,?mmap2,munmap,mremap,clone,?clone3,?fork,?vfork,execve,?execveat';

/**
 * strace(1), attached to all threads of a process, those to come, and the children that it forks; one that runs another program is let go before it does, since
 * a set-user-ID program that is traced would not get its rights.
 */
export function straceWords(strace: string, version: string | undefined, process: LiveProcess, file: string): readonly string[] {
  const isTold = process.ownPid !== undefined && version !== undefined && !isOlder(version, TRANSLATES);
  return [
    strace,
    '-f',
    '-k',
    '-ttt',
    '-b',
    'execve',
    ...(isTold ? ['--pidns-translation'] : []),
    '-e',
    'signal=none',
    '-e',
    `trace=${CALLS}`,
    '-p',
    String(process.pid),
    '-o',
    file,
  ];
}

/** What stands in strace's way on this process. */
export function straceObstacles(process: LiveProcess, machine: LiveMachine): readonly Obstacle[] {
  const found: Obstacle[] = [];
  const { strace } = machine.tools;
  const capabilities = machine.capabilities ?? (machine.uid === 0 ? -1n : 0n);
  const isPrivileged = (capabilities & SYS_PTRACE) !== 0n;
  if (strace === undefined) {
    found.push({
      blocking: true,
      code: 'strace-missing',
      reason: 'There is no strace on the machine of the process.',
      remedy: 'Install it there: sudo apt install strace (or dnf, zypper, pacman -S, apk add).',
    });
  } else if (strace.version !== undefined && isOlder(strace.version, NEEDED)) {
    found.push({
      blocking: true,
      code: 'strace-old',
      reason: `strace ${strace.version} is too old: ${NEEDED.join('.')} or newer is needed.`,
      remedy: 'Install a newer one.',
    });
  }
  if (process.tracerPid !== 0) {
    found.push({
      blocking: true,
      code: 'traced',
      reason: `The process is being debugged or traced by process ${process.tracerPid}, and the kernel allows only one tracer.`,
      remedy: 'Detach the other one first.',
    });
  }
  if (process.uid !== undefined && process.uid !== machine.uid && !isPrivileged) {
    found.push({
      blocking: true,
      code: 'foreign',
      reason: 'The process is of another user.',
      remedy: 'Look into it as that user, or as root.',
    });
  } else if ((machine.ptraceScope ?? 0) >= 3 || ((machine.ptraceScope ?? 0) >= 1 && !isPrivileged)) {
    found.push({
      blocking: true,
      code: 'ptrace-scope',
      reason: `The machine lets ${(machine.ptraceScope ?? 0) >= 3 ? 'nobody' : 'root only'} attach to a process that runs (kernel.yama.ptrace_scope is ${machine.ptraceScope}).`,
      remedy:
        (machine.ptraceScope ?? 0) >= 3
          ? 'It can be set at the next start of the machine only: kernel.yama.ptrace_scope in /etc/sysctl.d.'
          : 'sudo sysctl kernel.yama.ptrace_scope=0, or look into it as root.',
    });
  }
  return found;
}

/** What strace costs for each call that maps memory, stack included: seconds. Measured: 2 to 3 ms on a busy machine of two processors. */
const CALL_S = { low: 0.3e-3, high: 3e-3 };
/** Of every other system call, which it stops as well, so many times as long as the kernel took for it. */
const KERNEL = { low: 2, high: 30 };
const PERF = 'Little where perf has the tracepoints of the kernel (as root); else strace stops the process at each system call: ';

/** The dearer of the two: which one there is shows on the machine. The rate of faults stands for that of mapping calls where those are not known. */
export function mappingsPrice(rates: LiveRates | undefined): LivePrice {
  if (rates === undefined)
    return { isDangerous: true, words: `${PERF}how much that is depends on how many it makes, which is not known yet.` };
  const calls = rates.mappingCalls ?? rates.minorFaults;
  const low = 1 + (rates.mappingCalls ?? 0) * CALL_S.low + rates.systemCpu * KERNEL.low;
  const high = Math.max(low, 1 + calls * CALL_S.high + rates.systemCpu * KERNEL.high);
  const isDangerous = high > 4;
  const words =
    high < 1.1
      ? 'hardly anything, as it makes few.'
      : `up to ${high < 10 ? high.toFixed(1) : Math.round(high)} times the time${isDangerous ? ', as it makes many: it could stall' : ''}.`;
  return { slowdown: { low, high }, isDangerous, words: `${PERF}${words}` };
}

function isOlder(version: string, than: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < than[0] || (major === than[0] && minor < than[1]);
}
