import type { Finding, LeakKind } from '../model/finding.js';
import { blockState } from './facts.js';

/** What a kind of finding is called and where it is explained. */
export interface KindText {
  readonly title: string;
  /** The file in docs/kinds. */
  readonly page: string;
  /** One sentence. */
  readonly explanation: string;
}

const kind = (title: string, page: string, explanation: string): KindText => ({ title, page: `${page}.md`, explanation });

const LOST = 'No pointer to the block is left: the program can never free it.';
const OWNED = 'Only blocks that are lost themselves point to it; freeing those rightly usually frees it too.';

const LEAKS: Readonly<Record<LeakKind, KindText>> = {
  definitely: kind('Definitely lost', 'leak', LOST),
  direct: kind('Direct leak', 'leak', LOST),
  indirectly: kind('Indirectly lost', 'indirect-leak', OWNED),
  indirect: kind('Indirect leak', 'indirect-leak', OWNED),
  possibly: kind(
    'Possibly lost',
    'possible-leak',
    'Only pointers into the middle of the block are left: a leak, unless the program keeps such pointers on purpose.',
  ),
  reachable: kind(
    'Still reachable',
    'reachable',
    'The program still had a pointer to the block when it ended: rarely a fault, unless such blocks grow in number.',
  ),
  unfreed: kind(
    'Not freed',
    'not-freed',
    'The block was not freed at the end; whether it is lost or something still pointed to it was not seen.',
  ),
  unreferenced: kind(
    'Unreferenced',
    'unreferenced',
    'The kernel scanned its memory and found no pointer to the block: lost, unless the pointer is kept where kmemleak does not look or in another form.',
  ),
};

const GROWING = kind(
  'Growing',
  'growing',
  'Memory of this line grew as long as the process was looked at; whether something still points to it was not seen.',
);

const HEAP_FREED = kind('Heap use after free', 'heap-use-after-free', 'A block of the heap is used after it was freed.');
const HEAP_OVERFLOW = kind('Heap buffer overflow', 'heap-buffer-overflow', 'An access lies outside of a block of the heap.');
const STACK_OVERFLOW = kind('Stack buffer overflow', 'stack-buffer-overflow', 'An access lies outside of a local variable.');
const DOUBLE_FREE = kind('Double free', 'double-free', 'A block is freed that was freed before.');
const BAD_FREE = kind('Invalid free', 'invalid-free', 'Something is freed that is not the start of a live block of the heap.');
const MISMATCH = kind(
  'Mismatched free',
  'mismatched-free',
  'The block is freed by another family of functions than the one that allocated it.',
);
const UNINITIALISED = kind(
  'Uninitialised value',
  'uninitialised-value',
  'What the program does depends on a value that was never set.',
);
const BAD_SIZE = kind(
  'Invalid size or alignment',
  'bad-size',
  'A function was given a size or an alignment that can hardly be meant: negative, overflowed, or far too large.',
);
const OVERLAP = kind(
  'Overlapping copy',
  'overlapping-copy',
  'Source and destination of a copy overlap, which its function does not allow.',
);
const DESCRIPTOR = kind(
  'File descriptor',
  'file-descriptor',
  'A file descriptor is not closed, closed twice, or used after it was closed.',
);
const MEMORY_GONE = kind('Out of memory', 'out-of-memory', 'The allocator could not give the memory that was asked for.');
const SIGNAL = kind('Fatal signal', 'fatal-signal', 'The program was ended by a signal.');
const SEGV = kind(
  'Invalid memory access',
  'invalid-access',
  'The address belongs to no memory that the program may use in this way.',
);
const POISONED = kind(
  'Use of poisoned memory',
  'use-after-poison',
  'The program uses memory that it, or its own allocator, marked as not to be used.',
);

