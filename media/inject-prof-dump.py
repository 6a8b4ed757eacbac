# The heap profile of jemalloc as it is now: jemalloc(3), prof.dump. Runs inside gdb, after inject-call.py.


def prof_dump(process, job):
    """jemalloc writes it to the file that the job names; `code` is an errno, or 0."""

    def ask(caller):
        # Of whatever module has it: jemalloc may be linked into the program.
        mallctl = process.function("mallctl", "")
        if mallctl is None:
            raise Refused("no-function", "mallctl")
        place = caller.store(struct.pack("N", caller.text(job["file"])))
        code = caller.call(mallctl, caller.text("prof.dump"), 0, 0, place, struct.calcsize("N"))
        return {"code": code & 0xFFFFFFFF}

    return with_caller(process, ask, job["limits"])
