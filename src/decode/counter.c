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

struct mcd_figure mcd_counter_bytes(struct mcd_world *world, uint64_t memcg,
				    enum mcd_layout_id member)
{
	struct mcd_target *target = world->target;
	uint64_t counter = 0, bytes = 0;
	int64_t pages = 0;
	enum mcd_status status = mcd_field_addr(target, memcg, member, &counter);

	if (!status && counts_pages(world)) {
		status = mcd_field_signed(target, counter, M(page_counter, usage), &pages);
		bytes = (uint64_t)pages * target->page_bytes;
	} else if (!status) {
		status = mcd_field(target, counter, M(res_counter, usage), &bytes);
	}
	return mcd_figure_from(status, bytes);
}

struct mcd_figure mcd_counter_memory(struct mcd_world *world, uint64_t memcg)
{
	return mcd_counter_bytes(world, memcg,
				 counts_pages(world) ? M(mem_cgroup, memory) : M(mem_cgroup, res));
}
