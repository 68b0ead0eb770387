// SPDX-License-Identifier: GPL-2.0-or-later
/* See headers.h. */
#include <elf.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "standalone/dump/dump.h"

static const struct mcd_format formats[] = {
	{ ELFMAG, mcd_headers_check_elf, mcd_guard_init_elf },
	{ "KDUMP   ", mcd_headers_check_kdump, mcd_guard_init_kdump },
};

void mcd_headers_read(const struct mcd_dump *dump, uint64_t at, void *buffer, size_t size)
{
	ssize_t got = pread(dump->fd, buffer, size, (off_t)at);
	size_t there = got > 0 ? (size_t)got : 0;

	memset((char *)buffer + there, 0, size - there);
}

uint64_t mcd_headers_end(uint64_t offset, uint64_t size)
{
	return size <= UINT64_MAX - offset ? offset + size : UINT64_MAX;
}

enum mcd_status mcd_headers_lack(const struct mcd_dump *dump, uint64_t needed_bytes,
				 struct mcd_error *error)
{
	return mcd_error_set(error, MCD_USAGE,
			     "%s: truncated, or its headers are damaged: %" PRIu64
			     " of at least %" PRIu64 " bytes are there: copy it again",
			     dump->path, dump->guard.file_bytes, needed_bytes);
}

enum mcd_status mcd_headers_are_damaged(const struct mcd_dump *dump, struct mcd_error *error)
{
	return mcd_error_set(error, MCD_USAGE,
			     "%s: not a dump that can be read: its headers are damaged, or it is "
			     "no dump of a machine",
			     dump->path);
}

enum mcd_status mcd_headers_check(struct mcd_dump *dump, struct mcd_error *error)
{
	char magic[8];

	mcd_headers_read(dump, 0, magic, sizeof(magic));
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (memcmp(magic, formats[i].magic, strlen(formats[i].magic)) == 0)
			dump->format = &formats[i];
	return dump->format ? dump->format->check_headers(dump, error)
			    : mcd_dump_refuse(dump, error);
}
