// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What memcgs cost, from a fake 6.1 kernel to the lines of -c, -l -c and -j -c: sizes by the caches of
 * kmalloc() and without them, what is freed early, what is not in the dump.
 */
#include <stdio.h>
#include <string.h>

#include "kernel_61.h"
#include "unit.h"

#define KMALLOC UINT64_C(0xffffffff82200000)
#define CACHES UINT64_C(0xffff888030000000)
#define PER_NODE UINT64_C(0xffff888031000000)
#define RAM UINT64_C(0xffffffff82300000)

/* Sizes that are near those of 6.1. */
static const struct fake_row rows_cost[] = {
	FAKE_MEMBER(mem_cgroup, nodeinfo, 2040, 0),
	FAKE_STRUCT(mem_cgroup_per_node, 1000),
	FAKE_MEMBER(mem_cgroup_per_node, lruvec_stats_percpu, 512, 8),
	FAKE_STRUCT(lruvec_stats_percpu, 688),
	FAKE_STRUCT(memcg_vmstats, 2000),
	FAKE_STRUCT(memcg_vmstats_percpu, 1064),
	FAKE_STRUCT(percpu_ref_data, 56),
	FAKE_STRUCT(cgroup, 1000),
	FAKE_MEMBER(cgroup, level, 240, 4),
	FAKE_STRUCT(kernfs_node, 120),
	FAKE_SYMBOL(_totalram_pages, RAM),
};
static const struct fake_row rows_caches[] = {
	FAKE_SYMBOL(kmalloc_caches, KMALLOC),
	FAKE_MEMBER(kmem_cache, size, 24, 4),
	FAKE_MEMBER(kmem_cache, object_size, 28, 4),
};
static const struct fake_row rows_disabled[] = {
	FAKE_MEMBER(mem_cgroup, percpu_stats_disabled, 1800, 4),
};

static const struct k61_group groups[] = {
	K61_ROOT_GROUP,
	{ .name = "live", .flags = K61_ONLINE, .id = 2, .serial = 2, .ref_mode = K61_REF_PERCPU },
	{ .name = "one", .id = 3, .serial = 3, .refs = 1 },
	{ .name = "a-longer-name", .id = 4, .serial = 4, .refs = 1 },
};

static void put_node(struct fake_target *fake, size_t i)
{
	uint64_t node = PER_NODE + i * FAKE_PAGE_BYTES;
	uint64_t ref = k61_memcg(i) + fake_value(fake, M(cgroup_subsys_state, refcnt));

	fake_u64(fake, fake_at(fake, k61_memcg(i), M(mem_cgroup, nodeinfo)), node);
	fake_put(fake, node, M(mem_cgroup_per_node, lruvec_stats_percpu), 64);
	fake_put(fake, k61_cgroup(i), M(cgroup, level), 1);
	/* freed with the kill; flags remain */
	if (!(groups[i].flags & K61_ONLINE))
		fake_put(fake, ref, M(percpu_ref, percpu_count_ptr), 3);
}

static void init(struct fake_target *fake)
{
	const struct k61_config config = { .is_v2 = true };

	k61_init(fake, &config, groups, ARRAY_SIZE(groups));
	fake_learn(fake, FAKE_ROWS(rows_cost));
	fake_map(fake, PER_NODE, ARRAY_SIZE(groups) * FAKE_PAGE_BYTES);
	fake_map(fake, RAM, 8);
	fake_u64(fake, RAM, 1000);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		put_node(fake, i);
}

/*
 * Of kmalloc() without its caches: mem_cgroup 2048 and a pointer, cgroup 1000 and two ancestors; of the
 * others what is next. The two names are 4 and 14 bytes.
 */
static void sizes_follow_the_rule(void **state)
{
	struct fake_target fake;

	(void)state;
	init(&fake);
	assert_report(&fake, "-c", MCD_OUTCOME_COMPLETE,
		      "BYTES  COUNT  CPUS  EACH  STRUCTURE\n"
		      " 8192      2     -  4096  mem_cgroup\n"
		      " 4256      2     2  1064  memcg_vmstats_percpu\n"
		      " 4096      2     -  2048  memcg_vmstats\n"
		      " 2752      2     2   688  lruvec_stats_percpu\n"
		      " 2048      2     -  1024  cgroup\n"
		      " 2048      2     -  1024  mem_cgroup_per_node\n"
		      "  240      2     -   120  kernfs_node\n"
		      "  128      2     -    64  percpu_ref_data\n"
		      "   24      2     -     -  name\n"
		      "2 memory cgroups: 23784 bytes, 11892 each, 0.58% of 4096000 bytes of RAM\n");
	assert_report(&fake, "-c -n 1 3", MCD_OUTCOME_COMPLETE,
		      "BYTES  COUNT  CPUS  EACH  STRUCTURE\n"
		      " 4096      1     -  4096  mem_cgroup\n"
		      "(1 of 9 shown)\n"
		      "1 memory cgroup: 11888 bytes, 0.29% of 4096000 bytes of RAM\n");
	assert_report(
		&fake, "-l -c", MCD_OUTCOME_COMPLETE,
		"MEM_CGROUP        ID  REFS  MEMORY  SWAP  KMEM  TCP   COST  STATE    PATH\n"
		"ffff888004103000   4     1       0     0     0    0  11896  offline  "
		"/a-longer-name\n"
		"ffff888004102000   3     1       0     0     0    0  11888  offline  /one\n");
	assert_report(&fake, "-c /nowhere", MCD_OUTCOME_NO_MATCH, "");
	fake_exit(&fake);
}

