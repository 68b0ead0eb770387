/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can stand at the end of a half-typed line. Knows nothing of readline: a line goes in, words
 * come out, quoted so that line.h reads them back.
 */
#ifndef MCD_COMPLETE_H
#define MCD_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include "mcd/arena.h"
#include "mcd/status.h"
#include "standalone/shell/names.h"

/* Where words come from; all borrowed. */
struct mcd_completer {
	const char *const *commands; /* names that can stand first, up to a NULL */
	/* The memcgs of the dump, or NULL: they cannot be had. Asked only where one can stand. */
	const struct mcd_names *(*names)(void *context);
	void *context;
};

/* The words; in the arena. */
struct mcd_completion {
	size_t start;	    /* where in the line the word begins that they replace */
	const char **words; /* in the order to show them */
	size_t nr;
	const char *common; /* what they all begin with; the word itself, if one */
	bool is_open;	    /* the word can go on: no blank after it */
};

/* `ret` has no words where none fits. Fails only for MCD_NO_MEMORY. */
MCD_MUST_CHECK enum mcd_status mcd_complete(const struct mcd_completer *completer, const char *line,
					    struct mcd_arena *arena, struct mcd_completion *ret);

#endif
