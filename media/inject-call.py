# Calls functions of a running process, by a thread of its own that is at rest, and leaves it as it was: its registers, errno and signal
# mask, a system call that it waits in, and signals that came meanwhile. Runs inside gdb, after inject-stack.py.
#
# The other threads run during a call, as they would if the thread had made it itself: a lock that one of them holds is given back. The thread itself
# holds none (inject-stack.py). Its signals wait, for a handler could need what the call has locked; the mask is set with ptrace(2), not by a call of
# the process, so that they arrive together with the end of the system call that they interrupt.
import ctypes
import json
import os
import signal
import struct
import sys
import threading
import time

import gdb

PTRACE_GETSIGMASK, PTRACE_SETSIGMASK = 0x420A, 0x420B
# Those that the call itself could raise, and that the kernel would not let wait.
AT_ONCE = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP, signal.SIGSYS)
ALL_BUT_THOSE = (1 << 64) - 1 & ~sum(1 << (number - 1) for number in AT_ONCE)
LIBC = ctypes.CDLL(None, use_errno=True)


# Of memory that is taken for the words of the calls, and given back.
SPACE = 16384
# Calls that end with EINTR where a process is stopped and goes on (signal(7)), by their numbers on x86-64: read, write, readv, writev, accept, sendto, recvfrom, sendmsg,
# recvmsg, semop, msgsnd, msgrcv, rt_sigtimedwait, io_getevents, semtimedop, epoll_wait, epoll_pwait, accept4, recvmmsg, epoll_pwait2.
INTERRUPTED = frozenset((0, 1, 19, 20, 43, 44, 45, 46, 47, 65, 69, 70, 128, 208, 220, 232, 281, 288, 299, 441))
# So long may it stand still without a call.
STILL_SECONDS = 20
EINTR, ERESTARTNOHAND = 4, 514


class Refused(Exception):
    """It can't be done, now or later: a code, and what was said."""

    def __init__(self, code, words=""):
        super().__init__(words)
        self.code = code


def tell(**news):
    # Over a shell the last newline of an output comes with what follows it: so an empty line does.
    print(json.dumps(news), end="\n\n", flush=True)


def ptrace(request, thread, address, data):
    LIBC.ptrace.restype = ctypes.c_long
    LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    ctypes.set_errno(0)
    if LIBC.ptrace(request, thread, address, data) < 0 and ctypes.get_errno() != 0:
        raise Refused("ptrace", os.strerror(ctypes.get_errno()))


