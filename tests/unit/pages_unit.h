/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages of a fake machine: sections of 16 MB, whose struct pages are in one array from PAGES_MAP on, in the
 * layout of v5.15; for tests of what goes over them.
 */
#ifndef PAGES_UNIT_H
#define PAGES_UNIT_H

#include "audit_unit.h"

#define PAGES_MAP UINT64_C(0xffffea0000000000)
#define PAGES_SYMBOLS UINT64_C(0xffffffff82000000)  /* a page: variables of the kernel */
#define PAGES_SECTIONS UINT64_C(0xffff888003000000) /* roots, then sections, then what they use */

enum {
	PAGES_SECTION_BITS = 24,
	PAGES_PER_SECTION = 1 << (PAGES_SECTION_BITS - 12),
	PAGES_STRUCT_BYTES = 64,
	PAGES_SECTION_FLAGS = 15, /* present, has struct pages, online, early */
};

/* Where things are in a struct page of v5.15, and flags. */
enum {
	PAGE_FLAGS = 0,
	PAGE_LRU = 8,
	PAGE_HEAD = 8,
	PAGE_ORDER = 64 + 17, /* of the next one */
	PAGE_MAPPING = 24,
	PAGE_MAPCOUNT = 48,
	PAGE_OWNER = 56,
	PG_LRU = 1 << 4,
	PG_DIRTY = 1 << 3,
	PG_SLAB = 1 << 9,
	PG_SWAPCACHE = 1 << 10,
	PG_WRITEBACK = 1 << 15,
	PG_HEAD = 1 << 16,
	PG_SWAPBACKED = 1 << 19,
	PG_MLOCKED = 1 << 21,
};

#define PAGE_AT(pfn) (PAGES_MAP + (uint64_t)(pfn)*PAGES_STRUCT_BYTES)

/* Rows of struct page, of mem_section and of what leads there; the number of pages. */
void pages_unit_learn(struct audit_unit *unit, uint64_t max_pfn);

/* Maps the struct pages of a section, whose words are 0, and enters it with these flags. */
void pages_unit_section(struct audit_unit *unit, uint64_t section, uint64_t flags);

/* A page that is charged to memcg `i`, not mapped. */
void pages_unit_charge(struct audit_unit *unit, uint64_t pfn, size_t i, uint64_t flags,
		       uint64_t mapping);
/* The same of a page of 1 << order. */
void pages_unit_charge_large(struct audit_unit *unit, uint64_t pfn, size_t i, unsigned int order);

/* What was counted for memcg `i`, a line each, sorted: "anon 1 1 of 0: dirty 1". */
void assert_tallies(const struct audit_unit *unit, size_t i, const char *expected);

#endif
