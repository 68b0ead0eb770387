/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line on standard error that tells how far a batch is, if that is a terminal. It is never waited
 * for: where the terminal has no room, there is no line.
 */
#ifndef MCD_BATCH_PROGRESS_H
#define MCD_BATCH_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct mcd_batch_progress {
	size_t nr_dumps, nr_done, nr_running, nr_bad;
	bool is_wanted;
	bool is_drawn;
	char drawn[128]; /* its numbers, while it is drawn */
};

/* Nothing is drawn unless standard error is a terminal, and reports go elsewhere. */
void mcd_batch_progress_init(struct mcd_batch_progress *progress, size_t nr_dumps,
			     bool has_directory);

/* Draws the line, unless it stands there as it is. */
void mcd_batch_progress_draw(struct mcd_batch_progress *progress);

/* Takes the line away, to make room for a message or for good. */
void mcd_batch_progress_clear(struct mcd_batch_progress *progress);

#endif
