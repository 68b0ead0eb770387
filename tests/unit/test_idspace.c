// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who has the ids, from a fake kernel to the lines of -i and -j -i: each table that ends the supply of
 * memcgs, full ones, and those that are not in the dump.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_61.h"
#include "unit.h"

#define SUBSYS UINT64_C(0xffffffff82100000)
#define HIERARCHY UINT64_C(0xffffffff82110000)
#define TABLE UINT64_C(0xffffffff82120000) /* of memcg ids */
#define CSS_LEAF UINT64_C(0xffff888020000000)
#define IDS UINT64_C(0xffff888030000000)

/* The nodes of a table for 16 bits: one above 16 above 1024. */
enum {
	SLOTS = 64,
	NR_BRANCHES = 16,
	NR_LEAVES = 1024,
	NR_NODES = 1 + NR_BRANCHES + NR_LEAVES,
	NODE_BYTES = 1024,
	ZERO_ENTRY = 257 << 2 | 2,
	CSS_IDR = 176,
};

static const struct fake_row rows[] = {
	FAKE_SYMBOL(memory_cgrp_subsys, SUBSYS),
	FAKE_MEMBER(cgroup_subsys, css_idr, CSS_IDR, 24),
	FAKE_MEMBER(cgroup_subsys, root, 8, 8),
	FAKE_MEMBER(cgroup_root, nr_cgrps, 16, 4),
	FAKE_MEMBER(cgroup, nr_descendants, 284, 4),
	FAKE_MEMBER(idr, idr_rt, 0, 16),
	FAKE_MEMBER(xarray, xa_head, 8, 8),
	FAKE_MEMBER(xa_node, shift, 0, 1),
	FAKE_MEMBER(xa_node, slots, 40, 512),
	FAKE_MEMBER(xa_node, marks, 552, 24),
};
static const struct fake_row rows_private_ids[] = {
	FAKE_SYMBOL(mem_cgroup_private_ids, TABLE),
};
static const struct fake_row rows_ids[] = {
	FAKE_SYMBOL(mem_cgroup_ids, TABLE),
};
static const struct fake_row rows_idr_lock[] = {
	FAKE_SYMBOL(mem_cgroup_idr, TABLE),
	FAKE_SYMBOL(memcg_idr_lock, TABLE + 64),
};
/* MEMCG_KMEM is of every fake 6.1 kernel. */
static const struct fake_row rows_idr[] = {
	FAKE_SYMBOL(mem_cgroup_idr, TABLE),
};
static const struct fake_row rows_idr_objcg[] = {
	FAKE_SYMBOL(mem_cgroup_idr, TABLE),
	FAKE_STRUCT(obj_cgroup, 64),
};

/* One of each state. */
static const struct k61_group groups[] = {
	K61_ROOT_GROUP,
	{ .name = "live", .flags = K61_ONLINE, .id = 2, .serial = 2, .ref_mode = K61_REF_PERCPU },
	{ .name = "dying", .flags = K61_ONLINE | K61_DYING, .id = 3, .serial = 3, .refs = 1 },
	{ .name = "swapped", .flags = K61_DYING, .id = 4, .serial = 4, .swap_id = 9, .refs = 1 },
	{ .name = "dead", .flags = K61_DYING, .id = 5, .serial = 5, .refs = 1 },
	{ .name = "freed", .flags = K61_DYING | K61_RELEASED, .id = 6, .serial = 6 },
};
enum { NR_GROUPS = ARRAY_SIZE(groups), SWAPPED = 3 };

/* ---- tables ---- */

static uint64_t leaf_of(uint64_t id)
{
	return IDS + (1 + NR_BRANCHES + id / SLOTS) * NODE_BYTES;
}

static void put_slot(struct fake_target *fake, uint64_t node, uint64_t slot, uint64_t entry)
{
	fake_u64(fake, fake_at(fake, node, M(xa_node, slots)) + 8 * slot, entry);
}

/* All ids are free: an idr marks them so. */
static void put_tree(struct fake_target *fake)
{
	fake_map(fake, TABLE, FAKE_PAGE_BYTES);
	fake_map(fake, IDS, (size_t)NR_NODES * NODE_BYTES);
	fake_put(fake, TABLE, M(xarray, xa_head), IDS + 2);
	fake_put(fake, IDS, M(xa_node, shift), 12);
	for (uint64_t i = 0; i < NR_BRANCHES; i++) {
		put_slot(fake, IDS, i, IDS + (1 + i) * NODE_BYTES + 2);
		fake_put(fake, IDS + (1 + i) * NODE_BYTES, M(xa_node, shift), 6);
	}
	for (uint64_t i = 0; i < NR_LEAVES; i++) {
		put_slot(fake, IDS + (1 + i / SLOTS) * NODE_BYTES, i % SLOTS,
			 leaf_of(i * SLOTS) + 2);
		fake_u64(fake, fake_at(fake, leaf_of(i * SLOTS), M(xa_node, marks)), ~UINT64_C(0));
	}
}

