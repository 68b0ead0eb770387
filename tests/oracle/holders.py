# SPDX-License-Identifier: GPL-2.0-or-later
"""Who else holds references: all of memory is searched for the addresses of the memory cgroups, and each
word that is found is recognised by the object that it lies in, which the slab allocator tells. None of
the kernel's own lists and tables of such objects is followed."""
from collections import defaultdict

from drgn import FaultError, Object, TypeKind, offsetof, sizeof
from drgn.helpers.linux.cpumask import for_each_possible_cpu
from drgn.helpers.linux.list import list_for_each_entry
from drgn.helpers.linux.mm import phys_to_virt, vmalloc_to_pfn
from drgn.helpers.linux.percpu import per_cpu
from drgn.helpers.linux.pid import for_each_task
from drgn.helpers.linux.slab import slab_object_info

from kernel import counter, has_member

FLAGS = 7  # low bits that may be set in a word that is an address


# ---- the words ----

def readable_stretches(prog, pfns):
    """(first, last) physical addresses of what the dump has of these pages."""
    page_bytes = prog["PAGE_SIZE"].value_()
    start = end = None
    for pfn in pfns:
        address = pfn * page_bytes
        try:
            prog.read(address, 1, True)
        except FaultError:
            continue
        if address != end:
            if end is not None:
                yield start, end - 1
            start = address
        end = address + page_bytes
    if end is not None:
        yield start, end - 1


def find_words(prog, pages, addresses):
    """(physical address, word) of all words that are one of these addresses, but for the low bits."""
    if not addresses:
        return
    search = prog.search_memory_u64(*addresses, ignore_mask=FLAGS)
    for first, last in readable_stretches(prog, pages.pfns()):
        yield from search.set_address_range(first, last, physical=True)


# ---- the objects that they lie in ----

class Recognizer:
    """A member that holds a reference, by which test an object is seen to be of that type, and what
    is said of it. Without kind: the member names a cgroup and holds nothing."""

    def __init__(self, prog, kind, type_name, member, is_one, describe=None):
        self.prog, self.kind, self.is_one, self.describe = prog, kind, is_one, describe
        self.type = prog.type(type_name)
        self.offset = offsetof(self.type, member)

    def find(self, info, offset):
        """The object, if it is one."""
        if offset != self.offset or info.slab_cache.object_size.value_() < sizeof(self.type):
            return None
        found = Object(self.prog, self.type, address=info.address)
        return found if self.is_one(found) else None


class Recognizers:
    def __init__(self, prog):
        self.prog = prog
        self.protos = {proto.value_(): proto.name.string_().decode() for proto in
                       list_for_each_entry("struct proto", prog["proto_list"].address_of_(), "node")}
        self.bdis = {bdi.value_() for bdi in list_for_each_entry(
            "struct backing_dev_info", prog["bdi_list"].address_of_(), "bdi_list")}
        self.tasks = defaultdict(list)
        for task in for_each_task(prog):
            self.tasks[task.cgroups.value_()].append(task)
        subsystem = f"subsys[{prog['memory_cgrp_id'].value_()}]"
        # The size of a memcg and of what each node has of it is that of their arrays.
        self.all = [
            Recognizer(prog, "socket", "struct sock", "sk_memcg", self.is_socket, self.socket),
            Recognizer(prog, "writeback", "struct bdi_writeback", "memcg_css", self.is_writeback,
                       self.writeback),
            Recognizer(prog, "task", "struct css_set", subsystem, self.is_css_set, self.css_set),
            Recognizer(prog, "child", "struct mem_cgroup", "css.parent", self.is_memcg, self.memcg),
            Recognizer(prog, None, "struct mem_cgroup_per_node", "memcg", self.is_node_of_memcg),
        ]
        if has_member(prog, "struct fsnotify_group", "memcg"):
            self.all.append(Recognizer(prog, "fsnotify", "struct fsnotify_group", "memcg",
                                       self.is_fsnotify, self.fsnotify))
        if has_member(prog, "struct bpf_map", "memcg"):
            self.all.append(Recognizer(prog, "bpf-map", "struct bpf_map", "memcg", self.is_bpf_map,
                                       self.bpf_map))

    def symbol_of(self, address):
        try:
            return self.prog.symbol(address).name
        except LookupError:
            return ""

    def is_socket(self, sk):
        return sk.member_("__sk_common").skc_prot.value_() in self.protos

    def socket(self, sk):
        common = sk.member_("__sk_common")
        charged = ", charged" if common.skc_prot.memory_allocated else ""
        return (f"{self.protos[common.skc_prot.value_()]} socket {sk.address_:#x}, "
                f"state {common.skc_state.value_()}{charged}")

    def is_writeback(self, wb):
        """One that was released has put its references and is waiting for RCU: cgwb_release_workfn()
        in mm/backing-dev.c."""
        return wb.bdi.value_() in self.bdis and bool(wb.refcnt.data)

    @staticmethod
    def writeback(wb):
        return f"writeback {wb.address_:#x} of {wb.bdi.dev_name.string_().decode()}"

    @staticmethod
    def is_css_set(cset):
        """One without references has put those to its cgroups: put_css_set_locked() in
        kernel/cgroup/cgroup.c."""
        heads = (cset.tasks, cset.mg_tasks)
        try:
            return counter(cset.refcount) > 0 and all(
                head.next.prev.value_() == head.address_ for head in heads)
        except FaultError:
            return False

    def css_set(self, cset):
        tasks = [f"{task.pid.value_()} {task.comm.string_().decode(errors='replace')}"
                 for task in self.tasks[cset.address_]]
        return f"css_set {cset.address_:#x} of {', '.join(tasks) or 'no task'}"

    def is_memcg(self, memcg):
        return memcg.css.ss == self.prog["memory_cgrp_subsys"].address_of_()

    @staticmethod
    def memcg(memcg):
        return f"memcg {memcg.address_:#x}"

    @staticmethod
    def is_node_of_memcg(node):
        memcg = node.memcg.read_()
        return any(memcg.nodeinfo[i].value_() == node.address_ for i in range(1))

    def is_fsnotify(self, group):
        return self.symbol_of(group.ops.value_()).endswith("_ops")

    def fsnotify(self, group):
        return f"group {group.address_:#x} of {self.symbol_of(group.ops.value_())}"

    def is_bpf_map(self, bpf_map):
        return self.symbol_of(bpf_map.ops.value_()).endswith("_ops")

    @staticmethod
    def bpf_map(bpf_map):
        return f"map {bpf_map.id.value_()} {bpf_map.name.string_().decode(errors='replace')}"


