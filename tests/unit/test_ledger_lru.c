// SPDX-License-Identifier: GPL-2.0-or-later
/* Pages on the lists of memcgs: by node, by zone, by generation; damaged lists; when it is not worth it. */
#include <string.h>

#include "pages_unit.h"

enum {
	NODEINFO = 256, /* in struct mem_cgroup */
	NODE_BYTES = 512,
	LISTS = 0, /* in struct lruvec, and it at 0 in mem_cgroup_per_node */
	SIZES = 128,
	NR_NODES = 32, /* in PAGES_SYMBOLS */
	GENERATIONS = 256,
	/* So many reads take the time of a scan, but for those that find the lists. */
	BUDGET = PAGES_PER_SECTION / 40 - 2 * 2 * AUDIT_MEMCGS,
};

#define NODE(i, n) (AUDIT_MEMCG(i) + 1024 + (n)*NODE_BYTES)
#define LIST(i, n, list) (NODE(i, n) + LISTS + (list)*16)
#define LINK(pfn) (PAGE_AT(pfn) + PAGE_LRU)

static const struct fake_row rows[] = {
	FAKE_MEMBER(mem_cgroup, nodeinfo, NODEINFO, 0),
	FAKE_MEMBER(mem_cgroup_per_node, lruvec, 0, 120),
	FAKE_MEMBER(mem_cgroup_per_node, lru_zone_size, SIZES, 80),
	FAKE_MEMBER(lruvec, lists, LISTS, 80),
	FAKE_SYMBOL(nr_node_ids, PAGES_SYMBOLS + NR_NODES),
};

static struct audit_unit unit;

/* Empty lists, but of LRU_UNEVICTABLE, whose head is what it was without it. */
static void make_node(size_t i, size_t n)
{
	fake_u64(&unit.fake, AUDIT_MEMCG(i) + NODEINFO + n * 8, NODE(i, n));
	for (size_t list = 0; list < 5; list++)
		fake_list(&unit.fake, LIST(i, n, list), NULL, 0);
}

/* Pages of memcg `i` on a list of its. */
static void add_list(size_t i, uint64_t head, const uint64_t *pfns, size_t nr)
{
	uint64_t links[16];

	assert_true(nr <= ARRAY_SIZE(links));
	for (size_t k = 0; k < nr; k++) {
		links[k] = LINK(pfns[k]);
		pages_unit_charge(&unit, pfns[k], i, PG_LRU, 0xc0);
	}
	fake_list(&unit.fake, head, links, nr);
}

static int start(void **state)
{
	(void)state;
	audit_unit_init(&unit);
	pages_unit_learn(&unit, PAGES_PER_SECTION);
	pages_unit_section(&unit, 0, PAGES_SECTION_FLAGS);
	fake_learn(&unit.fake, FAKE_ROWS(rows));
	fake_u32(&unit.fake, PAGES_SYMBOLS + NR_NODES, 2);
	for (size_t i = 0; i < AUDIT_MEMCGS; i++)
		make_node(i, 0);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	audit_unit_exit(&unit);
	return 0;
}

static void find(void)
{
	audit_unit_again(&unit, UNIT_ARENA_BYTES / 2);
	assert_int_equal(mcd_pages_by_lru(&unit.audit), MCD_OK);
}

/* ---- forms ---- */

static const uint64_t first[] = { 5, 900, 17 }, second[] = { 6 }, third[] = { 300, 301 };

