// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands whose process keeps what it made: memory, open files, eventfds. */
#define _GNU_SOURCE
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
#define FOLIO_STATS "/sys/kernel/mm/transparent_hugepage/hugepages-%zukB/stats/anon_fault_alloc"

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

/* Fills memory that may be one folio of that size. */
static void fill_huge(size_t bytes)
{
	uintptr_t start = (uintptr_t)map_anon(2 * bytes);
	void *aligned = (void *)((start + bytes - 1) & ~(bytes - 1));

	if (madvise(aligned, bytes, MADV_HUGEPAGE))
		die("MADV_HUGEPAGE");
	fill(aligned, bytes);
	errno = 0;
}

void command_thp(char **argv)
{
	size_t bytes = huge_page_bytes();

	(void)argv;
	fill_huge(bytes);
	if (anon_huge_kbytes() < bytes >> 10)
		die("the kernel gave %lu KB of huge pages instead of %zu",
		    anon_huge_kbytes(), bytes >> 10);
}

/* How many folios of that size the kernel has given away so far. */
static unsigned long folios_given(size_t bytes)
{
	unsigned long count;
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), FOLIO_STATS, bytes >> 10);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%lu", &count) != 1)
		die("%s", path);
	fclose(file);
	return count;
}

void command_folio(char **argv)
{
	size_t bytes = parse_number(argv[2]);
	unsigned long before = folios_given(bytes);

	fill_huge(bytes);
	if (folios_given(bytes) != before + 1)
		die("no folio of %zu bytes", bytes);
}

void command_hugetlb(char **argv)
{
	size_t bytes = huge_page_bytes();
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

	(void)argv;
	if (memory == MAP_FAILED)
		die("MAP_HUGETLB");
	fill(memory, bytes);
}

void command_shared(char **argv)
{
	size_t bytes = parse_number(argv[2]);
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("MAP_SHARED");
	fill(memory, bytes);
}

void command_memfd(char **argv)
{
	size_t bytes = parse_number(argv[3]);
	char *data = map_anon(bytes);
	int fd = memfd_create(argv[2], 0);

	fill(data, bytes);
	if (fd < 0 || write(fd, data, bytes) != (ssize_t)bytes)
		die("memfd %s", argv[2]);
	munmap(data, bytes);
}

/* How many pages of that part of a file are in memory. */
static size_t resident_pages(int fd, off_t offset, size_t bytes)
{
	size_t nr_pages = bytes / sysconf(_SC_PAGESIZE), nr_resident = 0;
	void *mapping = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, offset);
	unsigned char *in_memory = map_anon(nr_pages);

	if (mapping == MAP_FAILED || mincore(mapping, bytes, in_memory))
		die("mincore");
	for (size_t i = 0; i < nr_pages; i++)
		nr_resident += in_memory[i] & 1;
	munmap(mapping, bytes);
	munmap(in_memory, nr_pages);
	return nr_resident;
}

/* Whoever reads a page first is charged for it. A block device that nobody has open forgets its own. */
void command_read(char **argv)
{
	off_t offset = parse_number(argv[3]);
	size_t bytes = parse_number(argv[4]);
	int fd = open(argv[2], O_RDONLY);
	char *data = map_anon(bytes);

	if (fd < 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM))
		die("%s", argv[2]);
	if (resident_pages(fd, offset, bytes))
		die("%s is in memory already", argv[2]);
	if (pread(fd, data, bytes, offset) != (ssize_t)bytes)
		die("%s", argv[2]);
	munmap(data, bytes);
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
