// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Failure at every point: each read in turn, each poll in turn, memory of every size, an output
 * that goes away. Whatever happens the run ends with a sane outcome, and a single read that fails
 * costs no more than the group that it belongs to.
 */
#include <stdio.h>
#include <string.h>

#include "kernel_310.h"
#include "kernel_61.h"
#include "unit.h"

/* ---- the worlds ---- */

static const struct k61_group groups_61[] = {
	K61_ROOT_GROUP,
	{ .name = "slice",
	  .parent = 0,
	  .flags = K61_ONLINE,
	  .id = 2,
	  .serial = 2,
	  .memory = 3000,
	  .sock_stat = { .total = 2000, .pending = 1 },
	  .ref_mode = K61_REF_PERCPU,
	  .refs = 5 },
	{ .name = "one",
	  .parent = 1,
	  .id = 3,
	  .swap_id = 3,
	  .serial = 3,
	  .memory = 1955,
	  .memsw = 1960,
	  .kmem = 3,
	  .tcpmem = 4,
	  .sock_stat = { .total = 1900, .state = { 5, 3 } },
	  .kmem_stat = { .total = 5 },
	  .refs = 8 },
	{ .name = "two",
	  .parent = 0,
	  .id = 4,
	  .serial = 4,
	  .memory = 7,
	  .memsw = 8,
	  .kmem = 1,
	  .sock_stat = { .total = 7, .pending = -2 },
	  .ref_mode = K61_REF_SWITCHING,
	  .refs = 2 },
	{ .name = "three",
	  .parent = 0,
	  .id = 5,
	  .serial = 5,
	  .memory = 1,
	  .memsw = 1,
	  .has_freed_stats = true,
	  .refs = 1 },
	{ .name = "four",
	  .parent = 1,
	  .id = 6,
	  .serial = 6,
	  .memory = 2,
	  .memsw = 2,
	  .ref_mode = K61_REF_EXITED },
};

static void init_310(struct fake_target *fake)
{
	const struct k310_config config = { .garbage = { 1, 2, 3 } };

	k310_init(fake, &config, k310_seen, ARRAY_SIZE(k310_seen));
}

static void init_61_v1(struct fake_target *fake)
{
	const struct k61_config config = { .is_v2 = false };

	k61_init(fake, &config, groups_61, ARRAY_SIZE(groups_61));
}

static void init_61_v2(struct fake_target *fake)
{
	const struct k61_config config = { .is_v2 = true };

	k61_init(fake, &config, groups_61, ARRAY_SIZE(groups_61));
}

struct world_case {
	const char *name;
	void (*init)(struct fake_target *fake);
	const char *words;	  /* one view with a block of lines for each group */
	const char *addresses[8]; /* of the groups, as the report writes them */
};

#define ADDRESSES_310                              \
	{                                          \
		"40101000", "40102000", "40103000" \
	}
#define ADDRESSES_61                                                                           \
	{                                                                                      \
		"ffff888004102000", "ffff888004103000", "ffff888004104000", "ffff888004105000" \
	}

#define JSON_ADDRESS(digits) "{\"type\":\"memcg\",\"address\":\"0x" digits
#define JSON_ADDRESSES_61                                                                  \
	{                                                                                  \
		JSON_ADDRESS("ffff888004102000"), JSON_ADDRESS("ffff888004103000"),        \
			JSON_ADDRESS("ffff888004104000"), JSON_ADDRESS("ffff888004105000") \
	}

