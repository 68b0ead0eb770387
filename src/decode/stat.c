// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hierarchical statistics of a memcg (mm/memcontrol.c, mem_cgroup_css_rstat_flush()).
 *
 * A group's total is memcg_vmstats.state[]. What it lacks is what a flush would add: for the group
 * and all its descendants, state_pending[] plus, per possible cpu, state[] − state_prev[]. Taking
 * that sum instead of the per-cpu values keeps the figures of descendants that are freed already.
 */
#include "decode.h"

static const enum mcd_layout_id items[MCD_NR_STATS] = {
	[MCD_STAT_SOCK] = ENUM(MEMCG_SOCK),
	[MCD_STAT_KMEM] = ENUM(MEMCG_KMEM),
};

/* Adds element `index` of an array of longs to `*sum`. */
static enum mcd_status add_element(struct mcd_world *world, uint64_t object,
				   enum mcd_layout_id array, uint64_t index, int sign, int64_t *sum)
{
	struct mcd_target *target = world->target;
	uint64_t addr = 0;
	int64_t value = 0;
	enum mcd_status status = mcd_field_addr(target, object, array, &addr);

	if (!status)
		status = mcd_read_long(target, addr + index * target->word_bytes, "memcg statistic",
				       &value);
	if (!status)
		*sum = (int64_t)((uint64_t)*sum + (uint64_t)sign * (uint64_t)value);
	return status;
}

/* The per-cpu part; a kernel that freed it at offline has added it to the total before. */
static enum mcd_status add_percpu(struct mcd_world *world, uint64_t memcg, uint64_t item,
				  int64_t *sum)
{
	const struct mcd_cpus *possible = &world->possible;
	uint64_t percpu = 0;
	enum mcd_status status = mcd_field(world->target, memcg, M(mem_cgroup, vmstats_percpu),
					   &percpu);

	if (status || !percpu)
		return status;
	if (possible->known != MCD_KNOWN)
		return MCD_FAULT;
	for (size_t i = 0; i < possible->nr && !status; i++) {
		uint64_t here = percpu + possible->offsets[i];

		status = add_element(world, here, M(memcg_vmstats_percpu, state), item, 1, sum);
		if (!status)
			status = add_element(world, here, M(memcg_vmstats_percpu, state_prev), item,
					     -1, sum);
	}
	return status;
}

/* mem_cgroup.vmstats: a pointer since 410f8e82689e (v6.1), embedded before. */
static enum mcd_status vmstats_addr(struct mcd_world *world, uint64_t memcg, uint64_t *ret)
{
	struct mcd_target *target = world->target;

	if (mcd_layout_ask(target, M(mem_cgroup, vmstats))->size_bytes == target->word_bytes)
		return mcd_field(target, memcg, M(mem_cgroup, vmstats), ret);
	return mcd_field_addr(target, memcg, M(mem_cgroup, vmstats), ret);
}

/* What a flush would add for the memcg itself. */
static struct mcd_unflushed read_unflushed(struct mcd_world *world, uint64_t memcg, uint64_t item)
{
	struct mcd_unflushed own = { .is_read = true };
	uint64_t vmstats = 0;
	enum mcd_status status = vmstats_addr(world, memcg, &vmstats);

	if (!status)
		status = add_element(world, vmstats, M(memcg_vmstats, state_pending), item, 1,
				     &own.value);
	if (!status)
		status = add_percpu(world, memcg, item, &own.value);
	own.known = mcd_figure_from(status, 0).known;
	return own;
}

static size_t end_of(const struct mcd_world *world, size_t position)
{
	return world->memcgs[world->tree[position]].tree_end;
}

/* The sum of the subtree at a position of the tree, from those of its children. */
static struct mcd_unflushed sum_up(struct mcd_world *world, enum mcd_stat stat, uint64_t item,
				   size_t position)
{
	const struct mcd_unflushed *sums = world->unflushed[stat];
	struct mcd_unflushed sum = read_unflushed(world, world->memcgs[world->tree[position]].addr,
						  item);

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
static enum mcd_status sum_subtree(struct mcd_world *world, enum mcd_stat stat, uint64_t item,
				   size_t first)
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

		sums[position] = sum_up(world, stat, item, position);
		if (nr % 64 == 0)
			status = mcd_poll(world->target, "memory cgroups to add up", nr, 0);
	}
	return status;
}

static enum mcd_status total(struct mcd_world *world, const struct mcd_memcg *memcg,
			     enum mcd_stat stat, uint64_t item, struct mcd_figure *ret)
{
	struct mcd_unflushed rest = { .known = MCD_KNOWN };
	uint64_t vmstats = 0;
	int64_t sum = 0;
	enum mcd_status status = vmstats_addr(world, memcg->addr, &vmstats);

	if (!status)
		status = add_element(world, vmstats, M(memcg_vmstats, state), item, 1, &sum);
	*ret = mcd_figure_from(status, 0);
	if (status)
		return MCD_OK;
	if (memcg->tree_end > memcg->tree_first) {
		status = sum_subtree(world, stat, item, memcg->tree_first);
		rest = world->unflushed[stat][memcg->tree_first];
	}
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

/* The item is the index into state[], unless the kernel maps it through a table of its own. */
static bool is_plain_array(struct mcd_world *world, uint64_t item)
{
	const struct mcd_layout_answer *state = mcd_layout_ask(world->target,
							       M(memcg_vmstats, state));

	return !state->status && item < state->size_bytes / world->target->word_bytes &&
	       !mcd_layout_has(world->target, SYM(mem_cgroup_stats_index));
}

enum mcd_status mcd_stat_pages(struct mcd_world *world, const struct mcd_memcg *memcg,
			       enum mcd_stat stat, struct mcd_figure *ret)
{
	uint64_t item = 0;
	enum mcd_status status = MCD_OK;

	*ret = mcd_figure_none(MCD_NA);
	if (mcd_layout_value(world->target, items[stat], &item) || !is_plain_array(world, item))
		return MCD_OK;
	status = allocate(world, stat);
	return status ? status : total(world, memcg, stat, item, ret);
}
