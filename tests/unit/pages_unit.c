// SPDX-License-Identifier: GPL-2.0-or-later
/* See pages_unit.h. */
#include "pages_unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ROOTS = 0, /* in PAGES_SECTIONS */
	FIRST_ROOT = 0x1000,
	SECTION_BYTES = 16,
	MEM_SECTION = 0, /* in PAGES_SYMBOLS */
	MAX_PFN = 8,
	LINES_BYTES = 4096,
	LINES_MAX = 16,
};

static const struct fake_row rows[] = {
	FAKE_STRUCT(page, PAGES_STRUCT_BYTES),
	FAKE_MEMBER(page, flags, PAGE_FLAGS, 8),
	FAKE_MEMBER(page, lru, PAGE_LRU, 16),
	FAKE_MEMBER(page, mapping, PAGE_MAPPING, 8),
	FAKE_MEMBER(page, compound_head, PAGE_HEAD, 8),
	FAKE_MEMBER(page, compound_order, PAGE_ORDER - 64, 1),
	FAKE_MEMBER(page, _mapcount, PAGE_MAPCOUNT, 4),
	FAKE_MEMBER(page, memcg_data, PAGE_OWNER, 8),
	FAKE_ENUMERATOR(PG_lru, 4),
	FAKE_ENUMERATOR(PG_dirty, 3),
	FAKE_ENUMERATOR(PG_slab, 9),
	FAKE_ENUMERATOR(PG_swapcache, 10),
	FAKE_ENUMERATOR(PG_writeback, 15),
	FAKE_ENUMERATOR(PG_head, 16),
	FAKE_ENUMERATOR(PG_swapbacked, 19),
	FAKE_ENUMERATOR(PG_mlocked, 21),
	FAKE_STRUCT(mem_section, SECTION_BYTES),
	FAKE_MEMBER(mem_section, section_mem_map, 0, 8),
	FAKE_SYMBOL(mem_section, PAGES_SYMBOLS + MEM_SECTION),
	FAKE_SYMBOL(max_pfn, PAGES_SYMBOLS + MAX_PFN),
};

void pages_unit_learn(struct audit_unit *unit, uint64_t max_pfn)
{
	fake_learn(&unit->fake, FAKE_ROWS(rows));
	fake_map(&unit->fake, PAGES_SYMBOLS, FAKE_PAGE_BYTES);
	fake_map(&unit->fake, PAGES_SECTIONS, 2 * FAKE_PAGE_BYTES);
	fake_u64(&unit->fake, PAGES_SYMBOLS + MEM_SECTION, PAGES_SECTIONS + ROOTS);
	fake_u64(&unit->fake, PAGES_SECTIONS + ROOTS, PAGES_SECTIONS + FIRST_ROOT);
	fake_u64(&unit->fake, PAGES_SYMBOLS + MAX_PFN, max_pfn);
}

void pages_unit_section(struct audit_unit *unit, uint64_t section, uint64_t flags)
{
	fake_map(&unit->fake, PAGE_AT(section * PAGES_PER_SECTION),
		 PAGES_PER_SECTION * PAGES_STRUCT_BYTES);
	fake_u64(&unit->fake, PAGES_SECTIONS + FIRST_ROOT + section * SECTION_BYTES,
		 PAGES_MAP + flags);
}

void pages_unit_charge(struct audit_unit *unit, uint64_t pfn, size_t i, uint64_t flags,
		       uint64_t mapping)
{
	fake_u64(&unit->fake, PAGE_AT(pfn) + PAGE_FLAGS, flags);
	fake_u64(&unit->fake, PAGE_AT(pfn) + PAGE_MAPPING, mapping);
	fake_u32(&unit->fake, PAGE_AT(pfn) + PAGE_MAPCOUNT, UINT32_MAX);
	fake_u64(&unit->fake, PAGE_AT(pfn) + PAGE_OWNER, AUDIT_MEMCG(i));
}

void pages_unit_charge_large(struct audit_unit *unit, uint64_t pfn, size_t i, unsigned int order)
{
	pages_unit_charge(unit, pfn, i, PG_LRU | PG_SWAPBACKED | PG_HEAD, 1);
	fake_u64(&unit->fake, PAGE_AT(pfn + 1) + PAGE_HEAD, PAGE_AT(pfn) + 1);
	fake_u8(&unit->fake, PAGE_AT(pfn) + PAGE_ORDER, (uint8_t)order);
}

/* ---- tallies ---- */

struct lines {
	char text[LINES_MAX][256];
	size_t nr;
};

static void describe(const struct mcd_tally *tally, char text[256])
{
	const struct {
		const char *name;
		uint64_t nr;
	} parts[] = {
		{ "dirty", tally->nr_dirty },	      { "writeback", tally->nr_writeback },
		{ "mapped", tally->nr_mapped },	      { "mlocked", tally->nr_mlocked },
		{ "swapcache", tally->nr_swapcache },
	};
	int used = snprintf(text, 256, "%s %" PRIu64 " %" PRIu64 " of %" PRIx64,
			    mcd_pin_name(tally->kind), tally->nr_refs, tally->nr_pages,
			    tally->mapping);

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i].nr)
			used += snprintf(text + used, 256 - (size_t)used, " %s %" PRIu64,
					 parts[i].name, parts[i].nr);
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

void assert_tallies(const struct audit_unit *unit, size_t i, const char *expected)
{
	char text[LINES_BYTES] = "";
	struct lines lines = { .nr = 0 };
	uint64_t nr_refs = 0;

	for (size_t at = unit->accounts[i].first_tally; at;
	     at = unit->audit.tallies.items[at - 1].next) {
		assert_true(lines.nr < LINES_MAX);
		describe(&unit->audit.tallies.items[at - 1], lines.text[lines.nr++]);
		nr_refs += unit->audit.tallies.items[at - 1].nr_refs;
	}
	qsort(lines.text, lines.nr, sizeof(lines.text[0]), compare);
	for (size_t line = 0; line < lines.nr; line++) {
		strcat(text, lines.text[line]);
		strcat(text, "\n");
	}
	assert_string_equal(text, expected);
	assert_int_equal(unit->accounts[i].nr_page_refs, nr_refs);
}
