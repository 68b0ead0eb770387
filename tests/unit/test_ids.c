// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of css ids in the three forms of an idr, intact and damaged, beside a css tree that is
 * intact or lost; and what the kernel's own counts say of it.
 */

#include "../../src/decode/decode.h"
#include "kernel_61.h"
#include "mcd/world.h"
#include "unit.h"

/* Node 2's id is in another leaf than the others'. */
enum { FAR_ID = 300, NR_GROUPS = 4 };

static const struct k61_group groups[NR_GROUPS] = {
	K61_ROOT_GROUP,
	{ .name = "live", .flags = K61_ONLINE, .id = 2, .serial = 2, .ref_mode = K61_REF_PERCPU },
	{ .name = "far", .id = FAR_ID, .serial = 3 },
	{ .name = "near", .id = 3, .serial = 4 },
};

#define SUBSYS UINT64_C(0xffffffff82100000)
#define NODES UINT64_C(0xffff888020000000)
enum { TOP, NEAR_LEAF, FAR_LEAF, NODE_BYTES = FAKE_PAGE_BYTES, CSS_IDR = 176 };

static const struct fake_row rows_subsys[] = {
	FAKE_SYMBOL(memory_cgrp_subsys, 0xffffffff82100000),
	FAKE_MEMBER(cgroup_subsys, css_idr, CSS_IDR, 24),
	FAKE_MEMBER(cgroup_subsys, id, 148, 4),
	FAKE_MEMBER(cgroup_subsys_state, ss, 8, 8),
	FAKE_MEMBER(cgroup, nr_dying_descendants, 280, 4),
	FAKE_MEMBER(cgroup, nr_dying_subsys, 300, 56),
};

static const struct fake_row rows_layers[] = {
	FAKE_MEMBER(idr, top, 8, 8),
	FAKE_MEMBER(idr_layer, layer, 4, 4),
	FAKE_MEMBER(idr_layer, ary, 8, 2048),
};
static const struct fake_row rows_radix[] = {
	FAKE_MEMBER(idr, idr_rt, 0, 16),
	FAKE_MEMBER(radix_tree_root, rnode, 8, 8),
	FAKE_MEMBER(radix_tree_node, shift, 0, 1),
	FAKE_MEMBER(radix_tree_node, slots, 40, 512),
};
static const struct fake_row rows_xarray[] = {
	FAKE_MEMBER(idr, idr_rt, 0, 16),
	FAKE_MEMBER(xarray, xa_head, 8, 8),
	FAKE_MEMBER(xa_node, shift, 0, 1),
	FAKE_MEMBER(xa_node, slots, 40, 512),
};

struct idr_form {
	struct fake_rows rows;
	enum mcd_layout_id slots, level;
	unsigned int bits;	/* of a node */
	unsigned int top_level; /* what the top node says of itself; leaves say 0 */
	uint64_t tag;		/* in a pointer to a node */
};

static const struct idr_form layers = {
	{ rows_layers, ARRAY_SIZE(rows_layers) }, M(idr_layer, ary), M(idr_layer, layer), 8, 1, 0,
};
static const struct idr_form radix = {
	{ rows_radix, ARRAY_SIZE(rows_radix) },
	M(radix_tree_node, slots),
	M(radix_tree_node, shift),
	6,
	6,
	1,
};
static const struct idr_form xarray = {
	{ rows_xarray, ARRAY_SIZE(rows_xarray) }, M(xa_node, slots), M(xa_node, shift), 6, 6, 2,
};

static uint64_t node_at(size_t i)
{
	return NODES + i * NODE_BYTES;
}

static void put_slot(struct fake_target *fake, const struct idr_form *form, size_t node,
		     size_t slot, uint64_t entry)
{
	fake_word(fake, fake_at(fake, node_at(node), form->slots) + slot * 8, entry);
}

static void put_head(struct fake_target *fake, uint64_t entry)
{
	fake_word(fake, SUBSYS + CSS_IDR + 8, entry);
}

