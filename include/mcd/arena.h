/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of one report: allocated piece by piece, freed all at once.
 *
 * Whatever a decoder returns is borrowed from the arena of its report and lives until
 * mcd_arena_deinit(). An arena has a bound, so that a hostile dump cannot exhaust the machine.
 */
#ifndef MCD_ARENA_H
#define MCD_ARENA_H

#include <stddef.h>

#include "mcd/status.h"

struct mcd_arena_block;

struct mcd_arena {
	struct mcd_arena_block *blocks;
	size_t used_bytes;  /* handed out and still owned */
	size_t limit_bytes; /* mcd_arena_alloc() gives NULL beyond it */
};

/* An empty arena that hands out at most `limit_bytes`. Allocates nothing. */
void mcd_arena_init(struct mcd_arena *arena, size_t limit_bytes);

/* Frees everything that was handed out; the arena is empty and can be used again. */
void mcd_arena_deinit(struct mcd_arena *arena);

/* `bytes` zeroed bytes aligned for any object, or NULL: no memory, or beyond the limit. */
MCD_MUST_CHECK void *mcd_arena_alloc(struct mcd_arena *arena, size_t bytes);

/* A zeroed array of `nr` elements of `size` bytes; NULL as above or where nr * size overflows. */
MCD_MUST_CHECK void *mcd_arena_array(struct mcd_arena *arena, size_t nr, size_t size);

/* A terminated copy of `length` bytes of `text`; NULL as above. */
MCD_MUST_CHECK char *mcd_arena_strndup(struct mcd_arena *arena, const char *text, size_t length);

/*
 * Room for one more element in a growing array of the arena.
 *
 * `array` holds `nr` elements of `size` bytes and has room for `*capacity`. Returns it, or a
 * larger copy with `*capacity` updated; NULL as above, with the old array intact. A copy leaves
 * its predecessor in the arena, which at most doubles the cost.
 */
MCD_MUST_CHECK void *mcd_arena_grow(struct mcd_arena *arena, void *array, size_t nr,
				    size_t *capacity, size_t size);

#endif