const KINDS: ReadonlyMap<string, KindText> = new Map([
  // AddressSanitizer and HWAddressSanitizer: the names of their SUMMARY lines
  ['heap-use-after-free', HEAP_FREED],
  ['heap-buffer-overflow', HEAP_OVERFLOW],
  ['heap-buffer-underflow', HEAP_OVERFLOW],
  ['allocation-tail-overwritten', HEAP_OVERFLOW],
  ['stack-buffer-overflow', STACK_OVERFLOW],
  ['stack-buffer-underflow', { ...STACK_OVERFLOW, title: 'Stack buffer underflow' }],
  ['dynamic-stack-buffer-overflow', { ...STACK_OVERFLOW, title: 'Overflow of a variable-length array' }],
  [
    'global-buffer-overflow',
    kind('Global buffer overflow', 'global-buffer-overflow', 'An access lies outside of a global variable.'),
  ],
  [
    'stack-use-after-return',
    kind('Stack use after return', 'stack-use-after-return', 'A local variable is used after its function has returned.'),
  ],
  [
    'stack-use-after-scope',
    kind(
      'Stack use after scope',
      'stack-use-after-scope',
      'A local variable is used after the block that it belongs to has ended.',
    ),
  ],
  ['double-free', DOUBLE_FREE],
  ['bad-free', BAD_FREE],
  ['invalid-free', BAD_FREE],
  ['wild-free', BAD_FREE],
  ['bad-malloc_usable_size', BAD_FREE],
  ['alloc-dealloc-mismatch', MISMATCH],
  [
    'new-delete-type-mismatch',
    { ...MISMATCH, explanation: 'The block is deleted as another type, of another size, than it was made.' },
  ],
  ['free-size-mismatch', MISMATCH],
  ['SEGV', SEGV],
  ['BUS', SEGV],
  ['access-violation', SEGV],
  ['null-deref', SEGV],
  ['wild-access', SEGV],
  ['wild-addr-read', SEGV],
  ['wild-addr-write', SEGV],
  ['wild-addr', SEGV],
  ['wild-jump', { ...SEGV, title: 'Jump to an invalid address' }],
  ['unknown-crash', SEGV],
  [
    'stack-overflow',
    kind(
      'Stack overflow',
      'stack-overflow',
      'The stack is used up: most often a recursion that does not end, or a very large local variable.',
    ),
  ],
  ['use-after-poison', POISONED],
  [
    'intra-object-overflow',
    kind('Overflow inside an object', 'heap-buffer-overflow', 'An access runs from one member of an object into another.'),
  ],
  [
    'container-overflow',
    kind(
      'Container overflow',
      'container-overflow',
      'An access lies in the reserved memory of a container, outside of its elements.',
    ),
  ],
  [
    'initialization-order-fiasco',
    kind('Initialisation order', 'initialisation-order', 'A global variable is used before its own initialisation has run.'),
  ],
  [
    'odr-violation',
    kind('One definition rule', 'odr-violation', 'Two global variables of one name are defined in different modules.'),
  ],
  ['negative-size-param', BAD_SIZE],
  ['calloc-overflow', BAD_SIZE],
  ['reallocarray-overflow', BAD_SIZE],
  ['pvalloc-overflow', BAD_SIZE],
  ['invalid-allocation-alignment', BAD_SIZE],
  ['invalid-aligned-alloc-alignment', BAD_SIZE],
  ['invalid-posix-memalign-alignment', BAD_SIZE],
  ['allocation-size-too-big', BAD_SIZE],
  ['rss-limit-exceeded', MEMORY_GONE],
  ['out-of-memory', MEMORY_GONE],
  ['use-of-uninitialized-value', UNINITIALISED],
  [
    'tag-mismatch',
    kind(
      'Tag mismatch',
      'tag-mismatch',
      'The pointer does not fit the memory it leads to: freed before, or outside of its block.',
    ),
  ],
  [
    'data-race',
    kind('Data race', 'data-race', 'Two threads use the same memory at the same time, and at least one of them writes.'),
  ],
  [
    'undefined-behavior',
    kind('Undefined behaviour', 'undefined-behaviour', 'The program does something whose result the language leaves open.'),
  ],
  ['FPE', SIGNAL],
  ['ILL', SIGNAL],
  ['ABRT', SIGNAL],
  ['TRAP', SIGNAL],
  // Memcheck: the names of its XML protocol
  ['InvalidRead', kind('Invalid read', 'invalid-access', 'The program reads memory that it does not own.')],
  ['InvalidWrite', kind('Invalid write', 'invalid-access', 'The program writes memory that it does not own.')],
  [
    'InvalidJump',
    kind('Jump to an invalid address', 'invalid-access', 'The program calls or jumps to an address that is no code.'),
  ],
  ['InvalidFree', BAD_FREE],
  ['MismatchedFree', MISMATCH],
  ['MismatchedAllocateDeallocateSize', MISMATCH],
  ['MismatchedAllocateDeallocateAlignment', MISMATCH],
  [
    'InvalidMemPool',
    kind('Invalid memory pool', 'memory-pool', 'A request of the program to Memcheck names a memory pool that does not exist.'),
  ],
  ['UninitCondition', { ...UNINITIALISED, explanation: 'A condition depends on a value that was never set.' }],
  [
    'UninitValue',
    { ...UNINITIALISED, explanation: 'An address, or the operand of an instruction, depends on a value that was never set.' },
  ],
  [
    'SyscallParam',
    kind(
      'System call parameter',
      'system-call-parameter',
      'A system call is given memory that was never set, or that is not the program’s.',
    ),
  ],
  [
    'ClientCheck',
    kind('Check by the program', 'memory-pool', 'The program asked Memcheck to check memory, and the check failed.'),
  ],
  ['Overlap', OVERLAP],
  ['FishyValue', BAD_SIZE],
  [
    'ReallocSizeZero',
    { ...BAD_SIZE, title: 'Reallocation to size 0', explanation: 'What realloc does with the size 0 differs between systems.' },
  ],
  ['BadSize', BAD_SIZE],
  ['BadAlign', BAD_SIZE],
  ['InvalidSizeAndAlignment', BAD_SIZE],
  ['InvalidAlignment', BAD_SIZE],
  ['InvalidSize', BAD_SIZE],
  ['UnsafeZeroSize', BAD_SIZE],
  ['FdBadClose', DESCRIPTOR],
  ['FdNotClosed', DESCRIPTOR],
  ['FdBadUse', DESCRIPTOR],
  ['CoreError', kind('Error of a system call', 'file-descriptor', 'Valgrind itself found a wrong use of a system call.')],
]);

