import type { Segment } from '../../model/segment.js';

interface SegmentWords {
  readonly label: string;
  /** In one sentence. */
  readonly definition: string;
}

export const SEGMENT_WORDS: Readonly<Record<Segment, SegmentWords>> = {
  text: { label: 'Text', definition: 'Machine code of the program itself, read from its file.' },
  'read-only-data': {
    label: 'Read-only data',
    definition: 'Constants of the program, its headers, and what is read-only after relocation (RELRO).',
  },
  data: { label: 'Data', definition: 'Variables of the program that begin with a value from its file.' },
  bss: { label: 'bss', definition: 'Variables of the program that begin as zero; they are in no file.' },
  heap: { label: 'Heap', definition: 'What malloc gets by moving the program break (brk): the main arena.' },
  arena: { label: 'malloc arena', definition: 'A heap of glibc’s malloc for threads beside the first one.' },
  'main-stack': { label: 'Main stack', definition: 'The stack of the first thread, with arguments and environment at its top.' },
  'thread-stack': { label: 'Thread stack', definition: 'The stack of another thread.' },
  guard: { label: 'Guard', definition: 'Pages below a stack that may not be touched, so that an overrun is seen.' },
  'library-text': { label: 'Library text', definition: 'Machine code of a shared library.' },
  'library-read-only-data': {
    label: 'Library read-only data',
    definition: 'Constants of a shared library, its headers, and what is read-only after relocation (RELRO).',
  },
  'library-data': { label: 'Library data', definition: 'Variables of a shared library that begin with a value from its file.' },
  'library-bss': { label: 'Library bss', definition: 'Variables of a shared library that begin as zero.' },
  file: {
    label: 'Mapped file',
    definition: 'A file that the program mapped; clean pages are the page cache’s and come back from disk.',
  },
  'shared-anonymous': { label: 'Shared anonymous', definition: 'Memory without a file that is shared with child processes.' },
  tmpfs: { label: 'tmpfs file', definition: 'A file on a file system in memory: it takes memory until it is removed.' },
  memfd: { label: 'memfd', definition: 'A file without a name in memory (memfd_create), often shared with other processes.' },
  'posix-shm': { label: 'POSIX shared memory', definition: 'An object of shm_open or a named semaphore, in /dev/shm.' },
  'sysv-shm': { label: 'System V shared memory', definition: 'A segment of shmget; it stays until somebody removes it.' },
  device: { label: 'Device', definition: 'Memory of a device, or an object of the kernel that is mapped.' },
  hugetlb: { label: 'hugetlb', definition: 'Pages of hugetlbfs, set aside by the administrator; RSS and PSS do not count them.' },
  'named-anonymous': {
    label: 'Named anonymous',
    definition: 'Anonymous memory to which the program, or its C library, gave a name.',
  },
  jit: { label: 'JIT', definition: 'Code that is made at run time, or any memory that is writable and executable.' },
  anonymous: { label: 'Anonymous', definition: 'Memory without a file: mmap, and large blocks of malloc.' },
  reserved: { label: 'Reserved', definition: 'Addresses that are kept for later; they take no memory.' },
  vdso: { label: 'vdso', definition: 'Code of the kernel that is mapped into every process.' },
  vvar: { label: 'vvar', definition: 'Data of the kernel that the vdso reads.' },
  vsyscall: { label: 'vsyscall', definition: 'The page of old system calls.' },
  'kernel-other': { label: 'Of the kernel', definition: 'Another mapping that the kernel made and named.' },
};
