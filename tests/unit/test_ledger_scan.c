// SPDX-License-Identifier: GPL-2.0-or-later
/* All pages in one pass: every kind of owner, pages of several, slabs, and what cuts it short. */
#include <string.h>

#include "pages_unit.h"

/* Pages that are read at once. */
enum { CHUNK = (1 << 18) / PAGES_STRUCT_BYTES };

static struct audit_unit unit;

static int start(void **state)
{
	(void)state;
	audit_unit_init(&unit);
	pages_unit_learn(&unit, 3 * PAGES_PER_SECTION);
	for (uint64_t section = 0; section < 3; section++)
		pages_unit_section(&unit, section, PAGES_SECTION_FLAGS);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	audit_unit_exit(&unit);
	return 0;
}

static void scan(void)
{
	audit_unit_again(&unit, UNIT_ARENA_BYTES / 2);
	assert_int_equal(mcd_pages_by_scan(&unit.audit), MCD_OK);
}

static void pages_of_everybody(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 600; i++) /* of memcgs that are not audited */
		fake_u64(&unit.fake, PAGE_AT(20 * i) + PAGE_OWNER,
			 AUDIT_MEMCG(AUDIT_MEMCGS) + i % 7 * AUDIT_MEMCG_BYTES);
	pages_unit_charge(&unit, 1, 1, PG_LRU, 0xc0);
	pages_unit_charge(&unit, 2, 1, PG_LRU | PG_WRITEBACK, 0xc0);
	pages_unit_charge(&unit, 3, 2, PG_LRU | PG_SWAPBACKED | PG_SWAPCACHE, 0);
	pages_unit_charge(&unit, 4, 1, PG_LRU, 0xd0);
	pages_unit_charge(&unit, 3 * PAGES_PER_SECTION - 1, 5, PG_LRU, 0xc0);
	pages_unit_charge(&unit, 5, 3, PG_LRU, 0xc0);
	fake_u64(&unit.fake, PAGE_AT(5) + PAGE_OWNER, AUDIT_MEMCG(3) + 2); /* v5.11 */
	fake_u64(&unit.fake, PAGE_AT(6) + PAGE_OWNER, AUDIT_MEMCG(3) + 1); /* a vector */
	fake_u64(&unit.fake, PAGE_AT(7) + PAGE_OWNER, AUDIT_MEMCG(3) + 8); /* nobody */
	scan();
	assert_tallies(&unit, 0, "");
	assert_tallies(&unit, 1, "page-cache 1 1 of d0\npage-cache 2 2 of c0 writeback 1\n");
	assert_tallies(&unit, 2, "anon 1 1 of 0 swapcache 1\n");
	assert_tallies(&unit, 3, "kmem-page 1 1 of 0\n");
	assert_tallies(&unit, 5, "page-cache 1 1 of c0\n");
	assert_notes(&unit.world, "");
}

static void pages_of_several(void **state)
{
	(void)state;
	pages_unit_charge_large(&unit, 8, 1, 3);
	/* Their struct pages are read apart, the second at once with others or not at all. */
	pages_unit_charge_large(&unit, CHUNK - 1, 2, 1);
	pages_unit_charge_large(&unit, 3 * PAGES_PER_SECTION - 1 - 64, 3, 2);
	fake_hole_page(&unit.fake, PAGE_AT(3 * PAGES_PER_SECTION - 64));
	pages_unit_charge_large(&unit, 3 * PAGES_PER_SECTION - 2 - 64, 4, 1);
	scan();
	assert_tallies(&unit, 1, "anon 1 8 of 0\n");
	assert_tallies(&unit, 2, "anon 1 2 of 0\n");
	/* How many it has is lost. */
	assert_tallies(&unit, 3, "");
	assert_tallies(&unit, 4, "anon 1 2 of 0\n");
}

static void a_head_at_the_end(void **state)
{
	(void)state;
	pages_unit_charge_large(&unit, 2 * PAGES_PER_SECTION - 1, 1, 4);
	fake_hole_page(&unit.fake, PAGE_AT(2 * PAGES_PER_SECTION));
	scan();
	assert_tallies(&unit, 1, "anon 1 1 of 0\n");
}

static void memory_of_devices(void **state)
{
	(void)state;
	pages_unit_section(&unit, 1, 3); /* not online */
	unit.world.head.can_pin[MCD_PIN_DEVICE] = true;
	pages_unit_charge(&unit, 9, 1, PG_SWAPBACKED, 0xc1);
	pages_unit_charge(&unit, PAGES_PER_SECTION + 9, 1, PG_SWAPBACKED, 0xc1);
	scan();
	assert_tallies(&unit, 1, "anon 1 1 of c0\ndevice 1 1 of c0\n");
}

