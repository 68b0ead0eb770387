// SPDX-License-Identifier: GPL-2.0-or-later
/* What is made for a memcg and holds it: slab caches, BPF maps; and children that are in no tree. */
#include <string.h>

#include "audit_unit.h"

#define OBJECTS UINT64_C(0xffff888003000000)
#define OBJECT(i) (OBJECTS + (i)*0x100)
#define SYMBOLS UINT64_C(0xffffffff82000000)
#define NODE (OBJECTS + 0x2000)
enum { PARAMS = 184, NR_PAGES = 40, SLOTS = 40, RES = 200, PARENT = 16, MAP_ID = 48 };

static struct audit_unit unit;

static int start(void **state)
{
	(void)state;
	audit_unit_init(&unit);
	fake_map(&unit.fake, OBJECTS, 4 * FAKE_PAGE_BYTES);
	fake_map(&unit.fake, SYMBOLS, FAKE_PAGE_BYTES);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	audit_unit_exit(&unit);
	return 0;
}

/* ---- slab caches ---- */

static const struct fake_row rows_caches[] = {
	FAKE_MEMBER(kmem_cache, memcg_params, PARAMS, 8),
	FAKE_MEMBER(memcg_cache_params, nr_pages, NR_PAGES, 4),
};

static void put_caches(void)
{
	static struct mcd_text names[] = {
		{ MCD_KNOWN, "dentry(3:a)" },
		{ MCD_UNREADABLE, NULL },
		{ MCD_KNOWN, "lost(3:a)" },
	};
	static const uint64_t addrs[] = { OBJECT(0), OBJECT(1), 0 };

	fake_u64(&unit.fake, OBJECT(0) + PARAMS, OBJECT(2));
	fake_u32(&unit.fake, OBJECT(2) + NR_PAGES, 7);
	fake_u64(&unit.fake, OBJECT(1) + PARAMS, 0xdead000000000100);
	unit.memcgs[1].caches = names;
	unit.memcgs[1].cache_addrs = addrs;
	unit.memcgs[1].nr_caches = ARRAY_SIZE(names);
}

static void each_cache_holds_one(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_caches));
	put_caches();
	assert_int_equal(mcd_pins_slab_cache(&unit.audit), MCD_OK);
	assert_pins(&unit, 1,
		    "slab-cache 1 28672 dentry(3:a)\n"
		    "slab-cache 1 - name unreadable\n"
		    "slab-cache 1 - lost(3:a)\n");
	audit_unit_torture(&unit, mcd_pins_slab_cache);
}

/* Since v3.19 a cache does not count pages, and holds nothing. */
static void caches_that_hold_none(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_caches));
	fake_forget(&unit.fake, M(memcg_cache_params, nr_pages));
	put_caches();
	assert_int_equal(mcd_pins_slab_cache(&unit.audit), MCD_OK);
	assert_pins(&unit, 1, "");
}

/* ---- BPF maps ---- */

static const struct fake_row rows_maps[] = {
	FAKE_SYMBOL(map_idr, SYMBOLS),		 FAKE_MEMBER(idr, idr_rt, 0, 16),
	FAKE_MEMBER(xarray, xa_head, 8, 8),	 FAKE_MEMBER(xa_node, shift, 0, 1),
	FAKE_MEMBER(xa_node, slots, SLOTS, 512), FAKE_MEMBER(bpf_map, map_type, 24, 4),
	FAKE_MEMBER(bpf_map, memcg, 56, 8),	 FAKE_MEMBER(bpf_map, name, 64, 16),
};

static void put_map(size_t slot, uint32_t type, uint64_t memcg, const char *name)
{
	fake_u64(&unit.fake, NODE + SLOTS + slot * 8, OBJECT(slot));
	fake_u32(&unit.fake, OBJECT(slot) + 24, type);
	fake_u64(&unit.fake, OBJECT(slot) + 56, memcg);
	fake_text(&unit.fake, OBJECT(slot) + 64, name);
}

static void put_maps(void)
{
	fake_learn(&unit.fake, FAKE_ROWS(rows_maps));
	fake_u64(&unit.fake, SYMBOLS + 8, NODE + 2);
	put_map(1, 1, AUDIT_MEMCG(1), "fifteen_letters");
	put_map(2, 27, AUDIT_MEMCG(1), "");
	put_map(3, 0, AUDIT_MEMCG(2), "a");
	put_map(4, 31, AUDIT_MEMCG(2), "b");
	put_map(5, 2, 0xffff888001999000, "of nobody who is audited");
}

