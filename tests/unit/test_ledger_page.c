// SPDX-License-Identifier: GPL-2.0-or-later
/* What a struct page tells: kinds, numbers and flags, in the layouts of the kernels that had them. */
#include <string.h>

#include "../../src/ledger/pages/page.h"
#include "pages_unit.h"

static struct audit_unit unit;
static uint8_t page[128];

static int start(void **state)
{
	(void)state;
	audit_unit_init(&unit);
	pages_unit_learn(&unit, PAGES_PER_SECTION);
	memset(page, 0, sizeof(page));
	return 0;
}

static int stop(void **state)
{
	(void)state;
	audit_unit_exit(&unit);
	return 0;
}

static const struct mcd_page_form *form(void)
{
	const struct mcd_page_form *form = NULL;

	assert_int_equal(mcd_page_form_get(&unit.audit, &form), MCD_OK);
	return form;
}

static void put(size_t at, size_t size, uint64_t value)
{
	for (size_t i = 0; i < size; i++)
		page[at + (unit.fake.target.is_big_endian ? size - 1 - i : i)] = (uint8_t)(value >>
											   8 * i);
}

static struct mcd_page_facts parse(bool has_next)
{
	struct mcd_page_facts facts;

	assert_true(mcd_page_parse(form(), PAGE_AT(64), page, has_next, false, &facts));
	assert_int_equal(facts.addr, PAGE_AT(64));
	return facts;
}

static void assert_no_page(bool has_next)
{
	struct mcd_page_facts facts;

	assert_false(mcd_page_parse(form(), PAGE_AT(64), page, has_next, false, &facts));
}

/* ---- kinds ---- */

enum { FILE_MAPPING = 0x1000, MEMCG = 0x4000 };

struct kind_case {
	uint64_t flags, mapping, owner;
	enum mcd_pin kind;
	uint64_t object;
};

static void assert_kinds(const struct kind_case *table, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		put(PAGE_FLAGS, 8, table[i].flags);
		put(PAGE_MAPPING, 8, table[i].mapping);
		put(PAGE_OWNER, 8, table[i].owner);
		assert_int_equal(parse(false).kind, table[i].kind);
		assert_int_equal(parse(false).mapping, table[i].object);
	}
}

static void kinds_with_flags_of_the_owner(void **state)
{
	static const struct kind_case table[] = {
		{ PG_LRU, FILE_MAPPING, MEMCG, MCD_PIN_PAGE_CACHE, FILE_MAPPING },
		{ PG_LRU, 0, MEMCG, MCD_PIN_PAGE_CACHE, 0 }, /* cut off its file */
		{ 0, 0, MEMCG, MCD_PIN_PAGE_CACHE, 0 },
		{ PG_LRU | PG_SWAPBACKED, FILE_MAPPING, MEMCG, MCD_PIN_SHMEM, FILE_MAPPING },
		{ PG_LRU | PG_SWAPBACKED, FILE_MAPPING + 1, MEMCG, MCD_PIN_ANON, FILE_MAPPING },
		{ PG_LRU, FILE_MAPPING + 1, MEMCG, MCD_PIN_ANON, FILE_MAPPING }, /* MADV_FREE */
		{ PG_LRU | PG_SWAPBACKED, FILE_MAPPING + 3, MEMCG, MCD_PIN_ANON, 0 }, /* KSM */
		{ PG_SWAPBACKED | PG_SWAPCACHE, 0, MEMCG, MCD_PIN_ANON, 0 },
		{ 0, FILE_MAPPING + 2, MEMCG, MCD_PIN_KMEM_PAGE, 0 }, /* a driver's */
		{ 0, FILE_MAPPING, MEMCG + 2, MCD_PIN_KMEM_PAGE, 0 },
	};

	(void)state;
	assert_kinds(table, ARRAY_SIZE(table));
	/* A slab's vector of owners. */
	put(PAGE_OWNER, 8, MEMCG + 1);
	assert_no_page(false);
	put(PAGE_OWNER, 8, MEMCG + 3);
	assert_no_page(false);
}

