// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whom an obj_cgroup stands for (include/linux/memcontrol.h). When a memcg is removed, its obj_cgroup
 * moves to the parent, and with it what is charged to it: memcg_reparent_objcgs() in mm/memcontrol.c.
 * Since v6.8 ("mm: kmem: reimplement get_obj_cgroup_from_current()" and its series) the memcg remembers
 * which it was, in orig_objcg; since v7.1 there is one for each node.
 */
#include <inttypes.h>

#include "../pages/lru.h"
#include "charged.h"

static enum mcd_status enter(struct mcd_charges *charges, uint64_t objcg, size_t value)
{
	bool is_new;

	return mcd_addrmap_insert(&charges->owners, objcg, value, &is_new)
		       ? mcd_error_set(&charges->audit->world->target->error, MCD_NO_MEMORY,
				       "obj_cgroups")
		       : MCD_OK;
}

static size_t value_of(struct mcd_charges *charges, uint64_t memcg)
{
	struct mcd_account *account = mcd_account_find(charges->audit, memcg);

	return account ? (size_t)(account - charges->audit->accounts) + 1 : 0;
}

/* The obj_cgroup that a member of a memcg, or of its part on a node, leads to. */
static enum mcd_status enter_orig(struct mcd_charges *charges, uint64_t object,
				  enum mcd_layout_id member, uint64_t memcg)
{
	uint64_t objcg = 0;
	enum mcd_status status = mcd_field(charges->audit->world->target, object, member, &objcg);

	if (mcd_is_fatal(status))
		return status;
	return status ? MCD_OK : enter(charges, objcg, value_of(charges, memcg));
}

static enum mcd_status enter_nodes(struct mcd_charges *charges, const struct mcd_lru_form *form,
				   uint64_t memcg)
{
	struct mcd_target *target = charges->audit->world->target;
	enum mcd_status status = MCD_OK;

	for (unsigned int i = 0; i < form->nr_nodes && !status; i++) {
		uint64_t node = 0;

		status = mcd_read_word(target,
				       memcg + form->nodeinfo_at + (uint64_t)i * target->word_bytes,
				       "mem_cgroup.nodeinfo", &node);
		if (!status && node)
			status = enter_orig(charges, node, M(mem_cgroup_per_node, orig_objcg),
					    memcg);
		if (!mcd_is_fatal(status))
			status = MCD_OK;
	}
	return status;
}

/*
 * Those of all memcgs, since what a memcg that was not asked for had charged is not to be counted for
 * its parent either.
 */
static enum mcd_status enter_all(struct mcd_charges *charges, bool by_node)
{
	struct mcd_world *world = charges->audit->world;
	struct mcd_lru_form form;
	enum mcd_status status = by_node ? mcd_lru_form_make(charges->audit, &form) : MCD_OK;

	for (size_t i = 0; i < world->nr && !status; i++) {
		uint64_t memcg = world->memcgs[i].addr;

		status = by_node ? enter_nodes(charges, &form, memcg)
				 : enter_orig(charges, memcg, M(mem_cgroup, orig_objcg), memcg);
		if (!status && i % 256 == 0)
			status = mcd_poll(world->target, "obj_cgroups read", i, world->nr);
	}
	return status;
}

enum mcd_status mcd_objcgs_index(struct mcd_charges *charges)
{
	struct mcd_target *target = charges->audit->world->target;
	bool by_node = mcd_layout_has(target, M(mem_cgroup_per_node, orig_objcg));

	if (!by_node && !mcd_layout_has(target, M(mem_cgroup, objcg)))
		return mcd_error_set(&target->error, MCD_ABSENT, "there are no obj_cgroups");
	charges->has_orig = by_node || mcd_layout_has(target, M(mem_cgroup, orig_objcg));
	charges->has_user_pages = mcd_layout_has(target, M(obj_cgroup, is_root));
	return charges->has_orig ? enter_all(charges, by_node) : MCD_OK;
}

enum mcd_status mcd_objcg_owner(struct mcd_charges *charges, uint64_t objcg, size_t *ret)
{
	uint64_t memcg = 0;
	enum mcd_status status;

	if (mcd_addrmap_find(&charges->owners, objcg, ret))
		return MCD_OK;
	status = mcd_field(charges->audit->world->target, objcg, M(obj_cgroup, memcg), &memcg);
	if (mcd_is_fatal(status))
		return status;
	*ret = status ? 0 : value_of(charges, memcg);
	return enter(charges, objcg, *ret);
}

/* Not yet removed, it has one that is its own. */
bool mcd_objcg_is_told(struct mcd_charges *charges, const struct mcd_memcg *memcg)
{
	uint64_t objcg = 0;

	if (charges->has_orig || !mcd_is_dangling(memcg))
		return true;
	return !mcd_field(charges->audit->world->target, memcg->addr, M(mem_cgroup, objcg),
			  &objcg) &&
	       objcg;
}
