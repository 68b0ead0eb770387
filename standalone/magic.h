/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a file is by its first bytes, as far as dumps and vmlinux files go. */
#ifndef MCD_MAGIC_H
#define MCD_MAGIC_H

#include <stdbool.h>
#include <stddef.h>

enum { MCD_MAGIC_BYTES = 20 }; /* so many are enough for everything here */

/* Strings are static. */
struct mcd_compression {
	const char *magic;
	size_t size;	     /* of the magic, in bytes */
	const char *program; /* that compresses and decompresses */
	const char *command; /* decompresses the file that follows, and keeps it */
};

/* The formats that the programs of every distribution decompress, `*ret_nr` of them. */
const struct mcd_compression *mcd_compressions(size_t *ret_nr);

/* The one of a file that begins so; NULL where it is none of these. */
const struct mcd_compression *mcd_compression_of(const char bytes[MCD_MAGIC_BYTES]);

/* True of an ELF file, and then whether it is a core: elf(5). */
bool mcd_magic_is_elf(const char bytes[MCD_MAGIC_BYTES], bool *ret_is_core);

#endif
