// SPDX-License-Identifier: GPL-2.0-or-later
/* Open addressing with linear probing; at most half full. See addrmap.h for the contract. */
#include "mcd/addrmap.h"

enum { FIRST_SLOTS = 64 };

void mcd_addrmap_init(struct mcd_addrmap *map, struct mcd_arena *arena)
{
	*map = (struct mcd_addrmap){ .arena = arena };
}

/* The slot of `addr`, or the free one where it belongs. */
static struct mcd_addrmap_slot *slot_of(const struct mcd_addrmap *map, uint64_t addr)
{
	/* Fibonacci hashing: kernel objects differ in the middle bits, so take the high product. */
	size_t i = (size_t)((addr * UINT64_C(0x9e3779b97f4a7c15)) >> 32);

	for (;; i++) {
		struct mcd_addrmap_slot *slot = &map->slots[i & (map->nr_slots - 1)];

		if (!slot->addr || slot->addr == addr)
			return slot;
	}
}

static enum mcd_status widen(struct mcd_addrmap *map)
{
	struct mcd_addrmap wider = *map;

	wider.nr_slots = map->nr_slots ? map->nr_slots * 2 : FIRST_SLOTS;
	wider.slots = mcd_arena_array(map->arena, wider.nr_slots, sizeof(*wider.slots));
	if (!wider.slots)
		return MCD_NO_MEMORY;
	for (size_t i = 0; i < map->nr_slots; i++)
		if (map->slots[i].addr)
			*slot_of(&wider, map->slots[i].addr) = map->slots[i];
	*map = wider;
	return MCD_OK;
}

enum mcd_status mcd_addrmap_insert(struct mcd_addrmap *map, uint64_t addr, size_t value,
				   bool *is_new)
{
	*is_new = false;
	if (!addr)
		return MCD_OK;
	if (map->nr * 2 >= map->nr_slots) {
		enum mcd_status status = widen(map);

		if (status)
			return status;
	}

	struct mcd_addrmap_slot *slot = slot_of(map, addr);

	if (slot->addr)
		return MCD_OK;
	*slot = (struct mcd_addrmap_slot){ .addr = addr, .value = value };
	map->nr++;
	*is_new = true;
	return MCD_OK;
}

bool mcd_addrmap_find(const struct mcd_addrmap *map, uint64_t addr, size_t *ret)
{
	if (!map->nr || !addr)
		return false;

	const struct mcd_addrmap_slot *slot = slot_of(map, addr);

	if (!slot->addr)
		return false;
	if (ret)
		*ret = slot->value;
	return true;
}
