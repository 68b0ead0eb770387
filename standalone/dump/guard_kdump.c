// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page descriptors of a kdump-compressed dump, checked one by one. See guard.c.
 *
 * makedumpfile's diskdump_mod.h: behind the headers two bitmaps with a bit per page frame, a
 * descriptor per bit of the second, the pages' data in any order. Where these are headers_kdump.c tells.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "standalone/dump/dump.h"

enum {
	DESCRIPTOR_BYTES = 24, /* offset u64, size u32, flags u32, page_flags u64 */
	RANK_BYTES = 512,      /* of the bitmap, for which one rank is kept */
};

static bool read_at(const struct mcd_dump *dump, uint64_t at, void *buffer, size_t size)
{
	return pread(dump->fd, buffer, size, (off_t)at) == (ssize_t)size;
}

static uint64_t count_bits(const unsigned char *bitmap, uint64_t size)
{
	uint64_t nr = 0, word;

	for (; size >= sizeof(word); size -= sizeof(word), bitmap += sizeof(word)) {
		memcpy(&word, bitmap, sizeof(word));
		nr += (unsigned int)__builtin_popcountll(word);
	}
	for (uint64_t i = 0; i < size; i++)
		nr += (unsigned int)__builtin_popcount(bitmap[i]);
	return nr;
}

/*
 * True where the descriptor is not in the file, or cannot be right, or its data is not there. One of no
 * bytes makedumpfile did not come to write, for want of space.
 */
static bool is_bad(struct mcd_dump *dump, uint64_t rank)
{
	struct mcd_guard *guard = &dump->guard;
	unsigned char descriptor[DESCRIPTOR_BYTES];
	uint64_t offset, size;

	if (!read_at(dump, guard->descriptors_at + rank * DESCRIPTOR_BYTES, descriptor,
		     sizeof(descriptor))) {
		guard->is_cut = guard->has_refused = true;
		return true;
	}
	offset = mcd_dump_uint(dump, descriptor, 8);
	size = mcd_dump_uint(dump, descriptor + 8, 4);
	if (!size || size > dump->page_bytes) {
		guard->is_damaged = guard->has_refused = true;
		return true;
	}
	if (mcd_headers_end(offset, size) <= guard->file_bytes)
		return false;
	guard->is_cut = guard->has_refused = true;
	return true;
}

/* How many bits precede a part of the bitmap. It is read as far as somebody asks. */
static uint64_t rank_of(struct mcd_guard *guard, uint64_t part)
{
	for (; guard->nr_ranks <= part; guard->nr_ranks++) {
		uint64_t last = guard->nr_ranks - 1;

		guard->ranks[guard->nr_ranks] = guard->ranks[last] +
						count_bits(guard->bitmap + last * RANK_BYTES,
							   RANK_BYTES);
	}
	return guard->ranks[part];
}

static bool refuses_page(struct mcd_dump *dump, uint64_t addr, bool is_virtual)
{
	struct mcd_guard *guard = &dump->guard;
	uint64_t pfn = addr / dump->page_bytes, byte = pfn / 8, part = byte / RANK_BYTES;
	unsigned int below = (1U << pfn % 8) - 1;

	if (is_virtual)
		return false;
	if (byte >= guard->bitmap_bytes || !(guard->bitmap[byte] >> pfn % 8 & 1))
		return true;
	return is_bad(dump, rank_of(guard, part) +
				    count_bits(guard->bitmap + part * RANK_BYTES,
					       byte - part * RANK_BYTES) +
				    (unsigned int)__builtin_popcount(guard->bitmap[byte] & below));
}

static void deinit(struct mcd_guard *guard)
{
	(void)munmap(guard->mapping, (size_t)guard->mapping_bytes);
	free(guard->ranks);
}

/* The bitmap grows with the machine: 32 MB for a TB. It is mapped, so that it is no memory of ours. */
static bool map_bitmap(struct mcd_dump *dump)
{
	struct mcd_guard *guard = &dump->guard;
	uint64_t inset = guard->bitmap_at % (uint64_t)sysconf(_SC_PAGESIZE);

	guard->mapping_bytes = inset + guard->bitmap_bytes;
	guard->mapping = mmap(NULL, (size_t)guard->mapping_bytes, PROT_READ, MAP_PRIVATE, dump->fd,
			      (off_t)(guard->bitmap_at - inset));
	guard->bitmap = (const unsigned char *)guard->mapping + inset;
	return guard->mapping != MAP_FAILED;
}

enum mcd_status mcd_guard_init_kdump(struct mcd_dump *dump)
{
	struct mcd_guard *guard = &dump->guard;

	if (!map_bitmap(dump))
		return MCD_NO_MEMORY;
	guard->deinit = deinit;
	guard->ranks = calloc((size_t)guard->bitmap_bytes / RANK_BYTES + 1, sizeof(*guard->ranks));
	if (!guard->ranks)
		return MCD_NO_MEMORY;
	guard->nr_ranks = 1;
	guard->refuses_page = refuses_page;
	return MCD_OK;
}
