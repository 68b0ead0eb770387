// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands that do their work in a group and end; what they leave behind stays charged to it. */
#define _GNU_SOURCE
#include "pin.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

void command_file(char **argv)
{
	size_t bytes = parse_number(argv[3]);
	int fd = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0644);
	char *data = map_anon(bytes);

	if (fd < 0)
		die("%s", argv[2]);
	fill(data, bytes);
	if (write(fd, data, bytes) != (ssize_t)bytes)
		die("%s", argv[2]);
	close(fd);
	munmap(data, bytes);
}

/* A segment outlives its process. */
void command_sysv(char **argv)
{
	size_t bytes = parse_number(argv[3]);
	int id = shmget(parse_number(argv[2]), bytes, IPC_CREAT | IPC_EXCL | 0600);
	void *memory = shmat(id, NULL, 0);

	if (id < 0 || memory == (void *)-1)
		die("System V shared memory");
	fill(memory, bytes);
}

/* A file of hugetlbfs cannot be written, only mapped, which makes it as long as the mapping. */
void command_hugetlb_file(char **argv)
{
	int fd = open(argv[2], O_RDWR | O_CREAT, 0644);
	struct statfs status;
	void *memory;

	if (fd < 0 || fstatfs(fd, &status))
		die("%s", argv[2]);
	memory = mmap(NULL, status.f_bsize, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		die("mmap of %s", argv[2]);
	fill(memory, status.f_bsize);
}

/* So many directories, whose blocks and inodes are in pages of the block device. */
void command_metadata(char **argv)
{
	char name[32];

	if (mkdir(argv[2], 0755) || chdir(argv[2]))
		die("%s", argv[2]);
	for (long long left = parse_number(argv[3]); left > 0; left--) {
		snprintf(name, sizeof(name), "directory-%lld", left);
		if (mkdir(name, 0755))
			die("%s", name);
	}
}

void run_on(long cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity to %ld", cpu);
}

void scrub(long cpu)
{
	run_on(cpu);
	fill(map_anon(sizeof(long)), sizeof(long));
	close(open("/dev/null", O_RDONLY));
}

/*
 * Each CPU keeps a stock of pages charged ahead, for the one group that charged there last (and
 * another of bytes, for kernel objects). Charging both on every CPU hands back what they held for
 * other groups, whose counters are exact from then on.
 */
void command_scrub(char **argv)
{
	long nr_cpus = sysconf(_SC_NPROCESSORS_ONLN);

	(void)argv;
	for (long cpu = 0; cpu < nr_cpus; cpu++)
		scrub(cpu);
}