/* From v3.19 to v4.3 a slab's page names its cache alone. */
static void pages_of_slabs(void **state)
{
	static const struct fake_row rows[] = {
		FAKE_MEMBER(page, mem_cgroup, PAGE_OWNER, 8),
		FAKE_MEMBER(page, slab_cache, 24, 8),
	};
	static uint64_t caches[] = { 0xffff888009000000, 0, 0xffff888009001000 };

	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows));
	fake_forget(&unit.fake, M(page, memcg_data));
	unit.memcgs[2].cache_addrs = caches;
	unit.memcgs[2].nr_caches = ARRAY_SIZE(caches);
	for (uint64_t pfn = 32; pfn < 40; pfn++) {
		fake_u64(&unit.fake, PAGE_AT(pfn) + PAGE_FLAGS, PG_SLAB);
		fake_u64(&unit.fake, PAGE_AT(pfn) + 24, caches[pfn % 2 * 2]);
	}
	fake_u64(&unit.fake, PAGE_AT(32) + 24, 0xffff888009002000); /* everybody's */
	fake_u64(&unit.fake, PAGE_AT(33) + PAGE_FLAGS, 0);	    /* no slab */
	fake_u64(&unit.fake, PAGE_AT(34) + PAGE_FLAGS, PG_SLAB | PG_HEAD);
	fake_u8(&unit.fake, PAGE_AT(34) + PAGE_ORDER, 1);
	pages_unit_charge(&unit, 50, 2, PG_LRU, 0xc0);
	scan();
	assert_tallies(&unit, 2, "page-cache 1 1 of c0\n");
	unit.world.head.can_pin[MCD_PIN_SLAB_CACHE] = true;
	scan();
	assert_tallies(&unit, 2, "page-cache 1 1 of c0\nslab-cache 7 7 of 0\n");
	/* Since v4.4 each names its memcg. */
	fake_u64(&unit.fake, PAGE_AT(36) + PAGE_OWNER, AUDIT_MEMCG(3));
	scan();
	assert_tallies(&unit, 2, "page-cache 1 1 of c0\nslab-cache 6 6 of 0\n");
	assert_tallies(&unit, 3, "slab-cache 1 1 of 0\n");
}

/* ---- what was known before ---- */

static void know(size_t i, uint64_t nr_pages)
{
	const struct mcd_page_facts facts = { .kind = MCD_PIN_ANON, .nr_refs = 1, .nr_pages = 1 };

	audit_unit_again(&unit, UNIT_ARENA_BYTES / 2);
	for (uint64_t page = 0; page < nr_pages; page++)
		assert_int_equal(mcd_tally_add(&unit.audit, &unit.accounts[i], &facts), MCD_OK);
}

static void it_starts_anew(void **state)
{
	(void)state;
	pages_unit_charge(&unit, 1, 1, PG_LRU, 0xc0);
	know(1, 7);
	assert_int_equal(mcd_pages_by_scan(&unit.audit), MCD_OK);
	assert_tallies(&unit, 1, "page-cache 1 1 of c0\n");
	/* Once is enough. */
	unit.fake.nr_reads = 0;
	assert_int_equal(mcd_pages_by_scan(&unit.audit), MCD_OK);
	assert_int_equal(unit.fake.nr_reads, 0);
	assert_tallies(&unit, 1, "page-cache 1 1 of c0\n");
}

/* Interrupted, it keeps what explains more. */
static void it_is_cut_short(void **state)
{
	(void)state;
	for (uint64_t pfn = 0; pfn < 5; pfn++)
		pages_unit_charge(&unit, pfn, 1, PG_LRU, 0xc0);
	unit.fake.interrupt_at = 3;
	know(1, 7);
	assert_int_equal(mcd_pages_by_scan(&unit.audit), MCD_INTERRUPTED);
	assert_tallies(&unit, 1, "anon 7 7 of 0\n");
	know(1, 4);
	assert_int_equal(mcd_pages_by_scan(&unit.audit), MCD_INTERRUPTED);
	assert_tallies(&unit, 1, "page-cache 5 5 of c0\n");
}

static void there_is_nothing_to_scan(void **state)
{
	static const enum mcd_layout_id needed[] = { M(page, memcg_data), SYM(max_pfn) };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		unit.fake.nr_forgotten = 0;
		fake_forget(&unit.fake, needed[i]);
		memset(unit.fake.target.answers, 0, sizeof(unit.fake.target.answers));
		know(1, 7);
		assert_int_equal(mcd_pages_by_scan(&unit.audit), MCD_ABSENT);
		assert_tallies(&unit, 1, "anon 7 7 of 0\n");
	}
}

static void pages_that_are_lost(void **state)
{
	(void)state;
	for (uint64_t pfn = 0; pfn < 256; pfn++)
		pages_unit_charge(&unit, pfn, 1, PG_LRU, 0xc0);
	fake_hole_page(&unit.fake, PAGE_AT(130));
	scan();
	assert_tallies(&unit, 1, "page-cache 192 192 of c0\n");
	assert_notes(&unit.world,
		     "64 of 12288 page structures cannot be read: what these pages hold "
		     "is not in the ledger\n");
}

static enum mcd_status collect(struct mcd_audit *audit)
{
	enum mcd_status status = mcd_pages_by_scan(audit);

	for (size_t i = 0; i < audit->nr; i++)
		audit->accounts[i].nr_refs = audit->accounts[i].nr_page_refs;
	return status;
}

static void torture(void **state)
{
	(void)state;
	for (uint64_t pfn = 0; pfn < 3 * PAGES_PER_SECTION; pfn += 500)
		pages_unit_charge(&unit, pfn, pfn % AUDIT_MEMCGS, PG_LRU, 0xc0 + pfn % 3 * 8);
	pages_unit_charge_large(&unit, CHUNK - 1, 2, 1);
	audit_unit_torture(&unit, collect);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(pages_of_everybody, start, stop),
		cmocka_unit_test_setup_teardown(pages_of_several, start, stop),
		cmocka_unit_test_setup_teardown(a_head_at_the_end, start, stop),
		cmocka_unit_test_setup_teardown(memory_of_devices, start, stop),
		cmocka_unit_test_setup_teardown(pages_of_slabs, start, stop),
		cmocka_unit_test_setup_teardown(it_starts_anew, start, stop),
		cmocka_unit_test_setup_teardown(it_is_cut_short, start, stop),
		cmocka_unit_test_setup_teardown(there_is_nothing_to_scan, start, stop),
		cmocka_unit_test_setup_teardown(pages_that_are_lost, start, stop),
		cmocka_unit_test_setup_teardown(torture, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
