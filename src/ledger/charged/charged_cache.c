// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Objects in slab caches of a memcg's own, v3.8 to v5.8, as /proc/slabinfo counts them: get_slabinfo() in
 * mm/slub.c. What is free in the slab that a cpu takes objects from counts as in use. With SLAB, or
 * without CONFIG_SLUB_DEBUG, the kernel keeps no such counts. From v5.3 to v5.8 css_offline() hands the caches
 * to the parent.
 */
#include <inttypes.h>

#include "../pages/lru.h"
#include "charged.h"
#include "mcd/bytes.h"

/* The free objects of a slab: struct { unsigned inuse:16, objects:15, frozen:1; } within page.counters. */
static enum mcd_status count_free(struct mcd_target *target, uint64_t page, uint64_t *ret)
{
	uint64_t addr = 0, word = 0, nr_used, nr;
	enum mcd_status status = mcd_field_addr(target, page, M(page, counters), &addr);

	if (!status)
		status = mcd_read_uint(target, addr, sizeof(uint32_t), "page.counters", &word);
	nr_used = target->is_big_endian ? word >> 16 : word & 0xffff;
	nr = (target->is_big_endian ? word >> 1 : word >> 16) & 0x7fff;
	if (!status && nr_used > nr)
		return mcd_error_set(&target->error, MCD_CORRUPT,
				     "page.counters: %" PRIu64 " of %" PRIu64 " objects", nr_used,
				     nr);
	*ret = nr - nr_used;
	return status;
}

/* Of the slabs on a node that are partly in use. */
static enum mcd_status count_partial(struct mcd_world *world, uint64_t node, uint64_t *ret)
{
	struct mcd_target *target = world->target;
	struct mcd_list list = { .nr = 0 };
	uint64_t head = 0, link = 0;
	enum mcd_status status = mcd_layout_value(target, M(page, lru), &link);

	if (!status)
		status = mcd_field_addr(target, node, M(kmem_cache_node, partial), &head);
	if (!status)
		status = mcd_list_collect(target, world->arena, head, "kmem_cache_node.partial",
					  &list);
	if (!status && list.damage && !list.is_complete)
		status = mcd_error_set(&target->error, list.damage,
				       "kmem_cache_node.partial is damaged");
	for (size_t i = 0; i < list.nr && !status; i++) {
		uint64_t nr_free = 0;

		status = count_free(target, list.nodes[i] - link, &nr_free);
		*ret += nr_free;
		if (!status && i % 256 == 255)
			status = mcd_poll(target, "slabs looked at", i, list.nr);
	}
	return status;
}

static enum mcd_status count_node(struct mcd_world *world, uint64_t node, uint64_t *ret)
{
	uint64_t nr_objects = 0, nr_free = 0;
	enum mcd_status status = mcd_field(world->target, node, M(kmem_cache_node, total_objects),
					   &nr_objects);

	if (!status)
		status = count_partial(world, node, &nr_free);
	if (!status && nr_free > nr_objects)
		return mcd_error_set(&world->target->error, MCD_CORRUPT,
				     "kmem_cache_node: %" PRIu64 " of %" PRIu64 " objects are free",
				     nr_free, nr_objects);
	*ret += nr_objects - nr_free;
	return status;
}

static enum mcd_status count_cache(struct mcd_world *world, uint64_t cache, uint64_t *ret)
{
	struct mcd_target *target = world->target;
	unsigned int nr_nodes = mcd_nodes_count(target);
	uint64_t nodes = 0;
	enum mcd_status status = mcd_field_addr(target, cache, M(kmem_cache, node), &nodes);

	*ret = 0;
	for (unsigned int i = 0; i < nr_nodes && !status; i++) {
		uint64_t node = 0;

		status = mcd_read_word(target, nodes + (uint64_t)i * target->word_bytes,
				       "kmem_cache.node", &node);
		if (!status && node)
			status = count_node(world, node, ret);
	}
	return status;
}

static enum mcd_status add_cache(struct mcd_charges *charges, size_t account, uint64_t cache)
{
	struct mcd_world *world = charges->audit->world;
	uint64_t nr_objects = 0, object_bytes;
	size_t class = 0;
	enum mcd_status status = cache ? count_cache(world, cache, &nr_objects) : MCD_FAULT;

	if (mcd_is_fatal(status))
		return status;
	if (!status)
		status = mcd_charge_cache(charges, cache, &class);
	else
		charges->nr_lost++;
	if (status)
		return mcd_is_fatal(status) ? status : MCD_OK;
	object_bytes = charges->classes[class].object_bytes;
	charges->nr_lost += !object_bytes;
	if (!nr_objects || !object_bytes)
		return MCD_OK;
	return mcd_charge_add(charges, account, class, nr_objects, nr_objects * object_bytes);
}

enum mcd_status mcd_charges_of_caches(struct mcd_charges *charges, size_t account)
{
	struct mcd_target *target = charges->audit->world->target;
	const struct mcd_memcg *memcg = charges->audit->accounts[account].memcg;
	enum mcd_status status = MCD_OK;

	if (!mcd_layout_has(target, M(kmem_cache_node, total_objects)) ||
	    (mcd_layout_has(target, M(memcg_cache_params, refcnt)) && mcd_is_dangling(memcg)))
		return MCD_ABSENT;
	for (size_t i = 0; i < memcg->nr_caches && !status; i++)
		status = add_cache(charges, account, memcg->cache_addrs[i]);
	return status;
}