static void by_node(void **state)
{
	(void)state;
	make_node(2, 1);
	add_list(1, LIST(1, 0, 0), first, ARRAY_SIZE(first));
	add_list(1, LIST(1, 0, 4), second, ARRAY_SIZE(second));
	add_list(2, LIST(2, 1, 3), third, ARRAY_SIZE(third));
	pages_unit_charge(&unit, 301, 2, PG_LRU | PG_SWAPBACKED | PG_DIRTY | PG_MLOCKED, 0xd1);
	fake_u32(&unit.fake, PAGE_AT(301) + PAGE_MAPCOUNT, 2);
	find();
	assert_tallies(&unit, 0, "");
	assert_tallies(&unit, 1, "page-cache 4 4 of c0\n");
	assert_tallies(&unit, 2,
		       "anon 1 1 of d0 dirty 1 mapped 1 mlocked 1\npage-cache 1 1 of c0\n");
	assert_false(unit.audit.has_scanned);
	assert_notes(&unit.world, "");
	/* Without CONFIG_NUMA there is one node; a number of them that cannot be is not believed. */
	fake_u32(&unit.fake, PAGES_SYMBOLS + NR_NODES, UINT32_MAX);
	find();
	assert_tallies(&unit, 1, "page-cache 4 4 of c0\n");
	assert_tallies(&unit, 2, "");
}

/* Up to v4.7; two zones. */
static void by_zone(void **state)
{
	static const struct fake_row zones[] = {
		FAKE_MEMBER(mem_cgroup_per_node, zoneinfo, 0, 2 * 160),
		FAKE_STRUCT(mem_cgroup_per_zone, 160),
		FAKE_MEMBER(mem_cgroup_per_zone, lruvec, 0, 80),
		FAKE_MEMBER(mem_cgroup_per_zone, lru_size, 80, 40),
	};

	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(zones));
	fake_forget(&unit.fake, M(mem_cgroup_per_node, lruvec));
	fake_forget(&unit.fake, M(mem_cgroup_per_node, lru_zone_size));
	for (size_t i = 0; i < AUDIT_MEMCGS; i++)
		for (size_t list = 0; list < 5; list++)
			fake_list(&unit.fake, NODE(i, 0) + 160 + list * 16, NULL, 0);
	add_list(1, LIST(1, 0, 1), first, ARRAY_SIZE(first));
	add_list(1, NODE(1, 0) + 160 + 2 * 16, third, ARRAY_SIZE(third));
	find();
	assert_tallies(&unit, 1, "page-cache 5 5 of c0\n");
	assert_false(unit.audit.has_scanned);
	/* Their own count says that it is too much. */
	fake_u64(&unit.fake, NODE(1, 0) + 160 + 80, PAGES_PER_SECTION);
	find();
	assert_true(unit.audit.has_scanned);
	assert_tallies(&unit, 1, "page-cache 5 5 of c0\n");
}

/* CONFIG_LRU_GEN, and a list of the unevictable that has a poisoned head. */
static void by_generation(void **state)
{
	static const struct fake_row folio[] = {
		FAKE_MEMBER(lruvec, lrugen, GENERATIONS, 100),
		FAKE_MEMBER(lru_gen_folio, folios, 16, 48),
		FAKE_MEMBER(folio, mlock_count, 16, 4),
	};
	static const struct fake_row old[] = {
		FAKE_MEMBER(lruvec, lrugen, GENERATIONS, 100),
		FAKE_MEMBER(lru_gen_struct, folios, 16, 48),
	};
	const struct fake_rows forms[] = { FAKE_ROWS(folio), FAKE_ROWS(old) };
	size_t nr_tables = unit.fake.nr_tables;

	(void)state;
	for (size_t i = 0; i < AUDIT_MEMCGS; i++)
		for (size_t list = 0; list < 3; list++)
			fake_list(&unit.fake, NODE(i, 0) + GENERATIONS + 16 + list * 16, NULL, 0);
	add_list(1, NODE(1, 0) + GENERATIONS + 16 + 32, first, ARRAY_SIZE(first));
	add_list(1, LIST(1, 0, 1), third, ARRAY_SIZE(third));
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		unit.fake.nr_tables = nr_tables;
		fake_learn(&unit.fake, forms[i]);
		memset(unit.fake.target.answers, 0, sizeof(unit.fake.target.answers));
		if (i == 0) {
			fake_u64(&unit.fake, LIST(1, 0, 4), 0xdead000000000100);
			fake_u64(&unit.fake, LIST(1, 0, 4) + 8, 0xdead000000000122);
		} else {
			fake_list(&unit.fake, LIST(1, 0, 4), NULL, 0);
		}
		find();
		assert_tallies(&unit, 1, "page-cache 5 5 of c0\n");
		assert_notes(&unit.world, "");
	}
}

