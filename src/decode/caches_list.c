// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Slab caches that a memcg keeps a list of. Two forms: from v4.11 to v5.8 mem_cgroup.kmem_caches
 * links the caches; from v3.8 to v3.19 mem_cgroup.memcg_slab_caches links their memcg_cache_params,
 * which know the root cache only. See caches.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "decode.h"

enum {
	CACHES_MAX = 65536,    /* far more than a kernel has kinds of objects */
	KMEMCG_ID_MAX = 65535, /* MEMCG_CACHES_MAX_SIZE */
	TRIES_MAX = 16,	       /* caches that are asked for the name of their group */
};

/*
 * The entries of the list, `*ret_nr` of them, into `ret->caches`: each less `link_offset`, to be
 * turned into caches in place. The rest of `*ret` is final.
 */
static enum mcd_status collect(struct mcd_world *world, const struct mcd_memcg *memcg,
			       enum mcd_layout_id member, uint64_t link_offset,
			       struct mcd_owned_caches *ret)
{
	uint64_t head = 0;
	struct mcd_list list = { .nr = 0 };
	char what[64];
	enum mcd_status status = mcd_field_addr(world->target, memcg->addr, member, &head);

	snprintf(what, sizeof(what), "slab caches of memcg %" PRIx64, memcg->addr);
	if (!status)
		status = mcd_list_collect(world->target, world->arena, head, what, &list);
	if (mcd_is_fatal(status))
		return status;
	/* A head of zeroes belongs to a group that never had kernel memory: it owns no cache. */
	ret->known = status && status != MCD_ABSENT ? MCD_UNREADABLE : MCD_KNOWN;
	if (status)
		return MCD_OK;
	if ((list.damage && !list.is_complete) || list.nr > CACHES_MAX)
		ret->known = MCD_UNREADABLE;
	ret->nr = list.nr < CACHES_MAX ? list.nr : CACHES_MAX;
	ret->caches = mcd_arena_array(world->arena, ret->nr, sizeof(*ret->caches));
	if (!ret->caches)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "slab caches");
	for (size_t i = 0; i < ret->nr; i++)
		ret->caches[i] = list.nodes[i] - link_offset;
	return mcd_note_list(world, what, &list);
}

/* ---- v4.11 to v5.8 ---- */

enum mcd_status mcd_caches_linked(struct mcd_world *world, const struct mcd_memcg *memcg,
				  struct mcd_owned_caches *ret)
{
	uint64_t params = 0, link = 0;

	if (mcd_layout_value(world->target, M(kmem_cache, memcg_params), &params) ||
	    mcd_layout_value(world->target, M(memcg_cache_params, kmem_caches_node), &link))
		return MCD_OK;
	return collect(world, memcg, M(mem_cgroup, kmem_caches), params + link, ret);
}

/* ---- v3.8 to v3.19 ---- */

/* The index of the memcg in the arrays of root caches, which lasts as long as the memcg; or -1. */
static int64_t read_kmemcg_id(struct mcd_world *world, const struct mcd_memcg *memcg)
{
	int64_t id = -1;
	enum mcd_status status = mcd_field_signed(world->target, memcg->addr,
						  M(mem_cgroup, kmemcg_id), &id);

	return status || id > KMEMCG_ID_MAX ? -1 : id;
}

/*
 * The root cache of an entry, and the memcg's own one: element number kmemcg_id of the root's array
 * (mm/memcontrol.c, memcg_params_to_cache()).
 */
static enum mcd_status find_cache(struct mcd_world *world, uint64_t params, int64_t kmemcg_id,
				  uint64_t *ret_root, uint64_t *ret)
{
	struct mcd_target *target = world->target;
	uint64_t root_params = 0, array = 0;
	enum mcd_status status = kmemcg_id < 0 ? MCD_CORRUPT : MCD_OK;

	if (!status)
		status = mcd_field(target, params, M(memcg_cache_params, root_cache), ret_root);
	if (!status)
		status = mcd_field(target, *ret_root, M(kmem_cache, memcg_params), &root_params);
	if (!status)
		status = mcd_field_addr(target, root_params, M(memcg_cache_params, memcg_caches),
					&array);
	if (!status)
		status = mcd_read_word(target, array + (uint64_t)kmemcg_id * target->word_bytes,
				       "memcg_cache_params.memcg_caches", ret);
	return status;
}