static const struct world_case worlds[] = {
	{ "3.10 list", init_310, "-l", ADDRESSES_310 },
	{ "6.1 v1 list", init_61_v1, "-l", ADDRESSES_61 },
	{ "6.1 v2 list", init_61_v2, "-l", ADDRESSES_61 },
	{ "6.1 v2 JSON", init_61_v2, "-j", JSON_ADDRESSES_61 },
	/* views whose rows are not compared one by one */
	{ "3.10 JSON", init_310, "-j -a /inner 12 40102000 /nothing", { NULL } },
	{ "3.10 text", init_310, "", { NULL } },
	{ "3.10 kernel", init_310, "-k", { NULL } },
	{ "3.10 unions", init_310, "-u -l -a", { NULL } },
	{ "3.10 selectors", init_310, "/inner 12 40102000 /nothing", { NULL } },
	{ "6.1 v1 text", init_61_v1, "", { NULL } },
	{ "6.1 v2 kernel", init_61_v2, "-k", { NULL } },
	{ "6.1 v2 unions", init_61_v2, "-u -l -a", { NULL } },
	{ "3.10 ledger", init_310, "-p -f -s -a", { NULL } },
	{ "6.1 v1 ledger", init_61_v1, "-p -f -s", { NULL } },
	{ "6.1 v2 ledger as JSON", init_61_v2, "-j -p -f -s -a", { NULL } },
};

/* ---- one run ---- */

static struct run_result intact, disturbed;

static void undisturbed(struct fake_target *fake, const char *words)
{
	fake->fail_read_at = fake->fail_every = fake->interrupt_at = 0;
	fake->nr_reads = fake->nr_polls = 0;
	run_command(fake, words, &intact);
}

static void run_with(struct fake_target *fake, const char *words, const struct run_limits *limits)
{
	fake->nr_reads = fake->nr_polls = 0;
	run_command_limited(fake, words, limits, &disturbed);
}

static bool is_one_of(enum mcd_outcome outcome, const enum mcd_outcome *outcomes, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (outcomes[i] == outcome)
			return true;
	return false;
}

/* The words of a line, single blanks between them: columns are as wide as their content. */
static void squeeze(const char *line, char *ret, size_t size)
{
	size_t used = 0;

	for (; *line && *line != '\n' && used + 1 < size; line++)
		if (*line != ' ' || (used && ret[used - 1] != ' '))
			ret[used++] = *line;
	ret[used] = '\0';
}

/* The line of a group, squeezed; false where the report has none. */
static bool row_of_group(const char *report, const char *address, char *ret, size_t size)
{
	for (const char *line = report; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, address, strlen(address)) == 0) {
			squeeze(line, ret, size);
			return true;
		}
	}
	return false;
}

/* ---- reads ---- */

/* Rows that the disturbed report lacks, and those that it has but otherwise. */
static void compare_rows(const struct world_case *world, size_t *nr_lost, size_t *nr_changed)
{
	*nr_lost = *nr_changed = 0;
	for (size_t i = 0; i < ARRAY_SIZE(world->addresses) && world->addresses[i]; i++) {
		char before[1024] = "", after[1024] = "";

		assert_true(
			row_of_group(intact.out.text, world->addresses[i], before, sizeof(before)));
		if (!row_of_group(disturbed.out.text, world->addresses[i], after, sizeof(after)))
			++*nr_lost;
		else if (strcmp(before, after) != 0)
			++*nr_changed;
	}
}

/* What is not one group's alone: where the groups are found, the hierarchy, the cpus. */
static bool is_shared(const struct fake_target *fake)
{
	uint64_t addr = fake->failed_addr;

	for (size_t i = 0; i < fake->nr_shared; i++)
		if (addr - fake->shared[i].addr < fake->shared[i].size)
			return true;
	return false;
}

/* The user learns of every loss: from a line of its own, or from the rows ("?/" begins a path). */
static bool is_marked(void)
{
	return disturbed.said.used || strstr(disturbed.out.text, "unreadable") ||
	       strstr(disturbed.out.text, "?/");
}

static void check_single_read(const struct fake_target *fake, const struct world_case *world)
{
	size_t nr_lost = 0, nr_changed = 0;

	compare_rows(world, &nr_lost, &nr_changed);
	assert_true((!nr_lost && !nr_changed) || is_marked());
	assert_true(disturbed.outcome == MCD_OUTCOME_COMPLETE || is_marked());
	if (is_shared(fake))
		return;
	assert_true(disturbed.outcome == intact.outcome ||
		    disturbed.outcome == MCD_OUTCOME_PARTIAL ||
		    disturbed.outcome == MCD_OUTCOME_NO_MATCH);
	assert_int_equal(nr_lost, 0);
	assert_in_range(nr_changed, 0, 1);
}

