// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The facility's two unions: oom_notify or dead, move_charge_at_immigrate or memcg_name. Which half
 * is meant follows from the memcg's life, never from what the bytes look like.
 */
#include <inttypes.h>
#include <stdio.h>

#include "decode.h"

enum mcd_union_form mcd_union_form(struct mcd_world *world, const struct mcd_memcg *memcg)
{
	bool is_listed = memcg->sources & MCD_SOURCE_LIST;

	if (!mcd_layout_has(world->target, M(mem_cgroup, oom_notify)))
		return MCD_UNION_NONE;
	/* Without the facility the bytes never change their meaning. */
	if (!world->head.facility)
		return MCD_UNION_LIVE;
	if (is_listed && mcd_is_dangling(memcg))
		return MCD_UNION_DEAD;
	return is_listed || mcd_is_dangling(memcg) ? MCD_UNION_OPEN : MCD_UNION_LIVE;
}

static enum mcd_status count_listeners(struct mcd_world *world, struct mcd_memcg *memcg,
				       uint64_t head)
{
	struct mcd_list list;
	char what[64];
	enum mcd_status status = MCD_OK;

	snprintf(what, sizeof(what), "oom_notify of memcg %" PRIx64, memcg->addr);
	status = mcd_list_collect(world->target, world->arena, head, what, &list);
	if (mcd_is_fatal(status))
		return status;
	memcg->unions.nr_listeners = mcd_figure_from(status, list.nr);
	return status ? MCD_OK : mcd_note_list(world, what, &list);
}

enum mcd_status mcd_decode_unions(struct mcd_world *world, struct mcd_memcg *memcg)
{
	struct mcd_target *target = world->target;
	struct mcd_unions *unions = &memcg->unions;
	uint64_t link = 0, next = 0, prev = 0, move_charge = 0;
	enum mcd_status status = MCD_OK;

	unions->memsw_bytes = mcd_counter_bytes(world, memcg->addr,
						mcd_charge_hierarchy(world) == MCD_HIERARCHY_V2
							? M(mem_cgroup, swap)
							: M(mem_cgroup, memsw));
	status = mcd_field_addr(target, memcg->addr, M(mem_cgroup, oom_notify), &link);
	if (status)
		return MCD_OK;
	status = mcd_read_word(target, link, "mem_cgroup.oom_notify", &next);
	unions->link_next = mcd_figure_from(status, next);
	status = mcd_read_word(target, link + target->word_bytes, "mem_cgroup.oom_notify", &prev);
	unions->link_prev = mcd_figure_from(status, prev);
	status = mcd_field(target, memcg->addr, M(mem_cgroup, move_charge_at_immigrate),
			   &move_charge);
	unions->move_charge = mcd_figure_from(status, move_charge);
	unions->has_name = mcd_layout_has(target, M(mem_cgroup, memcg_name));
	return unions->form == MCD_UNION_LIVE ? count_listeners(world, memcg, link) : MCD_OK;
}
