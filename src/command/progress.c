// SPDX-License-Identifier: GPL-2.0-or-later
/* See progress.h. */
#include <stdio.h>
#include <unistd.h>

#include "mcd/progress.h"

enum { FIRST_AFTER_SECONDS = 2, THEN_EVERY_NANOSECONDS = 200000000 };

static bool is_past(const struct timespec *then, const struct timespec *now)
{
	return now->tv_sec > then->tv_sec ||
	       (now->tv_sec == then->tv_sec && now->tv_nsec >= then->tv_nsec);
}

void mcd_progress_begin(struct mcd_progress_line *line)
{
	*line = (struct mcd_progress_line){ .has_terminal = isatty(STDERR_FILENO) };
	clock_gettime(CLOCK_MONOTONIC, &line->next);
	line->next.tv_sec += FIRST_AFTER_SECONDS;
}

void mcd_progress_show(struct mcd_progress_line *line, const struct mcd_progress *progress)
{
	struct timespec now;

	if (!line->has_terminal)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!is_past(&line->next, &now))
		return;
	line->next = now;
	line->next.tv_nsec += THEN_EVERY_NANOSECONDS;
	if (line->next.tv_nsec >= 1000000000) {
		line->next.tv_nsec -= 1000000000;
		line->next.tv_sec++;
	}
	if (progress->nr_total)
		fprintf(stderr, "\rdangling: %zu of %zu %s\033[K", progress->nr_done,
			progress->nr_total, progress->what);
	else
		fprintf(stderr, "\rdangling: %zu %s\033[K", progress->nr_done, progress->what);
	line->is_shown = true;
}

void mcd_progress_clear(struct mcd_progress_line *line)
{
	if (line->is_shown)
		fprintf(stderr, "\r\033[K");
	line->is_shown = false;
}

void mcd_progress_stop(struct mcd_progress_line *line)
{
	mcd_progress_clear(line);
	line->has_terminal = false;
}
