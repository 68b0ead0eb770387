// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tables of ids where nothing else leads to memcgs: those of struct css_id, and of cgroups. What damage
 * takes away must be told, since no other source misses it.
 */
#include "../../src/decode/decode.h"
#include "kernel_310.h"
#include "mcd/world.h"
#include "unit.h"

#define SUBSYS UINT64_C(0x41000000)
#define HIERARCHY UINT64_C(0x41001000)
#define TOP UINT64_C(0x41002000)
#define LEAF UINT64_C(0x41003000)
#define ENTRIES UINT64_C(0x41010000) /* struct css_id, or struct cgroup: by its id, a page each */
enum { NR_GROUPS = 4, ROOT_ID = 1, FIRST_ID = 10, NEW_ID = 20, IDS_MAX = 32 };

static const struct fake_row rows_layers[] = {
	FAKE_SYMBOL(mem_cgroup_subsys, 0x41000000), FAKE_MEMBER(idr, top, 8, 8),
	FAKE_MEMBER(idr_layer, ary, 48, 2048),	    FAKE_MEMBER(idr_layer, count, 2096, 4),
	FAKE_MEMBER(idr_layer, layer, 2100, 4),
};
static const struct fake_row rows_css_id[] = {
	FAKE_MEMBER(cgroup_subsys, idr, 200, 40),
	FAKE_MEMBER(css_id, css, 0, 8),
};
static const struct fake_row rows_cgroup[] = {
	FAKE_MEMBER(cgroup_subsys, subsys_id, 104, 4),	FAKE_MEMBER(cgroup_subsys, root, 112, 8),
	FAKE_MEMBER(cgroupfs_root, cgroup_idr, 80, 40), FAKE_MEMBER(cgroup, id, 8, 4),
	FAKE_MEMBER(cgroup, subsys, 120, 96),
};

enum { CONTROLLER = 3 };

static uint64_t memcg_of(uint64_t id)
{
	return id == ROOT_ID ? K310_ROOT : k310_memcg((size_t)(id - FIRST_ID));
}

static uint64_t entry_of(uint64_t id)
{
	return ENTRIES + id * FAKE_PAGE_BYTES;
}

static void put_slot(struct fake_target *fake, uint64_t id, uint64_t entry)
{
	fake_u64(fake, fake_at(fake, LEAF, M(idr_layer, ary)) + id * 8, entry);
}

/* ---- the two kinds of entries ---- */

struct kind {
	struct fake_rows rows;
	uint64_t idr;
	void (*put_css)(struct fake_target *fake, uint64_t entry, uint64_t css);
	enum mcd_layout_id id, back;
};

static void put_css_in_css_id(struct fake_target *fake, uint64_t entry, uint64_t css)
{
	fake_put(fake, entry, M(css_id, css), css);
}

static void put_css_in_cgroup(struct fake_target *fake, uint64_t entry, uint64_t css)
{
	fake_u64(fake, fake_at(fake, entry, M(cgroup, subsys)) + CONTROLLER * UINT64_C(8), css);
}

static const struct kind css_ids = {
	{ rows_css_id, ARRAY_SIZE(rows_css_id) },
	SUBSYS + 200,
	put_css_in_css_id,
	M(css_id, id),
	M(cgroup_subsys_state, id),
};
static const struct kind cgroups = {
	{ rows_cgroup, ARRAY_SIZE(rows_cgroup) }, HIERARCHY + 80, put_css_in_cgroup, M(cgroup, id),
	M(cgroup_subsys_state, cgroup),
};

static void put_entry(struct fake_target *fake, const struct kind *kind, uint64_t id)
{
	put_slot(fake, id, entry_of(id));
	fake_put(fake, entry_of(id), kind->id, id);
	kind->put_css(fake, entry_of(id), memcg_of(id));
	fake_put(fake, memcg_of(id), kind->back, entry_of(id));
}

/* The root, and three groups with the ids from FIRST_ID on. */
static void init(struct fake_target *fake, const struct kind *kind)
{
	const struct k310_config config = { .lacks_kmem = true };
	const uint64_t page = FAKE_PAGE_BYTES;

	k310_init(fake, &config, k310_seen, ARRAY_SIZE(k310_seen));
	fake_forget(fake, SYM(dangling_memcgs));
	fake_learn(fake, FAKE_ROWS(rows_layers));
	fake_learn(fake, kind->rows);
	fake_map(fake, SUBSYS, 4 * page);
	fake_map(fake, ENTRIES, IDS_MAX * page);
	if (kind == &cgroups) {
		fake_put(fake, SUBSYS, M(cgroup_subsys, subsys_id), CONTROLLER);
		fake_put(fake, SUBSYS, M(cgroup_subsys, root), HIERARCHY);
	}
	fake_put(fake, kind->idr, M(idr, top), TOP);
	fake_put(fake, TOP, M(idr_layer, layer), 1);
	fake_put(fake, TOP, M(idr_layer, count), 1);
	fake_u64(fake, fake_at(fake, TOP, M(idr_layer, ary)), LEAF);
	fake_put(fake, LEAF, M(idr_layer, count), NR_GROUPS);
	put_entry(fake, kind, ROOT_ID);
	for (uint64_t id = FIRST_ID; id < FIRST_ID + NR_GROUPS - 1; id++)
		put_entry(fake, kind, id);
}

/* ---- damage ---- */

static void lose_table(struct fake_target *fake, const struct kind *kind)
{
	fake_put(fake, kind->idr, M(idr, top), 0);
}

static void lose_leaf(struct fake_target *fake, const struct kind *kind)
{
	(void)kind;
	fake_u64(fake, fake_at(fake, TOP, M(idr_layer, ary)), 0);
}