static void each_map_holds_one(void **state)
{
	(void)state;
	put_maps();
	assert_int_equal(mcd_pins_bpf_map(&unit.audit), MCD_OK);
	assert_pins(&unit, 1,
		    "bpf-map 1 - map 1 fifteen_letters, hash\n"
		    "bpf-map 1 - map 2, ringbuf\n");
	assert_pins(&unit, 2,
		    "bpf-map 1 - map 3 a, of unknown type\n"
		    "bpf-map 1 - map 4 b, of unknown type\n");
	audit_unit_torture(&unit, mcd_pins_bpf_map);
}

static void maps_that_are_missing(void **state)
{
	char name[129];

	(void)state;
	put_maps();
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	fake_hole(&unit.fake, OBJECT(2), 0x100);
	fake_text(&unit.fake, OBJECT(4) + 64, name); /* without an end */
	assert_int_equal(mcd_pins_bpf_map(&unit.audit), MCD_OK);
	assert_pins(&unit, 1, "bpf-map 1 - map 1 fifteen_letters, hash\n");
	assert_pins(&unit, 2,
		    "bpf-map 1 - map 3 a, of unknown type\n"
		    "bpf-map 1 - map 4, of unknown type\n");
	assert_notes(&unit.world, "bpf map 2: bpf_map.memcg: no 8 bytes at ffff888003000238\n");
}

static void kernels_without_maps(void **state)
{
	(void)state;
	put_maps();
	fake_forget(&unit.fake, M(xa_node, slots));
	assert_int_equal(mcd_pins_bpf_map(&unit.audit), MCD_ABSENT);
	assert_string_equal(unit.fake.target.error.text, "map_idr is of no known form");
	audit_unit_exit(&unit);
	audit_unit_init(&unit);
	assert_int_equal(mcd_pins_bpf_map(&unit.audit), MCD_ABSENT);
}

/* ---- children ---- */

static const struct fake_row rows_counter[] = {
	FAKE_MEMBER(mem_cgroup, refcnt, 400, 4),
	FAKE_MEMBER(mem_cgroup, res, RES, 56),
	FAKE_MEMBER(res_counter, parent, PARENT, 8),
};
static const struct fake_row rows_parent[] = {
	FAKE_MEMBER(cgroup_subsys_state, parent, PARENT, 8),
};

/* Memcg 1 is above 2 and 3, and itself below one that is not audited. */
static void put_family(uint64_t above, uint64_t offset, uint64_t into_parent)
{
	unit.world.memcgs = unit.memcgs;
	unit.world.nr = AUDIT_MEMCGS;
	for (size_t i = 0; i < AUDIT_MEMCGS; i++)
		unit.memcgs[i].name = (struct mcd_text){ MCD_KNOWN, "child" };
	unit.memcgs[2].path = (struct mcd_text){ MCD_KNOWN, "/a/b" };
	unit.memcgs[3].name.known = MCD_NA;
	unit.memcgs[3].state = MCD_STATE_RELEASED;
	fake_u64(&unit.fake, AUDIT_MEMCG(1) + offset, above);
	fake_u64(&unit.fake, AUDIT_MEMCG(2) + offset, AUDIT_MEMCG(1) + into_parent);
	fake_u64(&unit.fake, AUDIT_MEMCG(3) + offset, AUDIT_MEMCG(1) + into_parent);
}

/* Up to v3.10: what has no reference left holds none. */
static void children_by_counter(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_counter));
	put_family(0xffff888001999000 + RES, RES + PARENT, RES);
	assert_int_equal(mcd_pins_child(&unit.audit), MCD_OK);
	assert_pins(&unit, 1, "child 1 - /a/b (offline)\n");
	assert_pins(&unit, 0, "");
	audit_unit_torture(&unit, mcd_pins_child);
}

/* Since v3.13: until it is freed. */
static void children_by_css(void **state)
{
	(void)state;
	fake_learn(&unit.fake, FAKE_ROWS(rows_parent));
	put_family(0xffff888001999000, PARENT, 0);
	assert_int_equal(mcd_pins_child(&unit.audit), MCD_OK);
	assert_pins(&unit, 1, "child 1 - /a/b (offline)\nchild 1 - name lost (released)\n");
	audit_unit_torture(&unit, mcd_pins_child);
}

/* In between a directory keeps its parent's. */
static void children_that_hold_none(void **state)
{
	(void)state;
	put_family(0, PARENT, 0);
	assert_int_equal(mcd_pins_child(&unit.audit), MCD_OK);
	assert_pins(&unit, 1, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_cache_holds_one), TEST(caches_that_hold_none),
		TEST(each_map_holds_one),   TEST(maps_that_are_missing),
		TEST(kernels_without_maps), TEST(children_by_counter),
		TEST(children_by_css),	    TEST(children_that_hold_none),
	};

	return cmocka_run_group_tests_name("caches, maps and children", tests, NULL, NULL);
}
