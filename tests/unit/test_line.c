// SPDX-License-Identifier: GPL-2.0-or-later
/* A line of the shell: its words and where its output goes, quoting, and what TAB offers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "standalone/shell/complete.h"
#include "standalone/shell/line.h"
#include "unit.h"

enum { WORDS_MAX = 8 };

static int setup(void **state)
{
	struct mcd_arena *arena = calloc(1, sizeof(*arena));

	mcd_arena_init(arena, UNIT_ARENA_BYTES);
	setenv("HOME", "/home/me", 1);
	*state = arena;
	return 0;
}

static int teardown(void **state)
{
	mcd_arena_deinit(*state);
	free(*state);
	return 0;
}

/* ---- parsing ---- */

struct line_case {
	const char *text;
	const char *words[WORDS_MAX];
	const char *reader, *file;
	bool is_append;
};

static const struct line_case lines[] = {
	{ .text = "" },
	{ .text = " \t\r\n" },
	{ .text = "-l", .words = { "-l" } },
	{ .text = "  -l\t/a  ", .words = { "-l", "/a" } },
	{ .text = "-l\r", .words = { "-l" } },
	/* quotes, alone and joined to other text */
	{ .text = "'/a b' \"/c d\"", .words = { "/a b", "/c d" } },
	{ .text = "/a' 'b\" \"c", .words = { "/a b c" } },
	{ .text = "'' \"\"", .words = { "", "" } },
	{ .text = "'\"' \"'\"", .words = { "\"", "'" } },
	{ .text = "'a'\"'\"'b'", .words = { "a'b" } },
	{ .text = "'a|b>c' \"d|e>f\"", .words = { "a|b>c", "d|e>f" } },
	/* a backslash quotes nothing */
	{ .text = "/x\\x2dy /a\\ b", .words = { "/x\\x2dy", "/a\\", "b" } },
	{ .text = "\"a\\\" b", .words = { "a\\", "b" } },
	/* home */
	{ .text = "~ ~/x ~x a~ '~/x' \"~\"",
	  .words = { "/home/me", "/home/me/x", "~x", "a~", "~/x", "~" } },
	/* where the output goes */
	{ .text = "-l > f", .words = { "-l" }, .file = "f" },
	{ .text = "-l>f", .words = { "-l" }, .file = "f" },
	{ .text = "-l >>f", .words = { "-l" }, .file = "f", .is_append = true },
	{ .text = "> 'a b' -l /c", .words = { "-l", "/c" }, .file = "a b" },
	{ .text = "-l > ~/f", .words = { "-l" }, .file = "/home/me/f" },
	{ .text = "-l | cat -n | tail > x", .words = { "-l" }, .reader = " cat -n | tail > x" },
	{ .text = "-l|'cat", .words = { "-l" }, .reader = "'cat" },
	{ .text = "# a", .words = { "#", "a" } },
	/* operators of other shells, quoted */
	{ .text = "'a&b' \"c;<d\" '2'>f", .words = { "a&b", "c;<d", "2" }, .file = "f" },
	{ .text = "2 >f", .words = { "2" }, .file = "f" },
	{ .text = "a2>f", .words = { "a2" }, .file = "f" },
	{ .text = "caf\xc3\xa9 \xff", .words = { "caf\xc3\xa9", "\xff" } },
};

static void assert_text(const char *got, const char *expected)
{
	if (expected)
		assert_string_equal(got, expected);
	else
		assert_null(got);
}

static void test_lines(void **state)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct mcd_line line;
		struct mcd_error error = { "" };
		int nr = 0;

		assert_int_equal(mcd_line_parse(lines[i].text, *state, &line, &error), MCD_OK);
		while (nr < WORDS_MAX && lines[i].words[nr])
			nr++;
		assert_int_equal(line.argc, nr);
		for (int word = 0; word <= nr; word++)
			assert_text(line.argv[word], word < nr ? lines[i].words[word] : NULL);
		assert_text(line.reader, lines[i].reader);
		assert_text(line.file, lines[i].file);
		assert_int_equal(line.is_append, lines[i].is_append);
	}
}

#define FOREIGN                                                                                  \
	": only > FILE, >> FILE and | COMMAND are known, and messages stay on the terminal; in " \
	"a name it has to be quoted"

