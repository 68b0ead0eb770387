# SPDX-License-Identifier: GPL-2.0-or-later
"""Swap slots: those that are in use are looked at one by one, and whom each is charged to."""
from collections import Counter, defaultdict

from drgn.helpers.linux.mm import page_to_virt
from drgn.helpers.linux.swap import for_each_swap_info, swap_file_path

from kernel import has_member, symbol, words

ID_BYTES = 2


def used_slots(area):
    """Numbers of the slots in use: swap_map is their use count; since v7.1 there is a table of swap
    entries for each cluster."""
    prog = area.prog_
    if has_member(prog, "struct swap_info_struct", "swap_map"):
        counts = prog.read(area.swap_map, area.max.value_())
        bad, has_cache = 0x3F, 0x40  # SWAP_MAP_BAD, SWAP_HAS_CACHE
        return [slot for slot, count in enumerate(counts) if count and count & ~has_cache != bad]
    size = prog.type("struct swap_memcg_table").member("id").type.length
    found = []
    for at in range((area.max.value_() + size - 1) // size):
        table = area.cluster_info[at].table.read_()
        if table:
            entries = words(prog, table.value_(), size)
            found += [at * size + i for i, entry in enumerate(entries) if entry]
    return found


class Owners:
    """Which id a slot carries."""

    def __init__(self, area, number):
        self.prog = area.prog_
        self.area = area
        self.control = symbol(self.prog, "swap_cgroup_ctrl")
        self.number = number
        self.page_bytes = self.prog["PAGE_SIZE"].value_()
        self.pages = {}

    def __getitem__(self, slot):
        if self.control is None:
            return self.of_cluster(slot)
        control = self.control[self.number]
        if has_member(self.prog, "struct swap_cgroup_ctrl", "length"):
            return self.of_page(control, slot)
        return control.map[slot // 2].ids.counter.value_() >> 16 * (slot % 2) & 0xFFFF

    def of_page(self, control, slot):
        per_page = self.page_bytes // ID_BYTES
        at = slot // per_page
        if at not in self.pages:
            address = page_to_virt(control.map[at])
            self.pages[at] = memoryview(self.prog.read(address, self.page_bytes)).cast("H")
        return self.pages[at][slot % per_page]

    def of_cluster(self, slot):
        size = self.prog.type("struct swap_memcg_table").member("id").type.length
        table = self.area.cluster_info[slot // size].memcg_table.read_()
        return table.id[slot % size].value_() if table else 0


def count_slots(prog):
    """{id: {device: slots in use}}"""
    found = defaultdict(Counter)
    for area in for_each_swap_info(prog):
        owners = Owners(area, area.type.value_())
        path = swap_file_path(area).decode()
        for slot in used_slots(area):
            owner = owners[slot]
            if owner:
                found[owner][path] += 1
    return found
