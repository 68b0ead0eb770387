/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of `dangling batch`. */
#ifndef MCD_BATCH_OPTIONS_H
#define MCD_BATCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcd/arena.h"
#include "mcd/command.h"
#include "mcd/out.h"
#include "mcd/status.h"

/* Strings are borrowed from argv, the rest lives in the arena. */
struct mcd_batch_options {
	size_t nr_jobs;
	double timeout_seconds;
	uint64_t memory_limit_bytes; /* RLIMIT_DATA of a worker */
	unsigned int views;	     /* bits of enum mcd_view that add to the records */
	bool is_resumed;
	const char *output;	 /* a directory, or NULL: to standard output */
	const char **debug_dirs; /* has room for one more */
	size_t nr_debug_dirs;
	bool wants_help, wants_version;
	char *const *arguments; /* DUMP, DIR, @LIST */
	size_t nr_arguments;
};

/*
 * Parses `argv` (argv[0] is the command's name), reordering it. MCD_OK, MCD_USAGE with the reason
 * in `error`, or MCD_NO_MEMORY. Uses getopt_long() and thus its globals, which are left ready for
 * the next caller.
 */
MCD_MUST_CHECK enum mcd_status mcd_batch_options_parse(int argc, char **argv,
						       struct mcd_arena *arena,
						       struct mcd_batch_options *ret,
						       struct mcd_error *error);

/* The text of --help. */
void mcd_batch_options_help(struct mcd_out *out);

#endif
