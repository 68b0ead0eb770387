// SPDX-License-Identifier: GPL-2.0-or-later
/* Kernel memory of a memcg: mem_cgroup.kmem, or MEMCG_KMEM on the unified hierarchy. */
#include "decode.h"

/* Since bf4f059954dc (v5.9) css_offline() moves what is charged to the parent, not the counter. */
static void flag_reparented(struct mcd_world *world, struct mcd_memcg *memcg)
{
	if (memcg->kmem_bytes.known == MCD_KNOWN && memcg->kmem_bytes.value &&
	    mcd_is_dangling(memcg) && mcd_layout_has(world->target, M(mem_cgroup, objcg)))
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
