/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The build-id among ELF notes, of a file or of a kernel's memory: elf(5), "Notes (Nhdr)". */
#ifndef MCD_BUILD_ID_H
#define MCD_BUILD_ID_H

#include <stdbool.h>
#include <stddef.h>

#include "mcd/status.h"

enum {
	/* ld --build-id=0xHEX takes any length; hashes are shorter. */
	MCD_BUILD_ID_BYTES_MAX = 64,
	MCD_BUILD_ID_TEXT = 2 * MCD_BUILD_ID_BYTES_MAX + 1, /* as hex text, terminated */
};

/*
 * The GNU build-id in `size` bytes of notes, as lower-case hex text in `ret`. MCD_ABSENT where there
 * is none, MCD_CORRUPT where a note is longer than what is left; then `ret` is empty.
 */
MCD_MUST_CHECK enum mcd_status mcd_build_id_of_notes(const void *notes, size_t size,
						     bool is_big_endian,
						     char ret[MCD_BUILD_ID_TEXT]);

/* `size` bytes, at most MCD_BUILD_ID_BYTES_MAX, as such text. */
void mcd_build_id_print(const void *bytes, size_t size, char ret[MCD_BUILD_ID_TEXT]);

#endif
