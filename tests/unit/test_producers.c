// SPDX-License-Identifier: GPL-2.0-or-later
/* Memcgs added up by who produces them: groups, sums, order, and how they are printed. */
#include <stdio.h>
#include <string.h>

#include "../../src/command/producers.h"
#include "kernel_61.h"
#include "unit.h"

enum { MANY = 60000 };

#define KNOWN(value_)                \
	{                            \
		MCD_KNOWN, (value_), \
	}
#define NAMED(text_)                \
	{                           \
		MCD_KNOWN, (text_), \
	}
#define UNREADABLE()           \
	{                      \
		MCD_UNREADABLE \
	}

static struct mcd_pin_row pins_cache[] = {
	{ .kind = MCD_PIN_PAGE_CACHE, .nr_refs = 100, .bytes = KNOWN(409600), .detail = "" },
	{ .kind = MCD_PIN_PAGE_CACHE, .nr_refs = 20, .bytes = KNOWN(81920), .detail = "" },
	{ .kind = MCD_PIN_SWAP, .nr_refs = 1, .bytes = KNOWN(8192), .detail = "" },
};
static struct mcd_pin_row pins_child[] = {
	{ .kind = MCD_PIN_CHILD, .nr_refs = 2, .detail = "" },
	{ .kind = MCD_PIN_PAGE_CACHE, .nr_refs = 1, .bytes = KNOWN(4096), .detail = "" },
	{ .kind = MCD_PIN_SOCKET, .nr_refs = 2, .bytes = UNREADABLE(), .detail = "" },
};

#define LEDGER(pins_, unexplained_)                                                             \
	{                                                                                       \
		.pins = pins_, .nr_pins = ARRAY_SIZE(pins_), .unexplained = KNOWN(unexplained_) \
	}
static struct mcd_ledger ledger_cache = LEDGER(pins_cache, 0);
static struct mcd_ledger ledger_child = LEDGER(pins_child, 3);
static struct mcd_ledger ledger_beyond = LEDGER(pins_child, -3);
static struct mcd_ledger ledger_none = { .unexplained = KNOWN(0) };

static struct mcd_arena arena;

static int start(void **state)
{
	(void)state;
	mcd_arena_init(&arena, UNIT_ARENA_BYTES * 4);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	mcd_arena_deinit(&arena);
	return 0;
}

static struct mcd_producers collect(struct mcd_memcg *memcgs, size_t nr)
{
	struct mcd_memcg **rows = mcd_arena_array(&arena, nr + 1, sizeof(struct mcd_memcg *));
	struct mcd_producers producers;

	assert_non_null(rows);
	for (size_t i = 0; i < nr; i++)
		rows[i] = &memcgs[i];
	assert_int_equal(mcd_producers_collect(&arena, rows, nr, &producers), MCD_OK);
	return producers;
}

static void no_memcgs_no_producers(void **state)
{
	(void)state;
	assert_int_equal(collect(NULL, 0).nr, 0);
}