static void kinds_without(void **state)
{
	static const struct fake_row rows[] = { FAKE_MEMBER(page, mem_cgroup, PAGE_OWNER, 8) };
	static const struct kind_case table[] = {
		{ PG_LRU, FILE_MAPPING, MEMCG, MCD_PIN_PAGE_CACHE, FILE_MAPPING },
		{ PG_LRU, 0, MEMCG, MCD_PIN_PAGE_CACHE, 0 },
		{ 0, 0, MEMCG, MCD_PIN_KMEM_PAGE, 0 },
		{ PG_SLAB, FILE_MAPPING, MEMCG, MCD_PIN_SLAB_CACHE, 0 }, /* s_mem */
		{ PG_SWAPBACKED, FILE_MAPPING, MEMCG, MCD_PIN_SHMEM, FILE_MAPPING },
	};

	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows));
	fake_forget(&unit.fake, M(page, memcg_data));
	assert_kinds(table, ARRAY_SIZE(table));
}

static void a_page_of_a_device(void **state)
{
	struct mcd_page_facts facts;

	(void)state;
	put(PAGE_MAPPING, 8, FILE_MAPPING + 1);
	put(PAGE_OWNER, 8, MEMCG);
	assert_true(mcd_page_parse(form(), PAGE_AT(64), page, false, true, &facts));
	assert_int_equal(facts.kind, MCD_PIN_DEVICE);
	assert_int_equal(facts.mapping, FILE_MAPPING);
	assert_true(facts.is_anon);
}

static void huge_pages(void **state)
{
	/* v6.8, v6.10, v6.12 */
	static const struct fake_row flag[] = { FAKE_ENUMERATOR(PG_hugetlb, 8) };
	static const struct fake_row bit[] = {
		FAKE_ENUMERATOR(PG_hugetlb, 0x800),
		FAKE_MEMBER(page, page_type, PAGE_MAPCOUNT, 4),
	};
	static const struct fake_row type[] = {
		FAKE_ENUMERATOR(PGTY_hugetlb, 0xf4),
		FAKE_MEMBER(page, page_type, PAGE_MAPCOUNT, 4),
	};
	static const struct {
		struct fake_rows rows;
		size_t at;
		uint32_t yes, no;
	} table[] = {
		{ FAKE_ROWS(flag), 64 + PAGE_FLAGS, 0x180, 0x80 },
		{ FAKE_ROWS(bit), PAGE_MAPCOUNT, 0xfffff7ff, 0xffffffff },
		{ FAKE_ROWS(bit), PAGE_MAPCOUNT, 0xfffff7ff, 0 }, /* mapped */
		{ FAKE_ROWS(type), PAGE_MAPCOUNT, 0xf4000000, 0xf5000000 },
	};

	(void)state;
	unit.world.head.can_pin[MCD_PIN_HUGETLB] = true;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		fake_learn(&unit.fake, table[i].rows);
		memset(unit.fake.target.answers, 0, sizeof(unit.fake.target.answers));
		audit_unit_again(&unit, UNIT_ARENA_BYTES / 2);
		unit.audit.page_form = NULL;
		put(PAGE_FLAGS, 8, PG_HEAD);
		put(PAGE_MAPPING, 8, FILE_MAPPING);
		put(PAGE_OWNER, 8, MEMCG);
		put(64 + PAGE_HEAD, 8, PAGE_AT(64) + 1);
		put(table[i].at, 4, table[i].yes);
		assert_int_equal(parse(true).kind, MCD_PIN_HUGETLB);
		assert_false(parse(true).is_anon);
		assert_int_equal(parse(false).kind, MCD_PIN_PAGE_CACHE);
		/* Of a private mapping. */
		put(PAGE_MAPPING, 8, FILE_MAPPING + 1);
		assert_int_equal(parse(true).kind, MCD_PIN_HUGETLB);
		assert_true(parse(true).is_anon);
		put(PAGE_MAPPING, 8, FILE_MAPPING);
		put(table[i].at, 4, table[i].no);
		assert_int_equal(parse(true).kind, MCD_PIN_PAGE_CACHE);
		memset(page, 0, sizeof(page));
	}
}

