# Whether a thread stands where a function may be called for it: outside malloc, the loader, stdio, locks, fork, signal handlers, and the beginning
# and the end of threads. Everything that is not known to be safe is not. Runs inside gdb, after inject-modules.py.
import re

import gdb

# The C library and what stands in for parts of it: the function of it that the program has called tells what goes on, whatever is below it.
RUNTIME = re.compile(r"^(libc|libpthread|librt|libdl)([.-].*)?$|^ld-musl|^lib(asan|lsan|hwasan)\.so")
# No thread may be in them.
NEVER = re.compile(r"^(ld[-.]|libgcc_s|libunwind|libjemalloc|libtcmalloc|libmimalloc|libheaptrack|libtsan|libmsan)|^memlens-|^/memfd:")
# Functions that hold no lock of the C library, and that the kernel goes on with (signal(7), "Interruption of system calls").
CALM = frozenset(
    """
    read readv pread pread64 preadv preadv64 write writev pwrite pwrite64 recv recvfrom recvmsg recvmmsg send sendto sendmsg sendmmsg accept accept4
    connect poll ppoll __poll_chk __read_chk select pselect epoll_wait epoll_pwait epoll_pwait2 nanosleep clock_nanosleep usleep sleep pause
    sigsuspend sigwait sigwaitinfo sigtimedwait wait wait3 wait4 waitpid waitid pthread_cond_wait pthread_cond_timedwait pthread_cond_clockwait
    sem_wait sem_timedwait sem_clockwait pthread_join pthread_timedjoin_np pthread_barrier_wait ioctl fcntl fcntl64 flock lockf fsync fdatasync
    msgrcv msgsnd semop semtimedop mq_receive mq_timedreceive sched_yield syscall getpid gettid getppid clock_gettime gettimeofday time
    open open64 openat openat64 close lseek lseek64 stat fstat lstat madvise kill raise memcpy memmove memset memcmp memchr strlen strcmp strchr
    """.split()
)
BOTTOM = frozenset("__libc_start_main _start start_thread clone clone3 __clone __clone3 thread_start __libc_start_call_main asan_thread_start".split())
# In a module of the program: an allocator, a loader or a runtime that is linked into it.
TAKEN = re.compile(
    r"^(_+|je_|tc_|mi_|rp|scalable_|__libc_|_+interceptor_)*"
    r"(malloc|free|cfree|calloc|realloc|reallocarray|memalign|aligned_alloc|posix_memalign|valloc|pvalloc|fork|vfork|dlopen|dlclose|dlsym|mallocx|sdallocx)$"
    r"|^operator (new|delete)|^_Zn[wa]|^_Zd[la]|^(tcmalloc|jemalloc|__asan|__lsan|__sanitizer)::|^_IO_|^_+dl_|^dl_|^_Unwind_|^__cxa_|^heaptrack"
)
INTERCEPTOR = re.compile(r"^_+interceptor_(trampoline_)?")
MAX_FRAMES = 256
# So many threads are compared; a process may have thousands.
MAX_CANDIDATES = 8


class Unsafe(Exception):
    """Why this thread can't be used now."""


class Frame:
    def __init__(self, frame, memory, modules):
        self.pc = frame.pc()
        self.is_signal = frame.type() == gdb.SIGTRAMP_FRAME
        inside = self.pc - (1 if frame.newer() is not None and frame.newer().type() != gdb.SIGTRAMP_FRAME else 0)
        self.module = next((module for module in modules if any(start <= inside < end for start, end in module.ranges)), None)
        exported = self.module.function_at(memory, inside) if self.module is not None else None
        self.name = exported or frame.name()
        self.is_runtime = self.module is not None and RUNTIME.match(self.module.name) is not None


def reads_more(pc, loaded):
    """True when gdb had to read how frames are laid out in the module of `pc`: what it has said of the stack until now is worth nothing then."""
    # By the name that the loader has for it: the path of the mapping may be another one, through symbolic links.
    name = gdb.solib_name(pc)
    if name is None or name in loaded:
        return False
    loaded.add(name)
    gdb.execute("sharedlibrary ^" + re.sub(r"([^\w/-])", r"[\1]", name) + "$", to_string=True)
    return True


def select(thread):
    """Registers are asked of the innermost frame of this thread from here on."""
    thread.switch()
    gdb.newest_frame().select()


def stack_of(thread, memory, modules, loaded):
    select(thread)
    while True:
        frames, frame = [], gdb.newest_frame()
        while frame is not None:
            if len(frames) == MAX_FRAMES:
                raise Unsafe("its stack is too deep")
            frames.append(Frame(frame, memory, modules))
            if reads_more(frames[-1].pc, loaded):
                break
            last = frame
            try:
                frame = frame.older()
            except gdb.error:
                raise Unsafe("its stack can't be followed to its end")
        else:
            if last.unwind_stop_reason() not in (gdb.FRAME_UNWIND_OUTERMOST, gdb.FRAME_UNWIND_NO_REASON):
                raise Unsafe("its stack can't be followed to its end")
            return frames