/* As they were at first: the lists that are known are not all. */
static void by_generation_elsewhere(void **state)
{
	static const struct fake_row old[] = { FAKE_MEMBER(lruvec, lrugen, GENERATIONS, 100) };

	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(old));
	add_list(1, LIST(1, 0, 1), third, ARRAY_SIZE(third));
	pages_unit_charge(&unit, 4000, 1, PG_LRU, 0xc0);
	find();
	assert_true(unit.audit.has_scanned);
	assert_tallies(&unit, 1, "page-cache 3 3 of c0\n");
}

static void large_pages(void **state)
{
	static const uint64_t heads[] = { 64, 128 };

	(void)state;
	add_list(1, LIST(1, 0, 1), heads, ARRAY_SIZE(heads));
	pages_unit_charge_large(&unit, 64, 1, 4);
	fake_u64(&unit.fake, PAGE_AT(64) + PAGE_LRU, LINK(128)); /* which it wrote over */
	find();
	assert_tallies(&unit, 1, "anon 1 16 of 0\npage-cache 1 1 of c0\n");
}

/* ---- what is not there ---- */

static void pages_of_others(void **state)
{
	(void)state;
	add_list(1, LIST(1, 0, 0), first, ARRAY_SIZE(first));
	fake_u64(&unit.fake, PAGE_AT(900) + PAGE_OWNER, AUDIT_MEMCG(2));
	find();
	assert_tallies(&unit, 1, "page-cache 2 2 of c0\n");
	assert_tallies(&unit, 2, "");
	assert_notes(&unit.world, "");
	fake_u64(&unit.fake, PAGE_AT(17) + PAGE_OWNER, AUDIT_MEMCG(1) + 1);
	find();
	assert_tallies(&unit, 1, "page-cache 1 1 of c0\n");
}

static void nodes_that_are_lost(void **state)
{
	(void)state;
	add_list(1, LIST(1, 0, 0), first, ARRAY_SIZE(first));
	add_list(3, LIST(3, 0, 0), third, ARRAY_SIZE(third));
	fake_hole(&unit.fake, NODE(1, 0), 8);
	fake_hole(&unit.fake, AUDIT_MEMCG(2) + NODEINFO, 8);
	find();
	assert_tallies(&unit, 1, "");
	assert_tallies(&unit, 3, "page-cache 2 2 of c0\n");
	assert_notes(&unit.world, "lists of pages: 2 are not in the dump\n");
}

static void types_that_do_not_tell(void **state)
{
	static const enum mcd_layout_id needed[] = {
		M(mem_cgroup, nodeinfo),
		M(mem_cgroup_per_node, lruvec),
		M(lruvec, lists),
	};

	(void)state;
	add_list(1, LIST(1, 0, 0), first, ARRAY_SIZE(first));
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		unit.fake.nr_forgotten = 0;
		fake_forget(&unit.fake, needed[i]);
		memset(unit.fake.target.answers, 0, sizeof(unit.fake.target.answers));
		find();
		assert_true(unit.audit.has_scanned);
		assert_tallies(&unit, 1, "page-cache 3 3 of c0\n");
	}
}

static void layouts_that_make_no_sense(void **state)
{
	static const struct fake_row huge[] = {
		FAKE_MEMBER(mem_cgroup_per_node, lru_zone_size, SIZES, UINT64_C(1) << 40),
	};
	static const struct fake_row far[] = { FAKE_MEMBER(lruvec, lists, UINT64_MAX - 8, 80) };
	const struct fake_rows bad[] = { FAKE_ROWS(huge), FAKE_ROWS(far) };
	size_t nr_tables = unit.fake.nr_tables;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		unit.fake.nr_tables = nr_tables;
		fake_learn(&unit.fake, bad[i]);
		memset(unit.fake.target.answers, 0, sizeof(unit.fake.target.answers));
		audit_unit_again(&unit, UNIT_ARENA_BYTES / 2);
		assert_int_equal(mcd_pages_by_lru(&unit.audit), MCD_CORRUPT);
	}
}

