// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a memcg's lists of pages are: since v4.8 in its struct mem_cgroup_per_node, before in one struct
 * mem_cgroup_per_zone for each zone of the node, and in the struct lruvec there.
 */
#include "lru.h"

enum {
	NODES_MAX = 1024, /* MAX_NUMNODES of any machine */
	NODE_BYTES_MAX = 1 << 16,
	OFFSETS_MAX = 4096,
	LISTS = 5, /* NR_LRU_LISTS, of which the last one is LRU_UNEVICTABLE, since v2.6.28 */
};

struct maker {
	struct mcd_audit *audit;
	struct mcd_lru_form *form;
	size_t heads_capacity, sizes_capacity;
};

static enum mcd_status add(struct maker *maker, uint32_t **offsets, size_t *nr, size_t *capacity,
			   uint64_t at, size_t size)
{
	struct mcd_lru_form *form = maker->form;

	if (at > NODE_BYTES_MAX || at + size > NODE_BYTES_MAX || *nr >= OFFSETS_MAX)
		return mcd_error_set(&maker->audit->world->target->error, MCD_CORRUPT,
				     "lists of pages: struct lruvec makes no sense");
	*offsets = mcd_arena_grow(maker->audit->world->arena, *offsets, *nr, capacity,
				  sizeof(**offsets));
	if (!*offsets)
		return mcd_error_set(&maker->audit->world->target->error, MCD_NO_MEMORY,
				     "lists of pages");
	(*offsets)[(*nr)++] = (uint32_t)at;
	if (form->bytes < at + size)
		form->bytes = (size_t)(at + size);
	return MCD_OK;
}

static enum mcd_status add_heads(struct maker *maker, uint64_t at, uint64_t nr)
{
	size_t bytes = 2 * (size_t)maker->audit->world->target->word_bytes;
	enum mcd_status status = MCD_OK;

	for (uint64_t i = 0; i < nr && !status; i++)
		status = add(maker, &maker->form->heads, &maker->form->nr_heads,
			     &maker->heads_capacity, at + i * bytes, bytes);
	return status;
}

/* All longs of the member, which is an array. */
static enum mcd_status add_sizes(struct maker *maker, uint64_t at, enum mcd_layout_id member)
{
	struct mcd_target *target = maker->audit->world->target;
	uint64_t offset = 0, nr;
	enum mcd_status status = mcd_layout_value(target, member, &offset);

	if (status)
		return status == MCD_ABSENT ? MCD_OK : status;
	nr = mcd_layout_ask(target, member)->size_bytes / target->word_bytes;
	for (uint64_t i = 0; i < nr && !status; i++)
		status = add(maker, &maker->form->sizes, &maker->form->nr_sizes,
			     &maker->sizes_capacity, at + offset + i * target->word_bytes,
			     target->word_bytes);
	return status;
}

/* ---- struct lruvec ---- */

/*
 * The lists by generation, where CONFIG_LRU_GEN has them; newest first. In v6.1.0 they had another name: the
 * pages of such a kernel are found by the scan alone.
 */
static const enum mcd_layout_id generations[] = {
	M(lru_gen_folio, folios),
	M(lru_gen_struct, folios),
};

static enum mcd_status add_generations(struct maker *maker, uint64_t lruvec)
{
	struct mcd_target *target = maker->audit->world->target;
	uint64_t lrugen = 0, offset = 0;
	enum mcd_status status = MCD_OK;

	if (mcd_layout_value(target, M(lruvec, lrugen), &lrugen))
		return MCD_OK;
	for (size_t i = 0; i < sizeof(generations) / sizeof(generations[0]); i++) {
		status = mcd_layout_value(target, generations[i], &offset);
		if (!status)
			return add_heads(maker, lruvec + lrugen + offset,
					 mcd_layout_ask(target, generations[i])->size_bytes /
						 target->word_bytes / 2);
	}
	return status;
}

/*
 * The list of pages that cannot be reclaimed has none of them since mlock_count took the place of their
 * link, and its head is poisoned: "mm/munlock: maintain page->mlock_count while unevictable" (v5.18).
 */
static enum mcd_status add_lruvec(struct maker *maker, uint64_t at)
{
	struct mcd_target *target = maker->audit->world->target;
	uint64_t offset = 0;
	enum mcd_status status = mcd_layout_value(target, M(lruvec, lists), &offset);

	if (!status)
		status = add_heads(maker, at + offset,
				   mcd_layout_has(target, M(folio, mlock_count)) ? LISTS - 1
										 : LISTS);
	return status ? status : add_generations(maker, at);
}

/* ---- what has it ---- */

static enum mcd_status add_node(struct maker *maker)
{
	uint64_t offset = 0;
	enum mcd_status status = mcd_layout_value(maker->audit->world->target,
						  M(mem_cgroup_per_node, lruvec), &offset);

	if (!status)
		status = add_lruvec(maker, offset);
	return status ? status : add_sizes(maker, 0, M(mem_cgroup_per_node, lru_zone_size));
}

static enum mcd_status add_zones(struct maker *maker)
{
	struct mcd_target *target = maker->audit->world->target;
	uint64_t zones = 0, bytes = 0, lruvec = 0;
	enum mcd_status status = mcd_layout_value(target, M(mem_cgroup_per_node, zoneinfo), &zones);

	if (!status)
		status = mcd_layout_value(target, S(mem_cgroup_per_zone), &bytes);
	if (!status)
		status = mcd_layout_value(target, M(mem_cgroup_per_zone, lruvec), &lruvec);
	if (status || !bytes)
		return status;

	uint64_t end = zones + mcd_layout_ask(target, M(mem_cgroup_per_node, zoneinfo))->size_bytes;

	for (uint64_t at = zones; at + bytes <= end && !status; at += bytes) {
		status = add_lruvec(maker, at + lruvec);
		if (!status)
			status = add_sizes(maker, at, M(mem_cgroup_per_zone, lru_size));
	}
	return status;
}

/* nr_node_ids, an int; without CONFIG_NUMA a constant, 1. */
unsigned int mcd_nodes_count(struct mcd_target *target)
{
	uint64_t addr = 0, nr = 0;

	if (mcd_layout_value(target, SYM(nr_node_ids), &addr) ||
	    mcd_read_uint(target, addr, 4, "nr_node_ids", &nr) || !nr || nr > NODES_MAX)
		return 1;
	return (unsigned int)nr;
}

enum mcd_status mcd_lru_form_make(struct mcd_audit *audit, struct mcd_lru_form *ret)
{
	struct maker maker = { .audit = audit, .form = ret };
	struct mcd_target *target = audit->world->target;
	enum mcd_status status;

	*ret = (struct mcd_lru_form){ .nr_nodes = mcd_nodes_count(target) };
	status = mcd_layout_value(target, M(mem_cgroup, nodeinfo), &ret->nodeinfo_at);
	if (status)
		return status;
	return mcd_layout_has(target, M(mem_cgroup_per_node, zoneinfo)) ? add_zones(&maker)
									: add_node(&maker);
}
