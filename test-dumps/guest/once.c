// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands that do their work in a group and end; what they leave behind stays charged to it. */
#define _GNU_SOURCE
#include "pin.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
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

/*
 * Each CPU keeps a stock of pages charged ahead, for the one group that charged there last (and
 * another of bytes, for kernel objects). Charging both on every CPU hands back what they held for
 * other groups, whose counters are exact from then on.
 */
void command_scrub(char **argv)
{
	long nr_cpus = sysconf(_SC_NPROCESSORS_ONLN);

	(void)argv;
	for (long cpu = 0; cpu < nr_cpus; cpu++) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		if (sched_setaffinity(0, sizeof(set), &set))
			die("sched_setaffinity to %ld", cpu);
		fill(map_anon(sizeof(long)), sizeof(long));
		close(open("/dev/null", O_RDONLY));
	}
}
