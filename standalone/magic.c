// SPDX-License-Identifier: GPL-2.0-or-later
/* See magic.h. */
#include <elf.h>
#include <string.h>

#include "standalone/magic.h"

static const struct mcd_compression compressions[] = {
	{ "\xfd"
	  "7zXZ",
	  6, "xz", "xz -dk" }, /* with its NUL */
	{ "\x28\xb5\x2f\xfd", 4, "zstd", "zstd -d" },
	{ "\x1f\x8b", 2, "gzip", "gzip -dk" },
	{ "BZh", 3, "bzip2", "bzip2 -dk" },
};

enum { NR_COMPRESSIONS = sizeof(compressions) / sizeof(compressions[0]) };

const struct mcd_compression *mcd_compressions(size_t *ret_nr)
{
	*ret_nr = NR_COMPRESSIONS;
	return compressions;
}

const struct mcd_compression *mcd_compression_of(const char bytes[MCD_MAGIC_BYTES])
{
	for (size_t i = 0; i < NR_COMPRESSIONS; i++)
		if (memcmp(bytes, compressions[i].magic, compressions[i].size) == 0)
			return &compressions[i];
	return NULL;
}

bool mcd_magic_is_elf(const char bytes[MCD_MAGIC_BYTES], bool *ret_is_core)
{
	int low = bytes[EI_DATA] == ELFDATA2MSB ? 17 : 16; /* of e_type */

	*ret_is_core = bytes[low] == ET_CORE;
	return memcmp(bytes, ELFMAG, SELFMAG) == 0;
}