static const struct {
	const char *text, *error;
} mistakes[] = {
	{ "'a", "': this quote is not closed" },
	{ "-l \"a ' b", "\": this quote is not closed" },
	{ "-l > 'a", "': this quote is not closed" },
	{ "-l >", ">: the name of a file is missing" },
	{ "-l >> | a", ">>: the name of a file is missing" },
	{ "-l > > a", ">: the name of a file is missing" },
	{ "-l >>> a", ">>: the name of a file is missing" },
	{ "-l > a > b", ">: only one file can be written" },
	{ "-l |", "|: the command after it is missing" },
	{ "-l | \t", "|: the command after it is missing" },
	{ "-l > a | b", "> and |: the report can go to one of them only" },
	{ "| a", "|: the command before it is missing" },
	{ ">> a", ">: the command before it is missing" },
	{ "-l 2> a", "2>" FOREIGN },
	{ "-l 2>&1", "2>" FOREIGN },
	{ "-l 12>> a", "12>" FOREIGN },
	{ "-l >& a", "&" FOREIGN },
	{ "-l a&b", "&" FOREIGN },
	{ "-l 'a'; -k", ";" FOREIGN },
	{ "-l < a", "<" FOREIGN },
	{ "-l |& a", "|&" FOREIGN },
};

static void test_mistakes(void **state)
{
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct mcd_line line;
		struct mcd_error error = { "" };

		assert_int_equal(mcd_line_parse(mistakes[i].text, *state, &line, &error),
				 MCD_USAGE);
		assert_string_equal(error.text, mistakes[i].error);
	}
}

static void test_no_home(void **state)
{
	struct mcd_line line;
	struct mcd_error error;

	unsetenv("HOME");
	assert_int_equal(mcd_line_parse("~/x", *state, &line, &error), MCD_OK);
	assert_string_equal(line.argv[0], "~/x");
}

static void test_no_memory(void **state)
{
	struct mcd_line line;
	struct mcd_error error = { "" };

	(void)state;
	for (size_t limit = 0; limit < 64; limit += 8) {
		struct mcd_arena arena;

		mcd_arena_init(&arena, limit);
		assert_int_equal(mcd_line_parse("-l /a > b", &arena, &line, &error), MCD_NO_MEMORY);
		mcd_arena_deinit(&arena);
	}
}

/* ---- quoting ---- */

static const struct {
	const char *text;
	char quote;
	bool is_open;
	const char *word;
} quotings[] = {
	{ "/a", 0, false, "/a" },
	{ "/a\\x2d", 0, false, "/a\\x2d" },
	{ "/a b", 0, false, "'/a b'" },
	{ "/a b", '"', false, "\"/a b\"" },
	{ "/a", '"', false, "\"/a\"" },
	{ "", 0, false, "''" },
	{ "", 0, true, "" },
	{ "/a b", 0, true, "'/a b" },
	{ "/a", '\'', true, "'/a" },
	{ "it's", 0, false, "'it'\"'\"'s'" },
	{ "a\"b", '"', false, "\"a\"'\"'\"b\"" },
	{ "~", 0, false, "'~'" },
	{ "a|b", 0, false, "'a|b'" },
	{ "a>b", 0, false, "'a>b'" },
};

static void test_quoting(void **state)
{
	for (size_t i = 0; i < sizeof(quotings) / sizeof(quotings[0]); i++)
		assert_string_equal(mcd_word_quote(quotings[i].text, quotings[i].quote,
						   quotings[i].is_open, *state),
				    quotings[i].word);
}

/* Whatever is quoted reads back as it was: every byte, with either quote, open and closed. */
static void test_quoting_reads_back(void **state)
{
	static const char quotes[] = { 0, '\'', '"' };

	for (int byte = 1; byte < 256; byte++) {
		const char text[] = { '/', (char)byte, 'x', (char)byte, '\0' };

		for (size_t i = 0; i < 2 * sizeof(quotes); i++) {
			bool is_open = i % 2;
			const char *word = mcd_word_quote(text, quotes[i / 2], is_open, *state);
			struct mcd_token token = mcd_token_next(word, 0);

			assert_int_equal(token.kind, MCD_TOKEN_WORD);
			assert_int_equal(token.end, strlen(word));
			assert_string_equal(mcd_token_text(word, &token, *state), text);
			assert_true(is_open || !token.open_quote);
		}
	}
}

/* ---- completion ---- */

static const char *paths[] = { "/",    "/a b",	   "/a b/c", "/caf\xc3\xa8", "/caf\xc3\xa9",
			       "/one", "/say \"'", "/x" };
static const char *addresses[] = { "ffff888000c0a000", "ffff888000c0a800", "ffff888000e58800" };
static const char *const commands[] = { "dangling", "exit", "help", "quit", NULL };

static const struct mcd_names *names_of(void *context)
{
	return context;
}

static struct mcd_completion complete(struct mcd_arena *arena, const char *line)
{
	struct mcd_names names = { .paths = { paths, sizeof(paths) / sizeof(paths[0]) },
				   .addresses = { addresses, 3 } };
	const struct mcd_completer completer = { commands, names_of, &names };
	struct mcd_completion completion;

	assert_int_equal(mcd_complete(&completer, line, arena, &completion), MCD_OK);
	return completion;
}

