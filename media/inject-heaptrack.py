# heaptrack in a running process: loads its library there, starts and stops it by calls of a thread at rest, and passes on what it records. Runs inside gdb,
# after inject-leak-check.py.
import subprocess

# fallocate(2): FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE
PUNCH_HOLE = 3
PIECE = 1 << 20
# So much that was recorded and not read yet, or so much that was written, is too much.
MOST_WAITING = 256 << 20
MOST_WRITTEN = 1 << 30


class Recording:
    """
    What heaptrack writes in the process, read from outside. It goes to a file in memory: with a pipe the process would wait for a reader that is slow, and end
    with one that is gone. What was read is given back to the kernel.
    """

    def __init__(self, process, fd, interpreter, path):
        self.file = os.open("/proc/%d/fd/%d" % (process.pid, fd), os.O_RDWR | os.O_CLOEXEC)
        self.read = 0
        self.path = path
        with open(path, "wb") as output:
            self.program = subprocess.Popen([interpreter], stdin=subprocess.PIPE, stdout=output, stderr=subprocess.DEVNULL, start_new_session=False)

    def pass_on(self):
        """Everything that is there now; False: the interpreter has ended."""
        while True:
            piece = os.pread(self.file, PIECE, self.read)
            if not piece:
                return True
            try:
                self.program.stdin.write(piece)
                self.program.stdin.flush()
            except OSError:
                return False
            self.read += len(piece)
            LIBC.fallocate(self.file, PUNCH_HOLE, ctypes.c_int64(0), ctypes.c_int64(self.read & ~4095))
            if is_to_end() and self.waiting() > MOST_WAITING:
                return True

    def waiting(self):
        return os.fstat(self.file).st_size - self.read

    def is_too_much(self):
        return self.waiting() > MOST_WAITING or os.stat(self.path).st_size > MOST_WRITTEN

    def end(self):
        self.pass_on()
        self.program.stdin.close()
        code = self.program.wait()
        os.close(self.file)
        return code


def stop_heaptrack(process, limits, meanwhile=lambda: None):
    """Whatever is wanted meanwhile: it must not go on for ever."""

    def stop(caller):
        function = process.function("heaptrack_stop", "libheaptrack_inject")
        if function is None:
            raise Refused("replaced")
        caller.call(function)

    def ends():
        meanwhile()
        return False

    with_caller(process, stop, {**limits, "tries": 1 << 30, "seconds": 480}, ends)


def heaptrack_stop(process, job):
    stop_heaptrack(process, job["limits"])


def heaptrack(process, job):
    recording = None
    # A place of the library, and the memory that it is in: execve(2) gives the process another one.
    place, memory = None, None

    def inject(caller):
        nonlocal recording, place, memory
        library = caller.at_once(caller.need("dlopen"), caller.text(job["library"]), RTLD_NOW)
        if library == 0:
            raise Refused("call-failed", "dlopen: " + last_error(caller))
        process.look()
        start = process.function("heaptrack_inject", "libheaptrack_inject")
        if start is None:
            raise Refused("no-function", "heaptrack_inject")
        place, memory = start, os.open("/proc/%d/mem" % process.pid, os.O_RDONLY | os.O_CLOEXEC)
        fd = ctypes.c_int(caller.at_once(caller.need("memfd_create"), caller.text("memlens-heaptrack"), 1)).value
        if fd < 0:
            raise Refused("call-failed", "memfd_create")
        try:
            recording = Recording(process, fd, job["interpreter"], job["output"])
            caller.call(start, caller.text("/proc/self/fd/%d" % fd))
        finally:
            caller.at_once(caller.need("close"), fd)

    def is_replaced():
        try:
            return not os.pread(memory, 1, place)
        except OSError:
            return True

    with_caller(process, inject, job["limits"], is_loading=True)
    injected = process.longest_stop
    tell(told="news", attached=True)
    began, why = time.monotonic(), "time"
    while True:
        if not recording.pass_on():
            why = "interpreter"
            break
        try:
            process.check_alive()
        except Refused:
            why = "exited"
            break
        if is_replaced():
            why = "replaced"
            break
        if is_to_end():
            why = "stop"
            break
        if recording.is_too_much():
            why = "too-much"
            break
        if time.monotonic() - began >= job["seconds"]:
            break
        time.sleep(0.05)
    over = time.monotonic() - began
    is_left = False
    if why not in ("exited", "replaced"):
        try:
            stop_heaptrack(process, job["limits"], recording.pass_on)
        except Refused as refused:
            if refused.code in ("gone", "replaced"):
                why = "exited" if refused.code == "gone" else "replaced"
            else:
                is_left = True
                tell(told="news", stays=refused.code)
    os.close(memory)
    code = recording.end()
    return {"overMs": round(over * 1000), "why": why, "interpreter": code, "stays": is_left, "injectMs": round(injected * 1000)}
