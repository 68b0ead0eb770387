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
#include "mcd/report.h"
#include "mcd/status.h"
#include "mcd/target.h"

/* Bits: the views; none asked for means the text report. */
enum mcd_view {
	MCD_VIEW_TEXT = 1,
	MCD_VIEW_KERNEL = 2,
	MCD_VIEW_LIST = 4,
	MCD_VIEW_UNIONS = 8,
	MCD_VIEW_JSON = 16, /* instead of text: what the others add to its records */
	MCD_VIEW_PINS = 32,
	MCD_VIEW_FILES = 64,
	MCD_VIEW_SLAB = 128,
	MCD_VIEW_GROUP = 256,
	MCD_VIEW_IDS = 512,
	MCD_VIEW_COST = 1024,
	/* Those that the ledger is made for. */
	MCD_VIEWS_OF_LEDGER = MCD_VIEW_PINS | MCD_VIEW_FILES | MCD_VIEW_SLAB | MCD_VIEW_GROUP,
	/* Those that look at all rows together, a limit or not. */
	MCD_VIEWS_OF_ALL = MCD_VIEWS_OF_LEDGER | MCD_VIEW_COST,
	/* Those that add to the records of JSON. */
	MCD_VIEWS_OF_JSON = MCD_VIEWS_OF_LEDGER | MCD_VIEW_IDS | MCD_VIEW_COST,
};

/* Bits: where a command line is read. */
enum mcd_place_of_use {
	MCD_AT_PROMPT = 1, /* of crash or of a shell: the dump is open */
	MCD_AT_START = 2,  /* the stand-alone program's own, which names the dump */
};

/* One option; all strings are static. */
struct mcd_option {
	int letter;	     /* beyond 255: it has only a long name */
	unsigned int places; /* bits of enum mcd_place_of_use */
	const char *name;
	const char *argument; /* what it is called in the help, e.g. COUNT; NULL: it takes none */
	const char *help;     /* one line */
};

struct mcd_selector;

/* A parsed command line; strings are borrowed from argv, the rest lives in the arena. */
struct mcd_options {
	unsigned int views;
	bool with_live;	 /* -a */
	bool wants_scan; /* --scan */
	bool has_limit;	 /* -n */
	size_t limit;
	const char *output;	 /* -o, or NULL */
	const char *symbols;	 /* --symbols, or NULL */
	const char **debug_dirs; /* --debug-dir, in order */
	size_t nr_debug_dirs;
	bool wants_help, wants_version;
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
	MCD_OUTCOME_MEMORY = 8, /* our own memory ran out; as exit status 7 */
};

/* The same as a program's exit status. */
static inline int mcd_exit_status(enum mcd_outcome outcome)
{
	return outcome == MCD_OUTCOME_MEMORY ? MCD_OUTCOME_INTERNAL : (int)outcome;
}

/* Every option, in the order of the help; `*ret_nr` of them. */
const struct mcd_option *mcd_option_table(size_t *ret_nr);

/*
 * Parses `argv` (argv[0] is the command's name), reordering it so that operands come last. Options
 * of other places than `place` are refused. Returns MCD_OK, MCD_USAGE with the reason in `error`,
 * or MCD_NO_MEMORY. Uses getopt_long() and thus its globals, which are left ready for the next
 * caller.
 */
MCD_MUST_CHECK enum mcd_status mcd_options_parse(int argc, char **argv, enum mcd_place_of_use place,
						 struct mcd_arena *arena, struct mcd_options *ret,
						 struct mcd_error *error);

/*
 * Makes the operands MEMCG arguments, as crash's command line wants them. MCD_USAGE with the reason
 * in `error` where one is none, as for mcd_options_parse() and -m.
 */
MCD_MUST_CHECK enum mcd_status mcd_options_take_operands(struct mcd_options *options,
							 struct mcd_error *error);

/* True where both paths lead to one regular file: a report must not be written over its dump. */
bool mcd_is_same_file(const char *path, const char *other);

struct mcd_command {
	struct mcd_target *target;
	struct mcd_arena *arena; /* everything of this run */
	struct mcd_origin origin;
	const struct mcd_options *options;
	struct mcd_out *out;
	/* Tells the user one line that is not part of the report; `text` has no newline. */
	void (*say)(void *context, const char *text);
	void *say_context;
};

/* Runs the command and flushes its output. */
enum mcd_outcome mcd_command_run(const struct mcd_command *command);

#endif
