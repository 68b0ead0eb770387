// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * struct cgroup_subsys_state, the base class of struct mem_cgroup: life state, ids, directory.
 * include/linux/cgroup.h, later include/linux/cgroup-defs.h; css_release_work_fn() and
 * offline_css() in kernel/cgroup/cgroup.c set the flags.
 */
#include "decode.h"

static enum mcd_status css_field(struct mcd_world *world, uint64_t memcg, enum mcd_layout_id member,
				 uint64_t *ret)
{
	uint64_t css = 0;
	enum mcd_status status = mcd_field_addr(world->target, memcg, M(mem_cgroup, css), &css);

	return status ? status : mcd_field(world->target, css, member, ret);
}

static bool has_bit(struct mcd_world *world, uint64_t flags, enum mcd_layout_id enumerator)
{
	uint64_t mask = 0;

	return mcd_layout_value(world->target, enumerator, &mask) == MCD_OK && (flags & mask);
}

/* Removal has begun, css_offline() has not run: CSS_DYING says so since v4.12, else the reference count. */
static bool is_dying(struct mcd_world *world, uint64_t memcg, uint64_t flags)
{
	bool is_killed = false;

	return mcd_layout_has(world->target, ENUM(CSS_DYING))
		       ? has_bit(world, flags, ENUM(CSS_DYING))
		       : !mcd_refs_are_killed(world, memcg, &is_killed) && is_killed;
}

/* Up to v3.10 a memcg with no reference left waits for free_work(); there is no flag for it. */
static bool is_refcnt_zero(struct mcd_world *world, uint64_t memcg)
{
	uint64_t refcnt = 0;

	return mcd_field(world->target, memcg, M(mem_cgroup, refcnt), &refcnt) == MCD_OK && !refcnt;
}

/* css_create() links a css before it is online; nothing is offline that was not killed before. */
static bool is_being_made(struct mcd_world *world, uint64_t memcg)
{
	bool is_killed = true;

	return !mcd_refs_are_killed(world, memcg, &is_killed) && !is_killed;
}

enum mcd_state mcd_css_state(struct mcd_world *world, uint64_t memcg)
{
	uint64_t flags = 0;

	if (!mcd_layout_has(world->target, ENUM(CSS_ONLINE)) ||
	    css_field(world, memcg, M(cgroup_subsys_state, flags), &flags))
		return MCD_STATE_UNREADABLE;
	if (has_bit(world, flags, ENUM(CSS_RELEASED)))
		return MCD_STATE_RELEASED;
	if (has_bit(world, flags, ENUM(CSS_ONLINE)))
		return is_dying(world, memcg, flags) ? MCD_STATE_DYING : MCD_STATE_ONLINE;
	if (is_being_made(world, memcg))
		return MCD_STATE_ONLINE;
	return is_refcnt_zero(world, memcg) ? MCD_STATE_RELEASED : MCD_STATE_OFFLINE;
}

/*
 * Up to v3.13 the member points to a struct css_id, which is NULL where there is none; from v3.13 to
 * v3.15, when a cgroup has a serial number, nobody fills it or there is none; since v3.16 it is the id.
 */
struct mcd_figure mcd_css_id(struct mcd_world *world, uint64_t memcg)
{
	uint64_t id = 0;
	enum mcd_status status = MCD_ABSENT;

	if (!mcd_layout_has(world->target, M(cgroup, serial_nr)))
		status = css_field(world, memcg, M(cgroup_subsys_state, id), &id);
	if (!status && mcd_layout_has(world->target, S(css_id)))
		status = id ? mcd_field(world->target, id, M(css_id, id), &id) : MCD_ABSENT;
	return mcd_figure_count(status, id);
}

/*
 * Up to v3.10 mem_cgroup.refcnt keeps the memcg beyond its cgroup, which cgroup_diput() frees once the
 * css has no reference left.
 */
static bool is_cgroup_freed(struct mcd_world *world, const struct mcd_memcg *memcg)
{
	uint64_t refs = 0;

	return mcd_is_dangling(memcg) && mcd_layout_has(world->target, M(mem_cgroup, refcnt)) &&
	       (mcd_refs_of_css(world, memcg->addr, &refs) || !refs);
}

struct mcd_figure mcd_css_cgroup(struct mcd_world *world, const struct mcd_memcg *memcg)
{
	uint64_t cgroup = 0;

	if (is_cgroup_freed(world, memcg))
		return mcd_figure_none(MCD_NA);

	enum mcd_status status = css_field(world, memcg->addr, M(cgroup_subsys_state, cgroup),
					   &cgroup);

	return mcd_figure_from(status, cgroup);
}

static struct mcd_figure cgroup_count(struct mcd_world *world, const struct mcd_memcg *memcg,
				      enum mcd_layout_id member)
{
	struct mcd_figure cgroup = mcd_css_cgroup(world, memcg);
	uint64_t value = 0;

	if (cgroup.known != MCD_KNOWN)
		return cgroup;

	enum mcd_status status = mcd_field(world->target, cgroup.value, member, &value);

	return mcd_figure_count(status, value);
}

/* Seen from v3.13 to v3.15: a css has no id, and its cgroup's serves instead. */
enum mcd_status mcd_decode_css_id(struct mcd_world *world, struct mcd_memcg *memcg)
{
	memcg->css_id = mcd_css_id(world, memcg->addr);
	if (memcg->css_id.known == MCD_NA)
		memcg->css_id = cgroup_count(world, memcg, M(cgroup, id));
	return MCD_OK;
}

enum mcd_status mcd_decode_serial(struct mcd_world *world, struct mcd_memcg *memcg)
{
	uint64_t serial = 0;

	if (mcd_layout_has(world->target, M(cgroup_subsys_state, serial_nr))) {
		enum mcd_status status = css_field(world, memcg->addr,
						   M(cgroup_subsys_state, serial_nr), &serial);

		memcg->serial = mcd_figure_count(status, serial);
	} else if (mcd_layout_has(world->target, M(cgroup, serial_nr))) {
		memcg->serial = cgroup_count(world, memcg, M(cgroup, serial_nr));
	} else { /* ids grew with every group until they came round */
		memcg->serial = memcg->css_id;
	}
	return MCD_OK;
}

bool mcd_css_cgroup_is_online(struct mcd_world *world, const struct mcd_memcg *memcg)
{
	struct mcd_figure cgroup = mcd_css_cgroup(world, memcg);
	uint64_t self = 0, flags = 0;

	return cgroup.known == MCD_KNOWN &&
	       !mcd_field_addr(world->target, cgroup.value, M(cgroup, self), &self) &&
	       !mcd_field(world->target, self, M(cgroup_subsys_state, flags), &flags) &&
	       has_bit(world, flags, ENUM(CSS_ONLINE));
}

enum mcd_hierarchy mcd_css_hierarchy(struct mcd_world *world)
{
	const struct mcd_memcg root = { .addr = world->root_addr, .state = MCD_STATE_ONLINE };
	struct mcd_figure cgroup = mcd_css_cgroup(world, &root);
	uint64_t unified = 0, hierarchy = 0;

	if (mcd_layout_value(world->target, SYM(cgrp_dfl_root), &unified))
		return MCD_HIERARCHY_V1;
	if (cgroup.known != MCD_KNOWN ||
	    mcd_field(world->target, cgroup.value, M(cgroup, root), &hierarchy))
		return MCD_HIERARCHY_UNREADABLE;
	return hierarchy == unified ? MCD_HIERARCHY_V2 : MCD_HIERARCHY_V1;
}
