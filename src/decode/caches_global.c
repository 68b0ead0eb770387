// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Slab caches from v4.0 to v4.10, when a memcg had no list of its own: slab_caches links every
 * cache of the kernel, and a cache names its owner (mm/slab_common.c, memcg_destroy_kmem_caches()).
 * The list is walked once for all memcgs. See caches.c.
 */
#include "decode.h"

struct mcd_cache_index {
	enum mcd_known known; /* MCD_UNREADABLE: some caches or their owners could not be read */
	uint64_t link_offset;
	const uint64_t *nodes; /* of slab_caches, in its order */
	/* Chains of nodes in list order, as their positions + 1; 0 is the end. */
	size_t *first; /* by position of the memcg in world->memcgs */
	size_t *next;  /* by position of the node */
};

/* The memcg that owns the cache; 0: a root cache, which everybody uses. */
static enum mcd_status read_owner(struct mcd_world *world, uint64_t cache, uint64_t *ret)
{
	struct mcd_target *target = world->target;
	uint64_t params = 0, is_root = 0;
	enum mcd_status status = mcd_field_addr(target, cache, M(kmem_cache, memcg_params),
						&params);

	if (!status)
		status = mcd_field(target, params, M(memcg_cache_params, is_root_cache), &is_root);
	*ret = 0;
	if (status || is_root)
		return status;
	return mcd_field(target, params, M(memcg_cache_params, memcg), ret);
}

/* Chains the nodes by owner, from the last to the first. */
static enum mcd_status chain(struct mcd_world *world, size_t nr, struct mcd_cache_index *index)
{
	size_t nr_unreadable = 0;

	for (size_t i = nr; i--;) {
		uint64_t owner = 0;
		size_t position = 0;
		enum mcd_status status = read_owner(world, index->nodes[i] - index->link_offset,
						    &owner);

		if (mcd_is_fatal(status))
			return status;
		nr_unreadable += status != MCD_OK;
		if (mcd_addrmap_find(&world->index, owner, &position)) {
			index->next[i] = index->first[position];
			index->first[position] = i + 1;
		}
		status = i % 256 ? MCD_OK
				 : mcd_poll(world->target, "slab caches found", nr - i, nr);
		if (status)
			return status;
	}
	if (!nr_unreadable)
		return MCD_OK;
	index->known = MCD_UNREADABLE;
	return mcd_note_add(world,
			    "slab caches that cannot be read, whose they are is not known: %zu",
			    nr_unreadable);
}

static enum mcd_status read_list(struct mcd_world *world, uint64_t head,
				 struct mcd_cache_index *index)
{
	struct mcd_list list = { .nr = 0 };
	enum mcd_status status = mcd_list_collect(world->target, world->arena, head, "slab_caches",
						  &list);

	if (mcd_is_fatal(status))
		return status;
	index->known = MCD_KNOWN;
	if ((status && status != MCD_ABSENT) || (list.damage && !list.is_complete))
		index->known = MCD_UNREADABLE;
	index->nodes = list.nodes;
	index->next = mcd_arena_array(world->arena, list.nr, sizeof(*index->next));
	index->first = mcd_arena_array(world->arena, world->nr, sizeof(*index->first));
	if (!index->next || !index->first)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "slab caches");
	if (status)
		return MCD_OK;
	status = mcd_note_list(world, "slab_caches", &list);
	return status ? status : chain(world, list.nr, index);
}

static enum mcd_status build(struct mcd_world *world, struct mcd_cache_index *index)
{
	uint64_t head = 0;
	enum mcd_status status = mcd_layout_value(world->target, SYM(slab_caches), &head);

	if (!status)
		status = mcd_layout_value(world->target, M(kmem_cache, list), &index->link_offset);
	if (status || !mcd_layout_has(world->target, M(kmem_cache, memcg_params)) ||
	    !mcd_layout_has(world->target, M(memcg_cache_params, memcg)))
		return MCD_OK; /* n/a, as it is */
	return read_list(world, head, index);
}

/* In world->caches once it is whole, so that an interrupted one is built anew. */
static enum mcd_status get_index(struct mcd_world *world, const struct mcd_cache_index **ret)
{
	struct mcd_cache_index *index = world->caches;
	enum mcd_status status = MCD_OK;

	if (!index) {
		index = mcd_arena_alloc(world->arena, sizeof(*index));
		if (!index)
			return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "slab caches");
		status = build(world, index);
	}
	if (status)
		return status;
	*ret = world->caches = index;
	return MCD_OK;
}

static enum mcd_status pick(struct mcd_world *world, const struct mcd_cache_index *index,
			    size_t first, struct mcd_owned_caches *ret)
{
	for (size_t at = first; at; at = index->next[at - 1])
		ret->nr++;
	ret->caches = mcd_arena_array(world->arena, ret->nr, sizeof(*ret->caches));
	if (!ret->caches)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "slab caches");
	for (size_t at = first, i = 0; at; at = index->next[at - 1])
		ret->caches[i++] = index->nodes[at - 1] - index->link_offset;
	return MCD_OK;
}

enum mcd_status mcd_caches_of_all(struct mcd_world *world, const struct mcd_memcg *memcg,
				  struct mcd_owned_caches *ret)
{
	const struct mcd_cache_index *index = NULL;
	size_t position = 0;
	enum mcd_status status = get_index(world, &index);

	if (status || !index)
		return status;
	ret->known = index->known;
	if (!index->first || !mcd_addrmap_find(&world->index, memcg->addr, &position))
		return MCD_OK;
	return pick(world, index, index->first[position], ret);
}