static void put_idr(struct fake_target *fake, const struct idr_form *form)
{
	size_t mask = ((size_t)1 << form->bits) - 1;

	fake_learn(fake, FAKE_ROWS(rows_subsys));
	fake_learn(fake, form->rows);
	fake_map(fake, SUBSYS, FAKE_PAGE_BYTES);
	fake_map(fake, NODES, 3 * NODE_BYTES);
	fake_put(fake, SUBSYS, M(cgroup_subsys, id), 4);
	put_head(fake, node_at(TOP) + form->tag);
	fake_put(fake, node_at(TOP), form->level, form->top_level);
	put_slot(fake, form, TOP, 0, node_at(NEAR_LEAF) + form->tag);
	put_slot(fake, form, TOP, FAR_ID >> form->bits, node_at(FAR_LEAF) + form->tag);
	for (size_t i = 0; i < NR_GROUPS; i++) {
		fake_put(fake, k61_memcg(i), M(cgroup_subsys_state, ss), SUBSYS);
		put_slot(fake, form, groups[i].id == FAR_ID ? FAR_LEAF : NEAR_LEAF,
			 (size_t)groups[i].id & mask, k61_memcg(i));
	}
	fake_put(fake, k61_cgroup(0), M(cgroup, nr_dying_descendants), 3);
	fake_u32(fake, fake_at(fake, k61_cgroup(0), M(cgroup, nr_dying_subsys)) + 4 * 4, 2);
}

/* ---- damage ---- */

/* The tree ends at the root: what else there is, only the ids tell. */
static void lose_tree(struct fake_target *fake)
{
	fake_list(fake, k61_children(0), NULL, 0);
}

static void lose_far_leaf(struct fake_target *fake)
{
	fake_hole_page(fake, node_at(FAR_LEAF));
}

static void lose_top(struct fake_target *fake)
{
	fake_hole_page(fake, node_at(TOP));
}

static void empty(struct fake_target *fake)
{
	put_head(fake, 0);
}

static void circle(struct fake_target *fake)
{
	put_slot(fake, &xarray, TOP, 5, node_at(TOP) + 2);
}

static void share_leaf(struct fake_target *fake)
{
	put_slot(fake, &layers, TOP, 5, node_at(NEAR_LEAF));
}

static void leaf_of_another_level(struct fake_target *fake)
{
	fake_put(fake, node_at(FAR_LEAF), M(radix_tree_node, shift), 6);
}

static void level_beyond_all_ids(struct fake_target *fake)
{
	fake_put(fake, node_at(TOP), M(idr_layer, layer), 200);
}

static void level_between_two(struct fake_target *fake)
{
	fake_put(fake, node_at(TOP), M(xa_node, shift), 7);
}

/* XA_ZERO_ENTRY and a sibling: none is an item. */
static void marks(struct fake_target *fake)
{
	put_slot(fake, &xarray, NEAR_LEAF, 4, 257 << 2 | 2);
	put_slot(fake, &xarray, NEAR_LEAF, 5, 2);
}

static void value_in_an_xarray(struct fake_target *fake)
{
	put_slot(fake, &xarray, NEAR_LEAF, 6, 77 << 1 | 1);
}

static void exception_in_a_radix_tree(struct fake_target *fake)
{
	put_slot(fake, &radix, NEAR_LEAF, 6, 77 << 2 | 2);
}

static void value_at_the_top(struct fake_target *fake)
{
	put_head(fake, 1);
}

static void node_in_a_leaf(struct fake_target *fake)
{
	put_slot(fake, &xarray, NEAR_LEAF, 4, node_at(FAR_LEAF) + 2);
}

static void only_item(struct fake_target *fake)
{
	put_head(fake, k61_memcg(3));
}

static void another_id(struct fake_target *fake)
{
	lose_tree(fake);
	put_slot(fake, &xarray, NEAR_LEAF, 3, 0);
	put_slot(fake, &xarray, NEAR_LEAF, 9, k61_memcg(3));
}