/* ---- numbers ---- */

static void make_head(void)
{
	put(PAGE_FLAGS, 8, PG_HEAD | PG_LRU);
	put(PAGE_MAPPING, 8, FILE_MAPPING);
	put(PAGE_OWNER, 8, MEMCG);
	put(64 + PAGE_HEAD, 8, PAGE_AT(64) + 1);
}

static void orders(void **state)
{
	static const struct fake_row nr_pages[] = { FAKE_MEMBER(folio, _nr_pages, 120, 4) };
	static const struct fake_row folio_nr[] = { FAKE_MEMBER(folio, _folio_nr_pages, 96, 4) };
	static const struct fake_row nothing[] = { FAKE_STRUCT(page, 64) };
	static const struct {
		struct fake_rows rows;
		size_t at, size;
		uint64_t value, nr_pages;
	} table[] = {
		{ FAKE_ROWS(nothing), PAGE_ORDER, 1, 9, 512 },
		{ FAKE_ROWS(nothing), PAGE_ORDER, 1, 0, 1 },
		{ FAKE_ROWS(nothing), PAGE_ORDER, 1, 0xff, 1 },
		{ FAKE_ROWS(folio_nr), 96, 4, 4, 4 },
		{ FAKE_ROWS(folio_nr), 96, 4, 1 << 18, 1 << 18 },
		{ FAKE_ROWS(folio_nr), 96, 4, 0x77777777, 1 },
		{ FAKE_ROWS(nr_pages), 120, 4, 512, 512 },
		{ FAKE_ROWS(nr_pages), 120, 4, 0, 1 },
	};
	size_t nr_tables = unit.fake.nr_tables;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		unit.fake.nr_tables = nr_tables;
		fake_learn(&unit.fake, table[i].rows);
		memset(unit.fake.target.answers, 0, sizeof(unit.fake.target.answers));
		unit.audit.page_form = NULL;
		make_head();
		put(table[i].at, table[i].size, table[i].value);
		assert_int_equal(parse(true).nr_pages, table[i].nr_pages);
		assert_int_equal(parse(true).nr_refs, 1);
		/* The next struct page is lost: so is the number. */
		assert_int_equal(parse(false).nr_pages, 1);
		put(PAGE_FLAGS, 8, PG_LRU);
		assert_int_equal(parse(true).nr_pages, 1);
		memset(page, 0, sizeof(page));
	}
}

/* Up to v5.8 each page of the base size holds a reference; up to v4.3 the order is in lru.prev. */
static void a_reference_for_each(void **state)
{
	static const struct fake_row rows[] = { FAKE_MEMBER(page, mem_cgroup, PAGE_OWNER, 8) };

	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows));
	fake_forget(&unit.fake, M(page, memcg_data));
	make_head();
	put(PAGE_ORDER, 1, 3);
	assert_int_equal(parse(true).nr_pages, 8);
	assert_int_equal(parse(true).nr_refs, 8);

	fake_forget(&unit.fake, M(page, compound_head));
	fake_forget(&unit.fake, M(page, compound_order));
	memset(unit.fake.target.answers, 0, sizeof(unit.fake.target.answers));
	unit.audit.page_form = NULL;
	put(64 + PAGE_LRU + 8, 8, 2);
	assert_int_equal(parse(true).nr_refs, 4);
}

static void one_reference_for_all(void **state)
{
	static const struct fake_row rows[] = {
		FAKE_MEMBER(page, mem_cgroup, PAGE_OWNER, 8),
		FAKE_MEMBER(page, obj_cgroups, PAGE_OWNER, 8),
	};

	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows));
	fake_forget(&unit.fake, M(page, memcg_data));
	make_head();
	put(PAGE_ORDER, 1, 3);
	assert_int_equal(parse(true).nr_refs, 1);
}

