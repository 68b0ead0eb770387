/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Integers in the byte order of somebody else's machine. */
#ifndef MCD_BYTES_H
#define MCD_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The unsigned integer that `size` bytes, at most 8, are. */
static inline uint64_t mcd_uint_of_bytes(const void *bytes, size_t size, bool is_big_endian)
{
	const unsigned char *byte = bytes;
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++)
		value = value << 8 | byte[is_big_endian ? i : size - 1 - i];
	return value;
}

#endif
