import type { LiveMachine, LiveProcess } from '../../model/live.js';
import type { Obstacle } from '../engine.js';

/** perf-record(1) had --call-graph dwarf since 3.9; --max-size came with 5.5. */
const NEEDED = [5, 5] as const;
/** CAP_SYS_PTRACE, CAP_SYS_ADMIN and CAP_PERFMON of capabilities(7). */
const SYS_PTRACE = 1n << 19n;
const SYS_ADMIN = 1n << 21n;
const PERFMON = 1n << 38n;

/** What stands in perf's way on this process. */
export function perfObstacles(process: LiveProcess, machine: LiveMachine): readonly Obstacle[] {
  const found: Obstacle[] = [];
  const { perf } = machine.tools;
  const capabilities = machine.capabilities ?? (machine.uid === 0 ? -1n : 0n);
  const isPrivileged = (capabilities & (SYS_ADMIN | PERFMON)) !== 0n;
  if (perf === undefined) {
    found.push({
      blocking: true,
      code: 'perf-missing',
      reason: 'There is no perf on the machine of the process.',
      remedy: 'Install it there: sudo apt install linux-perf (Debian), linux-tools-generic (Ubuntu), perf (Fedora, SUSE, Arch).',
    });
  } else if (perf.version === undefined) {
    // Ubuntu's perf is a script that looks for the one of the running kernel.
    found.push({
      blocking: true,
      code: 'perf-broken',
      reason: `${perf.path} does not tell its version: it is not the one for this kernel, or can't run.`,
      remedy: `Install the one for it: sudo apt install linux-tools-${machine.kernel ?? '$(uname -r)'}`,
    });
  } else if (isOlder(perf.version)) {
    found.push({
      blocking: true,
      code: 'perf-old',
      reason: `perf ${perf.version} is too old: ${NEEDED.join('.')} or newer is needed.`,
      remedy: 'Install a newer one: it need not be of the same version as the kernel.',
    });
  }
  const paranoid = machine.perfParanoid;
  if (paranoid === undefined) {
    found.push({
      blocking: true,
      code: 'perf-no-kernel',
      reason: 'The kernel was built without perf events.',
      remedy: 'Choose another way.',
    });
  } else if (paranoid >= 3 && !isPrivileged) {
    found.push({
      blocking: true,
      code: 'perf-paranoid',
      reason: `The machine allows perf to root only (perf_event_paranoid is ${paranoid}).`,
      remedy: 'sudo sysctl kernel.perf_event_paranoid=2',
    });
  }
  if (process.uid !== undefined && process.uid !== machine.uid && (capabilities & (SYS_PTRACE | SYS_ADMIN | PERFMON)) === 0n) {
    found.push({
      blocking: true,
      code: 'foreign',
      reason: 'The process is of another user.',
      remedy: 'Look into it as that user, or as root.',
    });
  }
  if (process.state === 'T') {
    found.push({
      blocking: false,
      code: 'stopped',
      reason: 'The process is stopped (SIGSTOP, or a debugger’s breakpoint): nothing is seen until it goes on.',
      remedy: '',
    });
  }
  return found;
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1]);
}
