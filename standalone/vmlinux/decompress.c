// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A compressed vmlinux, decompressed into a file in memory by the program that belongs to its format:
 * it takes seconds, and a signal must end it. See image.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "standalone/interrupt.h"
#include "standalone/magic.h"
#include "standalone/vmlinux/image.h"

#define IMAGE_BYTES_MAX ((rlim_t)4 << 30) /* the largest vmlinux known has 1 GB */

enum { NOT_STARTED = 127 }; /* the exit status of a shell that does not find a program */

/* The program for what `fd` holds; NULL where it is not compressed. */
static const char *program_for(int fd)
{
	char bytes[MCD_MAGIC_BYTES] = { 0 };
	const struct mcd_compression *compression;

	if (pread(fd, bytes, sizeof(bytes), 0) < 0)
		return NULL;
	compression = mcd_compression_of(bytes);
	return compression ? compression->program : NULL;
}

static void __attribute__((noreturn)) run(const char *program, int from, int to)
{
	const struct rlimit bytes = { IMAGE_BYTES_MAX, IMAGE_BYTES_MAX };
	int nothing = open("/dev/null", O_WRONLY);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)setrlimit(RLIMIT_FSIZE, &bytes);
	if (lseek(from, 0, SEEK_SET) == 0 && dup2(from, STDIN_FILENO) >= 0 &&
	    dup2(to, STDOUT_FILENO) >= 0 && dup2(nothing, STDERR_FILENO) >= 0)
		(void)execlp(program, program, "-dc", (char *)NULL);
	_exit(NOT_STARTED);
}

/* The child's wait status; a signal to us ends it. MCD_INTERRUPTED, or MCD_OK. */
static enum mcd_status wait_for(pid_t child, int *ret)
{
	const struct timespec pause = { .tv_nsec = 2000000 };

	while (waitpid(child, ret, WNOHANG) == 0) {
		if (mcd_interrupt_is_pending()) {
			(void)kill(child, SIGKILL);
			(void)waitpid(child, ret, 0);
			return MCD_INTERRUPTED;
		}
		(void)nanosleep(&pause, NULL);
	}
	/* Ctrl-C ends the child too. */
	return mcd_interrupt_is_pending() ? MCD_INTERRUPTED : MCD_OK;
}

static enum mcd_status judge(int status, const char *program, const char *path,
			     struct mcd_error *error)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return MCD_OK;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_STARTED)
		return mcd_error_set(error, MCD_USAGE,
				     "%s: %s is needed to decompress it: install it, or "
				     "decompress the file elsewhere",
				     path, program);
	return mcd_error_set(error, MCD_USAGE,
			     "%s: %s cannot decompress it: is it complete, and is there memory for "
			     "it? %s -t %s",
			     path, program, program, path);
}

static enum mcd_status decompress(const char *program, int from, int to, const char *path,
				  struct mcd_error *error)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		run(program, from, to);
	if (child < 0)
		return mcd_error_set(error, MCD_NO_MEMORY, "%s: %s", path, strerror(errno));
	if (wait_for(child, &status))
		return mcd_error_set(error, MCD_INTERRUPTED, "interrupted while %s decompressed %s",
				     program, path);
	return judge(status, program, path, error);
}

enum mcd_status mcd_image_decompress(int fd, const char *path, int *ret, struct mcd_error *error)
{
	const char *program = program_for(fd);
	enum mcd_status status;

	if (!program)
		return MCD_ABSENT;
	*ret = memfd_create("vmlinux", MFD_CLOEXEC);
	if (*ret < 0)
		return mcd_error_set(error, MCD_NO_MEMORY, "%s: %s", path, strerror(errno));
	status = decompress(program, fd, *ret, path, error);
	if (status)
		(void)close(*ret);
	return status;
}
