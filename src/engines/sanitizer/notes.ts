import type { Note } from '../../model/finding.js';

interface Pattern {
  readonly text: string;
  readonly note: Note;
}

const note = (severity: Note['severity'], code: string, text: string): Note => ({ severity, code, text });

/** What a runtime says of itself rather than of the program. The first that a line holds is taken. */
const PATTERNS: readonly Pattern[] = [
  {
    text: 'LeakSanitizer has encountered a fatal error',
    note: note(
      'error',
      'lsan-fatal',
      'LeakSanitizer could not look for leaks. It needs ptrace on its own process: it fails under a debugger or strace, and in a container without ptrace (docker run --cap-add=SYS_PTRACE).',
    ),
  },
  {
    text: 'Shadow memory range interleaves',
    note: note(
      'error',
      'asan-aslr',
      'The sanitizer found its shadow memory in use. Run the program with "setarch -R", or set vm.mmap_rnd_bits to 28: address space randomisation is too wide for this runtime.',
    ),
  },
  {
    text: 'unexpected memory mapping',
    note: note(
      'error',
      'asan-aslr',
      'The sanitizer found memory where it does not expect any. Run the program with "setarch -R", or set vm.mmap_rnd_bits to 28: address space randomisation is too wide for this runtime.',
    ),
  },
  {
    text: 'can not mmap the shadow memory',
    note: note(
      'error',
      'asan-aslr',
      'The sanitizer could not map its shadow memory. Run the program with "setarch -R", or set vm.mmap_rnd_bits to 28: address space randomisation is too wide for this runtime.',
    ),
  },
  {
    text: 'runtime does not come first',
    note: note(
      'error',
      'asan-order',
      'The AddressSanitizer runtime was not the first library that was loaded. Link the program with -fsanitize=address, or put the runtime first in LD_PRELOAD.',
    ),
  },
  {
    text: 'Interceptors are not working',
    note: note(
      'error',
      'asan-order',
      "The sanitizer was loaded too late to see the program's allocations. Link the program with -fsanitize=address, or put the runtime first in LD_PRELOAD.",
    ),
  },
  {
    text: 'linked against incompatible ASan runtimes',
    note: note('error', 'asan-runtimes', 'Two AddressSanitizer runtimes are in one program: build everything with one compiler.'),
  },
  {
    text: 'nested bug in the same thread',
    note: note(
      'warning',
      'nested-bug',
      'The sanitizer met another fault while it wrote a report, and gave up: the report is not whole.',
    ),
  },
  {
    text: 'hard rss limit exhausted',
    note: note('error', 'rss-limit', 'The sanitizer ended the program: its memory passed hard_rss_limit_mb.'),
  },
  {
    text: 'failed to spawn external symbolizer',
    note: note(
      'warning',
      'symbolizer',
      'The symbolizer could not be started: functions and source lines are missing from the stacks.',
    ),
  },
  {
    text: 'Failed to use and restart external symbolizer',
    note: note(
      'warning',
      'symbolizer',
      'The symbolizer could not be started: functions and source lines are missing from the stacks.',
    ),
  },
  {
    text: 'invalid path to external symbolizer',
    note: note(
      'warning',
      'symbolizer',
      'The symbolizer could not be started: functions and source lines are missing from the stacks.',
    ),
  },
  {
    text: 'failed to read suppressions file',
    note: note('error', 'suppressions-unreadable', 'The sanitizer could not read its suppressions file, and ended the program.'),
  },
  {
    text: 'failed to parse suppressions',
    note: note(
      'error',
      'suppressions-unreadable',
      'The sanitizer did not understand its suppressions file, and ended the program.',
    ),
  },
  {
    text: 'Too many leaks! Only the first',
    note: note('warning', 'too-many-leaks', 'LeakSanitizer lists only the first 5000 leaks: there are more. Memcheck lists all.'),
  },
];

/** Looked for only in lines with this word of theirs, which makes other lines cheap. */
const WORDS =
  /fatal error|[Ss]hadow memory|memory mapping|come first|Interceptors|incompatible|nested bug|rss limit|symbolizer|CHECK|suppressions|Too many leaks/;

export function readNote(line: string): Note | undefined {
  if (!WORDS.test(line)) return undefined;
  const found = PATTERNS.find((pattern) => line.includes(pattern.text));
  if (found) return found.note;
  const check = /Sanitizer:? (CHECK failed: .*)/.exec(line);
  return check
    ? note('error', 'sanitizer-check', `The sanitizer itself failed: ${(check[1] as string).slice(0, 300)}`)
    : undefined;
}

export const CUT: Note = note('warning', 'cut', 'The report ends before it was complete: something may be missing.');

export const DEADLY_LOOP: Note = note(
  'error',
  'asan-aslr',
  'The sanitizer crashed over and over before it could report. With an old runtime this is address space randomisation: run the program with "setarch -R", or set vm.mmap_rnd_bits to 28.',
);
