/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line of progress on standard error: only on a terminal, after two seconds, five times a second.
 */
#ifndef MCD_PROGRESS_H
#define MCD_PROGRESS_H

#include <stdbool.h>
#include <time.h>

#include "mcd/target.h"

struct mcd_progress_line {
	bool has_terminal, is_shown;
	struct timespec next; /* CLOCK_MONOTONIC: not before */
};

/* A piece of work begins now; nothing is shown yet. */
void mcd_progress_begin(struct mcd_progress_line *line);

/* Shows how far the work is, if it is time to. Cheap enough for every step. */
void mcd_progress_show(struct mcd_progress_line *line, const struct mcd_progress *progress);

/* Takes the line off the terminal, if it is there. */
void mcd_progress_clear(struct mcd_progress_line *line);

/* The same for good: a report follows that may go to the same terminal. */
void mcd_progress_stop(struct mcd_progress_line *line);

#endif
