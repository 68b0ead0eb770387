// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The slab caches of a memcg in every form that kernels have had: through an array by kmemcg_id, on
 * the list of all caches, on a list of the memcg's own. The same three groups each time.
 */
#include <string.h>

#include "../../src/decode/decode.h"
#include "unit.h"

enum {
	SLOT = FAKE_PAGE_BYTES,
	NR_GROUPS = 3,	/* the last one has no caches */
	CACHES_MAX = 4, /* of a group */
	MEMCGS = 0x100000,
	PARAMS = 0x200000, /* by cache, where they are not part of it */
	CACHES = 0x300000,
	NAMES = 0x400000,
	ROOTS = 0x500000,
	ROOT_PARAMS = 0x600000,
	ALL_CACHES = 0x700000, /* slab_caches */
};

/* Newest first, as list_add() leaves them. */
static const char *const names[NR_GROUPS][CACHES_MAX] = {
	{ "dentry(7:a)", "inode (x)(7:a)", "TCP(7:a\n)", "kmalloc-64(7:a)" },
	{ "dentry(8:b)" },
};

/* The rows of an era, after x86-64 kernels with SLUB; only that they differ is of interest. */
#define NUMBERED_ROWS(array_offset)                                                           \
	FAKE_MEMBER(mem_cgroup, memcg_slab_caches, 680, 16),                                  \
		FAKE_MEMBER(mem_cgroup, kmemcg_id, 736, 4),                                   \
		FAKE_MEMBER(memcg_cache_params, is_root_cache, 0, 1),                         \
		FAKE_MEMBER(memcg_cache_params, memcg_caches, array_offset, 0),               \
		FAKE_MEMBER(memcg_cache_params, memcg, 8, 8),                                 \
		FAKE_MEMBER(memcg_cache_params, list, 16, 16),                                \
		FAKE_MEMBER(memcg_cache_params, root_cache, 32, 8),                           \
		FAKE_MEMBER(kmem_cache, name, 96, 8), FAKE_MEMBER(kmem_cache, list, 104, 16), \
		FAKE_MEMBER(kmem_cache, memcg_params, 184, 8),                                \
		FAKE_SYMBOL(slab_caches, ALL_CACHES)

static const struct fake_row rows_38[] = { NUMBERED_ROWS(8) };
/* a rcu_head before the array */
static const struct fake_row rows_314[] = { NUMBERED_ROWS(24) };
static const struct fake_row rows_40[] = {
	FAKE_MEMBER(mem_cgroup, kmemcg_id, 736, 4),
	FAKE_MEMBER(memcg_cache_params, is_root_cache, 0, 1),
	FAKE_MEMBER(memcg_cache_params, list, 8, 16),
	FAKE_MEMBER(memcg_cache_params, memcg_caches, 24, 8),
	FAKE_MEMBER(memcg_cache_params, memcg, 24, 8),
	FAKE_MEMBER(memcg_cache_params, root_cache, 32, 8),
	FAKE_MEMBER(kmem_cache, name, 88, 8),
	FAKE_MEMBER(kmem_cache, list, 96, 16),
	FAKE_MEMBER(kmem_cache, memcg_params, 200, 40),
	FAKE_SYMBOL(slab_caches, ALL_CACHES),
};
static const struct fake_row rows_411[] = {
	FAKE_MEMBER(mem_cgroup, kmemcg_id, 736, 4),
	FAKE_MEMBER(mem_cgroup, kmem_caches, 744, 16),
	FAKE_MEMBER(memcg_cache_params, memcg_caches, 8, 8),
	FAKE_MEMBER(memcg_cache_params, root_cache, 0, 8),
	FAKE_MEMBER(memcg_cache_params, memcg, 8, 8),
	FAKE_MEMBER(memcg_cache_params, kmem_caches_node, 32, 16),
	FAKE_MEMBER(kmem_cache, name, 88, 8),
	FAKE_MEMBER(kmem_cache, list, 96, 16),
	FAKE_MEMBER(kmem_cache, memcg_params, 200, 120),
	FAKE_SYMBOL(slab_caches, ALL_CACHES),
};

