// SPDX-License-Identifier: GPL-2.0-or-later
/* Stocks of cpus: one memcg or several, references by page or by place, and what cannot be read. */
#include "audit_unit.h"

enum { STOCK = 0x40 }; /* the per-cpu variable */

static const struct fake_row rows_one[] = {
	FAKE_MEMBER(memcg_stock_pcp, cached, 8, 8),
	FAKE_MEMBER(memcg_stock_pcp, nr_pages, 16, 4),
	FAKE_SYMBOL(memcg_stock, STOCK),
};
/* v7.2: a lock, then bytes, then pointers. */
static const struct fake_row rows_seven[] = {
	FAKE_MEMBER(memcg_stock_pcp, cached, 8, 56),
	FAKE_MEMBER(memcg_stock_pcp, nr_pages, 1, 7),
	FAKE_SYMBOL(memcg_stock, STOCK),
	FAKE_ENUMERATOR(NR_SLAB_RECLAIMABLE_B, 5),
};
static const struct fake_row rows_odd[] = {
	FAKE_MEMBER(memcg_stock_pcp, cached, 8, 0),
	FAKE_MEMBER(memcg_stock_pcp, nr_pages, 16, 4),
	FAKE_SYMBOL(memcg_stock, STOCK),
};
static const struct fake_row row_bytes[] = { FAKE_ENUMERATOR(NR_SLAB_RECLAIMABLE_B, 5) };
static const struct fake_row row_objcg[] = { FAKE_MEMBER(mem_cgroup, objcg, 300, 8) };
static const struct fake_row row_node_objcg[] = { FAKE_MEMBER(mem_cgroup_per_node, objcg, 300, 8) };

static struct audit_unit unit;

static uint64_t stock_of(size_t cpu)
{
	return AUDIT_PERCPU + cpu * FAKE_PAGE_BYTES + STOCK;
}

static void put_one(size_t cpu, uint64_t memcg, uint32_t nr_pages)
{
	fake_u64(&unit.fake, stock_of(cpu) + 8, memcg);
	fake_u32(&unit.fake, stock_of(cpu) + 16, nr_pages);
}

static int start(void **state)
{
	(void)state;
	audit_unit_init(&unit);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	audit_unit_exit(&unit);
	return 0;
}

static void each_page_holds_one(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_one));
	put_one(0, AUDIT_MEMCG(1), 31);
	put_one(1, AUDIT_MEMCG(1), 1);
	assert_int_equal(mcd_pins_stock(&unit.audit), MCD_OK);
	assert_pins(&unit, 1, "stock 31 126976 cpu 0: 31 pages\nstock 1 4096 cpu 5: 1 page\n");
	assert_pins(&unit, 0, "");
	audit_unit_torture(&unit, mcd_pins_stock);
}

/* Up to v5.8 a cpu may name a memcg that it has nothing of. */
static void no_page_holds_none(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_one));
	put_one(0, AUDIT_MEMCG(1), 0);
	put_one(1, 0, 3); /* … or of nobody, which is damage */
	assert_int_equal(mcd_pins_stock(&unit.audit), MCD_OK);
	assert_pins(&unit, 1, "");
}

static void each_place_holds_one(void **state)
{
	static const struct fake_rows signs[] = {
		{ row_bytes, 1 },
		{ row_objcg, 1 },
		{ row_node_objcg, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		if (i) {
			stop(state);
			start(state);
		}
		fake_learn(&unit.fake, FAKE_ROWS(rows_one));
		fake_learn(&unit.fake, signs[i]);
		put_one(0, AUDIT_MEMCG(1), 31);
		put_one(1, AUDIT_MEMCG(2), 0);
		assert_int_equal(mcd_pins_stock(&unit.audit), MCD_OK);
		assert_pins(&unit, 1, "stock 1 126976 cpu 0: 31 pages\n");
		assert_pins(&unit, 2, "stock 1 0 cpu 5: 0 pages\n");
	}
}

static void several_places(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_seven));
	fake_u8(&unit.fake, stock_of(0) + 1 + 2, 63);
	fake_u64(&unit.fake, stock_of(0) + 8 + 2 * 8, AUDIT_MEMCG(3));
	fake_u8(&unit.fake, stock_of(0) + 1 + 6, 255);
	fake_u64(&unit.fake, stock_of(0) + 8 + 6 * 8, AUDIT_MEMCG(4));
	fake_u64(&unit.fake, stock_of(1) + 8, AUDIT_MEMCG(3));
	fake_u64(&unit.fake, stock_of(1) + 8 + 8, 0xdead000000000100);
	assert_int_equal(mcd_pins_stock(&unit.audit), MCD_OK);
	assert_pins(&unit, 3, "stock 1 258048 cpu 0: 63 pages\nstock 1 0 cpu 5: 0 pages\n");
	assert_pins(&unit, 4, "stock 1 1044480 cpu 0: 255 pages\n");
	audit_unit_torture(&unit, mcd_pins_stock);
}

static void a_cpu_that_is_missing(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_one));
	put_one(0, AUDIT_MEMCG(1), 2);
	put_one(1, AUDIT_MEMCG(1), 3);
	fake_hole(&unit.fake, stock_of(0), 24);
	assert_int_equal(mcd_pins_stock(&unit.audit), MCD_OK);
	assert_pins(&unit, 1, "stock 3 12288 cpu 5: 3 pages\n");
	assert_notes(&unit.world,
		     "the stock of cpu 0 is not in the ledger: memcg_stock: no 8 bytes at "
		     "ffff888002000048\n");
}

static void nothing_to_look_at(void **state)
{
	(void)state;
	assert_int_equal(mcd_pins_stock(&unit.audit), MCD_ABSENT);
	fake_learn(&unit.fake, FAKE_ROWS(rows_odd));
	mcd_target_init(&unit.fake.target, unit.fake.target.ops, 8, false, FAKE_PAGE_BYTES);
	assert_int_equal(mcd_pins_stock(&unit.audit), MCD_ABSENT);
	unit.world.possible.known = MCD_UNREADABLE;
	assert_int_equal(mcd_pins_stock(&unit.audit), MCD_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_page_holds_one, start, stop),
		cmocka_unit_test_setup_teardown(no_page_holds_none, start, stop),
		cmocka_unit_test_setup_teardown(each_place_holds_one, start, stop),
		cmocka_unit_test_setup_teardown(several_places, start, stop),
		cmocka_unit_test_setup_teardown(a_cpu_that_is_missing, start, stop),
		cmocka_unit_test_setup_teardown(nothing_to_look_at, start, stop),
	};

	return cmocka_run_group_tests_name("stocks of cpus", tests, NULL, NULL);
}