static void every_single_read_fails(void **state)
{
	const struct world_case *world = *state;
	const struct run_limits none = { 0 };
	struct fake_target fake;
	uint64_t nr_reads = 0;

	world->init(&fake);
	undisturbed(&fake, world->words);
	nr_reads = fake.nr_reads;
	assert_in_range(nr_reads, 100, 10000);
	for (uint64_t n = 1; n <= nr_reads; n++) {
		fake.fail_read_at = n;
		run_with(&fake, world->words, &none);
		check_single_read(&fake, world);
	}
	fake_exit(&fake);
}

static void many_reads_fail(void **state)
{
	static const enum mcd_outcome sane[] = { MCD_OUTCOME_COMPLETE, MCD_OUTCOME_PARTIAL,
						 MCD_OUTCOME_DUMP, MCD_OUTCOME_NO_MATCH };
	static const uint64_t steps[] = { 1, 2, 3, 5, 7, 10, 50 };
	const struct world_case *world = *state;
	const struct run_limits none = { 0 };
	struct fake_target fake;

	world->init(&fake);
	undisturbed(&fake, world->words);
	for (size_t s = 0; s < ARRAY_SIZE(steps); s++) {
		for (uint64_t n = 1; n <= 60; n++) {
			fake.fail_read_at = n;
			fake.fail_every = steps[s];
			run_with(&fake, world->words, &none);
			assert_true(is_one_of(disturbed.outcome, sane, ARRAY_SIZE(sane)));
		}
	}
	fake_exit(&fake);
}

/* ---- polls ---- */

/* What is printed in blocks of lines is the beginning of the whole report, then a footer. */
static void check_beginning(const struct world_case *world)
{
	const char *footer = strstr(disturbed.out.text, "\n(");
	size_t length = footer ? (size_t)(footer + 1 - disturbed.out.text) : disturbed.out.used;

	if (strcmp(world->words, "") == 0 || strcmp(world->words, "-k") == 0)
		assert_memory_equal(disturbed.out.text, intact.out.text,
				    disturbed.out.text[0] == '(' ? 0 : length);
}

static void every_poll_interrupts(void **state)
{
	const struct world_case *world = *state;
	const struct run_limits none = { 0 };
	struct fake_target fake;
	uint64_t nr_polls = 0;

	world->init(&fake);
	undisturbed(&fake, world->words);
	nr_polls = fake.nr_polls;
	assert_in_range(nr_polls, 4, 1000);
	for (uint64_t n = 1; n <= nr_polls; n++) {
		fake.interrupt_at = n;
		run_with(&fake, world->words, &none);
		assert_int_equal(disturbed.outcome, MCD_OUTCOME_PARTIAL);
		assert_true(strstr(disturbed.said.text, "interrupted: ") ||
			    strstr(disturbed.said.text, "interrupted after "));
		check_beginning(world);
	}
	fake_exit(&fake);
}

/* The third group's poll: two groups are printed, and the footer says so. */
static void an_interrupt_shows_what_was_found(void **state)
{
	const struct run_limits none = { 0 };
	struct fake_target fake;

	(void)state;
	init_310(&fake);
	undisturbed(&fake, "-l");
	fake.interrupt_at = fake.nr_polls;
	run_with(&fake, "-l", &none);
	assert_string_equal(
		disturbed.out.text,
		"MEM_CGROUP  ID  REFS   MEMORY     SWAP     KMEM     TCP  STATE    PATH\n"
		"40101000    12  1354  1142784  5267456  1142784  983040  offline  all3\n"
		"40102000    10   993        0  4063232        0       0  offline  outer\n"
		"(2 of 3 shown)\n");
	assert_string_equal(disturbed.said.text, "interrupted: 2 of 3 memory cgroups shown\n");
	fake_exit(&fake);
}

