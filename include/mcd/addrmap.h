/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hash map from kernel addresses to small numbers: "have I been here", and "which row is it".
 * Lives in an arena; entries are never removed.
 */
#ifndef MCD_ADDRMAP_H
#define MCD_ADDRMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcd/arena.h"
#include "mcd/status.h"

struct mcd_addrmap_slot {
	uint64_t addr;
	size_t value;
};

struct mcd_addrmap {
	struct mcd_arena *arena; /* borrowed */
	struct mcd_addrmap_slot *slots;
	size_t nr_slots; /* 0, or a power of two */
	size_t nr;	 /* addresses in it */
};

/* An empty map; allocates nothing until the first insertion. */
void mcd_addrmap_init(struct mcd_addrmap *map, struct mcd_arena *arena);

/*
 * Adds `addr` with `value` unless it is there; `*is_new` tells. Address 0 means "no object" in a
 * kernel and is never stored: it is reported as not new. MCD_NO_MEMORY is the only failure.
 */
MCD_MUST_CHECK enum mcd_status mcd_addrmap_insert(struct mcd_addrmap *map, uint64_t addr,
						  size_t value, bool *is_new);

/* True where `addr` is in the map; `*ret` (may be NULL) is then its value. */
bool mcd_addrmap_find(const struct mcd_addrmap *map, uint64_t addr, size_t *ret);

#endif
