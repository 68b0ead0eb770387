/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command `dangling` as every front end runs it: options in, report out.
 *
 * A front end brings a target, an output and a way to say things to the user; everything between
 * is here, so that two front ends cannot differ.
 */
#ifndef MCD_COMMAND_H
#define MCD_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "mcd/arena.h"
#include "mcd/out.h"
#include "mcd/status.h"
#include "mcd/target.h"

/* Bits: the views; none asked for means the text report. */
enum mcd_view {
	MCD_VIEW_TEXT = 1,
	MCD_VIEW_KERNEL = 2,
	MCD_VIEW_LIST = 4,
	MCD_VIEW_UNIONS = 8,
};

struct mcd_selector;

/* A parsed command line; strings are borrowed from argv, the rest lives in the arena. */
struct mcd_options {
	unsigned int views;
	bool with_live; /* -a */
	bool has_limit; /* -n */
	size_t limit;
	const char *output;		/* -o, or NULL */
	struct mcd_selector *selectors; /* -m and, where the front end wants them, operands */
	size_t nr_selectors;
	char *const *operands; /* what is not an option, in order */
	size_t nr_operands;
};

/* How a run ended; the values serve as exit status where a front end has one. */
enum mcd_outcome {
	MCD_OUTCOME_COMPLETE = 0,
	MCD_OUTCOME_NO_MATCH = 1,
	MCD_OUTCOME_USAGE = 2,
	MCD_OUTCOME_DUMP = 3,
	MCD_OUTCOME_NO_TYPES = 4,
	MCD_OUTCOME_NO_MEMCG = 5,
	MCD_OUTCOME_PARTIAL = 6,
	MCD_OUTCOME_INTERNAL = 7,
};

/*
 * Parses `argv` (argv[0] is the command's name), reordering it so that operands come last. Returns
 * MCD_OK, MCD_USAGE with the reason in `error`, or MCD_NO_MEMORY. Uses getopt_long() and thus its
 * globals, which are left ready for the next caller.
 */
MCD_MUST_CHECK enum mcd_status mcd_options_parse(int argc, char **argv, struct mcd_arena *arena,
						 struct mcd_options *ret, struct mcd_error *error);

/*
 * Makes the operands MEMCG arguments, as crash's command line wants them. MCD_USAGE with the reason
 * in `error` where one is none, as for mcd_options_parse() and -m.
 */
MCD_MUST_CHECK enum mcd_status mcd_options_take_operands(struct mcd_options *options,
							 struct mcd_error *error);

struct mcd_command {
	struct mcd_target *target;
	struct mcd_arena *arena; /* everything of this run */
	const struct mcd_options *options;
	struct mcd_out *out;
	/* Tells the user one line that is not part of the report; `text` has no newline. */
	void (*say)(void *context, const char *text);
	void *say_context;
};

/* Runs the command and flushes its output. */
enum mcd_outcome mcd_command_run(const struct mcd_command *command);

#endif
