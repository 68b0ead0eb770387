// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands whose process keeps what it made: memory, open files, eventfds. */
#include "pin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define HUGE_PAGE_SIZE "/sys/kernel/mm/transparent_hugepage/hpage_pmd_size"

void command_anon(char **argv)
{
	size_t bytes = parse_number(argv[2]);

	fill(map_anon(bytes), bytes);
}

static unsigned long anon_huge_kbytes(void)
{
	FILE *smaps = fopen("/proc/self/smaps", "r");
	unsigned long total = 0, kbytes;
	char line[256];

	if (!smaps)
		die("smaps");
	while (fgets(line, sizeof(line), smaps))
		if (sscanf(line, "AnonHugePages: %lu", &kbytes) == 1)
			total += kbytes;
	fclose(smaps);
	return total;
}

/* It depends on the size of a page; old kernels do not tell. */
static size_t huge_page_bytes(void)
{
	FILE *file = fopen(HUGE_PAGE_SIZE, "r");
	size_t bytes = 2UL << 20;

	if (file && fscanf(file, "%zu", &bytes) != 1)
		die(HUGE_PAGE_SIZE);
	if (file)
		fclose(file);
	return bytes;
}

void command_thp(char **argv)
{
	size_t bytes = huge_page_bytes();
	uintptr_t start = (uintptr_t)map_anon(2 * bytes);
	void *aligned = (void *)((start + bytes - 1) & ~(bytes - 1));

	(void)argv;

	if (madvise(aligned, bytes, MADV_HUGEPAGE))
		die("MADV_HUGEPAGE");
	fill(aligned, bytes);
	errno = 0;
	if (anon_huge_kbytes() < bytes >> 10)
		die("the kernel gave %lu KB of huge pages instead of %zu",
		    anon_huge_kbytes(), bytes >> 10);
}

void command_deleted(char **argv)
{
	command_file(argv);
	if (open(argv[2], O_RDWR) < 0 || unlink(argv[2]))
		die("%s", argv[2]);
}

void command_mlock(char **argv)
{
	size_t bytes = parse_number(argv[3]);
	void *memory;
	int fd;

	command_file(argv);
	fd = open(argv[2], O_RDWR);
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd < 0 || memory == MAP_FAILED || mlock(memory, bytes))
		die("%s", argv[2]);
}

/* cgroup v1: each eventfd that listens to memory.oom_control is one entry of oom_notify. */
void command_oom(char **argv)
{
	char *control = group_path(argv[1], "cgroup.event_control");
	char *oom = group_path(argv[1], "memory.oom_control");
	char text[64];

	for (long long left = parse_number(argv[2]); left > 0; left--) {
		int oom_fd = open(oom, O_RDONLY), event_fd = eventfd(0, 0);

		if (oom_fd < 0 || event_fd < 0)
			die("%s", oom);
		snprintf(text, sizeof(text), "%d %d", event_fd, oom_fd);
		write_text(control, text);
		close(oom_fd);
	}
}
