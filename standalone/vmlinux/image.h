/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vmlinux as libelf shows it; xz, zstd, gzip and bzip2 files are decompressed into memory. */
#ifndef MCD_IMAGE_H
#define MCD_IMAGE_H

#include <gelf.h>
#include <stdbool.h>

#include "mcd/build_id.h"
#include "mcd/status.h"

struct mcd_image {
	const char *path; /* borrowed */
	int fd;		  /* -1: decompressed by `dwfl`, which owns `elf` then */
	struct Dwfl *dwfl;
	Elf *elf;
	char build_id[MCD_BUILD_ID_TEXT]; /* of its GNU note; empty: it has none */
};

/*
 * MCD_OK; MCD_ABSENT where there is no such file, MCD_FAULT where it cannot be read, MCD_USAGE where
 * it is no ELF file, with the reason in `error`. Only an open image must be closed.
 */
MCD_MUST_CHECK enum mcd_status mcd_image_open(struct mcd_image *image, const char *path,
					      struct mcd_error *error);
void mcd_image_close(struct mcd_image *image);

/*
 * For mcd_image_open(): a file descriptor of a file in memory that holds what `fd` holds compressed with
 * zstd, for the caller to close. MCD_ABSENT where it is not compressed so, MCD_USAGE where that fails.
 */
MCD_MUST_CHECK enum mcd_status mcd_zstd_open(int fd, const char *path, int *ret,
					     struct mcd_error *error);

/* The first section of the type (SHT_NULL: any) and the name (NULL: any); NULL where none is. */
Elf_Scn *mcd_image_section(struct mcd_image *image, unsigned int type, const char *name,
			   GElf_Shdr *ret_header);

/* True where there is DWARF in it, compressed or not. */
bool mcd_image_has_dwarf(struct mcd_image *image);

#endif
