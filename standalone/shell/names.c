// SPDX-License-Identifier: GPL-2.0-or-later
/* See names.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcd/escape.h"
#include "mcd/world.h"
#include "standalone/shell/names.h"

enum { ARENA_BYTES_MAX = 1 << 30 };

void mcd_names_init(struct mcd_names *names)
{
	*names = (struct mcd_names){ 0 };
	mcd_arena_init(&names->arena, ARENA_BYTES_MAX);
}

void mcd_names_deinit(struct mcd_names *names)
{
	mcd_arena_deinit(&names->arena);
	*names = (struct mcd_names){ 0 };
}

/* `name` as reports show it, with a slash before it where it has none; NULL: no memory. */
static const char *shown(struct mcd_arena *arena, const char *name)
{
	/* Each byte of a name is at most four when escaped. */
	char *text = mcd_arena_alloc(arena, 4 * strlen(name) + MCD_ESCAPE_MAX + 2);
	char *to = text;

	if (!text)
		return NULL;
	if (*name != '/')
		*to++ = '/';
	while (*name) {
		size_t length = 0;

		name += mcd_escape(name, to, &length);
		to += length;
	}
	*to = '\0';
	return text;
}

static enum mcd_status add(struct mcd_arena *arena, struct mcd_word_list *list, const char *word)
{
	const char *copy = word ? mcd_arena_strndup(arena, word, strlen(word)) : NULL;

	list->words[list->nr++] = copy;
	return copy ? MCD_OK : MCD_NO_MEMORY;
}

/* The words that select.h takes for this memcg. */
static enum mcd_status add_memcg(struct mcd_names *names, struct mcd_arena *scratch,
				 const struct mcd_memcg *memcg)
{
	bool has_path = memcg->path.known == MCD_KNOWN;
	const struct mcd_text *path = has_path ? &memcg->path : &memcg->name;
	char address[24];
	enum mcd_status status = MCD_OK;

	snprintf(address, sizeof(address), "%" PRIx64, memcg->addr);
	status = add(&names->arena, &names->addresses, address);
	/* A path that is known in part begins with "?" and selects nothing. */
	if (!status && path->known == MCD_KNOWN && (!has_path || path->text[0] == '/'))
		status = add(&names->arena, &names->paths, shown(scratch, path->text));
	return status;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort(struct mcd_word_list *list)
{
	size_t nr = 0;

	qsort(list->words, list->nr, sizeof(*list->words), compare);
	for (size_t i = 0; i < list->nr; i++)
		if (!nr || strcmp(list->words[nr - 1], list->words[i]) != 0)
			list->words[nr++] = list->words[i];
	list->nr = nr;
}

static enum mcd_status add_world(struct mcd_names *names, struct mcd_arena *scratch,
				 const struct mcd_world *world)
{
	enum mcd_status status = MCD_OK;

	names->paths.words = mcd_arena_array(&names->arena, world->nr, sizeof(char *));
	names->addresses.words = mcd_arena_array(&names->arena, world->nr, sizeof(char *));
	if (!names->paths.words || !names->addresses.words)
		return MCD_NO_MEMORY;
	for (size_t i = 0; i < world->nr && !status; i++)
		status = add_memcg(names, scratch, &world->memcgs[i]);
	if (status)
		return status;
	sort(&names->paths);
	sort(&names->addresses);
	names->is_read = true;
	return MCD_OK;
}

enum mcd_status mcd_names_read(struct mcd_names *names, struct mcd_target *target)
{
	struct mcd_arena scratch;
	struct mcd_world world;
	enum mcd_status status = MCD_OK;

	if (names->is_read)
		return MCD_OK;
	if (mcd_world_check(target) != MCD_FIT)
		return MCD_ABSENT;
	mcd_arena_init(&scratch, ARENA_BYTES_MAX);
	mcd_world_init(&world, target, &scratch);
	status = mcd_world_discover(&world);
	if (!status)
		status = add_world(names, &scratch, &world);
	mcd_arena_deinit(&scratch);
	if (status) {
		mcd_names_deinit(names);
		mcd_names_init(names);
	}
	return status;
}

/* How many words come before those that begin with `prefix`, or with is_after: before their end. */
static size_t bound(const struct mcd_word_list *list, const char *prefix, bool is_after)
{
	size_t length = strlen(prefix), low = 0, high = list->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strncmp(list->words[middle], prefix, length);

		if (order < 0 || (is_after && order == 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct mcd_word_list mcd_words_with_prefix(const struct mcd_word_list *list, const char *prefix)
{
	size_t first = bound(list, prefix, false);

	return (struct mcd_word_list){ list->words + first, bound(list, prefix, true) - first };
}