/* ---- damaged lists ---- */

static const uint64_t many[] = { 100, 101, 102, 103, 104, 105, 106, 107 };

static void damage(const char *expected, const char *notes)
{
	find();
	assert_tallies(&unit, 1, expected);
	assert_notes(&unit.world, notes);
}

#define DAMAGED "lists of pages: 1 of 1 are damaged\n"

static void broken_lists(void **state)
{
	static const struct {
		uint64_t pfn;
		size_t link; /* 0: next, 8: prev */
		uint64_t value;
		const char *found, *notes;
	} table[] = {
		/* From both ends to the break, which costs what it is in. */
		{ 103, 0, 0, "page-cache 8 8 of c0\n", DAMAGED },
		{ 103, 8, 0, "page-cache 8 8 of c0\n", DAMAGED },
		{ 103, 0, 0xffff123456789abc, "page-cache 8 8 of c0\n", DAMAGED },
		{ 103, 8, 0xffff123456789abc, "page-cache 8 8 of c0\n", DAMAGED },
		/* Loops: back to the begin, to itself. */
		{ 103, 0, LINK(100), "page-cache 8 8 of c0\n", DAMAGED },
		{ 103, 0, LINK(103), "page-cache 8 8 of c0\n", DAMAGED },
		{ 107, 0, LINK(104), "page-cache 8 8 of c0\n", DAMAGED },
		{ 100, 8, LINK(107), "page-cache 8 8 of c0\n", DAMAGED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		add_list(1, LIST(1, 0, 0), many, ARRAY_SIZE(many));
		fake_u64(&unit.fake, LINK(table[i].pfn) + table[i].link, table[i].value);
		damage(table[i].found, table[i].notes);
	}
}

static void lost_pages(void **state)
{
	(void)state;
	add_list(1, LIST(1, 0, 0), many, ARRAY_SIZE(many));
	fake_hole(&unit.fake, PAGE_AT(103), 64);
	damage("page-cache 7 7 of c0\n", DAMAGED);
	fake_hole(&unit.fake, PAGE_AT(106), 64);
	damage("page-cache 4 4 of c0\n", DAMAGED);
}

static void heads_that_lead_nowhere(void **state)
{
	static const uint64_t wild[] = { 8, 0xdead000000000100, UINT64_MAX, 0xffff888000000000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wild); i++) {
		add_list(1, LIST(1, 0, 0), first, ARRAY_SIZE(first));
		fake_u64(&unit.fake, LIST(1, 0, 0), wild[i]);
		damage("page-cache 3 3 of c0\n", DAMAGED);
		fake_u64(&unit.fake, LIST(1, 0, 0) + 8, wild[i]);
		damage("", DAMAGED);
	}
	/* Never initialised. */
	fake_u64(&unit.fake, LIST(1, 0, 0), 0);
	damage("", "");
}

/* ---- when it is not worth it ---- */

static void too_many_pages(void **state)
{
	(void)state;
	add_list(1, LIST(1, 0, 0), first, ARRAY_SIZE(first));
	pages_unit_charge(&unit, 4000, 1, 0, 0xc0); /* is on no list */
	fake_u64(&unit.fake, NODE(1, 0) + SIZES, BUDGET);
	find();
	assert_tallies(&unit, 1, "page-cache 3 3 of c0\n");
	fake_u64(&unit.fake, NODE(1, 0) + SIZES + 8, 1);
	find();
	assert_tallies(&unit, 1, "page-cache 4 4 of c0\n");
	/* What is below zero, or cannot be, is none. */
	fake_u64(&unit.fake, NODE(1, 0) + SIZES + 8, UINT64_MAX);
	fake_u64(&unit.fake, NODE(2, 0) + SIZES + 8, INT64_MAX);
	find();
	assert_tallies(&unit, 1, "page-cache 3 3 of c0\n");
}

