// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stock GROUP OTHER: leaves the group as the one that CPU 1 has charged ahead for last, with nothing
 * left of what was charged ahead. Removing a group gives back such charges (drain_all_stock() in
 * mm/memcontrol.c), but where there is none the CPU keeps the group all the same.
 *
 * The kernel charges ahead for page faults and for kernel objects alike. All preparations are made on
 * CPU 0, and OTHER takes over what it has kept for the group there; on CPU 1 nothing but pages is
 * charged. A CPU of newer kernels keeps several groups (in 6.19; not yet in 6.14): CPU 0 keeps it, too.
 */
#define _GNU_SOURCE
#include "pin.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

/* More than any kernel charges ahead. */
#define TOUCHED_MAX 256

/* Files that are open beforehand: opening one in the group is a kernel object of it. */
struct stock {
	int usage, group, other, root;
	size_t page_bytes;
	char *pages;
};

static int open_control(const char *group, const char *file, int flags)
{
	char *path = group_path(group, file);
	int fd = open(path, flags);

	free(path);
	return fd;
}

static void join(int procs)
{
	if (write(procs, "0", 1) != 1)
		die("moving to another group");
}

static size_t usage_pages(const struct stock *stock)
{
	char text[32] = "";

	if (pread(stock->usage, text, sizeof(text) - 1, 0) <= 0)
		die("memory usage");
	return parse_number(text) / stock->page_bytes;
}

/* Pages in a row that share one page table, which is there; so is all that the kernel needs with it. */
static char *map_pages(size_t page_bytes)
{
	size_t table_bytes = page_bytes / sizeof(long) * page_bytes;
	char *pages = map_anon(2 * table_bytes);

	pages += table_bytes - (size_t)pages % table_bytes;
	*pages = 1;
	return pages + page_bytes;
}

/* Touches one page more; returns by how many the group's usage grew. */
static size_t touch(struct stock *stock)
{
	size_t before = usage_pages(stock);

	*stock->pages = 1;
	stock->pages += stock->page_bytes;
	return usage_pages(stock) - before;
}

/* Leaves the CPU with none of the pages that it has charged ahead for the group. */
static void use_up(struct stock *stock)
{
	size_t batch = 0, nr_touched = 0;

	while (!batch && ++nr_touched < TOUCHED_MAX)
		batch = touch(stock);
	if (batch < 2)
		die("%zu pages did not charge ahead", nr_touched);
	for (size_t left = batch - 1; left > 0; left--)
		if (touch(stock))
			die("%zu pages of %zu charged ahead were gone", left, batch);
}

void command_stock(char **argv)
{
	struct stock stock = {
		.usage = open_control(argv[1], "memory.current", O_RDONLY),
		.group = open_control(argv[1], "cgroup.procs", O_WRONLY),
		.other = open_control(argv[2], "cgroup.procs", O_WRONLY),
		.root = open_control("", "cgroup.procs", O_WRONLY),
		.page_bytes = sysconf(_SC_PAGESIZE),
	};

	if (stock.usage < 0)
		stock.usage = open_control(argv[1], "memory.usage_in_bytes", O_RDONLY);
	run_on(0);
	join(stock.group);
	stock.pages = map_pages(stock.page_bytes);
	use_up(&stock);
	join(stock.other);
	scrub(0);
	scrub(1);
	join(stock.group);
	use_up(&stock);
	join(stock.root);
}
