// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line: every letter and long name, bad usage, and what a MEMCG argument means. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "../../src/command/select.h"
#include "mcd/command.h"
#include "unit.h"

/* ---- options ---- */

enum { ARGUMENTS_MAX = 10 };

struct options_case {
	const char *words[ARGUMENTS_MAX]; /* after the command's name */
	enum mcd_status status;
	unsigned int views;
	bool with_live, wants_scan, has_limit;
	size_t limit;
	const char *output;
	const char *memcgs[4], *operands[4];
	const char *error;
};

#define TEXT .views = MCD_VIEW_TEXT
#define USAGE .status = MCD_USAGE
#define UNKNOWN ": no such option"
#define AMBIGUOUS ": more than one option begins so"
#define PLAIN ": this option takes no argument"
#define NO_MEMCG ": not a MEMCG: give a path (/…), an address (0x…) or a decimal css id"

static const struct options_case options_cases[] = {
	{ .words = { NULL }, TEXT },
	{ .words = { "-a" }, TEXT, .with_live = true },
	{ .words = { "--all" }, TEXT, .with_live = true },
	{ .words = { "-k" }, .views = MCD_VIEW_KERNEL },
	{ .words = { "--kernel" }, .views = MCD_VIEW_KERNEL },
	{ .words = { "-k", "-k" }, .views = MCD_VIEW_KERNEL },
	{ .words = { "-l" }, .views = MCD_VIEW_LIST },
	{ .words = { "--list" }, .views = MCD_VIEW_LIST },
	{ .words = { "-u" }, .views = MCD_VIEW_UNIONS },
	{ .words = { "--unions" }, .views = MCD_VIEW_UNIONS },
	{ .words = { "-lu" }, .views = MCD_VIEW_LIST | MCD_VIEW_UNIONS },
	{ .words = { "-ual" }, .views = MCD_VIEW_LIST | MCD_VIEW_UNIONS, .with_live = true },
	{ .words = { "-p" }, .views = MCD_VIEW_PINS },
	{ .words = { "--pins", "--scan" }, .views = MCD_VIEW_PINS, .wants_scan = true },
	{ .words = { "--files" }, .views = MCD_VIEW_FILES },
	{ .words = { "-pfsgic" },
	  .views = MCD_VIEW_PINS | MCD_VIEW_FILES | MCD_VIEW_SLAB | MCD_VIEW_GROUP | MCD_VIEW_IDS |
		   MCD_VIEW_COST },
	{ .words = { "-jp" }, .views = MCD_VIEW_JSON | MCD_VIEW_PINS },
	{ .words = { "-jlc" }, .views = MCD_VIEW_JSON | MCD_VIEW_COST },
	{ .words = { "-l", "--scan" }, USAGE, .error = "--scan goes with -p, -f, -s or -g" },
	{ .words = { "-n", "5" }, TEXT, .has_limit = true, .limit = 5 },
	{ .words = { "-n0" }, TEXT, .has_limit = true },
	{ .words = { "--limit=12" }, TEXT, .has_limit = true, .limit = 12 },
	{ .words = { "--lim", "12" }, TEXT, .has_limit = true, .limit = 12 },
	{ .words = { "-n", "1", "-n", "2" }, TEXT, .has_limit = true, .limit = 2 },
	{ .words = { "-n", "18446744073709551615" }, TEXT, .has_limit = true, .limit = SIZE_MAX },
	{ .words = { "-k", "-n", "3" }, .views = MCD_VIEW_KERNEL, .has_limit = true, .limit = 3 },
	{ .words = { "-o", "file" }, TEXT, .output = "file" },
	{ .words = { "--output=" }, TEXT, .output = "" },
	{ .words = { "-m", "/a", "-m7" }, TEXT, .memcgs = { "/a", "7" } },
	{ .words = { "--memcg", "/a", "--memcg=/b" }, TEXT, .memcgs = { "/a", "/b" } },
	{ .words = { "-lm", "/a" }, .views = MCD_VIEW_LIST, .memcgs = { "/a" } },
	{ .words = { "/a", "-l", "7" }, .views = MCD_VIEW_LIST, .operands = { "/a", "7" } },
	{ .words = { "-m", "/m", "/a", "/b" },
	  TEXT,
	  .memcgs = { "/m" },
	  .operands = { "/a", "/b" } },
	{ .words = { "--", "-l" }, TEXT, .operands = { "-l" } },
	{ .words = { "-" }, TEXT, .operands = { "-" } },

	{ .words = { "-z" }, USAGE, .error = "-z: no such option" },
	{ .words = { "-a", "-zl" }, USAGE, .error = "-z: no such option" },
	{ .words = { "-lz" }, USAGE, .error = "-z: no such option" },
	{ .words = { "--all", "-zl" }, USAGE, .error = "-z: no such option" },
	{ .words = { "--bogus" }, USAGE, .error = "--bogus" UNKNOWN },
	{ .words = { "-l", "--bogus=1", "/a" }, USAGE, .error = "--bogus=1" UNKNOWN },
	{ .words = { "--l" }, USAGE, .error = "--l" AMBIGUOUS },
	{ .words = { "--ambiguous" }, USAGE, .error = "--ambiguous" UNKNOWN },
	{ .words = { "--all=3" }, USAGE, .error = "--all=3" PLAIN },
	{ .words = { "-l", "--kernel=", "/a" }, USAGE, .error = "--kernel=" PLAIN },
	{ .words = { "-:" }, USAGE, .error = "-:: no such option" },
	{ .words = { "--list", "-?" }, USAGE, .error = "-?: no such option" },
	{ .words = { "-n" }, USAGE, .error = "-n: this option needs an argument" },
	{ .words = { "--list", "-lm" }, USAGE, .error = "-lm: this option needs an argument" },
	{ .words = { "--memcg" }, USAGE, .error = "--memcg: this option needs an argument" },
	{ .words = { "-n", "x" }, USAGE, .error = "x: -n takes a whole number" },
	{ .words = { "-n", "" }, USAGE, .error = ": -n takes a whole number" },
	{ .words = { "-n", "-1" }, USAGE, .error = "-1: -n takes a whole number" },
	{ .words = { "-n", "+1" }, USAGE, .error = "+1: -n takes a whole number" },
	{ .words = { "-n", " 1" }, USAGE, .error = " 1: -n takes a whole number" },
	{ .words = { "-n", "1x" }, USAGE, .error = "1x: -n takes a whole number" },
	{ .words = { "-n", "0x10" }, USAGE, .error = "0x10: -n takes a whole number" },
	{ .words = { "-n", "18446744073709551616" },
	  USAGE,
	  .error = "18446744073709551616: -n takes a whole number" },

	{ .words = { "-m", "x" }, USAGE, .error = "x" NO_MEMCG },
	{ .words = { "-m", "" }, USAGE, .error = NO_MEMCG },
	{ .words = { "-l", "-m/a", "-m-1", "-z" }, USAGE, .error = "-1" NO_MEMCG },
	{ .words = { "--memcg=a/b" }, USAGE, .error = "a/b" NO_MEMCG },
	{ .words = { "--memcg", "0x" }, USAGE, .error = "0x" NO_MEMCG },
	{ .words = { "--memcg", "1.5" }, USAGE, .error = "1.5" NO_MEMCG },
	{ .words = { "--memcg", "abcdefa" }, USAGE, .error = "abcdefa" NO_MEMCG },
	{ .words = { "--memcg", "0xg" }, USAGE, .error = "0xg" NO_MEMCG },
	{ .words = { "-m", "0x10000000000000000" },
	  USAGE,
	  .error = "0x10000000000000000: number too large" },
	{ .words = { "-m", "11112222333344445" },
	  USAGE,
	  .error = "11112222333344445: number too large" },
};

