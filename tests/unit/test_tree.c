// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The css tree: pre-order and where subtrees end, and trees whose lists are damaged, share nodes or
 * run in circles. Groups are named by their position in the table.
 */
#include <string.h>

#include "../../src/decode/decode.h"
#include "kernel_61.h"
#include "mcd/world.h"
#include "unit.h"

/*
 * 0 ── 1 ── 3
 *  │    └── 4 ── 6
 *  ├── 2
 *  └── 5 ── 7
 */
static const struct k61_group family[] = {
	K61_ROOT_GROUP,
	{ .name = "a", .parent = 0, .flags = K61_ONLINE, .serial = 2, .ref_mode = K61_REF_PERCPU },
	{ .name = "b", .parent = 0, .serial = 3 },
	{ .name = "c", .parent = 1, .serial = 4 },
	{ .name = "d", .parent = 1, .flags = K61_ONLINE, .serial = 5, .ref_mode = K61_REF_PERCPU },
	{ .name = "e", .parent = 0, .flags = K61_ONLINE, .serial = 6, .ref_mode = K61_REF_PERCPU },
	{ .name = "f", .parent = 4, .serial = 7 },
	{ .name = "g", .parent = 5, .serial = 8 },
};

enum { NR_MAX = 10 };

struct tree_case {
	const char *name;
	void (*damage)(struct fake_target *fake);
	size_t nr;
	size_t nodes[NR_MAX]; /* positions in the table, in pre-order */
	size_t ends[NR_MAX];  /* where each node's subtree ends */
	const char *notes;    /* a newline after each */
};

/* ---- damage ---- */

static void lose_leaf(struct fake_target *fake)
{
	fake_hole_page(fake, k61_memcg(2));
}

static void lose_inner_node(struct fake_target *fake)
{
	fake_hole_page(fake, k61_memcg(1));
}

static void lose_children_head(struct fake_target *fake)
{
	fake_hole(fake, k61_children(4), 16);
}

static void clear_children_head(struct fake_target *fake)
{
	fake_u64(fake, k61_children(4), 0);
	fake_u64(fake, k61_children(4) + 8, 0);
}

static void loop_siblings(struct fake_target *fake)
{
	fake_u64(fake, k61_sibling(2), k61_sibling(1));
}

/* The root is a child of g: intact lists all the way, and no end. */
static void circle(struct fake_target *fake)
{
	const uint64_t root[] = { k61_sibling(0) };

	fake_list(fake, k61_children(7), root, 1);
}

/* b's only child is c, whose links are its parent's. */
static void share_one_way(struct fake_target *fake)
{
	fake_u64(fake, k61_children(2), k61_sibling(3));
	fake_u64(fake, k61_children(2) + 8, k61_sibling(3));
}

/* c moves to b as a whole: a's list is damaged, b's is intact. */
static void share_both_ways(struct fake_target *fake)
{
	const uint64_t c[] = { k61_sibling(3) };

	fake_list(fake, k61_children(2), c, 1);
}

static void children_head_of_a_sibling(struct fake_target *fake)
{
	fake_u64(fake, k61_children(5), k61_children(1));
}

/* Node 1's only child is so linked that its css would be at address 0. */
static void css_at_address_0(struct fake_target *fake)
{
	const uint64_t nowhere[] = { fake_value(fake, M(cgroup_subsys_state, sibling)) };

	fake_map(fake, 0, 64);
	fake_list(fake, k61_children(1), nowhere, 1);
}