enum mcd_status mcd_caches_numbered(struct mcd_world *world, const struct mcd_memcg *memcg,
				    struct mcd_owned_caches *ret)
{
	int64_t kmemcg_id = read_kmemcg_id(world, memcg);
	uint64_t link = 0;
	enum mcd_status status = MCD_OK;

	if (mcd_layout_value(world->target, M(memcg_cache_params, list), &link))
		return MCD_OK;
	status = collect(world, memcg, M(mem_cgroup, memcg_slab_caches), link, ret);
	for (size_t i = 0; i < ret->nr && !status; i++) {
		uint64_t root = 0, cache = 0;

		status = find_cache(world, ret->caches[i], kmemcg_id, &root, &cache);
		if (mcd_is_fatal(status))
			return status;
		ret->caches[i] = cache; /* 0 where nothing leads to it */
		status = i % 64 ? MCD_OK : mcd_poll(world->target, "slab caches found", i, ret->nr);
	}
	return status;
}

/* The name between "ROOT(ID:" and ")"; n/a where the cache is not called so. */
static enum mcd_status cut_group_name(struct mcd_world *world, const char *root, int64_t kmemcg_id,
				      const char *name, struct mcd_text *ret)
{
	char middle[24];
	size_t length = strlen(root);

	snprintf(middle, sizeof(middle), "(%" PRId64 ":", kmemcg_id);
	if (strncmp(name, root, length) != 0)
		return MCD_OK;
	name += length;
	length = strlen(middle);
	if (strncmp(name, middle, length) != 0)
		return MCD_OK;
	name += length;
	length = strlen(name);
	if (length < 2 || name[length - 1] != ')')
		return MCD_OK;
	ret->text = mcd_arena_strndup(world->arena, name, length - 1);
	if (!ret->text)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "name of a memcg");
	ret->known = MCD_KNOWN;
	return MCD_OK;
}

static enum mcd_status ask_cache(struct mcd_world *world, uint64_t params, int64_t kmemcg_id,
				 struct mcd_text *ret)
{
	struct mcd_text root_name = { .known = MCD_NA }, name = { .known = MCD_NA };
	uint64_t root = 0, cache = 0;
	enum mcd_status status = find_cache(world, params, kmemcg_id, &root, &cache);

	if (status)
		return mcd_is_fatal(status) ? status : MCD_OK;
	status = mcd_cache_name(world, root, &root_name);
	if (!status)
		status = mcd_cache_name(world, cache, &name);
	if (status || root_name.known != MCD_KNOWN || name.known != MCD_KNOWN)
		return status;
	return cut_group_name(world, root_name.text, kmemcg_id, name.text, ret);
}

enum mcd_status mcd_caches_group_name(struct mcd_world *world, const struct mcd_memcg *memcg,
				      struct mcd_text *ret)
{
	struct mcd_target *target = world->target;
	int64_t kmemcg_id = 0;
	uint64_t head = 0, link = 0, at = 0;
	enum mcd_status status = MCD_OK;

	if (mcd_field_addr(target, memcg->addr, M(mem_cgroup, memcg_slab_caches), &head) ||
	    mcd_layout_value(target, M(memcg_cache_params, list), &link))
		return MCD_OK;
	kmemcg_id = read_kmemcg_id(world, memcg);
	at = head;
	for (size_t i = 0; i < TRIES_MAX && ret->known != MCD_KNOWN && !status; i++) {
		if (mcd_read_word(target, at, "slab caches of a memcg", &at) || !at || at == head)
			break;
		status = ask_cache(world, at - link, kmemcg_id, ret);
	}
	return status;
}
