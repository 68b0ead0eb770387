// SPDX-License-Identifier: GPL-2.0-or-later
/* User memory and swap of a memcg, and its id in the swap tables (mm/memcontrol.c). */
#include "decode.h"

/* The switch of each era, which swapaccount= on the kernel's command line sets; none since v6.1. */
bool mcd_swap_is_counted(struct mcd_world *world)
{
	static const struct {
		enum mcd_layout_id symbol;
		size_t size_bytes;
		uint64_t off;
	} switches[] = {
		{ SYM(cgroup_memory_noswap), 1, 1 },
		{ SYM(do_swap_account), 4, 0 },
	};
	struct mcd_target *target = world->target;

	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		uint64_t addr = 0, value = 0;

		if (!mcd_layout_value(target, switches[i].symbol, &addr) &&
		    !mcd_read_uint(target, addr, switches[i].size_bytes, "swapaccount", &value))
			return value != switches[i].off;
	}
	return true;
}

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

/* Since v7.1, which has an obj_cgroup per node for it, css_offline() hands pages to the parent. */
static void flag_reparented(struct mcd_world *world, struct mcd_memcg *memcg)
{
	if (memcg->memory_bytes.known == MCD_KNOWN && memcg->memory_bytes.value &&
	    mcd_is_dangling(memcg) && mcd_layout_has(world->target, M(mem_cgroup_per_node, objcg)))
		memcg->flags |= MCD_FLAG_MEMORY_REPARENTED;
}

enum mcd_status mcd_decode_swap(struct mcd_world *world, struct mcd_memcg *memcg)
{
	static struct mcd_figure (*const forms[])(struct mcd_world *, struct mcd_memcg *) = {
		[MCD_HIERARCHY_UNREADABLE] = unknown_swap,
		[MCD_HIERARCHY_V1] = legacy_swap,
		[MCD_HIERARCHY_V2] = unified_swap,
	};

	memcg->memory_bytes = mcd_counter_memory(world, memcg->addr);
	flag_reparented(world, memcg);
	if (world->head.has_swap && world->is_swap_counted)
		memcg->swap_bytes = forms[mcd_charge_hierarchy(world)](world, memcg);
	return MCD_OK;
}

/* A removed group gives the id back, and has 0, as soon as no swap entry carries it any more. */
static struct mcd_figure own_id(struct mcd_world *world, const struct mcd_memcg *memcg)
{
	struct mcd_target *target = world->target;
	enum mcd_layout_id member = mcd_layout_has(target, M(mem_cgroup_private_id, id))
					    ? M(mem_cgroup_private_id, id)
					    : M(mem_cgroup_id, id);
	uint64_t object = 0;
	int64_t id = 0;
	enum mcd_status status = mcd_field_addr(target, memcg->addr, M(mem_cgroup, id), &object);

	if (!status)
		status = mcd_field_signed(target, object, member, &id);
	if (!status && !id)
		status = MCD_ABSENT;
	return mcd_figure_count(status, (uint64_t)id);
}

/*
 * Before a memcg had an id of its own, swap entries carried that of the css; seen from v3.13 to v3.15 that
 * of the cgroup plus one, since the root's is 0: mem_cgroup_id() in mm/memcontrol.c.
 */
enum mcd_status mcd_decode_swap_id(struct mcd_world *world, struct mcd_memcg *memcg)
{
	if (mcd_layout_has(world->target, M(mem_cgroup, id))) {
		memcg->id = own_id(world, memcg);
		return MCD_OK;
	}
	memcg->id = memcg->css_id;
	if (memcg->id.known == MCD_KNOWN && mcd_layout_has(world->target, M(cgroup, serial_nr)))
		memcg->id.value++;
	return MCD_OK;
}
