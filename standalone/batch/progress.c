// SPDX-License-Identifier: GPL-2.0-or-later
/* See progress.h. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "progress.h"

enum { BAR_MAX = 40, DEFAULT_WIDTH = 80 };

static size_t width_of_terminal(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col ? DEFAULT_WIDTH
								       : size.ws_col;
}

/* What a terminal does not take is not worth waiting for. */
static bool put(const char *text, size_t length)
{
	struct pollfd terminal = { .fd = STDERR_FILENO, .events = POLLOUT };

	return poll(&terminal, 1, 0) > 0 && write(STDERR_FILENO, text, length) > 0;
}

/* One that knows how to go back to the beginning of a line. */
static bool has_terminal(void)
{
	const char *name = getenv("TERM");

	return isatty(STDERR_FILENO) && !(name && strcmp(name, "dumb") == 0);
}

void mcd_batch_progress_init(struct mcd_batch_progress *progress, size_t nr_dumps,
			     bool has_directory)
{
	*progress = (struct mcd_batch_progress){
		.is_wanted = has_terminal() && (has_directory || !isatty(STDOUT_FILENO)),
		.nr_dumps = nr_dumps,
	};
}

void mcd_batch_progress_draw(struct mcd_batch_progress *progress)
{
	static const char filled[] = "########################################";
	static const char rest[] = "........................................";
	size_t nr_filled = 0, width = 0;
	char numbers[sizeof(progress->drawn)], line[256];
	int length = 0;

	if (!progress->is_wanted || !progress->nr_dumps)
		return;
	length = snprintf(numbers, sizeof(numbers), "%zu/%zu, %zu running, %zu not ok",
			  progress->nr_done, progress->nr_dumps, progress->nr_running,
			  progress->nr_bad);
	if (progress->is_drawn && strcmp(numbers, progress->drawn) == 0)
		return;
	width = width_of_terminal();
	nr_filled = BAR_MAX * progress->nr_done / progress->nr_dumps;
	/* A line that wraps could not be taken back. */
	if ((size_t)length + BAR_MAX + 4 <= width)
		length = snprintf(line, sizeof(line), "\r[%.*s%.*s] %s\x1b[K", (int)nr_filled,
				  filled, BAR_MAX - (int)nr_filled, rest, numbers);
	else
		length = snprintf(line, sizeof(line), "\r%.*s\x1b[K", (int)width - 1, numbers);
	if (!put(line, (size_t)length))
		return;
	progress->is_drawn = true;
	memcpy(progress->drawn, numbers, sizeof(numbers));
}

void mcd_batch_progress_clear(struct mcd_batch_progress *progress)
{
	if (progress->is_drawn)
		(void)put("\r\x1b[K", strlen("\r\x1b[K"));
	progress->is_drawn = false;
}
