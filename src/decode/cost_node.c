// SPDX-License-Identifier: GPL-2.0-or-later
/* What a memcg costs on one node: struct mem_cgroup_per_node and what hangs on it. See cost.h. */
#include "cost.h"

enum {
	FILTER_BYTES = 4096, /* BIT(BLOOM_FILTER_SHIFT) bits, mm/vmscan.c */
	FILTERS_MAX = 8,
	SHRINKERS_MAX = 1 << 20,
};

/*
 * The number of shrinkers that there is room for: of this map since v6.3, before of all that were made,
 * each of which made all maps longer.
 */
static enum mcd_status count_shrinkers(struct mcd_target *target, uint64_t info, uint64_t *ret)
{
	uint64_t addr = 0;
	enum mcd_status status;

	if (mcd_layout_has(target, M(shrinker_info, map_nr_max))) {
		status = mcd_field(target, info, M(shrinker_info, map_nr_max), ret);
	} else {
		status = mcd_layout_value(target, SYM(shrinker_nr_max), &addr);
		if (!status)
			status = mcd_read_uint(target, addr, 4, "shrinker_nr_max", ret);
	}
	return !status && *ret > SHRINKERS_MAX ? MCD_CORRUPT : status;
}

/* mm/shrinker.c, before v6.7 mm/vmscan.c: bits and counters of each shrinker, in one piece or in units. */
static enum mcd_status enter_shrinker_info(struct mcd_cost_account *account, uint64_t info)
{
	const struct mcd_accountant *accountant = account->accountant;
	struct mcd_target *target = accountant->world->target;
	uint64_t bits = 8 * (uint64_t)target->word_bytes, nr = 0, bytes = 0, unit_bytes = 0;
	enum mcd_status status = count_shrinkers(target, info, &nr);

	if (!status)
		status = mcd_layout_value(target, S(shrinker_info), &bytes);
	if (status)
		return status;
	nr = (nr + bits - 1) / bits;
	if (mcd_layout_has(target, M(shrinker_info, unit))) {
		status = mcd_layout_value(target, S(shrinker_info_unit), &unit_bytes);
		mcd_cost_enter(account, "shrinker_info_unit", status ? 0 : nr,
			       mcd_kmalloc_bytes(&accountant->kmalloc, unit_bytes));
	} else {
		bytes += nr * bits * target->word_bytes; /* nr_deferred; the map follows */
	}
	mcd_cost_enter(account, "shrinker_info", 1,
		       mcd_kmalloc_bytes(&accountant->kmalloc, bytes + nr * target->word_bytes));
	return status;
}

/* From v4.19 to v5.12 bits alone, mm/memcontrol.c. */
static enum mcd_status enter_shrinker_map(struct mcd_cost_account *account)
{
	const struct mcd_accountant *accountant = account->accountant;
	struct mcd_target *target = accountant->world->target;
	uint64_t addr = 0, bytes = 0, map_bytes = 0;
	enum mcd_status status = mcd_layout_value(target, SYM(memcg_shrinker_map_size), &addr);

	if (!status)
		status = mcd_read_uint(target, addr, 4, "memcg_shrinker_map_size", &map_bytes);
	if (!status && map_bytes > SHRINKERS_MAX)
		status = MCD_CORRUPT;
	if (!status)
		status = mcd_layout_value(target, S(memcg_shrinker_map), &bytes);
	if (!status)
		mcd_cost_enter(account, "memcg_shrinker_map", 1,
			       mcd_kmalloc_bytes(&accountant->kmalloc, bytes + map_bytes));
	return status;
}

static enum mcd_status enter_shrinkers(struct mcd_cost_account *account)
{
	uint64_t info = 0;
	enum mcd_status status = mcd_cost_member(account, M(mem_cgroup_per_node, shrinker_info),
						 &info);

	if (!status)
		return info ? enter_shrinker_info(account, info) : MCD_OK;
	if (status != MCD_ABSENT)
		return status;
	status = mcd_cost_member(account, M(mem_cgroup_per_node, shrinker_map), &info);
	return status || !info ? status : enter_shrinker_map(account);
}

/* Since v6.1 walks of page tables for reclaim leave Bloom filters behind: reset_bloom_filter(). */
static enum mcd_status enter_filters(struct mcd_cost_account *account)
{
	const struct mcd_accountant *accountant = account->accountant;
	struct mcd_target *target = accountant->world->target;
	uint64_t at = 0, offset = 0, nr = 0;
	static const enum mcd_layout_id path[] = {
		M(mem_cgroup_per_node, lruvec),
		M(lruvec, mm_state),
		M(lru_gen_mm_state, filters),
	};

	for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
		if (!mcd_layout_has(target, path[i]) || mcd_layout_value(target, path[i], &offset))
			return MCD_ABSENT;
		at += offset;
	}
	nr = mcd_layout_ask(target, M(lru_gen_mm_state, filters))->size_bytes / target->word_bytes;
	for (uint64_t i = 0; i < nr && i < FILTERS_MAX; i++) {
		uint64_t filter = 0;
		enum mcd_status status = mcd_cost_word(account, at + i * target->word_bytes,
						       &filter);

		if (status)
			return status;
		mcd_cost_enter(account, "bloom filter", filter != 0,
			       mcd_kmalloc_bytes(&accountant->kmalloc, FILTER_BYTES));
	}
	return MCD_OK;
}

void mcd_cost_enter_node(struct mcd_cost_account *account, uint64_t node)
{
	mcd_cost_load(account, S(mem_cgroup_per_node), node);
	mcd_cost_enter(account, "mem_cgroup_per_node", 1, account->accountant->node_bytes);
	mcd_cost_enter_parts(account, MCD_COST_OF_NODE);
	mcd_cost_miss(account, enter_shrinkers(account));
	mcd_cost_miss(account, enter_filters(account));
}
