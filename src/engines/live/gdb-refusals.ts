import type { CallRefusal } from './gdb-news.js';

/** What happened, and what to do next. */
export interface RefusalText {
  readonly reason: string;
  readonly remedy: string;
}

/** A refusal in words; `words` are those of the script. `gone` and `ended` have none: they are no fault of a way. */
export function refusalText(why: Exclude<CallRefusal, 'gone' | 'ended'>, words: string): RefusalText {
  switch (why) {
    case 'replaced':
      return { reason: 'The process became another program meanwhile (execve).', remedy: 'Look into it again.' };
    case 'stopped':
      return {
        reason: 'The process is stopped (SIGSTOP), so that no thread of it can do anything.',
        remedy: 'Let it go on: kill -CONT.',
      };
    case 'traced':
      return {
        reason: `The process is being debugged or traced by process ${words}, and the kernel allows only one tracer.`,
        remedy: 'Detach the other one first.',
      };
    case 'not-permitted':
    case 'ptrace':
      return {
        reason: `The kernel does not let gdb attach to the process: ${firstLine(words)}`,
        remedy: 'Look into it as its user or as root; in a container, with the capability SYS_PTRACE.',
      };
    case 'busy':
      return {
        reason: `Each time that the process was looked at, no thread of it was at rest; the last time, it was in ${words}. A call could have harmed it, and was not made.`,
        remedy: 'Try again when it is less busy, or choose another way.',
      };
    case 'no-function':
      return { reason: `The C library of the process has no ${words}.`, remedy: 'Choose another way.' };
    case 'call-failed':
      return { reason: `A call in the process failed: ${firstLine(words)}`, remedy: 'Choose another way.' };
    case 'call-hung':
      return {
        reason: 'A call in the process did not end in time. It was ended, and its thread put back where it was.',
        remedy: 'Choose another way.',
      };
    case 'cant-trace':
      return {
        reason: `LeakSanitizer has to trace the process for a check, and the kernel does not let it (${words}). It would have ended the program; it was not asked.`,
        remedy: 'In a container: start it with the capability SYS_PTRACE, and without a seccomp filter that forbids ptrace.',
      };
    case 'gdb':
      return { reason: `gdb can't do what is needed: ${firstLine(words)}`, remedy: 'Choose another way, or a newer gdb.' };
  }
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
