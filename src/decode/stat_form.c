// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a kernel keeps one group's statistics: an array of longs by item, in the forms it has had
 * (mm/memcontrol.c, include/linux/memcontrol.h). stat.c adds them up over a subtree.
 */
#include <string.h>

#include "decode.h"

enum { STATS_FREED = 3 /* MEMCG_PERCPU_STATS_FREED */ };

static const enum mcd_layout_id enumerators[MCD_NR_STATS] = {
	[MCD_STAT_SOCK] = ENUM(MEMCG_SOCK),
	[MCD_STAT_KMEM] = ENUM(MEMCG_KMEM),
};

/* An array of struct mem_cgroup itself, or of a struct that this embeds or points to. */
struct place {
	enum mcd_layout_id holder; /* MCD_NR_LAYOUT: there is none */
	enum mcd_layout_id array;  /* MCD_NR_LAYOUT: holder is the array */
};

#define NOTHING                              \
	{                                    \
		MCD_NR_LAYOUT, MCD_NR_LAYOUT \
	}

struct mcd_stat_form {
	enum mcd_layout_id probe;
	struct place total;	   /* of the subtree, as far as handed up */
	struct place pending;	   /* the group's own, handed up by neither */
	enum mcd_layout_id percpu; /* pointer to the per-cpu part */
	enum mcd_layout_id state,
		handed; /* in that part: its sum, and how much of it was handed up */
};

/* Newest first. */
static const struct mcd_stat_form forms[] = {
	{
		/* rstat, 2d146aa3aa84 (v5.13): a flush hands up what is new on each cpu */
		.probe = M(memcg_vmstats, state),
		.total = { M(mem_cgroup, vmstats), M(memcg_vmstats, state) },
		.pending = { M(mem_cgroup, vmstats), M(memcg_vmstats, state_pending) },
		.percpu = M(mem_cgroup, vmstats_percpu),
		.state = M(memcg_vmstats_percpu, state),
		.handed = M(memcg_vmstats_percpu, state_prev),
	},
	{
		/* 42a300353577 (v5.2): each cpu hands up, to all ancestors, what exceeds 32 pages */
		.probe = M(memcg_vmstats_percpu, stat),
		.total = { M(mem_cgroup, vmstats), MCD_NR_LAYOUT },
		.pending = NOTHING,
		.percpu = M(mem_cgroup, vmstats_percpu),
		.state = M(memcg_vmstats_percpu, stat),
		.handed = MCD_NR_LAYOUT,
	},
	{
		/* v4.15: each cpu hands that to its group, which knows nothing of its children */
		.probe = M(mem_cgroup, stat_cpu),
		.total = NOTHING,
		.pending = { M(mem_cgroup, stat), MCD_NR_LAYOUT },
		.percpu = M(mem_cgroup, stat_cpu),
		.state = M(mem_cgroup_stat_cpu, count),
		.handed = MCD_NR_LAYOUT,
	},
	{
		/* v4.5: nothing but per-cpu parts */
		.probe = M(mem_cgroup_stat_cpu, count),
		.total = NOTHING,
		.pending = NOTHING,
		.percpu = M(mem_cgroup, stat),
		.state = M(mem_cgroup_stat_cpu, count),
		.handed = MCD_NR_LAYOUT,
	},
};

/* What has none lacks the newest. */
static const struct mcd_stat_form *find_form(struct mcd_target *target)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (mcd_layout_has(target, forms[i].probe))
			return &forms[i];
	return &forms[0];
}

/*
 * Where mem_cgroup_stats_index[] places an item. Up to v6.11 the entries count from 1, and what has no
 * place has 0; later they count from 0, and what has none, as some items always do, has 255.
 */
static enum mcd_status look_up(struct mcd_target *target, uint64_t table, uint64_t item,
			       uint64_t *ret)
{
	enum { NO_PLACE = UINT8_MAX };
	unsigned char places[NO_PLACE];
	uint64_t nr = 0;
	enum mcd_status status = mcd_layout_value(target, ENUM(MEMCG_NR_STAT), &nr);

	if (status)
		return status;
	if (nr > sizeof(places) || item >= nr)
		return mcd_error_set(&target->error, MCD_CORRUPT, "MEMCG_NR_STAT makes no sense");
	status = mcd_read(target, table, places, (size_t)nr, "mem_cgroup_stats_index");
	if (status)
		return status;

	bool counts_from_0 = memchr(places, NO_PLACE, (size_t)nr);

	if (places[item] == (counts_from_0 ? NO_PLACE : 0))
		return MCD_ABSENT;
	*ret = places[item] - (counts_from_0 ? 0U : 1U);
	return MCD_OK;
}

/* Up to v6.9 the arrays hold every item, at its own number. */
static bool holds_every_item(struct mcd_target *target, const struct mcd_stat_form *form,
			     uint64_t item)
{
	uint64_t nr = mcd_layout_ask(target, form->state)->size_bytes / target->word_bytes;
	uint64_t nr_items = 0;

	if (mcd_layout_has(target, ENUM(MEMCG_NR_STAT)) &&
	    mcd_layout_value(target, ENUM(MEMCG_NR_STAT), &nr_items))
		return false;
	return item < nr && nr_items <= nr;
}

/* The index into the form's arrays; a shorter array without the table says nothing. */
static enum mcd_status find_index(struct mcd_target *target, const struct mcd_stat_form *form,
				  uint64_t item, uint64_t *ret)
{
	uint64_t table = 0;
	enum mcd_status status = MCD_OK;

	*ret = item;
	if (!mcd_layout_has(target, SYM(mem_cgroup_stats_index)) &&
	    holds_every_item(target, form, item))
		return MCD_OK;
	status = mcd_layout_value(target, SYM(mem_cgroup_stats_index), &table);
	return status ? status : look_up(target, table, item, ret);
}