static const struct tree_case cases[] = {
	{ .name = "intact",
	  .nr = 8,
	  .nodes = { 0, 1, 3, 4, 6, 2, 5, 7 },
	  .ends = { 8, 5, 3, 5, 5, 6, 8, 8 },
	  .notes = "" },
	{ .name = "a leaf's page missing",
	  .damage = lose_leaf,
	  .nr = 8,
	  .nodes = { 0, 1, 3, 4, 6, 2, 5, 7 },
	  .ends = { 8, 5, 3, 5, 5, 6, 8, 8 },
	  .notes = "children of css ffff888004100000: damaged after ffff888004101020: next "
		   "ffff888004102020 cannot be read; 1 entries recovered from the other end, "
		   "nothing is missing\n"
		   "children of css ffff888004102000: no 8 bytes at ffff888004102030\n"
		   "memory cgroups whose state cannot be read, reported as dangling: 1\n" },
	{ .name = "an inner node's page missing: what is below cannot be found",
	  .damage = lose_inner_node,
	  .nr = 5,
	  .nodes = { 0, 1, 2, 5, 7 },
	  .ends = { 5, 2, 3, 5, 5 },
	  .notes = "children of css ffff888004100000: damaged after ffff888004100030: next "
		   "ffff888004101020 cannot be read; 2 entries recovered from the other end, "
		   "nothing is missing\n"
		   "children of css ffff888004101000: no 8 bytes at ffff888004101030\n"
		   "memory cgroups whose state cannot be read, reported as dangling: 1\n" },
	{ .name = "a head missing",
	  .damage = lose_children_head,
	  .nr = 7,
	  .nodes = { 0, 1, 3, 4, 2, 5, 7 },
	  .ends = { 7, 4, 3, 4, 5, 7, 7 },
	  .notes = "children of css ffff888004104000: no 8 bytes at ffff888004104030\n" },
	{ .name = "a head never initialised",
	  .damage = clear_children_head,
	  .nr = 7,
	  .nodes = { 0, 1, 3, 4, 2, 5, 7 },
	  .ends = { 7, 4, 3, 4, 5, 7, 7 },
	  .notes = "children of css ffff888004104000: never initialised\n" },
	{ .name = "siblings in a loop",
	  .damage = loop_siblings,
	  .nr = 8,
	  .nodes = { 0, 1, 3, 4, 6, 2, 5, 7 },
	  .ends = { 8, 5, 3, 5, 5, 6, 8, 8 },
	  .notes = "children of css ffff888004100000: damaged after ffff888004102020: next "
		   "ffff888004101020 does not point back; 1 entries recovered from the other end, "
		   "nothing is missing\n" },
	{ .name = "the root below itself",
	  .damage = circle,
	  .nr = 8,
	  .nodes = { 0, 1, 3, 4, 6, 2, 5, 7 },
	  .ends = { 8, 5, 3, 5, 5, 6, 8, 8 },
	  .notes = "css tree: css ffff888004100000 is reached twice\n" },
	{ .name = "a node that belongs to another list",
	  .damage = share_one_way,
	  .nr = 8,
	  .nodes = { 0, 1, 3, 4, 6, 2, 5, 7 },
	  .ends = { 8, 5, 3, 5, 5, 6, 8, 8 },
	  .notes = "children of css ffff888004102000: damaged after ffff888004102030: next "
		   "ffff888004103020 does not point back; 0 entries recovered from the other end, "
		   "some may be missing\n" },
	{ .name = "a node that was moved to another list",
	  .damage = share_both_ways,
	  .nr = 8,
	  .nodes = { 0, 1, 4, 6, 2, 3, 5, 7 },
	  .ends = { 8, 4, 4, 4, 6, 6, 8, 8 },
	  .notes = "children of css ffff888004101000: damaged after ffff888004101030: next "
		   "ffff888004103020 does not point back; 1 entries recovered from the other end, "
		   "some may be missing\n" },
	{ .name = "a css at address 0",
	  .damage = css_at_address_0,
	  .nr = 5,
	  .nodes = { 0, 1, 2, 5, 7 },
	  .ends = { 5, 2, 3, 5, 5 },
	  .notes = "css tree: css 0 is none\n" },
	{ .name = "a head that leads to another head",
	  .damage = children_head_of_a_sibling,
	  .nr = 8,
	  .nodes = { 0, 1, 3, 4, 6, 2, 5, 7 },
	  .ends = { 8, 5, 3, 5, 5, 6, 8, 8 },
	  .notes = "children of css ffff888004105000: damaged after ffff888004105030: next "
		   "ffff888004101030 does not point back; 1 entries recovered from the other end, "
		   "nothing is missing\n" },
};

/* ---- the tests ---- */

static struct fake_target fake;
static struct mcd_arena arena;
static struct mcd_world world;

static int start(void **state)
{
	const struct k61_config config = { .is_v2 = false };

	(void)state;
	k61_init(&fake, &config, family, ARRAY_SIZE(family));
	mcd_arena_init(&arena, UNIT_ARENA_BYTES);
	mcd_world_init(&world, &fake.target, &arena);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	fake_exit(&fake);
	mcd_arena_deinit(&arena);
	return 0;
}

static void check_notes(const char *expected)
{
	char notes[2048] = "";

	for (const struct mcd_note *note = world.notes; note; note = note->next) {
		strcat(notes, note->text);
		strcat(notes, "\n");
	}
	assert_string_equal(notes, expected);
}

static void walks_one_tree(void **state)
{
	const struct tree_case *this_case = *state;

	start(NULL);
	if (this_case->damage)
		this_case->damage(&fake);
	assert_int_equal(mcd_world_discover(&world), MCD_OK);
	assert_int_equal(world.nr_tree, this_case->nr);
	assert_int_equal(world.head.nr_in_tree, this_case->nr);
	for (size_t i = 0; i < this_case->nr; i++) {
		const struct mcd_memcg *memcg = &world.memcgs[world.tree[i]];

		assert_true(memcg->addr == k61_memcg(this_case->nodes[i]));
		assert_int_equal(memcg->tree_first, i);
		assert_int_equal(memcg->tree_end, this_case->ends[i]);
	}
	check_notes(this_case->notes);
	stop(NULL);
}