/* An entry of 0 is an id that is given out without a memcg: an xarray has an entry for that. */
static void give(struct fake_target *fake, bool is_xarray, uint64_t id, uint64_t entry)
{
	uint64_t marks = fake_at(fake, leaf_of(id), M(xa_node, marks)), word = 0;

	if (is_xarray) {
		put_slot(fake, leaf_of(id), id % SLOTS, entry ? entry : ZERO_ENTRY);
		return;
	}
	assert_int_equal(mcd_read_uint(&fake->target, marks, 8, "marks", &word), MCD_OK);
	fake_u64(fake, marks, word & ~(UINT64_C(1) << id % SLOTS));
	put_slot(fake, leaf_of(id), id % SLOTS, entry);
}

/* The groups' own: 1 to 3 for what is not offline, 9 for what is in swap; and 0, which is nobody's. */
static void give_own(struct fake_target *fake, bool is_xarray)
{
	for (uint64_t i = 0; i < SWAPPED; i++)
		give(fake, is_xarray, i + 1, k61_memcg(i));
	give(fake, is_xarray, 9, k61_memcg(SWAPPED));
	if (is_xarray)
		give(fake, true, 0, 0);
}

static void put_css_ids(struct fake_target *fake)
{
	fake_map(fake, SUBSYS, FAKE_PAGE_BYTES);
	fake_map(fake, HIERARCHY, FAKE_PAGE_BYTES);
	fake_map(fake, CSS_LEAF, FAKE_PAGE_BYTES);
	fake_put(fake, SUBSYS, M(cgroup_subsys, root), HIERARCHY);
	fake_put(fake, HIERARCHY, M(cgroup_root, nr_cgrps), 7);
	fake_put(fake, k61_cgroup(0), M(cgroup, nr_descendants), 1);
	fake_put(fake, SUBSYS + CSS_IDR, M(xarray, xa_head), CSS_LEAF + 2);
	/* id 7 is given out to what is being made */
	fake_u64(fake, fake_at(fake, CSS_LEAF, M(xa_node, marks)), ~UINT64_C(0xfe));
	for (size_t i = 0; i < NR_GROUPS; i++)
		put_slot(fake, CSS_LEAF, i + 1, k61_memcg(i));
}

struct kernel {
	const char *name;
	struct fake_rows rows;
	bool is_xarray, lacks_kmem_stat;
	const char *limit, *refusal;
};
static const struct kernel kernels[] = {
	{ "since 7.0",
	  { rows_private_ids, ARRAY_SIZE(rows_private_ids) },
	  true,
	  false,
	  "65535",
	  "EBUSY" },
	{ "since 6.12", { rows_ids, ARRAY_SIZE(rows_ids) }, true, false, "65535", "EBUSY" },
	{ "a stable one with a lock",
	  { rows_idr_lock, ARRAY_SIZE(rows_idr_lock) },
	  false,
	  true,
	  "65535",
	  "ENOSPC" },
	{ "since 5.18", { rows_idr, ARRAY_SIZE(rows_idr) }, false, false, "65535", "ENOSPC" },
	{ "since 5.9",
	  { rows_idr_objcg, ARRAY_SIZE(rows_idr_objcg) },
	  false,
	  true,
	  "65534",
	  "ENOSPC" },
	{ "since 4.8", { rows_idr, ARRAY_SIZE(rows_idr) }, false, true, "65534", "ENOMEM or ENOSPC" },
};

static void init(struct fake_target *fake, const struct kernel *kernel)
{
	const struct k61_config config = { .is_v2 = true };

	k61_init(fake, &config, groups, NR_GROUPS);
	fake_learn(fake, FAKE_ROWS(rows));
	put_css_ids(fake);
	if (!kernel)
		return;
	fake_learn(fake, kernel->rows);
	if (kernel->lacks_kmem_stat)
		fake_forget(fake, ENUM(MEMCG_KMEM));
	put_tree(fake);
	give_own(fake, kernel->is_xarray);
}