static void sums_of_one_pattern(void **state)
{
	struct mcd_memcg memcgs[] = {
		{ .path = NAMED("/run-7.scope"),
		  .refs = KNOWN(121),
		  .serial = KNOWN(7),
		  .ledger = &ledger_cache },
		{ .path = NAMED("/run-9.scope"),
		  .refs = KNOWN(8),
		  .serial = KNOWN(5),
		  .ledger = &ledger_child },
		{ .path = NAMED("/run-8.scope"),
		  .refs = UNREADABLE(),
		  .serial = UNREADABLE(),
		  .ledger = &ledger_beyond },
		{ .path = NAMED("/run-8.scope"), .refs = { MCD_NA }, .serial = KNOWN(6) },
	};
	struct mcd_producers producers = collect(memcgs, ARRAY_SIZE(memcgs));
	const struct mcd_producer *row = producers.rows;

	(void)state;
	assert_int_equal(producers.nr, 1);
	assert_string_equal(row->pattern.text, "/run-*.scope");
	assert_string_equal(row->example.text, "/run-7.scope");
	assert_int_equal(row->nr_memcgs, 4);
	assert_known(row->refs, 129);
	assert_known(row->bytes, 409600 + 81920 + 8192 + 2 * 4096);
	assert_known(row->first_serial, 5);
	assert_known(row->last_serial, 7);
	assert_int_equal(row->pins[MCD_PIN_PAGE_CACHE].nr_refs, 122);
	assert_known(row->pins[MCD_PIN_PAGE_CACHE].bytes, 409600 + 81920 + 2 * 4096);
	assert_int_equal(row->pins[MCD_PIN_CHILD].nr_refs, 4);
	assert_na(row->pins[MCD_PIN_CHILD].bytes);
	assert_int_equal(row->pins[MCD_PIN_SOCKET].nr_refs, 4);
	assert_unreadable(row->pins[MCD_PIN_SOCKET].bytes);
	assert_int_equal(row->pins[MCD_PIN_ANON].nr_refs, 0);
	/* Pins beyond the references of one do not make up for what another lacks. */
	assert_int_equal(row->nr_unexplained_refs, 3);
}

static void nothing_known_is_not_nothing(void **state)
{
	struct mcd_memcg memcgs[] = {
		{ .path = NAMED("/a"), .refs = UNREADABLE(), .serial = UNREADABLE() },
		{ .path = NAMED("/b"), .ledger = &ledger_none },
	};
	struct mcd_producers producers = collect(memcgs, ARRAY_SIZE(memcgs));

	(void)state;
	assert_unreadable(producers.rows[0].refs);
	assert_unreadable(producers.rows[0].first_serial);
	assert_unreadable(producers.rows[0].last_serial);
	assert_na(producers.rows[0].bytes);
	assert_na(producers.rows[1].refs);
	assert_na(producers.rows[1].last_serial);
	assert_known(producers.rows[1].bytes, 0);
}

/* By number, by bytes, by pattern; what has no name is a producer of its own, and comes after those. */
static void the_most_first(void **state)
{
	struct mcd_memcg memcgs[] = {
		{ .path = { MCD_UNREADABLE }, .name = { MCD_UNREADABLE } },
		{ .addr = 1 },
		{ .path = NAMED("/b") },
		{ .path = NAMED("/a") },
		{ .path = NAMED("/big"), .ledger = &ledger_cache },
		{ .path = NAMED("/two-1") },
		{ .path = NAMED("/two-2") },
		{ .path = { MCD_NA }, .name = NAMED("web-1") },
		{ .path = { MCD_UNREADABLE }, .name = NAMED("web-2") },
		{ .path = NAMED("?/lost/12") },
	};
	static const char *const patterns[] = { "/two-*", "web-*", "/big", "/a", "/b", "?/lost/*" };
	struct mcd_producers producers = collect(memcgs, ARRAY_SIZE(memcgs));

	(void)state;
	assert_int_equal(producers.nr, ARRAY_SIZE(patterns) + 2);
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		assert_string_equal(producers.rows[i].pattern.text, patterns[i]);
	assert_int_equal(producers.rows[6].pattern.known, MCD_NA);
	assert_int_equal(producers.rows[7].pattern.known, MCD_UNREADABLE);
	assert_int_equal(producers.rows[7].nr_memcgs, 1);
}