/* The sizes said otherwise: it is left off on the way. */
static void more_than_the_sizes_said(void **state)
{
	enum { NR = 200 };
	uint64_t links[NR];

	(void)state;
	for (uint64_t i = 0; i < NR; i++) {
		links[i] = LINK(2 * i);
		pages_unit_charge(&unit, 2 * i, 1, PG_LRU, 0xc0);
	}
	fake_list(&unit.fake, LIST(1, 0, 0), links, NR);
	pages_unit_charge(&unit, 4000, 1, 0, 0xc0);
	find();
	assert_true(unit.audit.has_scanned);
	assert_tallies(&unit, 1, "page-cache 201 201 of c0\n");
	/* All the same where there is nothing to scan. */
	fake_forget(&unit.fake, SYM(max_pfn));
	memset(unit.fake.target.answers, 0, sizeof(unit.fake.target.answers));
	find();
	assert_tallies(&unit, 1, "page-cache 200 200 of c0\n");
}

/* Without a page on any of them. */
static void too_many_lists(void **state)
{
	(void)state;
	pages_unit_charge(&unit, 4000, 1, 0, 0xc0);
	fake_u32(&unit.fake, PAGES_SYMBOLS + NR_NODES, 8);
	find();
	assert_tallies(&unit, 1, "");
	fake_u32(&unit.fake, PAGES_SYMBOLS + NR_NODES, 9);
	find();
	assert_tallies(&unit, 1, "page-cache 1 1 of c0\n");
}

static void a_scan_is_to_come(void **state)
{
	(void)state;
	add_list(1, LIST(1, 0, 0), first, ARRAY_SIZE(first));
	audit_unit_again(&unit, UNIT_ARENA_BYTES / 2);
	unit.audit.wants |= MCD_AUDIT_SCAN;
	assert_int_equal(mcd_pages_by_lru(&unit.audit), MCD_OK);
	assert_tallies(&unit, 1, "");
	assert_int_equal(unit.fake.nr_reads, 0);
}

static enum mcd_status collect(struct mcd_audit *audit)
{
	enum mcd_status status = mcd_pages_by_lru(audit);

	for (size_t i = 0; i < audit->nr; i++)
		audit->accounts[i].nr_refs = audit->accounts[i].nr_page_refs;
	return status;
}

static void torture(void **state)
{
	(void)state;
	make_node(2, 1);
	add_list(1, LIST(1, 0, 0), first, ARRAY_SIZE(first));
	add_list(2, LIST(2, 1, 3), third, ARRAY_SIZE(third));
	add_list(3, LIST(3, 0, 2), many, ARRAY_SIZE(many));
	audit_unit_torture(&unit, collect);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(by_node, start, stop),
		cmocka_unit_test_setup_teardown(by_zone, start, stop),
		cmocka_unit_test_setup_teardown(by_generation, start, stop),
		cmocka_unit_test_setup_teardown(by_generation_elsewhere, start, stop),
		cmocka_unit_test_setup_teardown(large_pages, start, stop),
		cmocka_unit_test_setup_teardown(pages_of_others, start, stop),
		cmocka_unit_test_setup_teardown(nodes_that_are_lost, start, stop),
		cmocka_unit_test_setup_teardown(types_that_do_not_tell, start, stop),
		cmocka_unit_test_setup_teardown(layouts_that_make_no_sense, start, stop),
		cmocka_unit_test_setup_teardown(broken_lists, start, stop),
		cmocka_unit_test_setup_teardown(lost_pages, start, stop),
		cmocka_unit_test_setup_teardown(heads_that_lead_nowhere, start, stop),
		cmocka_unit_test_setup_teardown(too_many_pages, start, stop),
		cmocka_unit_test_setup_teardown(more_than_the_sizes_said, start, stop),
		cmocka_unit_test_setup_teardown(too_many_lists, start, stop),
		cmocka_unit_test_setup_teardown(a_scan_is_to_come, start, stop),
		cmocka_unit_test_setup_teardown(torture, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
