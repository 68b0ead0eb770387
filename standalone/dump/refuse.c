// SPDX-License-Identifier: GPL-2.0-or-later
/* What a file is that cannot be opened as a dump, and what to do: a table of first bytes. */
#include <elf.h>
#include <string.h>
#include <unistd.h>

#include "standalone/dump/dump.h"

static const struct {
	const char *magic;
	size_t size;
	const char *what, *command; /* the command takes the path as its last word */
} formats[] = {
	/* makedumpfile's struct makedumpfile_header (makedumpfile.h): for pipes, out of order. */
	{ "makedumpfile\0\0\0", 16, "a dump in makedumpfile's flattened format: restore it first",
	  "makedumpfile -R vmcore.restored <" },
	{ "\xfd"
	  "7zXZ",
	  6, "compressed with xz: decompress it first", "xz -dk" },
	{ "\x1f\x8b", 2, "compressed with gzip: decompress it first", "gzip -dk" },
	{ "\x28\xb5\x2f\xfd", 4, "compressed with zstd: decompress it first", "zstd -d" },
	{ "BZh", 3, "compressed with bzip2: decompress it first", "bzip2 -dk" },
};

/* A vmlinux, most often: the two operands were swapped. */
static bool is_other_elf(const char bytes[20])
{
	int low = bytes[EI_DATA] == ELFDATA2MSB ? 17 : 16; /* of e_type */

	return memcmp(bytes, ELFMAG, SELFMAG) == 0 && bytes[low] != ET_CORE;
}

enum mcd_status mcd_dump_refuse(const struct mcd_dump *dump, struct mcd_error *error)
{
	char bytes[20] = { 0 };
	const char *reason = mcd_dump_reason(dump);
	const char *what = strstr(reason, ".fd: "); /* "Cannot set file.set.0.fd: " */

	if (pread(dump->fd, bytes, sizeof(bytes), 0) < 0)
		bytes[0] = '\0';
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (memcmp(bytes, formats[i].magic, formats[i].size) == 0)
			return mcd_error_set(error, MCD_USAGE, "%s: %s: %s %s", dump->path,
					     formats[i].what, formats[i].command, dump->path);
	if (is_other_elf(bytes))
		return mcd_error_set(error, MCD_USAGE,
				     "%s: an ELF file, but no dump: the dump comes first, then "
				     "the vmlinux",
				     dump->path);
	if (!dump->format)
		return mcd_error_set(error, MCD_USAGE,
				     "%s: not a dump that can be read: these are ELF cores and "
				     "kdump-compressed ones, as makedumpfile, virsh dump "
				     "--memory-only and QEMU's dump-guest-memory write them",
				     dump->path);
	return mcd_error_set(error, MCD_USAGE, "%s: not a dump that can be read: %s", dump->path,
			     what ? what + strlen(".fd: ") : reason);
}
