# What glibc's allocator says of itself: malloc_info(3), and mallinfo2(3) where it is. Runs inside gdb, after inject-call.py.

MALLINFO = ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")


def malloc_info(process, job):
    """The text is written to memory of the process, and freed: no file is needed, nor the right to make one."""

    def ask(caller):
        open_memstream, fclose, info, free = (caller.need(name) for name in ("open_memstream", "fclose", "malloc_info", "free"))
        size = struct.calcsize("N")
        place = caller.store(b"\0" * 2 * size)
        stream = caller.call(open_memstream, place, place + size)
        if stream == 0:
            raise Refused("call-failed", "open_memstream")
        caller.call(info, 0, stream)
        caller.call(fclose, stream)
        text, length = struct.unpack("2N", caller.read(place, 2 * size))
        told = {}
        if text != 0:
            told["xml"] = caller.read(text, min(length, 1 << 22)).decode("utf-8", "replace")
            caller.call(free, text)
        # A struct that is given back through a pointer, which comes as the first argument: so it is on x86-64.
        mallinfo2 = process.function("mallinfo2")
        if mallinfo2 is not None and gdb.selected_inferior().architecture().name() == "i386:x86-64":
            place = caller.store(b"\0" * 80)
            caller.call(mallinfo2, place)
            told["mallinfo"] = dict(zip(MALLINFO, struct.unpack("10N", caller.read(place, 80))))
        return told

    return with_caller(process, ask, job["limits"])
