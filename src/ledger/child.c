// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Children: the css of each, live or dead, holds one reference to its parent's until it is released
 * (init_and_link_css() in kernel/cgroup/cgroup.c; since v3.13, before through use_hierarchy).
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

enum mcd_status mcd_pins_child(struct mcd_audit *audit)
{
	enum mcd_status status = MCD_OK;

	for (size_t i = 0; i < audit->nr && !status; i++)
		status = add_children(audit, &audit->accounts[i]);
	return status;
}