static struct fake_target fake;
static struct mcd_arena arena;
static struct mcd_world world;
static struct mcd_memcg memcgs[NR_GROUPS];

static uint64_t memcg(size_t i)
{
	return MEMCGS + i * SLOT;
}

static uint64_t cache(size_t i, size_t j)
{
	return CACHES + (i * CACHES_MAX + j) * SLOT;
}

static uint64_t name(size_t i, size_t j)
{
	return NAMES + (i * CACHES_MAX + j) * SLOT;
}

static uint64_t params(size_t i, size_t j)
{
	return PARAMS + (i * CACHES_MAX + j) * SLOT;
}

static size_t nr_caches(size_t i)
{
	size_t nr = 0;

	while (nr < CACHES_MAX && names[i][nr])
		nr++;
	return nr;
}

/* ---- the eras ---- */

static uint64_t link_numbered(size_t i, size_t j)
{
	return fake_at(&fake, params(i, j), M(memcg_cache_params, list));
}

/* Root caches are number j for every group. */
static void put_numbered(size_t i, size_t j)
{
	uint64_t root = ROOTS + j * SLOT, root_params = ROOT_PARAMS + j * SLOT;
	uint64_t array = fake_at(&fake, root_params, M(memcg_cache_params, memcg_caches));

	fake_put(&fake, params(i, j), M(memcg_cache_params, root_cache), root);
	fake_put(&fake, root, M(kmem_cache, memcg_params), root_params);
	fake_u64(&fake, array + 8 * (7 + i), cache(i, j));
}

static uint64_t link_of_all(size_t i, size_t j)
{
	return fake_at(&fake, cache(i, j), M(kmem_cache, list));
}

static uint64_t embedded(uint64_t at)
{
	return fake_at(&fake, at, M(kmem_cache, memcg_params));
}

static void put_of_all(size_t i, size_t j)
{
	fake_put(&fake, embedded(cache(i, j)), M(memcg_cache_params, memcg), memcg(i));
}

/* The caches of the groups in turn, and a root cache whose array looks like a group. */
static void link_all(void)
{
	uint64_t links[NR_GROUPS * CACHES_MAX + 1];
	size_t nr = 0;

	for (size_t j = 0; j < CACHES_MAX; j++)
		for (size_t i = 0; i < NR_GROUPS; i++)
			if (names[i][j])
				links[nr++] = link_of_all(i, j);
	links[nr++] = fake_at(&fake, ROOTS, M(kmem_cache, list));
	fake_put(&fake, embedded(ROOTS), M(memcg_cache_params, is_root_cache), 1);
	fake_put(&fake, embedded(ROOTS), M(memcg_cache_params, memcg), memcg(0));
	fake_list(&fake, ALL_CACHES, links, nr);
}

static uint64_t link_linked(size_t i, size_t j)
{
	return fake_at(&fake, embedded(cache(i, j)), M(memcg_cache_params, kmem_caches_node));
}

static void put_linked(size_t i, size_t j)
{
	(void)i;
	(void)j;
}

static const struct era {
	const char *name;
	struct fake_rows rows;
	enum mcd_layout_id head; /* in the memcg; any other row: there is none */
	uint64_t (*link)(size_t i, size_t j);
	void (*put)(size_t i, size_t j);
} eras[] = {
	{ "3.8", FAKE_ROWS(rows_38), M(mem_cgroup, memcg_slab_caches), link_numbered,
	  put_numbered },
	{ "3.14", FAKE_ROWS(rows_314), M(mem_cgroup, memcg_slab_caches), link_numbered,
	  put_numbered },
	{ "4.0", FAKE_ROWS(rows_40), SYM(slab_caches), link_of_all, put_of_all },
	{ "4.11", FAKE_ROWS(rows_411), M(mem_cgroup, kmem_caches), link_linked, put_linked },
};

static bool has_own_list(const struct era *era)
{
	return era->head != SYM(slab_caches);
}

