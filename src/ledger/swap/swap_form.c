// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables of ids of swap slots, 16 bits each, in the forms that kernels have had (mm/swap_cgroup.c, before
 * v3.19 mm/page_cgroup.c). For each area there is
 *
 *   up to v6.13   an array of struct page, each page full of ids
 *   since v6.14   one array of ids in vmalloc memory, two to a word
 *   since v7.2    a table of ids for each cluster of slots: mm/swap_table.h
 */
#include <inttypes.h>
#include <string.h>

#include "swap.h"

enum { CHUNK_BYTES_MAX = 1 << 16 };

/* ---- an array of pages, and one of ids ---- */

/* The element of swap_cgroup_ctrl[]. */
static enum mcd_status ctrl_of(struct mcd_target *target, size_t type, uint64_t *ret)
{
	uint64_t array = 0, size = 0;
	enum mcd_status status = mcd_layout_value(target, SYM(swap_cgroup_ctrl), &array);

	if (!status)
		status = mcd_layout_value(target, S(swap_cgroup_ctrl), &size);
	*ret = array + type * size;
	return status;
}

static enum mcd_status find_pages(struct mcd_swap_map *map, size_t type, struct mcd_swap_area *area)
{
	struct mcd_target *target = map->audit->world->target;
	uint64_t ctrl = 0, length = 0;
	enum mcd_status status = ctrl_of(target, type, &ctrl);

	if (!status)
		status = mcd_field(target, ctrl, M(swap_cgroup_ctrl, map), &area->table);
	if (!status)
		status = mcd_field(target, ctrl, M(swap_cgroup_ctrl, length), &length);
	area->nr_slots = length < MCD_SWAP_SLOTS_MAX ? length * map->ids_per_chunk
						     : MCD_SWAP_SLOTS_MAX;
	return status;
}

static enum mcd_status read_page(struct mcd_swap_map *map, const struct mcd_swap_area *area,
				 uint64_t chunk, unsigned char *bytes, size_t size)
{
	struct mcd_target *target = map->audit->world->target;
	uint64_t page = 0, pfn = 0;
	enum mcd_status status = mcd_read_word(target, area->table + chunk * target->word_bytes,
					       "swap_cgroup_ctrl.map", &page);

	if (!status)
		status = mcd_memmap_pfn(map->audit, page, &pfn);
	if (!status)
		status = mcd_memmap_read(map->audit, pfn, 0, bytes, size, "ids of swap slots");
	return status;
}

static enum mcd_status find_array(struct mcd_swap_map *map, size_t type, struct mcd_swap_area *area)
{
	struct mcd_target *target = map->audit->world->target;
	uint64_t ctrl = 0;
	enum mcd_status status = ctrl_of(target, type, &ctrl);

	if (!status)
		status = mcd_field(target, ctrl, M(swap_cgroup_ctrl, map), &area->table);
	if (!status && area->table)
		status = mcd_field(target, area->info, M(swap_info_struct, max), &area->nr_slots);
	return status;
}

static enum mcd_status read_array(struct mcd_swap_map *map, const struct mcd_swap_area *area,
				  uint64_t chunk, unsigned char *bytes, size_t size)
{
	struct mcd_target *target = map->audit->world->target;

	return mcd_read(target, area->table + chunk * target->page_bytes, bytes, size,
			"ids of swap slots");
}

/* ---- clusters ---- */

static enum mcd_status find_clusters(struct mcd_swap_map *map, size_t type,
				     struct mcd_swap_area *area)
{
	struct mcd_target *target = map->audit->world->target;
	enum mcd_status status = MCD_OK;

	(void)type;
	if (!area->info)
		return MCD_OK;
	status = mcd_field(target, area->info, M(swap_info_struct, cluster_info), &area->table);
	if (!status)
		status = mcd_field(target, area->info, M(swap_info_struct, max), &area->nr_slots);
	return status;
}

static enum mcd_status read_cluster(struct mcd_swap_map *map, const struct mcd_swap_area *area,
				    uint64_t chunk, unsigned char *bytes, size_t size)
{
	struct mcd_target *target = map->audit->world->target;
	uint64_t cluster_bytes = 0, table = 0, ids = 0;
	enum mcd_status status = mcd_layout_value(target, S(swap_cluster_info), &cluster_bytes);

	if (!status)
		status = mcd_field(target, area->table + chunk * cluster_bytes,
				   M(swap_cluster_info, memcg_table), &table);
	if (!status && !table) { /* none of its slots is charged to anybody */
		memset(bytes, 0, size);
		return MCD_OK;
	}
	if (!status)
		status = mcd_field_addr(target, table, M(swap_memcg_table, id), &ids);
	return status ? status : mcd_read(target, ids, bytes, size, "ids of swap slots");
}

/* ---- which of them it is ---- */

static const struct mcd_swap_form pages = { find_pages, read_page, false };
static const struct mcd_swap_form array = { find_array, read_array, true };
static const struct mcd_swap_form clusters = { find_clusters, read_cluster, false };

enum mcd_status mcd_swap_form_find(struct mcd_target *target, const struct mcd_swap_form **ret,
				   size_t *ret_ids_per_chunk)
{
	uint64_t bytes = target->page_bytes;

	if (mcd_layout_has(target, M(swap_cluster_info, memcg_table))) {
		*ret = &clusters;
		bytes = mcd_layout_ask(target, M(swap_memcg_table, id))->size_bytes;
	} else if (mcd_layout_has(target, M(swap_cgroup_ctrl, length))) {
		*ret = &pages;
	} else if (mcd_layout_has(target, M(swap_cgroup, ids))) {
		*ret = &array;
	} else {
		return mcd_error_set(&target->error, MCD_ABSENT,
				     "swap_cgroup_ctrl.map is of no known form");
	}
	if (!bytes || bytes > CHUNK_BYTES_MAX)
		return mcd_error_set(&target->error, MCD_ABSENT,
				     "tables of ids of swap slots have %" PRIu64 " bytes", bytes);
	*ret_ids_per_chunk = (size_t)bytes / MCD_SWAP_ID_BYTES;
	return MCD_OK;
}