def check_stack(frames):
    """Raises Unsafe unless every call on the stack is known to leave the locks and the state of the C library alone."""
    for frame in frames:
        if frame.is_signal:
            raise Unsafe("a signal is being handled")
        if frame.module is None:
            raise Unsafe("code that belongs to no file")
        if frame.module.is_gone:
            raise Unsafe("the file %s was replaced" % frame.module.name)
        if frame.module.name != "[vdso]" and NEVER.match(frame.module.name):
            if frame is not frames[-1] or frame.name != "_start":
                raise Unsafe(frame.module.name)
    runs, at = [], 0
    while at < len(frames):
        end = at + 1
        while frames[at].is_runtime and end < len(frames) and frames[end].is_runtime:
            end += 1
        runs.append(frames[at:end])
        at = end
    for index, run in enumerate(runs):
        entry = run[-1]
        if index > 0 and is_bottom(run, runs[index + 1 :]):
            return
        if entry.is_runtime:
            if entry.name is None or INTERCEPTOR.sub("", entry.name).lstrip("_") not in CALM and entry.name not in CALM:
                raise Unsafe(entry.name or entry.module.name)
            if index > 0:
                raise Unsafe(entry.name)
        elif entry.name is not None and TAKEN.search(entry.name):
            calm = INTERCEPTOR.sub("", entry.name)
            if calm == entry.name or calm not in CALM:
                raise Unsafe(entry.name)
    raise Unsafe("its stack can't be followed to its end")


def is_bottom(run, outer):
    """The frames that every thread begins with, and nothing around them."""
    if not run[-1].is_runtime:
        return False
    names = [frame.name for frame in run]
    if "__libc_start_main" in names or "__libc_start_main_impl" in names:
        inner = names[: -1]
        # One function of libc may stand between it and main; it has a name only where libc has all its symbols.
        return len(inner) <= 1 and len(outer) <= 1 and all(len(rest) == 1 for rest in outer)
    if outer:
        return False
    sanitizer = [frame for frame in run if not frame.module.name.startswith(("libc", "libpthread", "ld-musl"))]
    library = run[len(sanitizer) :]
    return len(sanitizer) <= 2 and len(library) == 2 and all(frame.name is None or frame.name in BOTTOM for frame in library)


def call_number():
    """Of the system call that the selected thread is in; -1: it is in none, or that is not told."""
    try:
        return int(gdb.parse_and_eval("(long)$orig_rax"))
    except gdb.error:
        return -1


# The stack that a call may need: the loader alone takes some 20 KiB.
ROOM = 96 * 1024


def check_room(mappings):
    """Raises Unsafe when the thread's stack pointer is not in a stack, or near the end of it."""
    at = int(gdb.parse_and_eval("(unsigned long)$sp"))
    for index, (start, end, permissions, path) in enumerate(mappings):
        if not start <= at < end:
            continue
        if path == "[stack]":
            return
        below = mappings[index - 1] if index > 0 else None
        is_guarded = below is not None and below[1] == start and below[2].startswith("---")
        if path != "" or not is_guarded:
            raise Unsafe("a stack of its own making")
        if at - start < ROOM:
            raise Unsafe("too little room on its stack")
        return
    raise Unsafe("a stack of its own making")


# System calls of x86-64 that wait for something outside the process: read, poll, select, pause, nanosleep, accept, recvfrom, recvmsg, wait4,
# rt_sigtimedwait, rt_sigsuspend, futex, clock_nanosleep, epoll_wait, waitid, pselect6, ppoll, epoll_pwait, accept4, epoll_pwait2.
WAITS = frozenset((0, 7, 23, 34, 35, 43, 45, 47, 61, 128, 130, 202, 230, 232, 247, 270, 271, 281, 288, 441))


def check_others(chosen, memory, modules, loaded):
    """Raises Unsafe when another thread may hold a lock of the loader or of malloc: it would keep it, as it does not run during the call."""
    for thread in gdb.selected_inferior().threads():
        if thread.ptid == chosen.ptid:
            continue
        frames = stack_of(thread, memory, modules, loaded)
        select(thread)
        is_in_loader = any(frame.module is not None and NEVER.match(frame.module.name) for frame in frames[:-1])
        if is_in_loader or call_number() not in WAITS:
            check_stack(frames)


def choose_thread(memory, modules, mappings, loaded):
    """The calmest thread that a function may be called for, or the reason why there is none."""
    reason, candidates = "no thread", []
    for thread in gdb.selected_inferior().threads():
        try:
            frames = stack_of(thread, memory, modules, loaded)
            check_stack(frames)
            select(thread)
            check_room(mappings)
        except Unsafe as why:
            reason = str(why)
            continue
        # The first thread of a process is hardly ever cancelled (pthread_cancel(3)): a call would not survive that.
        candidates.append((0 if call_number() >= 0 else 1, 0 if thread.ptid[0] == thread.ptid[1] else 1, len(frames), thread))
        if candidates[-1][:2] == (0, 0) or len(candidates) == MAX_CANDIDATES:
            break
    if not candidates:
        raise Unsafe(reason)
    return min(candidates, key=lambda candidate: candidate[:3])[3]