static void put_group(const struct era *era, size_t i)
{
	uint64_t links[CACHES_MAX];
	size_t nr = nr_caches(i);

	for (size_t j = 0; j < nr; j++) {
		era->put(i, j);
		fake_put(&fake, cache(i, j), M(kmem_cache, name), name(i, j));
		fake_text(&fake, name(i, j), names[i][j]);
		links[j] = era->link(i, j);
	}
	/* a group's index once it is dead, where that is rewritten: another one's */
	fake_put(&fake, memcg(i), M(mem_cgroup, kmemcg_id), has_own_list(era) ? 7 + i : 0);
	if (has_own_list(era))
		fake_list(&fake, fake_at(&fake, memcg(i), era->head), links, nr);
}

static void begin_with(const struct era *era, size_t arena_bytes)
{
	static const uint64_t maps[] = { MEMCGS, PARAMS, CACHES, NAMES, ROOTS, ROOT_PARAMS };

	fake_init(&fake);
	fake_learn(&fake, era->rows);
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		fake_map(&fake, maps[i], (size_t)NR_GROUPS * CACHES_MAX * SLOT);
	fake_map(&fake, ALL_CACHES, SLOT);
	mcd_arena_init(&arena, arena_bytes);
	mcd_world_init(&world, &fake.target, &arena);
	world.memcgs = memcgs;
	world.nr = NR_GROUPS;
	for (size_t i = 0; i < NR_GROUPS; i++) {
		memcgs[i] = (struct mcd_memcg){ .addr = memcg(i), .state = MCD_STATE_OFFLINE };
		put_group(era, i);
	}
	if (!has_own_list(era))
		link_all();
}

static enum mcd_status index_groups(void)
{
	enum mcd_status status = MCD_OK;
	bool is_new;

	for (size_t i = 0; i < NR_GROUPS && !status; i++)
		status = mcd_addrmap_insert(&world.index, memcg(i), i, &is_new);
	return status;
}

static void begin(const struct era *era)
{
	begin_with(era, UNIT_ARENA_BYTES);
	assert_int_equal(index_groups(), MCD_OK);
}

static void end(void)
{
	fake_exit(&fake);
	mcd_arena_deinit(&arena);
}

/* ---- damage, and what is left of the first group's caches and of the second's ---- */

static void lose_name(const struct era *era)
{
	(void)era;
	fake_hole_page(&fake, name(0, 1));
}

static void clear_name(const struct era *era)
{
	(void)era;
	fake_put(&fake, cache(0, 1), M(kmem_cache, name), 0);
}

static void lose_cache(const struct era *era)
{
	(void)era;
	fake_hole_page(&fake, cache(0, 1));
}

/* The first entry's next pointer leads to freed memory: the rest is found from the end. */
static void cut_after_first(const struct era *era)
{
	fake_u64(&fake, era->link(0, 0), 0xdead000000000100);
}

/* The same at both ends, so that what lies between is lost. */
static void cut_out_middle(const struct era *era)
{
	uint64_t last = era->link(0, 3) + 8;

	fake_u64(&fake, era->link(0, 0), 0xdead000000000100);
	fake_u64(&fake, last, 0xdead000000000200);
}

static void lose_head(const struct era *era)
{
	fake_hole(&fake, has_own_list(era) ? fake_at(&fake, memcg(0), era->head) : ALL_CACHES, 16);
}

static void clear_head(const struct era *era)
{
	uint64_t head = has_own_list(era) ? fake_at(&fake, memcg(0), era->head) : ALL_CACHES;

	fake_u64(&fake, head, 0);
	fake_u64(&fake, head + 8, 0);
}

#define LOST "-" /* in place of a name: unreadable */

struct left {
	enum mcd_known known;
	const char *names[CACHES_MAX];
};