/* Patterns that differ and patterns that do not, longer and longer paths. */
static void many_of_each(void **state)
{
	struct mcd_memcg *memcgs = mcd_arena_array(&arena, MANY, sizeof(*memcgs));
	struct mcd_producers producers;

	(void)state;
	assert_non_null(memcgs);
	for (size_t i = 0; i < MANY; i++) {
		char path[64];
		int length = snprintf(path, sizeof(path), "/%s%.*s/%zu-%c%c%c", i % 2 ? "one" : "",
				      (int)(i % 40),
				      "................................................", i,
				      (char)('g' + i % 20), (char)('g' + i / 20 % 20),
				      (char)('g' + i / 400 % 20));

		memcgs[i].path.known = MCD_KNOWN;
		memcgs[i].path.text = mcd_arena_strndup(&arena, path, (size_t)length);
		assert_non_null(memcgs[i].path.text);
		memcgs[i].serial = (struct mcd_figure)KNOWN(i);
	}
	producers = collect(memcgs, MANY);
	/* 20³ endings, with which beginnings and lengths go. */
	assert_int_equal(producers.nr, 8000);
	for (size_t i = 0, nr = 0; i < producers.nr; i++) {
		nr += producers.rows[i].nr_memcgs;
		assert_true(i + 1 < producers.nr || nr == MANY);
		assert_true(!i || producers.rows[i - 1].nr_memcgs >= producers.rows[i].nr_memcgs);
	}
}

static void memory_of_every_size(void **state)
{
	struct mcd_memcg memcgs[] = { { .path = NAMED("/a-1") },
				      { .path = NAMED("/b/c/d/e/f/g/h") },
				      { .addr = 1 } };
	struct mcd_memcg *rows[] = { &memcgs[0], &memcgs[1], &memcgs[2] };
	enum mcd_status status = MCD_NO_MEMORY;
	size_t nr_failed = 0;

	(void)state;
	for (size_t bytes = 0; status; bytes += 16) {
		struct mcd_producers producers;
		struct mcd_arena small;

		mcd_arena_init(&small, bytes);
		status = mcd_producers_collect(&small, rows, ARRAY_SIZE(rows), &producers);
		assert_true(status == MCD_OK || status == MCD_NO_MEMORY);
		nr_failed += status == MCD_NO_MEMORY;
		assert_true(status || producers.nr == 3);
		mcd_arena_deinit(&small);
	}
	assert_true(nr_failed > 20);
}

/* ---- how they are printed ---- */

static void print(const struct mcd_report *report, struct capture *ret)
{
	struct mcd_out out;

	*ret = (struct capture){ .used = 0 };
	mcd_out_init(&out, capture_write, ret);
	mcd_report_producers(&out, report);
	assert_int_equal(mcd_out_flush(&out), MCD_OK);
}

static void as_a_table(void **state)
{
	struct mcd_memcg memcgs[] = {
		{ .path = NAMED("/x\n/run-7"),
		  .refs = KNOWN(121),
		  .serial = KNOWN(7),
		  .ledger = &ledger_cache },
		{ .path = NAMED("/x\n/run-8"),
		  .refs = KNOWN(8),
		  .serial = KNOWN(9),
		  .ledger = &ledger_child },
		{ .refs = KNOWN(1), .ledger = &ledger_none },
		{ .path = { MCD_UNREADABLE }, .refs = UNREADABLE(), .serial = UNREADABLE() },
	};
	struct mcd_producers producers = collect(memcgs, ARRAY_SIZE(memcgs));
	struct mcd_report report = {
		.producers = &producers,
		.limit = SIZE_MAX,
		.nr_selected = ARRAY_SIZE(memcgs),
	};
	static struct capture capture;

	(void)state;
	print(&report, &capture);
	assert_string_equal(
		capture.text,
		"MEMCGS   BYTES        REFS       FIRST        LAST  PINS"
		"                                                      PATTERN\n"
		"     2  503808         129           7           9  "
		"page-cache 121, socket 2, child 2, swap 1, unexplained 3  /x\\n/run-*\n"
		"     1       0           1         n/a         n/a  none"
		"                                                      (name lost)\n"
		"     1     n/a  unreadable  unreadable  unreadable  n/a"
		"                                                       (name unreadable)\n");
	report.limit = 1;
	print(&report, &capture);
	assert_string_equal(
		capture.text,
		"MEMCGS   BYTES  REFS  FIRST  LAST  PINS"
		"                                                      PATTERN\n"
		"     2  503808   129      7     9  "
		"page-cache 121, socket 2, child 2, swap 1, unexplained 3  /x\\n/run-*\n"
		"(1 of 3 shown)\n");
	report.limit = 0;
	print(&report, &capture);
	assert_string_equal(capture.text, "(0 of 3 shown)\n");
	producers.nr = report.nr_selected = 0;
	print(&report, &capture);
	assert_string_equal(capture.text, "no dangling memory cgroups\n");
	report.is_search = true;
	print(&report, &capture);
	assert_string_equal(capture.text, "");
}