static enum mcd_status probe(struct mcd_target *target, enum mcd_stat stat,
			     struct mcd_stat_item *item)
{
	uint64_t value = 0, ignored = 0;
	enum mcd_status status = mcd_layout_value(target, enumerators[stat], &value);

	item->form = find_form(target);
	if (!status)
		status = mcd_layout_value(target, item->form->probe, &ignored);
	return status ? status : find_index(target, item->form, value, &item->index);
}

const struct mcd_stat_item *mcd_stat_item(struct mcd_world *world, enum mcd_stat stat)
{
	struct mcd_stat_item *item = &world->stat_items[stat];

	if (!item->is_probed) {
		item->status = probe(world->target, stat, item);
		item->is_probed = !mcd_is_fatal(item->status);
	}
	return item;
}

/* Adds `sign` times element `index` of an array of longs. */
static enum mcd_status add_element(struct mcd_target *target, uint64_t object,
				   enum mcd_layout_id array, uint64_t index, int sign, int64_t *sum)
{
	uint64_t addr = 0;
	int64_t value = 0;
	enum mcd_status status = mcd_field_addr(target, object, array, &addr);

	if (!status && index >= mcd_layout_ask(target, array)->size_bytes / target->word_bytes)
		status = mcd_error_set(&target->error, MCD_CORRUPT,
				       "memcg statistic beyond its array");
	if (!status)
		status = mcd_read_long(target, addr + index * target->word_bytes, "memcg statistic",
				       &value);
	if (!status)
		*sum = (int64_t)((uint64_t)*sum + (uint64_t)sign * (uint64_t)value);
	return status;
}

/* What the holder embeds or, if it is no larger than that, points to: vmstats since v6.1. */
static enum mcd_status follow(struct mcd_target *target, uint64_t memcg, enum mcd_layout_id holder,
			      uint64_t *ret)
{
	if (mcd_layout_ask(target, holder)->size_bytes == target->word_bytes)
		return mcd_field(target, memcg, holder, ret);
	return mcd_field_addr(target, memcg, holder, ret);
}

static enum mcd_status add_place(struct mcd_target *target, uint64_t memcg,
				 const struct place *place, uint64_t index, int64_t *sum)
{
	uint64_t object = 0;
	enum mcd_status status = MCD_OK;

	if (place->holder == MCD_NR_LAYOUT)
		return MCD_OK;
	if (place->array == MCD_NR_LAYOUT)
		return add_element(target, memcg, place->holder, index, 1, sum);
	status = follow(target, memcg, place->holder, &object);
	return status ? status : add_element(target, object, place->array, index, 1, sum);
}

bool mcd_stat_is_freed(struct mcd_target *target, uint64_t memcg)
{
	uint64_t state = 0;

	return mcd_layout_has(target, M(mem_cgroup, percpu_stats_disabled)) &&
	       !mcd_field(target, memcg, M(mem_cgroup, percpu_stats_disabled), &state) &&
	       state >= STATS_FREED;
}

/* The per-cpu part; a kernel that freed it at offline has added it to the total before. */
static enum mcd_status add_percpu(struct mcd_world *world, uint64_t memcg,
				  const struct mcd_stat_item *item, int64_t *sum)
{
	struct mcd_target *target = world->target;
	const struct mcd_stat_form *form = item->form;
	const struct mcd_cpus *possible = &world->possible;
	uint64_t percpu = 0;
	enum mcd_status status = MCD_OK;

	if (mcd_stat_is_freed(target, memcg))
		return MCD_OK;
	status = mcd_field(target, memcg, form->percpu, &percpu);
	if (status || !percpu)
		return status;
	if (possible->known != MCD_KNOWN)
		return MCD_FAULT;
	for (size_t i = 0; i < possible->nr && !status; i++) {
		uint64_t here = percpu + possible->offsets[i];

		status = add_element(target, here, form->state, item->index, 1, sum);
		if (!status && form->handed != MCD_NR_LAYOUT)
			status = add_element(target, here, form->handed, item->index, -1, sum);
	}
	return status;
}

/* What NMIs have charged since the last flush, on machines where they need a counter of their own. */
static enum mcd_status add_from_nmi(struct mcd_target *target, uint64_t memcg, int64_t *sum)
{
	int64_t value = 0;
	enum mcd_status status = MCD_OK;

	if (!mcd_layout_has(target, M(mem_cgroup, kmem_stat)))
		return MCD_OK;
	status = mcd_field_signed(target, memcg, M(mem_cgroup, kmem_stat), &value);
	*sum = (int64_t)((uint64_t)*sum + (uint64_t)value);
	return status;
}

enum mcd_status mcd_stat_read_total(struct mcd_world *world, uint64_t memcg, enum mcd_stat stat,
				    int64_t *ret)
{
	const struct mcd_stat_item *item = mcd_stat_item(world, stat);

	*ret = 0;
	return item->status ? item->status
			    : add_place(world->target, memcg, &item->form->total, item->index, ret);
}

enum mcd_status mcd_stat_read_own(struct mcd_world *world, uint64_t memcg, enum mcd_stat stat,
				  int64_t *ret)
{
	const struct mcd_stat_item *item = mcd_stat_item(world, stat);
	enum mcd_status status = item->status;

	*ret = 0;
	if (!status)
		status = add_place(world->target, memcg, &item->form->pending, item->index, ret);
	if (!status)
		status = add_percpu(world, memcg, item, ret);
	if (!status && stat == MCD_STAT_KMEM)
		status = add_from_nmi(world->target, memcg, ret);
	return status;
}
