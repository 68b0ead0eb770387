// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The list walker: intact lists, and lists that are damaged in every way that a crash or a dump
 * level can damage them. Each case is a list of five nodes A to E and what was done to it.
 */
#include <stdlib.h>
#include <string.h>

#include "mcd/arena.h"
#include "mcd/list.h"
#include "unit.h"

/* One node a page, so that each can be missing from the dump on its own. */
enum {
	HEAD = 0x100010,
	A = 0x101010,
	B = 0x102010,
	C = 0x103010,
	D = 0x104010,
	E = 0x105010,
	GARBAGE = 0x106010, /* readable, all zeroes */
	NOWHERE = 0xdead0000,
	NR_MAX = 8,
};

enum edit_kind { END, NEXT, PREV, LOSE };

/* One piece of damage: a pointer of a node set, or the node's page lost. */
struct edit {
	enum edit_kind kind;
	uint64_t node, to;
};

struct list_case {
	const char *name;
	size_t nr_linked; /* of the nodes A to E */
	struct edit edits[4];
	enum mcd_status status;
	/* what must come out */
	uint64_t nodes[NR_MAX]; /* up to the first 0 */
	enum mcd_status damage;
	uint64_t broken_at, broken_next;
	size_t nr_salvaged;
	bool is_complete;
};