static const struct damage_case {
	const char *name;
	void (*damage)(const struct era *era);
	struct left own;       /* of the first group where it has a list of its own */
	struct left of_all[2]; /* of the first and second group where all share one */
	bool is_noted[2];      /* with a list of its own, with the shared one */
} damage_cases[] = {
	{ "intact",
	  NULL,
	  { MCD_KNOWN, { "0", "1", "2", "3" } },
	  { { MCD_KNOWN, { "0", "1", "2", "3" } }, { MCD_KNOWN, { "0" } } },
	  { false, false } },
	{ "name lost",
	  lose_name,
	  { MCD_KNOWN, { "0", LOST, "2", "3" } },
	  { { MCD_KNOWN, { "0", LOST, "2", "3" } }, { MCD_KNOWN, { "0" } } },
	  { false, false } },
	{ "no name",
	  clear_name,
	  { MCD_KNOWN, { "0", LOST, "2", "3" } },
	  { { MCD_KNOWN, { "0", LOST, "2", "3" } }, { MCD_KNOWN, { "0" } } },
	  { false, false } },
	{ "cut after the first",
	  cut_after_first,
	  { MCD_KNOWN, { "0", "1", "2", "3" } },
	  { { MCD_KNOWN, { "0", "1", "2", "3" } }, { MCD_KNOWN, { "0" } } },
	  { true, true } },
	{ "cut out",
	  cut_out_middle,
	  { MCD_UNREADABLE, { "0", "3" } },
	  { { MCD_UNREADABLE, { "0", "3" } }, { MCD_UNREADABLE, { NULL } } },
	  { true, true } },
	{ "head lost",
	  lose_head,
	  { MCD_UNREADABLE, { NULL } },
	  { { MCD_UNREADABLE, { NULL } }, { MCD_UNREADABLE, { NULL } } },
	  { false, false } },
	{ "head of zeroes",
	  clear_head,
	  { MCD_KNOWN, { NULL } },
	  { { MCD_KNOWN, { NULL } }, { MCD_KNOWN, { NULL } } },
	  { false, false } },
};

static void check_group(const struct era *era, const struct damage_case *this_case, size_t i,
			const struct left *left)
{
	const struct mcd_memcg *group = &memcgs[i];
	size_t nr = 0;

	assert_int_equal(mcd_decode_caches(&world, &memcgs[i]), MCD_OK);
	while (nr < CACHES_MAX && left->names[nr])
		nr++;
	if (group->caches_known != left->known || group->nr_caches != nr)
		fail_msg("%s, %s: group %zu has %zu, %d", era->name, this_case->name, i,
			 group->nr_caches, group->caches_known);
	for (size_t j = 0; j < nr; j++) {
		if (strcmp(left->names[j], LOST) == 0) {
			assert_unreadable(group->caches[j]);
			continue;
		}
		assert_int_equal(group->caches[j].known, MCD_KNOWN);
		assert_string_equal(group->caches[j].text, names[i][left->names[j][0] - '0']);
	}
}

static void check_damage(const struct era *era, const struct damage_case *this_case)
{
	static const struct left whole = { MCD_KNOWN, { "0" } }, none = { MCD_KNOWN, { NULL } };
	bool is_own = has_own_list(era);

	begin(era);
	if (this_case->damage)
		this_case->damage(era);
	check_group(era, this_case, 0, is_own ? &this_case->own : &this_case->of_all[0]);
	check_group(era, this_case, 1, is_own ? &whole : &this_case->of_all[1]);
	if (is_own)
		check_group(era, this_case, 2, &none);
	assert_int_equal(world.notes != NULL, this_case->is_noted[!is_own]);
	end();
}

static void reads_names_in_every_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(eras); i++)
		for (size_t j = 0; j < ARRAY_SIZE(damage_cases); j++)
			check_damage(&eras[i], &damage_cases[j]);
}