static struct mcd_arena arena;
static struct mcd_error error;

static int start(void **state)
{
	(void)state;
	mcd_arena_init(&arena, UNIT_ARENA_BYTES);
	error.text[0] = '\0';
	return 0;
}

static int stop(void **state)
{
	(void)state;
	mcd_arena_deinit(&arena);
	return 0;
}

/* argv as a program gets it: `words` behind the command's name. */
static int command_line(const char *const *words, char **argv)
{
	int argc = 0;

	argv[argc++] = (char *)"dangling";
	for (size_t i = 0; i < ARGUMENTS_MAX && words[i]; i++)
		argv[argc++] = (char *)words[i];
	argv[argc] = NULL;
	return argc;
}

static void check_words(const char *const *expected, size_t max, const char *const *words,
			size_t nr)
{
	size_t nr_expected = 0;

	while (nr_expected < max && expected[nr_expected])
		nr_expected++;
	assert_int_equal(nr, nr_expected);
	for (size_t i = 0; i < nr; i++)
		assert_string_equal(words[i], expected[i]);
}

/* The same for the MEMCG arguments, by what was given. */
static void check_memcgs(const char *const *expected, size_t max, const struct mcd_options *options)
{
	const char *words[ARGUMENTS_MAX];

	assert_in_range(options->nr_selectors, 0, ARGUMENTS_MAX);
	for (size_t i = 0; i < options->nr_selectors; i++)
		words[i] = options->selectors[i].text;
	check_words(expected, max, words, options->nr_selectors);
}