def status_of(pid, key):
    with open("/proc/%d/status" % pid, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith(key + ":"):
                return line[len(key) + 1 :].strip()
    return ""


def start_ticks(pid):
    with open("/proc/%d/stat" % pid, encoding="utf-8", errors="replace") as file:
        return int(file.read().rsplit(")", 1)[1].split()[19])


def mend_waits():
    """
    Makes the calls that being stopped has ended go on. The kernel does so by itself for most; for these the number is given to it that says so: they end when
    a signal is handled, as they would have, and otherwise begin again, with the whole of their time limit.
    """
    if gdb.selected_inferior().architecture().name() != "i386:x86-64":
        return
    for thread in gdb.selected_inferior().threads():
        thread.switch()
        frame = gdb.newest_frame()
        if int(frame.read_register("rax")) == -EINTR and int(frame.read_register("orig_rax")) in INTERRUPTED:
            frame.select()
            gdb.execute("set $rax = -%d" % ERESTARTNOHAND, to_string=True)


class Process:
    """One process, by its number and start."""

    def __init__(self, pid, ticks):
        self.pid = pid
        self.ticks = ticks
        self.loaded = set()
        self.longest_stop = 0.0
        # From the first call to the last register that is put back.
        self.is_calling = False
        self.check()
        try:
            # Before it is stopped: the names and frames of a large program take their time to be read.
            gdb.execute("file /proc/%d/exe" % pid, to_string=True)
        except gdb.error as error:
            raise Refused("not-permitted", str(error))
        self.rescuer = rescuer_of(pid)

    def check(self):
        try:
            if start_ticks(self.pid) != self.ticks:
                raise Refused("gone")
            state = status_of(self.pid, "State")[:1]
            tracer = status_of(self.pid, "TracerPid")
        except (FileNotFoundError, ProcessLookupError):
            raise Refused("gone")
        if state in ("Z", "X"):
            raise Refused("gone")
        if state == "T":
            raise Refused("stopped")
        if tracer not in ("", "0"):
            raise Refused("traced", tracer)

    def watch(self):
        """
        gdb may wait for ever for a thread that ended while it attached, and the process would stand still. It is ended then: the kernel lets go of the process,
        and nothing was changed in it as long as no call is going on.
        """
        self.watchdog = threading.Timer(STILL_SECONDS, self.give_up)
        self.watchdog.daemon = True
        self.watchdog.start()

    def give_up(self):
        if self.is_calling:
            self.watch()
            return
        tell(told="refused", why="gdb", words="it did not come back from attaching or detaching")
        os.kill(os.getpid(), signal.SIGKILL)

    def check_alive(self):
        try:
            if start_ticks(self.pid) == self.ticks and status_of(self.pid, "State")[:1] not in ("Z", "X"):
                return
        except (FileNotFoundError, ProcessLookupError):
            pass
        raise Refused("gone")

    def attach(self):
        self.check()
        self.attached = time.monotonic()
        self.watch()
        try:
            gdb.execute("attach %d" % self.pid, to_string=True)
        except gdb.error as error:
            self.watchdog.cancel()
            text = str(error)
            if "Operation not permitted" in text:
                raise Refused("not-permitted", text)
            self.check()
            raise Refused("gdb", text)
        self.loaded.clear()
        self.memory = os.open("/proc/%d/mem" % self.pid, os.O_RDONLY)

    def detach(self):
        os.close(self.memory)
        try:
            gdb.execute("set scheduler-locking off", to_string=True)
            gdb.execute("detach", to_string=True)
        except gdb.error:
            # It has ended meanwhile.
            pass
        self.watchdog.cancel()
        self.last_stop = time.monotonic() - self.attached
        self.longest_stop = max(self.longest_stop, self.last_stop)

    def look(self):
        self.modules, self.mappings = read_maps(self.pid)

    def function(self, name, *modules):
        """The address of a function of the C library, or of the modules whose names begin so."""
        for module in self.modules:
            if module.name.startswith(modules) if modules else RUNTIME.match(module.name) and not module.name.startswith(("liba", "libls", "libhw")):
                address = module.address_of(self.memory, name)
                if address is not None:
                    return address
        return None


class Caller:
    """Calls functions while the process is attached and a thread of it was chosen."""

    def __init__(self, process, thread, limit):
        self.process = process
        self.thread = thread
        self.limit = limit
        self.was_ended = False

    def __enter__(self):
        select(self.thread)
        self.tid = self.thread.ptid[1] or self.thread.ptid[0]
        self.mask = ctypes.c_uint64()
        ptrace(PTRACE_GETSIGMASK, self.tid, 8, ctypes.byref(self.mask))
        if self.process.rescuer is not None:
            self.process.rescuer.begins(self.tid, self.mask.value)
        blocked = ctypes.c_uint64(self.mask.value | ALL_BUT_THOSE)
        ptrace(PTRACE_SETSIGMASK, self.tid, 8, ctypes.byref(blocked))
        self.space, self.used, self.errno = 0, 0, None
        try:
            place, mmap, self.munmap = (self.need(name) for name in ("__errno_location", "mmap", "munmap"))
            place = self.at_once(place)
            self.errno = (place, self.read(place, 4))
            if self.process.rescuer is not None:
                self.process.rescuer.learns(*self.errno)
            # PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS: words for the calls. Its stack is not touched, and none of its malloc's memory.
            space = self.at_once(mmap, 0, SPACE, 3, 0x22, -1, 0)
            if space % 4096 != 0:
                raise Refused("call-failed", "mmap")
            self.space = space
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        try:
            if self.space != 0:
                self.at_once(self.munmap, self.space, SPACE)
            if self.errno is not None:
                gdb.selected_inferior().write_memory(*self.errno)
            ptrace(PTRACE_SETSIGMASK, self.tid, 8, ctypes.byref(self.mask))
        except (gdb.error, Refused):
            # It has ended meanwhile, or it has not, and this is a fault to be told.
            self.process.check_alive()
            raise
        finally:
            if self.process.rescuer is not None:
                self.process.rescuer.ends()

    def need(self, name):
        address = self.process.function(name)
        if address is None:
            raise Refused("no-function", name)
        return address

    def read(self, address, size):
        return bytes(gdb.selected_inferior().read_memory(address, size))

    def store(self, data):
        """The address of these bytes, until the end of the calls."""
        address = self.space + self.used
        self.used += len(data) + 63 & ~63
        if self.used > SPACE:
            raise Refused("call-failed", "too many words")
        gdb.selected_inferior().write_memory(address, data)
        return address

    def text(self, text):
        return self.store(text.encode() + b"\0")

    def at_once(self, address, *arguments):
        """Calls a function that takes no lock, or none that another thread holds (check_others): the others do not run meanwhile."""
        gdb.execute("set scheduler-locking on", to_string=True)
        try:
            return self.call(address, *arguments)
        finally:
            # It can't be set when the process has ended.
            try:
                gdb.execute("set scheduler-locking off", to_string=True)
            except gdb.error:
                pass

    def call(self, address, *arguments):
        words = ", ".join("(long)%d" % argument for argument in arguments)
        types = ", ".join("long" for _ in arguments) or "void"
        # Not parse_and_eval(): it would keep Python, and with it the timer, from running.
        timer = threading.Timer(self.limit, self.end_call)
        timer.start()
        try:
            gdb.execute("set $memlens = ((long (*)(%s))%d)(%s)" % (types, address, words), to_string=True)
        except gdb.error as error:
            if self.was_ended:
                raise Refused("call-hung", str(error))
            self.process.check_alive()
            raise Refused("call-failed", str(error))
        finally:
            timer.cancel()
        mend_waits()
        select(self.thread)
        return int(gdb.convenience_variable("memlens"))

    def end_call(self):
        # gdb takes this signal for itself, and puts the registers back.
        self.was_ended = True
        LIBC.tgkill(self.process.pid, self.tid, signal.SIGSTOP)


def is_to_end():
    return signal.SIGTERM in signal.sigpending()


def with_caller(process, action, limits, ends=is_to_end, is_loading=False):
    """
    Attaches until a thread is at rest, does `action(caller)` with it, and detaches: what it gave. `is_loading`: the action loads a library, during which the
    other threads do not run. gdb has a breakpoint of its own in the loader, and threads that begin and end while one stands there have ended processes.
    """
    started, tries = time.monotonic(), 0
    while True:
        if ends():
            raise Refused("ended")
        tries += 1
        process.attach()
        caller = None
        try:
            mend_waits()
            process.look()
            thread = choose_thread(process.memory, process.modules, process.mappings, process.loaded)
            if is_loading:
                check_others(thread, process.memory, process.modules, process.loaded)
            caller = Caller(process, thread, limits["callSeconds"])
            process.is_calling = True
            with caller:
                return action(caller)
        except Unsafe as why:
            reason = str(why)
        finally:
            process.is_calling = False
            process.detach()
            if caller is not None and caller.was_ended:
                # It may have been too late to be of use, and would stop the process now.
                os.kill(process.pid, signal.SIGCONT)
        if tries >= limits["tries"] or time.monotonic() - started > limits["seconds"]:
            raise Refused("busy", reason)
        tell(told="waiting", tries=tries, why=reason)
        # Of no fixed length: a process with a rhythm would be met at the same place each time. It runs for most of the time.
        time.sleep(0.02 + process.last_stop * (1 + 2 * struct.unpack("H", os.urandom(2))[0] / 65536))


def settle():
    """What gdb must and must not do."""
    for line in (
        "set confirm off",
        "set pagination off",
        "set width 0",
        "set language c",
        "set backtrace past-main on",
        "set backtrace past-entry on",
        "set unwindonsignal on",
        "set libthread-db-search-path /nonexistent",
        "set exec-file-mismatch off",
        "set follow-fork-mode parent",
        "set detach-on-fork on",
        "set print thread-events off",
        "set print inferior-events off",
        "set stop-on-solib-events 0",
        "handle all nostop noprint pass",
        "handle SIGINT nostop noprint pass",
        "handle SIGSTOP stop noprint nopass",
    ):
        gdb.execute(line, to_string=True)


def main(jobs):
    """Does the job that the environment names; the last line that is printed says how it ended."""
    # Ending gdb in the middle of a call would end the process with it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE})
    job = json.loads(os.environ["MEMLENS_JOB"])
    settle()
    process = None
    try:
        process = Process(job["pid"], job["startTicks"])
        told = jobs[job["job"]](process, job) or {}
        tell(told="done", stopMs=round(process.longest_stop * 1000, 1), **told)
    except Refused as refused:
        stop = {} if process is None else {"stopMs": round(process.longest_stop * 1000, 1)}
        tell(told="refused", why=refused.code, words=str(refused), **stop)
    except Exception as error:  # Whatever it was: it is told, and gdb ends as usual.
        tell(told="refused", why="gdb", words="%s: %s" % (type(error).__name__, error))
    sys.stdout.flush()