/* ---- what is said of them ---- */

#define HEADER "NUMBER  ONLINE  DYING  OFFLINE  RELEASED  UNREADABLE  GONE  LIMIT  OF\n"
#define REST                                                                                  \
	"     6       2      1        2         1           0     -      -  memory cgroups\n" \
	"     2       -      -        -         -           -     -      -  directories\n"    \
	"     7       -      -        -         -           -     -      -  /proc/cgroups\n"

static void tells_who_has_them(void **state)
{
	const struct kernel *kernel = *state;
	char expected[1024];
	struct fake_target fake;

	init(&fake, kernel);
	give(&fake, kernel->is_xarray, 300, 0);
	give(&fake, kernel->is_xarray, 65000, 0xffff888033330000);
	snprintf(expected, sizeof(expected),
		 HEADER
		 "     6       2      1        1         0           0     2  %s  memcg ids\n"
		 "     7       2      1        2         1           0     1      -  css ids\n" REST
		 "%d of %s memcg ids are left\n",
		 kernel->limit, atoi(kernel->limit) - 6, kernel->limit);
	assert_report(&fake, "-i", MCD_OUTCOME_COMPLETE, expected);
	fake_exit(&fake);
}

static void tells_that_none_is_left(void **state)
{
	const struct kernel *kernel = *state;
	static struct run_result result;
	char expected[128];
	struct fake_target fake;
	uint64_t limit = (uint64_t)atoi(kernel->limit);

	init(&fake, kernel);
	for (uint64_t id = 10; id < limit; id++)
		give(&fake, kernel->is_xarray, id, 0);
	for (uint64_t id = 4; id < 9; id++)
		give(&fake, kernel->is_xarray, id, 0);
	run_command(&fake, "-i", &result);
	snprintf(expected, sizeof(expected), "\n1 of %s memcg ids are left\n", kernel->limit);
	assert_non_null(strstr(result.out.text, expected));
	give(&fake, kernel->is_xarray, limit, 0);
	run_command(&fake, "-i", &result);
	snprintf(expected, sizeof(expected), "\nno memcg ids are left: mkdir would return %s\n",
		 kernel->refusal);
	assert_non_null(strstr(result.out.text, expected));
	run_command(&fake, "-j -i", &result);
	snprintf(expected, sizeof(expected), "\"left\":0,\"refusal\":\"%s\"", kernel->refusal);
	assert_non_null(strstr(result.out.text, expected));
	fake_exit(&fake);
}

/* From 3.16 to 4.7: the css ids themselves. */
static void css_ids_may_be_the_limit(void **state)
{
	struct fake_target fake;

	(void)state;
	init(&fake, NULL);
	assert_report(&fake, "-i", MCD_OUTCOME_COMPLETE,
		      HEADER
		      "     7       2      1        2         1           0     1  65535  css "
		      "ids\n" REST "65528 of 65535 css ids are left\n");
	assert_report(&fake, "-i -n 1", MCD_OUTCOME_COMPLETE,
		      HEADER
		      "     7       2      1        2         1           0     1  65535  css "
		      "ids\n(1 of 4 shown)\n65528 of 65535 css ids are left\n");
	fake_exit(&fake);
}

/* The record has the same, and n/a is null. */
static void records_have_the_same(void **state)
{
	static struct run_result result;
	struct fake_target fake;

	(void)state;
	init(&fake, &kernels[1]);
	fake_forget(&fake, M(cgroup_root, nr_cgrps));
	run_command(&fake, "-j -i -n 0", &result);
	assert_non_null(strstr(
		result.out.text,
		"{\"type\":\"ids\",\"tables\":[{\"name\":\"memcg ids\",\"limit\":65535,\"used\":4,"
		"\"online\":2,\"dying\":1,\"offline\":1,\"released\":0,\"unreadable\":0,\"gone\":0}"
		","
		"{\"name\":\"css ids\",\"limit\":null,\"used\":7,\"online\":2,\"dying\":1,"
		"\"offline\":2,\"released\":1,\"unreadable\":0,\"gone\":1}],\"left\":65531,"
		"\"refusal\":\"EBUSY\",\"memcgs\":{\"unreadable\":0,\"online\":2,\"dying\":1,"
		"\"offline\":2,\"released\":1},\"directories\":2,\"cgroups\":null}\n"
		"{\"type\":\"end\",\"complete\":true,"));
	fake_exit(&fake);
}

/* ---- damage ---- */

