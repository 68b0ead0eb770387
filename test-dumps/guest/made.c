// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * made GROUP KIND [KEY=VALUE]… prints what was made in a group as one line of JSON: what must be found
 * to hold it. Of a path=… that is there it adds the inode.
 *
 * {"group":7,"kind":"shmem","bytes":409600,"path":"/tmp/a","inode":3,"dev":"0:21"}
 */
#include "pin.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static unsigned long long inode_of(const char *group)
{
	char *path = group_path(group, "");
	struct stat status;

	if (stat(path, &status))
		die("%s", path);
	free(path);
	return status.st_ino;
}

static void print_file(const char *path)
{
	struct stat status;
	bool is_device;
	dev_t dev;

	if (lstat(path, &status))
		return;	/* deleted, or it never was in a directory */
	is_device = S_ISBLK(status.st_mode);
	dev = is_device ? status.st_rdev : status.st_dev;
	if (!is_device)
		printf(",\"inode\":%llu", (unsigned long long)status.st_ino);
	printf(",\"dev\":\"%u:%u\"", major(dev), minor(dev));
}

/* Memory is charged in whole pages. */
static long long whole_pages(long long bytes)
{
	long page = sysconf(_SC_PAGESIZE);

	return (bytes + page - 1) / page * page;
}

static void print_value(const char *key, const char *value)
{
	if (!isdigit((unsigned char)*value))
		print_string(stdout, value);
	else if (strstr(key, "bytes="))
		printf("%lld", whole_pages(parse_number(value)));
	else
		printf("%lld", parse_number(value));
}

void command_made(char **argv)
{
	printf("{\"group\":%llu,\"kind\":", inode_of(argv[1]));
	print_string(stdout, argv[2]);
	for (char **pair = argv + 3; *pair; pair++) {
		const char *equals = strchr(*pair, '=');

		if (!equals)
			die("%s is not KEY=VALUE", *pair);
		printf(",\"%.*s\":", (int)(equals - *pair), *pair);
		print_value(*pair, equals + 1);
		if (!strncmp(*pair, "path=", strlen("path=")))
			print_file(equals + 1);
	}
	printf("}\n");
}