/* ---- heads and parts ---- */

static void parts_of_pages(void **state)
{
	(void)state;
	put(PAGE_MAPPING, 8, FILE_MAPPING);
	put(PAGE_OWNER, 8, MEMCG);
	put(PAGE_HEAD, 8, PAGE_AT(63) + 1);
	assert_no_page(false);
	put(PAGE_HEAD, 8, PAGE_AT(63));
	assert_int_equal(parse(false).nr_pages, 1);
}

/* At the begin of a page of struct pages there may be another's head once more. */
static void a_head_that_is_none(void **state)
{
	struct mcd_page_facts facts;

	(void)state;
	make_head();
	put(PAGE_ORDER, 1, 9);
	put(64 + PAGE_HEAD, 8, PAGE_AT(0) + 1);
	assert_no_page(true);
	/* It can only be there. */
	assert_true(mcd_page_parse(form(), PAGE_AT(8), page, true, false, &facts));
	/* And not where the next one is none of its parts. */
	put(64 + PAGE_HEAD, 8, PAGE_AT(0));
	assert_int_equal(parse(true).nr_pages, 512);
}

/* ---- flags ---- */

static void flags_of_pages(void **state)
{
	struct mcd_page_facts facts;

	(void)state;
	put(PAGE_OWNER, 8, MEMCG);
	put(PAGE_MAPPING, 8, FILE_MAPPING);
	put(PAGE_MAPCOUNT, 4, UINT32_MAX);
	facts = parse(false);
	assert_false(facts.is_dirty || facts.is_writeback || facts.is_mlocked || facts.is_mapped ||
		     facts.is_swapcache);
	put(PAGE_FLAGS, 8, PG_DIRTY);
	assert_true(parse(false).is_dirty);
	put(PAGE_FLAGS, 8, PG_WRITEBACK);
	assert_true(parse(false).is_writeback);
	put(PAGE_FLAGS, 8, PG_MLOCKED);
	assert_true(parse(false).is_mlocked);
	put(PAGE_FLAGS, 8, PG_SWAPCACHE); /* PG_checked */
	assert_false(parse(false).is_swapcache);
	put(PAGE_FLAGS, 8, PG_SWAPCACHE | PG_SWAPBACKED);
	assert_true(parse(false).is_swapcache);
}

static void mapped_pages(void **state)
{
	static const struct fake_row rows[] = {
		FAKE_MEMBER(page, compound_mapcount, 20, 4),
		FAKE_MEMBER(folio, _entire_mapcount, 88, 4),
		FAKE_MEMBER(folio, _large_mapcount, 92, 4),
	};
	static const size_t places[] = { PAGE_MAPCOUNT, 64 + 20, 88, 92 };

	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows));
	make_head();
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		put(places[i], 4, UINT32_MAX);
	assert_false(parse(true).is_mapped);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		put(places[i], 4, 0);
		assert_true(parse(true).is_mapped);
		/* What is behind a page that is not a head is another page. */
		put(PAGE_FLAGS, 8, PG_LRU);
		assert_int_equal(parse(true).is_mapped, i == 0);
		put(PAGE_FLAGS, 8, PG_LRU | PG_HEAD);
		put(places[i], 4, UINT32_MAX);
	}
	/* Other words are there in memory of the kernel. */
	put(places[0], 4, 0);
	put(PAGE_OWNER, 8, MEMCG + 2);
	assert_false(parse(true).is_mapped);
}

/* ---- layouts ---- */

