// SPDX-License-Identifier: GPL-2.0-or-later
/* A bump allocator over malloc'ed blocks. See arena.h for the contract. */
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mcd/arena.h"

enum { BLOCK_BYTES = 64 * 1024 };

struct mcd_arena_block {
	struct mcd_arena_block *next;
	size_t size;
	size_t used;
	alignas(max_align_t) unsigned char bytes[];
};

void mcd_arena_init(struct mcd_arena *arena, size_t limit_bytes)
{
	*arena = (struct mcd_arena){ .limit_bytes = limit_bytes };
}

void mcd_arena_deinit(struct mcd_arena *arena)
{
	while (arena->blocks) {
		struct mcd_arena_block *block = arena->blocks;

		arena->blocks = block->next;
		free(block);
	}
	arena->used_bytes = 0;
}

/* Blocks are zeroed here once, so that pieces need not be. */
static struct mcd_arena_block *block_create(size_t bytes)
{
	size_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
	struct mcd_arena_block *block = calloc(1, sizeof(*block) + size);

	if (block)
		block->size = size;
	return block;
}

static size_t round_up(size_t bytes)
{
	const size_t align = alignof(max_align_t);

	return (bytes + align - 1) / align * align;
}

void *mcd_arena_alloc(struct mcd_arena *arena, size_t bytes)
{
	if (bytes > SIZE_MAX / 2 || bytes > arena->limit_bytes - arena->used_bytes)
		return NULL;
	bytes = round_up(bytes);

	struct mcd_arena_block *block = arena->blocks;

	if (!block || block->size - block->used < bytes) {
		block = block_create(bytes);
		if (!block)
			return NULL;
		block->next = arena->blocks;
		arena->blocks = block;
	}

	void *piece = block->bytes + block->used;

	block->used += bytes;
	arena->used_bytes += bytes;
	if (arena->used_bytes > arena->limit_bytes)
		arena->used_bytes = arena->limit_bytes;
	return piece;
}

void *mcd_arena_array(struct mcd_arena *arena, size_t nr, size_t size)
{
	if (size && nr > SIZE_MAX / 2 / size)
		return NULL;
	return mcd_arena_alloc(arena, nr * size);
}

char *mcd_arena_strndup(struct mcd_arena *arena, const char *text, size_t length)
{
	char *copy = mcd_arena_array(arena, length + 1, 1);

	if (copy)
		memcpy(copy, text, length);
	return copy;
}

void *mcd_arena_grow(struct mcd_arena *arena, void *array, size_t nr, size_t *capacity, size_t size)
{
	if (nr < *capacity)
		return array;

	size_t wider = *capacity ? *capacity * 2 : 16;
	void *copy = mcd_arena_array(arena, wider, size);

	if (!copy)
		return NULL;
	if (nr)
		memcpy(copy, array, nr * size);
	*capacity = wider;
	return copy;
}
