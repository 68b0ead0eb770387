// SPDX-License-Identifier: GPL-2.0-or-later
/* User memory and swap of a memcg (mm/memcontrol.c). */
#include "decode.h"

/* Up to v3.10 free_work() reuses the bytes of memsw once the last reference is gone. */
static bool is_memsw_overlaid(struct mcd_world *world, const struct mcd_memcg *memcg)
{
	return memcg->state == MCD_STATE_RELEASED &&
	       mcd_layout_has(world->target, M(mem_cgroup, work_freeing));
}

/* On the legacy hierarchy swap is what memory+swap has beyond memory. */
static struct mcd_figure legacy_swap(struct mcd_world *world, struct mcd_memcg *memcg)
{
	struct mcd_figure memsw = mcd_counter_bytes(world, memcg->addr, M(mem_cgroup, memsw));

	if (is_memsw_overlaid(world, memcg)) {
		memcg->flags |= MCD_FLAG_BEING_FREED;
		return mcd_figure_none(MCD_NA);
	}
	/* memsw below memory: swap accounting is switched off and memsw was never charged. */
	if (memsw.known == MCD_KNOWN && memcg->memory_bytes.known == MCD_KNOWN &&
	    memsw.value < memcg->memory_bytes.value)
		return mcd_figure_none(MCD_NA);
	return mcd_figure_minus(memsw, memcg->memory_bytes);
}

/* The unified hierarchy counts swap by itself. */
static struct mcd_figure unified_swap(struct mcd_world *world, struct mcd_memcg *memcg)
{
	return mcd_counter_bytes(world, memcg->addr, M(mem_cgroup, swap));
}

static struct mcd_figure unknown_swap(struct mcd_world *world, struct mcd_memcg *memcg)
{
	(void)world;
	(void)memcg;
	return mcd_figure_none(MCD_UNREADABLE);
}

enum mcd_status mcd_decode_swap(struct mcd_world *world, struct mcd_memcg *memcg)
{
	static struct mcd_figure (*const forms[])(struct mcd_world *, struct mcd_memcg *) = {
		[MCD_HIERARCHY_UNREADABLE] = unknown_swap,
		[MCD_HIERARCHY_V1] = legacy_swap,
		[MCD_HIERARCHY_V2] = unified_swap,
	};

	memcg->memory_bytes = mcd_counter_memory(world, memcg->addr);
	if (world->head.has_swap)
		memcg->swap_bytes = forms[world->head.hierarchy](world, memcg);
	return MCD_OK;
}
