// SPDX-License-Identifier: GPL-2.0-or-later
/* Kernel memory of a memcg: mem_cgroup.kmem, or MEMCG_KMEM on the unified hierarchy. */
#include "decode.h"

/*
 * css_offline() hands to the parent what is charged, but not its share of the counter: slab caches since
 * v5.3, what is charged through obj_cgroup since bf4f059954dc (v5.9), which is one per node since v7.1.
 */
static bool moves_kmem(struct mcd_target *target)
{
	return mcd_layout_has(target, M(mem_cgroup, objcg)) ||
	       mcd_layout_has(target, M(mem_cgroup_per_node, objcg)) ||
	       mcd_layout_has(target, M(memcg_cache_params, refcnt));
}

static void flag_reparented(struct mcd_world *world, struct mcd_memcg *memcg)
{
	if (memcg->kmem_bytes.known == MCD_KNOWN && memcg->kmem_bytes.value &&
	    mcd_is_dangling(memcg) && moves_kmem(world->target))
		memcg->flags |= MCD_FLAG_KMEM_REPARENTED;
}

enum mcd_status mcd_decode_kmem(struct mcd_world *world, struct mcd_memcg *memcg)
{
	enum mcd_status status = MCD_OK;

	if (!world->head.has_kmem)
		return MCD_OK;
	status = mcd_charge_bytes(world, memcg, M(mem_cgroup, kmem), MCD_STAT_KMEM,
				  &memcg->kmem_bytes);

	flag_reparented(world, memcg);
	return status;
}