/* Every kind at once, with as many references as there can be: the cell is cut, not the program. */
static void all_kinds_in_one_cell(void **state)
{
	struct mcd_pin_row pins[MCD_NR_PINS];
	struct mcd_ledger ledger = { .pins = pins, .nr_pins = MCD_NR_PINS };
	struct mcd_memcg memcg = { .path = NAMED("/a"), .ledger = &ledger };
	struct mcd_producers producers;
	struct mcd_report report = { .producers = &producers, .limit = 1, .nr_selected = 1 };
	static struct capture capture;

	(void)state;
	for (int kind = 0; kind < MCD_NR_PINS; kind++)
		pins[kind] = (struct mcd_pin_row){ .kind = kind, .nr_refs = 1 + (kind == 3) };
	producers = collect(&memcg, 1);
	print(&report, &capture);
	assert_non_null(strstr(capture.text,
			       "hugetlb 2, page-cache 1, shmem 1, anon 1, device 1, kmem-page 1, "
			       "slab-cache 1, swap 1, socket 1, child 1, writeback 1, fsnotify 1, "
			       "stock 1, bpf-map 1, task 1, base 1  /a\n"));
	for (int kind = 0; kind < MCD_NR_PINS; kind++)
		pins[kind].nr_refs = UINT64_MAX / 2;
	producers = collect(&memcg, 1);
	print(&report, &capture);
	assert_non_null(strstr(capture.text, "page-cache 9223372036854775807, shmem "));
	assert_non_null(strstr(capture.text, "  /a\n"));
}

static void as_records(void **state)
{
	struct mcd_memcg memcgs[] = {
		{ .path = NAMED("/x\n/run-7"),
		  .refs = KNOWN(121),
		  .serial = KNOWN(7),
		  .ledger = &ledger_child },
		{ .path = { MCD_UNREADABLE }, .refs = UNREADABLE(), .serial = UNREADABLE() },
		{ .addr = 1 },
	};
	struct mcd_producers producers = collect(memcgs, ARRAY_SIZE(memcgs));
	static struct capture capture;
	struct mcd_out out;

	(void)state;
	capture = (struct capture){ .used = 0 };
	mcd_out_init(&out, capture_write, &capture);
	for (size_t i = 0; i < producers.nr; i++)
		assert_int_equal(mcd_report_json_producer(&out, &producers.rows[i]), MCD_OK);
	assert_int_equal(mcd_out_flush(&out), MCD_OK);
	assert_string_equal(
		capture.text,
		"{\"type\":\"producer\",\"pattern\":\"/x\\\\n/run-*\",\"memcgs\":1,\"refs\":121,"
		"\"bytes\":4096,\"pins\":[{\"kind\":\"page-cache\",\"refs\":1,\"bytes\":4096},"
		"{\"kind\":\"socket\",\"refs\":2,\"bytes\":\"unreadable\"},"
		"{\"kind\":\"child\",\"refs\":2,\"bytes\":null}],\"unexplained_refs\":3,"
		"\"first_serial\":7,\"last_serial\":7,\"example\":\"/x\\\\n/run-7\"}\n"
		"{\"type\":\"producer\",\"pattern\":null,\"memcgs\":1,\"refs\":null,"
		"\"bytes\":null,\"pins\":[],\"unexplained_refs\":0,"
		"\"first_serial\":null,\"last_serial\":null,\"example\":null}\n"
		"{\"type\":\"producer\",\"pattern\":\"unreadable\",\"memcgs\":1,"
		"\"refs\":\"unreadable\",\"bytes\":null,\"pins\":[],\"unexplained_refs\":0,"
		"\"first_serial\":\"unreadable\",\"last_serial\":\"unreadable\","
		"\"example\":\"unreadable\"}\n");
}

