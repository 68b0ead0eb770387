// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The css tree below root_mem_cgroup, in pre-order. A css stays on its parent's list of children
 * until css_release_work_fn(), so that the dead are reached too (v3.16).
 */
#include <inttypes.h>
#include <stdio.h>

#include "decode.h"

/* The siblings that are still to be visited at one level of the walk. */
struct level {
	struct mcd_list siblings;
	size_t next;
	size_t parent; /* position of their parent in the result */
};

struct tree_walk {
	struct mcd_world *world;
	struct mcd_addrmap seen;
	uint64_t css_offset, sibling_offset;
	struct mcd_tree_node *nodes;
	size_t nr, capacity;
	struct level *levels;
	size_t depth, levels_capacity;
};

static enum mcd_status no_memory(struct tree_walk *walk)
{
	return mcd_error_set(&walk->world->target->error, MCD_NO_MEMORY, "css tree");
}

static enum mcd_status append(struct tree_walk *walk, uint64_t memcg)
{
	walk->nodes = mcd_arena_grow(walk->world->arena, walk->nodes, walk->nr, &walk->capacity,
				     sizeof(*walk->nodes));
	if (!walk->nodes)
		return no_memory(walk);
	walk->nodes[walk->nr++] = (struct mcd_tree_node){ .memcg = memcg };
	return MCD_OK;
}

/* Starts on the children of the newest node; a list that cannot be read becomes a note. */
static enum mcd_status descend(struct tree_walk *walk)
{
	struct mcd_world *world = walk->world;
	uint64_t css = walk->nodes[walk->nr - 1].memcg + walk->css_offset;
	struct level level = { .parent = walk->nr - 1 };
	char what[64];
	uint64_t head = 0;
	enum mcd_status status = mcd_field_addr(world->target, css,
						M(cgroup_subsys_state, children), &head);

	snprintf(what, sizeof(what), "children of css %" PRIx64, css);
	if (!status)
		status = mcd_list_collect(world->target, world->arena, head, what, &level.siblings);
	if (mcd_is_fatal(status))
		return status;
	if (status)
		status = mcd_note_add(world, "%s", world->target->error.text);
	else
		status = mcd_note_list(world, what, &level.siblings);
	walk->levels = mcd_arena_grow(world->arena, walk->levels, walk->depth,
				      &walk->levels_capacity, sizeof(*walk->levels));
	if (!walk->levels)
		return no_memory(walk);
	walk->levels[walk->depth++] = level;
	return status;
}

/* Visits one css unless it was visited before: two lists that share a node are damaged. */
static enum mcd_status visit(struct tree_walk *walk, uint64_t css)
{
	bool is_new;
	enum mcd_status status = mcd_addrmap_insert(&walk->seen, css, 0, &is_new);

	if (!status)
		status = mcd_poll(walk->world->target, "memory cgroups found", walk->nr, 0);
	if (status)
		return status;
	if (walk->nr >= MCD_LIST_MAX)
		return mcd_note_add(walk->world, "css tree: ends after %zu memory cgroups",
				    walk->nr);
	if (!is_new || css <= walk->css_offset)
		return mcd_note_add(walk->world, "css tree: css %" PRIx64 " %s", css,
				    css <= walk->css_offset ? "is none" : "is reached twice");
	status = append(walk, css - walk->css_offset);
	return status ? status : descend(walk);
}

static enum mcd_status walk_below(struct tree_walk *walk, uint64_t root)
{
	enum mcd_status status = visit(walk, root + walk->css_offset);

	while (!status && walk->depth) {
		struct level *level = &walk->levels[walk->depth - 1];

		if (level->next < level->siblings.nr) {
			status = visit(walk,
				       level->siblings.nodes[level->next++] - walk->sibling_offset);
			continue;
		}
		walk->nodes[level->parent].end = walk->nr;
		walk->depth--;
	}
	return status;
}

enum mcd_status mcd_css_tree_walk(struct mcd_world *world, struct mcd_tree_node **ret,
				  size_t *ret_nr)
{
	struct mcd_target *target = world->target;
	struct tree_walk walk = { .world = world };
	enum mcd_status status = MCD_OK;

	mcd_addrmap_init(&walk.seen, world->arena);
	if (mcd_layout_value(target, M(mem_cgroup, css), &walk.css_offset) ||
	    mcd_layout_value(target, M(cgroup_subsys_state, sibling), &walk.sibling_offset) ||
	    !mcd_layout_has(target, M(cgroup_subsys_state, children))) {
		/* Before v3.16 the css has no links; the root is known all the same. */
		status = append(&walk, world->root_addr);
		if (!status)
			walk.nodes[0].end = 1;
	} else {
		world->head.sources |= MCD_SOURCE_TREE;
		status = walk_below(&walk, world->root_addr);
	}
	*ret = walk.nodes;
	*ret_nr = walk.nr;
	return status;
}
