// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Headers of a kdump-compressed dump that libkdumpfile must not see: 0.5.1 allocates whatever size
 * the notes and bitmaps claim to have, and takes both bitmaps for one where there are more pages than
 * bits. What is found here the guard relies on: it looks where libkdumpfile looks. See headers.h.
 *
 * The format is makedumpfile's diskdump_mod.h: struct disk_dump_header, whose integers have the size and
 * byte order of the machine, and a block later struct kdump_sub_header, then two bitmaps.
 */
#include "standalone/dump/dump.h"

/*
 * Since makedumpfile's "Add ELF note section to the kdump-compressed format" (2010). libkdumpfile reads
 * the VMCOREINFO of one version before, but with a page size that may change halfway.
 */
enum { FIRST_VERSION = 4, VERSION_WITH_ERASEINFO = 5, VERSION_WITH_64_BIT_PFNS = 6 };

enum { HEADER_BYTES = 512, BLOCK_BYTES_MIN = 1 << 12, BLOCK_BYTES_MAX = 1 << 18 };

/* Of the header, by `block_at` of the layout. */
enum { VERSION_AT = 8, SUB_BLOCKS_AT = 4, BITMAP_BLOCKS_AT = 8, MAX_MAPNR_AT = 12 };

/* Of the sub-header; each blob is an offset of 8 bytes and the size behind it. */
struct sub_layout {
	unsigned int bytes, split_at, blob_size_bytes;
	unsigned int vmcoreinfo_at, note_at, eraseinfo_at, max_mapnr_64_at;
};

static const struct sub_layout sub_32 = { 80, 8, 4, 20, 32, 44, 72 };
static const struct sub_layout sub_64 = { 104, 12, 8, 32, 48, 64, 96 };

/* The order of libkdumpfile, which takes the first one that may be (open_common() in diskdump.c). */
static const struct layout {
	bool is_big_endian;
	unsigned int block_at; /* block_size, and three more of 4 bytes */
	const struct sub_layout *sub;
} layouts[] = {
	{ false, 416, &sub_32 },
	{ true, 416, &sub_32 },
	{ false, 428, &sub_64 },
	{ true, 428, &sub_64 },
};

struct headers {
	const struct layout *layout;
	uint64_t version, block_bytes, sub_blocks, bitmap_blocks, max_mapnr;
	unsigned char sub[128];
};

/* libkdumpfile's conditions: try_header(), page_size_pre_hook(). */
static bool may_be(const struct headers *headers)
{
	uint64_t bytes = headers->block_bytes;

	return bytes >= BLOCK_BYTES_MIN && bytes <= BLOCK_BYTES_MAX && !(bytes & (bytes - 1)) &&
	       headers->max_mapnr <= headers->bitmap_blocks * bytes * 8;
}

static bool read_headers(struct mcd_dump *dump, struct headers *ret)
{
	unsigned char bytes[HEADER_BYTES];

	mcd_headers_read(dump, 0, bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		const unsigned char *block = bytes + layouts[i].block_at;

		dump->is_big_endian = layouts[i].is_big_endian;
		ret->layout = &layouts[i];
		ret->version = mcd_dump_uint(dump, bytes + VERSION_AT, 4);
		ret->block_bytes = mcd_dump_uint(dump, block, 4);
		ret->sub_blocks = mcd_dump_uint(dump, block + SUB_BLOCKS_AT, 4);
		ret->bitmap_blocks = mcd_dump_uint(dump, block + BITMAP_BLOCKS_AT, 4);
		ret->max_mapnr = mcd_dump_uint(dump, block + MAX_MAPNR_AT, 4);
		if (!may_be(ret))
			continue;
		mcd_headers_read(dump, ret->block_bytes, ret->sub, sizeof(ret->sub));
		return true;
	}
	return false;
}

/* Where VMCOREINFO, notes or what was erased end. */
static uint64_t blob_end(const struct mcd_dump *dump, const struct headers *headers,
			 unsigned int at)
{
	return mcd_headers_end(mcd_dump_uint(dump, headers->sub + at, 8),
			       mcd_dump_uint(dump, headers->sub + at + 8,
					     headers->layout->sub->blob_size_bytes));
}

