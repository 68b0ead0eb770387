// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Usage counters embedded in struct mem_cgroup: res_counter in bytes up to v3.18
 * (include/linux/res_counter.h), page_counter in pages since v3.19 (3e32cb2e0a12).
 */
#include "decode.h"

/* Both eras have kmem and memsw; only page counters come with a member named memory. */
static bool counts_pages(struct mcd_world *world)
{
	return mcd_layout_has(world->target, M(mem_cgroup, memory));
}

/* A counter as it is stored, and the bytes that one of its units stands for. */
static struct mcd_figure read_usage(struct mcd_world *world, uint64_t memcg,
				    enum mcd_layout_id member, uint64_t *ret_unit_bytes)
{
	bool pages = counts_pages(world);
	uint64_t counter = 0;
	int64_t usage = 0;
	enum mcd_status status = mcd_field_addr(world->target, memcg, member, &counter);

	*ret_unit_bytes = pages ? world->target->page_bytes : 1;
	if (!status && pages)
		status = mcd_field_signed(world->target, counter, M(page_counter, usage), &usage);
	else if (!status)
		status = mcd_field_signed(world->target, counter, M(res_counter, usage), &usage);
	return mcd_figure_from(status, (uint64_t)usage);
}

struct mcd_figure mcd_counter_bytes(struct mcd_world *world, uint64_t memcg,
				    enum mcd_layout_id member)
{
	uint64_t unit_bytes = 1;
	struct mcd_figure usage = read_usage(world, memcg, member, &unit_bytes);

	return mcd_figure_scale(usage, unit_bytes);
}

struct mcd_figure mcd_counter_kernel_bytes(struct mcd_world *world, uint64_t memcg,
					   enum mcd_layout_id member)
{
	uint64_t unit_bytes = 1;
	struct mcd_figure usage = read_usage(world, memcg, member, &unit_bytes);

	usage.value *= unit_bytes;
	return usage;
}

struct mcd_figure mcd_counter_memory(struct mcd_world *world, uint64_t memcg)
{
	return mcd_counter_bytes(world, memcg,
				 counts_pages(world) ? M(mem_cgroup, memory) : M(mem_cgroup, res));
}
