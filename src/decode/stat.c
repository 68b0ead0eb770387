// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hierarchical statistics of a memcg (mm/memcontrol.c, memory_stat_format()).
 *
 * A group's figure is the total that the kernel keeps for it, if any, and what that lacks: the own parts
 * of the group and all its descendants. Taking the total, where there is one, instead of every per-cpu
 * value keeps the figures of descendants that are freed already. Reading memory.stat shows the same
 * up to v4.14 and since v5.13, but in between only what the cpus have handed on, in batches of 32 pages.
 */
#include "decode.h"

/* What the total lacks of the memcg itself. */
static struct mcd_unflushed read_unflushed(struct mcd_world *world, uint64_t memcg,
					   enum mcd_stat stat)
{
	struct mcd_unflushed own = { .is_read = true };
	enum mcd_status status = mcd_stat_read_own(world, memcg, stat, &own.value);

	own.known = mcd_figure_from(status, 0).known;
	return own;
}

static size_t end_of(const struct mcd_world *world, size_t position)
{
	return world->memcgs[world->tree[position]].tree_end;
}

/* The sum of the subtree at a position of the tree, from those of its children. */
static struct mcd_unflushed sum_up(struct mcd_world *world, enum mcd_stat stat, size_t position)
{
	const struct mcd_unflushed *sums = world->unflushed[stat];
	struct mcd_unflushed sum = read_unflushed(world, world->memcgs[world->tree[position]].addr,
						  stat);

	for (size_t i = position + 1; i < end_of(world, position); i = end_of(world, i)) {
		if (sum.known == MCD_KNOWN)
			sum.known = sums[i].known;
		sum.value = (int64_t)((uint64_t)sum.value + (uint64_t)sums[i].value);
	}
	return sum;
}

/*
 * Fills the sums below `first` that are not known yet: collected in pre-order, past every subtree
 * that is known, and summed up in reverse. Whatever the order of calls, each sum is made once.
 */
static enum mcd_status sum_subtree(struct mcd_world *world, enum mcd_stat stat, size_t first)
{
	struct mcd_unflushed *sums = world->unflushed[stat];
	enum mcd_status status = MCD_OK;
	size_t nr = 0, end = end_of(world, first);

	for (size_t i = first; i < end;) {
		if (!sums[i].is_read)
			world->tree_scratch[nr++] = i;
		i = sums[i].is_read ? end_of(world, i) : i + 1;
	}
	while (nr-- && !status) {
		size_t position = world->tree_scratch[nr];

		sums[position] = sum_up(world, stat, position);
		if (nr % 64 == 0)
			status = mcd_poll(world->target, "memory cgroups to add up", nr, 0);
	}
	return status;
}

/* What the total lacks of the memcg's subtree; of itself alone where it is not in the tree. */
static enum mcd_status unflushed(struct mcd_world *world, const struct mcd_memcg *memcg,
				 enum mcd_stat stat, struct mcd_unflushed *ret)
{
	enum mcd_status status = MCD_OK;

	if (memcg->tree_end == memcg->tree_first) {
		*ret = read_unflushed(world, memcg->addr, stat);
		return MCD_OK;
	}
	status = sum_subtree(world, stat, memcg->tree_first);
	*ret = world->unflushed[stat][memcg->tree_first];
	return status;
}

static enum mcd_status total(struct mcd_world *world, const struct mcd_memcg *memcg,
			     enum mcd_stat stat, struct mcd_figure *ret)
{
	struct mcd_unflushed rest = { .known = MCD_KNOWN };
	int64_t sum = 0;
	enum mcd_status status = mcd_stat_read_total(world, memcg->addr, stat, &sum);

	*ret = mcd_figure_from(status, 0);
	if (status)
		return MCD_OK;
	status = unflushed(world, memcg, stat, &rest);
	sum = (int64_t)((uint64_t)sum + (uint64_t)rest.value);
	/* Like memcg_page_state(): parts that are not balanced yet may sum up to less than nothing. */
	*ret = (struct mcd_figure){ .known = rest.known, .value = sum < 0 ? 0 : (uint64_t)sum };
	return status;
}

/* The sums and the scratch space for making them, by position in the tree. */
static enum mcd_status allocate(struct mcd_world *world, enum mcd_stat stat)
{
	if (!world->unflushed[stat])
		world->unflushed[stat] = mcd_arena_array(world->arena, world->nr_tree,
							 sizeof(*world->unflushed[stat]));
	if (!world->tree_scratch)
		world->tree_scratch = mcd_arena_array(world->arena, world->nr_tree,
						      sizeof(*world->tree_scratch));
	if (!world->unflushed[stat] || !world->tree_scratch)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "memcg statistics");
	return MCD_OK;
}

enum mcd_status mcd_stat_pages(struct mcd_world *world, const struct mcd_memcg *memcg,
			       enum mcd_stat stat, struct mcd_figure *ret)
{
	enum mcd_status status = mcd_stat_item(world, stat)->status;

	*ret = mcd_figure_from(status, 0);
	if (status)
		return mcd_is_fatal(status) ? status : MCD_OK;
	status = allocate(world, stat);
	return status ? status : total(world, memcg, stat, ret);
}
