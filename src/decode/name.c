// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a memcg is called: the facility's copy (mem_cgroup.memcg_name), the path, or, where both are
 * gone, what its slab caches are named after.
 */
#include "decode.h"

enum { PATH_BYTES_MAX = 4096 }; /* the facility's later form copies a whole path into a page */

/* The facility's copy; n/a where the pointer is NULL, since nobody checked kstrdup(). */
static enum mcd_status facility_name(struct mcd_world *world, const struct mcd_memcg *memcg,
				     struct mcd_text *ret)
{
	uint64_t pointer = 0;
	enum mcd_status status = mcd_field(world->target, memcg->addr, M(mem_cgroup, memcg_name),
					   &pointer);

	if (!status && !pointer)
		status = MCD_ABSENT;
	if (!status)
		status = mcd_read_string(world->target, world->arena, pointer, PATH_BYTES_MAX,
					 "mem_cgroup.memcg_name", &ret->text);
	ret->known = mcd_figure_from(status, 0).known;
	/* One variant copies the name with kstrdup(), the other the path into a page of its own. */
	if (!status && pointer % world->target->page_bytes == 0 && ret->text[0] == '/')
		world->head.facility = MCD_FACILITY_PATH;
	return mcd_is_fatal(status) ? status : MCD_OK;
}

/* The name as the facility's report has it, and as ours does. */
static enum mcd_status listed_name(struct mcd_world *world, struct mcd_memcg *memcg)
{
	enum mcd_status status = MCD_OK;

	/* One variant of the facility has no copy and prints the path. */
	memcg->name = memcg->kernel.name = memcg->path;
	if (!(memcg->sources & MCD_SOURCE_LIST) ||
	    !mcd_layout_has(world->target, M(mem_cgroup, memcg_name)))
		return MCD_OK;
	status = facility_name(world, memcg, &memcg->kernel.name);
	if (memcg->unions.form == MCD_UNION_DEAD &&
	    (memcg->kernel.name.known == MCD_KNOWN || memcg->path.known != MCD_KNOWN))
		memcg->name = memcg->kernel.name;
	return status;
}

enum mcd_status mcd_decode_name(struct mcd_world *world, struct mcd_memcg *memcg)
{
	enum mcd_status status = listed_name(world, memcg);

	if (status || memcg->name.known != MCD_NA)
		return status;
	status = mcd_caches_group_name(world, memcg, &memcg->name);
	if (memcg->name.known == MCD_KNOWN)
		memcg->flags |= MCD_FLAG_NAME_FROM_CACHE;
	return status;
}
