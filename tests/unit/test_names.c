// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Paths in every form that kernels have had, intact and damaged in the same ways, and names that
 * only slab caches remember.
 */
#include <string.h>

#include "../../src/decode/decode.h"
#include "kernel_310.h"
#include "unit.h"

/* ---- a hierarchy of three directories below its root, in the layouts of several kernels ---- */

enum {
	SLOT = FAKE_PAGE_BYTES,
	NR_DIRS = 4, /* the root is number 0 */
	MEMCG = 0x100000,
	ROOT_MEMCG = 0x101000,
	CGROUPS = 0x200000,
	NODES = 0x300000,
	DENTRIES = 0x400000,
	NAMES = 0x500000,
	DECOYS = 0x600000, /* names that a newer form replaces */
};

static const char *const names[NR_DIRS] = { "/", "a", "b c", "d" };

static const struct fake_row common[] = {
	FAKE_MEMBER(mem_cgroup, css, 0, 64),
	FAKE_MEMBER(cgroup_subsys_state, cgroup, 0, 8),
};

#define REFCNT FAKE_MEMBER(mem_cgroup, refcnt, 256, 4)
#define DENTRY_ROWS                                                             \
	FAKE_MEMBER(cgroup, parent, 64, 8), FAKE_MEMBER(cgroup, dentry, 72, 8), \
		FAKE_MEMBER(dentry, d_name, 32, 16), FAKE_MEMBER(qstr, name, 8, 8)
#define NAME_ROWS FAKE_MEMBER(cgroup, name, 80, 8), FAKE_MEMBER(cgroup_name, name, 16, 0)
/* sysfs had kernfs before cgroups had it */
#define KERNFS_ROWS FAKE_MEMBER(kernfs_node, parent, 8, 8), FAKE_MEMBER(kernfs_node, name, 16, 8)

static const struct fake_row rows_38[] = { REFCNT, DENTRY_ROWS };
static const struct fake_row rows_310[] = { REFCNT, DENTRY_ROWS, NAME_ROWS };
static const struct fake_row rows_313[] = { DENTRY_ROWS, NAME_ROWS };
static const struct fake_row rows_314[] = { DENTRY_ROWS, NAME_ROWS, KERNFS_ROWS };
static const struct fake_row rows_315[] = {
	FAKE_MEMBER(cgroup, parent, 64, 8),
	FAKE_MEMBER(cgroup, kn, 72, 8),
	FAKE_MEMBER(dentry, d_name, 32, 16),
	FAKE_MEMBER(qstr, name, 8, 8),
	KERNFS_ROWS,
};
static const struct fake_row rows_54[] = { FAKE_MEMBER(cgroup, kn, 256, 8), KERNFS_ROWS };
static const struct fake_row rows_615[] = {
	FAKE_MEMBER(cgroup, kn, 256, 8),
	FAKE_MEMBER(kernfs_node, __parent, 8, 8),
	FAKE_MEMBER(kernfs_node, name, 16, 8),
};

static const struct era {
	const char *name;
	struct fake_rows rows;
	uint64_t nodes; /* where what has the parent and the name is */
	enum mcd_layout_id parent, first_of_name;
	bool frees_cgroup; /* once its memcg is dead */
} eras[] = {
	{ "3.8", FAKE_ROWS(rows_38), CGROUPS, M(cgroup, parent), M(cgroup, dentry), true },
	{ "3.10", FAKE_ROWS(rows_310), CGROUPS, M(cgroup, parent), M(cgroup, name), true },
	{ "3.13", FAKE_ROWS(rows_313), CGROUPS, M(cgroup, parent), M(cgroup, name), false },
	{ "3.14", FAKE_ROWS(rows_314), CGROUPS, M(cgroup, parent), M(cgroup, name), false },
	{ "3.15", FAKE_ROWS(rows_315), NODES, M(kernfs_node, parent), M(kernfs_node, name), false },
	{ "5.4", FAKE_ROWS(rows_54), NODES, M(kernfs_node, parent), M(kernfs_node, name), false },
	{ "6.15", FAKE_ROWS(rows_615), NODES, M(kernfs_node, __parent), M(kernfs_node, name),
	  false },
};

static struct fake_target fake;
static struct mcd_arena arena;
static struct mcd_world world;

static uint64_t node(const struct era *era, size_t i)
{
	return era->nodes + i * SLOT;
}

