// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an allocation takes: kmalloc() gives the smallest object that is large enough, of the caches in
 * kmalloc_caches[] (mm/slab_common.c, mm/slub.c), and pages beyond the largest one. Which caches there are
 * depends on the machine's cache lines, and how large their objects are on debugging options.
 */
#include "cost.h"

enum {
	/* KMALLOC_SHIFT_HIGH + 1 of SLAB, the most; of SLUB, whose rows are shorter, others follow. */
	CACHES_MAX = 26,
	LINE_96 = 96,
	LINE_192 = 192,
};
#define OBJECT_BYTES_MAX (UINT64_C(1) << 25) /* KMALLOC_MAX_SIZE of SLAB */

static bool is_power_of_two(uint64_t bytes)
{
	return bytes && !(bytes & (bytes - 1));
}

static uint64_t power_of_two(uint64_t bytes)
{
	uint64_t power = 8;

	while (power < bytes)
		power *= 2;
	return power;
}

/* What a kmem_cache of kmalloc() is for, and what an object of it takes. */
static enum mcd_status read_cache(struct mcd_target *target, uint64_t cache,
				  struct mcd_kmalloc_size *ret)
{
	enum mcd_status status = mcd_field(target, cache, M(kmem_cache, object_size),
					   &ret->object_bytes);

	if (!status)
		status = mcd_field(target, cache, M(kmem_cache, size), &ret->bytes);
	if (status)
		return status;
	if (ret->object_bytes > OBJECT_BYTES_MAX || ret->bytes < ret->object_bytes ||
	    ret->bytes > 2 * ret->object_bytes + target->page_bytes ||
	    !(is_power_of_two(ret->object_bytes) || ret->object_bytes == LINE_96 ||
	      ret->object_bytes == LINE_192))
		return MCD_CORRUPT;
	return MCD_OK;
}

void mcd_kmalloc_probe(struct mcd_target *target, struct mcd_kmalloc *ret)
{
	uint64_t array = 0;
	enum mcd_status status = mcd_layout_has(target, SYM(kmalloc_caches))
					 ? mcd_layout_value(target, SYM(kmalloc_caches), &array)
					 : MCD_ABSENT;

	*ret = (struct mcd_kmalloc){ .page_bytes = target->page_bytes };
	for (size_t i = 0; i < CACHES_MAX && !status; i++) {
		uint64_t cache = 0;

		status = mcd_read_word(target, array + i * target->word_bytes, "kmalloc_caches",
				       &cache);
		if (!status && cache)
			status = read_cache(target, cache, &ret->sizes[ret->nr]);
		ret->nr += !status && cache;
	}
}

/* Without the caches: 96, 192 and powers of two, which all kernels have where cache lines are short. */
static uint64_t by_rule(uint64_t bytes)
{
	if (bytes > 2 * (uint64_t)LINE_96 / 3 && bytes <= LINE_96)
		return LINE_96;
	if (bytes > 2 * (uint64_t)LINE_192 / 3 && bytes <= LINE_192)
		return LINE_192;
	return power_of_two(bytes);
}

uint64_t mcd_kmalloc_bytes(const struct mcd_kmalloc *kmalloc, uint64_t bytes)
{
	const struct mcd_kmalloc_size *best = NULL;

	for (size_t i = 0; i < kmalloc->nr; i++)
		if (kmalloc->sizes[i].object_bytes >= bytes &&
		    (!best || kmalloc->sizes[i].object_bytes < best->object_bytes))
			best = &kmalloc->sizes[i];
	if (best)
		return best->bytes;
	return kmalloc->nr ? power_of_two(bytes > kmalloc->page_bytes ? bytes : kmalloc->page_bytes)
			   : by_rule(bytes);
}

/* Since v6.16 memcgs have caches of their own; size is a whole number of words in any case. */
uint64_t mcd_slab_bytes(struct mcd_target *target, enum mcd_layout_id cache, uint64_t bytes)
{
	uint64_t pointer = 0, size = 0;

	if (mcd_layout_has(target, cache) && !mcd_layout_value(target, cache, &pointer) &&
	    !mcd_read_word(target, pointer, "kmem_cache", &pointer) && pointer &&
	    !mcd_field(target, pointer, M(kmem_cache, size), &size) && size >= bytes &&
	    size <= 2 * bytes + target->page_bytes)
		return size;
	return (bytes + target->word_bytes - 1) / target->word_bytes * target->word_bytes;
}
