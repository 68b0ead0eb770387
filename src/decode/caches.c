// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The slab caches that a memcg owns, v3.8 to v5.8, in the forms that kernels have had; probed in
 * the order of the table. Since 9855609bde03 (v5.9) the caches are everybody's. Names come in the
 * order of the kernel's own list, which is newest first (list_add() everywhere).
 */
#include "decode.h"

enum { CACHE_NAME_BYTES_MAX = 4096 };

static const struct {
	enum mcd_layout_id probe;
	enum mcd_status (*find)(struct mcd_world *world, const struct mcd_memcg *memcg,
				struct mcd_owned_caches *ret);
} forms[] = {
	{ M(mem_cgroup, kmem_caches), mcd_caches_linked },
	{ M(mem_cgroup, memcg_slab_caches), mcd_caches_numbered },
	/* last, since kernels with memcg_slab_caches have this too */
	{ M(memcg_cache_params, is_root_cache), mcd_caches_of_all },
};

enum mcd_status mcd_cache_name(struct mcd_world *world, uint64_t cache, struct mcd_text *ret)
{
	uint64_t name = 0;
	enum mcd_status status = cache ? MCD_OK : MCD_CORRUPT;

	if (!status)
		status = mcd_field(world->target, cache, M(kmem_cache, name), &name);
	if (!status)
		status = mcd_read_string(world->target, world->arena, name, CACHE_NAME_BYTES_MAX,
					 "kmem_cache.name", &ret->text);
	ret->known = status ? MCD_UNREADABLE : MCD_KNOWN;
	return mcd_is_fatal(status) ? status : MCD_OK;
}

static enum mcd_status read_names(struct mcd_world *world, struct mcd_memcg *memcg,
				  const struct mcd_owned_caches *owned)
{
	enum mcd_status status = MCD_OK;

	memcg->caches = mcd_arena_array(world->arena, owned->nr, sizeof(*memcg->caches));
	if (!memcg->caches)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "slab caches");
	for (size_t i = 0; i < owned->nr && !status; i++) {
		status = mcd_cache_name(world, owned->caches[i], &memcg->caches[i]);
		if (!status && i % 64 == 0)
			status = mcd_poll(world->target, "slab caches read", i, owned->nr);
	}
	memcg->cache_addrs = owned->caches;
	memcg->nr_caches = owned->nr;
	memcg->caches_known = owned->known;
	return status;
}

enum mcd_status mcd_decode_caches(struct mcd_world *world, struct mcd_memcg *memcg)
{
	struct mcd_owned_caches owned = { .known = MCD_NA };
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (mcd_layout_has(world->target, forms[i].probe)) {
			status = forms[i].find(world, memcg, &owned);
			break;
		}
	}
	if (status || owned.known == MCD_NA)
		return status;
	return read_names(world, memcg, &owned);
}