/* Before anything is ordered there is no report, but what was found is told. */
static void an_early_interrupt_tells_what_was_found(void **state)
{
	static const struct {
		void (*init)(struct fake_target *fake);
		uint64_t interrupt_at;
		const char *said;
	} table[] = {
		{ init_310, 1, "interrupted after 4 memory cgroups were found\n" },
		/* each group of the tree is a poll */
		{ init_61_v1, 3, "interrupted after 2 memory cgroups were found\n" },
		{ init_61_v1, ARRAY_SIZE(groups_61) + 1,
		  "interrupted after 6 memory cgroups were found\n" },
	};
	const struct run_limits none = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct fake_target fake;

		table[i].init(&fake);
		fake.interrupt_at = table[i].interrupt_at;
		run_with(&fake, "", &none);
		assert_string_equal(disturbed.out.text, "");
		assert_string_equal(disturbed.said.text, table[i].said);
		assert_int_equal(disturbed.outcome, MCD_OUTCOME_PARTIAL);
		fake_exit(&fake);
	}
}

/* ---- memory ---- */

static void memory_of_every_size(void **state)
{
	const struct world_case *world = *state;
	struct fake_target fake;
	struct run_limits limits = { .arena_bytes = 1 };
	bool has_failed = false;

	world->init(&fake);
	undisturbed(&fake, world->words);
	do {
		run_with(&fake, world->words, &limits);
		has_failed = disturbed.outcome != intact.outcome;
		if (has_failed) {
			assert_int_equal(disturbed.outcome, MCD_OUTCOME_MEMORY);
			assert_true(disturbed.said.used > 0);
		} else {
			assert_string_equal(disturbed.out.text, intact.out.text);
		}
		limits.arena_bytes += 16;
	} while (has_failed && limits.arena_bytes < UNIT_ARENA_BYTES);
	/* It took some memory, and it was enough in the end. */
	assert_false(has_failed);
	assert_in_range(limits.arena_bytes, 2000, UNIT_ARENA_BYTES);
	fake_exit(&fake);
}

/* ---- output ---- */

/* A pager that was left: what it got is the beginning of the report. */
static void the_output_goes_away(void **state)
{
	static struct k310_group groups[K310_GROUPS_MAX];
	const struct k310_config config = { .is_up = true };
	const struct run_limits limits = { .sink_bytes = 4096 };
	static char name[250];
	struct fake_target fake;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		groups[i] = (struct k310_group){ .name = name, .refcnt = 1 };
	k310_init(&fake, &config, groups, ARRAY_SIZE(groups));
	undisturbed(&fake, "-u");
	assert_int_equal(intact.outcome, MCD_OUTCOME_COMPLETE);
	assert_true(intact.out.used > 4096);
	run_with(&fake, "-u", &limits);
	assert_int_equal(disturbed.outcome, MCD_OUTCOME_PARTIAL);
	assert_int_equal(disturbed.out.used, 4096);
	assert_memory_equal(disturbed.out.text, intact.out.text, 4096);
	/* the front end whose output failed has told why itself */
	assert_string_equal(disturbed.said.text, "");
	fake_exit(&fake);
}

int main(void)
{
	enum { NR_OTHERS = 3 };
	static const struct {
		const char *name;
		CMUnitTestFunction test;
	} kinds[] = {
		{ "every read", every_single_read_fails },
		{ "many reads", many_reads_fail },
		{ "every poll", every_poll_interrupts },
		{ "memory", memory_of_every_size },
	};
	static char names[ARRAY_SIZE(kinds) * ARRAY_SIZE(worlds)][64];
	struct CMUnitTest tests[ARRAY_SIZE(names) + NR_OTHERS] = {
		cmocka_unit_test(an_interrupt_shows_what_was_found),
		cmocka_unit_test(an_early_interrupt_tells_what_was_found),
		cmocka_unit_test(the_output_goes_away),
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct world_case *world = &worlds[i / ARRAY_SIZE(kinds)];
		size_t kind = i % ARRAY_SIZE(kinds);

		snprintf(names[i], sizeof(names[i]), "%s: %s", world->name, kinds[kind].name);
		tests[NR_OTHERS + i] = (struct CMUnitTest){ names[i], kinds[kind].test, NULL, NULL,
							    (void *)world };
	}
	return cmocka_run_group_tests_name("inject", tests, NULL, NULL);
}