static const struct list_case cases[] = {
	{ .name = "intact", .nr_linked = 5, .nodes = { A, B, C, D, E } },
	{ .name = "single", .nr_linked = 1, .nodes = { A } },
	{ .name = "empty", .nr_linked = 0 },
	{ .name = "never initialised",
	  .edits = { { NEXT, HEAD, 0 }, { PREV, HEAD, 0 } },
	  .status = MCD_ABSENT },
	{ .name = "head missing",
	  .nr_linked = 2,
	  .edits = { { LOSE, HEAD, 0 } },
	  .status = MCD_FAULT },

	/* a pointer that leads astray */
	{ .name = "loop to an earlier node",
	  .nr_linked = 5,
	  .edits = { { NEXT, C, A } },
	  .nodes = { A, B, C, D, E },
	  .damage = MCD_CORRUPT,
	  .broken_at = C,
	  .broken_next = A,
	  .nr_salvaged = 2,
	  .is_complete = true },
	{ .name = "node points to itself",
	  .nr_linked = 5,
	  .edits = { { NEXT, B, B } },
	  .nodes = { A, B, C, D, E },
	  .damage = MCD_CORRUPT,
	  .broken_at = B,
	  .broken_next = B,
	  .nr_salvaged = 3,
	  .is_complete = true },
	{ .name = "next to nowhere",
	  .nr_linked = 5,
	  .edits = { { NEXT, B, NOWHERE } },
	  .nodes = { A, B, C, D, E },
	  .damage = MCD_FAULT,
	  .broken_at = B,
	  .broken_next = NOWHERE,
	  .nr_salvaged = 3,
	  .is_complete = true },
	{ .name = "next is NULL",
	  .nr_linked = 3,
	  .edits = { { NEXT, A, 0 } },
	  .nodes = { A, B, C },
	  .damage = MCD_FAULT,
	  .broken_at = A,
	  .broken_next = 0,
	  .nr_salvaged = 2,
	  .is_complete = true },
	{ .name = "next into readable garbage",
	  .nr_linked = 5,
	  .edits = { { NEXT, D, GARBAGE } },
	  .nodes = { A, B, C, D, E },
	  .damage = MCD_CORRUPT,
	  .broken_at = D,
	  .broken_next = GARBAGE,
	  .nr_salvaged = 1,
	  .is_complete = true },
	{ .name = "head points to garbage",
	  .nr_linked = 3,
	  .edits = { { NEXT, HEAD, GARBAGE } },
	  .nodes = { A, B, C },
	  .damage = MCD_CORRUPT,
	  .broken_at = HEAD,
	  .broken_next = GARBAGE,
	  .nr_salvaged = 3,
	  .is_complete = true },
	{ .name = "head's next is NULL",
	  .nr_linked = 2,
	  .edits = { { NEXT, HEAD, 0 } },
	  .nodes = { A, B },
	  .damage = MCD_FAULT,
	  .broken_at = HEAD,
	  .broken_next = 0,
	  .nr_salvaged = 2,
	  .is_complete = true },
	{ .name = "forward and backward both end in garbage",
	  .nr_linked = 5,
	  .edits = { { NEXT, A, GARBAGE }, { PREV, E, GARBAGE } },
	  .nodes = { A, E },
	  .damage = MCD_CORRUPT,
	  .broken_at = A,
	  .broken_next = GARBAGE,
	  .nr_salvaged = 1 },
	{ .name = "a node that is skipped on the way back",
	  .nr_linked = 5,
	  .edits = { { NEXT, C, GARBAGE }, { PREV, E, A } },
	  .nodes = { A, B, C, E },
	  .damage = MCD_CORRUPT,
	  .broken_at = C,
	  .broken_next = GARBAGE,
	  .nr_salvaged = 1 },

	/* the end comes too early: only the head's own back pointer tells */
	{ .name = "node points to the head",
	  .nr_linked = 5,
	  .edits = { { NEXT, B, HEAD } },
	  .nodes = { A, B, C, D, E },
	  .damage = MCD_CORRUPT,
	  .broken_at = B,
	  .broken_next = HEAD,
	  .nr_salvaged = 3,
	  .is_complete = true },
	{ .name = "head points to itself",
	  .nr_linked = 2,
	  .edits = { { NEXT, HEAD, HEAD } },
	  .nodes = { A, B },
	  .damage = MCD_CORRUPT,
	  .broken_at = HEAD,
	  .broken_next = HEAD,
	  .nr_salvaged = 2,
	  .is_complete = true },

	/* pages that the dump lacks */
	{ .name = "node in the middle missing",
	  .nr_linked = 5,
	  .edits = { { LOSE, C, 0 } },
	  .nodes = { A, B, C, D, E },
	  .damage = MCD_FAULT,
	  .broken_at = B,
	  .broken_next = C,
	  .nr_salvaged = 2,
	  .is_complete = true },
	{ .name = "first node missing",
	  .nr_linked = 3,
	  .edits = { { LOSE, A, 0 } },
	  .nodes = { A, B, C },
	  .damage = MCD_FAULT,
	  .broken_at = HEAD,
	  .broken_next = A,
	  .nr_salvaged = 2,
	  .is_complete = true },
	{ .name = "last node missing",
	  .nr_linked = 3,
	  .edits = { { LOSE, C, 0 } },
	  .nodes = { A, B, C },
	  .damage = MCD_FAULT,
	  .broken_at = B,
	  .broken_next = C,
	  .nr_salvaged = 0,
	  .is_complete = true },
	{ .name = "single node missing",
	  .nr_linked = 1,
	  .edits = { { LOSE, A, 0 } },
	  .nodes = { A },
	  .damage = MCD_FAULT,
	  .broken_at = HEAD,
	  .broken_next = A,
	  .nr_salvaged = 0,
	  .is_complete = true },
	{ .name = "two neighbours missing",
	  .nr_linked = 5,
	  .edits = { { LOSE, B, 0 }, { LOSE, C, 0 } },
	  .nodes = { A, B, C, D, E },
	  .damage = MCD_FAULT,
	  .broken_at = A,
	  .broken_next = B,
	  .nr_salvaged = 2 },
	{ .name = "two nodes missing with one between",
	  .nr_linked = 5,
	  .edits = { { LOSE, B, 0 }, { LOSE, D, 0 } },
	  .nodes = { A, B, D, E },
	  .damage = MCD_FAULT,
	  .broken_at = A,
	  .broken_next = B,
	  .nr_salvaged = 1 },
	{ .name = "a missing address that is no node",
	  .nr_linked = 5,
	  .edits = { { NEXT, B, NOWHERE + 3 }, { PREV, D, GARBAGE } },
	  .nodes = { A, B, D, E },
	  .damage = MCD_FAULT,
	  .broken_at = B,
	  .broken_next = NOWHERE + 3,
	  .nr_salvaged = 2 },

	/* a crash in the middle of an update; B is the node that moves */
	{ .name = "list_add: only next->prev is written",
	  .nr_linked = 1,
	  .edits = { { PREV, A, B } },
	  .nodes = { A },
	  .damage = MCD_CORRUPT,
	  .broken_at = HEAD,
	  .broken_next = A,
	  .nr_salvaged = 1,
	  .is_complete = true },
	{ .name = "list_add: all but prev->next is written",
	  .nr_linked = 1,
	  .edits = { { PREV, A, B }, { NEXT, B, A }, { PREV, B, HEAD } },
	  .nodes = { B, A },
	  .damage = MCD_CORRUPT,
	  .broken_at = HEAD,
	  .broken_next = A,
	  .nr_salvaged = 2,
	  .is_complete = true },
	{ .name = "list_add_tail: all but prev->next is written",
	  .nr_linked = 1,
	  .edits = { { PREV, HEAD, B }, { NEXT, B, HEAD }, { PREV, B, A } },
	  .nodes = { A, B },
	  .damage = MCD_CORRUPT,
	  .broken_at = A,
	  .broken_next = HEAD,
	  .nr_salvaged = 1,
	  .is_complete = true },
	{ .name = "list_del: only next->prev is written",
	  .nr_linked = 3,
	  .edits = { { PREV, C, A } },
	  .nodes = { A, B, C },
	  .damage = MCD_CORRUPT,
	  .broken_at = B,
	  .broken_next = C,
	  .nr_salvaged = 1,
	  .is_complete = true },
};