/* How long the file must be for libkdumpfile to open it. */
static uint64_t needed_bytes(const struct mcd_dump *dump, const struct headers *headers)
{
	uint64_t needed = (1 + headers->sub_blocks + headers->bitmap_blocks) * headers->block_bytes;
	const unsigned int blobs[] = { headers->layout->sub->vmcoreinfo_at,
				       headers->layout->sub->note_at };

	for (size_t i = 0; i < sizeof(blobs) / sizeof(blobs[0]); i++) {
		uint64_t end = blob_end(dump, headers, blobs[i]);

		needed = end > needed ? end : needed;
	}
	return needed;
}

/* libkdumpfile looks into the second bitmap where one has a bit for each page; read_bitmap(). */
static bool has_two_bitmaps(const struct mcd_dump *dump, const struct headers *headers)
{
	uint64_t nr_bits = headers->bitmap_blocks * headers->block_bytes / 2 * 8;
	uint64_t max_mapnr = headers->max_mapnr;

	if (headers->version >= VERSION_WITH_64_BIT_PFNS)
		max_mapnr = mcd_dump_uint(dump,
					  headers->sub + headers->layout->sub->max_mapnr_64_at, 8);
	return headers->bitmap_blocks >= 2 && max_mapnr <= nr_bits;
}

/* Numbers that are negative to libkdumpfile. */
static bool has_sane_numbers(const struct headers *headers)
{
	return headers->version <= INT32_MAX && headers->sub_blocks < INT32_MAX &&
	       headers->bitmap_blocks <= INT32_MAX;
}

static void tell_guard(struct mcd_dump *dump, const struct headers *headers)
{
	struct mcd_guard *guard = &dump->guard;

	guard->block_bytes = headers->block_bytes;
	guard->bitmap_bytes = headers->bitmap_blocks / 2 * headers->block_bytes;
	guard->bitmap_at = (1 + headers->sub_blocks) * headers->block_bytes + guard->bitmap_bytes;
	guard->descriptors_at = (1 + headers->sub_blocks + headers->bitmap_blocks) *
				headers->block_bytes;
	/* makedumpfile writes it last: write_kdump_eraseinfo(). Nobody reads it here. */
	if (headers->version >= VERSION_WITH_ERASEINFO)
		guard->whole_bytes = blob_end(dump, headers, headers->layout->sub->eraseinfo_at);
	guard->is_cut = guard->whole_bytes > guard->file_bytes;
}

enum mcd_status mcd_headers_check_kdump(struct mcd_dump *dump, struct mcd_error *error)
{
	uint64_t file_bytes = dump->guard.file_bytes;
	struct headers headers = { 0 };

	if (file_bytes < HEADER_BYTES)
		return mcd_headers_lack(dump, HEADER_BYTES, error);
	if (!read_headers(dump, &headers) || !has_sane_numbers(&headers))
		return mcd_headers_are_damaged(dump, error);
	if (file_bytes < headers.block_bytes + headers.layout->sub->bytes)
		return mcd_headers_lack(dump, headers.block_bytes + headers.layout->sub->bytes,
					error);
	if (headers.version < FIRST_VERSION)
		return mcd_error_set(error, MCD_USAGE,
				     "%s: header version %u: written by a makedumpfile that is too "
				     "old, of before 2011, or damaged",
				     dump->path, (unsigned int)headers.version);
	if (mcd_dump_uint(dump, headers.sub + headers.layout->sub->split_at, 4))
		return mcd_error_set(error, MCD_USAGE,
				     "%s: one part of several: join them first: makedumpfile "
				     "--reassemble PART... vmcore",
				     dump->path);
	if (!has_two_bitmaps(dump, &headers))
		return mcd_headers_are_damaged(dump, error);
	if (needed_bytes(dump, &headers) > file_bytes)
		return mcd_headers_lack(dump, needed_bytes(dump, &headers), error);
	tell_guard(dump, &headers);
	return MCD_OK;
}
