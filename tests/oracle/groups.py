# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory cgroups and their reference counts."""
from drgn import Object, cast
from drgn.helpers.linux.cgroup import cgroup_path, css_for_each_descendant_pre
from drgn.helpers.linux.cpumask import for_each_possible_cpu
from drgn.helpers.linux.idr import idr_for_each_entry
from drgn.helpers.linux.percpu import per_cpu_ptr

from kernel import counter, first_member, signed, symbol

CSS_ONLINE = 1 << 1
CSS_RELEASED = 1 << 2
CSS_DYING = 1 << 4
PERCPU_REF_ATOMIC, PERCPU_REF_FLAGS = 1, 3


def css_refs(ref):
    """What a percpu_ref counts: its own figure less the bias that stands for "per cpu", plus the
    cpus' figures (lib/percpu-refcount.c)."""
    prog = ref.prog_
    word = ref.percpu_count_ptr.value_()
    data = first_member(ref, "data")
    if data is not None and not data:
        return word >> 2
    count = signed((data or ref).count.counter.value_(), 64)
    bias = 1 << 63
    if not word & PERCPU_REF_ATOMIC or count < 0:
        count += bias
        counters = Object(prog, "unsigned long *", value=word & ~PERCPU_REF_FLAGS)
        count += sum(per_cpu_ptr(counters, cpu)[0].value_() for cpu in for_each_possible_cpu(prog))
    return signed(count % (1 << 64), 64)


class Group:
    """One memory cgroup."""

    def __init__(self, css):
        self.css = css
        self.memcg = cast("struct mem_cgroup *", css)
        self.address = css.value_()
        self.flags = css.flags.value_()
        self.is_dangling = not self.flags & CSS_ONLINE
        self.refs = css_refs(css.refcnt.address_of_())
        self.css_id = css.id.value_()
        self.parent = css.parent.value_()
        self.path = cgroup_path(css.cgroup)
        private_id = self.memcg.id
        self.swap_id = private_id.id.value_()
        self.swap_id_refs = counter(private_id.ref)


def socket_pages(group, groups):
    """Pages that are charged for the buffers of its sockets alone, as the kernel itself counts them."""
    prog, memcg = group.css.prog_, group.memcg
    if group.css.cgroup.root != prog["cgrp_dfl_root"].address_of_():
        below = sum(child.memcg.tcpmem.usage.counter.value_() for child in groups.values()
                    if child.parent == group.address)
        return memcg.tcpmem.usage.counter.value_() - below
    at = prog.constant("MEMCG_SOCK").value_()
    places = symbol(prog, "mem_cgroup_stats_index")  # of a shorter array
    at = at if places is None else places[at].value_()
    # Up to v5.12 each cpu has two figures: what was added up, and what was not yet.
    counters = [counters for counters in (first_member(memcg, "vmstats_local"), memcg.vmstats_percpu)
                if counters is not None]
    parts = [per_cpu_ptr(of, cpu) for of in counters for cpu in for_each_possible_cpu(prog)]
    return sum(first_member(part, "state", "stat")[at].value_() for part in parts)


def find_groups(prog):
    """{address: Group}, of the tree and of the table of ids together, and how both differ."""
    root = prog["root_mem_cgroup"].css.address_of_()
    tree = {css.value_() for css in css_for_each_descendant_pre(root)}
    table = {css.value_() for _, css in idr_for_each_entry(
        prog["memory_cgrp_subsys"].css_idr.address_of_(), "struct cgroup_subsys_state")}
    differences = [f"only in the tree: {a:#x}" for a in sorted(tree - table)]
    differences += [f"only in the table of ids: {a:#x}" for a in sorted(table - tree)]
    groups = {}
    for address in sorted(tree | table):
        groups[address] = Group(Object(prog, "struct cgroup_subsys_state *", value=address))
    return groups, differences
