// SPDX-License-Identifier: GPL-2.0-or-later
/* Whom each swap slot is charged to, from tables of whatever form. See swap.h. */
#include <inttypes.h>

#include "mcd/bytes.h"
#include "swap.h"

enum { UNREADABLE_MAX = 1024 }; /* chunks of an area, before the rest is not tried */

/* An area that swapoff() has left has no table any more. */
static enum mcd_status find_area(struct mcd_swap_map *map, size_t type)
{
	struct mcd_target *target = map->audit->world->target;
	struct mcd_swap_area *area = &map->areas[type];
	uint64_t infos = 0;
	enum mcd_status status = mcd_layout_value(target, SYM(swap_info), &infos);

	if (!status)
		status = mcd_read_word(target, infos + type * target->word_bytes, "swap_info",
				       &area->info);
	if (status)
		area->info = 0;
	status = map->form->find_table(map, type, area);
	if (status && !mcd_is_fatal(status)) {
		area->table = 0;
		map->nr_unreadable++;
		return mcd_note_add(map->audit->world, "swap area %zu: %s", type,
				    target->error.text);
	}
	if (area->nr_slots > MCD_SWAP_SLOTS_MAX)
		area->nr_slots = MCD_SWAP_SLOTS_MAX;
	return status;
}

static enum mcd_status find_areas(struct mcd_swap_map *map)
{
	struct mcd_target *target = map->audit->world->target;
	struct mcd_arena *arena = map->audit->world->arena;
	uint64_t addr = 0, nr = 0;
	enum mcd_status status = mcd_swap_form_find(target, &map->form, &map->ids_per_chunk);

	if (status)
		return status;
	map->chunk = mcd_arena_array(arena, map->ids_per_chunk, sizeof(*map->chunk));
	map->bytes = mcd_arena_array(arena, map->ids_per_chunk, MCD_SWAP_ID_BYTES);
	if (!map->chunk || !map->bytes)
		return mcd_error_set(&target->error, MCD_NO_MEMORY, "swap slots");
	status = mcd_layout_value(target, SYM(nr_swapfiles), &addr);
	if (!status)
		status = mcd_read_uint(target, addr, sizeof(uint32_t), "nr_swapfiles", &nr);
	if (!status && nr > MCD_SWAP_AREAS_MAX)
		status = mcd_error_set(&target->error, MCD_CORRUPT,
				       "there are %" PRIu64 " swap areas", nr);
	for (; map->nr_areas < nr && !status; map->nr_areas++)
		status = find_area(map, map->nr_areas);
	return status;
}

enum mcd_status mcd_swap_map_get(struct mcd_audit *audit, struct mcd_swap_map **ret)
{
	struct mcd_swap_map *map = audit->swap_map;
	enum mcd_status status = MCD_OK;

	if (!map) {
		map = mcd_arena_alloc(audit->world->arena, sizeof(*map));
		if (!map)
			return mcd_error_set(&audit->world->target->error, MCD_NO_MEMORY,
					     "swap slots");
		map->audit = audit;
		status = find_areas(map);
	}
	if (!status)
		*ret = audit->swap_map = map;
	return status;
}

/* ---- ids ---- */

static enum mcd_status read_ids(struct mcd_swap_map *map, const struct mcd_swap_area *area,
				uint64_t chunk, size_t nr)
{
	bool is_big_endian = map->audit->world->target->is_big_endian;
	size_t flip = map->form->is_packed && is_big_endian;
	size_t nr_read = nr + (map->form->is_packed && nr % 2);
	enum mcd_status status = map->form->read(map, area, chunk, map->bytes,
						 nr_read * MCD_SWAP_ID_BYTES);

	if (status)
		return status;
	for (size_t i = 0; i < nr; i++)
		map->chunk[i] =
			(uint16_t)mcd_uint_of_bytes(map->bytes + (i ^ flip) * MCD_SWAP_ID_BYTES,
						    MCD_SWAP_ID_BYTES, is_big_endian);
	return MCD_OK;
}

static size_t ids_of_chunk(const struct mcd_swap_map *map, const struct mcd_swap_area *area,
			   uint64_t chunk)
{
	uint64_t nr = area->nr_slots - chunk * map->ids_per_chunk;

	return nr < map->ids_per_chunk ? (size_t)nr : map->ids_per_chunk;
}

enum mcd_status mcd_swap_map_walk(struct mcd_swap_map *map, size_t area, mcd_swap_ids_visit *visit,
				  void *context)
{
	struct mcd_world *world = map->audit->world;
	const struct mcd_swap_area *at = &map->areas[area];
	uint64_t nr_chunks = at->table
				     ? (at->nr_slots + map->ids_per_chunk - 1) / map->ids_per_chunk
				     : 0;
	size_t nr_unreadable = 0;
	enum mcd_status status = MCD_OK;

	map->has_chunk = false;
	for (uint64_t i = 0; i < nr_chunks && nr_unreadable < UNREADABLE_MAX && !status; i++) {
		size_t nr = ids_of_chunk(map, at, i);

		status = read_ids(map, at, i, nr);
		if (!status)
			status = visit(context, map->chunk, nr);
		else if (!mcd_is_fatal(status) && ++nr_unreadable)
			status = mcd_note_add(world, "swap area %zu, slots from %" PRIu64 " on: %s",
					      area, i * map->ids_per_chunk,
					      world->target->error.text);
		if (!status)
			status = mcd_poll(world->target, "swap slots read",
					  (size_t)i * map->ids_per_chunk, (size_t)at->nr_slots);
	}
	map->nr_unreadable += nr_unreadable;
	return status;
}

enum mcd_status mcd_swap_map_id(struct mcd_swap_map *map, size_t area, uint64_t slot, uint16_t *ret)
{
	const struct mcd_swap_area *at = &map->areas[area < map->nr_areas ? area : 0];
	uint64_t chunk = slot / map->ids_per_chunk, first = chunk * map->ids_per_chunk;

	*ret = 0;
	if (area >= map->nr_areas || !at->table || slot >= at->nr_slots)
		return mcd_error_set(&map->audit->world->target->error, MCD_CORRUPT,
				     "there is no swap slot %" PRIu64 " in area %zu", slot, area);
	if (!map->has_chunk || map->chunk_area != area || map->chunk_first != first) {
		enum mcd_status status = read_ids(map, at, chunk, ids_of_chunk(map, at, chunk));

		map->has_chunk = !status;
		map->chunk_area = area;
		map->chunk_first = first;
		if (status)
			return status;
	}
	*ret = map->chunk[slot - first];
	return MCD_OK;
}

enum mcd_status mcd_swap_area_name(struct mcd_swap_map *map, size_t area, struct mcd_text *ret)
{
	uint64_t info = map->areas[area].info, file = 0;

	*ret = (struct mcd_text){ .known = MCD_UNREADABLE };
	if (!info ||
	    mcd_field(map->audit->world->target, info, M(swap_info_struct, swap_file), &file))
		return MCD_OK;
	return mcd_path_of_file(map->audit, file, ret);
}