static void put_dentry(size_t i, bool is_decoy)
{
	uint64_t name = is_decoy ? DECOYS : NAMES + i * SLOT;

	fake_put(&fake, CGROUPS + i * SLOT, M(cgroup, dentry), DENTRIES + i * SLOT);
	fake_put_in(&fake, DENTRIES + i * SLOT, M(dentry, d_name), M(qstr, name), name);
	fake_text(&fake, name, is_decoy ? "decoy" : names[i]);
}

static void put_name(size_t i)
{
	fake_put(&fake, CGROUPS + i * SLOT, M(cgroup, name), NAMES + i * SLOT);
	fake_text(&fake, fake_at(&fake, NAMES + i * SLOT, M(cgroup_name, name)), names[i]);
}

static void put_kernfs(size_t i)
{
	fake_put(&fake, CGROUPS + i * SLOT, M(cgroup, kn), NODES + i * SLOT);
	fake_put(&fake, NODES + i * SLOT, M(kernfs_node, name), NAMES + i * SLOT);
	/* the root of a kernfs has no name, which is as good as any */
	fake_text(&fake, NAMES + i * SLOT, i ? names[i] : "");
}

static void put_dir(const struct era *era, size_t i)
{
	bool has_name = mcd_layout_has(&fake.target, M(cgroup, name));

	if (mcd_layout_has(&fake.target, M(cgroup, dentry)))
		put_dentry(i, has_name);
	if (has_name)
		put_name(i);
	if (mcd_layout_has(&fake.target, M(cgroup, kn)))
		put_kernfs(i);
	fake_put(&fake, node(era, i), era->parent, i ? node(era, i - 1) : 0);
}

static void begin(struct fake_rows rows)
{
	static const uint64_t maps[] = { CGROUPS, NODES, DENTRIES, NAMES };

	fake_init(&fake);
	fake_learn(&fake, FAKE_ROWS(common));
	fake_learn(&fake, rows);
	fake_map(&fake, MEMCG, (size_t)2 * SLOT);
	fake_map(&fake, DECOYS, SLOT);
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		fake_map(&fake, maps[i], (size_t)NR_DIRS * SLOT);
	fake_put(&fake, MEMCG, M(cgroup_subsys_state, cgroup), CGROUPS + (NR_DIRS - 1) * SLOT);
	mcd_arena_init(&arena, UNIT_ARENA_BYTES);
	mcd_world_init(&world, &fake.target, &arena);
	world.root_addr = ROOT_MEMCG;
}

static void begin_era(const struct era *era)
{
	begin(era->rows);
	for (size_t i = 0; i < NR_DIRS; i++)
		put_dir(era, i);
}

static void end(void)
{
	fake_exit(&fake);
	mcd_arena_deinit(&arena);
}

/* ---- damage, the same in every form ---- */

static void lose_cgroup(const struct era *era)
{
	(void)era;
	fake_hole(&fake, MEMCG, 8);
}

static void lose_node(const struct era *era)
{
	fake_hole_page(&fake, node(era, 3));
}

static void lose_name(const struct era *era)
{
	(void)era;
	fake_hole_page(&fake, NAMES + 3 * SLOT);
}

static void clear_name(const struct era *era)
{
	fake_put(&fake, node(era, 3), era->first_of_name, 0);
}

static void endless_name(const struct era *era)
{
	static char text[SLOT];

	(void)era;
	memset(text, 'x', sizeof(text));
	fake_bytes(&fake, NAMES + 3 * SLOT, text, sizeof(text));
}

static void lose_parent(const struct era *era)
{
	fake_hole_page(&fake, node(era, 2));
}

static void lose_name_of_parent(const struct era *era)
{
	(void)era;
	fake_hole_page(&fake, NAMES + 2 * SLOT);
}

static void lose_root(const struct era *era)
{
	fake_hole_page(&fake, node(era, 0));
}

/* What the root is called is of no interest. */
static void lose_name_of_root(const struct era *era)
{
	(void)era;
	fake_hole_page(&fake, NAMES);
}

static void lead_parents_nowhere(const struct era *era)
{
	fake_put(&fake, node(era, 2), era->parent, 0xdead000000000100);
}

