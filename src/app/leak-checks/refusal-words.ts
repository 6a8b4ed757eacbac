import type { Obstacle } from '../../engines/engine.js';

const blocking = (code: string, reason: string, remedy: string): Obstacle => ({ blocking: true, code, reason, remedy });

/** Linux, errno(3): those that clone(2), open(2) and ptrace(2) give here. */
const ERRORS: Readonly<Record<number, string>> = {
  1: 'operation not permitted',
  2: 'no such file or directory',
  5: 'not supported by this kernel',
  11: 'no more processes are allowed',
  12: 'no memory is left',
  13: 'permission denied',
  20: 'not a directory',
  23: 'too many open files on this machine',
  24: 'too many open files',
  28: 'no space is left',
  30: 'read-only file system',
  36: 'the name is too long',
  38: 'not supported by this kernel',
};

const errorWords = (number: number): string => ERRORS[number] ?? `error ${number}`;

/** Why the companion (media/companion.c) has not tried a leak check; `word` and `detail` are those of its answer. */
export function refusalOf(word: string, detail: number): Obstacle {
  switch (word) {
    case 'traced':
      return traced(detail);
    case 'files':
      return blocking(
        'no-report-file',
        `the program can't write its report any more (${errorWords(detail)}): it may have changed its root directory or its user.`,
        'Run it without chroot and without a change of user, or choose memcheck, which writes its report by another way.',
      );
    case 'proc':
      return blocking(
        'no-proc',
        'the program does not see /proc any more, and LeakSanitizer needs it.',
        'Run it without chroot, or with /proc mounted in its root; or choose memcheck.',
      );
    case 'sandbox':
      return blocking(
        'sandbox',
        'the program has put itself under a filter of system calls (seccomp) since it started, which may end it for what a leak check does.',
        'Run it without its sandbox, or choose memcheck.',
      );
    case 'killed':
      return blocking(
        'ptrace-kills',
        'a filter of system calls (seccomp) ends a process that calls ptrace, which LeakSanitizer has to.',
        'Run the program outside of this sandbox (systemd: without SystemCallFilter), or choose memcheck.',
      );
    case 'resources':
      return blocking(
        'no-process',
        `no process can be started in the program just now (${errorWords(detail)}), and LeakSanitizer needs one.`,
        'Raise its limits (ulimit -u, pids.max of its cgroup), or try again later.',
      );
    default:
      return blocking(
        'no-ptrace',
        `the kernel does not let the program trace its own threads (${errorWords(detail)}), which LeakSanitizer has to.`,
        'In a container: docker run --cap-add=SYS_PTRACE. Where kernel.yama.ptrace_scope is 2 or 3: sudo sysctl kernel.yama.ptrace_scope=1. Or choose memcheck.',
      );
  }
}

export const traced = (tracer: number): Obstacle =>
  blocking(
    'traced',
    `${tracer > 0 ? `process ${tracer}` : 'another process'} traces the program (a debugger or strace), and only one can.`,
    'Detach it, then check again.',
  );

export const STOPPED: Obstacle = blocking(
  'stopped',
  'the program is stopped (SIGSTOP, Ctrl-Z), and can answer only when it goes on.',
  'Let it go on (fg, kill -CONT), then check again.',
);

export const SILENT: Obstacle = blocking('silent', 'the program did not answer in time.', 'The machine may be busy: try again.');

/** `words`: what vgdb wrote to its standard error. */
export function noAnswer(words: string): Obstacle {
  const isDenied = /Operation not permitted|ptrace/i.test(words);
  return blocking(
    'no-answer',
    isDenied
      ? 'vgdb may not wake the program: the kernel does not let it use ptrace.'
      : `vgdb got no answer${words.trim() === '' ? '' : ` (${(words.trim().split('\n').at(-1) ?? '').slice(0, 200)})`}.`,
    isDenied
      ? 'In a container: docker run --cap-add=SYS_PTRACE. Where kernel.yama.ptrace_scope is 2 or 3: sudo sysctl kernel.yama.ptrace_scope=1.'
      : 'Try again; the report at the end of the program has its leaks in any case.',
  );
}

export const NOBODY: Obstacle = blocking(
  'nobody',
  'no process of the run can be asked: what runs now does not have the engine in it.',
  'A program that is linked statically, or that was started without the environment of the run, can be asked under memcheck only.',
);
