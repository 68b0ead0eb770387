// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The commands of pin and what they share. Commands that hold something return when it is in
 * place; a child keeps it for good. The child enters the group itself, and leaves it for the root
 * before it reports, unless -s (stay) was given.
 */
#define _GNU_SOURCE
#include "pin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct command {
	const char *name;
	void (*run)(char **argv);
	int min_args, max_args;
	bool enters;	/* runs in the group that its first argument names */
	bool holds;	/* in a child that stays */
};

static const struct command commands[] = {
	{ "anon", command_anon, 2, 2, true, true },
	{ "thp", command_thp, 1, 1, true, true },
	{ "folio", command_folio, 2, 2, true, true },
	{ "hugetlb", command_hugetlb, 1, 1, true, true },
	{ "hugetlb-file", command_hugetlb_file, 2, 2, true, false },
	{ "shared", command_shared, 2, 2, true, true },
	{ "memfd", command_memfd, 3, 3, true, true },
	{ "read", command_read, 4, 4, true, true },
	{ "deleted", command_deleted, 3, 3, true, true },
	{ "mlock", command_mlock, 3, 3, true, true },
	{ "inotify", command_inotify, 1, 1, true, true },
	{ "fanotify", command_fanotify, 1, 1, true, true },
	{ "pipe", command_pipe, 2, 2, true, true },
	{ "zombie", command_zombie, 1, 1, false, true },
	{ "sockets", command_sockets, 2, 2, true, true },
	{ "tcp", command_tcp, 3, 3, true, true },
	{ "listen", command_listen, 2, 2, true, true },
	{ "orphan", command_orphan, 2, 2, false, true },
	{ "stock", command_stock, 2, 2, false, true },
	{ "oom", command_oom, 2, 2, false, true },
	{ "file", command_file, 3, 3, true, false },
	{ "sysv", command_sysv, 3, 3, true, false },
	{ "metadata", command_metadata, 3, 3, true, false },
	{ "scrub", command_scrub, 1, 1, true, false },
	{ "facts", command_facts, 1, 2, false, false },
	{ "remove", command_remove, 1, 2, false, false },
	{ "made", command_made, 2, 8, false, false },
};

void die(const char *format, ...)
{
	int error = errno;
	va_list args;

	fprintf(stderr, "pin: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, error ? ": %s\n" : "\n", strerror(error));
	_exit(1);
}

char *group_path(const char *group, const char *file)
{
	const char *mount = getenv("MCD_MOUNT");
	char *path;

	if (!mount)
		die("MCD_MOUNT is not set");
	if (asprintf(&path, "%s%s%s%s", mount, group, *file ? "/" : "", file) < 0)
		die("no memory");
	return path;
}

void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die("%s", path);
	close(fd);
}

void group_join(const char *group)
{
	char *procs = group_path(group, "cgroup.procs");

	write_text(procs, "0");
	free(procs);
}

long long parse_number(const char *text)
{
	char *end;
	long long number = strtoll(text, &end, 10);

	if (*end == 'K')
		return number << 10;
	if (*end == 'M')
		return number << 20;
	return number;
}

void *map_anon(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap of %zu bytes", bytes);
	/* Fails where the kernel has no huge pages: just as well. */
	madvise(memory, bytes, MADV_NOHUGEPAGE);
	errno = 0;
	return memory;
}

void fill(void *memory, size_t bytes)
{
	uint64_t *word = memory;

	for (size_t i = 0; i < bytes / sizeof(*word); i++)
		word[i] = (i + 1) * 0x9e3779b97f4a7c15ULL;
}

/* The parent returns once the child is done with its preparations; the child never does. */
static void run_held(const struct command *command, char **argv, bool stay)
{
	int ready[2];
	char done;

	if (pipe(ready))
		die("pipe");
	if (fork()) {
		close(ready[1]);
		if (read(ready[0], &done, 1) != 1)
			_exit(1);	/* the child has told why */
		return;
	}
	close(ready[0]);
	setsid();
	if (command->enters)
		group_join(argv[1]);
	command->run(argv);
	if (command->enters && !stay)
		group_join("");
	if (write(ready[1], "", 1) != 1)
		_exit(1);
	close(ready[1]);
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	for (;;)
		pause();
}

static void run(const struct command *command, char **argv, bool stay)
{
	if (command->holds) {
		run_held(command, argv, stay);
		return;
	}
	if (command->enters)
		group_join(argv[1]);
	command->run(argv);
}

int main(int argc, char **argv)
{
	bool stay = argc > 1 && !strcmp(argv[1], "-s");
	int nr_args;

	argv += 1 + stay;
	nr_args = argc - 2 - stay;
	errno = 0;
	for (size_t i = 0; nr_args >= 0 && i < sizeof(commands) / sizeof(*commands); i++) {
		const struct command *command = &commands[i];

		if (strcmp(argv[0], command->name))
			continue;
		if (nr_args < command->min_args || nr_args > command->max_args)
			break;
		run(command, argv, stay);
		return 0;
	}
	fprintf(stderr, "pin: usage: pin [-s] COMMAND GROUP …; see pin.h\n");
	return 2;
}
