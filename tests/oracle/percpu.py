# SPDX-License-Identifier: GPL-2.0-or-later
"""How much per-cpu memory a pointer stands for, as the allocator has it (mm/percpu.c): a bit of bound_map
is set where an allocation begins and where the next one does."""
from drgn.helpers.linux.list import list_for_each_entry

from kernel import symbol

UNIT_BYTES = 4  # PCPU_MIN_ALLOC_SIZE


class Chunks:
    def __init__(self, prog):
        self.prog = prog
        start = prog.symbol("__per_cpu_start").address
        self.base = prog["pcpu_base_addr"].value_() - start
        self.unit_bytes = prog["pcpu_unit_pages"].value_() * prog["PAGE_SIZE"].value_()
        self.maps = {}
        chunks = {chunk.value_(): chunk for chunk in self.find_chunks()}
        self.chunks = [(chunk.base_addr.value_(), chunk) for chunk in chunks.values()]

    def find_chunks(self):
        nr_slots = self.prog["pcpu_nr_slots"].value_()
        try:  # v5.9 to v5.13 have lists of each type
            nr_slots *= self.prog.constant("PCPU_NR_CHUNK_TYPES").value_()
        except LookupError:
            pass
        for slot in range(nr_slots):
            yield from list_for_each_entry("struct pcpu_chunk",
                                           self.prog["pcpu_chunk_lists"][slot].address_of_(), "list")
        for name in ("pcpu_first_chunk", "pcpu_reserved_chunk"):
            chunk = symbol(self.prog, name)
            if chunk:
                yield chunk

    def bits(self, chunk):
        if chunk.value_() not in self.maps:
            size = chunk.nr_pages.value_() * self.prog["PAGE_SIZE"].value_()
            data = self.prog.read(chunk.bound_map, size // UNIT_BYTES // 8 + 1)
            self.maps[chunk.value_()] = int.from_bytes(data, "little")
        return self.maps[chunk.value_()]

    def size_of(self, pointer):
        """Bytes on each cpu, or None where it is no per-cpu pointer that was allocated."""
        address = (pointer + self.base) % (1 << 64)
        for base, chunk in self.chunks:
            if base <= address < base + chunk.nr_pages.value_() * self.prog["PAGE_SIZE"].value_():
                at = (address - base) // UNIT_BYTES
                rest = self.bits(chunk) >> at
                if not rest & 1:
                    return None
                rest >>= 1
                return ((rest & -rest).bit_length()) * UNIT_BYTES
        return None
