// SPDX-License-Identifier: GPL-2.0-or-later
/* Typed reads over a target's callbacks. See target.h for the contract. */
#include <inttypes.h>
#include <string.h>

#include "mcd/bytes.h"
#include "mcd/target.h"

void mcd_target_init(struct mcd_target *target, const struct mcd_target_ops *ops,
		     unsigned int word_bytes, bool is_big_endian, uint64_t page_bytes)
{
	memset(target, 0, sizeof(*target));
	target->ops = ops;
	target->word_bytes = word_bytes;
	target->is_big_endian = is_big_endian;
	target->page_bytes = page_bytes;
	target->missing = MCD_NR_LAYOUT;
}

void mcd_target_begin(struct mcd_target *target)
{
	target->stats = (struct mcd_target_stats){ 0 };
	for (int id = 0; id < MCD_NR_LAYOUT; id++)
		target->answers[id].is_used = false;
}

enum mcd_status mcd_poll(struct mcd_target *target, const char *what, size_t nr_done,
			 size_t nr_total)
{
	const struct mcd_progress progress = { what, nr_done, nr_total };

	if (target->ops->is_interrupted(target, &progress))
		return mcd_error_set(&target->error, MCD_INTERRUPTED, "interrupted");
	return MCD_OK;
}

static enum mcd_status fetch(struct mcd_target *target, uint64_t addr, void *buffer, size_t size)
{
	enum mcd_status status;

	/* What is added to an address of 32 bits wraps there. */
	if (target->word_bytes == 4)
		addr = (uint32_t)addr;
	target->stats.nr_reads++;
	status = target->ops->read(target, addr, buffer, size);
	if (!status)
		target->stats.read_bytes += size;
	return status;
}

/* The text of a failed fetch(); what comes back is no other failure than these two. */
static enum mcd_status explain(struct mcd_target *target, enum mcd_status status, uint64_t addr,
			       size_t size, const char *what)
{
	if (status == MCD_NO_MEMORY)
		return mcd_error_set(&target->error, status, "%s: not enough memory to read it",
				     what);
	return mcd_error_set(&target->error, MCD_FAULT, "%s: no %zu bytes at %" PRIx64, what, size,
			     addr);
}

enum mcd_status mcd_read(struct mcd_target *target, uint64_t addr, void *buffer, size_t size,
			 const char *what)
{
	enum mcd_status status = fetch(target, addr, buffer, size);

	return status ? explain(target, status, addr, size, what) : MCD_OK;
}

enum mcd_status mcd_read_phys(struct mcd_target *target, uint64_t addr, void *buffer, size_t size,
			      const char *what)
{
	enum mcd_status status;

	target->stats.nr_reads++;
	status = target->ops->read_phys(target, addr, buffer, size);
	if (status == MCD_NO_MEMORY)
		return explain(target, status, addr, size, what);
	if (status)
		return mcd_error_set(&target->error, MCD_FAULT,
				     "%s: no %zu bytes at physical %" PRIx64, what, size, addr);
	target->stats.read_bytes += size;
	return MCD_OK;
}

static int64_t sign_extend(uint64_t value, size_t size)
{
	unsigned int unused_bits = 64 - 8 * (unsigned int)size;

	return (int64_t)(value << unused_bits) >> unused_bits;
}

static bool is_integer(size_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

static enum mcd_status fetch_uint(struct mcd_target *target, uint64_t addr, size_t size,
				  uint64_t *ret)
{
	unsigned char bytes[8];
	enum mcd_status status = is_integer(size) ? fetch(target, addr, bytes, size) : MCD_CORRUPT;

	if (!status)
		*ret = mcd_uint_of_bytes(bytes, size, target->is_big_endian);
	return status;
}

static enum mcd_status explain_uint(struct mcd_target *target, enum mcd_status status,
				    uint64_t addr, size_t size, const char *what)
{
	return is_integer(size) ? explain(target, status, addr, size, what)
				: mcd_error_set(&target->error, MCD_CORRUPT,
						"%s: %zu bytes are no integer", what, size);
}

enum mcd_status mcd_read_uint(struct mcd_target *target, uint64_t addr, size_t size,
			      const char *what, uint64_t *ret)
{
	enum mcd_status status = fetch_uint(target, addr, size, ret);

	return status ? explain_uint(target, status, addr, size, what) : MCD_OK;
}

enum mcd_status mcd_read_word(struct mcd_target *target, uint64_t addr, const char *what,
			      uint64_t *ret)
{
	return mcd_read_uint(target, addr, target->word_bytes, what, ret);
}

enum mcd_status mcd_read_long(struct mcd_target *target, uint64_t addr, const char *what,
			      int64_t *ret)
{
	uint64_t value = 0;
	enum mcd_status status = mcd_read_word(target, addr, what, &value);

	if (!status)
		*ret = sign_extend(value, target->word_bytes);
	return status;
}

/* Reads up to the end of the page, so that a string at the end of readable memory is read. */
static size_t chunk_at(const struct mcd_target *target, uint64_t addr, size_t max)
{
	size_t to_page_end = (size_t)(target->page_bytes - addr % target->page_bytes);
	size_t chunk = to_page_end < 256 ? to_page_end : 256;

	return chunk < max ? chunk : max;
}

enum mcd_status mcd_read_string(struct mcd_target *target, struct mcd_arena *arena, uint64_t addr,
				size_t max, const char *what, const char **ret)
{
	char text[MCD_STRING_BYTES_MAX];
	size_t length = 0;

	max = max < sizeof(text) ? max : sizeof(text);
	while (length < max) {
		size_t chunk = chunk_at(target, addr + length, max - length);
		enum mcd_status status = mcd_read(target, addr + length, text + length, chunk,
						  what);
		size_t part = 0;

		if (status)
			return status;
		part = strnlen(text + length, chunk);
		length += part;
		if (part == chunk)
			continue;
		*ret = mcd_arena_strndup(arena, text, length);
		return *ret ? MCD_OK : mcd_error_set(&target->error, MCD_NO_MEMORY, "%s", what);
	}
	return mcd_error_set(&target->error, MCD_CORRUPT, "%s: no end within %zu bytes at %" PRIx64,
			     what, max, addr);
}

enum mcd_status mcd_field_addr(struct mcd_target *target, uint64_t object,
			       enum mcd_layout_id member, uint64_t *ret)
{
	uint64_t offset = 0;
	enum mcd_status status = mcd_layout_value(target, member, &offset);

	if (!status)
		*ret = object + offset;
	return status;
}

enum mcd_status mcd_field(struct mcd_target *target, uint64_t object, enum mcd_layout_id member,
			  uint64_t *ret)
{
	uint64_t addr = 0;
	size_t size;
	enum mcd_status status = mcd_field_addr(target, object, member, &addr);
	char name[96];

	if (status)
		return status;
	size = (size_t)mcd_layout_ask(target, member)->size_bytes;
	status = fetch_uint(target, addr, size, ret);
	/* Only a failure needs the name: this is the most frequent read of all. */
	return status ? explain_uint(target, status, addr, size,
				     mcd_layout_name(member, name, sizeof(name)))
		      : MCD_OK;
}

enum mcd_status mcd_field_signed(struct mcd_target *target, uint64_t object,
				 enum mcd_layout_id member, int64_t *ret)
{
	uint64_t value = 0;
	enum mcd_status status = mcd_field(target, object, member, &value);

	if (!status)
		*ret = sign_extend(value, (size_t)mcd_layout_ask(target, member)->size_bytes);
	return status;
}
