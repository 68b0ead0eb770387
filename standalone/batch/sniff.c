// SPDX-License-Identifier: GPL-2.0-or-later
/* See sniff.h. */
#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sniff.h"

enum { FIRST_BYTES = 20 };

static const struct {
	const char *bytes;
	size_t size;
} beginnings[] = {
	{ "KDUMP   ", 8 },	/* makedumpfile's compressed format */
	{ "DISKDUMP", 8 },	/* the one before it */
	{ "makedumpfile", 12 }, /* flattened */
	{ "\xfd"
	  "7zXZ",
	  6 },			   /* xz, with its NUL */
	{ "\x1f\x8b", 2 },	   /* gzip */
	{ "\x28\xb5\x2f\xfd", 4 }, /* zstd */
	{ "BZh", 3 },		   /* bzip2 */
	{ "\x89LZO", 4 },	   /* lzop */
	{ "\x04\x22\x4d\x18", 4 }, /* lz4 */
	{ "\0\0\0\0\0\0\0", 8 },   /* room that was never written to */
};

static bool is_core(const char bytes[FIRST_BYTES], size_t size)
{
	size_t low = bytes[EI_DATA] == ELFDATA2MSB ? 17 : 16; /* of e_type */

	if (size < FIRST_BYTES)
		return memcmp(bytes, ELFMAG, size < SELFMAG ? size : SELFMAG) == 0;
	return memcmp(bytes, ELFMAG, SELFMAG) == 0 && bytes[low] == ET_CORE;
}

/* What is too short is compared as far as it goes. */
static bool is_dump(const char bytes[FIRST_BYTES], size_t size)
{
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		size_t length = beginnings[i].size < size ? beginnings[i].size : size;

		if (memcmp(bytes, beginnings[i].bytes, length) == 0)
			return true;
	}
	return is_core(bytes, size);
}

bool mcd_batch_may_be_dump(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char bytes[FIRST_BYTES] = { 0 };
	struct stat status;
	ssize_t size = -1;

	if (fd < 0)
		return true;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		size = pread(fd, bytes, sizeof(bytes), 0);
	close(fd);
	return size <= 0 || is_dump(bytes, (size_t)size);
}