static void another_controller(struct fake_target *fake)
{
	lose_tree(fake);
	fake_put(fake, k61_memcg(3), M(cgroup_subsys_state, ss), SUBSYS + 8);
}

static void counts_that_differ(struct fake_target *fake)
{
	fake_put(fake, k61_cgroup(0), M(cgroup, nr_dying_descendants), 1);
	fake_u32(fake, fake_at(fake, k61_cgroup(0), M(cgroup, nr_dying_subsys)) + 4 * 4, 7);
}

static void controller_beyond_the_array(struct fake_target *fake)
{
	fake_put(fake, SUBSYS, M(cgroup_subsys, id), 14);
}

static const struct ids_case {
	const char *name;
	const struct idr_form *form;
	void (*damage)(struct fake_target *fake);
	size_t nr, nr_by_id;
	const char *far_flags; /* of the group with the far id */
	const char *notes;     /* a newline after each */
} cases[] = {
	{ "layers", &layers, NULL, 4, 4, "", "" },
	{ "a radix tree", &radix, NULL, 4, 4, "", "" },
	{ "an xarray", &xarray, NULL, 4, 4, "", "" },
	{ "layers without a tree", &layers, lose_tree, 4, 4, "not-in-tree", "" },
	{ "a radix tree without a tree", &radix, lose_tree, 4, 4, "not-in-tree", "" },
	{ "an xarray without a tree", &xarray, lose_tree, 4, 4, "not-in-tree", "" },
	{ "a leaf is lost", &xarray, lose_far_leaf, 4, 3, "not-in-ids",
	  "css_idr: the node at ffff888020002000 cannot be read: ids from 256 on are missing\n" },
	{ "the top is lost", &layers, lose_top, 4, 0, "not-in-ids",
	  "css_idr: the node at ffff888020000000 cannot be read: ids from 0 on are missing\n" },
	{ "an empty table", &xarray, empty, 4, 0, "not-in-ids", "" },
	{ "a node below itself", &xarray, circle, 4, 4, "",
	  "css_idr: the node at ffff888020000000 makes no sense: ids from 320 on are missing\n" },
	{ "a leaf twice", &layers, share_leaf, 4, 4, "",
	  "css_idr: the node at ffff888020001000 makes no sense: ids from 1280 on are missing\n" },
	{ "a leaf of another level", &radix, leaf_of_another_level, 4, 3, "not-in-ids",
	  "css_idr: the node at ffff888020002000 makes no sense: ids from 256 on are missing\n" },
	{ "a level beyond all ids", &layers, level_beyond_all_ids, 4, 0, "not-in-ids",
	  "css_idr: the node at ffff888020000000 makes no sense: ids from 0 on are missing\n" },
	{ "a level between two", &xarray, level_between_two, 4, 0, "not-in-ids",
	  "css_idr: the node at ffff888020000000 makes no sense: ids from 0 on are missing\n" },
	{ "marks are no items", &xarray, marks, 4, 4, "", "" },
	{ "a value in an xarray", &xarray, value_in_an_xarray, 4, 4, "",
	  "css_idr: the entry of id 6 makes no sense\n" },
	{ "an exceptional entry of a radix tree", &radix, exception_in_a_radix_tree, 4, 4, "",
	  "css_idr: the entry of id 6 makes no sense\n" },
	{ "a value at the top", &xarray, value_at_the_top, 4, 0, "not-in-ids",
	  "css_idr: the entry of id 0 makes no sense\n" },
	{ "a node in a leaf", &xarray, node_in_a_leaf, 4, 4, "",
	  "css_idr: the entry of id 4 makes no sense\n" },
	{ "one item and no node", &xarray, only_item, 4, 1, "not-in-ids",
	  "css_idr: id 0 leads to ffff888004103000, which is no css of that id\n" },
	{ "a css of another id", &xarray, another_id, 3, 3, "not-in-tree",
	  "css_idr: id 9 leads to ffff888004103000, which is no css of that id\n"
	  "the kernel counts 2 offline memory cgroups, 1 were found\n" },
	{ "a css of another controller", &xarray, another_controller, 3, 3, "not-in-tree",
	  "css_idr: id 3 leads to ffff888004103000, which is no css of that id\n"
	  "the kernel counts 2 offline memory cgroups, 1 were found\n" },
	{ "counts that differ", &xarray, counts_that_differ, 4, 4, "",
	  "the kernel counts 7 offline memory cgroups, 2 were found\n"
	  "the kernel counts 1 removed cgroups, and 2 removed memory cgroups were found\n" },
	{ "a controller beyond the array", &xarray, controller_beyond_the_array, 4, 4, "", "" },
};