class Holders:
    def __init__(self, prog, addresses, pages):
        self.prog, self.addresses, self.pages = prog, addresses, pages
        self.page_bytes = prog["PAGE_SIZE"].value_()
        self.recognizers = Recognizers(prog).all
        self.memory_map = self.find_memory_map()
        self.found = []  # (memcg, kind, bytes, words), each one reference
        self.others = defaultdict(list)  # memcg -> where else its address stands

    def find_memory_map(self):
        """Numbers of the pages that hold struct pages."""
        found = set()
        for start, end, base in self.pages.ranges:
            first, last = base + start * self.pages.size, base + end * self.pages.size
            for address in range(first & -self.page_bytes, last, self.page_bytes):
                try:
                    found.add(vmalloc_to_pfn(self.prog, address).value_())
                except FaultError:
                    pass
        return found

    def run(self):
        self.stocks()
        for physical, word in find_words(self.prog, self.pages, sorted(self.addresses)):
            if physical // self.page_bytes not in self.memory_map:
                self.place(physical, word & ~FLAGS)

    def stocks(self):
        """Since v5.9 each place in a stock holds one reference, however much it has."""
        for cpu in for_each_possible_cpu(self.prog):
            stock = per_cpu(self.prog["memcg_stock"], cpu)
            places = [(stock.cached, stock.nr_pages)]
            if stock.cached.type_.kind == TypeKind.ARRAY:
                places = zip(stock.cached, stock.nr_pages)
            for memcg, nr_pages in places:
                if memcg.value_() in self.addresses:
                    self.found.append((memcg.value_(), "stock", nr_pages.value_() * self.page_bytes,
                                       f"cpu {cpu}: {nr_pages.value_()} pages"))

    def place(self, physical, memcg):
        address = phys_to_virt(self.prog, physical).value_()
        info = slab_object_info(self.prog, address)
        if info is None:
            self.others[memcg].append(f"at physical address {physical:#x}, in no slab")
        elif info.allocated:
            self.place_in_object(info, address - info.address, memcg)

    def place_in_object(self, info, offset, memcg):
        name = info.slab_cache.name.string_().decode()
        for recognizer in self.recognizers:
            found = recognizer.find(info, offset)
            if found is not None:
                if recognizer.kind:
                    self.found.append((memcg, recognizer.kind, None, recognizer.describe(found)))
                return
        if name != "radix_tree_node":  # of the tables of ids
            self.others[memcg].append(f"at {offset} in object {info.address:#x} of {name}")