/* ---- a run ---- */

static const struct k61_group groups[] = {
	K61_ROOT_GROUP,
	{ .name = "job-1", .id = 2, .serial = 2, .refs = 3 },
	{ .name = "other", .id = 3, .serial = 3, .refs = 1 },
	{ .name = "job-2", .id = 4, .serial = 4, .refs = 2 },
	{ .name = "job-3", .flags = K61_ONLINE, .id = 5, .serial = 5, .refs = 2 },
};

/* Of the rows that are selected; a limit is one of producers. */
static void of_what_is_selected(void **state)
{
	const struct k61_config config = { .is_v2 = true };
	static struct run_result result;
	struct fake_target fake;

	(void)state;
	k61_init(&fake, &config, groups, ARRAY_SIZE(groups));
	assert_report(&fake, "-g", MCD_OUTCOME_COMPLETE,
		      "MEMCGS  BYTES  REFS  FIRST  LAST  PINS           PATTERN\n"
		      "     2      0     5      2     4  unexplained 5  /job-*\n"
		      "     1      0     1      3     3  unexplained 1  /other\n");
	assert_report(&fake, "-g -n 1", MCD_OUTCOME_COMPLETE,
		      "MEMCGS  BYTES  REFS  FIRST  LAST  PINS           PATTERN\n"
		      "     2      0     5      2     4  unexplained 5  /job-*\n"
		      "(1 of 2 shown)\n");
	assert_report(&fake, "-g -m /other", MCD_OUTCOME_COMPLETE,
		      "MEMCGS  BYTES  REFS  FIRST  LAST  PINS           PATTERN\n"
		      "     1      0     1      3     3  unexplained 1  /other\n");
	run_command(&fake, "-g -a", &result);
	assert_non_null(strstr(result.out.text, "     3      0     7      2     5  "));
	run_command(&fake, "-j -g -n 1", &result);
	assert_non_null(strstr(result.out.text, "\"pattern\":\"/job-*\",\"memcgs\":2,\"refs\":5,"));
	assert_null(strstr(result.out.text, "\"pattern\":\"/other\""));
	run_command(&fake, "-j -p", &result);
	assert_null(strstr(result.out.text, "\"producer\""));
	fake_exit(&fake);
}

/* What was decoded until then is added up. */
static void of_an_interrupted_run(void **state)
{
	const struct k61_config config = { .is_v2 = true };
	static struct run_result result;
	struct fake_target fake;
	size_t nr_with = 0;

	(void)state;
	k61_init(&fake, &config, groups, ARRAY_SIZE(groups));
	run_command(&fake, "-j -g", &result);
	for (uint64_t at = fake.nr_polls; at; at--) {
		fake.nr_polls = 0;
		fake.interrupt_at = at;
		run_command(&fake, "-j -g", &result);
		assert_int_equal(result.outcome, MCD_OUTCOME_PARTIAL);
		nr_with += strstr(result.out.text, "\"producer\"") != NULL;
	}
	assert_true(nr_with >= 3);
	fake_exit(&fake);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_memcgs_no_producers),
		TEST(sums_of_one_pattern),
		TEST(nothing_known_is_not_nothing),
		TEST(the_most_first),
		TEST(many_of_each),
		TEST(memory_of_every_size),
		TEST(as_a_table),
		TEST(all_kinds_in_one_cell),
		TEST(as_records),
		TEST(of_what_is_selected),
		TEST(of_an_interrupted_run),
	};

	return cmocka_run_group_tests_name("producers", tests, NULL, NULL);
}
