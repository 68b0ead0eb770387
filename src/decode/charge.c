// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Charges with two homes: a counter of their own on the legacy hierarchy, a statistic on the unified
 * one, where only memory and swap have counters (mm/memcontrol.c: mem_cgroup_charge_skmem(),
 * memcg_account_kmem()).
 */
#include "decode.h"

enum mcd_hierarchy mcd_charge_hierarchy(struct mcd_world *world)
{
	/* All came in v4.5; any of them tells, lest a kernel that renames one be read as an older one. */
	bool is_apart = mcd_layout_has(world->target, M(mem_cgroup, swap)) ||
			mcd_layout_has(world->target, M(mem_cgroup, tcpmem)) ||
			mcd_layout_has(world->target, ENUM(MEMCG_SOCK));

	return is_apart ? world->head.hierarchy : MCD_HIERARCHY_V1;
}

enum mcd_status mcd_charge_bytes(struct mcd_world *world, const struct mcd_memcg *memcg,
				 enum mcd_layout_id member, enum mcd_stat stat,
				 struct mcd_figure *ret)
{
	struct mcd_figure pages = { .known = MCD_NA };
	enum mcd_status status = MCD_OK;

	switch (mcd_charge_hierarchy(world)) {
	case MCD_HIERARCHY_UNREADABLE:
		*ret = mcd_figure_none(MCD_UNREADABLE);
		break;
	case MCD_HIERARCHY_V1:
		*ret = mcd_counter_bytes(world, memcg->addr, member);
		break;
	case MCD_HIERARCHY_V2:
		status = mcd_stat_pages(world, memcg, stat, &pages);
		*ret = mcd_figure_scale(pages, world->target->page_bytes);
		break;
	}
	return status;
}