static void layouts_that_make_no_sense(void **state)
{
	static const struct fake_row far[] = { FAKE_MEMBER(page, memcg_data, 60, 8) };
	static const struct fake_row large[] = { FAKE_STRUCT(page, 512) };
	static const struct fake_row narrow[] = { FAKE_MEMBER(page, memcg_data, PAGE_OWNER, 4) };
	static const struct fake_row no_order[] = { FAKE_MEMBER(folio, _nr_pages, 126, 4) };
	static const struct fake_row half[] = { FAKE_MEMBER(page, lru, 56, 16) };
	const struct fake_rows bad[] = { FAKE_ROWS(far), FAKE_ROWS(narrow), FAKE_ROWS(half) };
	static const enum mcd_layout_id needed[] = {
		M(page, memcg_data),
		M(page, flags),
		M(page, mapping),
		M(page, lru),
	};
	const struct mcd_page_form *ignored = NULL;
	size_t nr_tables = unit.fake.nr_tables;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		unit.fake.nr_tables = nr_tables;
		fake_learn(&unit.fake, bad[i]);
		memset(unit.fake.target.answers, 0, sizeof(unit.fake.target.answers));
		unit.audit.page_form = NULL;
		assert_int_equal(mcd_page_form_get(&unit.audit, &ignored), MCD_ABSENT);
	}
	unit.fake.nr_tables = nr_tables;
	fake_learn(&unit.fake, FAKE_ROWS(large));
	memset(unit.fake.target.answers, 0, sizeof(unit.fake.target.answers));
	assert_int_equal(mcd_page_form_get(&unit.audit, &ignored), MCD_CORRUPT);
	unit.fake.nr_tables = nr_tables;
	fake_learn(&unit.fake, FAKE_ROWS(no_order));
	memset(unit.fake.target.answers, 0, sizeof(unit.fake.target.answers));
	make_head();
	put(PAGE_ORDER, 1, 2);
	assert_int_equal(parse(true).nr_pages, 4); /* by the next row */
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		unit.fake.nr_forgotten = 0;
		fake_forget(&unit.fake, needed[i]);
		memset(unit.fake.target.answers, 0, sizeof(unit.fake.target.answers));
		unit.audit.page_form = NULL;
		assert_int_equal(mcd_page_form_get(&unit.audit, &ignored), MCD_ABSENT);
	}
}

static void other_words(void **state)
{
	static const struct fake_row rows[] = {
		FAKE_STRUCT(page, 32),
		FAKE_MEMBER(page, flags, 0, 4),
		FAKE_MEMBER(page, mapping, 4, 4),
		FAKE_MEMBER(page, lru, 8, 8),
		FAKE_MEMBER(page, memcg_data, 16, 4),
		FAKE_ENUMERATOR(PG_dirty, 4),
	};
	struct mcd_page_facts facts;

	(void)state;
	audit_unit_exit(&unit);
	audit_unit_init_word(&unit, 4, true);
	fake_learn(&unit.fake, FAKE_ROWS(rows));
	put(0, 4, 1 << 4);
	put(4, 4, 0xc1234561);
	put(16, 4, 0xc2000000);
	assert_int_equal(mcd_page_owner(form(), page), 0xc2000000);
	assert_true(mcd_page_parse(form(), 0xc8000000, page, false, false, &facts));
	assert_int_equal(facts.kind, MCD_PIN_ANON);
	assert_int_equal(facts.mapping, 0xc1234560);
	assert_true(facts.is_dirty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(kinds_with_flags_of_the_owner, start, stop),
		cmocka_unit_test_setup_teardown(kinds_without, start, stop),
		cmocka_unit_test_setup_teardown(a_page_of_a_device, start, stop),
		cmocka_unit_test_setup_teardown(huge_pages, start, stop),
		cmocka_unit_test_setup_teardown(orders, start, stop),
		cmocka_unit_test_setup_teardown(a_reference_for_each, start, stop),
		cmocka_unit_test_setup_teardown(one_reference_for_all, start, stop),
		cmocka_unit_test_setup_teardown(parts_of_pages, start, stop),
		cmocka_unit_test_setup_teardown(a_head_that_is_none, start, stop),
		cmocka_unit_test_setup_teardown(flags_of_pages, start, stop),
		cmocka_unit_test_setup_teardown(mapped_pages, start, stop),
		cmocka_unit_test_setup_teardown(layouts_that_make_no_sense, start, stop),
		cmocka_unit_test_setup_teardown(other_words, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
