/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a report goes: a file that is opened with its first bytes, or an open descriptor. */
#ifndef MCD_OUTPUT_H
#define MCD_OUTPUT_H

#include <stdbool.h>

#include "mcd/command.h"
#include "mcd/out.h"
#include "mcd/status.h"

struct mcd_output {
	const char *path; /* borrowed; NULL: `fd` is the caller's */
	int fd;		  /* -1: not open yet */
	bool is_hurried; /* a reader that does not read is not waited for, and not a word about it */
};

/* To the file at `path`, else, where that is NULL, to `fd`. Opens nothing. */
void mcd_output_init(struct mcd_output *output, const char *path, int fd);

/*
 * Writes for an mcd_out, see out.h: MCD_FAULT with a message where it cannot; MCD_INTERRUPTED, with a
 * message where a signal came and the reader does not read, without one where it went away.
 */
MCD_MUST_CHECK enum mcd_status mcd_output_write(struct mcd_output *output, const char *bytes,
						size_t size);

/*
 * Prints on `fd` what is no report, a help for one. MCD_OUTCOME_INTERNAL, with a message, where it
 * cannot be written; that a reader goes away is none of our business.
 */
enum mcd_outcome mcd_output_print(int fd, void (*print)(struct mcd_out *out));

/*
 * Closes what was opened; a report without a byte leaves an empty file, so that no stale one passes
 * for it. Returns `outcome`, or MCD_OUTCOME_INTERNAL where the file could not be written.
 */
enum mcd_outcome mcd_output_close(struct mcd_output *output, enum mcd_outcome outcome);

#endif
