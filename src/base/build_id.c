// SPDX-License-Identifier: GPL-2.0-or-later
/* See build_id.h. */
#include <elf.h>
#include <stdint.h>
#include <string.h>

#include "mcd/build_id.h"
#include "mcd/bytes.h"

enum { HEADER_BYTES = 3 * 4 }; /* n_namesz, n_descsz, n_type */

static uint32_t word_at(const unsigned char *bytes, bool is_big_endian)
{
	return (uint32_t)mcd_uint_of_bytes(bytes, 4, is_big_endian);
}

/* Names and descriptions are padded to words of 4 bytes. */
static uint64_t padded(uint32_t size)
{
	return ((uint64_t)size + 3) / 4 * 4;
}

void mcd_build_id_print(const void *bytes, size_t size, char ret[MCD_BUILD_ID_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < size; i++) {
		ret[2 * i] = digits[byte[i] >> 4];
		ret[2 * i + 1] = digits[byte[i] & 0xf];
	}
	ret[2 * size] = '\0';
}

enum mcd_status mcd_build_id_of_notes(const void *notes, size_t size, bool is_big_endian,
				      char ret[MCD_BUILD_ID_TEXT])
{
	const unsigned char *at = notes;

	ret[0] = '\0';
	while (size >= HEADER_BYTES) {
		uint32_t name_bytes = word_at(at, is_big_endian);
		uint32_t id_bytes = word_at(at + 4, is_big_endian);
		uint32_t type = word_at(at + 8, is_big_endian);
		uint64_t id_at = HEADER_BYTES + padded(name_bytes), end = id_at + padded(id_bytes);

		if (end > size)
			return MCD_CORRUPT;
		if (type == NT_GNU_BUILD_ID && name_bytes == sizeof(ELF_NOTE_GNU) &&
		    memcmp(at + HEADER_BYTES, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) == 0 &&
		    id_bytes > 0 && id_bytes <= MCD_BUILD_ID_BYTES_MAX) {
			mcd_build_id_print(at + id_at, id_bytes, ret);
			return MCD_OK;
		}
		at += end;
		size -= end;
	}
	return MCD_ABSENT;
}