static const struct path_case {
	const char *name;
	void (*damage)(const struct era *era);
	const char *path;
	enum mcd_known known;
	bool is_partial;
} path_cases[] = {
	{ "intact", NULL, "/a/b c/d", MCD_KNOWN, false },
	{ "cgroup lost", lose_cgroup, NULL, MCD_UNREADABLE, false },
	{ "node lost", lose_node, NULL, MCD_UNREADABLE, false },
	{ "name lost", lose_name, NULL, MCD_UNREADABLE, false },
	{ "no name", clear_name, NULL, MCD_UNREADABLE, false },
	{ "name without an end", endless_name, NULL, MCD_UNREADABLE, false },
	{ "parent lost", lose_parent, "?/d", MCD_KNOWN, true },
	{ "name of the parent lost", lose_name_of_parent, "?/d", MCD_KNOWN, true },
	{ "root lost", lose_root, "?/a/b c/d", MCD_KNOWN, true },
	{ "name of the root lost", lose_name_of_root, "/a/b c/d", MCD_KNOWN, false },
	{ "parents to nowhere", lead_parents_nowhere, "?/b c/d", MCD_KNOWN, true },
};

static void check_path(const struct era *era, const struct path_case *this_case)
{
	struct mcd_memcg memcg = { .addr = MEMCG, .state = MCD_STATE_ONLINE };

	begin_era(era);
	if (this_case->damage)
		this_case->damage(era);
	assert_int_equal(mcd_decode_path(&world, &memcg), MCD_OK);
	if (memcg.path.known != this_case->known)
		fail_msg("%s, %s: %d", era->name, this_case->name, memcg.path.known);
	if (this_case->path)
		assert_string_equal(memcg.path.text, this_case->path);
	assert_int_equal(memcg.flags, this_case->is_partial ? MCD_FLAG_PATH_PARTIAL : 0);
	end();
}

static void reads_paths_in_every_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(eras); i++)
		for (size_t j = 0; j < ARRAY_SIZE(path_cases); j++)
			check_path(&eras[i], &path_cases[j]);
}

static void a_dead_group_has_a_path_as_long_as_its_cgroup(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(eras); i++) {
		struct mcd_memcg dead = { .addr = MEMCG, .state = MCD_STATE_OFFLINE };

		begin_era(&eras[i]);
		assert_int_equal(mcd_decode_path(&world, &dead), MCD_OK);
		assert_int_equal(dead.path.known, eras[i].frees_cgroup ? MCD_NA : MCD_KNOWN);
		end();
	}
}

static void the_root_needs_no_cgroup(void **state)
{
	struct mcd_memcg root = { .addr = ROOT_MEMCG, .state = MCD_STATE_ONLINE };

	(void)state;
	begin((struct fake_rows){ NULL, 0 });
	fake_hole_page(&fake, ROOT_MEMCG);
	assert_int_equal(mcd_decode_path(&world, &root), MCD_OK);
	assert_string_equal(root.path.text, "/");
	end();
}

/* Parents in a circle, and the deepest path that is still read whole. */
static void a_climb_is_bounded(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(eras); i++) {
		struct mcd_memcg memcg = { .addr = MEMCG, .state = MCD_STATE_ONLINE };

		begin_era(&eras[i]);
		fake_put(&fake, node(&eras[i], 2), eras[i].parent, node(&eras[i], 3));
		assert_int_equal(mcd_decode_path(&world, &memcg), MCD_OK);
		assert_int_equal(memcg.path.known, MCD_KNOWN);
		assert_string_equal(memcg.path.text, "?/b c/d");
		assert_int_equal(memcg.flags, MCD_FLAG_PATH_PARTIAL);
		end();
	}
}

static void check_depth(size_t depth, bool is_partial)
{
	struct mcd_memcg memcg = { .addr = MEMCG, .state = MCD_STATE_ONLINE };
	const uint64_t deep = 0x1000000;

	begin_era(&eras[5]);
	fake_map(&fake, deep, 64 * (depth + 1));
	for (size_t i = 0; i <= depth; i++) {
		fake_put(&fake, deep + 64 * i, M(kernfs_node, parent), i ? deep + 64 * (i - 1) : 0);
		fake_put(&fake, deep + 64 * i, M(kernfs_node, name), NAMES + SLOT);
	}
	fake_put(&fake, CGROUPS + 3 * SLOT, M(cgroup, kn), deep + 64 * depth);
	assert_int_equal(mcd_decode_path(&world, &memcg), MCD_OK);
	assert_int_equal(memcg.flags, is_partial ? MCD_FLAG_PATH_PARTIAL : 0);
	assert_int_equal(memcg.path.text[0], is_partial ? '?' : '/');
	end();
}