/* A line, what becomes of it, and how many words there are to choose from. */
static const struct {
	const char *line, *after;
	size_t nr;
} completions[] = {
	/* paths: whole, as far as they agree, quoted where that is needed */
	{ "-l /o", "-l /one", 1 },
	{ "/o", "/one", 1 },
	{ "dangling -l /o", "dangling -l /one", 1 },
	{ "-l /", "-l /", 8 },
	{ "-l ", "-l /", 8 },
	{ "-l /a", "-l '/a b", 2 },
	{ "-l '/a b", "-l '/a b", 2 },
	{ "-l \"/a b/", "-l \"/a b/c\"", 1 },
	{ "-l /a' 'b/", "-l '/a b/c'", 1 },
	{ "-l /s", "-l '/say \"'\"'\"''", 1 },
	{ "-l /nothing", NULL, 0 },
	/* not in the middle of a character */
	{ "/c", "/caf", 2 },
	/* where an option wants a MEMCG, and nothing where it wants something else */
	{ "-m /o", "-m /one", 1 },
	{ "-lm /o", "-lm /one", 1 },
	{ "--memcg /o", "--memcg /one", 1 },
	{ "--memcg=/o", "--memcg=/one", 1 },
	{ "--memcg=/a", "'--memcg=/a b", 2 },
	{ "-n /o", NULL, 0 },
	{ "--limit=/o", NULL, 0 },
	{ "-n 3 /o", "-n 3 /one", 1 },
	{ "-n3 /o", "-n3 /one", 1 },
	{ "-- -", NULL, 0 },
	{ "-- /o", "-- /one", 1 },
	/* addresses, once begun */
	{ "f", "ffff888000", 3 },
	{ "-l ffff888000c", "-l ffff888000c0a", 2 },
	{ "-l 0xffff888000e", "-l 0xffff888000e58800", 1 },
	{ "-m 0Xf", "-m 0Xffff888000", 3 },
	/* options */
	{ "-", "-", 29 },
	{ "--", "--", 15 },
	{ "--li", "--li", 2 },
	{ "--lis", "--list", 1 },
	{ "-l --a", "-l --all", 1 },
	{ "-l", "-l", 1 },
	{ "--sym", NULL, 0 },
	/* commands: first only */
	{ "", "", 4 },
	{ "  he", "  help", 1 },
	{ "-l he", NULL, 0 },
	{ "# he", NULL, 0 },
};

static void test_completion(void **state)
{
	for (size_t i = 0; i < sizeof(completions) / sizeof(completions[0]); i++) {
		const char *line = completions[i].line;
		struct mcd_completion completion = complete(*state, line);
		char after[256] = "";

		assert_int_equal(completion.nr, completions[i].nr);
		if (!completion.nr)
			continue;
		snprintf(after, sizeof(after), "%.*s%s", (int)completion.start, line,
			 completion.common);
		assert_string_equal(after, completions[i].after);
		assert_int_equal(completion.is_open, completion.nr > 1);
	}
}

static void test_completion_of_files(void **state)
{
	static const char *const before[] = { "-l > ",	 "-l >> ", "-o ",  "--output ",
					      "-l | a ", "!a ",	   "-l >", "-l|a " };
	char folder[] = "/tmp/test_line_XXXXXX", path[64];
	FILE *file = NULL;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/[x] y", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		char line[128], word[128];
		struct mcd_completion completion;

		snprintf(line, sizeof(line), "%s%s/[", before[i], folder);
		snprintf(word, sizeof(word), "'%s'", path);
		completion = complete(*state, line);
		assert_int_equal(completion.nr, 1);
		assert_string_equal(completion.common, word);
		/* The folder itself can go on. */
		line[strlen(line) - 2] = '\0';
		completion = complete(*state, line);
		assert_int_equal(completion.nr, 1);
		assert_true(completion.is_open);
	}
	remove(path);
	remove(folder);
}

static void test_completion_without_memory(void **state)
{
	const struct mcd_completer completer = { commands, names_of, NULL };
	enum mcd_status status = MCD_NO_MEMORY;
	size_t nr_failed = 0;

	(void)state;
	for (size_t limit = 0; status; limit += 8) {
		struct mcd_completion completion;
		struct mcd_arena arena;

		mcd_arena_init(&arena, limit);
		status = mcd_complete(&completer, "-l --", &arena, &completion);
		assert_true(status == MCD_OK || status == MCD_NO_MEMORY);
		nr_failed += status != MCD_OK;
		mcd_arena_deinit(&arena);
	}
	assert_true(nr_failed > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mistakes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_home, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(test_quoting, setup, teardown),
		cmocka_unit_test_setup_teardown(test_quoting_reads_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_completion, setup, teardown),
		cmocka_unit_test_setup_teardown(test_completion_of_files, setup, teardown),
		cmocka_unit_test_setup_teardown(test_completion_without_memory, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
