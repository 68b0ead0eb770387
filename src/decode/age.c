// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How old a memcg is at least. No kernel notes when one is created, or removed; but a time in it that is
 * set at its creation, and later only to later ones, is a bound: it is as old as that, or older. The best of
 * the sources counts. Those with a higher serial number were created later, so that their bounds are its own,
 * too. See struct mcd_age.
 */
#include <stdlib.h>

#include "clock.h"

/* What all memcgs are measured by. */
struct dater {
	struct mcd_world *world;
	struct mcd_clock clock;
	uint64_t nr_nodes;
};

/* mem_cgroup_alloc() sets it to jiffies; vmpressure() sets it a second ahead. Since v4.5. */
static enum mcd_status socket_pressure(const struct dater *dater, const struct mcd_memcg *memcg,
				       uint64_t *ret_ms)
{
	struct mcd_target *target = dater->world->target;
	uint64_t jiffies = 0;
	enum mcd_status status = mcd_field(target, memcg->addr, M(mem_cgroup, socket_pressure),
					   &jiffies);
	uint64_t size = mcd_layout_ask(target, M(mem_cgroup, socket_pressure))->size_bytes;

	return status ? status : mcd_clock_since_jiffies(&dater->clock, jiffies, size, ret_ms);
}

/* Where the times of generations are behind a mem_cgroup_per_node, and how many bytes. */
static enum mcd_status find_timestamps(struct mcd_target *target, uint64_t *ret, uint64_t *ret_size)
{
	enum mcd_layout_id last = mcd_layout_has(target, M(lru_gen_folio, timestamps))
					  ? M(lru_gen_folio, timestamps)
					  : M(lru_gen_struct, timestamps);
	const enum mcd_layout_id path[] = { M(mem_cgroup_per_node, lruvec), M(lruvec, lrugen),
					    last };
	enum mcd_status status = MCD_OK;

	*ret = 0;
	for (size_t i = 0; i < sizeof(path) / sizeof(path[0]) && !status; i++) {
		uint64_t offset = 0;

		status = mcd_layout_has(target, path[i])
				 ? mcd_layout_value(target, path[i], &offset)
				 : MCD_ABSENT;
		*ret += offset;
	}
	*ret_size = mcd_layout_ask(target, last)->size_bytes;
	return status;
}

/* The longer one; a source without any keeps the first status that is more than an absence. */
static void take_longer(enum mcd_status *status, uint64_t *ms, enum mcd_status other,
			uint64_t other_ms)
{
	if (!other && (*status || other_ms > *ms)) {
		*status = MCD_OK;
		*ms = other_ms;
	} else if (*status == MCD_ABSENT || mcd_is_fatal(other)) {
		*status = other;
	}
}

/* lru_gen_init_lruvec() sets all of them to jiffies, inc_max_seq() that of each new generation. */
static enum mcd_status oldest_of_node(struct mcd_target *target, const struct mcd_clock *clock,
				      uint64_t at, uint64_t size, uint64_t *ret_ms)
{
	enum mcd_status status = MCD_ABSENT;

	for (uint64_t end = at + size; at < end; at += target->word_bytes) {
		uint64_t jiffies = 0, ms = 0;
		enum mcd_status one = mcd_read_word(target, at, "lru_gen timestamps", &jiffies);

		if (!one)
			one = mcd_clock_since_jiffies(clock, jiffies, target->word_bytes, &ms);
		take_longer(&status, ret_ms, one, ms);
	}
	return status;
}

static enum mcd_status lru_gen(const struct dater *dater, const struct mcd_memcg *memcg,
			       uint64_t *ret_ms)
{
	struct mcd_target *target = dater->world->target;
	uint64_t nodes = 0, offset = 0, size = 0;
	enum mcd_status found = find_timestamps(target, &offset, &size), status = MCD_ABSENT;

	if (!found)
		found = mcd_field_addr(target, memcg->addr, M(mem_cgroup, nodeinfo), &nodes);
	if (found)
		return found;
	for (uint64_t i = 0; i < dater->nr_nodes; i++) {
		uint64_t node = 0, ms = 0;
		enum mcd_status one = mcd_read_word(target, nodes + i * target->word_bytes,
						    "mem_cgroup.nodeinfo", &node);

		if (!one)
			one = node ? oldest_of_node(target, &dater->clock, node + offset, size, &ms)
				   : MCD_ABSENT;
		take_longer(&status, ret_ms, one, ms);
	}
	return status;
}

/*
 * Of its directory: group_init() sets it to sched_clock(), and where tasks of it run, psi_avgs_work() renews
 * it. That is in the unified hierarchy only, where a directory may be older than its memcg, so that it is no
 * bound for this. In a legacy one both were made by one mkdir, and the time stays. Since v5.4.
 */
static enum mcd_status psi(const struct dater *dater, const struct mcd_memcg *memcg,
			   uint64_t *ret_ms)
{
	struct mcd_target *target = dater->world->target;
	struct mcd_figure cgroup = dater->world->head.hierarchy == MCD_HIERARCHY_V1
					   ? mcd_css_cgroup(dater->world, memcg)
					   : mcd_figure_none(MCD_NA);
	uint64_t group = 0, ns = 0;
	enum mcd_status status;

	if (cgroup.known != MCD_KNOWN)
		return cgroup.known == MCD_NA ? MCD_ABSENT : MCD_FAULT;
	status = mcd_field_addr(target, cgroup.value, M(cgroup, psi), &group);
	/* A pointer since v6.1. */
	if (!status && mcd_layout_ask(target, M(cgroup, psi))->size_bytes == target->word_bytes)
		status = mcd_field(target, cgroup.value, M(cgroup, psi), &group);
	if (!status && !group)
		status = MCD_ABSENT;
	if (!status)
		status = mcd_field(target, group, M(psi_group, avg_last_update), &ns);
	return status ? status : mcd_clock_since_sched(&dater->clock, ns, ret_ms);
}

