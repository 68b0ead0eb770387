// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's own counts in the root's cgroup, as a check of what was found.
 *
 * nr_dying_descendants counts removed cgroups, whichever controller holds them; kept by
 * cgroup_destroy_locked() and css_release_work_fn(). nr_dying_subsys[] counts offline css of one
 * controller; kept by offline_css(), since v7.1 by kill_css_sync(), and css_release_work_fn().
 * kernel/cgroup/cgroup.c.
 */
#include <inttypes.h>

#include "decode.h"

enum { COUNT_BYTES = 4 }; /* both count in ints */

static struct mcd_figure read_descendants(struct mcd_world *world, uint64_t cgroup)
{
	uint64_t count = 0;
	enum mcd_status status = mcd_field(world->target, cgroup, M(cgroup, nr_dying_descendants),
					   &count);

	return mcd_figure_from(status, count);
}

static struct mcd_figure read_subsys(struct mcd_world *world, uint64_t cgroup)
{
	struct mcd_target *target = world->target;
	uint64_t controller = 0, array = 0, count = 0;
	enum mcd_status status = mcd_field_addr(target, cgroup, M(cgroup, nr_dying_subsys), &array);

	if (status)
		return mcd_figure_from(status, 0);
	status = mcd_ids_controller(world, &controller);
	if (!status &&
	    controller >=
		    mcd_layout_ask(target, M(cgroup, nr_dying_subsys))->size_bytes / COUNT_BYTES)
		status = MCD_CORRUPT;
	if (!status)
		status = mcd_read_uint(target, array + controller * COUNT_BYTES, COUNT_BYTES,
				       "cgroup.nr_dying_subsys", &count);
	return mcd_figure_from(status, count);
}

/* What was found, as the kernel would count it. */
struct census {
	uint64_t removed; /* directories: a controller that was switched off and on has several css */
	uint64_t offline; /* css */
	uint64_t perhaps_offline; /* and those which the kernel counts a little longer, or since v7.1 sooner */
};

static bool is_removed(const struct mcd_memcg *memcg)
{
	return memcg->state == MCD_STATE_DYING ||
	       (memcg->state == MCD_STATE_OFFLINE && !(memcg->flags & MCD_FLAG_CGROUP_ONLINE));
}

static enum mcd_status count(struct mcd_world *world, struct census *ret)
{
	struct mcd_addrmap directories;
	enum mcd_status status = MCD_OK;

	mcd_addrmap_init(&directories, world->arena);
	for (size_t i = 0; i < world->nr && !status; i++) {
		const struct mcd_memcg *memcg = &world->memcgs[i];
		struct mcd_figure cgroup = mcd_css_cgroup(world, memcg);
		bool is_new = false;

		ret->offline += memcg->state == MCD_STATE_OFFLINE;
		ret->perhaps_offline += memcg->state == MCD_STATE_RELEASED ||
					memcg->state == MCD_STATE_DYING;
		if (is_removed(memcg) && cgroup.known == MCD_KNOWN)
			status = mcd_addrmap_insert(&directories, cgroup.value, 0, &is_new);
		ret->removed += is_new;
	}
	if (status)
		return mcd_error_set(&world->target->error, status, "removed cgroups");
	return MCD_OK;
}

/* Other controllers may hold more cgroups; fewer than there are memcgs is a contradiction. */
static enum mcd_status compare(struct mcd_world *world, const struct census *census)
{
	const struct mcd_figure *descendants = &world->head.nr_dying_descendants;
	const struct mcd_figure *subsys = &world->head.nr_dying_subsys;
	enum mcd_status status = MCD_OK;

	if (subsys->known == MCD_KNOWN &&
	    (subsys->value < census->offline ||
	     subsys->value > census->offline + census->perhaps_offline))
		status = mcd_note_add(world,
				      "the kernel counts %" PRIu64
				      " offline memory cgroups, %" PRIu64 " were found",
				      subsys->value, census->offline);
	if (!status && descendants->known == MCD_KNOWN && descendants->value < census->removed)
		status = mcd_note_add(world,
				      "the kernel counts %" PRIu64 " removed cgroups, and %" PRIu64
				      " removed memory cgroups were found",
				      descendants->value, census->removed);
	return status;
}

enum mcd_status mcd_census_take(struct mcd_world *world)
{
	const struct mcd_memcg root = { .addr = world->root_addr, .state = MCD_STATE_ONLINE };
	struct mcd_figure cgroup = mcd_css_cgroup(world, &root);
	struct census census = { 0 };
	enum mcd_status status = MCD_OK;

	if (cgroup.known != MCD_KNOWN)
		return MCD_OK;
	world->head.nr_dying_descendants = read_descendants(world, cgroup.value);
	world->head.nr_dying_subsys = read_subsys(world, cgroup.value);
	status = count(world, &census);
	return status ? status : compare(world, &census);
}
