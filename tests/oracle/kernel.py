# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel of the dump, as the counting modules share it: one Program and small things that drgn has
no helper for."""
import array

from drgn import FaultError, Object, Program, cast, sizeof
from drgn.helpers.linux.mm import for_each_valid_page_range

def open_dump(vmcore, vmlinux):
    prog = Program()
    prog.set_core_dump(vmcore)
    prog.load_debug_info([vmlinux])
    return prog


def symbol(prog, name):
    """The object of that name, or None."""
    try:
        return prog[name]
    except KeyError:
        return None


def kernel_type(prog, name):
    """The type of that name, or None."""
    try:
        return prog.type(name)
    except LookupError:
        return None


def has_member(prog, type_name, member):
    found = kernel_type(prog, type_name)
    return found is not None and found.has_member(member)


def first_member(obj, *names):
    """The first of these members that the object has, newest name first."""
    for name in names:
        try:
            return obj.member_(name)
        except LookupError:
            continue
    return None


def signed(value, bits):
    """A figure that the kernel counts with a sign."""
    return value - (1 << bits) if value >> (bits - 1) & 1 else value


def counter(obj):
    """The value of an atomic_t, an atomic_long_t or a refcount_t."""
    refs = first_member(obj, "refs")
    return (refs if refs is not None else obj).counter.value_()


def words(prog, address, count, step=1):
    """Every step-th of so many 64-bit words; None where the dump lacks one."""
    try:
        data = array.array("Q", prog.read(address, count * 8))
    except FaultError:
        return None
    return data[::step]


def pointer(prog, type_name, address):
    return Object(prog, type_name, value=address)


class PageMap:
    """All struct pages, as ranges of the memory map; what the dump lacks of it is skipped page by
    page."""

    def __init__(self, prog):
        self.prog = prog
        self.size = sizeof(prog.type("struct page"))
        self.ranges = [(start, end, cast("unsigned long", base).value_())
                       for start, end, base in for_each_valid_page_range(prog)]

    def pfns(self):
        for start, end, _ in self.ranges:
            yield from range(start, end)

    def member_words(self, member_offset):
        """Yields (pfn, 64-bit word of that member) where it is not 0."""
        step = self.size // 8
        for start, end, base in self.ranges:
            chunk = 512
            for pfn in range(start, end, chunk):
                count = min(chunk, end - pfn)
                yield from self._chunk(base + pfn * self.size, pfn, count, member_offset // 8, step)

    def _chunk(self, address, pfn, count, at, step):
        data = words(self.prog, address, count * step)
        if data is None:
            if count > 1:
                for i in range(count):
                    yield from self._chunk(address + i * self.size, pfn + i, 1, at, step)
            return
        for i, word in enumerate(data[at::step]):
            if word:
                yield pfn + i, word

    def page(self, pfn):
        for start, end, base in self.ranges:
            if start <= pfn < end:
                return pointer(self.prog, "struct page *", base + pfn * self.size)
        raise ValueError(f"no page {pfn}")