/*
 * Of its directory, too, from v3.11 to v3.14: a cgroup keeps its dentry, and with it the inode, and lives as long as
 * its memcg. The time changes when something in the directory is made or removed. It is one of the clock on the
 * wall: the bound is wrong by as much as that was set forward since.
 */
static enum mcd_status inode(const struct dater *dater, const struct mcd_memcg *memcg,
			     uint64_t *ret_ms)
{
	struct mcd_target *target = dater->world->target;
	struct mcd_figure cgroup = mcd_layout_has(target, M(cgroup, dentry))
					   ? mcd_css_cgroup(dater->world, memcg)
					   : mcd_figure_none(MCD_NA);
	uint64_t at = 0;
	int64_t seconds = 0;
	enum mcd_status status;

	if (cgroup.known != MCD_KNOWN)
		return cgroup.known == MCD_NA ? MCD_ABSENT : MCD_FAULT;
	status = mcd_field(target, cgroup.value, M(cgroup, dentry), &at);
	if (!status)
		status = at ? mcd_field(target, at, M(dentry, d_inode), &at) : MCD_ABSENT;
	if (!status)
		status = at ? mcd_field_addr(target, at, M(inode, i_mtime), &at) : MCD_ABSENT;
	if (!status)
		status = mcd_read_long(target, at, "inode.i_mtime", &seconds);
	return status ? status : mcd_clock_since_wall(&dater->clock, seconds, ret_ms);
}

static const struct {
	enum mcd_age_source source;
	enum mcd_status (*bound)(const struct dater *dater, const struct mcd_memcg *memcg,
				 uint64_t *ret_ms);
} sources[] = {
	{ MCD_AGE_SOCKET_PRESSURE, socket_pressure },
	{ MCD_AGE_LRU_GEN, lru_gen },
	{ MCD_AGE_PSI, psi },
	{ MCD_AGE_INODE, inode },
};

/* The longest of all sources; the first one of those that agree. */
static enum mcd_status measure(const struct dater *dater, struct mcd_memcg *memcg)
{
	enum mcd_status status = MCD_ABSENT;
	uint64_t ms = 0;

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		uint64_t before = ms, other_ms = 0;
		enum mcd_status one = sources[i].bound(dater, memcg, &other_ms);

		take_longer(&status, &ms, one, other_ms);
		if (mcd_is_fatal(one))
			return one;
		if (ms > before)
			memcg->age.source = sources[i].source;
	}
	memcg->age.at_least_ms = mcd_figure_from(status, ms);
	return MCD_OK;
}

static int by_descending_serial(const void *left, const void *right)
{
	const struct mcd_memcg *a = *(struct mcd_memcg *const *)left;
	const struct mcd_memcg *b = *(struct mcd_memcg *const *)right;

	return (a->serial.value < b->serial.value) - (a->serial.value > b->serial.value);
}

/* Up to v3.12 ids stand for serial numbers, and are given out again. */
static bool has_serials(struct mcd_target *target)
{
	return mcd_layout_has(target, M(cgroup_subsys_state, serial_nr)) ||
	       mcd_layout_has(target, M(cgroup, serial_nr));
}

/* css_create() gives numbers out under cgroup_mutex, which it holds since the memcg was allocated. */
static enum mcd_status inherit(struct mcd_world *world)
{
	struct mcd_memcg **order = mcd_arena_array(world->arena, world->nr,
						   sizeof(struct mcd_memcg *));
	const struct mcd_age *longest = NULL;
	size_t nr = 0;

	if (!order)
		return mcd_error_set(&world->target->error, MCD_NO_MEMORY, "ages");
	for (size_t i = 0; i < world->nr; i++)
		if (world->memcgs[i].serial.known == MCD_KNOWN)
			order[nr++] = &world->memcgs[i];
	qsort(order, nr, sizeof(struct mcd_memcg *), by_descending_serial);
	for (size_t i = 0; i < nr; i++) {
		struct mcd_age *age = &order[i]->age;

		if (longest && (age->at_least_ms.known != MCD_KNOWN ||
				age->at_least_ms.value < longest->at_least_ms.value))
			*age = (struct mcd_age){ longest->at_least_ms, MCD_AGE_YOUNGER };
		else if (age->at_least_ms.known == MCD_KNOWN)
			longest = age;
	}
	return MCD_OK;
}

enum mcd_status mcd_world_ages(struct mcd_world *world)
{
	struct dater dater = { .world = world, .nr_nodes = mcd_nr_node_slots(world->target) };
	enum mcd_status status = mcd_clock_read(world, &dater.clock);

	/* Times of every clock are compared with that of the start, which is told by jiffies. */
	if (status || dater.clock.jiffies_status == MCD_ABSENT)
		return status;
	for (size_t i = 0; i < world->nr && !status; i++) {
		status = measure(&dater, &world->memcgs[i]);
		if (!status && i % 64 == 0)
			status = mcd_poll(world->target, "ages", i, world->nr);
	}
	if (status || !has_serials(world->target))
		return status;
	return inherit(world);
}