/* The struct itself is lost, and the links in it: the neighbours vouch for it. */
static void lost_caches_keep_their_place(void **state)
{
	static const struct damage_case this_case = { .name = "cache lost" };
	static const struct left known = { MCD_KNOWN, { "0", LOST, "2", "3" } };
	static const struct left shared = { MCD_UNREADABLE, { "0", "2", "3" } };
	static const struct left other = { MCD_UNREADABLE, { "0" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(eras); i++) {
		begin(&eras[i]);
		lose_cache(&eras[i]);
		check_group(&eras[i], &this_case, 0, has_own_list(&eras[i]) ? &known : &shared);
		if (!has_own_list(&eras[i])) {
			/* whose it was is not known */
			check_group(&eras[i], &this_case, 1, &other);
			assert_non_null(strstr(world.last_note->text, "not known: 1"));
		}
		end();
	}
}

/* A kernel without one of the rows, or with none: n/a, whatever the memory says. */
static void without_a_row_there_are_no_caches(void **state)
{
	static const struct {
		size_t era;
		enum mcd_layout_id row;
	} table[] = {
		{ 0, M(memcg_cache_params, list) },
		{ 2, SYM(slab_caches) },
		{ 2, M(kmem_cache, list) },
		{ 2, M(kmem_cache, memcg_params) },
		{ 2, M(memcg_cache_params, memcg) },
		{ 3, M(kmem_cache, memcg_params) },
		{ 3, M(memcg_cache_params, kmem_caches_node) },
		/* CONFIG_MEMCG_KMEM, and since v5.9 */
		{ 2, M(memcg_cache_params, is_root_cache) },
		{ 3, M(mem_cgroup, kmem_caches) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		begin(&eras[table[i].era]);
		fake_forget(&fake, table[i].row);
		for (size_t j = 0; j < 2; j++) {
			assert_int_equal(mcd_decode_caches(&world, &memcgs[j]), MCD_OK);
			assert_int_equal(memcgs[j].caches_known, MCD_NA);
			assert_int_equal(memcgs[j].nr_caches, 0);
		}
		end();
	}
}

/* The list of all caches is read for the first group that is asked about. */
static void the_list_of_all_is_walked_once(void **state)
{
	uint64_t nr_first = 0;

	(void)state;
	begin(&eras[2]);
	assert_int_equal(mcd_decode_caches(&world, &memcgs[0]), MCD_OK);
	nr_first = fake.nr_reads;
	assert_int_equal(mcd_decode_caches(&world, &memcgs[2]), MCD_OK);
	assert_int_equal(fake.nr_reads, nr_first);
	assert_int_equal(mcd_decode_caches(&world, &memcgs[1]), MCD_OK);
	assert_int_equal(fake.nr_reads, nr_first + 2); /* one name and its address */
	end();
}

/* An interrupted walk of it leaves nothing half done. */
static void an_interrupted_walk_starts_anew(void **state)
{
	(void)state;
	begin(&eras[2]);
	fake.interrupt_at = 1;
	assert_int_equal(mcd_decode_caches(&world, &memcgs[0]), MCD_INTERRUPTED);
	assert_null(world.caches);
	fake.interrupt_at = 0;
	assert_int_equal(mcd_decode_caches(&world, &memcgs[0]), MCD_OK);
	assert_int_equal(memcgs[0].nr_caches, 4);
	end();
}

static void caches_need_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(eras); i++) {
		enum mcd_status status = MCD_NO_MEMORY;
		size_t nr_failures = 0;

		for (size_t bytes = 0; status; bytes += 64, nr_failures++) {
			begin_with(&eras[i], bytes);
			status = index_groups();
			if (!status)
				status = mcd_decode_caches(&world, &memcgs[0]);
			if (status)
				assert_int_equal(status, MCD_NO_MEMORY);
			end();
			assert_true(bytes < 65536);
		}
		assert_true(nr_failures > 1);
	}
}

/* A read that fails at any point is a name or a list that is unreadable, and no more. */
static void caches_survive_every_failing_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(eras); i++) {
		for (uint64_t at = 1;; at++) {
			uint64_t nr = 0;

			begin(&eras[i]);
			fake.fail_read_at = at;
			assert_int_equal(mcd_decode_caches(&world, &memcgs[0]), MCD_OK);
			nr = fake.nr_reads;
			if (at <= nr)
				assert_false(mcd_memcg_is_whole(&memcgs[0]) && !world.notes);
			end();
			if (at > nr)
				break;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_names_in_every_form),
		cmocka_unit_test(lost_caches_keep_their_place),
		cmocka_unit_test(without_a_row_there_are_no_caches),
		cmocka_unit_test(the_list_of_all_is_walked_once),
		cmocka_unit_test(an_interrupted_walk_starts_anew),
		cmocka_unit_test(caches_need_memory),
		cmocka_unit_test(caches_survive_every_failing_read),
	};

	return cmocka_run_group_tests_name("caches", tests, NULL, NULL);
}
