// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands whose process keeps a kernel object, or is one. */
#define _GNU_SOURCE
#include "pin.h"

#include <fcntl.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

/* A directory where nothing ever happens. */
#define WATCHED "/sys/kernel"

void command_inotify(char **argv)
{
	int fd = inotify_init();

	(void)argv;
	if (fd < 0 || inotify_add_watch(fd, WATCHED, IN_DELETE_SELF) < 0)
		die("inotify");
}

void command_fanotify(char **argv)
{
	(void)argv;
	if (fanotify_init(FAN_CLASS_NOTIF, O_RDONLY) < 0)
		die("fanotify");
}

/* Pages of the kernel's own, outside of slabs. */
void command_pipe(char **argv)
{
	size_t bytes = parse_number(argv[2]);
	char *data = map_anon(bytes);
	int ends[2];

	fill(data, bytes);
	if (pipe(ends) || fcntl(ends[1], F_SETFL, O_NONBLOCK) ||
	    write(ends[1], data, bytes) != (ssize_t)bytes)
		die("pipe");
}

/* A task that has ended in the group, and is never reaped. */
void command_zombie(char **argv)
{
	pid_t child = fork();
	siginfo_t state;

	if (child < 0)
		die("fork");
	if (!child) {
		group_join(argv[1]);
		_exit(0);
	}
	if (waitid(P_PID, child, &state, WEXITED | WNOWAIT) || state.si_status)
		die("no zombie");
}