/* A debugging kernel: objects are larger than what they are for. */
static void put_caches(struct fake_target *fake)
{
	static const struct {
		uint32_t object_size, size;
	} caches[] = { { 16, 80 }, { 64, 160 }, { 1024, 1280 }, { 2048, 2368 } };

	fake_learn(fake, FAKE_ROWS(rows_caches));
	fake_map(fake, KMALLOC, FAKE_PAGE_BYTES);
	fake_map(fake, CACHES, ARRAY_SIZE(caches) * 256);
	for (size_t i = 0; i < ARRAY_SIZE(caches); i++) {
		fake_u64(fake, KMALLOC + 8 * (2 * i + 1), CACHES + 256 * i);
		fake_put(fake, CACHES + 256 * i, M(kmem_cache, size), caches[i].size);
		fake_put(fake, CACHES + 256 * i, M(kmem_cache, object_size), caches[i].object_size);
	}
}

static void caches_tell_sizes(void **state)
{
	struct fake_target fake;

	(void)state;
	init(&fake);
	put_caches(&fake);
	/* beyond the largest cache are pages */
	assert_report(&fake, "-c 3", MCD_OUTCOME_COMPLETE,
		      "BYTES  COUNT  CPUS  EACH  STRUCTURE\n"
		      " 4096      1     -  4096  mem_cgroup\n"
		      " 2368      1     -  2368  memcg_vmstats\n"
		      " 2128      1     2  1064  memcg_vmstats_percpu\n"
		      " 1376      1     2   688  lruvec_stats_percpu\n"
		      " 1280      1     -  1280  cgroup\n"
		      " 1280      1     -  1280  mem_cgroup_per_node\n"
		      "  160      1     -   160  percpu_ref_data\n"
		      "  120      1     -   120  kernfs_node\n"
		      "   80      1     -    80  name\n"
		      "1 memory cgroup: 12888 bytes, 0.31% of 4096000 bytes of RAM\n");
	fake_exit(&fake);
}

/* Pointers to what is freed remain. */
static void freed_statistics_are_told(void **state)
{
	static struct run_result result;
	struct fake_target fake;

	(void)state;
	init(&fake);
	fake_learn(&fake, FAKE_ROWS(rows_disabled));
	fake_put(&fake, k61_memcg(2), M(mem_cgroup, percpu_stats_disabled), 3);
	fake_put(&fake, k61_memcg(3), M(mem_cgroup, percpu_stats_disabled), 2);
	run_command(&fake, "-c", &result);
	assert_non_null(
		strstr(result.out.text, " 2128      1     2  1064  memcg_vmstats_percpu\n"));
	assert_non_null(strstr(result.out.text, " 1376      1     2   688  lruvec_stats_percpu\n"));
	assert_non_null(
		strstr(result.out.text, "\nper-cpu statistics of 1 were freed by the kernel\n"));
	run_command(&fake, "-j -c", &result);
	assert_non_null(strstr(result.out.text, "\"unreadable\":0,\"freed_statistics\":1,"
						"\"bytes\":20280,\"ram_bytes\":4096000,"));
	fake_exit(&fake);
}

/* What a live one costs has its reference counter for each cpu; nobody's directory is the root's. */
static void live_ones_cost_more(void **state)
{
	static struct run_result result;
	struct fake_target fake;

	(void)state;
	init(&fake);
	run_command(&fake, "-j -c -a", &result);
	assert_int_equal(result.outcome, MCD_OUTCOME_COMPLETE);
	assert_non_null(strstr(result.out.text,
			       "{\"name\":\"mem_cgroup\",\"count\":4,\"cpus\":null,"
			       "\"each_bytes\":4096,\"bytes\":16384}"));
	assert_non_null(strstr(result.out.text, "{\"name\":\"cgroup\",\"count\":3,"));
	assert_non_null(strstr(result.out.text, "{\"name\":\"percpu_ref\",\"count\":1,\"cpus\":2,"
						"\"each_bytes\":8,\"bytes\":16}"));
	fake_exit(&fake);
}