/** The words for a finding; a kind that is not known is shown by its own name. */
export function kindText(finding: Finding): KindText {
  if (finding.kind === 'leak') {
    if (finding.leakKind !== undefined) return LEAKS[finding.leakKind];
    if (finding.certainty === 'growing') return GROWING;
    return finding.certainty === 'definite'
      ? kind('Leak', 'leak', LOST)
      : kind('Possible leak', 'possible-leak', LEAKS.possibly.explanation);
  }
  const name = finding.kind.replace(/^AddressSanitizer:/, '');
  if (name === 'InvalidRead' || name === 'InvalidWrite') {
    // Memcheck's two names are one kind of page for each state of the block they hit.
    const state = blockState(finding);
    if (state === 'freed') return HEAP_FREED;
    if (state === 'outside') return HEAP_OVERFLOW;
  }
  if (name === 'InvalidFree' && blockState(finding) === 'freed') return DOUBLE_FREE;
  const known = KINDS.get(name);
  if (known !== undefined) return known;
  if (name.endsWith('-param-overlap')) return OVERLAP;
  if (name.startsWith('bad-')) return kind(name, 'other', 'The engine’s documentation explains this kind.');
  if (/^(?:SIG[A-Z]+|fatal-signal|FatalSignal)$/.test(name)) return name === 'SIGSEGV' || name === 'SIGBUS' ? SEGV : SIGNAL;
  return kind(name === '' ? 'Memory error' : name, 'other', 'The engine’s documentation explains this kind.');
}

/** Every page that a known kind leads to, for the test that they exist. */
export const kindPages: readonly string[] = [
  ...new Set([...Object.values(LEAKS), ...KINDS.values(), GROWING, OVERLAP, kind('', 'other', '')].map(({ page }) => page)),
];