static void a_path_has_128_components(void **state)
{
	(void)state;
	check_depth(128, false);
	check_depth(129, true);
}

/* Types that lack a part of every form: the path is not known here, and nothing is damaged. */
static void without_a_form_there_is_no_path(void **state)
{
	static const struct fake_row only_kn[] = { FAKE_MEMBER(cgroup, kn, 72, 8) };
	static const struct fake_row no_parent[] = { FAKE_MEMBER(cgroup, kn, 72, 8),
						     FAKE_MEMBER(kernfs_node, name, 16, 8) };
	static const struct fake_row no_name[] = { FAKE_MEMBER(cgroup, kn, 72, 8),
						   FAKE_MEMBER(kernfs_node, parent, 8, 8) };
	static const struct fake_row no_qstr[] = { FAKE_MEMBER(cgroup, parent, 64, 8),
						   FAKE_MEMBER(cgroup, dentry, 72, 8),
						   FAKE_MEMBER(dentry, d_name, 32, 16) };
	const struct fake_rows tables[] = {
		{ NULL, 0 },	    FAKE_ROWS(only_kn), FAKE_ROWS(no_parent),
		FAKE_ROWS(no_name), FAKE_ROWS(no_qstr),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		struct mcd_memcg memcg = { .addr = MEMCG, .state = MCD_STATE_ONLINE };

		begin(tables[i]);
		for (uint64_t at = 64; at < 128; at += 8)
			fake_u64(&fake, CGROUPS + 3 * SLOT + at, NODES);
		fake_u64(&fake, NODES + 8, NODES + SLOT);
		assert_int_equal(mcd_decode_path(&world, &memcg), MCD_OK);
		assert_int_equal(mcd_decode_name(&world, &memcg), MCD_OK);
		assert_na(memcg.path);
		assert_na(memcg.name);
		assert_int_equal(memcg.flags, 0);
		end();
	}
}

/* ---- what slab caches remember ---- */

/* The root caches of group `i`, which have the names that its own caches begin with. */
static void name_root_caches(struct fake_target *target, size_t i, size_t nr, const char *name)
{
	for (size_t cache = 0; cache < nr; cache++) {
		uint64_t root = 0;

		assert_int_equal(mcd_field(&target->target, k310_params(i, cache),
					   M(memcg_cache_params, root_cache), &root),
				 MCD_OK);
		fake_put(target, root, M(kmem_cache, name), root + 1024);
		fake_text(target, root + 1024, name);
	}
}

static void lose_newest(void)
{
	fake_hole_page(&fake, k310_cache(0, 0));
}

static void lose_newest_link(void)
{
	fake_hole_page(&fake, k310_params(0, 0));
}

static void lose_id(void)
{
	fake_hole(&fake, fake_at(&fake, k310_memcg(0), M(mem_cgroup, kmemcg_id)), 4);
}

static void circle(void)
{
	uint64_t first = fake_at(&fake, k310_params(0, 0), M(memcg_cache_params, list));

	fake_u64(&fake, first, first);
}

static const struct memory_case {
	const char *name;
	const char *caches[K310_CACHES_MAX];
	void (*damage)(void);
	const char *group; /* NULL: nothing is known */
} memory[] = {
	{ "plain", { "x (y(7:gone)" }, NULL, "gone" },
	{ "odd", { "x (y(7:a (7:b) c)" }, NULL, "a (7:b) c" },
	{ "renamed: the newest", { "x (y(7:new)", "x (y(7:old)" }, NULL, "new" },
	{ "newest unreadable", { "x (y(7:new)", "x (y(7:old)" }, lose_newest, "old" },
	{ "newest entry lost", { "x (y(7:new)", "x (y(7:old)" }, lose_newest_link, NULL },
	{ "circle", { "other(7:new)" }, circle, NULL },
	{ "id lost", { "x (y(7:new)" }, lose_id, NULL },
	{ "no cache", { NULL }, NULL, NULL },
	{ "another id", { "x (y(8:new)" }, NULL, NULL },
	{ "another root", { "x (z(7:new)" }, NULL, NULL },
	{ "no end", { "x (y(7:new" }, NULL, NULL },
	{ "nothing in it", { "x (y(7:)" }, NULL, NULL },
	{ "prefix alone", { "x (y" }, NULL, NULL },
};

