// SPDX-License-Identifier: GPL-2.0-or-later
/* See history.h. Lines live in readline's own history, of which a process has one. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <readline/history.h>

#include "standalone/shell/history.h"

enum { LINES_MAX = 1000 };

/* Where state is kept, by the XDG base directory specification; NULL: nowhere. */
static char *state_directory(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char *directory = NULL;
	int length = -1;

	if (state && state[0] == '/')
		length = asprintf(&directory, "%s/memcg-dangling", state);
	else if (home && home[0] == '/')
		length = asprintf(&directory, "%s/.local/state/memcg-dangling", home);
	return length < 0 ? NULL : directory;
}

/* Makes every directory of `path` that is missing. */
static bool make_directories(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	return mkdir(path, 0700) == 0 || access(path, W_OK | X_OK) == 0;
}

/* readline appends only to a file that exists, and would make it readable for others. */
static bool make_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	struct stat attributes;
	bool is_file = fd >= 0 && fstat(fd, &attributes) == 0 && S_ISREG(attributes.st_mode);

	if (fd >= 0)
		close(fd);
	return is_file;
}

static void forget_place(struct mcd_history *history)
{
	free(history->directory);
	free(history->path);
	history->directory = history->path = NULL;
}

void mcd_history_init(struct mcd_history *history)
{
	*history = (struct mcd_history){ .directory = state_directory() };
	using_history();
	stifle_history(LINES_MAX);
	if (!history->directory)
		return;
	if (asprintf(&history->path, "%s/history", history->directory) < 0)
		history->path = NULL;
	if (history->path && make_directories(history->directory) && make_file(history->path))
		read_history(history->path);
	else
		forget_place(history);
}

void mcd_history_add(struct mcd_history *history, const char *line)
{
	const HIST_ENTRY *last = history_get(history_base + history_length - 1);

	if (!line[strspn(line, " \t\r")] || (last && strcmp(last->line, line) == 0))
		return;
	add_history(line);
	history->nr_new++;
}

/*
 * Shortening replaces the file by another one: the lock that keeps shells from losing each other's
 * lines is on the directory.
 */
void mcd_history_deinit(struct mcd_history *history)
{
	int lock = -1;

	if (history->path && history->nr_new) {
		lock = open(history->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (lock >= 0)
			flock(lock, LOCK_EX);
		if (append_history(history->nr_new, history->path) == 0)
			history_truncate_file(history->path, LINES_MAX);
		if (lock >= 0)
			close(lock);
	}
	forget_place(history);
	clear_history();
}
