// SPDX-License-Identifier: GPL-2.0-or-later
/* What a file is that cannot be opened as a dump, and what to do, by its first bytes. */
#include <string.h>
#include <unistd.h>

#include "standalone/dump/dump.h"
#include "standalone/magic.h"

/* makedumpfile's struct makedumpfile_header (makedumpfile.h): for pipes, out of order. */
static bool is_flattened(const char bytes[MCD_MAGIC_BYTES])
{
	static const char magic[16] = "makedumpfile";

	return memcmp(bytes, magic, sizeof(magic)) == 0;
}

enum mcd_status mcd_dump_refuse(const struct mcd_dump *dump, struct mcd_error *error)
{
	char bytes[MCD_MAGIC_BYTES] = { 0 };
	const struct mcd_compression *compression;
	const char *reason = mcd_dump_reason(dump);
	const char *what = strstr(reason, ".fd: "); /* "Cannot set file.set.0.fd: " */
	bool is_core = false;

	if (pread(dump->fd, bytes, sizeof(bytes), 0) < 0)
		bytes[0] = '\0';
	if (is_flattened(bytes))
		return mcd_error_set(error, MCD_USAGE,
				     "%s: a dump in makedumpfile's flattened format: restore it "
				     "first: makedumpfile -R vmcore.restored < %s",
				     dump->path, dump->path);
	compression = mcd_compression_of(bytes);
	if (compression)
		return mcd_error_set(error, MCD_USAGE,
				     "%s: compressed with %s: decompress it first: %s %s",
				     dump->path, compression->program, compression->command,
				     dump->path);
	/* A vmlinux, most often: the two operands were swapped. */
	if (mcd_magic_is_elf(bytes, &is_core) && !is_core)
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