static void begin_memory(const struct memory_case *this_case)
{
	const struct k310_config config = { .is_38 = true };
	struct k310_group group = { .kmemcg_id = 7,
				    .kmem = 4096,
				    .memsw = 4096,
				    .css_id = 5,
				    .refcnt = 2,
				    .has_slab_head = true };
	size_t nr = 0;

	memcpy(group.caches, this_case->caches, sizeof(group.caches));
	while (nr < K310_CACHES_MAX && group.caches[nr])
		nr++;
	k310_init(&fake, &config, &group, 1);
	name_root_caches(&fake, 0, nr, "x (y");
	if (this_case->damage)
		this_case->damage();
	mcd_arena_init(&arena, UNIT_ARENA_BYTES);
	mcd_world_init(&world, &fake.target, &arena);
}

/* Of a kernel without the facility, or where the facility could not copy the name. */
static void caches_remember_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(memory); i++) {
		const struct memory_case *this_case = &memory[i / 2];
		struct mcd_memcg memcg = { .addr = k310_memcg(0),
					   .state = MCD_STATE_OFFLINE,
					   .unions.form = MCD_UNION_DEAD,
					   .sources = MCD_SOURCE_LIST };

		begin_memory(this_case);
		if (i % 2)
			fake_forget(&fake, M(mem_cgroup, memcg_name));
		assert_int_equal(mcd_decode_name(&world, &memcg), MCD_OK);
		if ((memcg.name.known == MCD_KNOWN) != (this_case->group != NULL))
			fail_msg("%s: %d", this_case->name, memcg.name.known);
		if (this_case->group)
			assert_string_equal(memcg.name.text, this_case->group);
		assert_int_equal(memcg.flags, this_case->group ? MCD_FLAG_NAME_FROM_CACHE : 0);
		/* what the kernel prints is another matter */
		assert_na(memcg.kernel.name);
		end();
	}
}

static void caches_are_not_asked_where_a_name_is_known(void **state)
{
	struct mcd_memcg memcg = { .addr = k310_memcg(0),
				   .state = MCD_STATE_OFFLINE,
				   .unions.form = MCD_UNION_DEAD,
				   .sources = MCD_SOURCE_LIST };

	(void)state;
	begin_memory(&memory[0]);
	fake_text(&fake, k310_name(0), "copy");
	fake_put(&fake, k310_memcg(0), M(mem_cgroup, memcg_name), k310_name(0));
	assert_int_equal(mcd_decode_name(&world, &memcg), MCD_OK);
	assert_string_equal(memcg.name.text, "copy");
	assert_int_equal(memcg.flags, 0);

	/* one that is there and cannot be read is damage, which nothing else should hide */
	fake_hole_page(&fake, k310_name(0));
	memcg.name = memcg.kernel.name = (struct mcd_text){ .known = MCD_NA };
	assert_int_equal(mcd_decode_name(&world, &memcg), MCD_OK);
	assert_unreadable(memcg.name);
	assert_int_equal(memcg.flags, 0);
	end();
}

/* The whole command: found by that name, flagged, and not in the kernel's own file. */
static void reports_tell_where_the_name_is_from(void **state)
{
	static struct run_result result;

	(void)state;
	begin_memory(&memory[0]);
	mcd_arena_deinit(&arena);
	run_command(&fake, "", &result);
	assert_memory_equal(result.out.text, "gone:\n", 6);
	assert_non_null(strstr(result.out.text, " in caches x (y(7:gone)\n"));
	run_command(&fake, "-k", &result);
	assert_memory_equal(result.out.text, "(null):\n", 8);
	assert_non_null(strstr(result.out.text, " in caches x (y(7:gone)\n"));
	run_command(&fake, "-j /gone", &result);
	assert_non_null(strstr(result.out.text, "\"name\":\"gone\",\"path\":null"));
	assert_non_null(strstr(result.out.text, "\"name-from-cache\""));
	fake_exit(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_paths_in_every_form),
		cmocka_unit_test(a_dead_group_has_a_path_as_long_as_its_cgroup),
		cmocka_unit_test(the_root_needs_no_cgroup),
		cmocka_unit_test(a_climb_is_bounded),
		cmocka_unit_test(a_path_has_128_components),
		cmocka_unit_test(without_a_form_there_is_no_path),
		cmocka_unit_test(caches_remember_names),
		cmocka_unit_test(caches_are_not_asked_where_a_name_is_known),
		cmocka_unit_test(reports_tell_where_the_name_is_from),
	};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
