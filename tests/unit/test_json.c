// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * NDJSON: every kind of value, names that are no JSON, ends that are none, and memory that runs out.
 * tests/tools/check-json validates real reports against the schema.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_310.h"
#include "kernel_61.h"
#include "unit.h"

/* ---- what was written ---- */

enum { RECORDS_MAX = 64 };

static struct run_result result;
static json_t *records[RECORDS_MAX];
static size_t nr_records;

static void forget_records(void)
{
	while (nr_records)
		json_decref(records[--nr_records]);
}

/* Every line is an object of its own, and the last one is a whole line too. */
static void parse_records(void)
{
	forget_records();
	for (const char *line = result.out.text; *line;) {
		const char *end = strchr(line, '\n');

		assert_non_null(end);
		assert_true(nr_records < RECORDS_MAX);
		records[nr_records] = json_loadb(line, (size_t)(end - line), JSON_REJECT_DUPLICATES,
						 NULL);
		assert_non_null(records[nr_records]);
		nr_records++;
		line = end + 1;
	}
}

static void run(struct fake_target *fake, const char *words)
{
	run_command(fake, words, &result);
	parse_records();
}

/* A member as compact JSON text, which lives until the next call. */
static const char *member(size_t record, const char *key)
{
	static char *text;

	assert_true(record < nr_records);
	free(text);
	text = json_dumps(json_object_get(records[record], key), JSON_COMPACT | JSON_ENCODE_ANY);
	return text ? text : "absent";
}

#define assert_member(record, key, json) assert_string_equal(member(record, key), json)

/* The last record is the end, and there is one of it. */
static void assert_end(const char *is_complete, const char *shown)
{
	for (size_t i = 0; i < nr_records; i++)
		assert_int_equal(strcmp(member(i, "type"), "\"end\"") == 0, i + 1 == nr_records);
	assert_member(nr_records - 1, "complete", is_complete);
	assert_member(nr_records - 1, "shown", shown);
}

static int stop(void **state)
{
	(void)state;
	forget_records();
	return 0;
}

/* ---- the whole ---- */

static const struct k61_group groups[] = {
	K61_ROOT_GROUP,
	{ .name = "slice",
	  .flags = K61_ONLINE,
	  .id = 2,
	  .swap_id = 2,
	  .serial = 2,
	  .memory = 30,
	  .memsw = 30,
	  .ref_mode = K61_REF_PERCPU,
	  .refs = 5 },
	{ .name = "one",
	  .parent = 1,
	  .id = 3,
	  .swap_id = 7,
	  .serial = 3,
	  .memory = 20,
	  .memsw = 25,
	  .kmem = 3,
	  .tcpmem = 4,
	  .refs = 8 },
	{ .name = "\"q\"\\\n\t\x01\xff\xe9é",
	  .id = 4,
	  .serial = 4,
	  .memory = 1,
	  .memsw = 0,
	  .refs = 1 },
};

static void init_61(struct fake_target *fake)
{
	const struct k61_config config = { .is_v2 = false };

	k61_init(fake, &config, groups, ARRAY_SIZE(groups));
}

