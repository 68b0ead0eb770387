// SPDX-License-Identifier: GPL-2.0-or-later
/* See sniff.h. */
#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sniff.h"
#include "standalone/magic.h"

/* Beside what is compressed as a whole, for which magic.h has a table. */
static const struct {
	const char *bytes;
	size_t size;
} beginnings[] = {
	{ "KDUMP   ", 8 },	   /* makedumpfile's compressed format */
	{ "DISKDUMP", 8 },	   /* the one before it */
	{ "makedumpfile", 12 },	   /* flattened */
	{ "\x89LZO", 4 },	   /* lzop */
	{ "\x04\x22\x4d\x18", 4 }, /* lz4 */
	{ "\0\0\0\0\0\0\0", 8 },   /* room that was never written to */
};

/* What is too short is compared as far as it goes. */
static bool begins_with(const char *bytes, size_t size, const char *magic, size_t length)
{
	return memcmp(bytes, magic, length < size ? length : size) == 0;
}

static bool is_core(const char bytes[MCD_MAGIC_BYTES], size_t size)
{
	bool has_core_type = false;

	if (size < MCD_MAGIC_BYTES)
		return begins_with(bytes, size, ELFMAG, SELFMAG);
	return mcd_magic_is_elf(bytes, &has_core_type) && has_core_type;
}

static bool is_dump(const char bytes[MCD_MAGIC_BYTES], size_t size)
{
	size_t nr = 0;
	const struct mcd_compression *compressions = mcd_compressions(&nr);

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (begins_with(bytes, size, beginnings[i].bytes, beginnings[i].size))
			return true;
	for (size_t i = 0; i < nr; i++)
		if (begins_with(bytes, size, compressions[i].magic, compressions[i].size))
			return true;
	return is_core(bytes, size);
}

bool mcd_batch_may_be_dump(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char bytes[MCD_MAGIC_BYTES] = { 0 };
	struct stat status;
	ssize_t size = -1;

	if (fd < 0)
		return true;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		size = pread(fd, bytes, sizeof(bytes), 0);
	close(fd);
	return size <= 0 || is_dump(bytes, (size_t)size);
}
