// SPDX-License-Identifier: GPL-2.0-or-later
/* Running the whole command against a fake target. See unit.h. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "mcd/arena.h"
#include "mcd/out.h"
#include "mcd/world.h"

enum { ARGUMENTS_MAX = 16, WORDS_BYTES = 1024 };

enum mcd_status capture_write(void *sink, const char *bytes, size_t size)
{
	struct capture *capture = sink;

	assert_true(capture->used + size < sizeof(capture->text));
	memcpy(capture->text + capture->used, bytes, size);
	capture->used += size;
	capture->text[capture->used] = '\0';
	return MCD_OK;
}

/* A sink that goes away after so many bytes. */
struct narrow_sink {
	struct capture *capture;
	size_t room;
	bool is_limited;
};

static enum mcd_status narrow_write(void *sink, const char *bytes, size_t size)
{
	struct narrow_sink *narrow = sink;

	if (narrow->is_limited && size > narrow->room)
		return MCD_INTERRUPTED;
	narrow->room -= narrow->is_limited ? size : 0;
	return capture_write(narrow->capture, bytes, size);
}

static void say(void *context, const char *text)
{
	(void)capture_write(context, text, strlen(text));
	(void)capture_write(context, "\n", 1);
}

static int split(char *words, char **argv)
{
	int argc = 0;
	char *rest = NULL;

	argv[argc++] = "dangling";
	for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		assert_true(argc < ARGUMENTS_MAX - 1);
		argv[argc++] = word;
	}
	argv[argc] = NULL;
	return argc;
}

/* The options live in an arena of their own, so that a limit is for the run alone. */
static struct mcd_options parse(struct mcd_arena *arena, char **argv, int argc)
{
	struct mcd_options options;
	struct mcd_error error = { "" };

	if (mcd_options_parse(argc, argv, MCD_AT_PROMPT, arena, &options, &error) ||
	    mcd_options_take_operands(&options, &error))
		fail_msg("options: %s", error.text);
	return options;
}

/* A byte that is not UTF-8 and one that JSON escapes are in the name of the dump. */
static const struct mcd_origin unit_origin = {
	.front_end = "standalone",
	.types = "dwarf",
	.types_from = "DWARF of vm\nlinux",
	.dump = "/dumps/\"vm\"core\xff",
};

/* Runs take as long as they take: "seconds":0.012 becomes "seconds":0. */
static void mask_seconds(struct capture *capture)
{
	static const char key[] = "\"seconds\":";

	for (char *at = capture->text; (at = strstr(at, key)) != NULL;) {
		char *from = at += strlen(key), *to = from + strcspn(from, ",");

		assert_true(strspn(from, "0123456789.") == (size_t)(to - from));
		memmove(from + 1, to, capture->used + 1 - (size_t)(to - capture->text));
		capture->used -= (size_t)(to - from) - 1;
		*from = '0';
	}
}

void run_command_limited(struct fake_target *fake, const char *words,
			 const struct run_limits *limits, struct run_result *ret)
{
	struct narrow_sink sink = { &ret->out, limits->sink_bytes, limits->sink_bytes > 0 };
	struct mcd_arena arena, options_arena;
	struct mcd_options options;
	struct mcd_out out;
	char text[WORDS_BYTES];
	char *argv[ARGUMENTS_MAX];

	assert_true(strlen(words) < sizeof(text));
	strcpy(text, words);
	memset(ret, 0, sizeof(*ret));
	mcd_arena_init(&options_arena, UNIT_ARENA_BYTES);
	mcd_arena_init(&arena, limits->arena_bytes ? limits->arena_bytes : UNIT_ARENA_BYTES);
	mcd_out_init(&out, narrow_write, &sink);
	options = parse(&options_arena, argv, split(text, argv));

	const struct mcd_command command = {
		.target = &fake->target,
		.arena = &arena,
		.origin = unit_origin,
		.options = &options,
		.out = &out,
		.say = say,
		.say_context = &ret->said,
	};

	ret->outcome = mcd_command_run(&command);
	mask_seconds(&ret->out);
	mcd_arena_deinit(&arena);
	mcd_arena_deinit(&options_arena);
}

void run_command(struct fake_target *fake, const char *words, struct run_result *ret)
{
	const struct run_limits none = { 0 };

	run_command_limited(fake, words, &none, ret);
}

void assert_report(struct fake_target *fake, const char *words, enum mcd_outcome outcome,
		   const char *report)
{
	static struct run_result result;

	run_command(fake, words, &result);
	assert_string_equal(result.out.text, report);
	assert_int_equal(result.outcome, outcome);
}

void assert_notes(const struct mcd_world *world, const char *expected)
{
	struct capture notes = { .used = 0 };

	for (const struct mcd_note *note = world->notes; note; note = note->next) {
		assert_int_equal(capture_write(&notes, note->text, strlen(note->text)), MCD_OK);
		assert_int_equal(capture_write(&notes, "\n", 1), MCD_OK);
	}
	assert_string_equal(notes.text, expected);
}

const char *unions_rows(char *text)
{
	char *rows = strstr(text, "\n\n");
	char *probes = rows ? strstr(rows + 2, "\nPROBE ") : NULL;

	assert_non_null(probes);
	*probes = '\0';
	return rows + 2;
}
