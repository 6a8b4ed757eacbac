# What is mapped into a process, and the functions that its modules export, read from its memory: right also for a file that has been replaced or
# lies in a container. Runs inside gdb, before inject-stack.py.
import os
import struct

PT_LOAD, PT_DYNAMIC = 1, 2
DT_HASH, DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_GNU_HASH = 4, 5, 6, 10, 0x6FFFFEF5


class Module:
    """A file with executable mappings."""

    def __init__(self, path, start):
        self.path = path
        self.name = path.rsplit("/", 1)[-1]
        self.start = start
        self.ranges = []
        self.is_gone = path.endswith(" (deleted)") and not path.startswith("/memfd:")
        self.functions = None

    def function_at(self, memory, address):
        """The exported function that holds this address, or None."""
        from bisect import bisect_right

        functions = self.read(memory)
        at = bisect_right(functions, (address, "\x7f", 0)) - 1
        while at >= 0 and address - functions[at][0] < 1 << 20:
            start, name, size = functions[at]
            if address < start + max(size, 1):
                return name
            at -= 1
        return None

    def address_of(self, memory, name):
        for start, known, _ in self.read(memory):
            if known == name:
                return start
        return None

    def read(self, memory):
        if self.functions is None:
            try:
                self.functions = sorted(exported_functions(memory, self.start))
            except (OSError, struct.error, ValueError):
                self.functions = []
        return self.functions


def read_maps(pid):
    """Modules with the ranges that may be executed, and all mappings as (start, end, permissions, path)."""
    mappings, modules, bases = [], {}, {}
    with open("/proc/%d/maps" % pid, encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            words = line.rstrip("\n").split(None, 5)
            start, end = (int(part, 16) for part in words[0].split("-"))
            path = words[5] if len(words) > 5 else ""
            mappings.append((start, end, words[1], path))
            if path == "" or (path[0] != "/" and path != "[vdso]"):
                continue
            # A file may be mapped again elsewhere to be read, as runtimes of sanitizers do for names: the code belongs to the beginning that comes right before it.
            if int(words[2], 16) == 0:
                bases[path] = start
            if "x" in words[1]:
                base = bases.get(path, start)
                modules.setdefault((path, base), Module(path, base)).ranges.append((start, end))
    return list(modules.values()), mappings


def exported_functions(memory, start):
    """(address, name, size) of the functions in the dynamic symbols of the ELF image (elf(5)) that is mapped at `start`."""

    def read(address, size):
        data = os.pread(memory, size, address)
        if len(data) < size:
            raise ValueError("the memory ends")
        return data

    head = read(start, 64)
    if head[:4] != b"\x7fELF":
        raise ValueError("no ELF image")
    is_64, order = head[4] == 2, "<" if head[5] == 1 else ">"
    if is_64:
        table, size, count = struct.unpack_from(order + "Q", head, 32)[0], *struct.unpack_from(order + "HH", head, 54)
    else:
        table, size, count = struct.unpack_from(order + "I", head, 28)[0], *struct.unpack_from(order + "HH", head, 42)
    dynamic, first = None, None
    segments = read(start + table, size * count)
    for at in range(0, size * count, size):
        kind = struct.unpack_from(order + "I", segments, at)[0]
        address, length = (
            (struct.unpack_from(order + "Q", segments, at + 16)[0], struct.unpack_from(order + "Q", segments, at + 40)[0])
            if is_64
            else (struct.unpack_from(order + "I", segments, at + 8)[0], struct.unpack_from(order + "I", segments, at + 20)[0])
        )
        if kind == PT_LOAD and first is None:
            first = address
        if kind == PT_DYNAMIC:
            dynamic = (address, length)
    if dynamic is None or first is None:
        raise ValueError("a static image")
    bias = start - (first & ~0xFFF)
    tags, word = {}, "qQ" if is_64 else "iI"
    data = read(bias + dynamic[0], dynamic[1])
    for tag, value in struct.iter_unpack(order + word, data[: len(data) // struct.calcsize(order + word) * struct.calcsize(order + word)]):
        if tag == 0:
            break
        tags.setdefault(tag, value)

    def place(tag):
        # The loader of glibc has made addresses of the offsets; that of musl, and the kernel's own image, have not.
        value = tags[tag]
        return value if value >= start else bias + value

    if DT_SYMTAB not in tags or DT_STRTAB not in tags:
        raise ValueError("no symbols")
    symbols, strings = place(DT_SYMTAB), read(place(DT_STRTAB), tags[DT_STRSZ])
    if DT_HASH in tags:
        total = struct.unpack(order + "II", read(place(DT_HASH), 8))[1]
    else:
        total = gnu_hash_length(read, place(DT_GNU_HASH), order, is_64)
    size = 24 if is_64 else 16
    table = read(symbols, size * total)
    found = []
    for at in range(0, size * total, size):
        if is_64:
            name, info, _, section, value, length = struct.unpack_from(order + "IBBHQQ", table, at)
        else:
            name, value, length, info, _, section = struct.unpack_from(order + "IIIBBH", table, at)
        # STT_FUNC and STT_GNU_IFUNC; section 0: it is another module's.
        if section == 0 or info & 15 not in (2, 10):
            continue
        text = strings[name : strings.index(b"\0", name)].decode("utf-8", "replace")
        found.append((bias + value, text, length))
    return found


def gnu_hash_length(read, address, order, is_64):
    """How many symbols a table of the form DT_GNU_HASH is of: one more than the last one in its chains."""
    buckets, first, bloom, _ = struct.unpack(order + "4I", read(address, 16))
    start = address + 16 + bloom * (8 if is_64 else 4)
    last = max(struct.unpack(order + "%dI" % buckets, read(start, 4 * buckets)), default=0)
    if last < first:
        return first
    chain = start + 4 * buckets
    while struct.unpack(order + "I", read(chain + 4 * (last - first), 4))[0] & 1 == 0:
        last += 1
    return last + 1