static void counts_states(void **state)
{
	(void)state;
	fake_hole_page(&fake, k61_memcg(2));
	assert_int_equal(mcd_world_discover(&world), MCD_OK);
	assert_int_equal(world.head.nr_dangling, 4);
	assert_int_equal(world.head.nr_online, 4);
	assert_int_equal(world.head.nr_unreadable, 1);
	assert_int_equal(world.head.sources, MCD_SOURCE_TREE);
}

static void orders_by_descending_serial_then_live(void **state)
{
	static const size_t expected[] = { 7, 6, 3, 2, 0, 1, 4, 5 };
	struct mcd_memcg **order = NULL;
	size_t nr = 0;

	(void)state;
	/* what has no serial number comes last of the dead */
	fake_hole(&fake, k61_memcg(2) + 88, 8);
	assert_int_equal(mcd_world_discover(&world), MCD_OK);
	assert_int_equal(mcd_world_order(&world, false, &order, &nr), MCD_OK);
	assert_int_equal(nr, 4);
	assert_int_equal(mcd_world_order(&world, true, &order, &nr), MCD_OK);
	assert_int_equal(nr, 8);
	for (size_t i = 0; i < nr; i++)
		assert_true(order[i]->addr == k61_memcg(expected[i]));
}

/* Before 3.16 a css has no links: only the root is known. */
static void without_links_there_is_only_the_root(void **state)
{
	(void)state;
	fake_forget(&fake, M(cgroup_subsys_state, sibling));
	fake_forget(&fake, M(cgroup_subsys_state, children));
	assert_int_equal(mcd_world_discover(&world), MCD_OK);
	assert_int_equal(world.nr, 1);
	assert_true(world.memcgs[0].addr == k61_memcg(0));
	assert_int_equal(world.head.sources, 0);
	assert_int_equal(world.head.nr_in_tree, 0);
	assert_int_equal(world.memcgs[0].sources, MCD_SOURCE_ROOT);
}

/* A chain of 3000 groups, each the only child of the one before: depth costs no stack. */
enum { DEPTH = 3000, CHAIN = 0x70000000, CSS_BYTES = 256 };

static uint64_t link_of(size_t i)
{
	return CHAIN + i * CSS_BYTES;
}

static void deep_trees_are_walked(void **state)
{
	struct mcd_tree_node *nodes = NULL;
	size_t nr = 0;

	(void)state;
	fake_map(&fake, CHAIN, (DEPTH + 1) * CSS_BYTES);
	for (size_t i = 0; i < DEPTH; i++) {
		const uint64_t child[] = { link_of(i + 1) + 32 };

		fake_list(&fake, link_of(i) + 48, child, i + 1 < DEPTH);
	}
	world.root_addr = CHAIN;
	assert_int_equal(mcd_css_tree_walk(&world, &nodes, &nr), MCD_OK);
	assert_int_equal(nr, DEPTH);
	assert_int_equal(nodes[DEPTH - 1].memcg, link_of(DEPTH - 1));
	assert_int_equal(nodes[0].end, DEPTH);
	assert_int_equal(nodes[DEPTH / 2].end, DEPTH);
	assert_null(world.notes);
}

/* 300 children: the walk of their list asks too whether it should end. */
static void wide_trees_can_be_interrupted(void **state)
{
	enum { WIDTH = 300 };
	static uint64_t children[WIDTH];
	struct mcd_tree_node *nodes = NULL;
	size_t nr = 0;

	(void)state;
	fake_map(&fake, CHAIN, (WIDTH + 1) * CSS_BYTES);
	for (size_t i = 0; i < WIDTH; i++) {
		children[i] = link_of(i + 1) + 32;
		fake_list(&fake, link_of(i + 1) + 48, NULL, 0);
	}
	fake_list(&fake, CHAIN + 48, children, WIDTH);
	world.root_addr = CHAIN;
	fake.interrupt_at = 2; /* the first poll is the root's */
	assert_int_equal(mcd_css_tree_walk(&world, &nodes, &nr), MCD_INTERRUPTED);
	assert_null(world.notes);
}

int main(void)
{
	enum { NR_OTHERS = 5 };
	struct CMUnitTest tests[ARRAY_SIZE(cases) + NR_OTHERS] = {
		cmocka_unit_test_setup_teardown(counts_states, start, stop),
		cmocka_unit_test_setup_teardown(orders_by_descending_serial_then_live, start, stop),
		cmocka_unit_test_setup_teardown(without_links_there_is_only_the_root, start, stop),
		cmocka_unit_test_setup_teardown(deep_trees_are_walked, start, stop),
		cmocka_unit_test_setup_teardown(wide_trees_can_be_interrupted, start, stop),
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		tests[NR_OTHERS + i] = (struct CMUnitTest){ cases[i].name, walks_one_tree, NULL,
							    NULL, (void *)&cases[i] };
	return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