static void the_whole_report_is_as_reviewed(void **state)
{
	struct fake_target fake;

	(void)state;
	init_61(&fake);
	assert_report(
		&fake, "-j", MCD_OUTCOME_COMPLETE,
		"{\"type\":\"head\",\"schema\":1,\"tool\":\"memcg-dangling\",\"version\":\"0.1\","
		"\"front_end\":\"standalone\",\"types\":\"dwarf\","
		"\"dump\":\"/dumps/\\\"vm\\\"core\\\\xff\",\"release\":\"" K61_RELEASE "\","
		"\"build_id\":\"" K61_BUILD_ID "\",\"arch\":\"x86_64\",\"hierarchy\":\"v1\","
		"\"facility\":false,\"sources\":[\"tree\"],"
		"\"capabilities\":{\"page-cache\":false,\"shmem\":false,\"anon\":false,"
		"\"hugetlb\":false,\"device\":false,\"kmem-page\":false,\"slab-cache\":false,"
		"\"swap\":true,\"socket\":false,\"child\":true,\"writeback\":false,"
		"\"fsnotify\":false,\"stock\":false,\"bpf-map\":false,\"task\":false,\"base\":"
		"false},"
		"\"nr_dying_descendants\":null,\"nr_dying_subsys\":null}\n"
		"{\"type\":\"memcg\",\"address\":\"0xffff888004103000\","
		"\"name\":\"/\\\"q\\\"\\\\\\\\n\\\\t\\\\x01\\\\xff\\\\xe9é\","
		"\"path\":\"/\\\"q\\\"\\\\\\\\n\\\\t\\\\x01\\\\xff\\\\xe9é\","
		"\"state\":\"offline\",\"online\":false,\"css_id\":4,\"id\":null,\"serial\":4,"
		"\"sources\":[\"tree\"],\"refs\":1,\"memory_bytes\":4096,"
		"\"memory_limit_bytes\":null,\"swap_bytes\":null,"
		"\"kmem_bytes\":0,\"tcp_bytes\":0,\"tcp_sockets\":null,\"caches\":null,"
		"\"flags\":[\"escaped\"]}\n"
		"{\"type\":\"memcg\",\"address\":\"0xffff888004102000\",\"name\":\"/slice/one\","
		"\"path\":\"/slice/one\",\"state\":\"offline\",\"online\":false,\"css_id\":3,"
		"\"id\":7,\"serial\":3,\"sources\":[\"tree\"],\"refs\":8,\"memory_bytes\":81920,"
		"\"memory_limit_bytes\":null,"
		"\"swap_bytes\":20480,\"kmem_bytes\":12288,\"tcp_bytes\":16384,"
		"\"tcp_sockets\":null,\"caches\":null,\"flags\":[\"kmem-reparented\"]}\n"
		"{\"type\":\"end\",\"complete\":true,\"dangling\":2,\"online\":2,\"dying\":0,"
		"\"shown\":2,"
		"\"unreadable\":0,\"seconds\":0,\"notes\":[],\"missing\":["
		"{\"fact\":\"memory_limit_bytes\",\"probe\":\"page_counter.max\"}]}\n");
	fake_exit(&fake);
}

/* -l has no effect, live groups are said to be, and a limit counts what it shows. */
static void options_apply(void **state)
{
	struct fake_target fake;

	(void)state;
	init_61(&fake);
	run(&fake, "-j -l -a -n 4");
	assert_int_equal(nr_records, 6);
	assert_member(3, "online", "true");
	assert_member(3, "sources", "[\"tree\",\"root\"]");
	assert_member(3, "refs", "null"); /* the root is not counted */
	assert_member(4, "id", "2");
	assert_end("true", "4");
	run(&fake, "-j -n 1");
	assert_end("true", "1");
	assert_member(2, "dangling", "2");
	fake_exit(&fake);
}

/* The end says what the user is told as well. */
static void a_search_without_match_has_head_and_end(void **state)
{
	struct fake_target fake;

	(void)state;
	init_61(&fake);
	run(&fake, "-j /nowhere /no\xffwhere");
	assert_int_equal(result.outcome, MCD_OUTCOME_NO_MATCH);
	assert_int_equal(nr_records, 2);
	assert_end("true", "0");
	assert_member(1, "notes",
		      "[\"/nowhere: no such memory cgroup\","
		      "\"/no\\\\xffwhere: no such memory cgroup\"]");
	fake_exit(&fake);
}

/* ---- values ---- */

/* 3.10: caches and sockets, no path of the dead, and no names that it does not keep. */
static void the_facilitys_kernel_has_more_and_less(void **state)
{
	const struct k310_config config = { .garbage = { 1, 2, 3 } };
	struct fake_target fake;

	(void)state;
	k310_init(&fake, &config, k310_seen, ARRAY_SIZE(k310_seen));
	run(&fake, "-j");
	assert_member(0, "release", "null");
	assert_member(0, "build_id", "null");
	assert_member(0, "facility", "true");
	assert_member(0, "sources", "[\"list\"]");
	assert_member(1, "name", "\"all3\"");
	assert_member(1, "path", "null");
	assert_member(1, "id", "12");
	assert_member(1, "tcp_sockets", "64");
	assert_member(1, "caches",
		      "[{\"name\":\"radix_tree_node(7:all3)\"},{\"name\":\"kmalloc-2048(7:all3)\"},"
		      "{\"name\":\"TCP(7:all3)\"},{\"name\":\"dentry(7:all3)\"}]");
	assert_member(1, "flags", "[\"sockets-differ\",\"sockets-approximate\"]");
	assert_member(2, "caches", "[]");
	assert_end("true", "3");
	fake_exit(&fake);
}

