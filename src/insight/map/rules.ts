/**
 * What decides the segment of a mapping. RegionClasses.rule is an index into this list. The order has no meaning; what comes first in
 * classify.ts wins: the kernel's own names and flags, then ELF headers and stack pointers, then the usual layout.
 */
export const RULES = [
  ['heap-name', 'The kernel names it [heap]: it overlaps the program break, which brk(2) moves.'],
  [
    'heap-layout',
    'The form of this map leaves the kernel’s names out, and it is the first writable memory behind the program: usually the heap of brk(2).',
  ],
  ['start-brk', 'It begins where the kernel says that the program break began (field 47 of /proc/PID/stat).'],
  ['stack-name', 'The kernel names it [stack]: the stack of the main thread.'],
  ['start-stack', 'It holds the address at which the main thread’s stack began (field 28 of /proc/PID/stat).'],
  ['stack-neighbour', 'It grows down and touches [stack]: a part of the main stack with other flags.'],
  ['thread-stack-name', 'The name says so: [stack:TID] of kernels before 4.5, or the C library’s own name for it.'],
  ['stack-pointer', 'The stack pointer of the thread (/proc/PID/task/TID/syscall) points into it.'],
  ['grows-down', 'It has the flag gd: it grows down as a stack does.'],
  ['shadow-stack', 'It has the flag ss: return addresses that the processor keeps a second time.'],
  [
    'stack-layout',
    'It lies right above a small guard that may not be touched, as a thread’s stack does. No stack pointer says so: it may be one that is kept for the next thread.',
  ],
  [
    'stack-merged',
    'A thread’s stack pointer points into it, but most of it lies too far above: the kernel joined the stack with what lies beside it.',
  ],
  ['guard', 'It may not be touched and lies right below a thread’s stack: who overruns the stack is stopped here.'],
  ['guard-name', 'Its name says that it is a guard.'],
  ['vdso-name', 'The kernel names it [vdso]: code of the kernel that answers a few system calls without entering it.'],
  ['vvar-name', 'The kernel names it [vvar]: data of the kernel that the vdso reads.'],
  ['vsyscall-name', 'The kernel names it [vsyscall]: the page of old system calls at a fixed address.'],
  ['vsyscall-address', 'It lies at 0xffffffffff600000, where the kernel has the page of old system calls.'],
  ['vdso-layout', 'The form of this map leaves the kernel’s names out, and it looks like the vdso with its data.'],
  ['kernel-name', 'The kernel has a name of its own for it.'],
  ['huge-flag', 'It has the flag ht: pages of hugetlbfs.'],
  ['huge-page-size', 'Its pages (KernelPageSize) are larger than those of the machine: hugetlbfs.'],
  ['huge-name', 'The kernel names it anon_hugepage: mmap with MAP_HUGETLB.'],
  ['device-flag', 'It has the flag io or pf: memory of a device, or pages that are not the kernel’s to count.'],
  ['device-path', 'Its file lies in /dev.'],
  ['kernel-object', 'It is no file of a disk but an object of the kernel (a socket, io_uring, perf_event...).'],
  ['program-header', 'The program header of the executable says so.'],
  ['program-permission', 'It is the executable, and these are the permissions of such a part.'],
  ['library-header', 'The program header of the library says so.'],
  ['library-permission', 'It is of a file of which a part is executable, and these are the permissions of such a part.'],
  ['relro', 'The program header says RELRO: written while it was relocated, and read-only since.'],
  ['bss-header', 'It follows the file’s data, and the program header asks for that much zeroed memory.'],
  [
    'bss-merged',
    'It begins with the bss of the file before it, but most of it is more than the program header asks for: the kernel joined the two.',
  ],
  ['bss-layout', 'It is anonymous and follows right after the writable data of the file: usually its bss.'],
  ['bss-name', 'The loader named it .bss.'],
  ['image-copy', 'It is anonymous, at addresses that the program header gives to this part of the file: a copy in its place.'],
  ['image-hole', 'It lies between two parts of the file and may not be touched.'],
  ['sysv-name', 'The kernel names it /SYSV and its key: shmat(2).'],
  ['memfd-name', 'The kernel names it /memfd: and its name: memfd_create(2).'],
  ['dev-shm', 'Its file lies in /dev/shm: shm_open(3).'],
  ['shared-zero', 'The kernel names it /dev/zero (deleted): mmap with MAP_SHARED and MAP_ANONYMOUS.'],
  ['shared-name', 'It is shared and anonymous, with a name that the program gave.'],
  ['private-zero', 'A private mapping of /dev/zero is anonymous memory.'],
  ['tmpfs-mount', 'Its file lies on a tmpfs or ramfs (/proc/PID/mountinfo).'],
  ['file', 'It maps a file, not as a part of a program or of a library.'],
  ['writable-executable', 'It may be written and executed.'],
  ['executable-anonymous', 'It is executable and of no file: code that was made at run time.'],
  [
    'arena-layout',
    'It begins at a multiple of 64 MiB (1 MiB in 32-bit programs) and the rest up to the next one may not be touched: a heap of glibc’s malloc for further threads. They are numbered by address; a large arena has several.',
  ],
  ['arena-rest', 'The part of a malloc arena’s 64 MiB (1 MiB in 32-bit programs) that is not in use yet.'],
  ['arena-name', 'The C library named it: an arena of malloc.'],
  [
    'go-heap',
    'It lies in a block of multiples of 64 MiB, by itself, as Go’s runtime makes its heap (at 0xc000000000; since Go 1.26 anywhere).',
  ],
  ['named', 'The program named it: prctl(2), PR_SET_VMA_ANON_NAME.'],
  ['no-access', 'It may not be touched: addresses that are kept for later.'],
  ['no-reserve', 'It has the flag nr, is large, and hardly any of it was touched: addresses that are kept for later.'],
  [
    'hardly-touched',
    'It is larger than 1 GiB, and less than a thousandth of it was ever touched: addresses that are kept for later.',
  ],
  ['anonymous', 'It is private, of no file, and nothing says what it is for: mmap, or a large malloc.'],
  ['shared-unnamed', 'It is shared, and the map does not tell of what.'],
] as const satisfies readonly (readonly [string, string])[];

export type RuleId = (typeof RULES)[number][0];

export const RULE_INDEX = Object.fromEntries(RULES.map(([id], index) => [id, index])) as Readonly<Record<RuleId, number>>;
