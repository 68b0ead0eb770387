// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * facts GROUP [KEY=NUMBER] prints a group's counters as one line of JSON; remove does the same and
 * removes it. One process for both, so that nothing comes between the last look and the removal.
 *
 * {"path":"/a","inode":7,"memory.current":4096,…,"stat":{"anon":4096,…}}
 *
 * The path's bytes are printed as they are, but for what JSON cannot hold: they need not be UTF-8.
 */
#include "pin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RETRIES 200
#define RETRY_USECS 50000

/* Each a single number; a hierarchy has the ones of its version. */
static const char *const counters[] = {
	"memory.current",
	"memory.swap.current",
	"memory.usage_in_bytes",
	"memory.memsw.usage_in_bytes",
	"memory.kmem.usage_in_bytes",
	"memory.kmem.tcp.usage_in_bytes",
	"memory.move_charge_at_immigrate",
};

static FILE *open_control(const char *group, const char *file)
{
	char *path = group_path(group, file);
	FILE *stream = fopen(path, "r");

	free(path);
	return stream;
}

void print_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c == '"' || *c == '\\')
			fprintf(out, "\\%c", *c);
		else if (*c < 0x20 || *c == 0x7f)
			fprintf(out, "\\u%04x", *c);
		else
			fputc(*c, out);
	}
	fputc('"', out);
}

static void print_inode(FILE *out, const char *group)
{
	char *path = group_path(group, "");
	struct stat status;

	if (stat(path, &status))
		die("%s", path);
	fprintf(out, ",\"inode\":%llu", (unsigned long long)status.st_ino);
	free(path);
}

static void print_counters(FILE *out, const char *group)
{
	for (size_t i = 0; i < sizeof(counters) / sizeof(*counters); i++) {
		FILE *control = open_control(group, counters[i]);
		unsigned long long value;

		if (!control)
			continue;
		if (fscanf(control, "%llu", &value) == 1)
			fprintf(out, ",\"%s\":%llu", counters[i], value);
		fclose(control);
	}
}

/* Reading cpu.stat (cgroup v2) folds all per-cpu statistics in; memory.stat itself may lag. */
static void flush_statistics(const char *group)
{
	FILE *control = open_control(group, "cpu.stat");
	char line[256];

	if (!control)
		return;
	while (fgets(line, sizeof(line), control))
		;
	fclose(control);
}

static void print_statistics(FILE *out, const char *group)
{
	const char *separator = "";
	unsigned long long value;
	FILE *control;
	char key[128];

	flush_statistics(group);
	control = open_control(group, "memory.stat");
	if (!control)
		return;
	fprintf(out, ",\"stat\":{");
	while (fscanf(control, "%127s %llu", key, &value) == 2) {
		fprintf(out, "%s\"%s\":%llu", separator, key, value);
		separator = ",";
	}
	fputc('}', out);
	fclose(control);
}

static void print_extra(FILE *out, const char *pair)
{
	const char *equals = strchr(pair, '=');

	if (!equals)
		die("%s is not KEY=NUMBER", pair);
	fprintf(out, ",\"%.*s\":%lld", (int)(equals - pair), pair, parse_number(equals + 1));
}

/* One line of JSON on the heap: the memory that it takes is the root group's. */
static char *gather(char **argv)
{
	size_t size;
	char *line;
	FILE *out = open_memstream(&line, &size);

	if (!out)
		die("no memory");
	fprintf(out, "{\"path\":");
	print_string(out, *argv[1] ? argv[1] : "/");
	print_inode(out, argv[1]);
	print_counters(out, argv[1]);
	print_statistics(out, argv[1]);
	if (argv[2])
		print_extra(out, argv[2]);
	fprintf(out, "}\n");
	fclose(out);
	return line;
}

void command_facts(char **argv)
{
	char *line = gather(argv);

	fputs(line, stdout);
	free(line);
}

void command_remove(char **argv)
{
	char *path = group_path(argv[1], "");

	/* A process that has just ended may still be counted as one of the group. */
	for (int left = RETRIES; left > 0; left--) {
		char *line = gather(argv);

		if (!rmdir(path)) {
			fputs(line, stdout);
			free(line);
			free(path);
			return;
		}
		if (errno != EBUSY)
			break;
		free(line);
		usleep(RETRY_USECS);
	}
	die("%s", path);
}