static void damaged_caches_are_what_is_left_of_them(void **state)
{
	const struct k310_config config = { .is_38 = false };
	struct fake_target fake;

	(void)state;
	k310_init(&fake, &config, k310_seen, ARRAY_SIZE(k310_seen));
	fake_hole_page(&fake, k310_params(0, 1));
	fake_hole_page(&fake, k310_params(0, 2));
	run(&fake, "-j /all3");
	assert_member(1, "caches",
		      "[{\"name\":\"radix_tree_node(7:all3)\"},{\"name\":\"unreadable\"},"
		      "{\"name\":\"unreadable\"},{\"name\":\"dentry(7:all3)\"}]");
	assert_non_null(strstr(member(1, "flags"), "\"caches-partial\""));
	fake_hole(&fake, fake_at(&fake, k310_memcg(0), M(mem_cgroup, memcg_slab_caches)), 16);
	run(&fake, "-j");
	assert_member(1, "caches", "\"unreadable\"");
	assert_null(strstr(member(1, "flags"), "caches-partial"));
	fake_exit(&fake);
}

/* A name that is lost, one that is not in the dump, and one that only says so. */
static void names_are_told_from_their_absence(void **state)
{
	static const struct k310_group named[] = {
		{ .name = "unreadable", .refcnt = 1, .kmemcg_id = -1 },
		{ .name = "hole", .refcnt = 1, .kmemcg_id = -1 },
		{ .name = NULL, .refcnt = 1, .kmemcg_id = -1 },
	};
	const struct k310_config config = { .is_38 = false };
	struct fake_target fake;

	(void)state;
	k310_init(&fake, &config, named, ARRAY_SIZE(named));
	fake_hole_page(&fake, k310_name(1));
	run(&fake, "-j");
	assert_member(1, "name", "\"unreadable\"");
	assert_null(strstr(member(1, "flags"), "name-unreadable"));
	assert_member(2, "name", "\"unreadable\"");
	assert_non_null(strstr(member(2, "flags"), "name-unreadable"));
	assert_member(3, "name", "null");
	assert_null(strstr(member(3, "flags"), "name-unreadable"));
	fake_exit(&fake);
}

/* What is missing is not 0, in any figure. */
static void unreadable_is_a_word(void **state)
{
	static const char *const keys[] = {
		"css_id",	"id",	      "serial",	    "refs",
		"memory_bytes", "swap_bytes", "kmem_bytes", "tcp_bytes"
	};
	struct fake_target fake;

	(void)state;
	init_61(&fake);
	fake_hole_page(&fake, k61_memcg(2));
	run(&fake, "-j ffff888004102000");
	assert_int_equal(result.outcome, MCD_OUTCOME_PARTIAL);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		assert_member(1, keys[i], "\"unreadable\"");
	assert_member(1, "state", "\"unreadable\"");
	assert_member(1, "path", "\"unreadable\"");
	assert_member(1, "tcp_sockets", "null");
	assert_end("false", "1");
	assert_member(2, "unreadable", "1");
	assert_non_null(strstr(member(2, "notes"), "cannot be read"));
	fake_exit(&fake);
}

/* jansson has no integers of 2^63 and more. */
static void serials_beyond_belief_are_unreadable(void **state)
{
	static const struct {
		uint64_t value;
		const char *json;
	} table[] = {
		{ INT64_MAX, "9223372036854775807" },
		{ (uint64_t)INT64_MAX + 1, "\"unreadable\"" },
		{ UINT64_MAX, "\"unreadable\"" },
	};
	struct fake_target fake;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		init_61(&fake);
		fake_put(&fake, k61_memcg(2), M(cgroup_subsys_state, serial_nr), table[i].value);
		run(&fake, "-j /slice/one");
		assert_member(1, "serial", table[i].json);
		fake_exit(&fake);
	}
}