static void apply(struct fake_target *fake, const struct edit *edit)
{
	switch (edit->kind) {
	case END:
		break;
	case NEXT:
		fake_word(fake, edit->node, edit->to);
		break;
	case PREV:
		fake_word(fake, edit->node + fake->target.word_bytes, edit->to);
		break;
	case LOSE:
		fake_hole_page(fake, edit->node);
		break;
	}
}

static void build(struct fake_target *fake, const struct list_case *this_case)
{
	static const uint64_t nodes[] = { A, B, C, D, E };

	fake_map(fake, 0x100000, 7 * FAKE_PAGE_BYTES);
	fake_list(fake, HEAD, nodes, this_case->nr_linked);
	for (size_t i = 0; i < ARRAY_SIZE(this_case->edits); i++)
		apply(fake, &this_case->edits[i]);
}

static void check_nodes(const struct list_case *this_case, const struct mcd_list *list)
{
	size_t nr = 0;

	while (nr < NR_MAX && this_case->nodes[nr])
		nr++;
	assert_int_equal(list->nr, nr);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(list->nodes[i], this_case->nodes[i]);
}

static void check(const struct list_case *this_case, unsigned int word_bytes, bool is_big_endian)
{
	struct fake_target fake;
	struct mcd_arena arena;
	struct mcd_list list;

	fake_init_word(&fake, word_bytes, is_big_endian);
	mcd_arena_init(&arena, UNIT_ARENA_BYTES);
	build(&fake, this_case);
	assert_int_equal(mcd_list_collect(&fake.target, &arena, HEAD, "test list", &list),
			 this_case->status);
	check_nodes(this_case, &list);
	assert_int_equal(list.damage, this_case->damage);
	assert_int_equal(list.broken_at, this_case->broken_at);
	assert_int_equal(list.broken_next, this_case->broken_next);
	assert_int_equal(list.nr_salvaged, this_case->nr_salvaged);
	assert_int_equal(list.is_complete, this_case->is_complete);
	fake_exit(&fake);
	mcd_arena_deinit(&arena);
}

/* Each row of the table is a test of its own. */
static void walks_one_list(void **state)
{
	const struct list_case *this_case = *state;

	check(this_case, 8, false);
	check(this_case, 4, true);
}

/* ---- walks that end for other reasons ---- */

