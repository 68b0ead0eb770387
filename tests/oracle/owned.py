# SPDX-License-Identifier: GPL-2.0-or-later
"""What a memory cgroup and its directory keep allocated. Every pointer of their structures, by the types
alone, is followed to what the allocators say it is: an object of a slab cache, or per-cpu memory. What is
left out is listed: members that lead to what belongs to others."""
from collections import defaultdict

from drgn import Object, TypeKind
from drgn.helpers.linux.cpumask import for_each_possible_cpu
from drgn.helpers.linux.slab import slab_object_info

from kernel import first_member, has_member
from percpu import Chunks

# Members that lead to what belongs to others, whatever they are of, and types that link objects.
NOT_OWNED = {"cgroup", "parent", "__parent", "memcg", "objcg", "root", "rstat_flush_next"}
LINKS = {"list_head", "hlist_nulls_node", "rb_node", "callback_head", "delayed_work", "rcu_work"}
NAMES = {"char": "name", "int": "percpu_counter", "unsigned long": "bloom filter"}


class Owned:
    """Of one memory cgroup: {name of what it is: [count, bytes]}."""

    def __init__(self, finder):
        self.finder = finder
        self.seen = set()
        self.rows = defaultdict(lambda: [0, 0])

    @property
    def bytes(self):
        return sum(row[1] for row in self.rows.values())

    def enter(self, name, nr_bytes):
        self.rows[name][0] += 1
        self.rows[name][1] += nr_bytes

    def follow(self, pointer):
        """What a pointer leads to, with all that it leads to."""
        address = pointer.value_()
        if not address:
            return
        target = pointer.type_.type
        name = self.finder.name_of(target)
        info = slab_object_info(self.finder.prog, address)
        allocation = info.address if info else address
        if allocation in self.seen:  # some pointers lead into what another leads to
            return
        self.seen.add(allocation)
        if info:
            self.enter(name, info.slab_cache.size.value_())
            self.visit(Object(self.finder.prog, target, address=address))
            return
        size = self.finder.chunks.size_of(address)
        if size is not None:
            self.enter(name, size * self.finder.nr_cpus)

    def visit(self, obj):
        """All pointers in an object."""
        kind_of = self.finder.underlying(obj.type_)
        if kind_of.kind == TypeKind.POINTER:
            if self.finder.underlying(kind_of.type).kind not in (TypeKind.FUNCTION, TypeKind.VOID):
                self.follow(obj.read_())
        elif kind_of.kind == TypeKind.ARRAY:
            if self.finder.has_pointers(kind_of.type):
                for i in range(kind_of.length or 0):
                    self.visit(obj[i])
        elif kind_of.kind in (TypeKind.STRUCT, TypeKind.UNION, TypeKind.CLASS) and kind_of.members:
            self.members(obj, kind_of)

    def members(self, obj, kind_of):
        if kind_of.tag in LINKS:
            return
        if kind_of.tag == "percpu_ref":
            self.refs(obj)
        for member in kind_of.members:
            if member.name in NOT_OWNED or member.bit_field_size or not self.finder.has_pointers(member.type):
                continue
            if member.name:
                self.visit(obj.member_(member.name))
            else:
                self.visit(Object(self.finder.prog, member.type, address=obj.address_ + member.offset))

    def refs(self, ref):
        """Its per-cpu counters, unless they are freed: then flags are left of the pointer, or a figure."""
        data = first_member(ref, "data")
        pointer = ref.percpu_count_ptr.value_() & ~3
        if pointer and (data is None or data):
            size = self.finder.chunks.size_of(pointer)
            if size is not None:
                self.enter("percpu_ref", size * self.finder.nr_cpus)


class Finder:
    def __init__(self, prog):
        self.prog = prog
        self.chunks = Chunks(prog)
        self.nr_cpus = sum(1 for _ in for_each_possible_cpu(prog))
        self.pointers = {}

    @staticmethod
    def underlying(type_):
        while type_.kind == TypeKind.TYPEDEF:
            type_ = type_.type
        return type_

    def has_pointers(self, type_):
        """Whether there is any in it: the structures have thousands of counters."""
        type_ = self.underlying(type_)
        name = type_.type_name()
        if name not in self.pointers or type_.kind in (TypeKind.STRUCT, TypeKind.UNION) and not type_.tag:
            self.pointers[name] = True
            self.pointers[name] = self.look_for_pointers(type_)
        return self.pointers[name]

    def look_for_pointers(self, type_):
        if type_.kind == TypeKind.ARRAY:
            return self.has_pointers(type_.type)
        if type_.kind in (TypeKind.STRUCT, TypeKind.UNION):
            return type_.tag == "percpu_ref" or any(
                self.has_pointers(member.type) for member in type_.members or ())
        return type_.kind == TypeKind.POINTER

    def name_of(self, type_):
        type_ = self.underlying(type_)
        if type_.kind in (TypeKind.STRUCT, TypeKind.UNION) and type_.tag:
            return type_.tag
        return NAMES.get(type_.type_name().removeprefix("const ").removeprefix("signed "), type_.type_name())

    def of_memcg(self, memcg, is_directory_gone):
        owned = Owned(self)
        owned.follow(memcg)
        for node in range(self.prog["nr_node_ids"].value_()):
            info = memcg.nodeinfo[node].read_()
            owned.follow(info)
            self.shrinkers(owned, info)
        if is_directory_gone:
            owned.follow(memcg.css.cgroup.read_())
        return owned

    def shrinkers(self, owned, info):
        """Units in an array that has no length of its own."""
        shrinkers = first_member(info, "shrinker_info")
        if not shrinkers or not has_member(self.prog, "struct shrinker_info", "unit"):
            return
        nr_units = (shrinkers.map_nr_max.value_() + 63) // 64
        for unit in range(nr_units):
            owned.follow(shrinkers.unit[unit].read_())
