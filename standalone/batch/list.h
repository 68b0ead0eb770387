/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which dumps a batch is about: its arguments, the files of directories, the lines of lists.
 *
 * Everything that is named gets a place, whether it can be read or not; no dump is opened here. The
 * order is that of the arguments; of a directory, by name.
 */
#ifndef MCD_BATCH_LIST_H
#define MCD_BATCH_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "mcd/arena.h"
#include "mcd/status.h"
#include "options.h"

struct mcd_batch_dump {
	const char *path;	/* as given */
	const char *normalised; /* what tells whether two are the same */
	const char *vmlinux;	/* or NULL: looked for */
	const char *symbols;	/* a System.map, or NULL */
	const char *stream;	/* the name of its file */
	const char *problem;	/* why there is nothing to open, or NULL */
	bool is_walked;		/* a file of a directory, which may be anything */
};

struct mcd_batch_list {
	struct mcd_batch_dump *dumps;
	size_t nr, capacity;
	struct mcd_arena *arena;
};

/*
 * Collects the dumps of the command line into the arena. A path that is named twice has one place,
 * the first. MCD_USAGE with the reason in `error` where a list cannot be read, where a directory is
 * the output's, or where two vmlinux or two System.map are named for one dump; or MCD_NO_MEMORY.
 */
MCD_MUST_CHECK enum mcd_status mcd_batch_list_collect(const struct mcd_batch_options *options,
						      struct mcd_arena *arena,
						      struct mcd_batch_list *ret,
						      struct mcd_error *error);

/* Adds one place, without its other names; strings are copied. For walk.c. */
MCD_MUST_CHECK enum mcd_status mcd_batch_list_add(struct mcd_batch_list *list,
						  const struct mcd_batch_dump *dump,
						  struct mcd_error *error);

#endif
