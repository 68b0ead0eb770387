/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which pages have a struct page, and where: what sections.c finds out for memmap.c. */
#ifndef MCD_MEMMAP_H
#define MCD_MEMMAP_H

#include "../accounts.h"

/* Pages one behind the other, as are their struct pages. */
struct mcd_page_range {
	uint64_t addr; /* of the first struct page */
	uint64_t pfn;  /* its number */
	uint64_t nr;
	bool is_device; /* in a section that is none of the system's memory */
};

struct mcd_page_ranges {
	struct mcd_page_range *items; /* by ascending pfn */
	size_t nr, capacity;
	uint64_t nr_pages;
};

/*
 * sections.c: finds all of them. MCD_ABSENT where the kernel has another memory model, or its sections are
 * not found; another status where the dump lacks what leads to them.
 */
MCD_MUST_CHECK enum mcd_status mcd_sections_find(struct mcd_audit *audit,
						 struct mcd_page_ranges *ret);

/* memmap.c: how many pages mcd_memmap_scan() would go over; fails as that would before the first one. */
MCD_MUST_CHECK enum mcd_status mcd_memmap_count(struct mcd_audit *audit, uint64_t *ret);

#endif