static void init(struct fake_target *fake, const struct idr_form *form)
{
	const struct k61_config config = { .is_v2 = true };

	k61_init(fake, &config, groups, NR_GROUPS);
	put_idr(fake, form);
}

static void finds_by_id(void **state)
{
	const struct ids_case *this_case = *state;
	struct mcd_arena arena;
	struct mcd_world world;
	struct fake_target fake;
	const char *flags = "";
	size_t far = 0;

	init(&fake, this_case->form);
	if (this_case->damage)
		this_case->damage(&fake);
	mcd_arena_init(&arena, UNIT_ARENA_BYTES);
	mcd_world_init(&world, &fake.target, &arena);
	assert_int_equal(mcd_world_discover(&world), MCD_OK);
	assert_int_equal(world.nr, this_case->nr);
	assert_int_equal(world.head.nr_in_ids, this_case->nr_by_id);
	assert_true(world.head.sources & MCD_SOURCE_IDS);
	assert_true(mcd_addrmap_find(&world.index, k61_memcg(2), &far));
	if (world.memcgs[far].flags)
		flags = mcd_flag_name(world.memcgs[far].flags);
	assert_string_equal(flags, this_case->far_flags);
	assert_notes(&world, this_case->notes);
	mcd_arena_deinit(&arena);
	fake_exit(&fake);
}

/* An idr of a kind that is not known here is no source, and nothing lacks it. */
static void an_unknown_form_is_no_source(void **state)
{
	struct mcd_arena arena;
	struct mcd_world world;
	struct fake_target fake;

	(void)state;
	init(&fake, &xarray);
	fake_forget(&fake, M(xa_node, slots));
	mcd_arena_init(&arena, UNIT_ARENA_BYTES);
	mcd_world_init(&world, &fake.target, &arena);
	assert_int_equal(mcd_world_discover(&world), MCD_OK);
	assert_int_equal(world.head.sources, MCD_SOURCE_TREE);
	for (size_t i = 0; i < world.nr; i++)
		assert_int_equal(world.memcgs[i].flags, 0);
	mcd_arena_deinit(&arena);
	fake_exit(&fake);
}

/* Every poll may be the one that ends the run. */
static void the_walk_can_be_interrupted(void **state)
{
	enum mcd_status status = MCD_INTERRUPTED;
	struct fake_target fake;

	(void)state;
	for (uint64_t at = 1; status; at++) {
		struct mcd_arena arena;
		struct mcd_world world;

		init(&fake, &layers);
		fake.interrupt_at = at;
		mcd_arena_init(&arena, UNIT_ARENA_BYTES);
		mcd_world_init(&world, &fake.target, &arena);
		status = mcd_world_discover(&world);
		assert_true(status == MCD_OK || status == MCD_INTERRUPTED);
		mcd_arena_deinit(&arena);
		fake_exit(&fake);
	}
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases) + 2];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i] = (struct CMUnitTest){ .name = cases[i].name,
						.test_func = finds_by_id,
						.initial_state = (void *)&cases[i] };
	tests[ARRAY_SIZE(cases)] =
		(struct CMUnitTest)cmocka_unit_test(an_unknown_form_is_no_source);
	tests[ARRAY_SIZE(cases) + 1] =
		(struct CMUnitTest)cmocka_unit_test(the_walk_can_be_interrupted);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
