// SPDX-License-Identifier: GPL-2.0-or-later
/* See redirect.h. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "standalone/shell/redirect.h"
#include "standalone/shell/signals.h"

/*
 * Starts /bin/sh with `input` as standard input; returns 0 or an errno. Handlers do not survive
 * exec, an ignored SIGPIPE would.
 */
static int start(const char *command, int input, pid_t *ret)
{
	char *const argv[] = { "sh", "-c", (char *)command, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int problem = posix_spawn_file_actions_init(&files);

	if (problem)
		return problem;
	problem = posix_spawnattr_init(&attributes);
	if (problem) {
		posix_spawn_file_actions_destroy(&files);
		return problem;
	}
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	problem = posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
	if (!problem)
		problem = posix_spawn(ret, "/bin/sh", &files, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return problem;
}

/*
 * Ctrl-C reaches the command by itself; here it only interrupts the waiting. What ends the shell ends
 * the command, too, which might wait for ever.
 */
static void wait_for(pid_t child)
{
	do {
		if (mcd_signals_leaving())
			kill(child, mcd_signals_leaving());
	} while (waitpid(child, NULL, 0) < 0 && errno == EINTR);
}

static enum mcd_status fault(struct mcd_error *error, const char *what, int problem)
{
	return mcd_error_set(error, MCD_FAULT, "%s: %s", what, strerror(problem));
}

static enum mcd_status open_pipe(const char *command, struct mcd_redirect *ret,
				 struct mcd_error *error)
{
	int ends[2], problem;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return fault(error, "|", errno);
	problem = start(command, ends[0], &ret->reader);
	close(ends[0]);
	if (problem) {
		close(ends[1]);
		return fault(error, "/bin/sh", problem);
	}
	ret->fd = ends[1];
	return MCD_OK;
}

enum mcd_status mcd_redirect_open(const struct mcd_line *line, struct mcd_redirect *ret,
				  struct mcd_error *error)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (line->is_append ? O_APPEND : O_TRUNC);

	*ret = (struct mcd_redirect){ .fd = STDOUT_FILENO };
	if (line->reader)
		return open_pipe(line->reader, ret, error);
	if (!line->file)
		return MCD_OK;
	ret->fd = open(line->file, flags, 0666);
	return ret->fd < 0 ? fault(error, line->file, errno) : MCD_OK;
}

enum mcd_status mcd_redirect_close(struct mcd_redirect *redirect, const struct mcd_line *line,
				   struct mcd_error *error)
{
	int problem = 0;

	if (redirect->fd != STDOUT_FILENO && close(redirect->fd) != 0)
		problem = errno;
	if (redirect->reader)
		wait_for(redirect->reader);
	*redirect = (struct mcd_redirect){ .fd = STDOUT_FILENO };
	return problem && line->file ? fault(error, line->file, problem) : MCD_OK;
}

enum mcd_status mcd_program_run(const char *command, int input, struct mcd_error *error)
{
	pid_t child = 0;
	int problem = start(command, input, &child);

	if (problem)
		return fault(error, "/bin/sh", problem);
	wait_for(child);
	return MCD_OK;
}
