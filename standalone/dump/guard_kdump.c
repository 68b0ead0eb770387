// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page descriptors of a kdump-compressed dump, checked one by one. See guard.c.
 *
 * makedumpfile's diskdump_mod.h: a header, a sub-header, two bitmaps with a bit per page frame, a
 * descriptor per bit of the second, the pages' data in any order.
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

/* True where the descriptor is not in the file, or cannot be right, or its data is not there. */
static bool is_bad(struct mcd_dump *dump, uint64_t rank)
{
	struct mcd_guard *guard = &dump->guard;
	unsigned char descriptor[DESCRIPTOR_BYTES];
	uint64_t offset, size;

	if (!read_at(dump, guard->descriptors_at + rank * DESCRIPTOR_BYTES, descriptor,
		     sizeof(descriptor))) {
		guard->is_cut = true;
		return true;
	}
	offset = mcd_dump_uint(dump, descriptor, 8);
	size = mcd_dump_uint(dump, descriptor + 8, 4);
	if (offset <= guard->file_bytes && size <= guard->file_bytes - offset)
		return size > dump->page_bytes;
	guard->is_cut = true;
	return true;
}

static bool refuses_page(struct mcd_dump *dump, uint64_t physical)
{
	const struct mcd_guard *guard = &dump->guard;
	uint64_t pfn = physical / dump->page_bytes, byte = pfn / 8, rank_at = byte / RANK_BYTES;
	unsigned int below = (1U << pfn % 8) - 1;

	if (byte >= guard->bitmap_bytes || !(guard->bitmap[byte] >> pfn % 8 & 1))
		return false; /* not in the dump: libkdumpfile says so */
	return is_bad(dump, guard->ranks[rank_at] +
				    count_bits(guard->bitmap + rank_at * RANK_BYTES,
					       byte - rank_at * RANK_BYTES) +
				    (unsigned int)__builtin_popcount(guard->bitmap[byte] & below));
}

static bool refuses_all(struct mcd_dump *dump, uint64_t physical)
{
	(void)dump;
	(void)physical;
	return true;
}

static void deinit(struct mcd_guard *guard)
{
	(void)munmap(guard->mapping, (size_t)guard->mapping_bytes);
	free(guard->ranks);
}

/*
 * Where bitmap and descriptors are. In struct disk_dump_header what precedes block_size depends on
 * the size of a timeval. `*ret_is_split`: one file of several. False where the file ends before.
 */
static bool read_header(struct mcd_dump *dump, uint64_t *ret_bitmap_at, bool *ret_is_split)
{
	struct mcd_guard *guard = &dump->guard;
	size_t at = dump->word_bytes == 8 ? 428 : 416;
	unsigned char header[512], sub_header[16];
	uint64_t block_bytes, sub_blocks, bitmap_blocks;

	if (!read_at(dump, 0, header, sizeof(header)))
		return false;
	block_bytes = mcd_dump_uint(dump, header + at, 4);
	sub_blocks = mcd_dump_uint(dump, header + at + 4, 4);
	bitmap_blocks = mcd_dump_uint(dump, header + at + 8, 4);
	if (!read_at(dump, block_bytes, sub_header, sizeof(sub_header)))
		return false;
	*ret_is_split = mcd_dump_uint(dump, sub_header + dump->word_bytes + 4, 4);
	guard->bitmap_bytes = bitmap_blocks * block_bytes / 2;
	*ret_bitmap_at = (1 + sub_blocks) * block_bytes + guard->bitmap_bytes;
	guard->descriptors_at = *ret_bitmap_at + guard->bitmap_bytes;
	return guard->bitmap_bytes <= guard->file_bytes &&
	       *ret_bitmap_at <= guard->file_bytes - guard->bitmap_bytes;
}

/* How many bits precede each part of the bitmap. */
static void fill_ranks(struct mcd_guard *guard)
{
	uint64_t nr = 0;

	for (uint64_t at = 0; at < guard->bitmap_bytes; at += RANK_BYTES) {
		uint64_t left = guard->bitmap_bytes - at;

		guard->ranks[at / RANK_BYTES] = nr;
		nr += count_bits(guard->bitmap + at, left < RANK_BYTES ? left : RANK_BYTES);
	}
}

/* The bitmap grows with the machine: 32 MB for a TB. It is mapped, so that it is no memory of ours. */
static bool map_bitmap(struct mcd_dump *dump, uint64_t bitmap_at)
{
	struct mcd_guard *guard = &dump->guard;
	uint64_t page_bytes = (uint64_t)sysconf(_SC_PAGESIZE), inset = bitmap_at % page_bytes;

	guard->mapping_bytes = inset + guard->bitmap_bytes;
	guard->mapping = mmap(NULL, (size_t)guard->mapping_bytes, PROT_READ, MAP_PRIVATE, dump->fd,
			      (off_t)(bitmap_at - inset));
	guard->bitmap = (const unsigned char *)guard->mapping + inset;
	return guard->mapping != MAP_FAILED;
}

enum mcd_status mcd_guard_kdump_init(struct mcd_dump *dump)
{
	struct mcd_guard *guard = &dump->guard;
	uint64_t bitmap_at = 0;
	bool is_split = false;

	guard->refuses_page = refuses_all;
	guard->is_cut = true;
	if (!read_header(dump, &bitmap_at, &is_split) || !guard->bitmap_bytes)
		return MCD_OK;
	if (!map_bitmap(dump, bitmap_at))
		return MCD_NO_MEMORY;
	guard->deinit = deinit;
	guard->ranks = calloc((size_t)guard->bitmap_bytes / RANK_BYTES + 1, sizeof(*guard->ranks));
	if (!guard->ranks)
		return MCD_NO_MEMORY;
	fill_ranks(guard);
	guard->is_cut = false;
	/* Of a split dump this file has the descriptors of a range only. */
	guard->refuses_page = is_split ? NULL : refuses_page;
	return MCD_OK;
}
