/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vmlinux as libelf shows it; xz, zstd, gzip and bzip2 files are decompressed into memory. */
#ifndef MCD_IMAGE_H
#define MCD_IMAGE_H

#include <gelf.h>
#include <stdbool.h>
#include <stdint.h>

#include "mcd/build_id.h"
#include "mcd/status.h"

struct mcd_image {
	const char *path; /* borrowed */
	int fd;		  /* of the file, or of what it holds compressed */
	Elf *elf;
	char build_id[MCD_BUILD_ID_TEXT]; /* of its GNU note; empty: it has none */
};

/*
 * MCD_OK; MCD_ABSENT where there is no such file, MCD_FAULT where it cannot be read, MCD_USAGE where
 * it is no ELF file, MCD_NO_MEMORY or MCD_INTERRUPTED, with the reason in `error`. Only an open image
 * must be closed.
 */
MCD_MUST_CHECK enum mcd_status mcd_image_open(struct mcd_image *image, const char *path,
					      struct mcd_error *error);
void mcd_image_close(struct mcd_image *image);

/*
 * For mcd_image_open(): a descriptor of a file in memory that holds what `fd` holds compressed, for the
 * caller to close. MCD_ABSENT where it is not compressed; else as above.
 */
MCD_MUST_CHECK enum mcd_status mcd_image_decompress(int fd, const char *path, int *ret,
						    struct mcd_error *error);

/*
 * At most `size` bytes that the kernel was linked to have at `addr`, up to the end of their section.
 * Returns how many; 0 where the file lacks them.
 */
size_t mcd_image_read(struct mcd_image *image, uint64_t addr, void *buffer, size_t size);

/* The first section of the type (SHT_NULL: any) and the name (NULL: any); NULL where none is. */
Elf_Scn *mcd_image_section(struct mcd_image *image, unsigned int type, const char *name,
			   GElf_Shdr *ret_header);

/* True where there is DWARF in it, compressed or not. */
bool mcd_image_has_dwarf(struct mcd_image *image);

#endif