/* A list that never ends: the node after `addr` is 16 bytes further, and points back correctly. */
static enum mcd_status endless_read(struct mcd_target *target, uint64_t addr, void *buffer,
				    size_t size)
{
	uint64_t value = addr % 16 ? addr - 8 - 16 : addr + 16;

	(void)target;
	if (addr == HEAD + 8)
		value = NOWHERE + 3; /* no node could be there */
	if (addr >= NOWHERE || size != sizeof(value))
		return MCD_FAULT;
	memcpy(buffer, &value, size);
	return MCD_OK;
}

static bool never_interrupted(struct mcd_target *target, const struct mcd_progress *progress)
{
	(void)target;
	(void)progress;
	return false;
}

static void stops_at_the_limit(void **state)
{
	static const struct mcd_target_ops ops = {
		.read = endless_read,
		.is_interrupted = never_interrupted,
	};
	struct mcd_target target;
	struct mcd_arena arena;
	struct mcd_list list;

	(void)state;
	mcd_target_init(&target, &ops, 8, false, FAKE_PAGE_BYTES);
	mcd_arena_init(&arena, (size_t)1 << 30);
	assert_int_equal(mcd_list_collect(&target, &arena, HEAD, "test list", &list), MCD_OK);
	assert_int_equal(list.damage, MCD_LIMIT);
	assert_int_equal(list.nr, MCD_LIST_MAX);
	assert_int_equal(list.nodes[0], HEAD + 16);
	assert_int_equal(list.nodes[MCD_LIST_MAX - 1], HEAD + UINT64_C(16) * MCD_LIST_MAX);
	assert_int_equal(list.broken_next, HEAD + UINT64_C(16) * (MCD_LIST_MAX + 1));
	assert_int_equal(list.nr_salvaged, 0);
	assert_false(list.is_complete);
	mcd_arena_deinit(&arena);
}

enum { NR_LONG = 1000, LONG_HEAD = 0x200000 };

static void build_long(struct fake_target *fake)
{
	static uint64_t nodes[NR_LONG];

	fake_init(fake);
	fake_map(fake, LONG_HEAD, 16 * (NR_LONG + 1));
	for (size_t i = 0; i < NR_LONG; i++)
		nodes[i] = LONG_HEAD + 16 * (i + 1);
	fake_list(fake, LONG_HEAD, nodes, NR_LONG);
}

static void can_be_interrupted(void **state)
{
	(void)state;
	for (uint64_t at = 1; at <= 4; at++) {
		struct fake_target fake;
		struct mcd_arena arena;
		struct mcd_list list;
		enum mcd_status status = MCD_OK;

		build_long(&fake);
		fake.interrupt_at = at;
		mcd_arena_init(&arena, UNIT_ARENA_BYTES);
		status = mcd_list_collect(&fake.target, &arena, LONG_HEAD, "test list", &list);
		assert_int_equal(status, at <= 3 ? MCD_INTERRUPTED : MCD_OK);
		assert_int_equal(list.nr, at <= 3 ? 256 * at : NR_LONG);
		fake_exit(&fake);
		mcd_arena_deinit(&arena);
	}
}

static void runs_out_of_memory(void **state)
{
	(void)state;
	for (size_t limit = 0; limit < 100000; limit += 1000) {
		struct fake_target fake;
		struct mcd_arena arena;
		struct mcd_list list;
		enum mcd_status status = MCD_OK;

		build_long(&fake);
		mcd_arena_init(&arena, limit);
		status = mcd_list_collect(&fake.target, &arena, LONG_HEAD, "test list", &list);
		assert_true(status == MCD_NO_MEMORY || (status == MCD_OK && list.nr == NR_LONG));
		assert_true(status == MCD_NO_MEMORY || limit > 16 * NR_LONG);
		fake_exit(&fake);
		mcd_arena_deinit(&arena);
	}
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases) + 3] = {
		cmocka_unit_test(stops_at_the_limit),
		cmocka_unit_test(can_be_interrupted),
		cmocka_unit_test(runs_out_of_memory),
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		tests[3 + i] = (struct CMUnitTest){ .name = cases[i].name,
						    .test_func = walks_one_list,
						    .initial_state = (void *)&cases[i] };
	return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
