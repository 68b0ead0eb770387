// SPDX-License-Identifier: GPL-2.0-or-later
/* See name.h. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "name.h"

enum {
	ESCAPE_BYTES = 3, /* of "=25" */
	KEPT_BYTES = 110, /* of a long name's beginning, and of its end */
};

char *mcd_batch_normalise(const char *path, struct mcd_arena *arena)
{
	char *ret = mcd_arena_alloc(arena, strlen(path) + 2);
	char *end = ret;

	if (!ret)
		return NULL;
	if (*path == '/')
		*end++ = '/';
	while (*path) {
		size_t length = strcspn(path, "/");
		bool is_kept = length && !(length == 1 && *path == '.');

		if (is_kept && end > ret && end[-1] != '/')
			*end++ = '/';
		if (is_kept)
			end = mempcpy(end, path, length);
		path += length + (path[length] == '/');
	}
	if (end == ret)
		*end++ = '.';
	*end = '\0';
	return ret;
}

static char *append_escaped(char *end, char byte)
{
	return end + sprintf(end, "=%02x", (unsigned char)byte);
}

/* FNV-1a, which is enough to tell long names apart; list.c checks that it did. */
static uint64_t hash_of(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return hash;
}

/* Returns the new end. "=~" follows from no path. */
static char *shorten(char *name, size_t length)
{
	char tail[KEPT_BYTES + 1];
	uint64_t hash = hash_of(name);

	memcpy(tail, name + length - KEPT_BYTES, KEPT_BYTES + 1);
	return name + KEPT_BYTES + sprintf(name + KEPT_BYTES, "=~%016" PRIx64 "~%s", hash, tail);
}

char *mcd_batch_name(const char *path, struct mcd_arena *arena)
{
	size_t room = ESCAPE_BYTES * strlen(path) + sizeof(MCD_BATCH_SUFFIX);
	char *ret = mcd_arena_alloc(arena, room);
	char *end = ret;

	if (!ret)
		return NULL;
	for (const char *byte = path; *byte; byte++) {
		/* "batch" is the name of the summary. */
		if (*byte == '%' || *byte == '=' || (byte == path && strcmp(path, "batch") == 0))
			end = append_escaped(end, *byte);
		else
			*end++ = *byte;
		if (*byte == '/')
			end[-1] = '%';
	}
	*end = '\0';
	if ((size_t)(end - ret) + strlen(MCD_BATCH_SUFFIX) > MCD_BATCH_NAME_MAX)
		end = shorten(ret, (size_t)(end - ret));
	memcpy(end, MCD_BATCH_SUFFIX, sizeof(MCD_BATCH_SUFFIX));
	return ret;
}