static void lose_slot(struct fake_target *fake, const struct kind *kind)
{
	(void)kind;
	put_slot(fake, FIRST_ID, 0);
}

static void add_slot(struct fake_target *fake, const struct kind *kind)
{
	put_entry(fake, kind, FIRST_ID);
	fake_put(fake, LEAF, M(idr_layer, count), NR_GROUPS - 1);
}

static void entry_of_another_id(struct fake_target *fake, const struct kind *kind)
{
	(void)kind;
	put_slot(fake, FIRST_ID, entry_of(FIRST_ID + 1));
}

static void css_of_another_entry(struct fake_target *fake, const struct kind *kind)
{
	kind->put_css(fake, entry_of(FIRST_ID), memcg_of(FIRST_ID + 1));
}

static void css_that_leads_nowhere(struct fake_target *fake, const struct kind *kind)
{
	fake_put(fake, memcg_of(FIRST_ID), kind->back, 0);
}

/* A directory is being made: its id is given already. */
static void new_entry(struct fake_target *fake, const struct kind *kind)
{
	fake_put(fake, LEAF, M(idr_layer, count), NR_GROUPS + 1);
	if (kind == &cgroups)
		return;
	put_slot(fake, NEW_ID, entry_of(NEW_ID));
	fake_put(fake, entry_of(NEW_ID), kind->id, NEW_ID);
}

static void entry_without_id(struct fake_target *fake, const struct kind *kind)
{
	new_entry(fake, kind);
	put_slot(fake, NEW_ID, entry_of(NEW_ID));
	fake_put(fake, entry_of(NEW_ID), kind->id, 0);
}

static void no_entry(struct fake_target *fake, const struct kind *kind)
{
	(void)kind;
	put_slot(fake, FIRST_ID, UINT64_C(0xdead000000000100));
}

#define LOST_TABLE ": the root is not among them: memory cgroups are missing\n"
#define LOST_LEAF ": the node at 41002000 counts 1 slots in use, and has 0\n"

static const struct ids_case {
	const char *name;
	const struct kind *kind;
	void (*damage)(struct fake_target *fake, const struct kind *kind);
	size_t nr;
	const char *notes; /* a newline after each */
} cases[] = {
	{ "css ids", &css_ids, NULL, 4, "" },
	{ "cgroup ids", &cgroups, NULL, 4, "" },
	{ "css ids: empty", &css_ids, lose_table, 1, "css ids" LOST_TABLE },
	{ "cgroup ids: empty", &cgroups, lose_table, 1, "cgroup_idr" LOST_TABLE },
	{ "css ids: no leaf", &css_ids, lose_leaf, 1, "css ids" LOST_LEAF "css ids" LOST_TABLE },
	{ "cgroup ids: no leaf", &cgroups, lose_leaf, 1,
	  "cgroup_idr" LOST_LEAF "cgroup_idr" LOST_TABLE },
	{ "css ids: a slot is lost", &css_ids, lose_slot, 3,
	  "css ids: the node at 41003000 counts 4 slots in use, and has 3\n" },
	{ "cgroup ids: a slot too many", &cgroups, add_slot, 4,
	  "cgroup_idr: the node at 41003000 counts 3 slots in use, and has 4\n" },
	{ "css ids: an entry twice", &css_ids, entry_of_another_id, 3,
	  "css ids: id 10 leads to 40102000, which is no css of that id\n" },
	{ "cgroup ids: an entry twice", &cgroups, entry_of_another_id, 3,
	  "cgroup_idr: id 10 leads to 40102000, which is no css of that id\n" },
	{ "css ids: a css of another entry", &css_ids, css_of_another_entry, 3,
	  "css ids: id 10 leads to 40102000, which is no css of that id\n" },
	{ "cgroup ids: a css of another entry", &cgroups, css_of_another_entry, 3,
	  "cgroup_idr: id 10 leads to 40102000, which is no css of that id\n" },
	{ "css ids: a css that leads nowhere", &css_ids, css_that_leads_nowhere, 3,
	  "css ids: id 10 leads to 40101000, which is no css of that id\n" },
	{ "css ids: in the making", &css_ids, new_entry, 4, "" },
	{ "cgroup ids: in the making", &cgroups, new_entry, 4, "" },
	{ "css ids: neither a css nor the id", &css_ids, entry_without_id, 4,
	  "css ids: id 20 leads to 0, which is no css of that id\n" },
	{ "cgroup ids: neither a css nor the id", &cgroups, entry_without_id, 4,
	  "cgroup_idr: id 20 leads to 0, which is no css of that id\n" },
	{ "css ids: no entry", &css_ids, no_entry, 3, "css ids: id 10 leads to no css\n" },
	{ "cgroup ids: no entry", &cgroups, no_entry, 3, "cgroup_idr: id 10 leads to no css\n" },
};

static void nothing_is_lost_in_silence(void **state)
{
	const struct ids_case *this_case = *state;
	struct mcd_arena arena;
	struct mcd_world world;
	struct fake_target fake;

	init(&fake, this_case->kind);
	if (this_case->damage)
		this_case->damage(&fake, this_case->kind);
	mcd_arena_init(&arena, UNIT_ARENA_BYTES);
	mcd_world_init(&world, &fake.target, &arena);
	assert_int_equal(mcd_world_discover(&world), MCD_OK);
	assert_int_equal(world.head.sources, MCD_SOURCE_IDS);
	assert_notes(&world, this_case->notes);
	assert_int_equal(world.nr, this_case->nr);
	mcd_arena_deinit(&arena);
	fake_exit(&fake);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases)];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i] = (struct CMUnitTest){ .name = cases[i].name,
						.test_func = nothing_is_lost_in_silence,
						.initial_state = (void *)&cases[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
