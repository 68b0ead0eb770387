// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * own KIND GROUP NUMBER [LATER]: owns things that were charged to a memory cgroup, from outside it.
 *
 * What guest/pin has no command for: it enters the group, makes NUMBER things of a kind, leaves for
 * the root group, prints a line and keeps them until it is killed. SIGUSR1 makes it close LATER of
 * its file descriptors. MCD_MOUNT names where the hierarchy is mounted.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAGE 4096

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* Opened while in the root group: an open file would be charged to the group, and stay on record. */
static int procs_of(const char *group)
{
	char path[512];
	int procs;

	snprintf(path, sizeof(path), "%s%s/cgroup.procs", getenv("MCD_MOUNT"), group);
	procs = open(path, O_WRONLY | O_CLOEXEC);
	if (procs < 0)
		die(path);
	return procs;
}

static void join(int procs)
{
	if (write(procs, "0", 1) != 1)
		die("cgroup.procs");
}

/* TCP sockets that never carry anything. */
static void own_sockets(int group, int number)
{
	join(group);
	while (number--)
		if (socket(AF_INET, SOCK_STREAM, 0) < 0)
			die("socket");
}

/* One pipe with something in it, eventfd, epoll and pair of unix sockets each. */
static void own_files(int group, int number)
{
	int pipes[2], pairs[2];

	join(group);
	while (number--) {
		if (pipe(pipes) || write(pipes[1], "unread", 6) != 6)
			die("pipe");
		if (eventfd(0, 0) < 0 || epoll_create1(0) < 0)
			die("eventfd");
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pairs))
			die("socketpair");
	}
}

/*
 * Anonymous pages whose page tables are the root group's, so that the group has no kernel memory:
 * the tables are made on a first visit, and stay when its pages are thrown away.
 */
static void own_pages(int group, int number)
{
	size_t bytes = (size_t)number * PAGE;
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	memset(memory, 1, bytes);
	if (madvise(memory, bytes, MADV_DONTNEED))
		die("madvise");
	join(group);
	for (int i = 0; i < number; i++)
		memory[(size_t)i * PAGE] = (char)i | 1;
}

static const struct {
	const char *name;
	void (*make)(int group, int number);
} kinds[] = {
	{ "sockets", own_sockets },
	{ "files", own_files },
	{ "pages", own_pages },
};

static void make(const char *kind, int group, int number)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!strcmp(kinds[i].name, kind)) {
			kinds[i].make(group, number);
			return;
		}
	}
	fprintf(stderr, "own: no kind %s\n", kind);
	exit(2);
}

int main(int argc, char **argv)
{
	int signal_number, group, root, later = argc == 5 ? atoi(argv[4]) : 0;
	sigset_t set;

	if (argc < 4 || argc > 5) {
		fprintf(stderr, "usage: own sockets|files|pages GROUP NUMBER [LATER]\n");
		return 2;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);

	group = procs_of(argv[2]);
	root = procs_of("");
	make(argv[1], group, atoi(argv[3]));
	join(root);
	printf("ready\n");
	fflush(stdout);

	for (;;) {
		if (sigwait(&set, &signal_number))
			die("sigwait");
		for (int fd = root + 1; later > 0; fd++, later--)
			close(fd);
	}
}
