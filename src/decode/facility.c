// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The facility's list of the dead: dangling_memcgs links struct mem_cgroup by its member dead,
 * newest first. Out of tree: "memcg: debugging facility to access dangling memcgs", 2012.
 */
#include "decode.h"

enum mcd_status mcd_facility_walk(struct mcd_world *world, uint64_t **ret, size_t *ret_nr)
{
	struct mcd_target *target = world->target;
	uint64_t head = 0, offset = 0;
	struct mcd_list list;
	enum mcd_status status = MCD_OK;

	*ret_nr = 0;
	if (mcd_layout_value(target, SYM(dangling_memcgs), &head) ||
	    mcd_layout_value(target, M(mem_cgroup, dead), &offset))
		return MCD_OK;
	/* Without a copy the path is put together when the file is read. */
	world->head.facility = mcd_layout_has(target, M(mem_cgroup, memcg_name))
				       ? MCD_FACILITY_NAME
				       : MCD_FACILITY_PATH;
	status = mcd_list_collect(target, world->arena, head, "dangling_memcgs", &list);
	if (mcd_is_fatal(status))
		return status;
	if (status)
		return mcd_note_add(world, "%s", target->error.text);

	*ret = mcd_arena_array(world->arena, list.nr, sizeof(**ret));
	if (list.nr && !*ret)
		return mcd_error_set(&target->error, MCD_NO_MEMORY, "dangling_memcgs");
	for (size_t i = 0; i < list.nr; i++)
		if (list.nodes[i] > offset) /* else no memcg can be around it */
			(*ret)[(*ret_nr)++] = list.nodes[i] - offset;
	return mcd_note_list(world, "dangling_memcgs", &list);
}