static void lose_table(struct fake_target *fake)
{
	fake_hole(fake, TABLE, 16);
}

static void lose_leaf(struct fake_target *fake)
{
	fake_hole(fake, leaf_of(640), NODE_BYTES);
}

static void lose_css_leaf(struct fake_target *fake)
{
	fake_hole_page(fake, CSS_LEAF);
}

static void lose_counts(struct fake_target *fake)
{
	fake_hole_page(fake, HIERARCHY);
}

static const struct damage_case {
	const char *name;
	void (*damage)(struct fake_target *fake);
	enum mcd_outcome outcome;
	const char *line; /* of the report */
} damages[] = {
	{ "the table is lost", lose_table, MCD_OUTCOME_PARTIAL, "\nmemcg ids left: unreadable\n" },
	{ "a leaf is lost", lose_leaf, MCD_OUTCOME_PARTIAL, "\nmemcg ids left: unreadable\n" },
	{ "a leaf of css ids is lost", lose_css_leaf, MCD_OUTCOME_PARTIAL,
	  "65531 of 65535 memcg ids are left\n" },
	{ "the count of cgroups is lost", lose_counts, MCD_OUTCOME_COMPLETE,
	  "\nunreadable       -      -        -         -           -     -      -  "
	  "/proc/cgroups\n" },
};

static void damage_is_told(void **state)
{
	const struct damage_case *this_case = *state;
	static struct run_result result;
	struct fake_target fake;

	init(&fake, &kernels[1]);
	this_case->damage(&fake);
	run_command(&fake, "-i", &result);
	assert_int_equal(result.outcome, this_case->outcome);
	assert_non_null(strstr(result.out.text, this_case->line));
	fake_exit(&fake);
}

/* The css ids are the limit, and were walked before: what is lost of them is told all the same. */
static void damage_of_the_first_walk_is_remembered(void **state)
{
	static struct run_result result;
	struct fake_target fake;

	(void)state;
	init(&fake, NULL);
	lose_css_leaf(&fake);
	run_command(&fake, "-i", &result);
	assert_int_equal(result.outcome, MCD_OUTCOME_PARTIAL);
	assert_non_null(strstr(result.out.text, "\ncss ids left: unreadable\n"));
	fake_exit(&fake);
}

/* A part of the ids would look like ids that are left. */
static void an_interrupted_count_is_none(void **state)
{
	static struct run_result result;
	struct fake_target fake;
	bool is_told = false;

	(void)state;
	for (uint64_t at = 1; at < 5000; at += 7) {
		init(&fake, &kernels[1]);
		fake.interrupt_at = at;
		run_command(&fake, "-i", &result);
		fake_exit(&fake);
		if (result.outcome == MCD_OUTCOME_COMPLETE)
			break;
		assert_int_equal(result.outcome, MCD_OUTCOME_PARTIAL);
		assert_null(strstr(result.out.text, "left"));
		if (!strstr(result.said.text, "the ids were not counted"))
			continue;
		is_told = true;
		assert_string_equal(result.out.text, "the ids were not looked at\n");
	}
	assert_true(is_told);
	assert_int_equal(result.outcome, MCD_OUTCOME_COMPLETE);
}

int main(void)
{
	enum { NR = ARRAY_SIZE(kernels), NR_DAMAGES = ARRAY_SIZE(damages), NR_OTHERS = 4 };
	struct CMUnitTest tests[NR_OTHERS + 2 * NR + NR_DAMAGES] = {
		cmocka_unit_test(css_ids_may_be_the_limit),
		cmocka_unit_test(records_have_the_same),
		cmocka_unit_test(damage_of_the_first_walk_is_remembered),
		cmocka_unit_test(an_interrupted_count_is_none),
	};
	struct CMUnitTest *test = &tests[NR_OTHERS];

	for (size_t i = 0; i < NR; i++) {
		*test++ = (struct CMUnitTest){ kernels[i].name, tells_who_has_them, NULL, NULL,
					       (void *)&kernels[i] };
		*test++ = (struct CMUnitTest){ kernels[i].name, tells_that_none_is_left, NULL, NULL,
					       (void *)&kernels[i] };
	}
	for (size_t i = 0; i < NR_DAMAGES; i++)
		*test++ = (struct CMUnitTest){ damages[i].name, damage_is_told, NULL, NULL,
					       (void *)&damages[i] };
	return cmocka_run_group_tests_name("ids of memory cgroups", tests, NULL, NULL);
}
