# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages that are charged to memory cgroups: each struct page of the machine is looked at, no list of a
cgroup is. Which of them are mapped is told by the page tables of all tasks, which are of hugetlb by
hugetlb's own lists, and which are of shared memory by the operations of their mapping."""
from collections import defaultdict

from drgn import FaultError, cast, offsetof
from drgn.helpers.linux.hugetlb import for_each_hstate
from drgn.helpers.linux.list import list_for_each_entry
from drgn.helpers.linux.mm import (
    PageDirty, PageMlocked, PageSlab, PageSwapBacked, PageWriteback, compound_head, compound_nr,
    follow_pfn, for_each_vma,
)
from drgn.helpers.linux.pid import for_each_task

from kernel import PageMap, first_member, has_member, pointer, symbol

MAPPING_FLAGS, MAPPING_ANON = 3, 1
FLAGS = 7  # of the word that names the owner


def mapped_pfns(prog):
    """Numbers of all pages in the page tables of tasks."""
    spaces = {task.mm.value_(): task.mm.read_() for task in for_each_task(prog) if task.mm}
    page_bytes = prog["PAGE_SIZE"].value_()
    found = set()
    for mm in spaces.values():
        for vma in for_each_vma(mm):
            for address in range(vma.vm_start.value_(), vma.vm_end.value_(), page_bytes):
                try:
                    found.add(follow_pfn(mm, address).value_())
                except FaultError:
                    pass
    return found


def hugetlb_pages(prog):
    """Addresses of the struct pages of all huge pages in use."""
    found = set()
    kind = "struct folio" if has_member(prog, "struct folio", "lru") else "struct page"
    for hstate in for_each_hstate(prog):
        for page in list_for_each_entry(kind, hstate.hugepage_activelist.address_of_(), "lru"):
            found.add(page.value_())
    return found


def owner_offset(prog):
    """Where a struct page names whom it is charged to."""
    page = prog.type("struct page")
    for member in ("memcg_data", "mem_cgroup"):
        if page.has_member(member):
            return offsetof(page, member)
    return offsetof(prog.type("struct folio"), "memcg_data")


class Tally:
    """What several pages add up to; refs is of those that hold one."""

    FIGURES = ("refs", "pages", "dirty", "writeback", "mapped", "mlocked")

    def __init__(self):
        for figure in self.FIGURES:
            setattr(self, figure, 0)

    def add(self, figures):
        for figure, value in figures.items():
            setattr(self, figure, getattr(self, figure) + value)


class Scan:
    def __init__(self, prog, groups):
        self.prog = prog
        self.map = PageMap(prog)
        self.groups = groups
        self.mapped = mapped_pfns(prog)
        self.hugetlb = hugetlb_pages(prog)
        self.shmem_ops = {found.address_of_().value_() for found in [symbol(prog, "shmem_aops")]
                          if found is not None}
        # (memcg, kind, address of the mapping) -> Tally
        self.tallies = defaultdict(Tally)
        self.nr_indirect = 0  # charged through an obj_cgroup
        self.doubts = []

    def run(self):
        for pfn, word in self.map.member_words(owner_offset(self.prog)):
            page = self.map.page(pfn)
            if compound_head(page) != page or PageSlab(page):
                continue
            if word & ~FLAGS not in self.groups:
                self.nr_indirect += 1
                continue
            self.count(pfn, page, word & ~FLAGS)

    def count(self, pfn, page, owner):
        kind, mapping = self.classify(page)
        nr = compound_nr(page).value_()
        is_mapped = any(pfn + i in self.mapped for i in range(nr))
        if kind != "kmem-page" and is_mapped != self.has_mapcount(pfn, nr):
            self.doubts.append(f"page {pfn}: page tables and its counters differ whether it is mapped")
        self.tallies[owner, kind, mapping].add({
            "refs": 1,
            "pages": nr,
            "dirty": nr * PageDirty(page),
            "writeback": nr * PageWriteback(page),
            "mapped": nr * is_mapped,
            "mlocked": nr * PageMlocked(page),
        })

    def classify(self, page):
        """The kind, and the address of struct address_space, 0 where there is none."""
        mapping = page.mapping.value_()
        if page.value_() in self.hugetlb:
            return "hugetlb", 0 if mapping & MAPPING_FLAGS else mapping
        if mapping & MAPPING_FLAGS:
            return "anon", 0
        if not mapping:
            if self.is_kmem(page):
                return "kmem-page", 0
            return "shmem" if PageSwapBacked(page) else "page-cache", 0
        operations = pointer(self.prog, "struct address_space *", mapping).a_ops.value_()
        return "shmem" if operations in self.shmem_ops else "page-cache", mapping

    def is_kmem(self, page):
        """Of PageKmemcg() in v5.10, of MEMCG_DATA_KMEM since."""
        data = first_member(page, "memcg_data")
        if data is not None:
            return bool(data & 2)
        return page.page_type.value_() & 0xF0000200 == 0xF0000000

    def has_mapcount(self, pfn, nr):
        """By the counters that each page has."""
        if any(self.map.page(pfn + i)._mapcount.counter.value_() >= 0 for i in range(nr)):
            return True
        if nr == 1:
            return False
        whole = first_member(self.map.page(pfn + 1), "compound_mapcount")
        if whole is None:
            whole = cast("struct folio *", self.map.page(pfn))._entire_mapcount
        return whole.counter.value_() >= 0
