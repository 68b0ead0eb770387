// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Children: the css of each, live or dead, holds one reference to its parent's until it is released
 * (init_and_link_css() in kernel/cgroup/cgroup.c; since v3.13). Up to v3.10 a memcg below use_hierarchy holds
 * one to the parent's memcg until its own last one is gone: mem_cgroup_css_alloc() and
 * __mem_cgroup_put() in mm/memcontrol.c.
 */
#include "accounts.h"

static enum mcd_status add_child(struct mcd_audit *audit, struct mcd_account *parent,
				 const struct mcd_memcg *child)
{
	const struct mcd_text *path = child->path.known == MCD_KNOWN ? &child->path : &child->name;
	enum mcd_status status = mcd_pin_add(audit, parent, MCD_PIN_CHILD, 1,
					     mcd_figure_none(MCD_NA), "%s (%s)",
					     path->known == MCD_KNOWN ? path->text : "name lost",
					     mcd_state_name(child->state));

	if (!status)
		parent->pins->row.is_live = !mcd_is_dangling(child);
	return status;
}

/* In tree pre-order a memcg's children are those that begin where the one before ended. */
static enum mcd_status add_children(struct mcd_audit *audit, struct mcd_account *parent)
{
	struct mcd_world *world = audit->world;
	const struct mcd_memcg *memcg = parent->memcg;
	enum mcd_status status = MCD_OK;
	size_t i = memcg->tree_first + 1;

	while (i < memcg->tree_end && !status) {
		const struct mcd_memcg *child = &world->memcgs[world->tree[i]];

		status = add_child(audit, parent, child);
		i = child->tree_end > i ? child->tree_end : i + 1;
	}
	return status;
}

/* Up to v3.10: the parent's counter is what this one's charges go on to. */
static enum mcd_status parent_of_counter(struct mcd_target *target, const struct mcd_memcg *memcg,
					 uint64_t *ret)
{
	uint64_t counter = 0, offset = 0;
	enum mcd_status status = mcd_field_addr(target, memcg->addr, M(mem_cgroup, res), &counter);

	if (!status)
		status = mcd_layout_value(target, M(mem_cgroup, res), &offset);
	if (!status)
		status = mcd_field(target, counter, M(res_counter, parent), &counter);
	*ret = status || !counter || memcg->state == MCD_STATE_RELEASED ? 0 : counter - offset;
	return status;
}

static enum mcd_status parent_of_css(struct mcd_target *target, const struct mcd_memcg *memcg,
				     uint64_t *ret)
{
	uint64_t css = 0;
	enum mcd_status status = mcd_field_addr(target, memcg->addr, M(mem_cgroup, css), &css);

	return status ? status : mcd_field(target, css, M(cgroup_subsys_state, parent), ret);
}

/* What is not in the tree, be it that there is none, still names its parent. */
static enum mcd_status add_stray(struct mcd_audit *audit, const struct mcd_memcg *child)
{
	struct mcd_target *target = audit->world->target;
	struct mcd_account *account = NULL;
	uint64_t parent = 0;
	enum mcd_status status = mcd_layout_has(target, M(mem_cgroup, refcnt))
					 ? parent_of_counter(target, child, &parent)
					 : parent_of_css(target, child, &parent);

	if (status)
		return mcd_is_fatal(status) ? status : MCD_OK;
	account = mcd_account_find(audit, parent);
	return account ? add_child(audit, account, child) : MCD_OK;
}

enum mcd_status mcd_pins_child(struct mcd_audit *audit)
{
	struct mcd_world *world = audit->world;
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < audit->nr && !status; i++)
		status = add_children(audit, &audit->accounts[i]);
	for (size_t i = 0; i < world->nr && !status; i++) {
		if (world->memcgs[i].tree_first == world->memcgs[i].tree_end)
			status = add_stray(audit, &world->memcgs[i]);
		if (!status && i % 256 == 0)
			status = mcd_poll(world->target, "parents read", i, world->nr);
	}
	return status;
}