/* The text reports agree that such a count makes no sense. */
static void references_beyond_belief_are_unreadable(void **state)
{
	struct fake_target fake;

	(void)state;
	init_61(&fake);
	/* not yet counted from its bias, and less than nothing after that */
	fake_put(&fake, k61_ref_data(2), M(percpu_ref_data, count), (UINT64_C(1) << 63) - 1);
	fake_put(&fake, fake_at(&fake, k61_memcg(2), M(cgroup_subsys_state, refcnt)),
		 M(percpu_ref, percpu_count_ptr), 16);
	run(&fake, "-j /slice/one");
	assert_member(1, "refs", "\"unreadable\"");
	run_command(&fake, "-l /slice/one", &result);
	assert_non_null(strstr(result.out.text, "  unreadable   81920  "));
	fake_exit(&fake);
}

static const struct fake_row private_id[] = { FAKE_MEMBER(mem_cgroup_private_id, id, 0, 4) };

static void the_swap_tables_id_has_three_kinds_of_nothing(void **state)
{
	static const struct {
		int32_t id;
		const char *json;
	} table[] = { { 65535, "65535" }, { 0, "null" }, { -1, "\"unreadable\"" } };
	struct fake_target fake;
	uint64_t at = 0;

	(void)state;
	init_61(&fake);
	at = fake_at(&fake, k61_memcg(2), M(mem_cgroup, id));
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		fake_u32(&fake, at, (uint32_t)table[i].id);
		run(&fake, "-j /slice/one");
		assert_member(1, "id", table[i].json);
	}
	fake_exit(&fake);

	/* the type's later name, and a kernel that has none */
	init_61(&fake);
	fake_learn(&fake, FAKE_ROWS(private_id));
	fake_forget(&fake, M(mem_cgroup_id, id));
	run(&fake, "-j /slice/one");
	assert_member(1, "id", "7");
	fake_exit(&fake);
	init_61(&fake);
	fake_forget(&fake, M(mem_cgroup_id, id));
	run(&fake, "-j /slice/one");
	assert_member(1, "id", "null");
	fake_exit(&fake);
}

/* ---- ends ---- */

static void an_interrupted_run_ends(void **state)
{
	struct fake_target fake;

	(void)state;
	init_61(&fake);
	run(&fake, "-j");
	fake.interrupt_at = fake.nr_polls;
	fake.nr_polls = 0;
	run(&fake, "-j");
	assert_int_equal(result.outcome, MCD_OUTCOME_PARTIAL);
	assert_end("false", "1");
	assert_member(2, "notes", "[\"interrupted: 1 of 2 memory cgroups shown\"]");
	fake_exit(&fake);
}

static void a_run_interrupted_before_it_has_rows_ends(void **state)
{
	struct fake_target fake;

	(void)state;
	init_61(&fake);
	fake.interrupt_at = 1;
	run(&fake, "-j");
	assert_int_equal(result.outcome, MCD_OUTCOME_PARTIAL);
	assert_int_equal(nr_records, 2);
	assert_member(0, "type", "\"head\"");
	assert_end("false", "0");
	fake_exit(&fake);
}

/* A report that has not begun has no end either. */
static void nothing_found_is_nothing_printed(void **state)
{
	static const struct {
		enum mcd_layout_id lost;
		enum mcd_outcome outcome;
	} table[] = {
		{ SYM(root_mem_cgroup), MCD_OUTCOME_NO_MEMCG },
		{ M(mem_cgroup, css), MCD_OUTCOME_NO_TYPES },
	};
	struct fake_target fake;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		init_61(&fake);
		fake_forget(&fake, table[i].lost);
		run(&fake, "-j");
		assert_int_equal(result.outcome, table[i].outcome);
		assert_int_equal(nr_records, 0);
		fake_exit(&fake);
	}
}

