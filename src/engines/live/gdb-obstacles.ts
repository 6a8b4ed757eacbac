import type { LiveMachine, LiveProcess } from '../../model/live.js';
import type { Obstacle } from '../engine.js';

/** CAP_SYS_PTRACE of capabilities(7). */
const SYS_PTRACE = 1n << 19n;

const blocking = (code: string, reason: string, remedy: string): Obstacle => ({ blocking: true, code, reason, remedy });

/** What stands in the way of calling functions of a process by gdb. */
export function gdbObstacles(process: LiveProcess, machine: LiveMachine): readonly Obstacle[] {
  const capabilities = machine.capabilities ?? (machine.uid === 0 ? -1n : 0n);
  const isPrivileged = (capabilities & SYS_PTRACE) !== 0n;
  const scope = machine.ptraceScope ?? 0;
  const found: Obstacle[] = [];
  if (machine.tools.gdb === undefined) {
    const remedy = 'Install it there: sudo apt install gdb (or dnf, zypper, pacman -S, apk add).';
    found.push(blocking('gdb-missing', 'There is no gdb on the machine of the process.', remedy));
  } else if (machine.gdbPython === false) {
    const remedy = "Install one that has it: Debian's package gdb, not gdb-minimal.";
    found.push(blocking('gdb-no-python', 'gdb was built without Python, which looks for a thread that is at rest.', remedy));
  }
  if (process.state === 'T') {
    const reason = 'The process is stopped (SIGSTOP), so that no thread of it can do anything.';
    found.push(blocking('stopped', reason, `Let it go on: kill -CONT ${process.pid}`));
  }
  if (process.tracerPid !== 0) {
    const reason = `The process is being debugged or traced by process ${process.tracerPid}, and the kernel allows only one tracer.`;
    found.push(blocking('traced', reason, 'Detach the other one first.'));
  }
  if (process.uid !== undefined && process.uid !== machine.uid && !isPrivileged) {
    found.push(blocking('foreign', 'The process is of another user.', 'Look into it as that user, or as root.'));
  } else if (scope >= 3 || (scope >= 1 && !isPrivileged)) {
    const who = scope >= 3 ? 'nobody' : 'root only';
    const reason = `The machine lets ${who} attach to a process that runs (kernel.yama.ptrace_scope is ${scope}).`;
    const remedy =
      scope >= 3
        ? 'It can be set at the next start of the machine only: kernel.yama.ptrace_scope in /etc/sysctl.d.'
        : 'sudo sysctl kernel.yama.ptrace_scope=0, or look into it as root.';
    found.push(blocking('ptrace-scope', reason, remedy));
  }
  if (process.libc === 'none') {
    const reason = 'The program is static: it has no loader, and its functions can not be found from outside.';
    found.push(blocking('static', reason, 'Choose another way.'));
  }
  return found;
}