static void check_options(const struct options_case *this_case)
{
	char *argv[ARGUMENTS_MAX + 2];
	struct mcd_options options;
	int argc = command_line(this_case->words, argv);

	assert_int_equal(mcd_options_parse(argc, argv, MCD_AT_PROMPT, &arena, &options, &error),
			 this_case->status);
	if (this_case->status) {
		assert_string_equal(error.text, this_case->error);
		return;
	}
	assert_int_equal(options.views, this_case->views);
	assert_int_equal(options.wants_scan, this_case->wants_scan);
	assert_int_equal(options.with_live, this_case->with_live);
	assert_int_equal(options.has_limit, this_case->has_limit);
	assert_true(options.limit == this_case->limit);
	assert_int_equal(options.output != NULL, this_case->output != NULL);
	if (options.output)
		assert_string_equal(options.output, this_case->output);
	check_memcgs(this_case->memcgs, 4, &options);
	check_words(this_case->operands, 4, (const char *const *)options.operands,
		    options.nr_operands);
}

/* Each row of the table is a test of its own. */
static void parses_one_command_line(void **state)
{
	const struct options_case *this_case = *state;

	start(NULL);
	check_options(this_case);
	stop(NULL);
}

/* The kernel's file goes with no other view, and has no place for live groups. */
static void the_kernels_file_stands_alone(void **state)
{
	static const char *const bad[][3] = { { "-k", "-l" }, { "-lk" },	 { "-k", "-u" },
					      { "-ka" },      { "--all", "-k" }, { "-kalu" },
					      { "-jk" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const char *words[ARGUMENTS_MAX] = { bad[i][0], bad[i][1] };
		char *argv[ARGUMENTS_MAX + 2];
		struct mcd_options options;

		assert_int_equal(mcd_options_parse(command_line(words, argv), argv, MCD_AT_PROMPT,
						   &arena, &options, &error),
				 MCD_USAGE);
		assert_string_equal(error.text, "-k cannot be combined with -a or another view");
	}
}

/* JSON stands for every view but the raw one, which is for eyes. */
static void json_replaces_text(void **state)
{
	static const char *const json[ARGUMENTS_MAX] = { "-l", "--json", "-a" };
	static const char *const bad[ARGUMENTS_MAX] = { "-j", "-u" };
	char *argv[ARGUMENTS_MAX + 2];
	struct mcd_options options;

	(void)state;
	assert_int_equal(mcd_options_parse(command_line(json, argv), argv, MCD_AT_PROMPT, &arena,
					   &options, &error),
			 MCD_OK);
	assert_int_equal(options.views, MCD_VIEW_JSON);
	assert_true(options.with_live);
	assert_int_equal(mcd_options_parse(command_line(bad, argv), argv, MCD_AT_PROMPT, &arena,
					   &options, &error),
			 MCD_USAGE);
	assert_string_equal(error.text, "-j cannot be combined with -u, which is text only");
}

/* What names files beside the dump, or asks for help, belongs to the start of the program. */
static void options_have_their_place(void **state)
{
	static const char *const words[ARGUMENTS_MAX] = { "--debug-dir=a", "vmcore", "--debug-dir",
							  "b", "--symbols=map" };
	char *argv[ARGUMENTS_MAX + 2];
	struct mcd_options options;
	int argc = command_line(words, argv);

	(void)state;
	assert_int_equal(mcd_options_parse(argc, argv, MCD_AT_START, &arena, &options, &error),
			 MCD_OK);
	assert_int_equal(options.nr_debug_dirs, 2);
	assert_string_equal(options.debug_dirs[1], "b");
	assert_string_equal(options.symbols, "map");
	assert_int_equal(options.nr_operands, 1);
	assert_int_equal(mcd_options_parse(argc, argv, MCD_AT_PROMPT, &arena, &options, &error),
			 MCD_USAGE);
	assert_non_null(strstr(error.text, "no such option"));
}

static void operands_become_memcgs(void **state)
{
	static const char *const words[ARGUMENTS_MAX] = { "/a", "-m", "/b", "/c" };
	static const char *const expected[] = { "/b", "/a", "/c" };
	char *argv[ARGUMENTS_MAX + 2];
	struct mcd_options options;

	(void)state;
	assert_int_equal(mcd_options_parse(command_line(words, argv), argv, MCD_AT_PROMPT, &arena,
					   &options, &error),
			 MCD_OK);
	assert_int_equal(mcd_options_take_operands(&options, &error), MCD_OK);
	check_memcgs(expected, 3, &options);
	assert_int_equal(options.nr_operands, 0);
}

/* A front end hears of a bad operand when it takes them, not when the command runs. */
static void a_bad_operand_is_bad_usage(void **state)
{
	static const struct {
		const char *words[ARGUMENTS_MAX];
		const char *error;
	} table[] = {
		{ { "all3" }, "all3" NO_MEMCG },
		{ { "/a", "", "7" }, NO_MEMCG },
		{ { "-l", "--", "-l" }, "-l" NO_MEMCG },
		{ { "-" }, "-" NO_MEMCG },
		{ { "-m", "/a", "7", "0x" }, "0x" NO_MEMCG },
		{ { "0x10000000000000000" }, "0x10000000000000000: number too large" },
		{ { "99999999999999999999" }, "99999999999999999999: number too large" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char *argv[ARGUMENTS_MAX + 2];
		struct mcd_options options;
		int argc = command_line(table[i].words, argv);

		assert_int_equal(mcd_options_parse(argc, argv, MCD_AT_PROMPT, &arena, &options,
						   &error),
				 MCD_OK);
		assert_int_equal(mcd_options_take_operands(&options, &error), MCD_USAGE);
		assert_string_equal(error.text, table[i].error);
	}
}

/* As many MEMCGs as arguments, and taking them twice adds nothing. */
static void every_argument_can_be_a_memcg(void **state)
{
	static const char *const words[ARGUMENTS_MAX] = { "/0", "/1", "/2", "/3", "/4",
							  "/5", "/6", "/7", "/8", "/9" };
	char *argv[ARGUMENTS_MAX + 2];
	struct mcd_options options;

	(void)state;
	assert_int_equal(mcd_options_parse(command_line(words, argv), argv, MCD_AT_PROMPT, &arena,
					   &options, &error),
			 MCD_OK);
	assert_int_equal(mcd_options_take_operands(&options, &error), MCD_OK);
	assert_int_equal(mcd_options_take_operands(&options, &error), MCD_OK);
	check_memcgs(words, ARGUMENTS_MAX, &options);
}

/* crash's own commands use getopt() as well, and expect it as it is before the first call. */
static void getopt_is_left_ready(void **state)
{
	static const char *const words[ARGUMENTS_MAX] = { "-lz", "-a" };
	char *argv[ARGUMENTS_MAX + 2], *other[] = { (char *)"other", (char *)"-x", NULL };
	struct mcd_options options;

	(void)state;
	assert_int_equal(mcd_options_parse(command_line(words, argv), argv, MCD_AT_PROMPT, &arena,
					   &options, &error),
			 MCD_USAGE);
	assert_int_equal(optind, 0);
	assert_int_equal(getopt(2, other, "x"), 'x');
	assert_int_equal(getopt(2, other, "x"), -1);
	optind = 0;
}

static void options_need_memory(void **state)
{
	static const char *const words[ARGUMENTS_MAX] = { "-l" };
	char *argv[ARGUMENTS_MAX + 2];
	struct mcd_options options;
	int argc = command_line(words, argv);

	(void)state;
	arena.limit_bytes = 8;
	assert_int_equal(mcd_options_parse(argc, argv, MCD_AT_PROMPT, &arena, &options, &error),
			 MCD_NO_MEMORY);
	assert_string_equal(error.text, "command line");
	arena.limit_bytes = (size_t)(argc + 1) *
			    (sizeof(struct mcd_selector) + sizeof(*options.debug_dirs));
	assert_int_equal(mcd_options_parse(argc, argv, MCD_AT_PROMPT, &arena, &options, &error),
			 MCD_OK);
}

/* ---- selectors ---- */

static void parses_selectors(void **state)
{
	static const struct {
		const char *text;
		enum mcd_status status;
		enum mcd_selector_kind kind;
		uint64_t number;
	} table[] = {
		{ "/", MCD_OK, MCD_SELECT_PATH, 0 },
		{ "/a b/c", MCD_OK, MCD_SELECT_PATH, 0 },
		{ "/12345678", MCD_OK, MCD_SELECT_PATH, 0 },
		{ "0x0", MCD_OK, MCD_SELECT_ADDRESS, 0 },
		{ "0x1f", MCD_OK, MCD_SELECT_ADDRESS, 0x1f },
		{ "0XfF", MCD_OK, MCD_SELECT_ADDRESS, 0xff },
		{ "ffff888004102000", MCD_OK, MCD_SELECT_ADDRESS, 0xffff888004102000 },
		{ "FFFF888004102000", MCD_OK, MCD_SELECT_ADDRESS, 0xffff888004102000 },
		{ "12345678", MCD_OK, MCD_SELECT_ADDRESS, 0x12345678 },
		{ "00000001", MCD_OK, MCD_SELECT_ADDRESS, 1 },
		{ "1234567", MCD_OK, MCD_SELECT_CSS_ID, 1234567 },
		{ "0", MCD_OK, MCD_SELECT_CSS_ID, 0 },
		{ "0010", MCD_OK, MCD_SELECT_CSS_ID, 10 },
		{ "abcdefa", MCD_USAGE, 0, 0 },
		{ "abcdefg12", MCD_USAGE, 0, 0 },
		{ "a/b", MCD_USAGE, 0, 0 },
		{ "", MCD_USAGE, 0, 0 },
		{ "-1", MCD_USAGE, 0, 0 },
		{ "1.5", MCD_USAGE, 0, 0 },
		{ "0x", MCD_USAGE, 0, 0 },
		{ "0xg", MCD_USAGE, 0, 0 },
		{ "0x10000000000000000", MCD_USAGE, 0, 0 },
		{ "11112222333344445", MCD_USAGE, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct mcd_selector selector;

		assert_int_equal(mcd_selector_parse(table[i].text, &selector, &error),
				 table[i].status);
		if (table[i].status)
			continue;
		assert_int_equal(selector.kind, table[i].kind);
		assert_true(selector.number == table[i].number);
		assert_ptr_equal(selector.text, table[i].text);
		assert_false(selector.has_match);
	}
}

static void says_what_is_wrong_with_a_selector(void **state)
{
	struct mcd_selector selector;

	(void)state;
	assert_int_equal(mcd_selector_parse("x", &selector, &error), MCD_USAGE);
	assert_string_equal(error.text, "x: not a MEMCG: give a path (/…), an address (0x…) or a "
					"decimal css id");
	assert_int_equal(mcd_selector_parse("0x10000000000000000", &selector, &error), MCD_USAGE);
	assert_string_equal(error.text, "0x10000000000000000: number too large");
}

#define KNOWN_TEXT(text_)                           \
	{                                           \
		.known = MCD_KNOWN, .text = (text_) \
	}
#define KNOWN_ID(id_)                              \
	{                                          \
		.known = MCD_KNOWN, .value = (id_) \
	}

static const struct mcd_memcg with_path = {
	.addr = 0xffff888004102000,
	.css_id = KNOWN_ID(12),
	.path = KNOWN_TEXT("/a/b"),
	.name = KNOWN_TEXT("b"),
};
static const struct mcd_memcg with_name = {
	.addr = 0x40101000,
	.css_id = KNOWN_ID(13),
	.name = KNOWN_TEXT("b"),
};
static const struct mcd_memcg with_path_as_name = {
	.addr = 0x40104000,
	.css_id = KNOWN_ID(15),
	.name = KNOWN_TEXT("/a/b\n"),
};
static const struct mcd_memcg odd_path = {
	.addr = 0x40102000,
	.css_id = { .known = MCD_UNREADABLE, .value = 14 },
	.path = KNOWN_TEXT("/n\nl\\x2d\xff"),
	.name = { .known = MCD_NA },
};
static const struct mcd_memcg nameless = {
	.addr = 0x40103000,
	.path = { .known = MCD_UNREADABLE },
	.name = { .known = MCD_UNREADABLE },
};

static void matches_groups(void **state)
{
	static const struct {
		const char *text;
		const struct mcd_memcg *memcg;
		bool is_match;
	} table[] = {
		{ "/a/b", &with_path, true },
		{ "/a", &with_path, false },
		{ "/a/b/", &with_path, false },
		{ "/b", &with_path, false },
		{ "12", &with_path, true },
		{ "13", &with_path, false },
		{ "0xffff888004102000", &with_path, true },
		{ "ffff888004102000", &with_path, true },
		{ "ffff888004102008", &with_path, false },
		{ "/b", &with_name, true },
		{ "/a/b", &with_name, false },
		{ "/a/b\\n", &with_path_as_name, true },
		{ "/a/b\n", &with_path_as_name, true },
		{ "/b\n", &with_path_as_name, false },
		{ "/a", &with_path_as_name, false },
		{ "/", &with_name, false },
		{ "/n\nl\\x2d\xff", &odd_path, true },
		{ "/n\\nl\\x2d\\xff", &odd_path, true },
		{ "/n\\nl\\x2d", &odd_path, false },
		{ "/n\\nl\\x2d\\xff/", &odd_path, false },
		{ "14", &odd_path, false },
		{ "0", &nameless, false },
		{ "/", &nameless, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct mcd_selector selector;

		assert_int_equal(mcd_selector_parse(table[i].text, &selector, &error), MCD_OK);
		assert_int_equal(mcd_selector_matches(&selector, table[i].memcg),
				 table[i].is_match);
		assert_int_equal(selector.has_match, table[i].is_match);
		/* a later miss does not undo a match */
		assert_false(mcd_selector_matches(&selector, &nameless));
		assert_int_equal(selector.has_match, table[i].is_match);
	}
}

/* The words of a row, which are its test's name. */
static void name_of(const struct options_case *this_case, char *ret, size_t size)
{
	size_t used = (size_t)snprintf(ret, size, "dangling");

	for (size_t i = 0; i < ARGUMENTS_MAX && this_case->words[i]; i++)
		used += (size_t)snprintf(ret + used, size - used, " %s", this_case->words[i]);
}

int main(void)
{
	enum { NR_OTHERS = 9, NAME_BYTES = 80 };
	static char names[ARRAY_SIZE(options_cases)][NAME_BYTES];
	struct CMUnitTest tests[NR_OTHERS + ARRAY_SIZE(options_cases)] = {
		cmocka_unit_test_setup_teardown(the_kernels_file_stands_alone, start, stop),
		cmocka_unit_test_setup_teardown(json_replaces_text, start, stop),
		cmocka_unit_test_setup_teardown(options_have_their_place, start, stop),
		cmocka_unit_test_setup_teardown(operands_become_memcgs, start, stop),
		cmocka_unit_test_setup_teardown(a_bad_operand_is_bad_usage, start, stop),
		cmocka_unit_test_setup_teardown(every_argument_can_be_a_memcg, start, stop),
		cmocka_unit_test_setup_teardown(getopt_is_left_ready, start, stop),
		cmocka_unit_test_setup_teardown(options_need_memory, start, stop),
		cmocka_unit_test_setup_teardown(parses_selectors, start, stop),
		cmocka_unit_test_setup_teardown(says_what_is_wrong_with_a_selector, start, stop),
		cmocka_unit_test_setup_teardown(matches_groups, start, stop),
	};

	for (size_t i = 0; i < ARRAY_SIZE(options_cases); i++) {
		name_of(&options_cases[i], names[i], NAME_BYTES);
		tests[NR_OTHERS + i] = (struct CMUnitTest){ names[i], parses_one_command_line, NULL,
							    NULL, (void *)&options_cases[i] };
	}
	return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
