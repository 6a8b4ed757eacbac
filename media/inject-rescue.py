# What puts a thread right when gdb is killed in the middle of a call that it makes for it. The call would return to an address that means something to gdb only,
# and the process would end there. Runs inside gdb, after inject-call.py.
PTRACE_CONT, PTRACE_GETREGS, PTRACE_SETREGS, PTRACE_DETACH = 7, 12, 13, 17
PTRACE_GETREGSET, PTRACE_SETREGSET, PTRACE_SEIZE, PTRACE_INTERRUPT = 0x4204, 0x4205, 0x4206, 0x4207
NT_X86_XSTATE = 0x202
EVENT_STOP = 128
WAIT_ALL = 0x40000000
# struct user_regs_struct of x86-64, and where the program counter is in it.
REGISTERS, COUNTER = 27 * 8, 16 * 8
BREAKPOINT = 0xCC
# So long is it waited for gdb's end, and for the end of the call.
GONE_SECONDS, RETURN_SECONDS = 5, 30


class Area(ctypes.Structure):
    """struct iovec"""

    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def rescuer_of(pid):
    """None: on other machines, or where there is no room for it."""
    if gdb.selected_inferior().architecture().name() != "i386:x86-64":
        return None
    try:
        return Rescuer(pid)
    except OSError:
        return None


class Rescuer:
    """A child of gdb that is told what a thread was like before a call, and that the call is over. It does something only when gdb is gone in between."""

    def __init__(self, pid):
        self.pid = pid
        ends, self.words = os.pipe()
        if os.fork() != 0:
            os.close(ends)
            return
        # What leads gdb ends all that is left of its session, and waits for the end of its output.
        try:
            os.setsid()
            nothing = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nothing, stream)
            os.close(self.words)
            told = b""
            with os.fdopen(ends, "rb") as lines:
                for line in lines:
                    told = line
            if told.strip():
                self.rescue(json.loads(told))
        except BaseException:
            # It can't be told to anybody.
            pass
        finally:
            os._exit(0)

    def begins(self, thread, mask):
        """The thread is stopped, and as it was found; `mask`: of its signals."""
        registers = ctypes.create_string_buffer(REGISTERS)
        ptrace(PTRACE_GETREGS, thread, None, registers)
        space = ctypes.create_string_buffer(1 << 14)
        area = Area(ctypes.addressof(space), len(space))
        ptrace(PTRACE_GETREGSET, thread, NT_X86_XSTATE, ctypes.byref(area))
        self.write({"thread": thread, "registers": registers.raw.hex(), "state": space.raw[: area.length].hex(), "mask": mask})

    def learns(self, address, errno):
        """Where errno of the thread is, and its bytes."""
        self.write({**self.last, "errno": [address, errno.hex()]})

    def write(self, facts):
        self.last = facts
        self.tell(json.dumps(facts))

    def ends(self):
        self.tell("")

    def tell(self, line):
        try:
            os.write(self.words, line.encode() + b"\n")
        except OSError:
            # It is gone: gdb itself is there still.
            pass

    def rescue(self, facts):
        self.thread = facts["thread"]
        # It goes no step further when gdb lets go of it.
        os.kill(self.pid, signal.SIGSTOP)
        try:
            self.seize()
            self.wait(GONE_SECONDS)
            self.memory = os.open("/proc/%d/mem" % self.pid, os.O_RDWR)
            self.remove_breakpoints()
        finally:
            os.kill(self.pid, signal.SIGCONT)
        if self.counter() != struct.unpack_from("Q", bytes.fromhex(facts["registers"]), COUNTER)[0]:
            self.let_return()
        self.put_back(facts)

    def seize(self):
        limit = time.monotonic() + GONE_SECONDS
        while True:
            try:
                ptrace(PTRACE_SEIZE, self.thread, None, None)
                return
            except Refused:
                # gdb has not ended yet.
                if time.monotonic() > limit:
                    raise

    def wait(self, seconds):
        """The status of the thread's next stop; None: it does not come."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            thread, status = os.waitpid(self.thread, WAIT_ALL | os.WNOHANG)
            if thread == self.thread:
                if not os.WIFSTOPPED(status):
                    raise Refused("gone")
                return status
            time.sleep(0.0005)
        return None

    def registers(self):
        registers = ctypes.create_string_buffer(REGISTERS)
        ptrace(PTRACE_GETREGS, self.thread, None, registers)
        return registers

    def counter(self):
        return struct.unpack_from("Q", self.registers(), COUNTER)[0]

    def remove_breakpoints(self):
        """Those of gdb are in the memory of the process still: a byte that is another one in the file."""
        self.removed = set()
        for start, end, path, offset in self.executable():
            try:
                with open("/proc/%d/root%s" % (self.pid, path), "rb") as file:
                    file.seek(offset)
                    wanted = file.read(end - start)
                found = os.pread(self.memory, end - start, start)
            except OSError:
                continue
            length = min(len(found), len(wanted))
            for at in range(0, length, 4096):
                if found[at : at + 4096] == wanted[at : at + 4096]:
                    continue
                for place in range(at, min(at + 4096, length)):
                    if found[place] == BREAKPOINT != wanted[place]:
                        os.pwrite(self.memory, wanted[place : place + 1], start + place)
                        self.removed.add(start + place)

    def executable(self):
        with open("/proc/%d/maps" % self.pid, encoding="utf-8", errors="surrogateescape") as lines:
            for line in lines:
                words = line.rstrip("\n").split(None, 5)
                if "x" not in words[1] or len(words) < 6:
                    continue
                start, end = (int(part, 16) for part in words[0].split("-"))
                yield start, end, words[5], int(words[2], 16)

    def let_return(self):
        """The call goes on to its end: what it has begun, and what it has locked, must not stay so."""
        limit = time.monotonic() + RETURN_SECONDS
        signal_number = 0
        while True:
            counter = self.counter()
            if not any(start <= counter < end for start, end, *_ in self.executable()):
                return
            ptrace(PTRACE_CONT, self.thread, None, signal_number)
            status = self.wait(max(0.0, limit - time.monotonic()))
            if status is None:
                ptrace(PTRACE_INTERRUPT, self.thread, None, None)
                self.wait(GONE_SECONDS)
                return
            signal_number = 0 if status >> 16 == EVENT_STOP else os.WSTOPSIG(status)
            if signal_number == signal.SIGTRAP and self.counter() - 1 in self.removed:
                registers = self.registers()
                struct.pack_into("Q", registers, COUNTER, self.counter() - 1)
                ptrace(PTRACE_SETREGS, self.thread, None, registers)
                signal_number = 0

    def put_back(self, facts):
        if "errno" in facts:
            os.pwrite(self.memory, bytes.fromhex(facts["errno"][1]), facts["errno"][0])
        registers = ctypes.create_string_buffer(bytes.fromhex(facts["registers"]), REGISTERS)
        ptrace(PTRACE_SETREGS, self.thread, None, registers)
        state = bytes.fromhex(facts["state"])
        space = ctypes.create_string_buffer(state, len(state))
        area = Area(ctypes.addressof(space), len(state))
        ptrace(PTRACE_SETREGSET, self.thread, NT_X86_XSTATE, ctypes.byref(area))
        mask = ctypes.c_uint64(facts["mask"])
        ptrace(PTRACE_SETSIGMASK, self.thread, 8, ctypes.byref(mask))
        ptrace(PTRACE_DETACH, self.thread, None, None)
