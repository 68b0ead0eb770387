// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The slab caches that a memcg owns, v3.8 to v3.13: mem_cgroup.memcg_slab_caches links
 * memcg_cache_params, which knows its root cache; the memcg's own cache is the root's array element
 * number kmemcg_id (mm/memcontrol.c, memcg_params_to_cache()). 2633d7a02823 (v3.8).
 */
#include <inttypes.h>
#include <stdio.h>

#include "decode.h"

enum {
	CACHE_NAME_BYTES_MAX = 4096,
	KMEMCG_ID_MAX = 65535, /* MEMCG_CACHES_MAX_SIZE */
	CACHES_MAX = 65536,    /* far more than a kernel has kinds of objects */
};

/* From one entry of the list to the address of the cache's name. */
static enum mcd_status cache_name(struct mcd_world *world, uint64_t params, int64_t kmemcg_id,
				  uint64_t *ret)
{
	struct mcd_target *target = world->target;
	uint64_t root = 0, root_params = 0, array = 0, cache = 0;
	enum mcd_status status = mcd_field(target, params, M(memcg_cache_params, root_cache),
					   &root);

	if (!status)
		status = mcd_field(target, root, M(kmem_cache, memcg_params), &root_params);
	if (!status)
		status = mcd_field_addr(target, root_params, M(memcg_cache_params, memcg_caches),
					&array);
	if (!status)
		status = mcd_read_word(target, array + (uint64_t)kmemcg_id * target->word_bytes,
				       "memcg_cache_params.memcg_caches", &cache);
	if (!status)
		status = mcd_field(target, cache, M(kmem_cache, name), ret);
	return status;
}

static enum mcd_status read_cache(struct mcd_world *world, uint64_t params, int64_t kmemcg_id,
				  struct mcd_text *ret)
{
	uint64_t name = 0;
	enum mcd_status status = MCD_CORRUPT;

	if (kmemcg_id >= 0 && kmemcg_id <= KMEMCG_ID_MAX)
		status = cache_name(world, params, kmemcg_id, &name);
	if (!status)
		status = mcd_read_string(world->target, world->arena, name, CACHE_NAME_BYTES_MAX,
					 "kmem_cache.name", &ret->text);
	ret->known = status ? MCD_UNREADABLE : MCD_KNOWN;
	return mcd_is_fatal(status) ? status : MCD_OK;
}

/* Names of caches as far as the list leads; what is missing makes the whole unreadable. */
static enum mcd_status read_caches(struct mcd_world *world, struct mcd_memcg *memcg,
				   const struct mcd_list *list, uint64_t link_offset)
{
	int64_t kmemcg_id = -1;
	size_t nr = list->nr < CACHES_MAX ? list->nr : CACHES_MAX;
	enum mcd_status status = mcd_field_signed(world->target, memcg->addr,
						  M(mem_cgroup, kmemcg_id), &kmemcg_id);

	if (status)
		kmemcg_id = -1;
	memcg->caches = mcd_arena_array(world->arena, nr, sizeof(*memcg->caches));
	if (!memcg->caches)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "slab caches");
	status = MCD_OK;
	for (size_t i = 0; i < nr && !status; i++) {
		status = read_cache(world, list->nodes[i] - link_offset, kmemcg_id,
				    &memcg->caches[i]);
		if (!status && i % 64 == 0)
			status = mcd_poll(world->target, "slab caches read", i, nr);
	}
	memcg->nr_caches = nr;
	memcg->caches_known = MCD_KNOWN;
	if ((list->damage && !list->is_complete) || nr < list->nr)
		memcg->caches_known = MCD_UNREADABLE;
	return status;
}

enum mcd_status mcd_decode_caches(struct mcd_world *world, struct mcd_memcg *memcg)
{
	struct mcd_target *target = world->target;
	uint64_t head = 0, link_offset = 0;
	struct mcd_list list;
	char what[64];
	enum mcd_status status = mcd_field_addr(target, memcg->addr,
						M(mem_cgroup, memcg_slab_caches), &head);

	if (!status)
		status = mcd_layout_value(target, M(memcg_cache_params, list), &link_offset);
	if (status)
		return MCD_OK;
	snprintf(what, sizeof(what), "slab caches of memcg %" PRIx64, memcg->addr);
	status = mcd_list_collect(target, world->arena, head, what, &list);
	if (mcd_is_fatal(status))
		return status;
	if (!status) {
		status = mcd_note_list(world, what, &list);
		return status ? status : read_caches(world, memcg, &list, link_offset);
	}
	/* A head of zeroes belongs to a group that never had kernel memory: it owns no cache. */
	memcg->caches_known = status == MCD_ABSENT ? MCD_KNOWN : MCD_UNREADABLE;
	return MCD_OK;
}
