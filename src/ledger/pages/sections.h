/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mem_section of one kernel: what section_form.c finds out for sections.c. */
#ifndef MCD_SECTIONS_H
#define MCD_SECTIONS_H

#include "memmap.h"

/* Bits of section_mem_map. */
enum {
	MCD_SECTION_HAS_MAP = 3,   /* SECTION_MARKED_PRESENT, SECTION_HAS_MEM_MAP */
	MCD_SECTION_IS_ONLINE = 4, /* since v4.13; a device's memory never is */
	MCD_SECTION_FLAGS = 0xfff, /* six were in use in v7.1; struct pages begin at a page */
};

struct mcd_sections {
	struct mcd_world *world;
	struct mcd_page_ranges *ranges;
	uint64_t page_struct_bytes, max_pfn;
	uint64_t section_bytes, map_at; /* sizeof(struct mem_section), of section_mem_map */
	uint64_t nr_per_root;		/* 0: there are no roots */
	uint64_t start;			/* where roots, or else sections, begin */
	unsigned int shift;		/* a section has 1 << shift pages */
	uint64_t nr;			/* of sections, at most */
	bool has_devices;		/* whose memory may be charged */
	bool has_subsections;
	uint64_t usage_at, subsections_at, subsections_bytes;
};

/*
 * section_form.c: fills what the ranges are read with. MCD_ABSENT where it is not known, with the reason as
 * error text.
 */
MCD_MUST_CHECK enum mcd_status mcd_sections_measure(struct mcd_sections *sections);
/* The address of a section, or of the first one of a root; MCD_ABSENT where there is no root. */
MCD_MUST_CHECK enum mcd_status mcd_section_addr(struct mcd_sections *sections, uint64_t number,
						uint64_t *ret);

#endif
