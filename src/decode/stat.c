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
		*sum = (int64_t)((uint64_t)*sum + (uint64_t)(sign * value));
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

static void read_unflushed(struct mcd_world *world, uint64_t memcg, uint64_t item,
			   struct mcd_unflushed *ret)
{
	uint64_t vmstats = 0;
	enum mcd_status status = vmstats_addr(world, memcg, &vmstats);

	if (!status)
		status = add_element(world, vmstats, M(memcg_vmstats, state_pending), item, 1,
				     &ret->value);
	if (!status)
		status = add_percpu(world, memcg, item, &ret->value);
	ret->known = mcd_figure_from(status, 0).known;
	ret->is_read = true;
}

/* The unflushed sum of the memcg at `position`, read at most once. */
static const struct mcd_unflushed *unflushed(struct mcd_world *world, size_t position,
					     enum mcd_stat stat, uint64_t item)
{
	struct mcd_unflushed *memo = &world->unflushed[stat][position];

	if (!memo->is_read)
		read_unflushed(world, world->memcgs[position].addr, item, memo);
	return memo;
}

static struct mcd_figure total(struct mcd_world *world, const struct mcd_memcg *memcg,
			       enum mcd_stat stat, uint64_t item)
{
	uint64_t vmstats = 0;
	int64_t sum = 0;
	enum mcd_status status = vmstats_addr(world, memcg->addr, &vmstats);

	if (!status)
		status = add_element(world, vmstats, M(memcg_vmstats, state), item, 1, &sum);
	if (status)
		return mcd_figure_from(status, 0);
	for (size_t i = memcg->tree_first; i < memcg->tree_end; i++) {
		const struct mcd_unflushed *part = unflushed(world, world->tree[i], stat, item);

		if (part->known != MCD_KNOWN)
			return mcd_figure_none(part->known);
		sum = (int64_t)((uint64_t)sum + (uint64_t)part->value);
	}
	/* Like memcg_page_state(): parts that are not balanced yet may sum up to less than nothing. */
	return mcd_figure_known(sum < 0 ? 0 : (uint64_t)sum);
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

	*ret = mcd_figure_none(MCD_NA);
	if (mcd_layout_value(world->target, items[stat], &item) || !is_plain_array(world, item))
		return MCD_OK;
	if (!world->unflushed[stat])
		world->unflushed[stat] = mcd_arena_array(world->arena, world->nr,
							 sizeof(*world->unflushed[stat]));
	if (!world->unflushed[stat])
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "memcg statistics");
	*ret = total(world, memcg, stat, item);
	return MCD_OK;
}
