// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kernel memory of a memcg: its counter on the legacy hierarchy, the MEMCG_KMEM statistic on the
 * unified one, which leaves the counter at 0 (mm/memcontrol.c, memcg_account_kmem()).
 */
#include "decode.h"

static struct mcd_figure pages_to_bytes(struct mcd_world *world, struct mcd_figure pages)
{
	pages = mcd_figure_sane(pages);
	pages.value *= world->target->page_bytes;
	return pages;
}

/* Since bf4f059954dc (v5.9) css_offline() moves what is charged to the parent, not the counter. */
static void flag_reparented(struct mcd_world *world, struct mcd_memcg *memcg)
{
	if (memcg->kmem_bytes.known == MCD_KNOWN && memcg->kmem_bytes.value &&
	    mcd_is_dangling(memcg) && mcd_layout_has(world->target, M(mem_cgroup, objcg)))
		memcg->flags |= MCD_FLAG_KMEM_REPARENTED;
}

enum mcd_status mcd_decode_kmem(struct mcd_world *world, struct mcd_memcg *memcg)
{
	struct mcd_figure pages = { .known = MCD_NA };
	enum mcd_status status = MCD_OK;

	if (!world->head.is_v2) {
		memcg->kmem_bytes =
			mcd_figure_sane(mcd_counter_bytes(world, memcg->addr, M(mem_cgroup, kmem)));
	} else {
		status = mcd_stat_pages(world, memcg, MCD_STAT_KMEM, &pages);
		memcg->kmem_bytes = pages_to_bytes(world, pages);
	}
	flag_reparented(world, memcg);
	return status;
}