/* Many remarks of a kind are counted, in the end as well. */
static void the_end_has_every_remark(void **state)
{
	static struct k61_group many[30] = { K61_ROOT_GROUP };
	const struct k61_config config = { .is_v2 = false };
	struct fake_target fake;
	const char *said = NULL;

	(void)state;
	for (int32_t i = 1; i < 30; i++)
		many[i] = (struct k61_group){ .name = "g", .id = i + 1, .serial = (uint64_t)i };
	k61_init(&fake, &config, many, ARRAY_SIZE(many));
	for (size_t i = 3; i < 30; i += 2)
		fake_hole(&fake, k61_children(i), 16);
	run(&fake, "-j");
	assert_end("false", "29");
	said = result.said.text;
	for (size_t i = 0; i < json_array_size(json_object_get(records[30], "notes")); i++) {
		const char *note =
			json_string_value(json_array_get(json_object_get(records[30], "notes"), i));

		assert_memory_equal(said, note, strlen(note));
		said += strlen(note) + 1;
	}
	assert_string_equal(said, "");
	assert_non_null(strstr(result.said.text, " more remarks of the same kinds\n"));
	fake_exit(&fake);
}

static void a_reader_that_goes_away_is_no_message(void **state)
{
	const struct run_limits limits = { .sink_bytes = 1 };
	struct fake_target fake;

	(void)state;
	init_61(&fake);
	run_command_limited(&fake, "-j", &limits, &result);
	assert_int_equal(result.outcome, MCD_OUTCOME_PARTIAL);
	assert_int_equal(result.out.used, 0);
	assert_int_equal(result.said.used, 0);
	fake_exit(&fake);
}

/* ---- memory ---- */

static size_t nr_allocations, fail_at;

static void *failing_malloc(size_t size)
{
	return ++nr_allocations == fail_at ? NULL : malloc(size);
}

/* Each allocation of the JSON library in turn: whole records, and an end where there is memory. */
static void json_memory_runs_out(void **state)
{
	static struct run_result intact;
	struct fake_target fake;
	size_t nr_intact = 0;

	(void)state;
	init_61(&fake);
	json_set_alloc_funcs(failing_malloc, free);
	nr_allocations = fail_at = 0;
	run_command(&fake, "-j /slice/one /nothing", &intact);
	nr_intact = nr_allocations;
	assert_true(nr_intact > 50);
	for (size_t n = 1; n <= nr_intact; n++) {
		nr_allocations = 0;
		fail_at = n;
		run_command(&fake, "-j /slice/one /nothing", &result);
		assert_true(nr_allocations >= n);
		assert_int_equal(result.outcome, MCD_OUTCOME_MEMORY);
		assert_non_null(strstr(result.said.text, "no memory for "));
		parse_records();
		assert_null(strstr(result.out.text, "\"complete\":true"));
	}
	json_set_alloc_funcs(malloc, free);
	fake_exit(&fake);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_whole_report_is_as_reviewed, stop),
		cmocka_unit_test_teardown(options_apply, stop),
		cmocka_unit_test_teardown(a_search_without_match_has_head_and_end, stop),
		cmocka_unit_test_teardown(the_facilitys_kernel_has_more_and_less, stop),
		cmocka_unit_test_teardown(damaged_caches_are_what_is_left_of_them, stop),
		cmocka_unit_test_teardown(names_are_told_from_their_absence, stop),
		cmocka_unit_test_teardown(unreadable_is_a_word, stop),
		cmocka_unit_test_teardown(serials_beyond_belief_are_unreadable, stop),
		cmocka_unit_test_teardown(references_beyond_belief_are_unreadable, stop),
		cmocka_unit_test_teardown(the_swap_tables_id_has_three_kinds_of_nothing, stop),
		cmocka_unit_test_teardown(an_interrupted_run_ends, stop),
		cmocka_unit_test_teardown(a_run_interrupted_before_it_has_rows_ends, stop),
		cmocka_unit_test_teardown(nothing_found_is_nothing_printed, stop),
		cmocka_unit_test_teardown(the_end_has_every_remark, stop),
		cmocka_unit_test_teardown(a_reader_that_goes_away_is_no_message, stop),
		cmocka_unit_test_teardown(json_memory_runs_out, stop),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