static void lose_node(struct fake_target *fake)
{
	fake_hole(fake, PER_NODE + 2 * FAKE_PAGE_BYTES, FAKE_PAGE_BYTES);
}

static void lose_nodeinfo(struct fake_target *fake)
{
	fake_hole(fake, fake_at(fake, k61_memcg(2), M(mem_cgroup, nodeinfo)), 8);
}

static void lose_level(struct fake_target *fake)
{
	fake_hole(fake, fake_at(fake, k61_cgroup(2), M(cgroup, level)), 4);
}

static void level_beyond_sense(struct fake_target *fake)
{
	fake_put(fake, k61_cgroup(2), M(cgroup, level), 100000);
}

static void lose_vmstats_pointer(struct fake_target *fake)
{
	fake_hole(fake, fake_at(fake, k61_memcg(2), M(mem_cgroup, vmstats_percpu)), 8);
}

static void lose_cpus(struct fake_target *fake)
{
	fake_hole(fake, fake_value(fake, SYM(__cpu_possible_mask)), 8);
}

static const struct damage_case {
	const char *name;
	void (*damage)(struct fake_target *fake);
	unsigned int nr_unreadable;
} damages[] = {
	{ "the part on a node is lost", lose_node, 1 },
	{ "the pointer to it is lost", lose_nodeinfo, 1 },
	{ "the level of a directory is lost", lose_level, 1 },
	{ "a level beyond sense", level_beyond_sense, 1 },
	{ "a pointer is lost", lose_vmstats_pointer, 1 },
	{ "the number of cpus is lost", lose_cpus, 2 },
};

/* What cannot be looked at makes the cost of that group unreadable, and the run partial. */
static void damage_is_told(void **state)
{
	const struct damage_case *this_case = *state;
	static struct run_result result;
	char line[80];
	struct fake_target fake;

	init(&fake);
	this_case->damage(&fake);
	run_command(&fake, "-c", &result);
	assert_int_equal(result.outcome, MCD_OUTCOME_PARTIAL);
	snprintf(line, sizeof(line), "\nof %u some is unreadable, and is not counted\n",
		 this_case->nr_unreadable);
	assert_non_null(strstr(result.out.text, line));
	run_command(&fake, "-j -c", &result);
	assert_non_null(strstr(result.out.text, "\"cost_bytes\":\"unreadable\"}"));
	fake_exit(&fake);
}

static void ram_may_be_unknown(void **state)
{
	static struct run_result result;
	struct fake_target fake;

	(void)state;
	init(&fake);
	fake_hole(&fake, RAM, 8);
	run_command(&fake, "-c", &result);
	assert_non_null(strstr(result.out.text, "11892 each, RAM: unreadable\n"));
	fake_exit(&fake);
	init(&fake);
	fake_forget(&fake, SYM(_totalram_pages));
	run_command(&fake, "-j -c", &result);
	assert_non_null(strstr(result.out.text, "\"ram_bytes\":null,"));
	fake_exit(&fake);
}

/* Stopped at every poll in turn: never more than there is, and a report that says so. */
static void an_interrupted_sum_is_told(void **state)
{
	static struct run_result whole, result;
	struct fake_target fake;
	bool has_part = false;

	(void)state;
	init(&fake);
	run_command(&fake, "-j -c", &whole);
	fake_exit(&fake);
	for (uint64_t at = 1; at < 400; at++) {
		init(&fake);
		fake.interrupt_at = at;
		run_command(&fake, "-j -c", &result);
		fake_exit(&fake);
		if (result.outcome == MCD_OUTCOME_COMPLETE)
			break;
		assert_int_equal(result.outcome, MCD_OUTCOME_PARTIAL);
		has_part |= strstr(result.said.text, "the cost is that of ") != NULL;
	}
	assert_true(has_part);
	assert_int_equal(result.outcome, MCD_OUTCOME_COMPLETE);
}

int main(void)
{
	enum { NR_DAMAGES = ARRAY_SIZE(damages), NR_OTHERS = 6 };
	struct CMUnitTest tests[NR_DAMAGES + NR_OTHERS] = {
		cmocka_unit_test(sizes_follow_the_rule),
		cmocka_unit_test(caches_tell_sizes),
		cmocka_unit_test(freed_statistics_are_told),
		cmocka_unit_test(live_ones_cost_more),
		cmocka_unit_test(ram_may_be_unknown),
		cmocka_unit_test(an_interrupted_sum_is_told),
	};

	for (size_t i = 0; i < NR_DAMAGES; i++)
		tests[NR_OTHERS + i] = (struct CMUnitTest){ damages[i].name, damage_is_told, NULL,
							    NULL, (void *)&damages[i] };
	return cmocka_run_group_tests_name("cost", tests, NULL, NULL);
}
