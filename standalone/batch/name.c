// SPDX-License-Identifier: GPL-2.0-or-later
/* See name.h. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "mcd/escape.h"
#include "name.h"

enum {
	ESCAPE_BYTES = 3,	/* of "=25" */
	KEPT_BYTES = 110,	/* of a long name's beginning, and of its end */
	SHORT_KEPT_BYTES = 150, /* the same in a message */
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

static bool is_inside_character(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* At most `size` bytes from the beginning of `text`, which is longer, in whole characters. */
static size_t head_of(const char *text, size_t size)
{
	while (size && is_inside_character(text[size]))
		size--;
	return size;
}

/* The same from its end. */
static const char *tail_of(const char *text, size_t size)
{
	const char *tail = text + strlen(text) - size;

	while (is_inside_character(*tail))
		tail++;
	return tail;
}

const char *mcd_batch_short(const char *path, char ret[MCD_BATCH_SHORT_BYTES])
{
	if (strlen(path) < MCD_BATCH_SHORT_BYTES)
		snprintf(ret, MCD_BATCH_SHORT_BYTES, "%s", path);
	else
		snprintf(ret, MCD_BATCH_SHORT_BYTES, "%.*s...%s",
			 (int)head_of(path, SHORT_KEPT_BYTES), path,
			 tail_of(path, SHORT_KEPT_BYTES));
	return ret;
}

/* Bytes of the path's next character where it can stand in a name as it is, else 0. */
static size_t plain_length(const char *path, bool is_first)
{
	char shown[MCD_ESCAPE_MAX];
	size_t shown_length = 0, length = mcd_escape(path, shown, &shown_length);
	bool is_plain = length == shown_length && memcmp(path, shown, length) == 0;

	return is_plain && !strchr(is_first ? "%=.-" : "%=", *path) ? length : 0;
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
static char *shorten(char *name)
{
	uint64_t hash = hash_of(name);
	size_t head = head_of(name, KEPT_BYTES);
	char tail[KEPT_BYTES + 1];

	snprintf(tail, sizeof(tail), "%s", tail_of(name, KEPT_BYTES));
	return name + head + sprintf(name + head, "=~%016" PRIx64 "~%s", hash, tail);
}

char *mcd_batch_name(const char *path, struct mcd_arena *arena)
{
	size_t room = ESCAPE_BYTES * strlen(path) + sizeof(MCD_BATCH_SUFFIX);
	char *ret = mcd_arena_alloc(arena, room);
	char *end = ret;

	if (!ret)
		return NULL;
	for (const char *at = path; *at;) {
		/* "batch" is the name of the summary. */
		bool is_summary = at == path && strcmp(path, "batch") == 0;
		size_t length = is_summary ? 0 : plain_length(at, at == path);

		if (*at == '/')
			*end++ = '%';
		else if (length)
			end = mempcpy(end, at, length);
		else
			end += sprintf(end, "=%02x", (unsigned char)*at);
		at += length ? length : 1;
	}
	*end = '\0';
	if ((size_t)(end - ret) + strlen(MCD_BATCH_SUFFIX) > MCD_BATCH_NAME_MAX)
		end = shorten(ret);
	memcpy(end, MCD_BATCH_SUFFIX, sizeof(MCD_BATCH_SUFFIX));
	return ret;
}
