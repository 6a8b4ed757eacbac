# A leak check of a running process by its own LeakSanitizer: loads a library of ours into it (inject-leaks.c), asks it, and takes it out again. Runs inside
# gdb, after inject-call.py.

RTLD_NOW = 2
LEAKS_NAME = "memlens-leaks"
# struct state of inject-leaks.c
STATE = struct.Struct("IiiiIiIIII")
STATE_WANTED = struct.calcsize("IiiiIiI")
STATE_BEAT = STATE_WANTED + 4
STATE_LEAVE = STATE_BEAT + 4
CHECKED, CANT_TRACE = 3, 4
LONGEST_REPORT = 8 << 20


def load_library(caller, name, path):
    """Loads a library from memory, so that it need not lie where the process can read it: its handle, or 0."""
    with open(path, "rb") as file:
        content = file.read()
    process = caller.process
    fd = ctypes.c_int(caller.at_once(caller.need("memfd_create"), caller.text(name), 1)).value
    if fd < 0:
        raise Refused("call-failed", "memfd_create")
    try:
        with open("/proc/%d/fd/%d" % (process.pid, fd), "wb") as file:
            file.write(content)
        # Not by /proc/self: gdb opens it as well, by the same name. In a container the process has another number, and gdb looks there.
        own = status_of(process.pid, "NSpid").split()[-1:] or [str(process.pid)]
        return caller.at_once(caller.need("dlopen"), caller.text("/proc/%s/fd/%d" % (own[0], fd)), RTLD_NOW) & (1 << 64) - 1
    finally:
        caller.at_once(caller.need("close"), fd)


def leak_check(process, job):
    def inject(caller):
        handle = load_library(caller, LEAKS_NAME, job["library"])
        if handle == 0:
            raise Refused("call-failed", "dlopen: " + last_error(caller))
        process.look()
        begin = process.function("memlens_leaks_begin", "memfd:" + LEAKS_NAME)
        state = 0 if begin is None else caller.call(begin, handle, caller.text(job["logPath"])) & (1 << 64) - 1
        if state == 0:
            caller.at_once(caller.need("dlclose"), handle)
            raise Refused("no-function", "__lsan_do_recoverable_leak_check")
        return state

    children = children_of(process.pid)
    state = with_caller(process, inject, job["limits"], is_loading=True)
    guest = Guest(process, state)
    try:
        tell(told="news", attached=True)
        began, checks = time.monotonic(), 0
        # The first one now, the last one at the end of the time or at the stop.
        while True:
            is_last = checks > 0
            guest.check(checks + 1)
            checks += 1
            report = guest.report()
            tell(told="news", check=checks, at=round(time.monotonic() - began, 3), leaks=guest.leaks, us=guest.us, report=report)
            if is_last or job["seconds"] <= 0:
                break
            guest.wait(began + job["seconds"])
    finally:
        left = guest.leave()
    # The runtime of clang starts its symbolizer for the first report, and keeps it.
    return {"left": left, "symbolizer": any("symbolizer" in name for name in children_of(process.pid) - children)}


def children_of(pid):
    """`PID NAME` of each; empty where the kernel does not tell (CONFIG_PROC_CHILDREN)."""
    found = set()
    try:
        for task in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/children" % (pid, task), encoding="utf-8") as file:
                for child in file.read().split():
                    found.add(child + " " + status_of(int(child), "Name"))
    except OSError:
        pass
    return found


def last_error(caller):
    text = caller.call(caller.need("dlerror")) & (1 << 64) - 1
    if text == 0:
        return ""
    return caller.read(text, 256).split(b"\0")[0].decode("utf-8", "replace")


class Guest:
    """The thread of inject-leaks.c, seen from outside."""

    def __init__(self, process, state):
        self.process = process
        self.state = state
        self.memory = os.open("/proc/%d/mem" % process.pid, os.O_RDWR)
        self.beats = 0

    def lost(self):
        """Its memory is not there any more: it has ended, or has run another program."""
        self.process.check_alive()
        return Refused("replaced")

    def read(self):
        try:
            return STATE.unpack(os.pread(self.memory, STATE.size, self.state))
        except (OSError, struct.error):
            raise self.lost()

    def write(self, offset, value):
        try:
            written = os.pwrite(self.memory, struct.pack("I", value), self.state + offset)
        except OSError:
            written = 0
        if written == 0:
            raise self.lost()

    def beat(self):
        self.process.check_alive()
        self.beats += 1
        self.write(STATE_BEAT, self.beats)

    def wait(self, until):
        while time.monotonic() < until and not is_to_end():
            self.beat()
            time.sleep(min(0.5, max(0.0, until - time.monotonic())))

    def check(self, number):
        self.write(STATE_WANTED, number)
        limit = time.monotonic() + 120
        while True:
            self.beat()
            phase, problem, _, _, checks, self.leaks, self.us = self.read()[:7]
            if phase == CANT_TRACE:
                raise Refused("cant-trace", os.strerror(problem))
            if checks >= number:
                return
            if time.monotonic() > limit:
                raise Refused("call-hung", "leak check")
            time.sleep(0.03)

    def report(self):
        try:
            with open("/proc/%d/fd/%d" % (self.process.pid, self.read()[2]), "rb") as file:
                return file.read(LONGEST_REPORT).decode("utf-8", "replace")
        except OSError:
            raise self.lost()

    def leave(self):
        """Whether something of ours is left after all."""
        try:
            thread = self.read()[3]
            self.write(STATE_LEAVE, 1)
            limit = time.monotonic() + 20
            while time.monotonic() < limit:
                self.process.check_alive()
                with open("/proc/%d/maps" % self.process.pid, encoding="utf-8", errors="replace") as maps:
                    is_mapped = any(LEAKS_NAME in line for line in maps)
                if not is_mapped and not os.path.exists("/proc/%d/task/%d" % (self.process.pid, thread)):
                    return False
                time.sleep(0.03)
            return True
        except Refused:
            return False
        finally:
            os.close(self.memory)
